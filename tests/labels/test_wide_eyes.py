"""Proofs of lidar points in wide pictures: a car beside the door hides what a roof sees over it, and hides no fault."""

from dataclasses import replace

import numpy as np
import pytest

from labelers.proofs.points import points_in_depth
from labelers.records import Sample
from labelers.verify import check_samples
from renderers.optics import pixel_rays
from renderers.stage import Stage
from scenarios import load, resolve
from sim.app.clip import render_sample
from sim.simulate import simulate
from sim.trace import pose_matrix

RIG = """\
rig: door
cameras:
  fish_right:
    {width: 240, height: 180, fov: 190 deg, fisheye: [-0.0120, 0.0040, -0.0030, 0.0005], field: 200 deg,
     mount: {x: 0.75 m, y: -1.05 m, z: 1 m, yaw: -90 deg, pitch: 40 deg}}
lidars: {lidar_top: {model: VLP-16, mount: {z: 1.85 m}}}
"""
SCENARIO = """\
scenario: door
world:
  clock: {sun: {elevation: 40 deg, azimuth: 150 deg}}
  weather: [{clouds: 2 okta}]
  road: {preset: urban_street, length: 80 m, parking: right}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 40 m, speed: 10 km/h}
    do: [{drive: {speed: 10 km/h}}]
  van: {model: van.delivery, start: {parked: right, s: 42 m}}
capture: {duration: 0.1 s, rate: 10 Hz, quality: draft}
"""


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("door")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "door.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    concrete = resolve(load(path), seed=0, sample=0)
    return render_sample(Stage(simulate(concrete)), concrete.clip_id, 0, 100_000_000)


def test_what_a_parked_van_hides_is_no_fault(beside: Sample) -> None:
    frame, sweep = beside.cameras["fish_right"], beside.lidars["lidar_top"]
    assert np.mean(frame.instance > 0) > 0.15
    assert np.count_nonzero(sweep.instance == 0) > 5000
    assert check_samples([beside]) == []


@pytest.mark.parametrize("turn", [(0.05, 0.0, 0.0), (0.0, 0.05, 0.0), (0.0, 0.0, np.pi)])
def test_a_fisheye_that_looks_elsewhere_than_it_says_is_found(
    beside: Sample, turn: tuple[float, float, float]
) -> None:
    frame = beside.cameras["fish_right"]
    moved = replace(
        frame, world_from_camera=frame.world_from_camera @ pose_matrix(np.zeros(3), np.array(turn))
    )
    spoilt = replace(beside, cameras={"fish_right": moved})
    assert [v.rule for v in points_in_depth(spoilt, "lidar_top", "fish_right")] != []


def test_a_fisheye_s_depth_along_the_axis_is_found(beside: Sample) -> None:
    frame = beside.cameras["fish_right"]
    v, u = np.mgrid[: frame.model.height_px, : frame.model.width_px]
    off_axis = np.nan_to_num(pixel_rays(frame.model, np.stack([u, v], axis=-1))[..., 2])
    moved = replace(frame, depth_m=(frame.depth_m * np.maximum(off_axis, 0.01)).astype(np.float32))
    spoilt = replace(beside, cameras={"fish_right": moved})
    assert {v.rule for v in points_in_depth(spoilt, "lidar_top", "fish_right")} == {"points in depth"}
