"""The random quantities of a file: their names, their coordinates, their distributions.  Language floor."""

from dataclasses import dataclass

from scenarios.distributions import Choice, Distribution, Joint
from scenarios.draft import Drawn
from scenarios.reader import RIG_PATH, ScenarioFile
from scenarios.tree import Path
from scenarios.units import Dimension
from scenarios.walk import dotted, forks, leaves


@dataclass(frozen=True, slots=True)
class Quantity:
    """One random quantity, word or fork of a scenario or its rig."""

    name: str  # its path, such as `actors.van.start.curb_gap` or `params.rain`
    coordinate: str  # the name of its coordinate: its own, or its table's
    distribution: Distribution
    dimension: Dimension | None  # None for words


def quantities(file: ScenarioFile) -> tuple[Quantity, ...]:
    """All of them, always in the same order: as the schema walks through the file, then the forks, then the rig."""
    found = [
        Quantity(dotted(leaf.path), coordinate_name(leaf.path, drawn), drawn.distribution, drawn.dimension)
        for part, path in ((file.draft, ()), (file.rig, RIG_PATH))
        for leaf in leaves(part, path)
        if isinstance(drawn := leaf.draft, Drawn)
    ]
    ways = [Quantity(dotted(path), dotted(path), fork(keys), None) for path, keys in forks(file.draft)]
    first_of_rig = next((k for k, q in enumerate(found) if q.name.startswith("rig.")), len(found))
    return (*found[:first_of_rig], *ways, *found[first_of_rig:])


def coordinate_name(path: Path, drawn: Drawn) -> str:
    """The name of the coordinate of what is drawn at a path: the path, but columns of a table share the table's."""
    return drawn.distribution.table if isinstance(drawn.distribution, Joint) else dotted(path)


def fork(ways: tuple[str, ...]) -> Choice:
    """The choice among the ways of a `one_of`, which are named by their weights."""
    return Choice(ways, tuple(float(way) for way in ways))
