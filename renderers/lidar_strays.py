"""Light that a receiver takes for an echo: halos of reflectors, the sun, other lidars.  Renderers floor.

All of it comes through the optics' stray light: what windows and lenses scatter falls off with the angle as Harvey and
Shack found (1978): BSDF = b (1 + (angle / l)^2)^(s / 2).  Definitions and sources are in docs/lidar.md, "Stray light".
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from renderers.frames import Cause
from renderers.kernels.blooming import bin_directions, bloom
from renderers.kernels.detect import SOFT_EDGE
from renderers.lidar_models import Firings, LidarModel, Make, firings
from renderers.scene import Scene
from renderers.tracer import prepare
from sim.kernels.random import uniform01
from sim.weather import WeatherState

Floats = NDArray[np.float32]
Array = NDArray[np.float64]

SHOULDER_RAD = 0.01  # l: below it the scatter of polished optics is even (Harvey and Shack 1978)
SLOPE = -1.5  # s, of polished glass: kernels.blooming takes its roots
SCATTER_PER_SR = (
    3.0  # b: a window and three lenses that scatter 3.4 % in all (Harvey-Shack's integral); reasoned
)
# Share of what a beam scatters onto a neighbour's spot that the neighbour's receiver, which looks past the reflector,
# takes in: receivers see wider than their beams.  Reasoned, as nothing measured is published: a sign at 20 m grows
# by a quarter of a degree for a scanner of 200 m, and not at all for one of 50 m, which sees half a degree at 10 m.
TAKEN_IN = 0.02
SHINING = 20.0  # echoes above it have halos: sheeting and reflectors, no paint
HALO_RAD = 0.06  # as far as halos are looked for
CUBES = 32  # about the sphere, each a little wider than a halo
NEIGHBOURS = 32  # of a firing, whose distance says how densely its surroundings are scanned
FULL_LX = 1e5  # of daylight, for which sheets state ranges
SUN_SR = 6.8e-5
GROUND_ALBEDO = 0.3  # of what a receiver usually looks at
GLARE_RAD = 0.12  # farther from the sun its glare is below the daylight
NEAREST_M, FARTHEST_M = 8.0, 60.0  # of other lidars
LIGHT_MPS = 299_792_458.0
U_SUN, U_SUN_M, U_SUN_LEVEL = 768, 769, 770  # draws of a firing


@dataclass(frozen=True, slots=True)
class Strays:
    """False echoes: K of them, at most one of each kind to a firing."""

    row: NDArray[np.int64]  # (K,) of the sweep's firings
    range_m: Floats
    echo: Floats
    cause: Cause

    @staticmethod
    def none(cause: Cause) -> "Strays":
        return Strays(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32), cause)


def scattered(angle_rad: Array) -> Array:
    """Shape of stray light: 1 in the middle, Harvey and Shack's wings."""
    return np.asarray((1.0 + (angle_rad / SHOULDER_RAD) ** 2) ** (SLOPE / 2.0))


def cell_sr(around: cKDTree, direction: Array) -> Array:
    """Solid angle that each of some firings stands for, from how close the others are."""
    far, _ = around.query(direction, k=NEIGHBOURS)
    return np.asarray(np.pi * far[:, -1] ** 2 / NEIGHBOURS)


def halos(make: Make, model: LidarModel, shots: Firings, echo: Floats, range_m: Floats) -> Strays:
    """What beams beside retro-reflectors get of them: at their range, weaker with the angle.

    A beam's wings reach the reflector, and the neighbour's receiver sees what comes back from beside its own spot.
    """
    bright = np.flatnonzero(echo > SHINING)
    if not len(bright):
        return Strays.none(Cause.BLOOM)
    bright = bright[np.argsort(range_m[bright], kind="stable")]
    # Prisms never come back to a pattern.
    around = _fan(make) if model.prisms is None else _Around.of(shots.direction, once=True)
    share = SCATTER_PER_SR * TAKEN_IN * echo[bright].astype(np.float64)
    share *= cell_sr(around.tree, shots.direction[bright])
    total, place = np.zeros((2, len(echo)))
    bloom(
        shots.direction,
        CUBES,
        around.first,
        around.order,
        bright,
        share,
        np.ascontiguousarray(range_m, np.float32),
        model.pulse_m,
        HALO_RAD,
        SHOULDER_RAD,
        total,
        place,
    )
    rows = np.flatnonzero(total > 0.0)
    return Strays(rows, place[rows].astype(np.float32), total[rows].astype(np.float32), Cause.BLOOM)


