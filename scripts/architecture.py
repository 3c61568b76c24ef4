"""Draw the folders of `shared/` and `functions/` as rooms on floors, with their imports as arrows.

    python scripts/architecture.py                                    # print this checkout's
    python scripts/architecture.py --checkout OTHER                   # print another one's
    python scripts/architecture.py --write docs/architecture.md       # write to the page
    python scripts/architecture.py --check docs/architecture.md       # exit 1 if it is outdated

Imports are read from the source, including those inside functions and for type checking. A room is
a folder at depth two with its subfolders; each folder of `shared/recognition` is a room too, and
the top-level modules of `shared/` and of `functions/` are one room each. A room is one floor above
the highest that it imports. In a cycle the order with the fewest reversed imports is used; an arrow
against the order points back up.
"""

import argparse
import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TREES = ("functions", "shared")
SPLIT = ("shared/recognition",)  # its subfolders are separate rooms
PLACE = "now"
_END = "<!-- end -->"
_LARGEST_EXACT = 14  # rooms of a cycle: the search for its best order takes 2^n steps

Arrow = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its path inside the checkout, lines, and the paths that it imports."""

    path: str
    n_lines: int
    imports: frozenset[str]

    @property
    def room(self) -> str:
        """Room of the module."""
        folders = self.path.split("/")[:-1]
        parent = "/".join(folders[:2])
        return "/".join(folders[: 3 if parent in SPLIT else 2])

    @property
    def is_counted(self) -> bool:
        """Whether it is more than a package marker."""
        return not self.path.endswith("/__init__.py")


@dataclass(frozen=True, slots=True)
class House:
    """Rooms and arrows of one checkout.

    `arrows` has the number of imports behind each arrow from room to room, `back_up` the arrows
    against the order of the floors. `floors` begins with the highest.
    """

    modules: tuple[Module, ...]
    arrows: Mapping[Arrow, int]
    back_up: frozenset[Arrow]
    floors: tuple[tuple[str, ...], ...]

    @property
    def rooms(self) -> list[str]:
        """All rooms, the highest floor first."""
        return [room for floor in self.floors for room in floor]

    def modules_of(self, room: str) -> list[Module]:
        """Modules in a room."""
        return [one for one in self.modules if one.room == room and one.is_counted]

    def within(self, room: str) -> int:
        """Imports of one module of a room by another one."""
        rooms = {one.path: one.room for one in self.modules}
        return sum(
            rooms[imported] == room
            for one in self.modules
            if one.room == room
            for imported in one.imports
        )


def main() -> int:
    """Print, write or check the drawing."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--checkout", type=Path, default=PROJECT, help="draw another checkout")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the drawing into a page")
    parser.add_argument("--check", type=Path, metavar="PAGE", help="compare a page with the code")
    parser.add_argument(
        "--place", default=PLACE, help=f"place of the page: `<!-- drawing PLACE -->` ({PLACE})"
    )
    arguments = parser.parse_args()
    drawn = draw(read_house(arguments.checkout))
    if page := arguments.check or arguments.write:
        text = page.read_text(encoding="utf-8")
        filled = fill(text, arguments.place, drawn)
        if arguments.write:
            page.write_text(filled, encoding="utf-8")
        elif filled != text:
            sys.stderr.write(f"{page} is outdated: python scripts/architecture.py --write {page}\n")
            return 1
        return 0
    sys.stdout.write(drawn)
    return 0


def read_house(checkout: Path) -> House:
    """Read the modules of a checkout and find its floors.

    Raises
    ------
    SyntaxError: a file is not Python.
    """
    files = sorted(path for tree in TREES for path in (checkout / tree).rglob("*.py"))
    paths = {path.relative_to(checkout).as_posix(): path for path in files}
    modules = tuple(_read_module(name, path, paths.keys()) for name, path in paths.items())
    rooms = {module.path: module.room for module in modules}
    arrows = Counter(
        (module.room, rooms[imported])
        for module in modules
        for imported in module.imports
        if rooms[imported] != module.room
    )
    counted = {module.room for module in modules if module.is_counted}
    occupied = sorted(counted.union(*arrows))
    back_up = _back_up(occupied, arrows)
    return House(modules, arrows, back_up, _floors(occupied, set(arrows) - back_up))


def draw(house: House) -> str:
    """Draw a house as a diagram of Mermaid and a table."""
    return f"{_diagram(house)}\n{_table(house)}"


def fill(page: str, place: str, drawn: str) -> str:
    """Replace the text at a place of a page.

    Raises
    ------
    ValueError: the page has no such place.
    """
    before, begin, rest = page.partition(f"<!-- drawing {place} -->")
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the drawing {place}")
    return f"{before}{begin}\n\n{drawn}\n{end}{after}"


def _read_module(name: str, path: Path, known: AbstractSet[str]) -> Module:
    source = path.read_text(encoding="utf-8")
    resolved = (_resolve(dotted, known) for dotted in _imported(ast.parse(source, name)))
    imports = frozenset(other for other in resolved if other is not None and other != name)
    return Module(name, len(source.splitlines()), imports)


def _imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all imports; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _resolve(dotted: str, known: AbstractSet[str]) -> str | None:
    """Path of the module that a name is, or is defined in; None outside of the project."""
    parts = dotted.split(".")
    for end in (len(parts), len(parts) - 1):
        stem = "/".join(parts[:end])
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in known:
                return path
    return None


