#!/usr/bin/env bash
# Ask the package index of this machine for a wheel for arm64 of every pin of the image. Nothing is
# installed or run. Prints each pin without one; exit status 1 if there is any.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(cat .python-version)
folder=$(mktemp -d "${TMPDIR:-/tmp}/sotto-arm64.XXXXXX")
trap 'rm -rf "$folder"' EXIT
pip=("$(scripts/find_python.sh)" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all:
  --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64
  --python-version "$version" --implementation cp --abi "cp${version/./}" --abi abi3 --abi none --dest "$folder")

count=0 failed=0
while read -r pin; do
  count=$((count + 1))
  if ! "${pip[@]}" "$pin" >"$folder/log" 2>&1; then
    failed=$((failed + 1))
    echo "no wheel for arm64: $pin"
    grep '^ERROR' "$folder/log" | tail -1 || true
  fi
  rm -f "$folder"/*.whl
done < <(cat requirements.txt requirements/{container,text-to-speech,aws,telemetry}.txt | grep -v '^#' | sort -u)
echo "$((count - failed)) of $count pins have a wheel for Python $version on arm64, or need none there."
[ "$failed" = 0 ]
