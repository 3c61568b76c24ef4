"""Remove from a folder of installed packages what Sotto never reads.

    prune_packages.py SITE_PACKAGES

The container image, the image for AWS Lambda and the package for Azure Functions use it; it needs
nothing but Python. 235 MB less in the container image: symbols (95 MB, 68 of them ctranslate2's),
libraries and tools that ONNX Runtime brings for others (45 MB), services of AWS that are not called
(25 MB), the client of the model hub, which tokenizers asks for and does not import (20 MB); tests
and sources in C. Without `strip` (binutils) the symbols stay.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

UNREAD = (
    "huggingface_hub", "huggingface_hub-*.dist-info", "hf_xet", "hf_xet-*.dist-info",
    "onnxruntime/transformers", "onnxruntime/tools", "onnxruntime/quantization",
    "onnxruntime/capi/libonnxruntime.so.*",
)  # fmt: skip
SOURCES = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".hpp", ".a"})
# SSO and sign-in: identities of a machine of one's own.
AWS_SERVICES = ("s3", "secretsmanager", "signin", "sqs", "sso", "sso-oidc", "sts", "translate")


def main() -> None:
    """Remove, then strip."""
    packages = Path(sys.argv[1])
    for path in list(_unread(packages)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if shutil.which("strip") is None:
        sys.stderr.write("strip is missing (binutils): symbols stay in the packages, 95 MB.\n")
        return
    # Other libraries are laid out by auditwheel, which strip does not know, and have few symbols.
    libraries = [path for path in packages.rglob("*.so") if not path.parent.name.endswith(".libs")]
    libraries += packages.glob("ctranslate2.libs/libctranslate2-*")
    for library in libraries:
        subprocess.run(["strip", "--strip-unneeded", library], check=True)


def _unread(packages: Path) -> Iterator[Path]:
    for pattern in UNREAD:
        yield from packages.glob(pattern)
    for service in packages.glob("botocore/data/*"):
        if service.is_dir() and service.name not in AWS_SERVICES:
            yield service
    for path in packages.rglob("*"):
        if path.suffix in SOURCES or (path.name == "tests" and path.is_dir()):
            yield path


if __name__ == "__main__":
    main()
