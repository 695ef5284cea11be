"""Every planted fault is seen by the rule that is named for it, in a rendered clip that is right."""

from pathlib import Path

import pytest

from labelers.native_reader import read_samples
from labelers.proofs.world import Ground
from labelers.records import Sample
from labelers.verify import check_samples, summary
from sim.app.batch import render_batch
from sim.store import load as load_trace
from sim.trace import WorldTrace
from tests.labels.planted import PLANTED

RIG = """\
rig: small
cameras: {cam_front: {width: 360, height: 204, fov: 80 deg, mount: {x: 0.6 m, z: 1.4 m}}}
lidars: {lidar_top: {model: VLP-16, mount: {z: 1.9 m}}}
"""
SCENARIO = """\
scenario: planted
world:
  clock: {sun: {elevation: 30 deg, azimuth: 200 deg}}
  weather: [{rain: 4 mm/h, clouds: 6 okta, air: 8 degC}]
  road: {build: [{arc: {length: 160 m, radius: 300 m, turn: left}}], sidewalks: both, surroundings: bare}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 40 m, speed: 36 km/h}
    do: [{drive: {speed: 36 km/h, driver: steady}}]
  lead:
    model: truck.box
    start: {lane: right, ahead_of: ego, gap: 9 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h, driver: steady}}]
  hidden:
    model: car.city
    start: {lane: right, ahead_of: lead, gap: 2.5 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h, driver: steady}}]
  oncoming:
    model: car.suv
    start: {lane: oncoming, ahead_of: ego, gap: 14 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h, driver: steady}}]
  follower:
    model: car.sedan
    start: {lane: right, behind: ego, gap: 7 m, speed: 36 km/h}
    do: [{drive: {speed: 36 km/h, driver: steady}}]
  walker:
    model: pedestrian.adult
    start: {ahead_of: ego, gap: 8 m, offset: sidewalk, facing: along}
    do: [{walk: {to: along, speed: 5 km/h}}]
background: {traffic: {vehicles: 30 /km}}
capture: {duration: 0.4 s, rate: 10 Hz, also: [flow, flow_3d]}
"""

Clip = tuple[list[Sample], Ground, WorldTrace]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "planted.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    root = folder / "data"
    assert render_batch([path], root, samples=1, seed=3, workers=1, format_name="native", quiet=True)
    trace = load_trace(next((root / ".stormlane/traces").glob("*.trace")))

    return list(read_samples(root)), trace.road.height, trace


def test_the_clip_is_right_and_has_what_the_faults_need(clip: Clip) -> None:
    samples, ground, trace = clip
    assert check_samples(samples, ground, trace) == []
    assert len(samples) == 4
    boxes = [box for sample in samples for box in sample.labels.boxes["cam_front"]]
    assert any(box.visible is None for box in boxes)
    assert any(box.visible is not None and box.instance_id > 255 for box in boxes)
    assert {c.actor_class for c in samples[0].labels.cuboids} >= {"car", "truck", "pedestrian"}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_fault_is_caught(clip: Clip, name: str) -> None:
    samples, ground, trace = clip
    spoil, rule = PLANTED[name]
    found = check_samples(spoil(samples), ground, trace)
    assert rule in summary(found), summary(found)


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_table_in_the_documents_names_it(name: str) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {PLANTED[name][1]} |" in text
