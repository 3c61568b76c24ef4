"""Limits that the code declares, read from its source: nothing is imported.

A limit is a constant of a module, or a default in a class of limits, with a name as in `LIMIT`.
"""

import ast
import operator
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

LIMIT = re.compile(
    r"^_?(MAX|MOST|LONGEST|LARGEST|GREATEST|FARTHEST)(_|$)"
    r"|(^|_)(TIMEOUT|STALL|ANSWER|WITHIN|LIFETIME|KEEP_ALIVE|BUSY|STOP|ENDING|PERIOD|WINDOW|WAIT|HEAD"
    r"|LINGER|WRITE|TOTAL)_S$"
    r"|^N_REQUESTS$|^RESERVED_|^_?LEAST_\w*_PER_S$|_LIMIT_BYTES$|_BUDGET_BYTES$|_OVERHEAD_BYTES$"
)
CLASS_OF_LIMITS = re.compile(r"(Limits|Times)$")

# Their numbers decide what is heard, and refuse nothing.
TUNED = ("shared/diarization/", "shared/formats/", "shared/language/", "shared/recognition/",
         "shared/text_forms/")  # fmt: skip

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.LShift: operator.lshift, ast.Pow: operator.pow, ast.Div: operator.truediv,
}  # fmt: skip
_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}

Number = int | float


def declared_limits() -> Iterator[tuple[str, Number]]:
    """Yield each limit as `module:NAME`, or `module:Class.field`, with its value."""
    for folder in ("functions", "shared"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            module = path.relative_to(PROJECT).as_posix()
            if module.startswith(TUNED):
                continue
            for name in _constants(module):
                if LIMIT.search(name) and (value := value_of(module, name)) is not None:
                    yield f"{module}:{name}", value
            for name, value in _fields(module).items():
                yield f"{module}:{name}", value


def value_of(module: str, name: str) -> Number | None:
    """Return the number that a module gives a name, or a class its field; None if there is none."""
    if "." in name:
        return _fields(module).get(name)
    expression = _constants(module).get(name)
    return None if expression is None else _number(module, expression)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((PROJECT / module).read_text("utf-8"))


@cache
def _constants(module: str) -> dict[str, ast.expr]:
    """Expressions by name, of names of one value and of `A, B = 1, 2`."""
    found: dict[str, ast.expr] = {}
    for statement in _tree(module).body:
        pairs: list[tuple[ast.expr, ast.expr]]
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            pairs = [(statement.target, statement.value)]
        elif isinstance(statement, ast.Assign):
            (target,), value = statement.targets, statement.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = [*zip(target.elts, value.elts, strict=True)]
            else:
                pairs = [(target, value)]
        else:
            continue
        found |= {target.id: value for target, value in pairs if isinstance(target, ast.Name)}
    return found


@cache
def _fields(module: str) -> dict[str, Number]:
    """Numbers that classes of limits have as defaults, as `Class.field`."""
    found = {}
    for node in _tree(module).body:
        if not (isinstance(node, ast.ClassDef) and CLASS_OF_LIMITS.search(node.name)):
            continue
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                value = None if field.value is None else _number(module, field.value)
                if value is not None:
                    found[f"{node.name}.{field.target.id}"] = value
    return found


def _number(module: str, expression: ast.expr) -> Number | None:
    try:
        return _evaluate(module, expression)
    except _NotANumber:
        return None


class _NotANumber(Exception):
    """An expression of another kind."""


def _evaluate(module: str, expression: ast.expr) -> Number:
    """Evaluate a number, a product or sum, a name that was imported, or a duration in seconds."""
    value: Number | None = None
    match expression:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            value = number
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            value = _OPERATORS[type(op)](_evaluate(module, left), _evaluate(module, right))
        case ast.Name(id=name):
            value = value_of(module, name) or _imported(module, name)
        case ast.Call(func=ast.Name(id="timedelta"), keywords=[ast.keyword(arg=unit, value=size)]):
            value = _evaluate(module, size) * _SECONDS.get(unit or "", 0)
    if value is None:
        raise _NotANumber
    return value


def _imported(module: str, name: str) -> Number | None:
    for statement in _tree(module).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            source = statement.module.replace(".", "/") + ".py"
            for alias in statement.names:
                if (alias.asname or alias.name) == name and (PROJECT / source).is_file():
                    return value_of(source, alias.name)
    return None
