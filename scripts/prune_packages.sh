#!/bin/sh
# Remove from a folder of installed packages what Sotto never reads: the container image, the image for
# AWS Lambda and the package for Azure Functions all use it.
#
#   prune_packages.sh SITE_PACKAGES
#
# 200 MB less: symbols (95 MB, 68 of them ctranslate2's), libraries and tools that ONNX Runtime brings
# for others (45 MB), services of AWS that are not called (25 MB), the client of the model hub, which
# tokenizers asks for and does not import (20 MB); the rest are tests and sources in C. Without
# `strip` (binutils) the symbols stay.
set -eu
packages=$1
cd "$packages"

rm -rf huggingface_hub huggingface_hub-*.dist-info hf_xet hf_xet-*.dist-info
if [ -d onnxruntime ]; then
  find onnxruntime -maxdepth 2 '(' -name 'libonnxruntime.so.*' -o -name transformers -o -name tools \
    -o -name quantization ')' -prune -exec rm -rf {} +
fi
if [ -d botocore/data ]; then
  find botocore/data -mindepth 1 -maxdepth 1 -type d -not -name s3 -not -name sqs -not -name sts \
    -not -name 'sso*' -not -name signin -not -name translate -not -name secretsmanager -prune -exec rm -rf {} +
fi
find . -type d -name tests -prune -exec rm -rf {} +
find . -regex '.*\.\(pyi\|pyx\|pxd\|c\|h\|hpp\|a\)' -delete
if command -v strip >/dev/null; then
  find . -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
  find . -path './ctranslate2.libs/*' -name 'libctranslate2-*' -exec strip --strip-unneeded {} +
else
  echo "strip is missing (package binutils): symbols stay in the package, 95 MB." >&2
fi
