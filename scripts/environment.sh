#!/usr/bin/env bash
# Make .venv and install a set of requirements: `environment.sh container` or `... development`.
# `environment.sh rivals` makes .venv-rivals, with the rivals of the benchmarks.
# `environment.sh parity` makes .venv-parity, with openai-whisper, torch and the tests' dependencies.
# `environment.sh agents` makes .venv-agents, with agent frameworks and their Azure plugins.
# `environment.sh infra` makes .venv-infra and `environment.sh checkov` .venv-checkov, with the tools
# that check infra/; the first has the schemas of Terraform's providers, too.
# Except for the last four it also writes the command `sotto` into the environment. If the same
# requirements are installed already, it installs nothing and needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${VENV:-.venv}
case "${1:-}" in
  container) requirements=(requirements.txt requirements/{container,text-to-speech}.txt) ;;
  development)
    requirements=(requirements.txt requirements/{container,text-to-speech,aws,telemetry,development}.txt)
    ;;
  rivals)
    requirements=(benchmarks/requirements-rivals.txt)
    venv=${VENV:-.venv-rivals}
    ;;
  agents)
    requirements=(requirements/agents.txt)
    venv=${VENV:-.venv-agents}
    ;;
  infra | checkov)
    requirements=("requirements/$1.txt")
    venv=${VENV:-.venv-$1}
    ;;
  parity)
    requirements=(requirements.txt requirements/openai-whisper.txt requirements/development.txt)
    venv=${VENV:-.venv-parity}
    version=3.11
    ;;
  *)
    echo "usage: $0 container|development|rivals|agents|parity|infra|checkov" >&2
    exit 2
    ;;
esac

python=$venv/bin/python
stamp=$venv/.installed-$1

# The stamp includes the interpreter: after an upgrade of Python all packages are installed again.
fingerprint() {
  "$python" -c '
import hashlib, sys
digest = hashlib.sha256(sys.version.encode())
for path in sys.argv[1:]:
    digest.update(open(path, "rb").read())
print(digest.hexdigest())' "${requirements[@]}"
}

# The schemas are made once: a file whose package has not changed is left as it is.
write_extras() {
  case "$1" in
    container | development | parity) scripts/install_command.sh "$venv" ;;
    infra) "$python" scripts/provider_schemas.py ;;
  esac
}

if "$python" -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ]; then
  write_extras "$1"
  exit
fi

if ! "$python" -m pip --version >/dev/null 2>&1; then
  base=$(scripts/find_python.sh ${version:+"$version"})
  echo "making $venv with $("$base" --version)"
  if "$base" -c 'import ensurepip' 2>/dev/null; then
    "$base" -m venv --clear "$venv"
  elif "$base" -m pip --version >/dev/null 2>&1 && "$base" -m venv --clear --without-pip "$venv"; then
    # Debian's Python has no ensurepip, but its pip can install a pip into the environment.
    "$base" -m pip --python "$python" install --quiet pip
  else
    rm -rf "$venv"
    echo "This Python cannot make a virtual environment. On Debian:" >&2
    echo "  sudo apt-get install python$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" >&2
    exit 1
  fi
fi

if [ "$1" = parity ] && "$python" -c 'import sys; sys.exit(sys.version_info[:2] == (3, 11))'; then
  echo "Python 3.11 is not used here: torch for this one may be a CUDA build of several gigabytes." >&2
fi
echo "installing ${requirements[*]}"
arguments=()
for file in "${requirements[@]}"; do arguments+=(--requirement "$file"); done
"$python" -m pip install --quiet --disable-pip-version-check "${arguments[@]}"
write_extras "$1"
fingerprint >"$stamp"
