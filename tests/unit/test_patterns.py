"""Every regular expression takes time in proportion to the text that it meets.

Python's `re` keeps the interpreter lock: one search of quadratic cost stops the whole server. The
patterns are found in the source, so that a new one is tried without being named here.
"""

import ast
import importlib
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, permutations
from pathlib import Path
from re import _constants, _parser

import pytest
from growth import cost_s, grows_too_fast

from shared.synthesis import kokoro
from shared.text_forms import profanity
from shared.text_forms.spoken import rules, signs

PROJECT = Path(__file__).resolve().parent.parent.parent
METHODS = {"match", "search", "fullmatch", "split", "findall", "finditer", "sub", "subn"}

FEW, MANY = 2_000, 8_000
# No linear pattern comes near it; an exponential one passes it with a short text already.
FAR_TOO_LONG_S = 0.05

LANGUAGES = ("en", "de")  # comma and point between thousands


def built_rules():
    patterns = (pattern for language in LANGUAGES for pattern, _ in rules._rules(language))
    return list(dict.fromkeys(patterns))


def built_profanity():
    lists = [profanity._word_list(language) for language in ("en", "de", "ja", "zh", "th")]
    return [p for one in lists for p in (one.stem, one.phrase_text) if p is not None]


# Patterns that functions build while they run, and their use: a function not listed here fails.
BUILT = {
    ("shared.text_forms.spoken.rules", "_rules"): (built_rules, {"fullmatch"}),
    ("shared.text_forms.spoken.signs", "_part_pattern"): (
        lambda: [signs._part_pattern(language) for language in LANGUAGES],
        {"findall"},
    ),
    ("shared.text_forms.profanity", "_word_list"): (
        built_profanity,
        {"match", "finditer"},
    ),
    # Alternatives of fixed texts.
    ("shared.synthesis.kokoro", "to_kokoro_phonemes"): (
        lambda: [re.compile("|".join(map(re.escape, kokoro._JOINED)))],
        {"sub"},
    ),
    # The name of a part of a checkpoint, met by names of arrays in a file whose hash is known.
    ("shared.models.openai_whisper_checkpoint", "_n_layers"): (
        lambda: [re.compile(r"encoder/layer_(\d+)/")],
        {"match"},
    ),
}


@dataclass(frozen=True)
class Used:
    """A pattern, where it stands, and the methods that are called on it."""

    place: str
    pattern: re.Pattern
    methods: frozenset[str]


@cache
def used_patterns():
    return tuple(
        used
        for folder in ("functions", "shared")
        for path in sorted((PROJECT / folder).rglob("*.py"))
        for used in patterns_of(path)
    )


def patterns_of(path) -> Iterator[Used]:
    name = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    if not re.search(r"\bre\b", source):
        return
    assert not re.search(r"from re import|import re as", source), f"{name}: write `import re`"
    called = methods_by_name(tree)
    for statement in tree.body:
        names = assigned_names(statement)
        for call, function in calls_of_re(statement):
            place = f"{name}:{call.lineno}"
            text = call.args[0] if call.args else None
            method = call.func.attr
            methods = {method} if method != "compile" else set()
            for target in names:
                methods |= called.get(target, set())
            methods = frozenset(methods or {"search", "fullmatch"})
            if isinstance(text, ast.Constant):
                yield Used(place, re.compile(text.value, flags_of(call)), methods)
            elif function is None:
                module = importlib.import_module(name)
                found = [one for target in names for one in patterns_in(getattr(module, target))]
                assert found, f"{place} builds a pattern that is not found"
                yield from (Used(place, pattern, methods) for pattern in found)
            else:
                assert (name, function) in BUILT, f"{place} builds a pattern: add it to BUILT"
                build, built_methods = BUILT[name, function]
                yield from (Used(place, one, frozenset(built_methods)) for one in build())


def calls_of_re(statement) -> Iterator[tuple[ast.Call, str | None]]:
    """Calls of `re.compile` and the like, each with the function that it is in."""
    functions = [n for n in ast.walk(statement) if isinstance(n, ast.FunctionDef)]
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS | {"compile"}
        ):
            around = [f.name for f in functions if f.lineno <= node.lineno <= f.end_lineno]
            yield node, around[-1] if around else None


