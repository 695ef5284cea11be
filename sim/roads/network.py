"""Roads in memory: OpenDRIVE's semantics, whichever way the road was made.  World floor.

(Contract; the roads package fills in the geometry.)  A `RoadNetwork` answers three kinds of question: where is a lane
and what follows it (`LanePath`), what does the ground look like (`LaneStrip`, `MarkStrip`), and what stands on it
(`RoadObject`, `Signal`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LaneStrip:
    """The surface of one lane over one lane section, sampled at N stations."""

    road: str
    lane: int  # OpenDRIVE lane id: positive left of the reference line, negative right, 0 never
    kind: str  # OpenDRIVE lane type: driving, sidewalk, parking, shoulder, border, median, biking, curb, none, ...
    junction: str | None
    s_m: NDArray[np.float64]  # (N,)
    inner_m: NDArray[np.float64]  # (N, 3) world: border nearer the reference line (lane height included)
    outer_m: NDArray[np.float64]  # (N, 3) world
    material: str | None = None  # "asphalt", "concrete", "cobble", "gravel", "grass" where the map says so


@dataclass(frozen=True, slots=True)
class MarkStrip:
    """One painted piece: a solid line or a single dash; N centre points on the surface."""

    kind: str  # solid, broken, crosswalk, stop_line, curb, botts_dots ...
    color: str  # white, yellow, ...
    width_m: float
    centre_m: NDArray[np.float64]  # (N, 3) world
    left: NDArray[np.float64]  # (N, 3) unit vector across the mark, towards +t, in the surface


@dataclass(frozen=True, slots=True)
class RoadObject:
    """A thing on or beside the road."""

    kind: str  # OpenDRIVE object type or ours: pole, tree, vegetation, barrier, guardrail, crosswalk, lamp, building, ...
    name: str
    position_m: NDArray[np.float64]  # (3,) world, foot of the object
    yaw_rad: float
    size_m: tuple[float, float, float]  # length, width, height; 0 where unknown
    outline_m: NDArray[np.float64] | None = None  # (M, 3) world; closed for areas, open for runs (see `closed`)
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign or a traffic light; `yaw_rad` is the direction its face looks towards."""

    kind: str  # "sign" or "light"
    type: str
    subtype: str
    country: str
    value: str
    text: str
    position_m: NDArray[np.float64]  # (3,) world, ground below it
    height_m: float  # of the lower edge above ground
    size_m: tuple[float, float]  # width, height; 0 where unknown
    yaw_rad: float


@dataclass(frozen=True, slots=True)
class LanePath:
    """A drivable way along lane centres, sampled at N stations about 0.5 m apart, in driving direction."""

    pieces: tuple[tuple[str, int, int], ...]  # (road, lane section, lane) in order
    s_m: NDArray[np.float64]  # (N,) distance along the centre line, from 0
    position_m: NDArray[np.float64]  # (N, 3) world
    yaw_rad: NDArray[np.float64]  # (N,) unwrapped driving direction
    pitch_rad: NDArray[np.float64]  # (N,) positive nose down
    roll_rad: NDArray[np.float64]  # (N,) superelevation, positive rolls right side down... as pose_matrix takes it
    curvature_per_m: NDArray[np.float64]  # (N,) positive left
    width_m: NDArray[np.float64]  # (N,) lane width
    speed_limit_mps: NDArray[np.float64]  # (N,) inf where the map is silent
