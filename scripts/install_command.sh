#!/usr/bin/env bash
# Write the command `sotto` into a virtual environment: `install_command.sh .venv`.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
bin=$(cd "$1/bin" && pwd)

launcher=$(
  echo '#!/bin/sh'
  echo '# Written by scripts/install_command.sh: Sotto is a folder, and no package of this environment.'
  printf 'exec %q %q "$@"\n' "$bin/python" "$project/scripts/sotto.py"
)
if [ "$(cat "$bin/sotto" 2>/dev/null)" != "$launcher" ]; then
  # Renamed into place, so that a command that starts meanwhile reads a whole file.
  printf '%s\n' "$launcher" >"$bin/sotto.new"
  chmod +x "$bin/sotto.new"
  mv -f "$bin/sotto.new" "$bin/sotto"
fi
