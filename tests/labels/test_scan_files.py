"""Scans of anybody's are read alike, whatever file they come in, and their numbers stand beside recorded ones."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from labelers.point_files import las_bytes, pcd_bytes
from labelers.scan_files import Scan, lzf, read_las, read_pcd, read_scan, scan_files, with_kitti_vehicles
from labelers.scan_statistics import (
    RECORDED,
    RECORDED_VEHICLES,
    VEHICLE_M,
    compared,
    exponent_of,
    ground_of,
    like,
    rings_by_order,
    statistics_of,
)
from labelers.writers import FORMATS
from scenarios.errors import StormlaneError
from sim.app.cli import app
from sim.app.lidar_stats import scans_of
from tests.labels import synthetic

SWEEP = synthetic.sample(1).lidars["lidar_top"]
XYZ = SWEEP.xyz_m.astype(np.float64)


def written(name: str, root: Path) -> Path:
    clip = synthetic.clip()
    writer = FORMATS[name].open(root, clip)
    for index in range(2):
        writer.add(synthetic.sample(index, clip_id=clip.clip_id))
    FORMATS[name].finalize(root, [(clip, writer.close())])
    return root


# ------------------------------------------------------------------------------------------------------------ reading
def test_kitti_and_nuscenes_files_are_turned_to_x_forward(tmp_path: Path) -> None:
    rows = np.column_stack([XYZ, np.full(len(XYZ), 0.25)]).astype("<f4")
    (tmp_path / "a.bin").write_bytes(rows.tobytes())
    scan = read_scan(tmp_path / "a.bin")
    assert scan.xyz_m == pytest.approx(XYZ) and scan.ring is None
    assert scan.intensity is not None and scan.intensity == pytest.approx(0.25)
    turned = np.column_stack([-XYZ[:, 1], XYZ[:, 0], XYZ[:, 2], np.full(len(XYZ), 64.0), SWEEP.ring]).astype(
        "<f4"
    )
    (tmp_path / "b.pcd.bin").write_bytes(turned.tobytes())
    scan = read_scan(tmp_path / "b.pcd.bin")
    assert scan.xyz_m == pytest.approx(XYZ)
    assert np.array_equal(scan.ring, SWEEP.ring)
    assert scan.intensity is not None and scan.intensity == pytest.approx(64 / 255)


def test_our_own_pcd_las_and_arrays_come_back_in_the_sensor_s_frame(tmp_path: Path) -> None:
    from labelers.clock import clip_start

    (tmp_path / "a.pcd").write_bytes(pcd_bytes(SWEEP))
    (tmp_path / "b.las").write_bytes(las_bytes(SWEEP, clip_start(synthetic.concrete())))
    np.save(tmp_path / "c.npy", np.column_stack([XYZ, SWEEP.intensity * 255, SWEEP.ring]).astype(np.float32))
    for path in scan_files(tmp_path):
        scan = read_scan(path)
        assert scan.xyz_m == pytest.approx(XYZ, abs=1e-6), path
        assert np.array_equal(scan.ring, SWEEP.ring), path
        assert scan.intensity is not None and scan.intensity == pytest.approx(SWEEP.intensity, abs=1e-4), path
    world = read_las((tmp_path / "b.las").read_bytes())
    there = XYZ @ SWEEP.world_from_lidar[:3, :3].T + SWEEP.world_from_lidar[:3, 3]
    assert np.stack([world[axis] for axis in "xyz"], axis=1) == pytest.approx(there, abs=6e-5)


def packed(data: bytes) -> bytes:
    """LZF that copies runs of one byte and keeps the rest: right, if not short."""
    out, at = bytearray(), 0
    while at < len(data):
        run = 1
        while at + run < len(data) and data[at + run] == data[at] and run < 200:
            run += 1
        if run >= 4:
            out += bytes((0, data[at]))
            rest = run - 1  # copied from one byte before
            length = rest - 2
            out += bytes((length << 5, 0)) if length < 7 else bytes((7 << 5, length - 7, 0))
        else:
            out += bytes((run - 1,)) + data[at : at + run]
        at += run
    return bytes(out)


def test_pcd_opens_in_all_three_encodings_with_padding_and_fields_of_several_numbers() -> None:
    record = np.dtype([("x", "<f4"), ("y", "<f4"), ("_", "u1", (4,)), ("z", "<f4"), ("intensity", "<f4")])
    table = np.zeros(50, record)
    for k, name in enumerate(("x", "y", "z", "intensity")):
        table[name] = np.arange(50) * (k + 1.0)
    head = (
        b"# .PCD v0.7\nVERSION 0.7\nFIELDS x y _ z intensity\nSIZE 4 4 1 4 4\nTYPE F F U F F\nCOUNT 1 1 4 1 1\n"
        b"WIDTH 50\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 50\nDATA "
    )
    text = "\n".join(
        " ".join(str(v) for v in (r["x"], r["y"], 0, 0, 0, 0, r["z"], r["intensity"])) for r in table
    ).encode()
    columns = b"".join(np.ascontiguousarray(table[name]).tobytes() for name in record.names)
    small = packed(columns)
    assert lzf(small, len(columns)) == columns
    files = {
        "ascii": head + b"ascii\n" + text + b"\n",
        "binary": head + b"binary\n" + table.tobytes(),
        "packed": head + b"binary_compressed\n" + struct.pack("<II", len(small), len(columns)) + small,
    }
    for name, data in files.items():
        fields = read_pcd(data)
        for column in ("x", "y", "z", "intensity"):
            assert np.array_equal(np.asarray(fields[column], float), table[column]), (name, column)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.bin", b"1234567", "no rows of 4"),
        ("a.pcd", b"VERSION 0.7\n", "not a scan of the kind"),
        ("a.las", b"LAZF" + bytes(400), "no LAS header"),
        ("a.npy", b"\x93NUMPY", "not a scan of the kind"),
        ("a.xyz", b"", "not a scan that is known here"),
    ],
)
def test_what_is_no_scan_is_refused_with_its_name(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(StormlaneError, match=says):
        read_scan(tmp_path / name)


def test_places_on_the_globe_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.column_stack([XYZ + np.array((4.4e6, 5.3e6, 500.0)), SWEEP.intensity]))
    with pytest.raises(StormlaneError, match="not about the sensor"):
        read_scan(tmp_path / "a.npy")


def test_vehicles_of_kitti_s_labels_have_the_points_that_our_cuboids_have(tmp_path: Path) -> None:
    root = written("kitti", tmp_path)
    bins = sorted((root / "training/velodyne").glob("*.bin"))
    scan = with_kitti_vehicles(read_scan(bins[0]), bins[0])
    assert scan.vehicles is not None
    instance = synthetic.sample(0).lidars["lidar_top"].instance
    ours = [int((instance == number).sum()) for number in (2, 9)]  # the car, the truck
    assert [points for _, points in scan.vehicles] == pytest.approx(ours, rel=0.06)
    assert [range_m for range_m, _ in scan.vehicles] == pytest.approx([12.3, 26.7], abs=0.1)


# ------------------------------------------------------------------------------------------------------------ numbers
def ring_by_ring(rings: int, steps: int) -> NDArray[np.float64]:
    azimuth = np.linspace(0.0, 2 * np.pi, steps, endpoint=False)
    low = np.radians(np.linspace(2.0, -24.8, rings))
    rows = [
        np.stack([np.cos(azimuth), np.sin(azimuth), np.full(steps, np.tan(e))], axis=1) * 9.0 for e in low
    ]
    return np.concatenate(rows)


@pytest.mark.parametrize("turn", [1.0, -1.0])
@pytest.mark.parametrize("begins", [0.0, 1.9, np.pi])
def test_rings_are_found_in_files_that_list_one_after_the_other(turn: float, begins: float) -> None:
    """Wherever a turn begins: ahead as KITTI's, behind as those of many sensors, or anywhere."""
    place = ring_by_ring(64, 1800) * (1.0, turn, 1.0)
    east, north = np.cos(begins), np.sin(begins)
    place = place @ np.array([[east, north, 0.0], [-north, east, 0.0], [0.0, 0.0, 1.0]])
    noise = np.random.default_rng(1).normal(0.0, 0.002, place.shape)
    rings = rings_by_order(place + noise)
    assert rings is not None and rings.max() == 63
    assert np.bincount(rings).min() > 1780
    assert rings_by_order(np.random.default_rng(1).normal(0.0, 9.0, (5000, 3))) is None


