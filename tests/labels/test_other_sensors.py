"""Proofs of radars, inertial sensors and receivers: a drive that is right, and planted faults."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelers.records import Sample
from labelers.verify import check_samples, summary
from renderers.radar_scan import RadarCause, RadarScan
from renderers.radar_targets import _shut
from renderers.stage import Stage
from scenarios import load, resolve
from scenarios.navigation import STANDARD_G
from sim.app.clip import ClipPlan, render_sample
from sim.readings import GnssFixes, ImuReadings
from sim.simulate import simulate
from sim.trace import WorldTrace, pose_matrix
from tests.labels.test_planted import SCENARIO

RIG = """\
rig: others
radars:
  radar_front: {mount: {x: 2.3 m, z: 0.5 m}, model: long_range}
  radar_back: {mount: {x: -2.2 m, z: 0.5 m, yaw: 180 deg}, model: short_range}
imus: {imu: {mount: {x: -0.5 m, y: 0.2 m, z: 0.4 m, yaw: 20 deg}, grade: automotive, rate: 100 Hz}}
gnss: {gps: {mount: {x: -1 m, z: 1.5 m}, grade: standard, rate: 20 Hz}}
"""
Drive = tuple[list[Sample], WorldTrace]
Fault = Callable[[list[Sample]], list[Sample]]


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    folder = tmp_path_factory.mktemp("others")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "planted.scenario.yaml"
    asked = "capture: {duration: 0.4 s, rate: 10 Hz, outputs: [radar, imu, gnss]}\n"
    path.write_text(SCENARIO.split("capture:")[0] + asked, encoding="utf-8")
    concrete = resolve(load(path), seed=3, sample=0)
    trace = simulate(concrete)
    stage = Stage(trace)
    return [
        render_sample(stage, concrete.clip_id, k, time_ns)
        for k, time_ns in enumerate(ClipPlan.of(concrete).times_ns)
    ], trace


def test_a_drive_is_right_and_has_what_the_faults_need(drive: Drive) -> None:
    samples, trace = drive
    assert check_samples(samples, None, trace) == []
    scans = [scan for sample in samples for scan in sample.radars.values()]
    mine = sum(np.count_nonzero(scan.cause == RadarCause.TARGET) for scan in scans)
    assert mine > 40
    assert sum(np.count_nonzero(scan.cause == RadarCause.CLUTTER) for scan in scans) > 50
    assert all(len(sample.imus["imu"].time_ns) >= 10 for sample in samples)
    assert all(len(sample.gnss["gps"].time_ns) >= 2 for sample in samples)


def radars(change: Callable[[RadarScan], RadarScan]) -> Fault:
    return lambda samples: [
        replace(s, radars={name: change(scan) for name, scan in s.radars.items()}) for s in samples
    ]


def radar_columns(**changes: Callable[[RadarScan], Any]) -> Fault:
    return radars(lambda scan: replace(scan, **{name: f(scan) for name, f in changes.items()}))


def imus(change: Callable[[ImuReadings], ImuReadings]) -> Fault:
    return lambda samples: [replace(s, imus={n: change(r) for n, r in s.imus.items()}) for s in samples]


def receivers(change: Callable[[GnssFixes], GnssFixes]) -> Fault:
    return lambda samples: [replace(s, gnss={n: change(f) for n, f in s.gnss.items()}) for s in samples]


def late(kind: str) -> Fault:
    """What a sensor says of a sample is said of the next one."""

    def spoilt(samples: list[Sample]) -> list[Sample]:
        return [replace(after, **{kind: getattr(before, kind)}) for before, after in pairwise(samples)]

    return spoilt


UP = np.array((0.0, 0.0, STANDARD_G))
# Fault -> (how it is planted, a rule that must see it).
PLANTED: dict[str, tuple[Fault, str]] = {
    "azimuths of detections to the other side": (
        radar_columns(azimuth_rad=lambda s: -s.azimuth_rad, true_azimuth_rad=lambda s: -s.true_azimuth_rad),
        "radar",
    ),
    "measured azimuths in degrees": (
        radar_columns(azimuth_rad=lambda s: np.degrees(s.azimuth_rad)),
        "radar",
    ),
    "Doppler with the other sign": (
        radar_columns(rate_mps=lambda s: -s.rate_mps, true_rate_mps=lambda s: -s.true_rate_mps),
        "radar",
    ),
    "Doppler over ground for that of the radar": (
        radar_columns(rate_mps=lambda s: s.ground_rate_mps),
        "radar",
    ),
    "Doppler in km/h": (radar_columns(rate_mps=lambda s: 3.6 * s.rate_mps), "radar"),
    "detections of the scan before": (late("radars"), "radar"),
    "ranges there and back": (
        radar_columns(range_m=lambda s: 2 * s.range_m, true_range_m=lambda s: 2 * s.true_range_m),
        "radar",
    ),
    "detections of a radar a metre further ahead": (
        radars(
            lambda s: replace(
                s, world_from_radar=s.world_from_radar @ pose_matrix(np.array((1.5, 0.0, 0.0)), np.zeros(3))
            )
        ),
        "radar",
    ),
    "owners of detections one place on": (
        radar_columns(instance=lambda s: np.roll(s.instance, 1)),
        "radar",
    ),
    "ghosts called targets": (
        radar_columns(cause=lambda s: np.where(s.cause == RadarCause.CLUTTER, RadarCause.TARGET, s.cause)),
        "radar",
    ),
    "cross sections in square metres": (
        radar_columns(rcs_dbsm=lambda s: 10.0 ** (0.1 * s.rcs_dbsm)),
        "radar",
    ),
    "SNR as a ratio": (radar_columns(snr_db=lambda s: 10.0 ** (0.1 * s.snr_db)), "radar"),
    "turn rates in degrees": (imus(lambda r: replace(r, gyro_radps=np.degrees(r.gyro_radps))), "inertial"),
    "turns to the other side": (
        imus(lambda r: replace(r, true_gyro_radps=-r.true_gyro_radps, gyro_radps=-r.gyro_radps)),
        "inertial",
    ),
    "gravity downwards": (
        imus(
            lambda r: replace(r, accel_mps2=r.accel_mps2 - 2 * UP, true_accel_mps2=r.true_accel_mps2 - 2 * UP)
        ),
        "inertial",
    ),
    "accelerations without gravity": (
        imus(lambda r: replace(r, accel_mps2=r.accel_mps2 - UP, true_accel_mps2=r.true_accel_mps2 - UP)),
        "inertial",
    ),
    "measured forces in g": (imus(lambda r: replace(r, accel_mps2=r.accel_mps2 / STANDARD_G)), "inertial"),
    "axes of an inertial sensor exchanged": (
        imus(lambda r: replace(r, accel_mps2=r.accel_mps2[:, [1, 2, 0]])),
        "inertial",
    ),
    "the ego's place for the inertial sensor's": (
        imus(lambda r: replace(r, position_m=r.position_m - _turned(r, r.ego_from_imu[:3, 3]))),
        "inertial",
    ),
    "readings of the sample before": (late("imus"), "inertial"),
    "readings a step late": (
        imus(lambda r: replace(r, time_ns=r.time_ns - 10_000_000)),
        "inertial",
    ),
    "scalar last in turns of the sensor": (
        imus(lambda r: replace(r, orientation_wxyz=np.roll(r.orientation_wxyz, -1, axis=1))),
        "inertial",
    ),
    "the ego's place for the antenna's": (
        receivers(lambda f: replace(f, true_position_m=f.true_position_m - f.ego_from_antenna[:3, 3])),
        "satellites",
    ),
    "fixes far from the truth": (
        receivers(lambda f: replace(f, position_m=f.position_m + np.array((0.0, 400.0, 0.0)))),
        "satellites",
    ),
    "latitude and longitude swapped": (
        receivers(lambda f: replace(f, latitude_deg=f.longitude_deg, longitude_deg=f.latitude_deg)),
        "satellites",
    ),
    "places where there is no fix": (
        receivers(lambda f: replace(f, fix=np.zeros_like(f.fix))),
        "satellites",
    ),
    "fixes of too few satellites": (
        receivers(lambda f: replace(f, used=np.minimum(f.used, 3))),
        "satellites",
    ),
    "fixes a tenth of a second late": (
        receivers(lambda f: replace(f, time_ns=f.time_ns - 100_000_000)),
        "satellites",
    ),
}


def _turned(r: ImuReadings, lever_m: np.ndarray) -> np.ndarray:
    """(N, 3) a lever arm of the ego in the world."""
    from labelers.proofs.navigation import _turns

    return np.einsum("nij,jk,k->ni", _turns(r.orientation_wxyz), r.ego_from_imu[:3, :3].T, lever_m)


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_fault_is_caught(drive: Drive, name: str) -> None:
    samples, trace = drive
    spoil, rule = PLANTED[name]
    found = check_samples(spoil(samples), None, trace)
    assert rule in summary(found), summary(found)


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_table_in_the_documents_names_it(name: str) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {PLANTED[name][1]} |" in text


def test_the_door_that_a_car_will_open_is_no_part_of_its_plates(tmp_path: Path) -> None:
    """The largest box of a clip holds an open door, at whose end no bumper shines."""
    (tmp_path / "rig.yaml").write_text(RIG.split("imus", maxsplit=1)[0], encoding="utf-8")
    path = tmp_path / "door.scenario.yaml"
    door = "  lead:\n    model: car.hatchback\n    doors: [front_left]\n"
    words = SCENARIO.replace("  lead:\n    model: truck.box\n", door).split("capture:")[0]
    path.write_text(words + "capture: {duration: 0.1 s, rate: 10 Hz, outputs: [radar]}\n", encoding="utf-8")
    concrete = resolve(load(path), seed=3, sample=0)
    trace = simulate(concrete)
    sample = render_sample(Stage(trace), concrete.clip_id, 0, 100_000_000)
    number = trace.actors[trace.index("lead")].instance_id
    assert sample.radars["radar_front"].points_on(number) > 0
    assert check_samples([sample], None, trace) == []
    assert _shut(trace.actors[trace.index("lead")])[0][1] < trace.actors[trace.index("lead")].size_m[1] - 0.4
