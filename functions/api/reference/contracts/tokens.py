"""Tokens: a key, or an access token, exchanged for a bearer token."""

from functions.api.problems import Shape
from functions.api.reference.errors import error_answers
from functions.api.reference.operation import Answer, Content, Operation, Parameter
from functions.api.tokens import TOKEN_LIFETIME_S, TokenScope

TAG = "Tokens"

OPERATIONS = (
    Operation(
        id="issueToken",
        method="POST",
        path="/sts/v1.0/issueToken",
        tag=TAG,
        summary="Issue a token",
        description="Exchange a key, or an access token of the identity provider, for a token that "
        "every route accepts as `Authorization: Bearer`. A token that is issued for an access "
        "token ends no later than that. The body of the request is empty.",
        parameters=(
            Parameter(
                name="scope",
                description="Accepted; a token of either scope opens every route.",
                values=tuple(TokenScope),
                example=TokenScope.MANAGEMENT,
            ),
        ),
        answers={
            200: Answer(
                f"The bare token, valid for up to {TOKEN_LIFETIME_S // 60} minutes.",
                (
                    Content(
                        str,
                        "application/jwt",
                        {"token": "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTAwMDAwMDB9.c2lnbmF0dXJl"},
                    ),
                ),
            ),
            **error_answers(
                Shape.WRAPPED,
                {
                    403: "The access token has none of the required roles, or this server has no "
                    "SOTTO_KEYS and issues no tokens.",
                },
            ),
        },
    ),
)
