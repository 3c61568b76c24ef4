"""Packages without the files that Sotto never reads."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "prune_packages.py"
KEPT = {
    "botocore/data/endpoints.json",
    "botocore/data/s3/2006-03-01/service-2.json",
    "botocore/data/secretsmanager/2017-10-17/service-2.json",
    "ctranslate2/__init__.py",
    "numpy/__init__.py",
    "onnxruntime/capi/onnxruntime_inference_collection.py",
}
REMOVED = {
    "botocore/data/ec2/2016-11-15/service-2.json",
    "ctranslate2/include/translator.h",
    "huggingface_hub/__init__.py",
    "huggingface_hub-2.4.0.dist-info/METADATA",
    "numpy/__init__.pyi",
    "numpy/_core/tests/test_array.py",
    "onnxruntime/capi/libonnxruntime.so.1.32.0",
    "onnxruntime/tools/convert.py",
}


def test_unread_files_are_removed_and_all_others_stay(tmp_path):
    for name in KEPT | REMOVED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == KEPT
