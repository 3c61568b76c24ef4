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
    sentence_boundaries,
    supported_languages,
    translate_texts,
    version_3_answer,
)
from functions.api.translator.request import (
    VERSION_3,
    TranslationRequest,
    read_language,
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
    """Route `/translate`, `/detect`, `/breaksentence`, `/languages` and `/transliterate`."""
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

    texts = _Texts(service)
    for path, endpoint in (
        ("/translate", texts.translate),
        ("/detect", texts.detect),
        ("/breaksentence", texts.break_sentence),
        ("/transliterate", texts.transliterate),
    ):
        router.add_api_route(path, endpoint, methods=["POST"], dependencies=[Depends(require)])
    router.add_api_route("/languages", texts.languages, methods=["GET"])
    return router


class _Texts:
    """The endpoints. Parsing runs in a thread, as do all work and the writing of answers."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service

    async def translate(self, request: Request) -> Response:
        """Translate texts, each to one language or several.

        Without a source language, the language of each text is detected.
        """
        service, version = self._service, read_version(request.query_params)
        with service.admission.enter(caller_of(request)) as admitted:
            body = _body_of(request, admitted)
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

    async def detect(self, request: Request) -> Response:
        """Detect the language of each text."""
        read_version(request.query_params)
        return await self._describe(request, detected_languages)

    async def break_sentence(self, request: Request) -> Response:
        """Find the ends of the sentences of each text."""
        read_version(request.query_params)
        language = read_language(request.query_params)
        return await self._describe(
            request, lambda chain, texts: sentence_boundaries(chain, texts, language)
        )

    async def languages(self, request: Request) -> Response:
        """List the languages that this server translates from or to; needs no key."""
        version = read_version(request.query_params)
        scopes = {
            scope.strip().lower()
            for scope in request.query_params.get("scope", ",".join(SCOPES)).split(",")
        }
        if not scopes <= {*SCOPES, "models"}:
            raise Problem(400, "The scope is not valid.", detail=_BAD_SCOPE)
        listed = await asyncio.to_thread(
            lambda: supported_languages(self._service.translators(), version, scopes)
        )
        tag = hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()[:16]
        headers = {"ETag": f'"{tag}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return JSONResponse(listed, headers=headers)

    async def transliterate(self) -> Response:
        """Refuse transliteration, which this server does not support."""
        raise Problem(501, "Scripts are not converted on this server.")

    async def _describe(
        self, request: Request, describing: Callable[[TranslatorChain, list[str]], Any]
    ) -> Response:
        """Answer about the texts of the body, without a translation."""
        service = self._service
        with service.admission.enter(caller_of(request)) as admitted:
            body = _body_of(request, admitted)
            texts = await asyncio.to_thread(read_texts, await _read(request, body))
            admitted.begin_work()
            described = await _run(service, body, lambda: describing(service.translators(), texts))
        return JSONResponse(described)


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
