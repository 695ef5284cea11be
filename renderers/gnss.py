"""A satellite receiver on the ego: satellites that it hears, errors of their ranges, and the fix.  Renderers floor.

The sky is asked of the scene's own tracer: houses, bridges, tunnels and lorries hide satellites, leaves weaken them,
a front on the other side of the street sends them by a longer way.  Errors are those of ranges; what they do to the
fix, and HDOP, follow from the geometry of the satellites that are heard.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.stage import Stage
from renderers.tracer import prepare
from scenarios.chance import stream
from scenarios.navigation import GnssFacts, gnss_facts
from scenarios.schema import Gnss
from scenarios.taxonomy import SEMANTIC_ID
from sim.constellation import CONSTELLATIONS, SATELLITES, degrees_of, directions
from sim.markov import wandering
from sim.motion import frame_of, motion_of
from sim.readings import CARRIER_FIX, CODE_FIX, NO_FIX, GnssFixes
from sim.solar import SECONDS_PER_DAY, julian_day
from sim.weather import DEFAULT_DATE, DEFAULT_LATITUDE_RAD, DEFAULT_LONGITUDE_RAD, DEFAULT_TIME_S

Floats = NDArray[np.float64]

SKY_M = 600.0  # beyond it nothing stands as high as satellites do
LEAVES_NOISE = 3.0  # times the noise of a satellite behind leaves
HEARD_BEHIND = (
    0.6  # share of the satellites behind houses that a mirror makes audible (Hsu 2018: over a half)
)
MIRROR_SHARE = 0.3  # amplitude of a reflected signal beside the straight one
CORRELATOR_M = 15.0  # longer detours than this leave a narrow correlator alone (0.05 chips of C/A code)
CARRIER_M = 0.1903  # L1
CARRIER_SHARE = 0.005  # of the code's multipath that is left in the carrier's phase
WORST_HDOP = 20.0
MIRRORS = frozenset(
    SEMANTIC_ID[name] for name in ("building", "wall", "bridge", "tunnel", "truck", "bus", "train")
)
SYSTEM = np.repeat(np.arange(len(CONSTELLATIONS)), [walker.count for walker in CONSTELLATIONS])


@dataclass(frozen=True, slots=True)
class Sky:
    """S satellites at one epoch."""

    way: Floats  # (S, 3) east, north, up
    up: NDArray[np.bool_]  # above the mask
    open: NDArray[np.bool_]  # nothing but leaves before it
    leaves: NDArray[np.bool_]
    detour_m: Floats  # of its reflection on the other side of the street; inf without one


def sky_over(stage: Stage, place_m: Floats, time_ns: int, way: Floats, mask_rad: float) -> Sky:
    """What stands between an antenna and the satellites, and what mirrors them."""
    up = way[:, 2] > math.sin(mask_rad)
    rows = np.flatnonzero(up)
    is_open, leaves = np.zeros(len(way), np.bool_), np.zeros(len(way), np.bool_)
    detour = np.full(len(way), np.inf)
    if len(rows):
        scene = stage.scene(time_ns)
        opposite = way[rows] * np.array((-1.0, -1.0, 1.0))
        both = np.concatenate([way[rows], opposite]).astype(np.float32)
        hits = prepare(scene, place_m).trace(both, None, 0.0, SKY_M)
        hit = hits.placement >= 0
        what = scene.geometry.semantic[np.maximum(hits.triangle, 0)]
        n = len(rows)
        leaf = hit[:n] & (what[:n] == SEMANTIC_ID["vegetation"])
        is_open[rows], leaves[rows] = ~hit[:n] | leaf, leaf
        mirror = hit[n:] & np.isin(what[n:], list(MIRRORS))
        level = 1.0 - way[rows, 2] ** 2
        # A front at right angles to the ray: twice the way to it, along the ray's level part.
        detour[rows] = np.where(mirror, 2.0 * hits.range_m[n:] * level, np.inf)
    return Sky(way, up, is_open, leaves, detour)


def fixes(stage: Stage, name: str, gnss: Gnss[float], seed: int) -> GnssFixes:
    """All epochs of a clip."""
    trace, facts, mount = stage.trace, gnss_facts(gnss), frame_of(gnss.mount)
    last = float(trace.time_ns[-1] - trace.time_ns[0]) * 1e-9
    count = math.floor(last * gnss.rate_hz + 1e-9) + 1
    times = trace.time_ns[0] + np.round(np.arange(count) * 1e9 / gnss.rate_hz).astype(np.int64)
    motion = motion_of(trace, mount, times)
    clock = trace.concrete.scenario.world.clock
    latitude = DEFAULT_LATITUDE_RAD if clock.latitude_rad is None else clock.latitude_rad
    longitude = DEFAULT_LONGITUDE_RAD if clock.longitude_rad is None else clock.longitude_rad
    start = julian_day(
        clock.date or DEFAULT_DATE, DEFAULT_TIME_S if clock.time_s is None else clock.time_s, clock.zone
    )
    wander, white, doppler, heard = _range_errors(facts, gnss.rate_hz, count, seed, name)
    rows = []
    lost_ns: int | None = None
    for k in range(count):
        way = directions(start + float(times[k]) * 1e-9 / SECONDS_PER_DAY, latitude, longitude)
        sky = sky_over(stage, motion.position_m[k], int(times[k]), way, gnss.elevation_mask_rad)
        error, used, reflected = _ranges(sky, facts, gnss.multipath, wander[k], white[k], heard)
        solved = solve(way[used], SYSTEM[used], error[used], doppler[k, used])
        if solved is None:
            lost_ns = int(times[k])
        waits = (
            lost_ns is not None and k and times[k] - lost_ns < gnss.reacquire_s * 1e9 and lost_ns != times[k]
        )
        if solved is None or waits:
            solved = (np.full(3, np.nan), np.full(3, np.nan), math.inf, math.inf)
        hidden = int(np.count_nonzero(sky.up & ~sky.open))
        rows.append((*solved, int(used.sum()), hidden, int(reflected.sum())))
    off, off_mps = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    position, velocity = motion.position_m + off, motion.velocity_mps + off_mps
    there = np.isfinite(off[:, 0])
    degrees = degrees_of(position[:, 0], position[:, 1], latitude, longitude)
    return GnssFixes(
        name, mount, times,
        np.where(there, CARRIER_FIX if facts.carrier else CODE_FIX, NO_FIX).astype(np.uint8),
        position, velocity, degrees[0], degrees[1], position[:, 2].copy(),
        np.array([row[4] for row in rows], np.int32) * there.astype(np.int32),
        np.array([row[5] for row in rows], np.int32), np.array([row[6] for row in rows], np.int32),
        np.array([row[2] for row in rows]), np.array([row[3] for row in rows]),
        motion.position_m, motion.velocity_mps,
    )  # fmt: skip


def _range_errors(
    facts: GnssFacts, rate_hz: float, count: int, seed: int, name: str
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """(N, S) wandering and white errors of ranges, of Doppler, and (S,) who is heard by a reflection."""
    chance = stream(seed, "gnss", name)
    wander = wandering(facts.range_error_m, facts.correlation_s, rate_hz, count, SATELLITES, chance)
    white = chance.normal(0.0, 1.0, (count, SATELLITES)) * facts.range_noise_m
    doppler = chance.normal(0.0, 1.0, (count, SATELLITES)) * facts.velocity_noise_mps
    return wander, white, doppler, chance.uniform(size=SATELLITES) < HEARD_BEHIND


def _ranges(
    sky: Sky, facts: GnssFacts, multipath: bool, wander: Floats, white: Floats, heard: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """(S,) errors of the ranges, which satellites are used, and which of them are heard by a reflection alone."""
    error = wander + white * np.where(sky.leaves, LEAVES_NOISE, 1.0)
    used = sky.up & sky.open
    reflected = np.zeros(len(used), np.bool_)
    if not multipath:
        return error, used, reflected
    detour = np.where(np.isfinite(sky.detour_m), sky.detour_m, 0.0)
    near = used & (detour > 0.0) & (detour < CORRELATOR_M)
    share = MIRROR_SHARE * (CARRIER_SHARE if facts.carrier else 1.0)
    error = error + np.where(near, share * detour * np.cos(2.0 * np.pi * detour / CARRIER_M), 0.0)
    if not facts.carrier:  # a carrier solution throws out what jumps by metres
        reflected = sky.up & ~sky.open & heard & (detour > 0.0)
        error = error + np.where(reflected, detour, 0.0)
    return error, used | reflected, reflected


def solve(
    way: Floats, system: NDArray[np.int64], error_m: Floats, error_mps: Floats
) -> tuple[Floats, Floats, float, float] | None:
    """Errors of place and velocity, HDOP and VDOP, by least squares weighted with the elevation; None without a fix."""
    clocks = np.unique(system)
    if len(way) < 3 + len(clocks):
        return None
    matrix = np.concatenate([-way, (system[:, None] == clocks).astype(np.float64)], axis=1)
    square = matrix.T @ matrix
    if np.linalg.cond(square) > 1e9:
        return None
    spread = np.diag(np.linalg.inv(square))
    hdop, vdop = math.sqrt(spread[0] + spread[1]), math.sqrt(spread[2])
    if hdop > WORST_HDOP:
        return None
    weight = np.maximum(way[:, 2], 0.05)[:, None]
    off, *_ = np.linalg.lstsq(matrix * weight, np.stack([error_m, error_mps], axis=1) * weight, rcond=None)
    return off[:3, 0], off[:3, 1], hdop, vdop