@dataclass(frozen=True, slots=True)
class _Around:
    """Directions of firings, to look for neighbours among."""

    tree: cKDTree
    first: NDArray[np.int32]
    order: NDArray[np.int32]

    @staticmethod
    def of(direction: Array, once: bool = False) -> "_Around":
        """A tree for one sweep is built sooner when it is not balanced."""
        first, order = np.empty(CUBES**3 + 1, np.int32), np.empty(len(direction), np.int32)
        bin_directions(direction, CUBES, first, order)
        return _Around(cKDTree(direction, balanced_tree=not once, compact_nodes=not once), first, order)


@lru_cache(maxsize=4)
def _fan(make: Make) -> _Around:
    """Those of a scanner whose sweeps are all alike."""
    return _Around.of(firings(make).direction)


def towards(weather: WeatherState) -> Array:
    """(3,) unit, from the world to the sun, whose azimuth is clockwise from north."""
    up, turn = weather.sun_elevation_rad, np.pi / 2.0 - weather.sun_azimuth_rad
    return np.array([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)])


def sees_sun(
    scene: Scene, place_m: Array, direction: Array, towards_sun: Array, weather: WeatherState
) -> bool:
    """Whether beams come near a sun that nothing hides."""
    if towards_sun[2] <= 0.0 or weather.sun_illuminance_lx <= 0.0:
        return False
    if not (direction @ towards_sun > np.cos(GLARE_RAD)).any():
        return False
    aim = towards_sun[None].astype(np.float32)
    return bool(prepare(scene, place_m).trace(aim).triangle[0] < 0)


def sun_points(
    model: LidarModel,
    direction: Array,
    towards_sun: Array,
    weather: WeatherState,
    threshold: float,
    seed: int,
    index: NDArray[np.int64],
) -> Strays:
    """Noise of sunlight that crosses the threshold, in beams near a sun that shines on the sensor.

    Gaussian noise of standard deviation s crosses a threshold T so often as exp(-(T / s)^2 / 2) / (2 sqrt(3) t) in a
    second, t the pulse's length (Rice 1944, for an even band); what crosses exceeds it by s^2 / T on the mean.
    """
    sun_lx = weather.sun_illuminance_lx
    angle = np.linalg.norm(direction - towards_sun, axis=1)
    rows = np.flatnonzero(angle < GLARE_RAD)
    if not len(rows) or sun_lx <= 0.0:
        return Strays.none(Cause.SUN)
    daylight = weather.sky_illuminance_lx + sun_lx * max(float(towards_sun[2]), 0.0)
    usual = GROUND_ALBEDO * daylight / np.pi
    field_sr = np.pi / 4.0 * model.divergence_rad[0] * model.divergence_rad[1]
    glare = sun_lx * SCATTER_PER_SR * scattered(angle[rows])
    edge = 0.25 * sum(model.divergence_rad) + np.sqrt(SUN_SR / np.pi)
    glare += np.where(angle[rows] < edge, sun_lx / max(field_sr, SUN_SR), 0.0)
    # The threshold follows the daylight of the whole scene, the noise that of the beam.
    own = FULL_LX * GROUND_ALBEDO / np.pi
    sigma = SOFT_EDGE * np.sqrt((own + usual + glare) / (own + usual))
    chances = (model.far_m - model.overlap_m) / (2.0 * np.sqrt(3.0) * model.pulse_m)
    crossing = 1.0 - np.exp(-chances * np.exp(-0.5 / sigma**2))
    drawn = np.array(
        [[uniform01(seed, int(i), u) for u in (U_SUN, U_SUN_M, U_SUN_LEVEL)] for i in index[rows]]
    )
    hit = drawn[:, 0] < crossing
    at = model.overlap_m + drawn[hit, 1] * (model.far_m - model.overlap_m)
    level = 1.0 + sigma[hit] ** 2 * -np.log(np.maximum(drawn[hit, 2], 1e-7))
    echo = level * threshold * at**2 * np.exp(2.0 * weather.extinction_per_m * at)
    return Strays(rows[hit], at.astype(np.float32), echo.astype(np.float32), Cause.SUN)


