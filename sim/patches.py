"""Local conditions of the road: where each patch lies and what grip it leaves under wheels.  World floor.

A patch is an irregular area in the plane of the world.  The same area is drawn by the renderers and felt by tyres, so
what a camera sees as ice is where a car slides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from shapely.geometry.base import BaseGeometry

from scenarios.chance import stream
from scenarios.schema import Patch
from sim import surface
from sim.kernels import traffic as k
from sim.roads.lane_words import PlaceError
from sim.roads.lanes import Road
from sim.roads.network import RoadNetwork
from sim.roads.places import on_surface
from sim.weather import WeatherState

Floats = NDArray[np.float64]

# What a patch measures across where its author does not say; None: the lane.
WIDTH_M: dict[str, float | None] = {
    "pothole": 0.6,
    "puddle": 1.4,
    "ice": None,
    "oil": 1.0,
    "leaves": 1.6,
    "snow_bank": 0.9,
    "faded_markings": None,
    "missing_markings": None,
    "tar_seam": 0.05,
}
DEPTH_M = {"pothole": 0.07, "puddle": 0.01, "snow_bank": 0.45}
MARKING_MARGIN_M = 0.3  # a patch as wide as its lane reaches the lines on both borders
STRAIGHT_EDGED = ("faded_markings", "missing_markings")
ROUNDNESS = 2.8  # exponent of the superellipse that outlines begin as
RAGGED_SHARE, RAGGED_M = 0.2, 0.35  # how far an outline strays: a share of the half width, and at most
OUTLINE_STEP_M = 0.04
MOST_STEPS = 1500
SPOT_CELLS = 20_000  # cells of the field from which holes are cut
PATCHY_M = 0.35  # size of the holes in a patch that covers a part of its area

# Grip of what no table of the road states has.  Oil: rubber on a road film of oil, 0.2 to 0.3 in skid tests; leaves:
# locked-wheel tests on fallen leaves find 0.2 to 0.35 wet and about 0.5 dry.  Both are middle values, for any speed.
OIL_GRIP = 0.25
WET_LEAF_GRIP, DRY_LEAF_GRIP = 0.28, 0.50
WHEEL_INSET_M = (
    0.12  # from a car's side to the middle of its tyre; a bicycle's two marks then lie close together
)
SLIPPERY = ("puddle", "ice", "oil", "leaves", "snow_bank")


@dataclass(frozen=True, slots=True)
class LaidPatch:
    """A patch on its road.  Local coordinates: u along the road from its middle, v to the left of the road's axis."""

    number: int  # in the scenario's list
    kind: str
    road: str
    s_m: float
    lane: int
    shift_m: float  # of its middle from the lane's centre, along +t
    length_m: float
    width_m: float
    depth_m: float
    area: BaseGeometry  # world, plane; what it covers
    seed: int

    def random(self, *names: str) -> np.random.Generator:
        """A stream of this patch's own."""
        return stream(self.seed, "patch", self.number, *names)


def lay_patches(
    network: RoadNetwork, patches: Sequence[Patch[float, str]], seed: int
) -> tuple[LaidPatch, ...]:
    """All patches of a scenario; PlaceError names the word that asks for a place that the road does not have."""
    return tuple(_lay(network, number, words, seed) for number, words in enumerate(patches))


def _lay(network: RoadNetwork, number: int, words: Patch[float, str], seed: int) -> LaidPatch:
    try:
        name, lane = network.lane(words.lane or "right", words.s_m, words.road)
    except PlaceError as error:
        raise error.at("world", "patches", number, error.about) from None
    road = network.roads[name]
    section = road.section_at(words.s_m)
    inner, outer, _, _ = road.edges(section, lane, np.array([words.s_m]))
    width = words.width_m if words.width_m is not None else WIDTH_M[words.kind]
    if width is None:
        margin = MARKING_MARGIN_M if words.kind in STRAIGHT_EDGED else 0.0
        width = float(abs(outer[0] - inner[0])) + 2.0 * margin
    depth = words.depth_m if words.depth_m is not None else DEPTH_M.get(words.kind, 0.0)
    shift = road.direction(lane, section) * words.lateral_m
    rng = stream(seed, "patch", number, "outline")
    local = outline(words.kind, words.length_m, width, words.cover, rng)

    def place(points: Floats) -> Floats:
        return to_world(road, words.s_m, lane, shift, points)[:, :2]

    area = shapely.make_valid(shapely.transform(local, place))
    return LaidPatch(
        number, words.kind, name, words.s_m, lane, shift, words.length_m, width, depth, area, seed
    )