def _back_up(rooms: Sequence[str], arrows: Mapping[Arrow, int]) -> frozenset[Arrow]:
    """Arrows against the order: in each cycle the fewest imports that break it."""
    reached = {room: _reached(room, arrows) for room in rooms}
    circles = {
        tuple(other for other in rooms if other in reached[room] and room in reached[other])
        for room in rooms
    }
    back_up: set[Arrow] = set()
    for circle in filter(None, circles):
        place = {room: index for index, room in enumerate(_order(circle, arrows))}
        back_up |= {(a, b) for a, b in arrows if a in place and b in place and place[a] > place[b]}
    return frozenset(back_up)


def _reached(room: str, arrows: Iterable[Arrow]) -> set[str]:
    targets = defaultdict(set)
    for a, b in arrows:
        targets[a].add(b)
    found: set[str] = set()
    waiting = [room]
    while waiting:
        fresh = targets[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _order(circle: Sequence[str], arrows: Mapping[Arrow, int]) -> list[str]:
    """Rooms of a cycle from top to bottom, with the fewest imports upwards."""

    def cost(room: str, above: Iterable[str]) -> int:
        return sum(arrows.get((room, other), 0) for other in above)

    if len(circle) > _LARGEST_EXACT:
        weight = {room: cost(room, circle) for room in circle}
        return sorted(circle, key=lambda room: (-weight[room], room))
    best: dict[frozenset[str], tuple[int, list[str]]] = {frozenset(): (0, [])}
    for _ in circle:
        longer: dict[frozenset[str], tuple[int, list[str]]] = {}
        for above, (spent, order) in best.items():
            for room in (one for one in circle if one not in above):
                candidate = (spent + cost(room, above), [*order, room])
                placed = above | {room}
                longer[placed] = min(longer.get(placed, candidate), candidate)
        best = longer
    return best[frozenset(circle)][1]


def _floors(rooms: Sequence[str], arrows: Iterable[Arrow]) -> tuple[tuple[str, ...], ...]:
    """Each room one floor above the highest that it imports."""
    below = {room: {b for a, b in arrows if a == room} for room in rooms}
    height: dict[str, int] = {}
    for room in TopologicalSorter(below).static_order():
        height[room] = 1 + max((height[other] for other in below[room]), default=-1)
    return tuple(
        tuple(room for room in rooms if height[room] == floor)
        for floor in range(max(height.values(), default=-1), -1, -1)
    )


def _needed(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Arrows that are not implied by other arrows (transitive reduction)."""
    every = set(arrows)
    return sorted(
        (a, b)
        for a, b in every
        if not any(b in _reached(c, every) for start, c in every if start == a and c != b)
    )


def _diagram(house: House) -> str:
    lines = ["```mermaid", "flowchart TD"]
    for index, floor in enumerate(house.floors):
        lines.append(f'  subgraph floor{len(house.floors) - 1 - index}[" "]')
        lines += [f'    {_id(room)}["{_label(house, room)}"]' for room in floor]
        lines.append("  end")
    down = _needed(set(house.arrows) - house.back_up)
    lines += [f"  {_id(a)} --> {_id(b)}" for a, b in down]
    lines += [f"  {_id(a)} -. back up .-> {_id(b)}" for a, b in sorted(house.back_up)]
    return "\n".join((*lines, "```", ""))


def _id(room: str) -> str:
    return room.replace("/", "_")


def _label(house: House, room: str) -> str:
    return f"{room if '/' in room else f'{room}/*.py'}<br/>{len(house.modules_of(room))}"


def _table(house: House) -> str:
    head = ("folder", "modules", "arrows out", "in", "within", "back up", "longest file")
    rows = [head, ("---", *("---:",) * 5, "---"), *(_row(house, room) for room in house.rooms)]
    counted = [module for module in house.modules if module.is_counted]
    n_arrows = str(len(house.arrows))
    n_within = str(sum(map(house.within, house.rooms)))
    rows.append(
        (f"all {len(house.rooms)}", str(len(counted)), n_arrows, n_arrows, n_within,
         str(len(house.back_up)), _longest(counted))
    )  # fmt: skip
    return "".join(f"| {' | '.join(row)} |\n" for row in rows) + _notes(house)


def _row(house: House, room: str) -> tuple[str, ...]:
    return (
        f"`{room}`",
        str(len(house.modules_of(room))),
        str(sum(a == room for a, _ in house.arrows)),
        str(sum(b == room for _, b in house.arrows)),
        str(house.within(room)),
        str(sum(a == room for a, _ in house.back_up)),
        _longest(house.modules_of(room)),
    )


def _notes(house: House) -> str:
    """List the imports that point back up."""
    rooms = {module.path: module.room for module in house.modules}
    found = [
        f"- `{module.path}` imports `{imported}`\n"
        for module in house.modules
        for imported in sorted(module.imports)
        if (module.room, rooms[imported]) in house.back_up
    ]
    return "".join(("\nBack up:\n\n", *found)) if found else ""


def _longest(modules: Sequence[Module]) -> str:
    if not modules:
        return ""
    longest = max(modules, key=lambda module: (module.n_lines, module.path))
    return f"`{Path(longest.path).name}` {longest.n_lines}"


if __name__ == "__main__":
    sys.exit(main())
