"""What traffic leaves on asphalt: wheel paths, oil between them, skids, and the wear of junctions.  Renderers floor.

Wheel paths lie where the wheels of most cars go and swing through junctions along each connection.  They are a few per
cent darker than the road, in two steps, so that no edge shows: what photographs have of them between 5 and 60 m.  Sheets
lie as those of `street_wear` do, below all of them; where connections cross, each has a height of its own, hundredths of
a millimetre apart, so that the same one always wins.
"""

from typing import cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from renderers.ruts import HALF_TRACK_M
from renderers.street import surface_of
from renderers.street_sheets import Sheets
from renderers.street_wear import (
    HABITS,
    NEAR_WAY_M,
    Floats,
    Lane,
    band,
    crack,
    manhole,
    patch,
    put_sheets,
    ribbon_along,
)
from renderers.surroundings_site import Site
from sim.roads.lanes import DRIVABLE
from sim.roads.network import LaneStrip

TREAD_M = 0.00025  # height over the lane
APART_M = 0.00003  # between the sheets of two connections
HEIGHTS = 12  # of connections, before the first comes again
KNOT_M = 5.0  # wheel paths change their breadth this often at most
LEVEL_M = 0.004  # a junction that is less even than this stays bare: its sheets would drown
SKIDS_PER_100_M = 0.5
JUNCTION_M2 = {"town": 75.0, "suburb": 85.0, "country": 120.0}  # of carriageway to each crack or patch


def lay_tread(site: Site, asphalt: str, worn: bool = True) -> None:
    """Tread of all lanes near the ego's way, on asphalt of that material, as one piece of the site."""
    if site.network.surroundings == "bare":
        return
    near = site.way.buffer(NEAR_WAY_M, quad_segs=4)
    shapely.prepare(near)
    sheets = Sheets()
    crossings: dict[str, list[LaneStrip]] = {}
    for strip in site.network.strips():
        if strip.kind not in DRIVABLE or surface_of(strip)[0] != "asphalt" or len(strip.s_m) < 2:
            continue
        if strip.junction is not None:
            crossings.setdefault(str(strip.junction), []).append(strip)
            continue
        lane = Lane.of(strip)
        rng = site.random("tread", strip.road, strip.section, strip.lane)
        for begin, end in _seen(lane, near):
            _paths(sheets, lane, rng, begin, end, asphalt, TREAD_M)
            if worn:
                _skids(sheets, lane, rng, begin, end, asphalt)
    for name, strips in crossings.items():
        _lay_junction(site, sheets, name, strips, near, asphalt, worn)
    put_sheets(site, sheets)


def _seen(lane: Lane, near: BaseGeometry) -> list[tuple[float, float]]:
    """Stretches of a lane that come near the ego's way."""
    s = np.linspace(lane.s_m[0], lane.s_m[-1], max(2, int(np.ptp(lane.s_m) / 4.0) + 1))
    spots = lane.at(s, np.full(len(s), 0.5))
    inside = np.append(shapely.contains_xy(cast(shapely.Geometry, near), spots[:, 0], spots[:, 1]), False)
    found, start = [], None
    for k, here in enumerate(inside):
        if here and start is None:
            start = k
        elif not here and start is not None:
            if s[k - 1] - s[start] > 3.0:
                found.append((float(s[start]), float(s[k - 1])))
            start = None
    return found


def _knots(lane: Lane, begin: float, end: float) -> Floats:
    """Stations for a wheel path: few on the straight, the strip's own on bends."""
    even = np.linspace(begin, end, max(2, int((end - begin) / KNOT_M) + 1))
    own = lane.s_m[(lane.s_m > begin + 0.01) & (lane.s_m < end - 0.01)]
    return np.unique(np.concatenate([even, own]))


def _paths(
    sheets: Sheets,
    lane: Lane,
    rng: np.random.Generator,
    begin: float,
    end: float,
    asphalt: str,
    lift_m: float,
) -> None:
    """The two wheel paths of a lane and the trace of oil between them."""
    if lane.width_m < 2.2:
        return
    s = _knots(lane, begin, end)
    wide = lane.width_m
    middle = 0.5 + float(rng.normal(scale=0.06)) / wide
    drift = 0.10 * np.sin(s / float(rng.uniform(11.0, 23.0)) + float(rng.uniform(0.0, 6.0))) / wide
    worn = float(rng.uniform(0.75, 1.15))
    for side in (-1.0, 1.0):
        share = middle + side * HALF_TRACK_M / wide + drift
        for level, half in ((1, 0.34), (2, 0.19)):
            breadth = worn * half * (1.0 + 0.16 * np.sin(s / 7.3 + side + level)) / wide
            lift = lift_m + 0.4 * APART_M * (level - 1)
            band(sheets, lane, s, share - breadth, share + breadth, lift, f"{asphalt}_trod_{level}")
    breadth = (0.13 + 0.05 * np.sin(s / 5.1 + float(rng.uniform(0.0, 6.0)))) / wide
    band(sheets, lane, s, middle + drift - breadth, middle + drift + breadth, lift_m, f"{asphalt}_trod_1")


