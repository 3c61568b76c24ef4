#!/usr/bin/env bash
# Build the container image (`make image`), then run it with a read-only root and print sizes and times.
#
#   image.sh                 build and check
#   image.sh --check         check the image that is there
#   image.sh --lambda        build the image for AWS Lambda, and run its functions as Lambda would
#   image.sh --lambda --check
#   image.sh --check-arm64   ask the package index for wheels of every pin for arm64
#
# With a Docker engine, Docker builds. Without one, buildah does (root on Debian; it and debootstrap
# are installed if they are missing). BASE names another base image; where buildah cannot pull the
# Dockerfile's, one is made by debootstrap from Debian trixie, whose Python is 3.13 too.
# TAG, TARGET and MODELS name the image, the target and the models, SOURCE the address of the code in its labels.
# VOICES, if set, adds speech output to Lambda's image, as MODELS adds the voices of Kokoro or Piper.
# LAMBDA_BASE names another base for Lambda; where AWS's cannot be pulled, one is made of the Debian above,
# with the same layout and runtime client.
#
# pip's configuration of this machine, its certificates and its folders of packages serve the build as
# secrets and mounts; they are in no layer.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --lambda ]; then
  TARGET=lambda
  shift
fi
version=$(sed -n 's/^VERSION = "\(.*\)"$/\1/p' shared/version.py)
target=${TARGET:-server}
tag=${TAG:-sotto$([ "$target" = server ] || echo "-$target"):$version}
suite=trixie
base_tag=localhost/sotto-base:$suite
lambda_base_tag=localhost/sotto-lambda-base:$suite
work=$(mktemp -d "${TMPDIR:-/tmp}/sotto-image.XXXXXX")
mounted=
container=

clean_up() {
  if [ -n "$mounted" ]; then buildah_ rm "$mounted" >/dev/null 2>&1 || true; fi
  if [ -n "$container" ]; then docker rm -f "$container" >/dev/null 2>&1 || true; fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

has_docker() { command -v docker >/dev/null && docker info >/dev/null 2>&1; }
buildah_() { buildah --storage-driver vfs "$@"; }
pip_() { "$(scripts/find_python.sh)" -m pip "$@"; }
seconds() { date +%s.%N; }
since() { echo "$(seconds) $1" | awk '{ printf "%.1f s", $1 - $2 }'; }

require_programs() { # of Debian; each has the name of its package
  local missing=()
  for program in "$@"; do command -v "$program" >/dev/null || missing+=("$program"); done
  if [ "${#missing[@]}" = 0 ]; then return; fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Without a Docker engine this needs root, and ${missing[*]} (installed on Debian)." >&2
    exit 1
  fi
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "${missing[@]}"; } >/dev/null
}

