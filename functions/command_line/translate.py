"""`translate`: a text in another language."""

import argparse
import sys
from typing import Any

from shared.errors import UnknownLanguage
from shared.settings import Settings

_EXAMPLES = """
examples:
  sotto translate --to es "The train leaves at noon."
  sotto translate --from de --to en - < letter.txt

Each line is a text of its own. Without --from the language of the whole text is detected.
docs/translation.md says how translators are set up.
"""


def add_commands(commands: Any) -> None:
    """Add `translate` to the command line."""
    parser = commands.add_parser(
        "translate",
        help="translate a text",
        description="Translate a text with the translators of SOTTO_TRANSLATORS. No server is "
        "needed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", metavar="TEXT", help="the text; - for standard input, in UTF-8")
    parser.add_argument("--to", required=True, metavar="LANGUAGE", help="such as es")
    parser.add_argument(
        "--from", dest="source", metavar="LANGUAGE", help="such as en; default: it is detected"
    )
    parser.set_defaults(run=_translate)


def _translate(parsed: argparse.Namespace, settings: Settings) -> int:
    # Imported here: no other command needs them.
    from functions.command_line.texts import read_text  # noqa: PLC0415
    from shared.translation.installed import translator_chain  # noqa: PLC0415
    from shared.translation.languages import language_code  # noqa: PLC0415

    target = language_code(parsed.to)
    chain = translator_chain(settings)
    text = read_text(parsed.text)
    if parsed.source is not None:
        source = language_code(parsed.source)
    else:
        (detected,) = chain.detect([text])
        if not detected.score:
            raise UnknownLanguage("The language of the text was not detected. Name it with --from.")
        source = detected.language
    translated = chain.translate(text.splitlines(), source, target)
    sys.stdout.buffer.write("".join(f"{line}\n" for line in translated).encode())
    sys.stdout.buffer.flush()
    return 0
