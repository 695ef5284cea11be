"""Readings of inertial sensors add up to the ego's way; fixes of receivers are where it was.  Labels floor."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.proofs.shared import Violation, place_of
from labelers.records import Sample
from scenarios.navigation import STANDARD_G, AxisFacts, gnss_facts, imu_facts
from sim.readings import GnssFixes, ImuReadings
from sim.trace import WorldTrace

INERTIAL, SATELLITES = "inertial", "satellites"
SIGMAS = 6.0
SAME_M, SAME_MPS, SAME_RAD = (
    2e-3,
    5e-3,
    5e-4,
)  # where a sensor is, against a pose between two states of the trace
STEP_MPS, STEP_RAD, STEP_M = 5e-3, 5e-4, 2e-3  # of readings added up over one sample
# A receiver's errors are those of its ranges times the dilution; a reflection is a detour of up to a street's width,
# and one that disturbs a satellite that is seen, of some metres.
DETOUR_M, DISTURBED_M = 60.0, 8.0
LEAST_SATELLITES = 4
EARTH_M = 6_378_137.0  # WGS 84, half the axis through the equator
FLATTENING = 1.0 / 298.257223563
METRES = 2e-3  # relative, of a degree within a map


def inertial(sample: Sample, name: str, trace: WorldTrace | None) -> Iterator[Violation]:
    """True readings added up give the ego's way, and measured ones are these with the errors of their grade."""
    r, place = sample.imus[name], place_of(sample, name)
    if not len(r.time_ns):
        return
    rate_hz = None if trace is None else float(trace.concrete.rig.imus[name].rate_hz)
    if not _in_time(sample, r.time_ns, rate_hz):
        yield Violation(INERTIAL, place, "readings of another time, or out of their order")
        return
    yield from _adds_up(r, place)
    if trace is None:
        return
    where, speed, turn = _mounted(trace, r.ego_from_imu, r.time_ns)
    for fact, gap, most in (
        ("is", np.linalg.norm(r.position_m - where, axis=1), SAME_M),
        ("goes", np.linalg.norm(r.velocity_mps - speed, axis=1), SAME_MPS * 10.0),
        ("looks", _angle(_turns(r.orientation_wxyz), turn), SAME_RAD),
    ):
        if gap.max() > most:
            yield Violation(INERTIAL, place, f"it {fact} {gap.max():.3g} otherwise than the ego's body")
    facts = imu_facts(trace.concrete.rig.imus[name])
    assert rate_hz is not None
    for kind, axes, measured, true, bias in (
        ("turns", facts.gyro, r.gyro_radps, r.true_gyro_radps, r.gyro_bias_radps),
        ("forces", facts.accel, r.accel_mps2, r.true_accel_mps2, r.accel_bias_mps2),
    ):
        room = _most(axes, facts.scale, facts.misalignment_rad, rate_hz, true)
        held = np.abs(true + bias) < 0.95 * axes.most  # not where it saturates
        wrong = held & (np.abs(measured - true - bias) > room)
        if wrong.any():
            yield Violation(
                INERTIAL, place, f"{np.count_nonzero(wrong)} {kind} are not the true ones with errors"
            )


def _in_time(sample: Sample, times_ns: NDArray[np.int64], rate_hz: float | None) -> bool:
    """Whether readings follow one another up to a sample's time, the last of them less than a step before it."""
    if times_ns[0] < 0 or times_ns[-1] > sample.time_ns or np.any(np.diff(times_ns) <= 0):
        return False
    return rate_hz is None or sample.time_ns - int(times_ns[-1]) <= 1.01e9 / rate_hz