def to_world(road: Road, s_m: float, lane: int, shift_m: float, local: Floats) -> Floats:
    """(N, 3) world places on the road's surface of (N, 2) local coordinates of a patch."""
    s = np.clip(s_m + local[:, 0], 0.0, road.length_m)
    t = np.empty(len(s))
    sections = road.sections_at(s)
    home = road.section_at(s_m)
    for section in np.unique(sections):
        here = sections == section
        if lane in road.sections[int(section)].lanes:
            t[here] = road.centre(int(section), lane, s[here])
        else:  # the lane is no more: go on beside the axis as before
            t[here] = road.centre(home, lane, np.array([s_m]))[0]
    return on_surface(road, s, t + shift_m + local[:, 1])


# --------------------------------------------------------------------------------------------------------- outlines
def outline(
    kind: str, length_m: float, width_m: float, cover: float, rng: np.random.Generator
) -> BaseGeometry:
    """The covered area of a patch about (0, 0), u along the road and v to its left."""
    half = (0.5 * length_m, 0.5 * width_m)
    if kind in STRAIGHT_EDGED:
        whole: BaseGeometry = shapely.segmentize(shapely.box(-half[0], -half[1], half[0], half[1]), 0.5)
    elif kind == "tar_seam":
        whole = _seam(half, rng)
    else:
        whole = shapely.Polygon(ring(half, rng))
        whole = shapely.make_valid(whole)
    return whole if cover >= 1.0 else whole.intersection(_spots(whole, cover, rng))


def ring(half: tuple[float, float], rng: np.random.Generator) -> Floats:
    """(N, 2) ragged rounded outline inside a box of these half sides."""
    count = int(np.clip(4.0 * sum(half) / OUTLINE_STEP_M, 48, MOST_STEPS))
    fine = np.linspace(0.0, 2.0 * math.pi, 8 * count, endpoint=False)
    round_ = np.stack([_power(np.cos(fine), half[0]), _power(np.sin(fine), half[1])], 1)
    along = np.concatenate(
        [[0.0], np.cumsum(np.linalg.norm(np.diff(round_, axis=0, append=round_[:1]), axis=1))]
    )
    at = np.linspace(0.0, along[-1], count, endpoint=False)
    points = np.stack([np.interp(at, along, np.append(round_[:, c], round_[0, c])) for c in (0, 1)], 1)
    reach = min(RAGGED_SHARE * min(half), RAGGED_M)
    inward = reach * (1.0 + periodic_noise(rng, count, at[-1] / max(4.0 * min(half), 0.2)))
    ahead = np.roll(points, -1, 0) - np.roll(points, 1, 0)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1), 1e-12)[:, None]
    moved: Floats = points + inward[:, None] * np.stack([-ahead[:, 1], ahead[:, 0]], 1)
    return moved


def periodic_noise(rng: np.random.Generator, count: int, lowest: float) -> Floats:
    """(count,) values about 0 within about +-1 that close in on themselves; amplitude falls with frequency."""
    turn = np.linspace(0.0, 2.0 * math.pi, count, endpoint=False)
    noise = np.zeros(count)
    total = 0.0
    first = max(2, round(lowest))
    for octave in range(6):
        for _ in range(2):
            cycles = int(rng.integers(first * 2**octave, 2 * first * 2**octave))
            if 2 * cycles > count:
                continue
            share = 0.5**octave
            noise += share * np.cos(cycles * turn + rng.uniform(0.0, 2.0 * math.pi))
            total += share * share
    scaled: Floats = noise / max(1.6 * math.sqrt(total), 1e-9)
    return np.clip(scaled, -1.0, 1.0)


def _power(wave: Floats, half_m: float) -> Floats:
    bent: Floats = half_m * np.sign(wave) * np.abs(wave) ** (2.0 / ROUNDNESS)
    return bent


def _seam(half: tuple[float, float], rng: np.random.Generator) -> BaseGeometry:
    """A poured band along the road that wanders a little and swells here and there."""
    count = max(4, int(2.0 * half[0] / 0.25))
    u = np.linspace(-half[0], half[0], count)
    walk = np.cumsum(rng.normal(scale=0.012, size=count))
    middle = walk - np.linspace(walk[0], walk[-1], count)
    wide = half[1] * rng.uniform(0.75, 1.15, count)
    wide[[0, -1]] *= 0.4
    edge = np.concatenate([np.stack([u, middle - wide], 1), np.stack([u, middle + wide], 1)[::-1]])
    return shapely.make_valid(shapely.Polygon(edge))


