"""What the language and the world know of each class of radar, and the figures of one in a rig.  Language floor.

The classes are third-generation 77 GHz units as their makers' data sheets describe them (Continental ARS 408-21: far
scan of 250 m within 9 degrees of the axis with cells of 1.79 m and 1.6 degrees, near scan of 70 m within 60 degrees
with cells of 0.39 m and 3.2 degrees, 0.1 m/s, -400 to +200 km/h, 250 detections at most).  What such sheets do not
give is reasoned: the range at 10 dBsm is that at which a car is still tracked by units of the class, and the loss at
the near scan's edge makes its reach there a half.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from scenarios.draft import Draft, Exact
from scenarios.schema import Radar
from scenarios.tree import Path


@dataclass(frozen=True, slots=True)
class RadarFacts:
    """Figures of one radar; the names are those of the language."""

    range_at_10_dbsm_m: float
    near_m: float
    far_m: float
    field_rad: float
    beam_height_rad: float
    edge_loss: float  # dB, two ways
    least_rcs: float  # dBsm
    range_cell_m: float
    azimuth_cell_rad: float
    velocity_cell_mps: float
    closing_mps: float
    opening_mps: float
    false_alarms: float
    most: int


RADARS: dict[str, RadarFacts] = {
    "long_range": RadarFacts(
        200.0, 0.2, 250.0, math.radians(18.0), math.radians(14.0), 6.0, -35.0,
        1.79, math.radians(1.6), 0.10, 400 / 3.6, 200 / 3.6, 0.2, 250,
    ),
    "short_range": RadarFacts(
        80.0, 0.2, 70.0, math.radians(120.0), math.radians(20.0), 12.0, -35.0,
        0.39, math.radians(3.2), 0.12, 400 / 3.6, 200 / 3.6, 0.5, 250,
    ),
}  # fmt: skip


def radar_facts(radar: Radar[Any]) -> RadarFacts:
    """The figures of a radar in a rig: its own words over those of its class.

    Of a draft, what chance or a parameter will decide counts as left out.
    """
    given: dict[str, Any] = {}
    for field in fields(RadarFacts):
        value = getattr(radar, field.name)
        value = value.value if isinstance(value, Exact) else value
        if isinstance(value, int | float):
            given[field.name] = value
    return replace(RADARS[radar.model], **given)


def check_radar(path: Path, radar: Radar[Draft], wrong: Callable[[Path, str], None]) -> None:
    """A radar's near range lies before its far one, and a cell is smaller than what is divided into cells."""
    facts = radar_facts(radar)

    def at(*words: str) -> Path:
        """The place of the first of these words that the file has."""
        names = {"near": "near_m", "far": "far_m", "range_cell": "range_cell_m", "azimuth_cell": "azimuth_cell_rad",
                 "field": "field_rad", "velocity_cell": "velocity_cell_mps", "closing": "closing_mps"}  # fmt: skip
        return (*path, next((word for word in words if getattr(radar, names[word]) is not None), words[0]))

    if facts.near_m >= facts.far_m:
        wrong(
            at("near", "far"),
            f"the least range, {facts.near_m:g} m, lies behind the far one, {facts.far_m:g} m",
        )
    elif facts.range_cell_m > 0.5 * (facts.far_m - facts.near_m):
        wrong(
            at("range_cell", "far"),
            f"a cell of {facts.range_cell_m:g} m leaves no two cells up to {facts.far_m:g} m",
        )
    if facts.azimuth_cell_rad > facts.field_rad:
        cell, field = math.degrees(facts.azimuth_cell_rad), math.degrees(facts.field_rad)
        wrong(at("azimuth_cell", "field"), f"a cell of {cell:g} deg is wider than the field of {field:g} deg")
