"""Scanners that do not turn, or have many rings, go the whole way: rendered with faults, proved, converted, drawn."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pyarrow import feather
from typer.testing import CliRunner

from renderers.frames import Cause
from renderers.lidar_models import lidar_model
from sim.app.batch import render_batch
from sim.app.cli import app
from sim.app.convert import convert

MODELS = {"at": "AT128", "avia": "Avia", "flash": "Flash", "mid": "Mid-40", "os": "OS1-128"}
RIG = """\
rig: odd
cameras: {cam_front: {width: 96, height: 64, fov: 80 deg, mount: {x: 0.6 m, z: 1.4 m}}}
lidars:
  at: {model: AT128, returns: dual, mount: {x: 0.5 m, z: 1.9 m}}
  avia: {model: Avia, mount: {x: 2.4 m, z: 0.7 m}}
  flash: {model: Flash, mount: {x: 2.4 m, z: 0.7 m}}
  mid: {model: Mid-40, mount: {x: 0.5 m, z: 1.9 m}}
  os: {model: OS1-128, columns: 512, mount: {z: 1.9 m}}
"""
SCENARIO = """\
scenario: odd
world:
  clock: {sun: {elevation: 20 deg, azimuth: 200 deg}}
  weather: [{rain: 10 mm/h, clouds: 6 okta, air: 8 degC}]
  road: {preset: urban_street, length: 120 m, surroundings: bare}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 20 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
  lead:
    model: car.suv
    start: {lane: right, ahead_of: ego, gap: 15 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
faults:
  at: [{blocked: {side: left, share: 0.2}}, {dead_beams: {rings: [5]}}]
  avia: [{miscalibrated: {yaw: 2 deg, z: 0.05 m}}]
  flash: [{blocked: {side: right, share: 0.25}}]
  mid: [{blocked: {side: centre, share: 0.1}}]
  os: [{dead_beams: {share: 0.125}}, {blocked: {side: left, share: 0.1}}]
capture: {duration: 0.1 s, rate: 10 Hz}
"""
Points = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "odd.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def native(scenario: Path) -> Path:
    root = scenario.parent / "native"
    assert render_batch([scenario], root, samples=1, seed=5, workers=1, format_name="native", quiet=True)
    return root


def points(native: Path, name: str) -> Points:
    table = pq.read_table(next(native.glob(f"clips/*/points/{name}/000000.parquet")))
    return {column: table[column].to_numpy() for column in table.column_names}


def test_the_labels_are_proved(native: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(native)])
    assert done.exit_code == 0, done.output
    assert "wrong" not in done.output


@pytest.mark.parametrize("name", MODELS)
def test_losses_add_up_and_covers_hide_their_share_of_what_is_seen(native: Path, name: str) -> None:
    model, seen = lidar_model(MODELS[name]), points(native, name)
    rows = pq.read_table(next(native.glob("clips/*/frames.parquet"))).to_pylist()
    row = next(row for row in rows if row["sensor"] == name)
    lost = dict(row["lost"])
    assert np.count_nonzero(seen["return_index"] == 0) + sum(lost.values()) == row["fired"]
    assert seen["ring"].max() < len(model.ring)
    assert name != "at" or not (seen["ring"] == 5).any()
    share = {"at": 0.2, "flash": 0.25, "os": 0.1 * 7 / 8}.get(name)
    if share is not None:
        assert lost["blocked"] == pytest.approx(
            share * row["fired"], rel=0.08
        )  # the banks of an AT128 stand askew
    azimuth = np.degrees(np.arctan2(seen["raw_y"], seen["raw_x"]))
    if name == "at":
        assert azimuth.max() < 62.4 - 0.2 * 124.8 + 0.1 < azimuth.max() + 1.0
    if name == "mid":
        assert np.abs(azimuth).min() == pytest.approx(0.1 * 19.2, abs=0.2)
    # Rings beside one another lie above one another, whatever the pattern.
    up = np.arctan2(seen["raw_z"], np.hypot(seen["raw_x"], seen["raw_y"]))
    if model.prisms is None:
        for ring in np.unique(seen["ring"]):
            wanted = np.sort(model.elevation_rad)[ring]
            assert np.abs(up[seen["ring"] == ring] - wanted).max() < 0.01


@pytest.mark.parametrize("form", ["nuscenes", "kitti", "semantickitti", "argoverse2", "webdataset"])
def test_each_format_has_the_points(native: Path, tmp_path: Path, form: str) -> None:
    assert convert(native, tmp_path / form, form, workers=1, quiet=True)
    root, seen = tmp_path / form, points(native, "at")
    if form == "nuscenes":
        tables = {p.stem: json.loads(p.read_text()) for p in root.glob("v1.0-*/*.json")}
        clouds = [row["filename"] for row in tables["sample_data"] if row["filename"].endswith(".pcd.bin")]
        assert len(clouds) == len(MODELS)
        sizes = {len(np.fromfile(root / cloud, "<f4").reshape(-1, 5)) for cloud in clouds}
        assert sizes == {len(points(native, name)["x"]) for name in MODELS}
    elif form == "argoverse2":
        table = feather.read_table(next(root.rglob("sensors/lidar/*.feather")))
        assert np.array_equal(table["laser_number"].to_numpy(), seen["ring"])
        assert np.array_equal(table["offset_ns"].to_numpy(), seen["offset_ns"])
    elif form == "webdataset":
        assert next(root.rglob("*.tar")).stat().st_size > len(seen["x"]) * 16
    else:
        cloud = np.fromfile(next(root.rglob("velodyne/*.bin")), "<f4").reshape(-1, 4)
        assert np.array_equal(cloud[:, :3], np.stack([seen[axis] for axis in "xyz"], axis=1))
        if form == "semantickitti":
            labels = np.fromfile(next(root.rglob("labels/*.label")), "<u4")
            assert len(labels) == len(cloud)
            unreal = np.isin(seen["cause"], [Cause.RAIN, Cause.MIXED, Cause.GHOST])
            assert (labels[unreal] >> 16 == 0).all()


def test_a_look_at_the_rig_s_own_lidars_shows_each_with_its_faults(scenario: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["lidar", "show", str(scenario), "-o", str(tmp_path / "a.png")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.glob("*.png")} == {f"a_{name}.png" for name in MODELS}
    assert "blocked" in done.output and "dead" in done.output