def assigned_names(statement) -> list[str]:
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        targets = []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def methods_by_name(tree) -> dict[str, set[str]]:
    """Methods that a module calls on each name, and on what the name holds."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if isinstance(owner, ast.Name):
                found.setdefault(owner.id, set()).add(node.attr)
    return found


def flags_of(call) -> int:
    written = [*call.args[1:], *(k.value for k in call.keywords if k.arg == "flags")]
    names = [node.attr for flags in written for node in ast.walk(flags)
             if isinstance(node, ast.Attribute)]  # fmt: skip
    flags = 0
    for name in names:
        flags |= getattr(re, name, 0) if name.isupper() else 0
    return flags


def patterns_in(value) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(patterns_in, value.values()))
    elif isinstance(value, tuple | list | frozenset | set):
        yield from chain.from_iterable(map(patterns_in, value))


def hostile_texts(pattern) -> list[tuple[str, str, str]]:
    """Beginnings, what is repeated behind them, and ends that do not match."""
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    beginnings = [one for one in dict.fromkeys(prefixes(parsed)) if one][:20]
    letters = list(dict.fromkeys([*alphabet(parsed), *"".join(beginnings)]))[:20]
    units = [*letters, *map("".join, permutations(letters[:8], 2)), *beginnings]
    units += [f"{one} " for one in beginnings]
    texts = [("", unit, "\x00") for unit in units]
    texts += [(start, letter, "\x00") for start in beginnings for letter in letters[:6]]
    return list(dict.fromkeys(texts))


CATEGORIES = {
    _constants.CATEGORY_DIGIT: "1", _constants.CATEGORY_NOT_DIGIT: "a",
    _constants.CATEGORY_SPACE: " ", _constants.CATEGORY_NOT_SPACE: "a",
    _constants.CATEGORY_WORD: "a", _constants.CATEGORY_NOT_WORD: ".",
}  # fmt: skip


def alphabet(parsed) -> Iterator[str]:
    """One character for each literal, and for each range and category of a set, and some more."""
    for code, value in parsed:
        if code in {_constants.LITERAL, _constants.NOT_LITERAL}:
            yield chr(value)
        elif code is _constants.RANGE:
            yield chr(value[0])
        elif code is _constants.CATEGORY:
            yield CATEGORIES[value]
        elif code is _constants.IN:
            yield from alphabet(one for one in value if one[0] is not _constants.NEGATE)
        else:
            for inner in inner_parts(value):
                yield from alphabet(inner)
    yield from "a1 .\n"


def inner_parts(value) -> Iterator[Iterable]:
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from inner_parts(one)


def prefixes(parsed) -> Iterator[str]:
    """Short texts that match the pattern up to each of its parts, through each alternative."""
    before = [""]
    for code, value in parsed:
        after = []
        if code is _constants.BRANCH:
            after = [text for branch in value[1] for text in last_of(prefixes(branch))]
            yield from (b + p for b in before for branch in value[1] for p in prefixes(branch))
        elif code is _constants.SUBPATTERN:
            inner = list(prefixes(value[-1]))
            yield from (b + p for b in before for p in inner)
            after = last_of(prefixes(value[-1]), all_of=True)
        elif code in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
            yield from (b + p for b in before for p in prefixes(value[2]))
            once = last_of(prefixes(value[2]), all_of=True)
            after = once if value[0] else [*once, ""]
        elif code is _constants.ATOMIC_GROUP:
            after = last_of(prefixes(value), all_of=True)
        elif code is _constants.ANY:
            after = ["a"]
        elif code in {_constants.LITERAL, _constants.IN, _constants.NOT_LITERAL}:
            after = [next(alphabet([(code, value)]))]
        else:
            after = [""]
        before = list(dict.fromkeys(b + a for b in before for a in after))[:8]
        yield from before


def last_of(texts, *, all_of=False) -> list[str]:
    found = list(texts)
    return (found[-8:] if all_of else found[-1:]) or [""]


def run(pattern, method, hostile, length):
    beginning, unit, end = hostile
    text = beginning + unit * (length // len(unit)) + end
    text = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    if method in {"match", "search", "fullmatch"}:
        call = getattr(pattern, method)
        return lambda: call(text)
    return lambda: deque(pattern.finditer(text), maxlen=0)


def is_super_linear(pattern, method, hostile) -> bool:
    if any(
        cost_s(run(pattern, method, hostile, length), 1) > FAR_TOO_LONG_S
        for length in (24, 200, 1_000)
    ):
        return True
    few, many = (run(pattern, method, hostile, length) for length in (FEW, MANY))
    return grows_too_fast(few, many)


def first_super_linear(pattern, methods):
    hostile_ones = hostile_texts(pattern)
    for method in sorted(methods):
        for hostile in hostile_ones:
            if is_super_linear(pattern, method, hostile):
                return method, hostile
    return None


@pytest.mark.parametrize("used", used_patterns(), ids=lambda used: used.place)
def test_a_pattern_takes_time_in_proportion_to_the_text(used):
    assert first_super_linear(used.pattern, used.methods) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"[+-]?(\d+\.?\d*|\.\d+)\s*(%|st|hz|db|)",
        r"[.!?…]+[\"'”’»)\]]*\s+(?![a-zà-ÿ])",
        r"<(script|pre)\b[^>]*>.*?</\1\s*>",
        r"<(\w+)\b[^>]*\b(?:translate=[\"']?no)\b[^>]*>.*?</\1\s*>",
        r"(a+)+b",
        r"\s+$",
    ],
)
def test_a_pattern_that_takes_longer_is_found(pattern):
    """Quadratic, cubic and exponential ones."""
    used = re.compile(pattern, re.DOTALL | re.IGNORECASE)
    assert first_super_linear(used, {"fullmatch", "search"}) is not None