def test_the_ground_is_what_lies_at_the_height_of_most() -> None:
    rng = np.random.default_rng(2)
    road = np.column_stack([rng.uniform(4, 30, 4000), rng.uniform(-2, 2, 4000), rng.normal(-1.7, 0.01, 4000)])
    car = np.column_stack([rng.uniform(8, 10, 900), rng.uniform(-1, 1, 900), rng.uniform(-1.3, -0.3, 900)])
    verge = road + np.array((0.0, 6.0, 0.05))
    low = ground_of(np.concatenate([road, car, verge]))
    assert low[:4000].all() and not low[4000:].any()


def test_the_exponent_is_that_of_the_recorded_means() -> None:
    vehicles = [
        (0.5 * (low + high), round(mean))
        for low, high, mean in zip(VEHICLE_M, VEHICLE_M[1:], RECORDED_VEHICLES.values(), strict=False)
        for _ in range(5)
    ]
    assert exponent_of(vehicles) == pytest.approx(-2.6, abs=0.05)
    assert exponent_of([(30.0, 100)]) is None


def test_strangers_are_told_by_their_rings_and_judged_by_nothing() -> None:
    kitti = statistics_of([Scan("a", ring_by_ring(64, 1800), np.full(64 * 1800, 0.3))])
    assert like(kitti) == "HDL-64E"
    lines = {line.name: line for line in compared(kitti, "HDL-64E")}
    assert lines["rings"].inside and lines["points of a scan, most"].inside
    assert lines["range, 95 % within (m)"].inside is False  # everything stands nine metres off
    assert lines["points of a vehicle, exponent of range"].inside is None
    strange = statistics_of([Scan("a", ring_by_ring(40, 1800))])
    assert like(strange) == ""
    assert {line.inside for line in compared(strange, "")} == {None}
    assert set(RECORDED) == {"HDL-64E", "HDL-32E"}


