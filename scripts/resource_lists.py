"""List the resources of a deployment and the roles in it, as tables of its page.

    python scripts/resource_lists.py                  # print all lists
    python scripts/resource_lists.py --only bicep     # print one
    python scripts/resource_lists.py --write          # write each into its page
    python scripts/resource_lists.py --check          # exit 1 if a page is outdated

A source of `SOURCES` is one function of `scripts/listings`: it reads templates and returns a
`Listing`. Names have `E` for the environment's name, `T` for the token that makes a name unique,
`<folder>` for each drop folder. The templates are read, not run: nothing here reaches a cloud.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.listings.aws import read_aws
from scripts.listings.bicep import read_bicep
from scripts.listings.listing import PROJECT, Listing

_END = "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Source:
    """Templates and the page that lists them, at `<!-- resources NAME -->`."""

    page: str
    read: Callable[[], Listing]


def main() -> int:
    """Print, write or check the lists."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=SOURCES, help="one source instead of all")
    parser.add_argument("--write", action="store_true", help="put each list into its page")
    parser.add_argument("--check", action="store_true", help="compare each page with its templates")
    arguments = parser.parse_args()
    status = 0
    for name in [arguments.only] if arguments.only else SOURCES:
        source = SOURCES[name]
        drawn = draw(source.read())
        page = PROJECT / source.page
        if not (arguments.write or arguments.check):
            sys.stdout.write(drawn)
            continue
        text = page.read_text(encoding="utf-8")
        filled = fill(text, name, drawn)
        if arguments.write:
            page.write_text(filled, encoding="utf-8")
        elif filled != text:
            sys.stderr.write(f"{source.page} is outdated: scripts/resource_lists.py --write\n")
            status = 1
    return status


def draw(listing: Listing) -> str:
    """Draw a listing as two tables of Markdown."""
    lines = ["| resource | name | for | only if |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {one.type} | `{one.name}` | {one.purpose} | {_code(one.condition)} |"
        for one in listing.resources
    ]
    lines += ["", "| identity | role | on | for |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{one.holder}` | {one.role} | `{one.scope}` | {one.purpose} |" for one in listing.grants
    ]
    return "\n".join((*lines, ""))


def fill(page: str, place: str, drawn: str) -> str:
    """Replace the text at a place of a page.

    Raises
    ------
    ValueError: the page has no such place.
    """
    before, begin, rest = page.partition(f"<!-- resources {place} -->")
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the resources of {place}")
    return f"{before}{begin}\n\n{drawn}\n{end}{after}"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


SOURCES: Mapping[str, Source] = {
    "bicep": Source("docs/deploy-azure.md", read_bicep),
    "aws": Source("docs/deploy-aws.md", read_aws),
}


if __name__ == "__main__":
    sys.exit(main())
