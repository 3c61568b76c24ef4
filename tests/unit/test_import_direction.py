"""Imports: each library in one place, and rules that are finer than the layers of pyproject.toml.

Read from the source, so that an import inside a function counts as well.
"""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent

# Whose job a library is, one module or several. A folder stands for the modules in it.
OWNERS = {
    "av": ("shared/audio/container.py", "shared/audio/encode.py"),
    "soxr": "shared/audio/resample.py",
    "onnxruntime": "shared/onnx_session.py",
    "pydub": "shared/synthesis/joining.py",
    "ctranslate2": (
        "shared/recognition/engines/ctranslate2_engine.py",
        "shared/translation/ctranslate2_translator.py",
    ),
    "tokenizers": ("shared/recognition/engines/tokenizer.py", "shared/translation/subwords.py"),
    "sentencepiece": "shared/translation/subwords.py",
    "torch": "shared/recognition/engines/openai_whisper_engine.py",
    "whisper": "shared/recognition/engines/openai_whisper_engine.py",
    "num2words": "shared/text_forms/spelling.py",
    "unicode_rbnf": "shared/text_forms/spelling.py",
    "opencc": "shared/text_forms/chinese_script.py",
    "text_to_num": "shared/text_forms/european_written.py",
    "httpx": (
        "functions/command_line/server_client.py",
        "shared/fetch.py",
        "shared/synthesis/azure_speech.py",
        "shared/translation/azure_translator.py",
    ),
    "httpcore": "shared/fetch.py",
    "py3langid": "shared/translation/detection.py",
    "certifi": "shared/models/download.py",
    "cryptography": ("functions/command_line/doctor/certificate.py", "shared/signing_keys.py"),
    "jwt": ("functions/api/tokens.py", "functions/api/identity"),
    "multipart": "functions/api/multipart.py",
    "pydantic": "functions/api",
    "pydantic_core": "functions/api",
    "fastapi": "functions/api",
    "starlette": "functions",
    # The Functions host runs a server of its own inside; only its log is touched.
    "httptools": ("functions/container/bounded_http.py",),
    "uvicorn": ("functions/container", "functions/azure_app/web_server_log.py"),
    "websockets": "functions/command_line/privacy_check/usp_client.py",
    "mangum": "functions/aws_lambda",
    "watchfiles": "functions/container/folder_watch.py",
    "prometheus_client": "functions/container/metrics",
    "opentelemetry": "functions/container/traces/tracing.py",
    "requests": "functions/container/traces/tracing.py",
    "tqdm": "functions/command_line/transcription_progress.py",
    "shtab": "functions/command_line/completion.py",
    "azure": ("functions/azure_app", "shared/storage"),
    "azure.identity": "shared/storage/azure_account.py",
    "azure.storage.blob": "shared/storage/azure_blob.py",
    "azure.storage.queue": "shared/storage/azure_queue.py",
    "azurefunctions": "functions/azure_app",
    "boto3": "shared/storage/aws_session.py",
    "botocore": (
        "functions/aws_lambda/keys_secret.py",
        "shared/storage/aws_session.py",
        "shared/storage/s3.py",
        "shared/storage/sqs.py",
        "shared/translation/amazon_translate.py",
    ),
}


@cache
def modules():
    return sorted(
        path.relative_to(PROJECT)
        for folder in ("shared", "functions")
        for path in (PROJECT / folder).rglob("*.py")
    )


@cache
def imports_of(module):
    """Dotted names that a module imports anywhere in it; `from a import b` gives `a.b`."""
    names = []
    for node in ast.walk(ast.parse((PROJECT / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


def is_within(name, *packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def importers(*packages):
    """Modules that import any of these packages, as paths."""
    return {
        module.as_posix()
        for module in modules()
        if any(is_within(name, *packages) for name in imports_of(module))
    }


def outside(found, *folders):
    return sorted(
        module
        for module in found
        if not any(module == folder or module.startswith(f"{folder}/") for folder in folders)
    )


def test_there_is_source_to_look_at():
    assert Path("shared/recognition/pipeline.py") in modules()
    assert Path("functions/api/app.py") in modules()


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_imported_by_its_owner_alone(library):
    owners = OWNERS[library]
    assert outside(importers(library), *([owners] if isinstance(owners, str) else owners)) == []


def test_logging_is_set_up_in_one_module_of_shared():
    """The domain returns its facts, and reports only what it passes over; the edges log."""
    assert outside(importers("structlog"), "functions") == [
        "shared/privacy/incidents.py",
        "shared/privacy/logs.py",
    ]


def test_the_pipeline_knows_no_engine_but_the_port():
    adapters = [f"shared.recognition.{name}_engine" for name in ("ctranslate2", "openai_whisper")]
    may_choose = ("shared/transcription/local_transcriber.py", "functions/command_line/models.py")
    assert outside(importers(*adapters), *may_choose) == []


def test_serving_code_imports_no_library_of_the_tests():
    assert importers("shared.recognition.engines.scripted_engine") == set()


def test_formats_are_pure():
    """From a transcript to a contract's shape: nothing that recognises, loads or fetches."""
    within = (
        "shared.assessment",
        "shared.transcript",
        "shared.assessment",
        "shared.streaming_events",
        "shared.ticks",
        "shared.durations",
        "shared.formats",
        "shared.language",
    )
    for module in modules():
        if module.as_posix().startswith("shared/formats/"):
            for name in imports_of(module):
                assert not name.startswith("shared.") or is_within(name, *within), (module, name)


def test_every_library_has_an_owner():
    """A new dependency is entered above, with the one place that may import it."""
    known = {*OWNERS, *sys.stdlib_module_names, "shared", "functions", "numpy", "structlog"}
    found = {name.partition(".")[0] for module in modules() for name in imports_of(module)}
    assert found - known == set()