# -------------------------------------------------------------------------------------------------------- the command
@pytest.mark.parametrize("name", ["native", "kitti", "pcd", "las", "nuscenes"])
def test_the_same_sweeps_have_the_same_numbers_in_every_format(name: str, tmp_path: Path) -> None:
    root = written(name, tmp_path / "data")
    place = (
        root / "training/velodyne" if name == "kitti" else root / "samples" if name == "nuscenes" else root
    )
    if name == "nuscenes":
        place = root / "samples/LIDAR_TOP"
    done = CliRunner().invoke(app, ["lidar", "stats", str(place), "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out.json").read_text())["statistics"]
    counts = [len(synthetic.sample(k).lidars["lidar_top"].xyz_m) for k in range(2)]
    assert told["scans"] == 2
    assert told["points"] == [min(counts), max(counts)]
    assert told["range_most_m"] == pytest.approx(
        max(float(synthetic.sample(k).lidars["lidar_top"].range_m.max()) for k in range(2)), abs=1e-2
    )
    assert told["intensity_mean"] == pytest.approx(0.25, abs=0.01)
    assert (told["vehicles"] > 0) == (name in ("native", "kitti"))


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    run = CliRunner()
    nothing = run.invoke(app, ["lidar", "stats", str(tmp_path)])
    assert nothing.exit_code == 2 and "holds no scan" in nothing.output
    written("native", tmp_path / "data")
    with pytest.raises(StormlaneError, match='there is no lidar "roof"'):
        scans_of(tmp_path / "data", 5, "roof")
    stranger = run.invoke(app, ["lidar", "stats", str(tmp_path / "data"), "--like", "HDL64"])
    assert stranger.exit_code == 2 and "HDL-64E" in stranger.output


def test_one_tiny_or_broken_scan_does_not_hide_the_sensor(tmp_path: Path) -> None:
    """It is left out with a warning that names it; without it the rings are found as ever."""
    rows = np.column_stack([ring_by_ring(64, 1800), np.full(64 * 1800, 0.3)]).astype("<f4")
    for k in range(3):
        (tmp_path / f"{k:06d}.bin").write_bytes(rows.tobytes())
    (tmp_path / "000003.bin").write_bytes(rows[:3].tobytes())
    (tmp_path / "000004.bin").write_bytes(rows.tobytes()[:1001])
    done = CliRunner().invoke(app, ["lidar", "stats", str(tmp_path), "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    assert f"warning: left out {tmp_path / '000003.bin'}: 3 points" in done.output
    assert f"warning: left out {tmp_path / '000004.bin'}: not a scan of the kind" in done.output
    assert "warning: 2 of 5 scans left out" in done.output
    about = json.loads((tmp_path / "out.json").read_text())
    assert about["recorded"] == "HDL-64E" and about["statistics"]["rings"] == 64
    assert about["statistics"]["scans"] == 3 and len(about["left_out"]) == 2
    alone = CliRunner().invoke(app, ["lidar", "stats", str(tmp_path / "000004.bin")])
    assert alone.exit_code == 2 and "not a scan of the kind" in alone.output
