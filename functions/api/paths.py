"""Canonical form of request paths.

Clients write one path in several ways: `azure-ai-transcription` 1.0.0 requests
`////speechtotext/...` when its endpoint ends with a slash, some clients quote the colon as `%3A`,
custom domains of the cloud prefix `/stt` or `/translator/text/v3.0`, clients write `issueToken` in
any case, those made from Translator's first definition request `/Detect`, and clients of Azure
OpenAI request `/openai/deployments/{name}/audio/...` or `/openai/v1/audio/...` in place of
`/v1/audio/...`. Paths are normalised before routing, because a redirect would lose the body of a
POST.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_SLASHES = re.compile("/{2,}")
_CUSTOM_DOMAIN_PREFIXES = ("/stt", "/tts")
_CUSTOM_DOMAIN_TRANSLATOR = re.compile(r"/translator/text/v[^/]+(?=/)", re.IGNORECASE)
# https://learn.microsoft.com/azure/ai-foundry/openai/reference; its `api-version` has no effect.
_AZURE_OPENAI = re.compile(
    r"/openai(?:/v1|/deployments/(?P<deployment>[^/]+))?(?=/(?:audio|models)(?:/|$))",
    re.IGNORECASE,
)
_TRANSLATOR = ("/translate", "/detect", "/languages", "/breaksentence", "/transliterate")
_CASELESS_PATHS = {"/sts/v1.0/issuetoken": "/sts/v1.0/issueToken"} | {
    path: path for path in _TRANSLATOR
}


def canonical_path(path: str) -> str:
    """Path with single slashes and `:` for `%3A`, without a prefix or a slash at the end."""
    path = _SLASHES.sub("/", path)
    path = path.replace("%3A", ":").replace("%3a", ":")
    for prefix in _CUSTOM_DOMAIN_PREFIXES:
        if path.startswith(f"{prefix}/"):
            path = path.removeprefix(prefix)
            break
    if prefixed := _CUSTOM_DOMAIN_TRANSLATOR.match(path):
        path = path[prefixed.end() :]
    if azure := _AZURE_OPENAI.match(path):
        path = f"/v1{path[azure.end() :]}"
    if len(path) > 1:
        path = path.removesuffix("/")
    return _CASELESS_PATHS.get(path.lower(), path)


def deployment_of(path: str) -> str | None:
    """Name of the deployment in a path of Azure OpenAI; empty if the body names it.

    None for other paths, whose bodies name a model.
    """
    azure = _AZURE_OPENAI.match(_SLASHES.sub("/", path))
    return None if azure is None else (azure["deployment"] or "")


class CanonicalPaths:
    """ASGI middleware that routes by the canonical path.

    The scope gets `deployment`, see `deployment_of`, and `ends_with_slash`, which decides where
    relative addresses in a page lead.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request under its canonical path."""
        if scope["type"] in {"http", "websocket"}:
            path = canonical_path(scope["path"])
            scope = {
                **scope,
                "path": path,
                "raw_path": path.encode(),
                "deployment": deployment_of(scope["path"]),
                "ends_with_slash": scope["path"].endswith("/"),
            }
        await self._app(scope, receive, send)