def _most(
    axes: AxisFacts, scale: float, misalignment_rad: float, rate_hz: float, true: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, 3) how far a reading less its bias may be off the truth."""
    others = np.sqrt(np.maximum(np.sum(true**2, axis=1, keepdims=True) - true**2, 0.0))
    errors = axes.noise * np.sqrt(rate_hz) + scale * np.abs(true) + misalignment_rad * others
    most: NDArray[np.float64] = SIGMAS * errors + 1e-9
    return most


def _adds_up(r: ImuReadings, place: str) -> Iterator[Violation]:
    """From the first reading to the last, each the mean over its interval."""
    if len(r.time_ns) < 2:
        return
    turns = _turns(r.orientation_wxyz)
    turn, speed, where = turns[0], r.velocity_mps[0].copy(), r.position_m[0].copy()
    for k in range(1, len(r.time_ns)):
        step_s = 1e-9 * float(r.time_ns[k] - r.time_ns[k - 1])
        half = turn @ _rotation(0.5 * step_s * r.true_gyro_radps[k])
        push = half @ r.true_accel_mps2[k] - np.array((0.0, 0.0, STANDARD_G))
        where = where + speed * step_s + 0.5 * push * step_s**2
        speed, turn = speed + push * step_s, turn @ _rotation(step_s * r.true_gyro_radps[k])
    for fact, gap, most in (
        ("speed", float(np.linalg.norm(speed - r.velocity_mps[-1])), STEP_MPS),
        ("turn", float(_angle(turn[None], turns[-1:])[0]), STEP_RAD),
        ("place", float(np.linalg.norm(where - r.position_m[-1])), STEP_M),
    ):
        if gap > most:
            yield Violation(INERTIAL, place, f"readings add up to a {fact} that is {gap:.3g} off")


def satellites(sample: Sample, name: str, trace: WorldTrace | None) -> Iterator[Violation]:
    """Fixes lie as near the truth as ranges and geometry let them, and none is told where there is none."""
    f, place = sample.gnss[name], place_of(sample, name)
    if not len(f.time_ns):
        return
    if not _in_time(
        sample, f.time_ns, None if trace is None else float(trace.concrete.rig.gnss[name].rate_hz)
    ):
        yield Violation(SATELLITES, place, "fixes of another time, or out of their order")
        return
    there = f.fix > 0
    told = np.isfinite(f.position_m).all(axis=1)
    if not np.array_equal(there, told) or np.any(f.used[there] < LEAST_SATELLITES):
        yield Violation(SATELLITES, place, "places without a fix, or fixes without a place or satellites")
        return
    if not np.array_equal(there, np.isfinite(f.hdop)) or np.any(f.reflected > f.used):
        yield Violation(SATELLITES, place, "dilutions without a fix, or more reflected than used")
    if trace is None:
        return
    where, speed, _ = _mounted(trace, f.ego_from_antenna, f.time_ns)
    away = np.linalg.norm(f.true_position_m - where, axis=1).max()
    faster = np.linalg.norm(f.true_velocity_mps - speed, axis=1).max()
    if away > SAME_M or faster > SAME_MPS * 10.0:
        yield Violation(SATELLITES, place, f"the antenna is {away:.3g} m from its place on the ego")
    facts = gnss_facts(trace.concrete.rig.gnss[name])
    sigma = float(np.hypot(facts.range_error_m, facts.range_noise_m))
    detours = np.where(
        f.reflected > 0, DETOUR_M, 0.0 if facts.carrier or not facts.own_errors else DISTURBED_M
    )
    for axis, dilution in ((slice(0, 2), f.hdop), (slice(2, 3), f.vdop)):
        gap = np.linalg.norm((f.position_m - f.true_position_m)[there][:, axis], axis=1)
        most = 1e-3 + (3.0 * SIGMAS * sigma + detours[there]) * np.maximum(dilution[there], 1.0)
        if np.any(gap > most):
            yield Violation(
                SATELLITES, place, f"a fix is {gap.max():.1f} m off, more than its ranges explain"
            )
    yield from _on_ellipsoid(f, there, place)


def _on_ellipsoid(f: GnssFixes, there: NDArray[np.bool_], place: str) -> Iterator[Violation]:
    """From fix to fix degrees and metres say the same."""
    if np.count_nonzero(there) < 2:
        return
    metres = f.position_m[there] - f.position_m[there][0]
    latitude, longitude = np.radians(f.latitude_deg[there]), np.radians(f.longitude_deg[there])
    sine = np.sin(latitude[0])
    eccentricity = FLATTENING * (2.0 - FLATTENING)
    across = EARTH_M / np.sqrt(1.0 - eccentricity * sine**2)
    along = EARTH_M * (1.0 - eccentricity) / (1.0 - eccentricity * sine**2) ** 1.5
    north = (latitude - latitude[0]) * (along + f.altitude_m[there][0])
    east = (longitude - longitude[0]) * (across + f.altitude_m[there][0]) * np.cos(latitude[0])
    gap = np.hypot(east - metres[:, 0], north - metres[:, 1])
    most = 0.01 + METRES * np.hypot(metres[:, 0], metres[:, 1])
    if np.any(gap > most) or np.any(np.abs(np.diff(f.altitude_m[there]) - np.diff(metres[:, 2])) > 0.01):
        yield Violation(SATELLITES, place, f"degrees are {gap.max():.2f} m off the metres from fix to fix")


def _mounted(
    trace: WorldTrace, mount: NDArray[np.float64], times_ns: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Places (N, 3), velocities (N, 3) and turns (N, 3, 3) in the world of what is mounted on the ego."""
    ego = trace.index("ego")
    poses = np.stack([trace.at(int(t)).world_from_actor(ego) @ mount for t in times_ns])
    step_ns = 5_000_000
    ends = int(trace.time_ns[0]), int(trace.time_ns[-1])
    speeds = []
    for t in times_ns.tolist():
        early, late = max(t - step_ns, ends[0]), min(t + step_ns, ends[1])
        a, b = (trace.at(k).world_from_actor(ego) @ mount for k in (early, late))
        speeds.append((b[:3, 3] - a[:3, 3]) / max(1e-9 * (late - early), 1e-9))
    return poses[:, :3, 3], np.array(speeds), poses[:, :3, :3]


def _turns(wxyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) of unit quaternions (N, 4)."""
    w, x, y, z = wxyz.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def _rotation(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) about a vector by its length (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    out: NDArray[np.float64] = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
    return out


def _angle(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) between turns (N, 3, 3)."""
    away = np.linalg.norm(a - b, axis=(1, 2)) / np.sqrt(8.0)
    out: NDArray[np.float64] = 2.0 * np.arcsin(np.clip(away, 0.0, 1.0))
    return out
