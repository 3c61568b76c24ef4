"""Guard of unit tests: they start no process and load no model."""

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PROCESS_EVENTS = {"subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system"}
MODEL_LIBRARIES = {"ctranslate2", "onnxruntime", "torch", "whisper"}
MODEL_CLASSES = (
    ("ctranslate2", "Translator"),
    ("ctranslate2.models", "Whisper"),
    ("onnxruntime", "InferenceSession"),
)


class UnitGuard:
    """Fails the test under way, from wherever it starts a process or loads a model.

    The libraries of models raise no audit event when they load one. So their first import is
    refused, and where another test has imported them, their classes are.
    """

    def __init__(self) -> None:
        self._is_on = False
        platform.platform()  # starts `uname` once; the user agent of Azure's SDK needs it
        sys.addaudithook(self._hear)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Guard what runs within."""
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    def refuse_models(self, patch: pytest.MonkeyPatch) -> None:
        """Refuse to load a model with a library that is imported already."""
        for module, name in MODEL_CLASSES:
            if module in sys.modules:
                patch.setattr(sys.modules[module], name, self._refuse_model)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event in PROCESS_EVENTS:
            self._refuse("starts a process")
        if event == "import" and arguments[0] in MODEL_LIBRARIES:
            self._refuse(f"imports {arguments[0]}")

    def _refuse_model(self, *_arguments: object, **_options: object) -> None:
        self._refuse("loads a model")

    @staticmethod
    def _refuse(what: str) -> None:
        pytest.fail(f"A unit test {what}; the place of such a test is tests/components.")
