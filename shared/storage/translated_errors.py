"""Translation of errors of a library or the operating system to those of the port.

The original is dropped, not chained: it may quote addresses with signatures, names or answers.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from shared.errors import StorageError

_P = ParamSpec("_P")
_R = TypeVar("_R")
_E = TypeVar("_E", bound=Exception)


def translated(
    kind: type[_E] | tuple[type[_E], ...], translate: Callable[[_E], StorageError]
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Decorate a function so that it raises errors of `kind` translated."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return function(*args, **kwargs)
            except kind as error:
                failure = translate(error)
            # Raised outside of the handler, so that it has no context.
            raise failure

        return call

    return decorate
