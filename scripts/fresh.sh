#!/usr/bin/env bash
# Run the README's two commands on a system with the README's prerequisites only, and print their
# times: `make run` until it has served a request, then `make test`; ARGS goes to pytest.
#
# The system is a new root file system of Debian stable, made by debootstrap in new mount and process
# namespaces and removed at the end. It gets a clone of HEAD, the caller's network configuration
# (apt, pip, npm, proxies, certificates, and their files and folders), and the speech set if
# SOTTO_SPEECH_DATA names one. The repository is not written to. Needs root on Debian.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
suite=${SUITE:-stable}

seconds() { date +%s.%N; }
report() { # report WHAT START: one line of the table that is printed at the end
  printf '%-58s %6.1f s\n' "$1" "$(echo "$(seconds) $2" | awk '{ print $1 - $2 }')" |
    tee -a "$root/tmp/report"
}

# --- Outside: make the folder, start again in namespaces, remove the folder ---

if [ -z "${FRESH_ROOT:-}" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "make fresh needs root on Debian: it makes a root file system." >&2
    exit 1
  fi
  command -v debootstrap >/dev/null || {
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y debootstrap
  } >/dev/null
  FRESH_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/sotto-fresh.XXXXXX")
  chmod 755 "$FRESH_ROOT" # apt downloads as the user _apt
  export FRESH_ROOT
  # Mounts and processes exist in the namespaces only, and end with them.
  trap 'rm -rf --one-file-system "$FRESH_ROOT"' EXIT
  unshare --mount --propagation private --pid --fork --kill-child "$0"
  exit
fi

# --- Inside ---

root=$FRESH_ROOT
packages=$(sed -n 's/^sudo apt-get install //p' "$project/README.md" | head -1)

# Configuration of this machine: apt's as apt prints it, pip's and npm's as files.
pip() { "$(cd "$project" && scripts/find_python.sh)" -m pip "$@" 2>/dev/null || true; }
npm_options() { if command -v npm >/dev/null; then npm config list 2>/dev/null || true; fi; }
# The new system has no npm to read ~/.npmrc; the fetching of models reads the variable.
npm_registry() { if command -v npm >/dev/null; then echo "NPM_CONFIG_REGISTRY=$(npm config get registry)"; fi; }
configuration_files() {
  ls -d /etc/apt/auth.conf /etc/apt/auth.conf.d /etc/hosts /etc/resolv.conf 2>/dev/null || true
  npm_options | sed -n 's/^; .* config from \(\/.*\)$/\1/p'
  pip config debug | sed -n 's/^ *\(\/.*\), exists: True$/\1/p'
}
network_environment() {
  env | grep -iE '^(PIP_|NPM_CONFIG_|(https?|ftp|all|no)_proxy=|SSL_CERT_|[A-Z_]*CA_BUNDLE=|NODE_EXTRA_CA_CERTS=|HF_ENDPOINT=)' || true
}

# Files and folders that a configuration names, as a path or as a file:// address.
named_paths() {
  { pip config list; npm_options | grep -v '^;'; apt-config dump Acquire; network_environment; } |
    grep -oE "(^|[^/[:alnum:]])(file://)?/[^/\"';,: ][^\"';, ]*" | grep -oE '/[^/].*$' |
    sed 's|/simple/*$||' | # an index of files: its pages link wheels beside it
    sort -u
}

# A folder is mounted read-only; a folder that the new system already has is not replaced.
share_folder() {
  [ -e "$root$1" ] && return
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1"
  mount -o remount,bind,ro "$root$1"
}

copy_configuration() { # copy_configuration files, or all
  apt-config dump Acquire >"$root/etc/apt/apt.conf.d/99caller"
  while read -r path; do
    if [ -d "$path" ]; then
      if [ "$1" = all ]; then share_folder "$path"; fi
    elif [ -f "$path" ]; then
      mkdir -p "$root$(dirname "$path")"
      cp -L "$path" "$root$path"
    fi
  done < <(configuration_files; named_paths)
}

in_root() { # in_root COMMAND...: with the caller's network variables only
  local variables=()
  readarray -t variables < <(network_environment; npm_registry; env | grep -E '^(SOTTO_|CT2_|ONEDNN_|OPENBLAS_)' || true)
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$HOME" LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "${variables[@]}" "$@"
}

started=$(seconds)
mkdir -p "$root/tmp"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -1 || true)
debootstrap --variant=minbase "$suite" "$root" "${mirror:-http://deb.debian.org/debian}" >"$root/tmp/log" ||
  { tail -20 "$root/tmp/log" >&2 && exit 1; }
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io" # it lives for minutes: no fsync
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
copy_configuration files
in_root bash -c "apt-get -qq update && apt-get -qq install -y $packages" >"$root/tmp/log" 2>&1 ||
  { tail -20 "$root/tmp/log" >&2 && exit 1; }
copy_configuration all # again, since a package may have overwritten a file
if [ -n "${SOTTO_SPEECH_DATA:-}" ]; then share_folder "$SOTTO_SPEECH_DATA"; fi
git clone --quiet --no-hardlinks "$project" "$root$HOME/sotto"
report "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$root/etc/os-release"), $packages" "$started"

# The first command, until it has recognised a sentence that it has synthesised itself.
started=$(seconds)
port=$("$(cd "$project" && scripts/find_python.sh)" -c \
  'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
server=http://127.0.0.1:$port
SOTTO_PORT=$port in_root make -C "$HOME/sotto" run >"$root/tmp/run.log" 2>&1 &
making=$!
call() { curl --silent --show-error --fail --noproxy '*' "$@"; }
until call "$server/ready" >/dev/null 2>&1; do
  kill -0 "$making" 2>/dev/null || { cat "$root/tmp/run.log" >&2 && exit 1; }
  sleep 0.2
done
report "make run: ready" "$started"
call "$server/v1/audio/speech" -H 'Content-Type: application/json' -o "$root/tmp/t.wav" -d \
  '{"model": "tts-1", "voice": "alloy", "response_format": "wav",
    "input": "The children are playing in the garden behind the house."}'
call "$server/speech/recognition/conversation/cognitiveservices/v1?language=en-US" \
  -H 'Content-Type: audio/wav' --data-binary "@$root/tmp/t.wav" | tee "$root/tmp/recognised"
echo
grep -q '"RecognitionStatus":"Success".*garden' "$root/tmp/recognised"
report "make run: the first sentence recognised" "$started"
pkill -TERM -P "$making" make || kill "$making"
wait "$making" || true

# The second command.
started=$(seconds)
status=0
in_root make -C "$HOME/sotto" test ARGS="${ARGS:-}" || status=$?
report "make test ${ARGS:-}: exit status $status" "$started"
echo
cat "$root/tmp/report"
exit "$status"
