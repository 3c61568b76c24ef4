"""Comments, docstrings, names, error texts, log events and pages are plain technical English.

`CONTRIBUTING.md` has the rule. The words below are those that made sentences hard to read; a
sentence that begins with "Who" or "What" and is no question has no subject of its own.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]
_CODE = ("shared", "functions", "benchmarks", "scripts", "examples", "tests")

_WORDS = {
    "can not": "cannot",
    "whoever": "the caller, the reader, the client: name it",
    "somebody": "a person, a speaker, a caller: name it",
    "nobody": "no speaker, no caller: name it",
    "anybody": "any caller, any user: name it",
    "is told": "receives, is notified, is configured",
    "are told": "receive, are notified, are configured",
    "tell of": "report, log, notify",
    "tells of": "reports, logs, notifies",
    "what leads to": "pointer, reason, cause",
    "belongs into": "belongs in, belongs to",
    "belong into": "belong in, belong to",
}
_WORD = re.compile(
    r"\b(?:" + "|".join(w.replace(" ", r"\s+") for w in _WORDS) + r")\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"(?:\A|(?<=[.!?:;]\s)|(?<=\n\n))\s*[\"'(]*(?P<word>Who|What|Whatever)\b"
    r"(?P<rest>.*?)(?P<end>[.?!](?=[\s\"')]|\Z)|\n\n|\Z)",
    re.DOTALL,
)

_EXCEPTIONS: dict[tuple[str, str], str] = {
    ("tests/unit/test_wording.py", ""): "the list of the words, and sentences that have them",
}
"""Why a file may have a text that the test refuses: the file, and a part of the text."""


@dataclass(frozen=True)
class _Text:
    """A text that is read as prose, at the line where it begins."""

    path: str
    line: int
    text: str
    has_sentences: bool = True


@pytest.mark.parametrize("folder", [*_CODE, "pages"])
def test_prose_has_none_of_the_words_and_each_sentence_has_a_subject(folder: str) -> None:
    faults = [
        fault for path in _files() if _folder(path) == folder for fault in _faults(_texts(path))
    ]

    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize(
    "text",
    [
        '"""Read what can not be read."""',
        "# It\n# can\n# not be read.\n",
        "def test_nobody_reads() -> None: ...\n",
        "log.info('client_is_told')\n",
        "# It ends. Who calls it waits.\n",
        '"""What it costs."""',
        'raise ValueError(f"{name}: Whatever it says is ignored")',
        "class NobodyListens: ...\n",
    ],
)
def test_a_fault_of_python_is_found(text: str) -> None:
    assert len(_faults(_python("shared/a.py", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        '"""Who calls it? What for?"""',
        "cannot = 'what it was told'\n",
        "def test_a_file_cannot_be_read() -> None: ...\n",
    ],
)
def test_plain_python_has_no_fault(text: str) -> None:
    assert _faults(_python("shared/a.py", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n| --- | --- |\n| x | What it costs |\n",
        "It ends here. What\nfollows is next.\n",
        "## What it costs\n",
        "- **Who** calls waits.\n",
        "A page that can\nnot be read.\n",
        "```sh\n# it can not be read\n```\n",
    ],
)
def test_a_fault_of_a_page_is_found(text: str) -> None:
    assert len(_faults(_markdown("docs/a.md", text))) == 1


def test_a_question_is_a_sentence_in_pages_too() -> None:
    page = "## What is `shared`?\n\nThe rooms. `What it is` is code.\n"

    assert _faults(_markdown("docs/a.md", page)) == []


def test_a_fault_has_its_line() -> None:
    page = "# Title\n\nOne line\nand nobody\nreads it.\n"

    assert _faults(_markdown("docs/a.md", page)) == [
        "docs/a.md:4: nobody (no speaker, no caller: name it)"
    ]


def test_each_exception_is_still_needed() -> None:
    unused = [
        path
        for path, part in _EXCEPTIONS
        if not any(part in text.text and _found(text) for text in _texts(path))
    ]

    assert unused == []


def _files() -> list[str]:
    """Code and pages of the project, without what commands put beside them."""
    found = [path for path in _PROJECT.iterdir() if path.is_file()]
    for folder in (*_CODE, "docs", "requirements", ".ci"):
        found += [path for path in (_PROJECT / folder).rglob("*") if path.is_file()]
    made = {"__pycache__", "results", "node_modules"}
    return sorted(
        path.relative_to(_PROJECT).as_posix() for path in found if not made & set(path.parts)
    )


def _folder(path: str) -> str:
    top = path.split("/", maxsplit=1)[0]
    return top if top in _CODE else "pages"


def _texts(path: str) -> Iterator[_Text]:
    read = {
        ".py": _python,
        ".md": _markdown,
        ".sh": _comments,
        ".toml": _comments,
        ".txt": _comments,
        "": _comments,
    }.get(Path(path).suffix)
    if read is not None and path != "LICENSE":
        yield from read(path, (_PROJECT / path).read_text(encoding="utf-8"))


def _faults(texts: Iterator[_Text]) -> list[str]:
    return [
        f"{text.path}:{text.line + text.text.count(chr(10), 0, at)}: {what}"
        for text in texts
        if not any(text.path == path and part in text.text for path, part in _EXCEPTIONS)
        for at, what in _found(text)
    ]


def _found(text: _Text) -> Iterator[tuple[int, str]]:
    for match in _WORD.finditer(text.text):
        word = " ".join(match[0].lower().split())
        yield match.start(), f"{word} ({_WORDS[word]})"
    if text.has_sentences:
        for match in _CLAUSE.finditer(text.text):
            if match["end"] != "?":
                sentence = " ".join((match["word"] + match["rest"]).split())
                yield match.start("word"), f"no subject: {sentence[:60]}"


def _python(path: str, source: str) -> Iterator[_Text]:
    yield from _comments_of(path, _comment_tokens(source))
    tree = ast.parse(source)
    yield from _names(path, tree)
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        # Tests quote speech and answers: of their literals only docstrings are prose.
        prose = not path.startswith("tests/") or id(node) in docstrings
        if prose and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _Text(path, node.lineno, _spelled(node.value))


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Return each string that stands alone: docstrings, those of attributes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _names(path: str, tree: ast.AST) -> Iterator[_Text]:
    for node in ast.walk(tree):
        for name in _defined(node):
            yield _Text(path, getattr(node, "lineno", 1), _spelled(name), has_sentences=False)
            if name.startswith("test_"):
                sentence = _spelled(name.removeprefix("test_")).capitalize()
                if _CLAUSE.match(sentence):
                    yield _Text(path, getattr(node, "lineno", 1), sentence)


def _defined(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr
        case ast.arg():
            yield node.arg


def _spelled(name: str) -> str:
    """Return a name as words, a sentence as it is."""
    if not re.fullmatch(r"\w+", name):
        return name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip()


def _comment_tokens(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and text of each comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield *token.start, token.string


def _comments(path: str, source: str) -> Iterator[_Text]:
    """Read a shell script, Makefile, TOML or list of requirements."""
    yield from _comments_of(
        path,
        (
            (number, match.start("text"), match["text"])
            for number, line in enumerate(source.splitlines(), 1)
            if (match := re.search(r"(?:^|\s)(?P<text>#+ .*)", line)) is not None
        ),
    )


def _comments_of(path: str, comments: Iterator[tuple[int, int, str]]) -> Iterator[_Text]:
    """Join comments that stand below each other in one column."""
    begins, follows, lines = 0, (0, 0), list[str]()
    for line, column, text in comments:
        if lines and (line, column) != follows:
            yield _Text(path, begins, "\n".join(lines))
            lines = []
        begins = begins if lines else line
        lines.append(text.lstrip("#").strip())
        follows = (line + 1, column)
    if lines:
        yield _Text(path, begins, "\n".join(lines))


def _markdown(path: str, page: str) -> Iterator[_Text]:
    """Read the paragraphs, list items, headings, table cells and code blocks of a page."""
    begins, lines, fenced, renames = 0, list[str](), False, False
    for number, line in enumerate([*page.splitlines(), ""], 1):
        renames = (renames or line == "<!-- renames -->") and line != "<!-- /renames -->"
        if renames:
            continue  # Names that are gone stay readable.
        fence = line.lstrip().startswith("```")
        cells = line.lstrip().startswith("|") and not fenced
        starts = not fenced and re.match(r"\s*([-*#]|\d+\.)+\s", line) is not None
        if lines and (fence or cells or starts or not (fenced or line.strip())):
            yield _Text(path, begins, _plain("\n".join(lines)), has_sentences=not fenced)
            lines = []
        if fence:
            fenced = not fenced
        elif cells:
            for cell in line.strip(" |").split("|"):
                yield _Text(path, number, _plain(cell.strip()))
        elif line.strip():
            begins = begins if lines else number
            lines.append(re.sub(r"^\s*([-*#]|\d+\.)+\s", "", line) if starts else line)


def _plain(text: str) -> str:
    """Return Markdown without emphasis, links and code."""
    return re.sub(r"`[^`\n]*`", "CODE", text).replace("*", "").replace("[", "").strip("_ ")
