"""What years leave on asphalt: patches, sealed cracks, seams, manholes and gully grates.  Renderers floor.

Everything is a sheet a millimetre or two above the lane it lies on, below the paint (3 mm) and of that lane's class.
Sheets bend with the lane's own samples, so that they neither float nor drown where the road curves or climbs.
"""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from renderers.assets.forms import circle
from renderers.mesh import Mesh
from renderers.street import surface_of
from renderers.street_sheets import Sheets
from renderers.surroundings_site import Site
from sim.roads.lanes import DRIVABLE
from sim.roads.network import LaneStrip

Floats = NDArray[np.float64]
PATCH_M, CRACK_M, IRON_M = 0.0008, 0.0013, 0.0018  # heights over the lane, one above the other
NEAR_WAY_M = 45.0  # a crack further from the ego's way is thinner than a pixel
FEWEST_M = 12.0  # shorter strips stay as they are
RIM_M = 0.005
PIECE_M = 1.5  # sheets are cut at least this often


@dataclass(frozen=True, slots=True)
class Habit:
    """How many of each there are to 100 m of lane."""

    patches: float
    cracks: float  # across the lane, sealed with tar
    rifts: float  # along a wheel's path, sealed or open
    manholes: float
    gullies: float


HABITS: dict[str, Habit] = {
    "town": Habit(3.4, 5.0, 4.0, 2.6, 3.6),
    "suburb": Habit(3.0, 4.5, 3.6, 2.0, 3.0),
    "country": Habit(2.0, 5.0, 4.5, 0.0, 0.0),
    "forest": Habit(1.8, 5.5, 5.0, 0.0, 0.0),
    "highway": Habit(0.5, 1.4, 1.0, 0.0, 0.0),
    "bare": Habit(0.0, 0.0, 0.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Lane:
    """A strip as a surface over (s, share): share 0 at its right border, 1 at its left one, s as on its road."""

    s_m: Floats  # (N,) ascending
    right_m: Floats  # (N, 3)
    left_m: Floats
    width_m: float  # usually
    semantic: str

    @staticmethod
    def of(strip: LaneStrip) -> "Lane":
        right, left = (strip.inner_m, strip.outer_m) if strip.lane > 0 else (strip.outer_m, strip.inner_m)
        width_m = float(np.median(np.linalg.norm(left - right, axis=1)))
        return Lane(strip.s_m, right, left, width_m, surface_of(strip)[1])

    def at(self, s: Floats, share: Floats) -> Floats:
        """(..., 3) points of the surface, kept off its very borders, where a kerb may rise."""
        rim = RIM_M / self.width_m
        share = np.clip(share, rim, 1.0 - rim)
        points = np.empty((*np.shape(s), 3))
        for k in range(3):
            right = np.interp(s, self.s_m, self.right_m[:, k])
            points[..., k] = right + share * (np.interp(s, self.s_m, self.left_m[:, k]) - right)
        return points

    def stations(self, begin: float, end: float) -> Floats:
        """Stations between two, with the strip's own among them."""
        even = np.linspace(begin, end, max(2, int(np.ceil((end - begin) / PIECE_M)) + 1))
        own = self.s_m[(self.s_m > begin + 0.01) & (self.s_m < end - 0.01)]
        return np.unique(np.concatenate([even, own]))


def lay_wear(site: Site, worn: bool = True) -> None:
    """Wear of all lanes near the ego's way, as one piece of the site; a new road has its manholes and grates only."""
    habit = HABITS.get(site.network.surroundings, HABITS["country"])
    if not worn:
        habit = replace(habit, patches=0.0, cracks=0.0, rifts=0.0)
    near = site.way.buffer(NEAR_WAY_M, quad_segs=4)
    shapely.prepare(near)
    sheets = Sheets()
    for strip in site.network.strips():
        if strip.junction is None and surface_of(strip)[0] == "asphalt" and len(strip.s_m) > 1:
            _lay_lane(site, sheets, strip, habit, near)
    put_sheets(site, sheets)


def put_sheets(site: Site, sheets: Sheets) -> None:
    """Sheets as one piece of the site, about the way's corner, so that single precision does on large coordinates."""
    if not sheets.vertices:
        return
    corner = np.array([*site.way.bounds[:2], 0.0])
    mesh: Mesh = sheets.mesh((float(corner[0]), float(corner[1]), 0.0))
    back = np.eye(4)
    back[:3, 3] = corner
    site.pieces.append((mesh, back))
    site.triangles += len(mesh.triangles)


def _lay_lane(site: Site, sheets: Sheets, strip: LaneStrip, habit: Habit, near: BaseGeometry) -> None:
    lane = Lane.of(strip)
    begin, end = float(lane.s_m[0]), float(lane.s_m[-1])
    if end - begin < FEWEST_M or lane.width_m < 1.6:
        return
    rng = site.random("wear", strip.road, strip.section, strip.lane)
    driven = strip.kind in DRIVABLE

    def places(per_100_m: float, margin_m: float) -> list[float]:
        """Stations of things that come so often, each somewhere in its own stretch, near the ego's way."""
        length = end - begin - 2 * margin_m
        count = int(max(length, 0.0) * per_100_m / 100.0 + rng.uniform())
        drawn = begin + margin_m + (np.arange(count) + rng.uniform(0.1, 0.9, count)) * length / max(count, 1)
        spots = lane.at(drawn, np.full(len(drawn), 0.5))
        seen = shapely.contains_xy(cast(shapely.Geometry, near), spots[:, 0], spots[:, 1])
        return [float(s) for s, inside in zip(drawn, seen, strict=True) if inside]

    for s in places(habit.patches, 3.0):
        patch(sheets, lane, rng, s)
    if driven:
        for s in places(habit.cracks, 1.0):
            crack(sheets, lane, rng, s)
        for s in places(habit.rifts, 6.0):
            rift(sheets, lane, rng, s)
        for s in places(habit.manholes, 1.0):
            manhole(sheets, lane, rng, s)
    if habit.gullies and _at_the_kerb(site, strip):
        # Gullies drain the road at even distances.
        step = 100.0 / habit.gullies
        for s in np.arange(begin + 0.4 * step, end - 1.0, step):
            spot = lane.at(np.array([s]), np.array([0.5]))[0]
            if shapely.contains_xy(cast(shapely.Geometry, near), spot[0], spot[1]):
                _gully(sheets, lane, float(s), outer_is_left=strip.lane > 0)


def _at_the_kerb(site: Site, strip: LaneStrip) -> bool:
    """Whether this strip's outer neighbour is a kerb or a raised sidewalk."""
    lanes = site.network.roads[strip.road].sections[strip.section].lanes
    beyond = strip.lane + (1 if strip.lane > 0 else -1)
    return beyond in lanes and lanes[beyond].kind in ("curb", "sidewalk", "walking", "border")


def band(
    sheets: Sheets, lane: Lane, s: Floats, low: Floats, high: Floats, lift_m: float, material: str
) -> None:
    """A band along the lane between two lines of shares over stations."""
    up = np.array((0.0, 0.0, lift_m))
    t = (low * lane.width_m, high * lane.width_m)
    sheets.ribbon(lane.at(s, low) + up, lane.at(s, high) + up, s, t, material, lane.semantic)


def patch(sheets: Sheets, lane: Lane, rng: np.random.Generator, s: float) -> None:
    """Where the road was dug up: newer, darker asphalt with a seam of tar around it."""
    wide = lane.width_m
    if rng.uniform() < 0.4:  # a trench across
        low, high, half = 0.0, 1.0, float(rng.uniform(0.3, 0.7))
    else:
        share = float(rng.uniform(0.8, 1.7)) / wide
        low = float(rng.uniform(0.02, max(0.03, 0.98 - share)))
        high, half = min(0.99, low + share), float(rng.uniform(0.5, 2.2))
        if rng.uniform() < 0.25:  # along a pipe
            half = float(rng.uniform(2.0, 5.0))
        half = min(half, s - lane.s_m[0] - 0.2, lane.s_m[-1] - s - 0.2)
    at = lane.stations(s - half, s + half)
    one = np.ones(len(at))
    band(
        sheets,
        lane,
        at,
        low * one,
        high * one,
        PATCH_M,
        "asphalt_patch" if rng.uniform() < 0.7 else "asphalt_old",
    )
    pen = float(rng.uniform(0.02, 0.045))
    for share in (low, high):
        if 0.01 < share < 0.99:
            edge = share + np.array([-1.0, 1.0]) * 0.5 * pen / wide
            band(sheets, lane, at, edge[0] * one, edge[1] * one, CRACK_M, "tar")
    for end in (s - half, s + half):
        across = np.array([end - 0.5 * pen, end + 0.5 * pen])
        band(sheets, lane, across, low * np.ones(2), high * np.ones(2), CRACK_M, "tar")


def _wander(rng: np.random.Generator, count: int, step: float) -> Floats:
    """A crooked walk that comes back to where it set out."""
    walk = np.cumsum(rng.normal(scale=step, size=count))
    bridge: Floats = walk - np.linspace(0.0, 1.0, count) * walk[-1]
    return bridge


def ribbon_along(
    sheets: Sheets,
    lane: Lane,
    s: Floats,
    share: Floats,
    half_m: Floats,
    material: str,
    lift_m: float = CRACK_M,
) -> None:
    """A thin band of half width `half_m` along any line over the lane."""
    wide = lane.width_m
    along = np.stack([np.gradient(s), np.gradient(share) * wide], axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half_m[:, None]
    up = np.array((0.0, 0.0, lift_m))
    begin, end = lane.s_m[0], lane.s_m[-1]

    def line(sign: float) -> Floats:
        place = np.clip(s + sign * across[:, 0], begin, end)
        points: Floats = lane.at(place, np.clip(share + sign * across[:, 1] / wide, 0.0, 1.0)) + up
        return points

    u = np.append(0.0, np.cumsum(np.hypot(np.diff(s), np.diff(share) * wide)))
    sheets.ribbon(line(-1.0), line(1.0), u, (-half_m, half_m), material, lane.semantic)


def _pen(rng: np.random.Generator, count: int) -> tuple[Floats, str]:
    """Half widths along a crack and what is in it: poured tar, or the dark of the gap itself."""
    if rng.uniform() < 0.7:
        return rng.uniform(0.010, 0.026, count), "tar"
    return rng.uniform(0.003, 0.009, count), "panel_gap"


def crack(sheets: Sheets, lane: Lane, rng: np.random.Generator, s: float) -> None:
    """From one border to the other, or part of the way."""
    reach = 0.98 if rng.uniform() < 0.7 else float(rng.uniform(0.4, 0.8))
    count = max(4, round(reach * lane.width_m / 0.17))
    share = np.linspace(0.02, reach, count)
    if rng.uniform() < 0.5:
        share = 1.0 - share
    at = s + _wander(rng, count, 0.07) + float(rng.normal(scale=0.35)) * share
    half, material = _pen(rng, count)
    ribbon_along(sheets, lane, at, share, half, material)


def rift(sheets: Sheets, lane: Lane, rng: np.random.Generator, s: float) -> None:
    """Along a wheel's path or the seam between two passes of the paver, with a branch or two."""
    long = float(rng.uniform(2.5, 10.0))
    count = max(5, int(long / 0.25))
    at = np.linspace(s - long / 2, s + long / 2, count)
    share = np.clip(
        float(rng.choice((0.22, 0.5, 0.78))) + _wander(rng, count, 0.06 / lane.width_m), 0.05, 0.95
    )
    half, material = _pen(rng, count)
    half[[0, -1]] *= 0.4
    ribbon_along(sheets, lane, at, share, half, material)
    for _ in range(int(rng.integers(0, 3))):
        k = int(rng.integers(1, count - 1))
        steps = 4
        reach = float(rng.uniform(0.3, 0.9)) * float(rng.choice((-1.0, 1.0)))
        branch = np.linspace(share[k], np.clip(share[k] + reach / lane.width_m, 0.05, 0.95), steps)
        way = at[k] + np.linspace(0.0, float(rng.uniform(0.2, 0.9)), steps)
        ribbon_along(sheets, lane, way, branch, 0.8 * half[1] * np.ones(steps), material)


def _disc(
    sheets: Sheets,
    lane: Lane,
    s: float,
    share: float,
    inner: float,
    outer: float,
    lift_m: float,
    material: str,
) -> None:
    """A flat ring (or a disc, inner 0) about a place on the lane."""
    sides = 24
    rim = circle(sides)
    ring = np.concatenate([rim, rim[:1]])

    def line(radius: float) -> Floats:
        points: Floats = lane.at(s + radius * ring[:, 0], share + radius * ring[:, 1] / lane.width_m)
        points[:, 2] += lift_m
        return points

    u = np.linspace(0.0, 2 * np.pi * outer, sides + 1)
    # Counter-clockwise the middle lies to the left.
    sheets.ribbon(
        line(outer),
        line(inner),
        u,
        (np.full(sides + 1, outer), np.full(sides + 1, inner)),
        material,
        lane.semantic,
    )


def manhole(sheets: Sheets, lane: Lane, rng: np.random.Generator, s: float) -> None:
    """A cover of 600 mm (EN 124) in its frame, with rows of cleats, in a ring of fresh asphalt or concrete."""
    share = float(np.clip(0.5 + rng.normal(scale=0.14), 0.45 / lane.width_m, 1.0 - 0.45 / lane.width_m))
    _disc(sheets, lane, s, share, 0.0, 0.44, CRACK_M, "asphalt_patch" if rng.uniform() < 0.6 else "concrete")
    _disc(sheets, lane, s, share, 0.31, 0.36, IRON_M, "manhole")
    _disc(sheets, lane, s, share, 0.295, 0.31, IRON_M, "tar")
    _disc(sheets, lane, s, share, 0.0, 0.295, IRON_M, "manhole")
    turn = float(rng.uniform(0, np.pi))
    c, sn = np.cos(turn), np.sin(turn)
    v = np.linspace(-0.2, 0.2, 5)
    reach = 0.8 * np.sqrt(0.27**2 - v * v)
    begin = np.stack([-0.98 * reach, 0.08 * reach], axis=1).reshape(-1, 1)  # two cleats in each row
    u, v = (
        np.concatenate([begin, begin + 0.9 * np.repeat(reach, 2)[:, None]], axis=1),
        np.repeat(v, 2)[:, None],
    )
    x, y = c * u - sn * v, sn * u + c * v
    across = np.array((-sn, c)) * 0.011
    right, left = (
        lane.at(s + x + sign * across[0], share + (y + sign * across[1]) / lane.width_m)
        + np.array((0.0, 0.0, IRON_M + 0.0005))
        for sign in (-1.0, 1.0)
    )
    for k in range(len(u)):
        sheets.ribbon(right[k], left[k], u[k], (np.zeros(2), np.full(2, 0.022)), "tar", lane.semantic)


def _gully(sheets: Sheets, lane: Lane, s: float, outer_is_left: bool) -> None:
    """A grate of 300 x 500 mm (EN 124) against the kerb: bars over a dark shaft."""
    wide = lane.width_m

    def share(from_kerb_m: float) -> float:
        return 1.0 - from_kerb_m / wide if outer_is_left else from_kerb_m / wide

    edges = sorted((share(0.03), share(0.35)))
    ends = np.array([s - 0.26, s + 0.26])
    one = np.ones(2)
    band(sheets, lane, ends, edges[0] * one, edges[1] * one, CRACK_M, "manhole")
    inner = sorted((share(0.06), share(0.32)))
    for k in range(8):
        at = s - 0.222 + 0.0565 * k + np.array([0.0, 0.032])
        band(sheets, lane, at, inner[0] * one, inner[1] * one, IRON_M, "panel_gap")
