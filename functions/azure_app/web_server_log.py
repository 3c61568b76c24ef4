"""The log of uvicorn, which the HTTP extension starts inside the worker with its defaults."""

import uvicorn.config


def silence_web_server() -> None:
    """Keep uvicorn from a log of its own: an access log has paths and queries in it.

    The extension offers no way to pass `log_config=None`. Its server is made when the functions
    are indexed; the configuration it then takes is emptied before.
    """
    uvicorn.config.LOGGING_CONFIG.clear()
    uvicorn.config.LOGGING_CONFIG.update(version=1, incremental=True)
