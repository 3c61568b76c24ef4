#!/usr/bin/env bash
# Print the folder of Apertium's modes, which the tests translate with; install it if root may.
set -euo pipefail

modes=/usr/share/apertium/modes
is_there() { [ -f $modes/eng-spa.mode ] && [ -f $modes/eng-cat.mode ]; }

if ! is_there && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get update -qq &&
      apt-get install -y -qq --no-install-recommends apertium-eng-spa apertium-eng-cat
  } >&2
fi
is_there || {
  echo "The translation tests need Apertium: sudo apt-get install apertium-eng-spa apertium-eng-cat" >&2
  exit 1
}
echo "$modes"
