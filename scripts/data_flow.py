"""Write the declared flow of data as a drawing and tables.

    python scripts/data_flow.py                          # print them
    python scripts/data_flow.py --write docs/privacy.md  # write them to the page
    python scripts/data_flow.py --check docs/privacy.md  # exit 1 if it is outdated

The drawing and the tables are those of `shared/privacy/data_flow`. In the drawing, features from
which the same data go to the same places share a box, and a dashed arrow is a flow that needs a
setting.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.architecture import fill
from shared.privacy.data_flow.features import EVERY_REQUEST, FEATURES
from shared.privacy.data_flow.flow import STORES, Data, Feature, Flow, Place, Route

_PLACES = ("answers", "batch", "data flow", "entries")
_OUTSIDE = (
    Place.CLIENT, Place.TERMINAL, Place.NAMED_FILES, Place.NAMED_SERVER, Place.DESTINATION,
    Place.HOOK, Place.PLATFORM, Place.AZURE_SPEECH, Place.AZURE_TRANSLATOR,
    Place.AMAZON_TRANSLATE, Place.ISSUER, Place.SECRETS, Place.MODEL_SOURCE,
    Place.MONITORING, Place.COLLECTOR,
)  # fmt: skip
_TITLES = {"outside": "outside of Sotto", "stored": "stored"}
_NOT_OF_CALLERS = (Data.NOTHING, Data.MEASURES)


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """Arrow between a feature and a place: outwards or inwards, with the data as its label."""

    is_out: bool
    place: Place
    label: str
    is_optional: bool

    def drawn(self, feature: str) -> str:
        """Line of the flowchart."""
        line = f'-. "{self.label}" .->' if self.is_optional else f'-- "{self.label}" -->'
        start, end = (feature, _id(self.place)) if self.is_out else (_id(self.place), feature)
        return f"  {start} {line} {end}"


def main() -> int:
    """Print, write or check the drawing and the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put them into a page")
    parser.add_argument("--check", type=Path, metavar="PAGE", help="compare a page with the code")
    arguments = parser.parse_args()
    parts = (
        draw(one for one in FEATURES if not one.is_stored),
        draw(one for one in FEATURES if one.is_stored),
        flow_table(EVERY_REQUEST, FEATURES),
        entry_table(FEATURES),
    )
    if page := arguments.check or arguments.write:
        text = filled = page.read_text(encoding="utf-8")
        for place, part in zip(_PLACES, parts, strict=True):
            filled = fill(filled, place, part)
        if arguments.write:
            page.write_text(filled, encoding="utf-8")
        elif filled != text:
            sys.stderr.write(f"{page} is outdated: python scripts/data_flow.py --write {page}\n")
            return 1
        return 0
    sys.stdout.write("\n".join(parts))
    return 0


def draw(features: Iterable[Feature]) -> str:
    """Draw the features as boxes of a Mermaid flowchart, with arrows to and from their places.

    Memory and pipes have no box: each feature has its data there. Features without data of
    callers are left out.
    """
    boxes: dict[frozenset[Arrow], list[str]] = defaultdict(list)
    for feature in features:
        if arrows := _arrows(feature):
            boxes[arrows].append(feature.name.replace("`", ""))
    drawn = {arrow.place for arrows in boxes for arrow in arrows}
    lines = ["```mermaid", "flowchart LR"]
    for title, places in (("outside", _OUTSIDE), ("stored", STORES)):
        nodes = [f'    {_id(place)}["{place}"]' for place in places if place in drawn]
        if nodes:
            lines += [f'  subgraph {title}["{_TITLES[title]}"]', *nodes, "  end"]
    for number, (arrows, names) in enumerate(boxes.items()):
        lines.append(f'  f{number}(["{"<br/>".join(names)}"])')
        lines += [arrow.drawn(f"f{number}") for arrow in sorted(arrows)]
    return "\n".join((*lines, "```", ""))


def flow_table(always: Sequence[Flow], features: Iterable[Feature]) -> str:
    """Write a row for each flow: feature, data, where they go, how long they stay, settings."""
    rows = [
        ("feature", "data", "where they flow", "how long they stay", "settings that change it"),
        ("---",) * 5,
    ]
    named = [("every request", always), *((one.name, one.flows) for one in features)]
    for name, flows in named:
        for flow in flows:
            data, settings = ", ".join(flow.data), ", ".join(f"`{key}`" for key in flow.settings)
            shown = name if flow is flows[0] else ""
            rows.append((shown, data, _way(flow), flow.stays, settings))
    return _table(rows)


def entry_table(features: Iterable[Feature]) -> str:
    """Write a row for each feature with its routes, triggers and commands."""
    rows = [("feature", "routes, triggers and commands"), ("---", "---")]
    rows += [(feature.name, ", ".join(_entries(feature))) for feature in features]
    return _table(rows)


def _arrows(feature: Feature) -> frozenset[Arrow]:
    """Arrows between a feature and the places beyond memory; those that need a setting apart."""
    data: dict[tuple[bool, Place, bool], dict[Data, None]] = defaultdict(dict)
    for flow in feature.flows:
        found = dict.fromkeys(one for one in flow.data if one not in _NOT_OF_CALLERS)
        is_optional = flow.only_with is not None
        for is_out, places in ((False, (flow.source,)), (True, flow.to)):
            for place in places:
                if found and place in (*STORES, *_OUTSIDE):
                    data[is_out, place, is_optional] |= found
    return frozenset(
        Arrow(is_out, place, ", ".join(found), is_optional)
        for (is_out, place, is_optional), found in data.items()
    )


def _way(flow: Flow) -> str:
    """Way of a flow in words."""
    way = ", ".join(flow.to)
    if flow.source is not None:
        way = f"from the {flow.source} to the {way}"
    return way if flow.only_with is None else f"{way}, {flow.only_with}"


def _entries(feature: Feature) -> list[str]:
    """Entries as the page shows them: the two generations of a managed route are one."""
    shown: dict[str, None] = {}
    for entry in feature.entries:
        if isinstance(entry, Route):
            path = re.sub(r"^/speechtotext/(\{version\}/)?", "/speechtotext/", entry.path)
            shown[f"`{entry.method} {path}`"] = None
        else:
            shown[str(entry)] = None
    return list(shown)


def _id(place: Place) -> str:
    return place.name.lower()


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