def _skids(
    sheets: Sheets, lane: Lane, rng: np.random.Generator, begin: float, end: float, asphalt: str
) -> None:
    """Where somebody braked hard: one or two black bands that fade in, sometimes not quite along the lane."""
    for _ in range(int(rng.poisson(SKIDS_PER_100_M * (end - begin) / 100.0))):
        long = float(rng.uniform(5.0, 16.0))
        if end - begin < long + 4.0 or lane.width_m < 2.4:
            continue
        start = float(rng.uniform(begin + 1.0, end - 1.0 - long))
        s = np.linspace(start, start + long, 10)
        lean = float(rng.normal(scale=0.25)) * ((s - start) / long) ** 2 / lane.width_m
        middle = 0.5 + float(rng.normal(scale=0.1)) / lane.width_m
        for side in (-1.0, 1.0) if rng.uniform() < 0.7 else (1.0,):
            share = middle + side * HALF_TRACK_M / lane.width_m + lean
            half = 0.085 * np.clip((s - start) / 2.0, 0.25, 1.0)
            for level, scale in ((2, 1.25), (3, 0.8)):
                ribbon_along(
                    sheets, lane, s, share, scale * half, f"{asphalt}_trod_{level}", TREAD_M + level * APART_M
                )


def _lay_junction(
    site: Site,
    sheets: Sheets,
    name: str,
    strips: list[LaneStrip],
    near: BaseGeometry,
    asphalt: str,
    worn: bool,
) -> None:
    """Wheel paths along each connection, and cracks, patches and covers where they do not meet."""
    if not _even(strips):
        return
    rng = site.random("junction", name)
    lanes = [Lane.of(strip) for strip in strips]
    for number, lane in enumerate(lanes):
        lift = TREAD_M + APART_M * (1 + number % HEIGHTS)
        for begin, end in _seen(lane, near):
            _paths(sheets, lane, rng, begin, end, asphalt, lift)
    habit = HABITS.get(site.network.surroundings, HABITS["country"])
    taken: list[BaseGeometry] = []
    area = sum(lane.width_m * float(np.ptp(lane.s_m)) for lane in lanes) / max(1.0, 0.5 * len(lanes) ** 0.5)
    each = JUNCTION_M2.get(site.network.surroundings, 120.0)
    for _ in range(min(14, int(area / each) + 2)):
        lane = lanes[int(rng.integers(len(lanes)))]
        long = float(np.ptp(lane.s_m))
        kind, s = float(rng.uniform()), float(lane.s_m[0] + rng.uniform(0.2, 0.8) * long)
        spot = lane.at(np.array([s]), np.array([0.5]))[0]
        claim = shapely.Point(spot[0], spot[1]).buffer(2.6)
        inside = shapely.contains_xy(cast(shapely.Geometry, near), spot[0], spot[1])
        if long < 8.0 or not inside or any(claim.intersects(other) for other in taken):
            continue
        taken.append(claim)
        if kind < 0.2 and habit.manholes > 0.0:
            manhole(sheets, lane, rng, s)
        elif kind < 0.7 and worn:
            crack(sheets, lane, rng, s)
            crack(sheets, lane, rng, s + float(rng.uniform(0.6, 1.8)))
        elif worn:
            patch(sheets, lane, rng, s)


def _even(strips: list[LaneStrip]) -> bool:
    """Whether the surfaces of a junction's connections lie in one plane."""
    points = np.concatenate([np.concatenate([strip.inner_m, strip.outer_m]) for strip in strips])
    centred = points - points.mean(0)
    fit, *_ = np.linalg.lstsq(
        np.column_stack([centred[:, :2], np.ones(len(centred))]), centred[:, 2], rcond=None
    )
    off = centred[:, 2] - centred[:, :2] @ fit[:2] - fit[2]
    return bool(np.abs(off).max() < LEVEL_M)