# pip's options of this machine as one file. A file of certificates has another path in the build.
write_pip_configuration() {
  { pip_ config list 2>/dev/null || true; } | "$(scripts/find_python.sh)" -c '
import ast, shutil, sys
options = {}
for line in sys.stdin:
    key, _, value = line.rstrip().partition("=")
    section, _, name = key.rpartition(".")
    if section in ("global", "install", ":env:"):
        options[name] = ast.literal_eval(value)
folder = sys.argv[1]
open(f"{folder}/certificates", "w").close()
if certificates := options.pop("cert", None):
    shutil.copy(certificates, f"{folder}/certificates")
    options["cert"] = "/run/secrets/certificates"
options.pop("constraint", None)  # the pins are the project'"'"'s
with open(f"{folder}/pip.conf", "w") as file:
    file.write("[global]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
' "$work"
}

# Folders of packages that pip's options name, as paths or as file:// addresses.
package_folders() {
  sed -n 's/^\(find-links\|extra-index-url\|index-url\) = //p' "$work/pip.conf" | tr ' ' '\n' |
    sed -n 's|^file://||; s|/simple/*$||; /^\//p' | sort -u
}

make_base() {
  if buildah_ inspect --type image "$base_tag" >/dev/null 2>&1; then return; fi
  require_programs debootstrap
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -1 || true)
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$work/base" \
    "${mirror:-http://deb.debian.org/debian}" >"$work/log" || { tail -20 "$work/log" >&2 && exit 1; }
  # As in Debian's own images: no caches, no documentation beyond licences, no translations.
  rm -rf "$work"/base/var/{cache/apt/*,lib/apt/lists/*,log/*} "$work"/base/usr/share/{man,locale,info}
  find "$work/base/usr/share/doc" -type f -not -name copyright -delete
  local scratch
  scratch=$(buildah_ from scratch)
  buildah_ copy --quiet "$scratch" "$work/base" / >/dev/null
  buildah_ config --cmd python3 --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$scratch"
  buildah_ commit --quiet --rm "$scratch" "$base_tag" >/dev/null
  rm -rf --one-file-system "$work/base"
}

# Debian in the layout of AWS's base for Python: `python` and `pip`, /var/task, an entrypoint that
# starts the runtime client, which is installed in the version of the tests.
make_lambda_base() { # make_lambda_base OPTION...: those of the build
  make_base
  cat >"$work/lambda.Dockerfile" <<'END'
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/* \
 && rm /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
ARG CLIENT
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    pip install --no-cache-dir "$CLIENT"
RUN printf '#!/bin/sh\nexec python -m awslambdaric "$@"\n' >/lambda-entrypoint.sh && chmod 755 /lambda-entrypoint.sh
ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime LANG=en_US.UTF-8
WORKDIR /var/task
ENTRYPOINT ["/lambda-entrypoint.sh"]
END
  buildah_ bud --isolation chroot --format docker --file "$work/lambda.Dockerfile" --tag "$lambda_base_tag" \
    --build-arg "BASE=$base_tag" --build-arg "CLIENT=$(sed -n 's/^\(awslambdaric==[^;]*\).*/\1/p' requirements/development.txt)" \
    "$@" "$work"
}

can_pull() { timeout 60 buildah --storage-driver vfs pull --quiet "$1" >/dev/null 2>&1; }

build() {
  local options=(--target "$target" --tag "$tag"
    --secret "id=pip,src=$work/pip.conf" --secret "id=certificates,src=$work/certificates"
    --build-arg "REVISION=$(git rev-parse HEAD)")
  if [ -z "${TAG:-}" ] && [ "$target" = server ]; then options+=(--tag sotto); fi
  if [ -n "${MODELS+set}" ]; then options+=(--build-arg "MODELS=$MODELS"); fi
  if [ -n "${VOICES:-}" ]; then options+=(--build-arg "VOICES=$VOICES"); fi
  if [ -n "${LAMBDA_BASE:-}" ]; then options+=(--build-arg "LAMBDA_BASE=$LAMBDA_BASE"); fi
  if [ -n "${SOURCE:-}" ]; then options+=(--build-arg "SOURCE=$SOURCE"); fi
  write_pip_configuration
  if has_docker; then
    if [ -n "${BASE:-}" ]; then options+=(--build-arg "BASE=$BASE"); fi
    DOCKER_BUILDKIT=1 docker build "${options[@]}" .
    return
  fi
  require_programs buildah
  local mounts=() secrets=(--secret "id=pip,src=$work/pip.conf" --secret "id=certificates,src=$work/certificates")
  while read -r folder; do
    if [ -d "$folder" ]; then mounts+=(--volume "$folder:$folder:ro"); fi
  done < <(package_folders)
  options+=("${mounts[@]}")
  local base=${BASE:-} lambda_base
  if [ "$target" = lambda ]; then
    base=$base_tag # no stage of it is built
    lambda_base=$(sed -n 's/^ARG LAMBDA_BASE=//p' Dockerfile)
    if [ -z "${LAMBDA_BASE:-}" ] && ! can_pull "$lambda_base"; then
      echo "$lambda_base cannot be pulled here; the base is Debian $suite in its layout."
      make_lambda_base "${secrets[@]}" "${mounts[@]}"
      options+=(--build-arg "LAMBDA_BASE=$lambda_base_tag")
    fi
  elif [ -z "$base" ]; then
    base=$(sed -n 's/^ARG BASE=//p' Dockerfile)
    if ! can_pull "$base"; then
      echo "$base cannot be pulled here; the base is Debian $suite by debootstrap."
      base=$base_tag
      make_base
    fi
  fi
  # The format of OCI has no HEALTHCHECK.
  buildah_ bud --isolation chroot --format docker --build-arg "BASE=$base" "${options[@]}" .
}

# The image's root file system in $root, and its environment and command in two files.
open_image() {
  if has_docker; then
    root=$work/root
    mkdir "$root"
    container=$(docker create "$tag" worker)
    docker export "$container" | tar -x -C "$root"
    docker inspect --type image --format '{"Docker": {"config": {{json .Config}}}}' "$tag" >"$work/config"
  else
    mounted=$(buildah_ from --pull-never "$tag")
    root=$(buildah_ mount "$mounted")
    buildah_ inspect --type image "$tag" >"$work/config"
  fi
  "$(scripts/find_python.sh)" -c '
import json, sys
config = json.load(open(sys.argv[1] + "/config"))["Docker"]["config"]
for name in ("Env", "Entrypoint"):
    with open(f"{sys.argv[1]}/{name}", "w") as file:
        file.writelines(f"{line}\n" for line in config[name])
open(sys.argv[1] + "/User", "w").write(config["User"])
' "$work"
  echo "$root" >"$work/Root"
}

megabytes() { du -sk --apparent-size "$1" | awk '{ printf "%.0f", $1 * 1.024 / 1000 }'; }

case "${1:-}" in
  --check-arm64)
    exec scripts/check_arm64.sh
    ;;
  --check) ;;
  "")
    started=$(seconds)
    build
    echo "built $tag in $(since "$started")"
    ;;
  *)
    echo "usage: $0 [--check | --check-arm64]" >&2
    exit 2
    ;;
esac

if [ "$(id -u)" != 0 ]; then
  echo "To run it with mounts of its own, root is needed: sudo $0 --check"
  exit
fi
require_programs curl
open_image
whole=$(megabytes "$root")
weights=$(megabytes "$root/opt/sotto/models")
{
  echo "image without weights|$((whole - weights)) MB"
  echo "weights|$weights MB"
} >"$work/report"
if [ "$target" = lambda ]; then
  awk -F '|' '{ printf "%-32s %s\n", $1, $2 }' "$work/report"
  if ! .venv/bin/python -c 'import awslambdaric, moto' 2>/dev/null; then
    echo "To run its functions, the environment of the tests is needed: make test" >&2
    exit 1
  fi
  LAMBDA_IMAGE=$work .venv/bin/python -m pytest -q -rs -s tests/hosts/aws/test_lambda_read_only.py
  exit
fi
unshare --mount --propagation private --net --pid --fork --kill-child \
  scripts/run_image.sh "$root" "$work"
echo
awk -F '|' '{ printf "%-32s %s\n", $1, $2 }' "$work/report"
