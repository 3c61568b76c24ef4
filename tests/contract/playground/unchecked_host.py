"""The container host without its check of the models, which serverless hosts have not either.

It serves, and the first request that needs a model finds out that it is not there. Run as a process
with `python -m tests.contract.playground.unchecked_host`.
"""

import sys

from shared.privacy.telemetry_off import switch_telemetry_off


def serve_without_models():
    """Serve as the container host does; no model is loaded before a request needs it."""
    from functions.container import server  # noqa: PLC0415 - telemetry is off first
    from functions.model_loading import ModelLoading  # noqa: PLC0415
    from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415

    def load_nothing(loading):
        loading._transcriber.set_result(LocalTranscriber(loading._settings))

    server.required_models = lambda _settings: ()  # type: ignore[attr-defined, assignment]
    ModelLoading._load = load_nothing  # type: ignore[method-assign]
    return server.main()


if __name__ == "__main__":
    switch_telemetry_off()
    sys.exit(serve_without_models())