def _spots(whole: BaseGeometry, cover: float, rng: np.random.Generator) -> BaseGeometry:
    """Rounded spots that make up a share of an area, cut from smooth noise."""
    x0, y0, x1, y1 = (float(v) for v in whole.bounds)
    cell = max(math.sqrt((x1 - x0) * (y1 - y0) / SPOT_CELLS), 0.02)
    grain = min(PATCHY_M, 0.3 * min(x1 - x0, y1 - y0)) / cell
    columns, rows = math.ceil((x1 - x0) / cell), math.ceil((y1 - y0) / cell)
    field = gaussian_filter(rng.normal(size=(rows, columns)), 0.35 * grain, mode="reflect")
    gx, gy = np.meshgrid(x0 + (np.arange(columns) + 0.5) * cell, y0 + (np.arange(rows) + 0.5) * cell)
    inside = shapely.contains_xy(whole, gx, gy)
    if not inside.any():
        return whole
    wanted = (field >= np.quantile(field[inside], 1.0 - cover)) & inside
    x, y = gx[wanted] - 0.5 * cell, gy[wanted] - 0.5 * cell
    rough = shapely.union_all(shapely.box(x, y, x + cell, y + cell))
    return (
        rough.buffer(0.6 * cell, quad_segs=2).buffer(-1.2 * cell, quad_segs=2).buffer(0.6 * cell, quad_segs=2)
    )


# ------------------------------------------------------------------------------------------------------------- grip
class Footing:
    """What the wheels of a fleet stand on."""

    def __init__(self, patches: Sequence[LaidPatch]) -> None:
        self._patches = [patch for patch in patches if patch.kind in SLIPPERY and not patch.area.is_empty]
        for patch in self._patches:
            shapely.prepare(patch.area)

    def grip(
        self,
        state: Floats,
        spec: Floats,
        everywhere: Floats,
        weather: WeatherState,
        speeds_mps: Sequence[float],
    ) -> Floats:
        """(V, S) friction of each vehicle at S speeds: the mean over its wheels, each loaded alike."""
        rows = np.tile(everywhere, (len(state), 1))
        if not self._patches or not len(state):
            return rows
        wheels = wheel_places(state, spec)
        under = np.broadcast_to(everywhere, (*wheels.shape[:2], len(everywhere))).copy()
        for patch in self._patches:
            x0, y0, x1, y1 = patch.area.bounds
            near = (
                (wheels[..., 0] > x0) & (wheels[..., 0] < x1) & (wheels[..., 1] > y0) & (wheels[..., 1] < y1)
            )
            if not near.any():
                continue
            on = near.copy()
            on[near] = shapely.contains_xy(patch.area, wheels[near][:, 0], wheels[near][:, 1])
            left = np.array([patch_grip(patch, weather, speed) for speed in speeds_mps])
            under[on] = np.minimum(under[on], left)
        mean: Floats = under.mean(axis=1)
        return mean


def wheel_places(state: Floats, spec: Floats) -> Floats:
    """(V, 4, 2) where the wheels touch the ground: rear left and right, front left and right."""
    cos, sin = np.cos(state[:, k.YAW]), np.sin(state[:, k.YAW])
    ahead, left = np.stack([cos, sin], 1), np.stack([-sin, cos], 1)
    half_track = np.maximum(spec[:, k.HALF_WIDTH] - WHEEL_INSET_M, 0.0)[:, None]
    rear = state[:, [k.X, k.Y]]
    front = rear + spec[:, k.WHEELBASE][:, None] * ahead
    return np.stack([axle + side * half_track * left for axle in (rear, front) for side in (1.0, -1.0)], 1)


def patch_grip(patch: LaidPatch, weather: WeatherState, speed_mps: float) -> float:
    """Peak friction on a patch, as far as it is worse than the road around."""
    grip = math.inf
    if patch.kind == "puddle":
        grip = surface.water_grip(1e3 * patch.depth_m, speed_mps)
    elif patch.kind == "ice":
        grip = surface.ICE_GRIP
    elif patch.kind == "oil":
        grip = OIL_GRIP
    elif patch.kind == "leaves":
        grip = DRY_LEAF_GRIP + (WET_LEAF_GRIP - DRY_LEAF_GRIP) * weather.wetness
    elif patch.kind == "snow_bank":
        grip = surface.SNOW_GRIP
    return max(grip, surface.LEAST_GRIP)
