"""Translation of text: Translator's REST API, in its version 3.0 and the later ones.

https://learn.microsoft.com/azure/ai-services/translator/reference/v3-0-reference
No text is stored.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import HTTPConnection

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.incoming_body import IncomingBody
from functions.api.problems import Problem, Shape
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.translator.answers import (
    detected_languages,
    later_answer,
    supported_languages,
    translate_texts,
    version_3_answer,
)
from functions.api.translator.request import (
    VERSION_3,
    TranslationRequest,
    read_texts,
    read_translation,
    read_version,
)
from shared.errors import AudioTooLarge
from shared.scheduling import CheckCancelled
from shared.translation.chain import TranslatorChain

# 50 000 characters outside of the BMP, escaped as `\ud83d\ude00`, and the JSON around them.
_MAX_BODY_BYTES = 1_000_000
_BAD_SCOPE = 1  # detail of Translator's error code
SCOPES = ("translation", "transliteration", "dictionary")

Result = TypeVar("Result")


def create_router(service: SpeechService) -> APIRouter:
    """Route `/translate`, `/detect`, `/languages` and `/transliterate`."""
    router = APIRouter()

    async def require(connection: HTTPConnection) -> None:
        """Require a valid key or token; refuse other requests in Translator's shape."""
        try:
            await service.authenticator.require(connection)
        except Problem as refused:
            problem = refused
        else:
            return
        raise Problem(
            problem.status, problem.message, headers=problem.headers, shape=Shape.TRANSLATOR
        )

    @router.post("/translate", dependencies=[Depends(require)])
    async def translate(request: Request) -> Response:
        """Translate texts, each to one language or several.

        Without a source language, the language of each text is detected.
        """
        version = read_version(request.query_params)
        with service.admission.enter(caller_of(request)) as admitted:
            body = _body_of(request, admitted)
            # Parsing runs in a thread, as does the writing of the answer.
            content = await _read(request, body)
            translation = await asyncio.to_thread(
                read_translation, version, request.query_params, content
            )
            n_characters = str(sum(len(text.text) for text in translation.texts))
            headers = {"x-metered-usage": n_characters, "x-mt-system": "Sotto"}
            admitted.begin_work()
            return await _run(
                service,
                body,
                lambda: JSONResponse(
                    _translate(service.translators(), version, translation), headers=headers
                ),
            )

    @router.post("/detect", dependencies=[Depends(require)])
    async def detect(request: Request) -> Response:
        """Detect the language of each text."""
        read_version(request.query_params)
        with service.admission.enter(caller_of(request)) as admitted:
            body = _body_of(request, admitted)
            texts = await asyncio.to_thread(read_texts, await _read(request, body))
            admitted.begin_work()
            detected = await _run(
                service, body, lambda: detected_languages(service.translators(), texts)
            )
        return JSONResponse(detected)

    @router.get("/languages")
    async def languages(request: Request) -> Response:
        """List the languages that this server translates from or to; needs no key."""
        version = read_version(request.query_params)
        scopes = {
            scope.strip().lower()
            for scope in request.query_params.get("scope", ",".join(SCOPES)).split(",")
        }
        if not scopes <= {*SCOPES, "models"}:
            raise Problem(400, "The scope is not valid.", detail=_BAD_SCOPE)
        listed = await asyncio.to_thread(
            lambda: supported_languages(service.translators(), version, scopes)
        )
        tag = hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()[:16]
        headers = {"ETag": f'"{tag}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return JSONResponse(listed, headers=headers)

    @router.post("/transliterate", dependencies=[Depends(require)])
    async def transliterate() -> Response:
        """Refuse transliteration, which this server does not support."""
        raise Problem(501, "Scripts are not converted on this server.")

    return router


def _body_of(request: Request, admitted: AdmittedRequest) -> IncomingBody:
    return IncomingBody(request.receive, max_bytes=_MAX_BODY_BYTES, request=admitted)


async def _read(request: Request, body: IncomingBody) -> bytes:
    """Read the body of a request.

    Raises
    ------
    Problem: 415000 for another content type, 400077 for a body that is too large.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "The content type must be application/json.")
    try:
        return await body.read_whole()
    except AudioTooLarge:
        pass
    finally:
        record_of(request).body_bytes = body.n_bytes
    raise Problem(400, "The request is too large.", detail=77)


async def _run(service: SpeechService, body: IncomingBody, work: Callable[[], Result]) -> Result:
    """Run work in a thread; it does not check for cancellation."""

    def ignoring_cancellation(_check_cancelled: CheckCancelled) -> Result:
        return work()

    return await service.threads.run(ignoring_cancellation, body)


def _translate(chain: TranslatorChain, version: str, request: TranslationRequest) -> Any:
    """Translate, and build the answer of a version. Blocks."""
    answer = version_3_answer if version == VERSION_3 else later_answer
    return answer(request, translate_texts(chain, request))
