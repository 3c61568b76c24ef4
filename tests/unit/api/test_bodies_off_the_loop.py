"""No coroutine takes the body of a request apart itself: all others would wait meanwhile.

Read from the source: what parses, what takes the fields of an object that was parsed, and what
calls either by name, runs in a thread.
"""

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
PARSING = {"loads", "validate_json", "model_validate_json", "Parse", "parse"}
# Texts that are large after translation are measured and written again.
WRITING = {"split_sentences", "later_answer"}
# No body: a header of 32 KB at most, 0.4 ms.
HEADERS = {"read_assessment_header"}


def functions_of(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def known_as(name, path):
    """A name that is private to a module is another in each."""
    return f"{path}:{name}" if name.startswith("_") else name


def calls(function, path):
    """Names that a function calls itself, not in functions within it."""
    found, left = set(), list(ast.iter_child_nodes(function))
    while left:
        node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        left += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in PARSING:
                found.add("<parser>")
            elif isinstance(called, ast.Name):
                found.add(known_as(called.id, path))
    return found


def reads_fields(function):
    """Whether a function reads an object of up to four megabytes field by field."""
    given = (argument.annotation for argument in function.args.args)
    return any(isinstance(kind, ast.Name) and kind.id == "JsonFields" for kind in given)


def test_no_coroutine_takes_a_body_apart():
    paths = [*(PROJECT / "functions" / "api").rglob("*.py"),
             PROJECT / "shared/synthesis/ssml.py"]  # fmt: skip
    functions = [
        (path, function, calls(function, path))
        for path in paths
        for function in functions_of(ast.parse(path.read_text("utf-8")))
    ]
    parsing = {"<parser>", *WRITING} | {
        known_as(function.name, path)
        for path, function, _called in functions
        if isinstance(function, ast.FunctionDef) and reads_fields(function)
    }
    while True:
        more = (
            {
                known_as(function.name, path)
                for path, function, called in functions
                if isinstance(function, ast.FunctionDef) and called & parsing
            }
            - parsing
            - HEADERS
        )
        if not more:
            break
        parsing |= more
    assert parsing >= {
        "read_ssml",
        "read_translation",
        "parse_definition",
        "version_3_answer",
        "read_definition",
        "read_delta",
        "new_hook",
    }
    on_the_loop = {
        f"{path.relative_to(PROJECT)}:{function.name} calls {name}"
        for path, function, called in functions
        if isinstance(function, ast.AsyncFunctionDef)
        for name in called & parsing
    }
    assert on_the_loop == set()
