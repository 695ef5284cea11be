"""How much work a picture is worth: the levels of quality and what each of them does.  Renderers floor.

Levels change the picture and nothing else: truth comes from the same rays at the pixels' centres at every level.
"""

from dataclasses import dataclass

from scenarios.schema import QUALITIES

PATHS = 64  # of a reference picture's pixel, unless asked for otherwise


@dataclass(frozen=True, slots=True)
class Quality:
    """What is done for one picture."""

    name: str
    soft_sun: bool = True  # shadows of the whole disc, and not of its middle
    near_sky: bool = True  # short rays find out how much open sky a point sees
    edges: bool = True  # extra samples where pixels hold more than one thing
    least_mirror: float = 0.035  # share of the light from which on mirror images are traced
    pictures: int = 1  # so many, each between the pixels' centres in another way, are averaged
    paths: int = 0  # light paths of each pixel; 0: none, the fast path

    @staticmethod
    def of(name: str, paths: int = PATHS) -> "Quality":
        """The level of that name."""
        assert name in LEVELS, name
        level = LEVELS[name]
        return Quality(name, paths=paths) if level.paths else level


LEVELS: dict[str, Quality] = {
    "draft": Quality("draft", soft_sun=False, near_sky=False, edges=False, least_mirror=0.12),
    "standard": Quality("standard"),
    "high": Quality("high", edges=False, pictures=4),
    "reference": Quality("reference", paths=PATHS),
}
assert tuple(LEVELS) == QUALITIES
STANDARD = LEVELS["standard"]
