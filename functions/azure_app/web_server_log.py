"""The log of uvicorn, which the HTTP extension starts in the worker with its defaults."""

import uvicorn.config


def silence_web_server() -> None:
    """Switch off uvicorn's own log: its access log contains paths and queries.

    The extension has no way to pass `log_config=None`. It creates its server when the functions
    are indexed; this empties uvicorn's default configuration before that.
    """
    uvicorn.config.LOGGING_CONFIG.clear()
    uvicorn.config.LOGGING_CONFIG.update(version=1, incremental=True)
