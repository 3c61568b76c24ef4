#!/usr/bin/env bash
# Print a Python that Sotto runs on: PYTHON if set, else the version of the argument (3.11) or of
# .python-version, else the newest from 3.11 on. Each candidate is run, since a shim of a version
# manager may have no target.
set -euo pipefail
cd "$(dirname "$0")/.."

version_of() {
  "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
  is_new_enough "$PYTHON" || {
    echo "PYTHON=$PYTHON is no Python 3.11 or newer." >&2
    exit 1
  }
  echo "$PYTHON"
  exit
fi

wanted=${1:-$(cat .python-version)}
if [ "$(version_of python3)" = "$wanted" ]; then
  echo python3
  exit
fi
for candidate in "python$wanted" python3.13 python3.12 python3.11 python3; do
  if is_new_enough "$candidate"; then
    echo "$candidate"
    exit
  fi
done

echo "Sotto needs Python 3.11 or newer (it is tested with $wanted)." >&2
echo "On Debian: sudo apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python" >&2
exit 1
