#!/usr/bin/env bash
# Install the tests' dependencies beyond pip, once, before the first test: Debian's programs, and
# Azurite, a client and a checker from npm. The fixtures do not install them. If a program is missing and cannot be installed
# here, the script fails with the command that installs it. It does nothing if all are installed.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${VENV:-.venv}/bin/python

has_program() { command -v "$1" >/dev/null; }
has_mode() { [ -f "/usr/share/apertium/modes/$1.mode" ]; }

find_missing() {
  missing=()
  has_program curl || missing+=(curl) # a client of the contracts
  has_program strace || missing+=(strace) # the privacy tests trace with it
  has_program chromium || missing+=(chromium) # the tests of the playground drive it
  has_mode eng-spa || missing+=(apertium-eng-spa) # the translation tests
  has_mode eng-cat || missing+=(apertium-eng-cat)
}

find_missing
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && has_program apt-get; then
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
  # The check below shows whether it worked; apt-get's output matters only if it did not.
  said=$("${apt[@]}" update </dev/null 2>&1 &&
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null 2>&1) || echo "$said" >&2
  find_missing
fi
if [ "${#missing[@]}" -gt 0 ]; then
  echo "The tests need programs that are not on this machine. On Debian:" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

"$python" tests/node_packages.py

# The tools that check infra/, each set in an environment of its own; tests run them as programs.
for tools in infra checkov; do scripts/environment.sh "$tools"; done
