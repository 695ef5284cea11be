"""Writes the generated parts of docs/assets.md: every model with its class and size, and the contact sheets.

python docs/generate_assets.py            the tables
python docs/generate_assets.py --sheets   the pictures too (some minutes); make pictures does that
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from renderers.assets.registry import BUILDERS, SCENERY
from scenarios.bodies import BODIES
from sim.app.sheets import grid, sheet

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/assets.md"
PICTURES = ROOT / "docs/pictures/assets"
BEGIN, END = "<!-- generated: models -->", "<!-- end of what is generated -->"
TILE_PX = 200
# What hangs on one sheet: its title, its file, and the first parts of the names.
SHEETS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Cars and pickups", "cars", ("car", "pickup")),
    ("Vans, lorries, buses, trams and machines", "heavy", ("van", "truck", "bus", "tram", "tractor", "excavator",
     "motorhome", "caravan", "trailer")),
    ("On two wheels, and on small ones", "two_wheelers", ("motorcycle", "bicycle", "e_scooter", "wheelchair",
     "stroller")),
    ("People", "people", ("pedestrian",)),
    ("Animals", "animals", ("animal",)),
    ("Roadworks, loads and litter", "things", ("prop", "box", "pallet", "tyre", "mattress", "ladder", "branch", "bag",
     "ball")),
    ("Plants", "plants", ("plant",)),
    ("Signs", "signs", ("sign",)),
    ("Houses", "houses", ("house",)),
)  # fmt: skip
LAST = ("In the street", "street")  # everything else


def hung() -> list[tuple[str, str, list[str]]]:
    """Every sheet with the names on it; each name hangs once."""
    names = [*BUILDERS, *SCENERY]
    sheets = []
    left = dict.fromkeys(names)
    for title, file, heads in SHEETS:
        mine = [name for name in names if name.split(".")[0] in heads]
        for name in mine:
            del left[name]
        sheets.append((title, file, mine))
    # Debris has names of many kinds: what an actor can be and no sheet has yet lies with the things.
    sheets[5][2].extend(name for name in left if name in BUILDERS)
    sheets.append((*LAST, [name for name in left if name not in BUILDERS]))
    return [sheet for sheet in sheets if sheet[2]]


def models() -> Iterator[str]:
    """Tables of models, sheet by sheet."""
    for title, file, names in hung():
        yield f"### {title}"
        yield ""
        yield f"![{title.lower()}](pictures/assets/{file}.jpg)"
        yield ""
        actors = [name for name in names if name in BODIES]
        if actors:
            yield "| model | class | length, width, height |"
            yield "|---|---|---|"
            for name in actors:
                body = BODIES[name]
                length, width, height = body.size_m
                yield f"| `{name}` | {body.actor_class} | {length:.2f} x {width:.2f} x {height:.2f} m |"
            yield ""
        scenery = [name for name in names if name not in BODIES]
        if scenery:
            yield ", ".join(f"`{name}`" for name in scenery)
            yield ""


def page(text: str) -> str:
    """The page with its generated part made anew."""
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise SystemExit(f"{PAGE}: the marks of what is generated are gone: {BEGIN} ... {END}")
    made = "\n".join(models()).strip()
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = page(text)
    if made != text:
        PAGE.write_text(made, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    if "--sheets" in sys.argv[1:]:
        for _, file, names in hung():
            if file in ("signs", "street"):  # many, and the same from behind
                grid(names, PICTURES / f"{file}.jpg")
            else:
                sheet(names, PICTURES / f"{file}.jpg", tile_px=(TILE_PX, TILE_PX * 3 // 4))
            print(f"wrote {(PICTURES / file).relative_to(ROOT)}.jpg")


if __name__ == "__main__":
    main()
