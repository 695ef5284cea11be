"""Labels of rendered frames: they pass every proof, through any lens, and change only when they should."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import scenarios
from labelers.label import attribute, label
from labelers.records import Box2D, Cuboid, FrameLabels, Sample
from labelers.verify import check_sample, check_samples
from renderers.camera import render
from renderers.lidar import scan
from renderers.stage import Stage
from scenarios.resolved import Concrete
from sim.simulate import simulate

RIG = """\
rig: two_eyes
cameras:
  cam_front: {width: 320, height: 180, fov: 75 deg, mount: {x: 0.6 m, z: 1.4 m}}
  cam_left:
    width: 320
    height: 180
    fov: 80 deg
    distortion: [-0.12, 0.02, 0.0004, -0.0003, 0.0]
    mount: {x: 0.5 m, y: 0.3 m, z: 1.4 m, yaw: 40 deg}
lidars: {lidar_top: {model: VLP-16, mount: {z: 1.9 m}}}
"""
SCENARIO = """\
scenario: labels_street
world:
  clock: {sun: {elevation: 30 deg, azimuth: 200 deg}}
  weather: [{fog: {visibility: 150 m}, clouds: 4 okta, air: 8 degC}]
  road: {preset: urban_street, length: 160 m, surroundings: bare}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 20 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h, driver: steady}}]
  lead:
    model: car.suv
    start: {lane: right, ahead_of: ego, gap: 9 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
  oncoming:
    model: truck.box
    start: {lane: oncoming, ahead_of: ego, gap: 12 m, speed: 20 km/h}
    do: [{drive: {speed: 20 km/h}}]
  parked:
    model: van.delivery
    start: {parked: right, ahead_of: ego, gap: 6 m}
  walker:
    model: pedestrian.adult
    start: {ahead_of: ego, gap: 14 m, offset: opposite_sidewalk, facing: along}
    do: [{walk: {to: along, speed: 5 km/h}}]
capture: {duration: 0.6 s, rate: 5 Hz}
"""
TIME_NS = 200_000_000


def _concrete(folder: Path, text: str = SCENARIO) -> Concrete:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "street.scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return scenarios.resolve(scenarios.load(path), 0, 0)


def _sample(stage: Stage, time_ns: int, threads: int = 1) -> Sample:
    rig = stage.trace.concrete.rig
    cameras = {name: render(stage, name, words, time_ns) for name, words in rig.cameras.items()}
    lidars = {name: scan(stage, name, words, time_ns) for name, words in rig.lidars.items()}
    instant = stage.instant(time_ns)
    ego = stage.trace.index("ego")
    return Sample(
        clip="labels_street-0000-0000",
        index=round(time_ns * 5e-9) - 1,
        time_ns=time_ns,
        world_from_ego=instant.world_from_actor(ego),
        ego_velocity_mps=instant.velocity_mps[ego],
        cameras=cameras,
        lidars=lidars,
        labels=label(stage, time_ns, cameras, lidars, threads=threads),
    )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(simulate(_concrete(tmp_path_factory.mktemp("street"))))


@pytest.fixture(scope="module")
def sample(stage: Stage) -> Sample:
    return _sample(stage, TIME_NS)


def _cuboid(labels: FrameLabels, name: str) -> Cuboid:
    return next(cuboid for cuboid in labels.cuboids if cuboid.name == name)


def _box(sample: Sample, camera: str, name: str) -> Box2D:
    number = _cuboid(sample.labels, name).instance_id
    return next(box for box in sample.labels.boxes[camera] if box.instance_id == number)


def test_rendered_frames_pass_every_proof(stage: Stage, sample: Sample) -> None:
    road = stage.trace.road
    later = _sample(stage, 2 * TIME_NS)
    found = check_samples([sample, later], ground=road.height)
    assert found == []
    assert len(sample.labels.boxes["cam_front"]) >= 3
    assert len(sample.labels.boxes["cam_left"]) >= 1  # through a lens with distortion


def test_everybody_but_the_ego_has_a_cuboid(sample: Sample) -> None:
    assert [cuboid.name for cuboid in sample.labels.cuboids] == ["lead", "oncoming", "parked", "walker"]
    lead = _cuboid(sample.labels, "lead")
    assert lead.attribute == "moving"
    assert np.linalg.norm(lead.velocity_mps) == pytest.approx(30 / 3.6, abs=0.3)
    assert lead.lidar_points["lidar_top"] > 30
    assert _cuboid(sample.labels, "parked").attribute == "parked"
    assert _cuboid(sample.labels, "walker").attribute == "walking"


def test_fog_dims_the_far_more_than_the_near(sample: Sample) -> None:
    lead, walker = _box(sample, "cam_front", "lead"), _box(sample, "cam_front", "walker")
    # Koschmieder: 150 m of optical range is an extinction of 3 / 150 m (5 % contrast, WMO).
    near_m = _cuboid(sample.labels, "lead").distance_m - 0.6 - 2.33
    assert lead.transmittance == pytest.approx(np.exp(-2.996 / 150.0 * near_m), rel=0.05)
    assert walker.transmittance < lead.transmittance


def test_labels_do_not_depend_on_threads(stage: Stage, sample: Sample) -> None:
    again = label(stage, TIME_NS, sample.cameras, sample.lidars, threads=2)
    assert again.boxes == sample.labels.boxes
    assert [c.visible_fraction for c in again.cuboids] == [c.visible_fraction for c in sample.labels.cuboids]


def test_the_silhouette_adds_nothing_to_what_the_camera_saw(stage: Stage, sample: Sample) -> None:
    """Amodal boxes come from rays alone: with an empty instance plane they are the same."""
    blind = {
        name: replace(frame, instance=np.zeros_like(frame.instance)) for name, frame in sample.cameras.items()
    }
    alone = label(stage, TIME_NS, blind, {})
    for camera, boxes in sample.labels.boxes.items():
        for seen, unseen in zip(boxes, alone.boxes[camera], strict=True):
            assert (unseen.amodal, unseen.amodal_full, unseen.unoccluded_px, unseen.truncation) == (
                seen.amodal,
                seen.amodal_full,
                seen.unoccluded_px,
                seen.truncation,
            )
            assert unseen.occlusion == 1.0
            assert unseen.visible is None


def test_without_the_lead_the_others_keep_their_amodal_labels(
    stage: Stage, sample: Sample, tmp_path: Path
) -> None:
    start, end = SCENARIO.index("  lead:"), SCENARIO.index("  oncoming:")
    other = Stage(simulate(_concrete(tmp_path, SCENARIO[:start] + SCENARIO[end:])))
    alone = _sample(other, TIME_NS)
    assert check_sample(alone) == []
    for name in ("oncoming", "parked", "walker"):
        mine, theirs = _box(alone, "cam_front", name), _box(sample, "cam_front", name)
        assert (mine.amodal, mine.unoccluded_px, mine.truncation) == (
            theirs.amodal,
            theirs.unoccluded_px,
            theirs.truncation,
        )
        assert mine.visible_px >= theirs.visible_px


def test_a_car_that_was_parked_and_drove_is_no_longer_parked(stage: Stage) -> None:
    trace = stage.trace
    column = trace.index("parked")
    instant = stage.instant(TIME_NS)
    assert attribute(trace, instant, column) == "parked"
    speeds = trace.speed_mps.copy()
    speeds[1, column] = 2.0
    assert attribute(replace(trace, speed_mps=speeds), instant, column) == "stopped"
    assert attribute(trace, instant, trace.index("lead")) == "moving"


def test_tags_speak_units_and_words(sample: Sample) -> None:
    tags = sample.labels.tags
    assert tags["fog"] == "thick"
    assert tags["fog_mor_m"] == pytest.approx(150.0)
    assert tags["light"] == "day"
    assert tags["rain"] == "none"
    assert str(tags["osi_precipitation"]) == "PRECIPITATION_NONE"


def test_bicycles_carry_somebody_unless_they_are_parked(tmp_path: Path) -> None:
    actors = """\
  parked_bicycle: {model: bicycle.parked, start: {parked: right, ahead_of: ego, gap: 20 m}}
  cyclist: {model: bicycle.city, start: {lane: right, ahead_of: ego, gap: 30 m, speed: 15 km/h}}
capture:"""
    trace = simulate(_concrete(tmp_path, SCENARIO.replace("capture:", actors)))
    instant = trace.at(TIME_NS)
    said = {n: attribute(trace, instant, trace.index(n)) for n in ("parked_bicycle", "cyclist")}
    assert said == {"parked_bicycle": "without_rider", "cyclist": "with_rider"}
