"""What the language and the world know of each make of lidar: rings, field, reach and rates.  Language floor.

Beams, timing and energy, with their sources, are in renderers/beams; tests keep the two alike.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scenarios.draft import Draft, Exact
from scenarios.errors import listing
from scenarios.schema import Lidar, LidarDefinition
from scenarios.tree import Path

ALL_RETURNS = ("strongest", "first", "last", "dual", "triple")
TURNING = ("strongest", "last", "dual")  # Velodyne, Hesai
SINGLE_PHOTON = ("strongest", "dual")  # Ouster
SOLID = ("strongest", "first")


@dataclass(frozen=True, slots=True)
class LidarFacts:
    """Of one make."""

    rings: int
    low_deg: float  # lowest and highest beam
    high_deg: float
    field_deg: float  # full width; 360 for scanners that turn
    far_m: float
    rates_hz: tuple[float, ...] = ()  # that one can set; any when empty
    columns: tuple[int, ...] = ()  # that one can set; none when empty
    returns: tuple[str, ...] = ALL_RETURNS  # modes that it has


LIDARS: dict[str, LidarFacts] = {
    "VLP-16": LidarFacts(16, -15.0, 15.0, 360.0, 100.0, (5, 10, 20), (), TURNING),
    "HDL-32E": LidarFacts(32, -30.67, 10.67, 360.0, 100.0, (5, 10, 20), (), TURNING),
    "HDL-64E": LidarFacts(64, -24.5551, 1.9601, 360.0, 120.0, (5, 10, 20), (), TURNING),
    "VLP-32C": LidarFacts(32, -25.0, 15.0, 360.0, 200.0, (5, 10, 20), (), TURNING),
    "VLS-128": LidarFacts(128, -25.0, 15.0, 360.0, 245.0, (5, 10, 20), (), TURNING),
    "OS0-32": LidarFacts(32, -43.9, 46.2, 360.0, 50.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS0-64": LidarFacts(64, -45.12, 46.2, 360.0, 50.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS0-128": LidarFacts(128, -46.2, 46.2, 360.0, 50.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS1-32": LidarFacts(32, -20.72, 21.34, 360.0, 120.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS1-64": LidarFacts(64, -16.679, 16.729, 360.0, 120.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS1-128": LidarFacts(128, -21.62, 21.34, 360.0, 120.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS2-32": LidarFacts(32, -10.719, 11.25, 360.0, 240.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS2-64": LidarFacts(64, -11.073, 11.25, 360.0, 240.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "OS2-128": LidarFacts(128, -11.25, 11.25, 360.0, 240.0, (10, 20), (512, 1024, 2048), SINGLE_PHOTON),
    "Pandar64": LidarFacts(64, -24.879, 14.9, 360.0, 200.0, (10, 20), (), TURNING),
    "Pandar128": LidarFacts(128, -24.71, 15.139, 360.0, 230.0, (10, 20), (), TURNING),
    "QT64": LidarFacts(64, -52.121, 52.133, 360.0, 60.0, (10, 20), (), TURNING),
    "XT32": LidarFacts(32, -16.023602, 14.972363, 360.0, 120.0, (5, 10, 20), (), TURNING),
    "AT128": LidarFacts(128, -12.47, 12.93, 124.8, 210.0, (10,), (), TURNING),
    "Mid-40": LidarFacts(1, -19.2, 19.2, 38.4, 260.0, (10, 20), (), SOLID),
    "Mid-70": LidarFacts(1, -35.2, 35.2, 70.4, 260.0, (10, 20), (), ("strongest", "first", "dual")),
    "Avia": LidarFacts(6, -38.6, 38.6, 70.4, 450.0, (10, 20), (), ("strongest", "first", "dual", "triple")),
    "Flash": LidarFacts(32, -14.53125, 14.53125, 120.0, 50.0, (25,), (), SOLID),
}


def facts_of(model: str | LidarDefinition[Any]) -> LidarFacts:
    """The facts of what a rig calls a model."""
    if isinstance(model, str):
        return LIDARS[model]
    field = getattr(model.field_rad, "value", model.field_rad)
    return LidarFacts(
        len(model.elevations),
        min(model.elevations),
        max(model.elevations),
        360.0 if field is None else math.degrees(float(field)),
        _plain(model.far_m),
    )


def _plain(quantity: Any) -> float:
    """A quantity of a rig before or after it is resolved."""
    return float(getattr(quantity, "value", quantity))


def _instead(wanted: str, facts: LidarFacts) -> str:
    """What comes nearest to the wanted returns, and who has them."""
    near = "dual" if wanted == "triple" and "dual" in facts.returns else "strongest"
    makes = listing([name for name, other in LIDARS.items() if wanted in other.returns], most=4)
    return f"write {near}, or take a model that has it: {makes}"


def check_lidar(path: Path, lidar: Lidar[Draft], wrong: Callable[[Path, str], None]) -> None:
    """A lidar turns as fast as its makers let it, and a definition has one number for each beam."""
    if isinstance(lidar.model, LidarDefinition):
        beams = len(lidar.model.elevations)
        for word in ("azimuth_offsets", "firing_times"):
            given = getattr(lidar.model, word)
            if given and len(given) != beams:
                wrong((*path, "model", word), f"{len(given)} numbers for {beams} beams; give one for each")
        near, far = _plain(lidar.model.near_m), facts_of(lidar.model).far_m
        if near >= far:
            word = "near" if "near_m" in lidar.model.model_fields_set else "far"
            wrong(
                (*path, "model", word), f"the least range, {near:g} m, lies behind the range gate, {far:g} m"
            )
        return
    facts = LIDARS[lidar.model]
    if lidar.returns is not None and lidar.returns not in facts.returns:
        has = f"{lidar.model} reports one of {listing(facts.returns)}"
        wrong((*path, "returns"), f"{has}, not {lidar.returns}; {_instead(lidar.returns, facts)}")
    if isinstance(lidar.rate_hz, Exact) and lidar.rate_hz.value not in facts.rates_hz:
        known = listing([f"{rate:g} Hz" for rate in facts.rates_hz])
        wrong((*path, "rate"), f"{lidar.model} makes one of {known}, not {lidar.rate_hz.text}")
    if lidar.columns is not None and lidar.columns not in facts.columns:
        one = listing([str(count) for count in facts.columns])
        say = (
            f"{lidar.model} has one of {one} columns"
            if facts.columns
            else f"{lidar.model} has no columns to choose"
        )
        wrong((*path, "columns"), say)