def crosstalk(
    model: LidarModel,
    shots: Firings,
    range_m: Floats,
    weather: WeatherState,
    threshold: float,
    others: int,
    chance: np.random.Generator,
    time_ns: int,
) -> Strays:
    """Pulses of other lidars of the same make that shine straight into this one while it listens.

    They travel along, 8 to 60 m away, turn by clocks of their own, and are hidden by what stands between.  A pulse
    that leaves in the solid angle O of a beam is pi / O times as strong as a white diffuser's echo; beside either
    beam only stray light is.
    """
    period_ns = 1e9 / model.rate_hz
    field_sr = np.pi / 4.0 * model.divergence_rad[0] * model.divergence_rad[1]
    listening_ns = 2e9 * model.far_m / LIGHT_MPS
    fired_ns = shots.offset_ns.astype(np.float64)
    found: list[tuple[NDArray[np.int64], Array, Array]] = []
    for _ in range(others):
        bearing, facing = chance.uniform(-np.pi, np.pi, 2)
        distance = float(np.exp(chance.uniform(np.log(NEAREST_M), np.log(FARTHEST_M))))
        rise, ahead_ns = chance.normal(0.0, 0.01), chance.uniform(0.0, period_ns)
        drift = chance.normal(0.0, 1e-3)
        towards = np.array([np.cos(bearing) * np.cos(rise), np.sin(bearing) * np.cos(rise), np.sin(rise)])
        turn = np.array([[np.cos(facing), np.sin(facing)], [-np.sin(facing), np.cos(facing)]])
        back = np.append(turn @ -towards[:2], -towards[2])  # from it to us, in its own frame
        off, theirs_off = (np.linalg.norm(shots.direction - aim, axis=1) for aim in (towards, back))
        if range_m[int(np.argmin(off))] < distance - 2.0:  # something stands between
            continue
        later_ns = ahead_ns - drift * time_ns + 1e9 * distance / LIGHT_MPS
        heard_ns = (fired_ns + later_ns - fired_ns[0]) % period_ns + fired_ns[0]
        ours, theirs = _through(off, model, field_sr), _through(theirs_off, model, field_sr)
        straight = SCATTER_PER_SR * field_sr
        # One of the two looks straight at the other: stray light of stray light is below every threshold.
        loud, eager = np.flatnonzero(theirs > straight), np.flatnonzero(ours > straight)
        hit, struck, before_ns = _within(loud, heard_ns, fired_ns, listening_ns, -1.0, period_ns)
        caught, by, after_ns = _within(eager, fired_ns, heard_ns, listening_ns, 1.0, period_ns)
        sent, rows = np.append(hit, by), np.append(struck, caught)
        at = np.append(before_ns, after_ns) * 0.5e-9 * LIGHT_MPS
        power = np.pi / field_sr * theirs[sent] * ours[rows] / distance**2
        power *= np.exp(-weather.extinction_per_m * distance) * np.minimum(at / model.overlap_m, 1.0) ** 2
        seen = (power > threshold) & (at > model.near_m)
        found.append((rows[seen], at[seen], power[seen]))
    if not found:
        return Strays.none(Cause.CROSSTALK)
    row, at, power = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((-power, row))  # the strongest of those that meet in one firing
    row, at, power = row[order], at[order], power[order]
    one = np.diff(row, prepend=-1) > 0
    echo = power * np.maximum(at, model.overlap_m) ** 2 * np.exp(2.0 * weather.extinction_per_m * at)
    return Strays(row[one], at[one].astype(np.float32), echo[one].astype(np.float32), Cause.CROSSTALK)


def _within(
    these: NDArray[np.int64], at_ns: Array, those_ns: Array, window_ns: float, sign: float, period_ns: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Pairs of some events with all of those that come at most a window after them (sign 1) or before (-1)."""
    order = np.argsort(sign * those_ns, kind="stable")
    sorted_ns = np.concatenate([sign * those_ns[order], sign * those_ns[order] + period_ns])
    first = np.searchsorted(sorted_ns, sign * at_ns[these])
    last = np.searchsorted(sorted_ns, sign * at_ns[these] + window_ns)
    many = last - first
    mine = np.repeat(np.arange(len(these)), many)
    place = first[mine] + np.arange(len(mine)) - np.repeat(np.cumsum(many) - many, many)
    return these[mine], order[place % len(order)], sorted_ns[place] - sign * at_ns[these][mine]


def _through(angle_rad: Array, model: LidarModel, field_sr: float) -> Array:
    """Share of a beam's light, or of a receiver's sight, that goes past its axis at an angle."""
    width = 0.5 * float(np.sqrt(model.divergence_rad[0] * model.divergence_rad[1]))
    core = np.exp(-2.0 * (angle_rad / width) ** 2)
    return np.asarray(np.maximum(core, SCATTER_PER_SR * field_sr * scattered(angle_rad)))
