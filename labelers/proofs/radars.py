"""Detections of radars lie at what they are said to come from, as fast as it moves.  Labels floor.

Nothing here knows how echoes are made: places and rates of the cuboids are compared with what was detected.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import inverse_rigid, world_from_cuboid
from labelers.proofs.shared import TURN_RADPS, Violation, inside_cuboid, limb_mps, limbed, place_of
from labelers.records import Cuboid, Sample
from renderers.radar_scan import RadarCause, RadarScan
from scenarios.radars import RadarFacts, radar_facts
from sim.trace import WorldTrace

RADAR = "radar"
BESIDE_M = 0.5  # of a cuboid: ways by the road are longer than straight ones
SIGMAS = 6.0
MONOPULSE = 1.6  # by which angles are told better than cells (docs/radar.md)
HEIGHTS = 9  # within a cuboid: this radar does not say how high a detection is
RIGID_MPS = 0.3  # of what stands, and of a body's centres, beside its turn
MANY = (
    3  # detections of one actor, of which some must move as it does: a lorry's others may all be of its rims
)
CODES = 1e-4  # relative, of float32
LAW_DB = 0.05
OWN_MPS = 0.05


def radar_detections(sample: Sample, radar: str, trace: WorldTrace | None) -> Iterator[Violation]:
    """Each is where its truth is, within cells and noise; the truth is on its actor and moves with it."""
    scan = sample.radars[radar]
    place = place_of(sample, radar)
    known = {cuboid.instance_id: cuboid for cuboid in sample.labels.cuboids}
    strangers = set(scan.instance.tolist()) - known.keys() - {0}
    if strangers:
        yield Violation(RADAR, place, f"detections of {sorted(strangers)}, who are not there")
    owned = np.isin(scan.cause, (RadarCause.TARGET, RadarCause.GHOST))
    if np.any(owned & (scan.instance == 0)) or np.any(~owned & (scan.instance != 0)):
        yield Violation(RADAR, place, "actors without a number, or numbers of what is no actor")
    alarm = scan.cause == RadarCause.FALSE_ALARM
    truth = np.stack([scan.true_range_m, scan.true_azimuth_rad, scan.true_rate_mps])
    if not np.array_equal(np.isnan(truth).any(axis=0), alarm) or np.any((scan.echoes > 0) == alarm):
        yield Violation(RADAR, place, "false alarms with a truth, or echoes without one")
        return
    own = scan.world_from_radar[:3, :3].T @ sample.ego_velocity_mps
    lever = float(np.linalg.norm(scan.ego_from_radar[:3, 3]))
    if np.linalg.norm(scan.radar_velocity_mps - own) > OWN_MPS + TURN_RADPS * lever:
        yield Violation(RADAR, place, f"the radar goes at {scan.radar_velocity_mps}, the ego at {own}")
    facts = None if trace is None else radar_facts(trace.concrete.rig.radars[radar])
    yield from _measured(scan, place, facts)
    yield from _standing(scan, place)
    for number, cuboid in known.items():
        mine = np.flatnonzero((scan.cause == RadarCause.TARGET) & (scan.instance == number))
        if len(mine):
            yield from _on_actor(sample, scan, mine, cuboid, place_of(sample, radar, number))


def _measured(scan: RadarScan, place: str, facts: RadarFacts | None) -> Iterator[Violation]:
    """What is measured is the truth, but for the cell that echoes share and the noise that is stated."""
    root = np.sqrt(2.0) * 10.0 ** (0.05 * np.minimum(scan.snr_db.astype(np.float64), 200.0))
    # One sigma is a cell over the root of twice the SNR: so large are cells.
    for name, measured, true, sigma, per_cell in (
        ("range", scan.range_m, scan.true_range_m, scan.range_sd_m, 1.0),
        ("azimuth", scan.azimuth_rad, scan.true_azimuth_rad, scan.azimuth_sd_rad, MONOPULSE),
        ("rate", scan.rate_mps, scan.true_rate_mps, scan.rate_sd_mps, 1.0),
    ):
        gap = measured.astype(np.float64) - true
        if name == "rate":
            if facts is None:
                continue
            gap = _folded(gap, facts)
        room = sigma * (SIGMAS + per_cell * root)
        wrong = int(np.count_nonzero(np.abs(gap) > room * (1.0 + CODES) + CODES * np.abs(true)))
        if wrong:
            yield Violation(RADAR, place, f"{wrong} of {len(gap)} have another {name} than is true")
    if facts is None:
        return
    own = np.cos(scan.azimuth_rad) * scan.radar_velocity_mps[0]
    own = own + np.sin(scan.azimuth_rad) * scan.radar_velocity_mps[1]
    gap = np.abs(_folded(scan.rate_mps + own - scan.ground_rate_mps, facts))
    if np.any(gap > OWN_MPS):
        yield Violation(RADAR, place, "rates over ground are not those measured less the radar's own motion")
    gates = (
        (scan.range_m - SIGMAS * scan.range_sd_m <= facts.far_m)
        & (scan.range_m + SIGMAS * scan.range_sd_m >= facts.near_m)
        & (np.abs(scan.azimuth_rad) <= 0.5 * facts.field_rad * (1.0 + CODES))
        & (scan.rate_mps >= -facts.closing_mps * (1.0 + CODES))
        & (scan.rate_mps <= facts.opening_mps * (1.0 + CODES))
    )
    if not gates.all() or len(gates) > facts.most:
        yield Violation(
            RADAR, place, f"{np.count_nonzero(~gates)} of {len(gates)} lie beyond what it can tell"
        )
    for name, sigma, cell in (
        ("range", scan.range_sd_m, facts.range_cell_m),
        ("azimuth", scan.azimuth_sd_rad * MONOPULSE * np.cos(scan.azimuth_rad), facts.azimuth_cell_rad),
        ("rate", scan.rate_sd_mps, facts.velocity_cell_mps),
    ):
        share = sigma * root / cell
        # The beam is widened for where it is steered to, which the noise of the angle moves a little.
        if np.any(np.abs(share - 1.0) > 0.1):
            yield Violation(RADAR, place, f"sigmas of {name} do not follow from SNR and cell")
    turned_down = facts.range_at_10_dbsm_m * 10.0 ** (0.025 * facts.least_rcs - 0.25)
    far = scan.range_m > turned_down
    law = (scan.snr_db + 40.0 * np.log10(np.maximum(scan.range_m, 1e-3)) - scan.rcs_dbsm)[far]
    if len(law) and float(np.ptp(law)) > LAW_DB:
        yield Violation(RADAR, place, "cross sections do not follow from SNR and range")


def _standing(scan: RadarScan, place: str) -> Iterator[Violation]:
    """Clutter has the rate of standing things."""
    still = scan.cause == RadarCause.CLUTTER
    azimuth = scan.true_azimuth_rad[still]
    own = scan.radar_velocity_mps
    meant = -(np.cos(azimuth) * own[0] + np.sin(azimuth) * own[1])
    # Ground before the bumper lies below the radar's plane, where less of its own motion is.
    wrong = np.abs(scan.true_rate_mps[still] - meant) > RIGID_MPS + 0.1 * np.abs(meant)
    if np.count_nonzero(wrong) > 0.02 * len(wrong):
        fact = f"{np.count_nonzero(wrong)} of {len(wrong)} standing things do not stand"
        yield Violation(RADAR, place, fact)


def _on_actor(
    sample: Sample, scan: RadarScan, mine: NDArray[np.intp], cuboid: Cuboid, place: str
) -> Iterator[Violation]:
    """Truths of an actor's detections lie at its cuboid and move as it does."""
    radar_from_world = inverse_rigid(scan.world_from_radar)
    pose = radar_from_world @ world_from_cuboid(cuboid)
    half = 0.5 * np.asarray(cuboid.size_m)
    reach = float(np.abs(pose[2, :3]) @ half)
    heights = pose[2, 3] + np.linspace(-reach, reach, HEIGHTS)
    far, azimuth = scan.true_range_m[mine].astype(np.float64), scan.true_azimuth_rad[mine].astype(np.float64)
    near = np.zeros(len(mine), bool)
    for height in heights:
        flat = np.sqrt(np.maximum(far**2 - height**2, 0.0))
        points = np.stack(
            [flat * np.cos(azimuth), flat * np.sin(azimuth), np.full_like(flat, height)], axis=1
        )
        near |= inside_cuboid(points, pose, cuboid, BESIDE_M)
    if not near.all():
        yield Violation(RADAR, place, f"{np.count_nonzero(~near)} of {len(mine)} lie beside it")
    velocity = radar_from_world[:3, :3] @ cuboid.velocity_mps - scan.radar_velocity_mps
    flat = np.sqrt(np.maximum(far**2 - pose[2, 3] ** 2, 0.0))
    way = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.full_like(flat, pose[2, 3])], axis=1)
    meant = way @ velocity / np.maximum(np.linalg.norm(way, axis=1), 1e-3)
    gap = np.abs(scan.true_rate_mps[mine] - meant)
    # How far above or below its middle a thing is met turns the way to it.
    steep = reach / np.maximum(far, 1.0)
    body = RIGID_MPS + TURN_RADPS * float(np.linalg.norm(half[:2])) + steep * float(np.linalg.norm(velocity))
    speed = float(np.linalg.norm(cuboid.velocity_mps))
    most = body + (limb_mps(cuboid) if limbed(cuboid) else speed)
    if np.any(gap > most):
        yield Violation(RADAR, place, f"{np.count_nonzero(gap > most)} of {len(mine)} move otherwise than it")
    elif len(mine) >= MANY and not limbed(cuboid) and np.all(gap > body):
        yield Violation(RADAR, place, f"none of {len(mine)} moves as it does")


def _folded(gap_mps: NDArray[np.floating], facts: RadarFacts) -> NDArray[np.float64]:
    """Differences of rates, the shorter way round what the radar can tell."""
    span = facts.closing_mps + facts.opening_mps
    out: NDArray[np.float64] = np.mod(gap_mps.astype(np.float64) + 0.5 * span, span) - 0.5 * span
    return out
