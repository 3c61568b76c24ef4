#!/usr/bin/env bash
# Print the path of strace, which the privacy tests trace the server with; install it if root may.
set -euo pipefail

if ! command -v strace >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends strace; } >&2
fi
command -v strace || {
  echo "The privacy tests need strace: sudo apt-get install strace" >&2
  exit 1
}
