"""The token endpoint: exchanges a key, or an access token, for a bearer token of ten minutes.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-speech-to-text-short#how-to-get-an-access-token
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from functions.api.admission import caller_of
from functions.api.query import query_parameters
from functions.api.service import SpeechService
from functions.api.tokens import TokenScope


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /sts/v1.0/issueToken`."""
    router = APIRouter(dependencies=[Depends(service.authenticator.require_exchangeable)])

    async def issue_token(request: Request) -> Response:
        """Exchange a key for a token that every route accepts as `Authorization: Bearer`.

        A token that is issued for an access token ends no later than that.
        """
        requested = query_parameters(request).get("scope", "").lower()
        scope = TokenScope.MANAGEMENT if requested == TokenScope.MANAGEMENT else TokenScope.SPEECH
        return Response(
            service.authenticator.tokens.issue(
                scope, caller_of(request), not_after=request.state.expires_at
            ),
            headers={"content-type": "application/jwt; charset=us-ascii"},
        )

    router.add_api_route("/sts/v1.0/issueToken", issue_token, methods=["POST"])
    return router
