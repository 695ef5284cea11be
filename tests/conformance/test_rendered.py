"""The commands render and convert a small street; other people's readers judge what it wrote, in every format.

One clip by day in rain, one by night: two slices, of which the devkit evaluates each.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labelers.native_reader import read_samples
from labelers.verify import check_samples
from labelers.writers.nuscenes import NuScenes
from sim.app.cli import app
from tests.conformance.environments import ask
from tests.conformance.expected import check_kitti_drop, coco_drop

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

RIG = """\
rig: small
cameras:
  cam_front: {width: 640, height: 352, fov: 75 deg, mount: {x: 0.6 m, z: 1.4 m}}
  cam_left: {width: 320, height: 176, fov: 75 deg, mount: {x: 0.4 m, y: 0.4 m, z: 1.4 m, yaw: 60 deg}}
lidars: {lidar_top: {model: VLP-16, mount: {z: 1.9 m}}}
"""
SCENARIO = """\
scenario: conformance_NAME
world:
  clock: {sun: {elevation: SUN, azimuth: 200 deg}}
  weather: [{rain: RAIN, clouds: 6 okta, air: 8 degC}]
  road: {preset: urban_street, length: 200 m, surroundings: bare}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 30 m, speed: 20 km/h}
    do: [{drive: {speed: 20 km/h, driver: steady}}]
  lead:
    model: car.suv
    start: {lane: right, ahead_of: ego, gap: 12 m, speed: 20 km/h}
    do: [{drive: {speed: 20 km/h, driver: steady}}]
  oncoming:
    model: truck.box
    start: {lane: oncoming, ahead_of: ego, gap: 24 m, speed: 20 km/h}
    do: [{drive: {speed: 20 km/h, driver: steady}}]
  cyclist:
    model: bicycle.city
    start: {lane: right, ahead_of: ego, gap: 6 m, lateral: -1.2 m, speed: 18 km/h}
    do: [{drive: {speed: 18 km/h, driver: steady}}]
  parked:
    model: van.delivery
    start: {parked: right, ahead_of: ego, gap: 20 m}
  walker:
    model: pedestrian.adult
    start: {ahead_of: ego, gap: 9 m, offset: opposite_sidewalk, facing: along}
    do: [{walk: {to: along, speed: 5 km/h}}]
  child:
    model: pedestrian.child
    start: {ahead_of: ego, gap: 8 m, offset: sidewalk, facing: across}
    do: [{walk: {to: along, speed: 5 km/h}}]
capture: {duration: 1.5 s, rate: 4 Hz}
"""


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    paths = []
    for name, sun, rain in (("day", "35 deg", "20 mm/h"), ("night", "-20 deg", "0 mm/h")):
        path = folder / f"{name}.scenario.yaml"
        text = SCENARIO.replace("NAME", name).replace("SUN", sun).replace("RAIN", rain)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


@pytest.fixture(scope="module")
def rendered(scenarios: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset that all formats are converted from; tests/app/test_convert.py holds them to rendering at once."""
    root = tmp_path_factory.mktemp("rendered") / "native"
    command = [
        Path(sys.executable).with_name("stormlane"),
        "render",
        *scenarios,
        "--out",
        root,
        "--workers",
        "1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return root


def converted(source: Path, root: Path, name: str) -> Path:
    words = ["convert", str(source), "--out", str(root), "--format", name, "--workers", "1"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    record = json.loads((root / "stormlane.json").read_text()) if name == "kitti" else {"clips": {}}
    left_out = sum(sum(clip["dropped"].values()) for clip in record["clips"].values())
    assert not left_out or f"labels left out by {name}: {left_out} (" in done.stderr
    return root


def test_native_datasets_pass_every_proof(rendered: Path) -> None:
    samples = list(read_samples(rendered))
    assert len(samples) == 12
    assert check_samples(samples) == []


def test_the_devkit_evaluates_rendered_clips_and_their_slices(rendered: Path, tmp_path: Path) -> None:
    root = converted(rendered, tmp_path / "data", "nuscenes")
    splits = ("all", "rain_heavy", "light_night")
    answer = ask("nuscenes", root, NuScenes().version, ",".join(splits), tmp_path / "scratch")
    assert answer["samples"] == 6  # 4 Hz: every second sample is a keyframe
    assert answer["recount"]["compared"] > 20
    assert answer["recount"]["different"] == 0
    assert answer["points_on_boxes"] > 0.99
    assert answer["on_map"] == 1.0
    assert min(answer["forward_speeds"]) == pytest.approx(20 / 3.6, abs=0.3)
    for split in splits:
        oracle, shifted = (answer["splits"][split][name] for name in ("oracle", "shifted"))
        assert set(oracle["present"]) >= {"bicycle", "car", "pedestrian", "truck"}
        for name in oracle["present"]:
            assert oracle["mean_dist_aps"][name] == pytest.approx(1.0, abs=1e-9), name
            wanted = {"0.5": 0.0, "1.0": 1.0, "2.0": 1.0, "4.0": 1.0}
            assert shifted["label_aps"][name] == pytest.approx(wanted), name


def test_kitti_s_protocol_finds_rendered_truth_perfect(rendered: Path, tmp_path: Path) -> None:
    answer = ask("kitti", converted(rendered, tmp_path / "data", "kitti"))
    assert answer["frames"] == 12
    assert {"Car", "Cyclist", "Pedestrian"} <= set(answer["present"])
    assert answer["sizes_agree"]
    assert answer["worst_box_gap_px"] <= 1.5  # actors that pitch and roll, whose KITTI cuboid only yaws
    assert answer["worst_alpha_rad"] < 2e-4
    for name, scores in answer["oracle"].items():
        assert scores == {"image": 100.0, "ground": 100.0, "space": 100.0}, name
    check_kitti_drop(answer)


def test_coco_s_tools_find_rendered_masks_exact(rendered: Path, tmp_path: Path) -> None:
    answer = ask("coco", converted(rendered, tmp_path / "data", "coco"))
    assert answer["images"] == 24
    assert {"bicycle", "car", "person", "truck"} <= set(answer["present"])
    assert answer["masks"]["wrong"] == 0
    assert answer["bbox"] == pytest.approx(1.0)
    assert answer["segm"] == pytest.approx(1.0)
    assert answer["shifted"] == pytest.approx(coco_drop(answer["shift_share"]), abs=0.02)
    assert answer["panoptic_faults"] == []
    assert answer["panoptic_quality"] == 1.0
    assert answer["people"] > 4
    assert answer["keypoint_faults"] == []
    assert answer["keypoints"] == pytest.approx(1.0)
    assert answer["keypoints_moved"] == pytest.approx(0.5)  # five of ten thresholds lie below the similarity
