"""The app that answers while the settings of a function app cannot be served."""

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from functions.api.problems import Problem, shape_of_path


async def not_set_up(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse every request with a 503 in its contract's shape.

    An exception while the app is indexed would leave a function app without functions, and its
    clients with an unexplained 404. The log has the reason, for the operator.
    """
    problem = Problem(503, "This server is not set up. Its log says which setting is missing.")
    body = problem.body(shape_of_path(scope["path"]))
    await JSONResponse(body, problem.status, headers=problem.headers)(scope, receive, send)
