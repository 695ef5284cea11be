"""Formats: same samples, same bytes; what is written is read back; what is left out is counted."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labelers.geometry import inverse_rigid
from labelers.kitti_terms import label_line
from labelers.native_reader import NativeDataset, read_image, read_plane, read_samples
from labelers.nuscenes_terms import CATEGORIES, channel_names
from labelers.records import FrameLabels, Sample
from labelers.scan_files import read_scan
from labelers.scan_statistics import statistics_of
from labelers.writers import FORMATS
from labelers.writers.base import WITH_FISHEYES, Clip
from labelers.writers.files import halves, json_bytes, npz_bytes, table_bytes, write_bytes
from labelers.writers.nuscenes import NuScenes, driveable_mask
from renderers.frames import Extras
from renderers.radar_scan import COLUMNS
from scenarios.errors import StormlaneError
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS
from sim.readings import GNSS_SERIES, IMU_SERIES
from sim.roads import network_for
from tests.labels import synthetic


def write(name: str, root: Path, order: tuple[int, ...] = (0, 1), **words: float) -> list[dict[str, object]]:
    """Two clips, written in the given order."""
    form = FORMATS[name]
    done: dict[int, tuple[Clip, dict[str, object]]] = {}
    for number in order:
        clip = synthetic.clip(sample=number, **words)
        writer = form.open(root, clip)
        for index in range(clip.sample_count):
            writer.add(synthetic.sample(index, clip_id=clip.clip_id, rate_hz=clip.rate_hz))
        # A fragment travels through a JSON file between worker and finalize.
        done[number] = (clip, json.loads(json.dumps(writer.close())))
    form.finalize(root, [done[number] for number in sorted(done)])
    return [done[number][1] for number in sorted(done)]


def tree(root: Path) -> dict[str, str]:
    """Digest of every file below a folder."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_bytes_do_not_depend_on_the_order_of_the_work_or_on_repetition(name: str, tmp_path: Path) -> None:
    write(name, tmp_path / "one")
    write(name, tmp_path / "two", order=(1, 0))
    write(name, tmp_path / "two", order=(0,))  # finalize sees one clip ...
    write(name, tmp_path / "two")  # ... and then both again, over what is there
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_paths_that_a_writer_reports_are_there_and_lie_below_the_root(name: str, tmp_path: Path) -> None:
    form, clip = FORMATS[name], synthetic.clip()
    writer = form.open(tmp_path, clip)
    reported = [
        path for index in range(4) for path in writer.add(synthetic.sample(index, clip_id=clip.clip_id))
    ]
    fragment = writer.close()
    reported += [Path(path) for path in fragment["files"]]
    assert {path.as_posix() for path in reported} == set(tree(tmp_path))
    reported = form.finalize(tmp_path, [(clip, fragment)])
    assert all((tmp_path / path).is_file() for path in reported)
    assert str(tmp_path) not in json.dumps(fragment)


def test_native_gives_back_every_record(tmp_path: Path) -> None:
    write("native", tmp_path)
    samples = list(read_samples(tmp_path))
    assert len(samples) == 8
    for read in samples:
        meant = synthetic.sample(read.index, clip_id=read.clip)
        assert read.time_ns == meant.time_ns
        assert np.array_equal(read.world_from_ego, meant.world_from_ego)
        ours, theirs = read.cameras["cam_front"], meant.cameras["cam_front"]
        for plane in ("instance", "semantic", "depth_m", "transmittance", "world_from_camera"):
            assert np.array_equal(getattr(ours, plane), getattr(theirs, plane)), plane
        assert np.abs(ours.image.astype(int) - theirs.image).mean() < 6.0  # JPEG
        assert ours.ego_from_camera == pytest.approx(theirs.ego_from_camera)
        for column in (
            "xyz_m",
            "raw_xyz_m",
            "intensity",
            "ring",
            "offset_ns",
            "instance",
            "cause",
            "range_m",
        ):
            mine, other = (
                getattr(read.lidars["lidar_top"], column),
                getattr(meant.lidars["lidar_top"], column),
            )
            assert np.array_equal(mine, other), column
            assert mine.dtype == other.dtype, column
        assert read.lidars["lidar_top"].lost == meant.lidars["lidar_top"].lost
        for mine, other, names in (
            (read.imus["imu"], meant.imus["imu"], IMU_SERIES),
            (read.gnss["gps"], meant.gnss["gps"], GNSS_SERIES),
        ):
            assert len(mine.time_ns) in (5, 50)
            for column in names:
                one, two = getattr(mine, column), getattr(other, column)
                assert np.array_equal(one, two, equal_nan=one.dtype.kind == "f"), column
                assert one.dtype == two.dtype, column
        radar, heard = read.radars["radar_front"], meant.radars["radar_front"]
        for column in (*COLUMNS, "world_from_radar", "ego_from_radar", "radar_velocity_mps"):
            mine, other = getattr(radar, column), getattr(heard, column)
            assert np.array_equal(mine, other, equal_nan=mine.dtype.kind == "f"), column
            assert mine.dtype == other.dtype, column
        assert read.labels.boxes == meant.labels.boxes
        assert read.labels.tags == meant.labels.tags
        assert len(read.labels.lines) == 2
        for mine, other in zip(read.labels.lines, meant.labels.lines, strict=True):
            assert (mine.line_id, mine.kind, mine.color) == (other.line_id, other.kind, other.color)
            assert np.array_equal(mine.points_m, other.points_m)
        drawn = zip(read.labels.image_lines["cam_front"], meant.labels.image_lines["cam_front"], strict=True)
        for mine, other in drawn:
            assert (mine.line_id, mine.first, mine.side) == (other.line_id, other.first, other.side)
            assert np.array_equal(mine.uv_px, other.uv_px)
            assert np.array_equal(mine.visible, other.visible)
        assert np.array_equal(read.labels.drivable["cam_front"], meant.labels.drivable["cam_front"])
        assert len(read.labels.skeletons) == 2
        for mine, other in zip(read.labels.skeletons, meant.labels.skeletons, strict=True):
            assert (mine.instance_id, mine.kind) == (other.instance_id, other.kind)
            assert np.array_equal(mine.xyz_m, other.xyz_m)
        seen = meant.labels.image_skeletons["cam_front"]
        for mine, other in zip(read.labels.image_skeletons["cam_front"], seen, strict=True):
            assert (mine.instance_id, mine.kind) == (other.instance_id, other.kind)
            assert np.array_equal(mine.uv_px, other.uv_px)
            assert np.array_equal(mine.visibility, other.visibility)
            assert mine.visibility.dtype == np.uint8
        for cuboid, other in zip(read.labels.cuboids, meant.labels.cuboids, strict=True):
            assert np.array_equal(cuboid.centre_m, other.centre_m)
            assert np.array_equal(cuboid.origin_m, other.origin_m)
            plain = {"centre_m": 0, "rotation_rad": 0, "origin_m": 0, "velocity_mps": 0}
            assert replace(cuboid, **plain) == replace(other, **plain)


def test_yolo_has_the_key_points_of_coco_in_shares_of_the_image(tmp_path: Path) -> None:
    write("coco", tmp_path / "coco")
    write("yolo", tmp_path / "yolo")
    people = json.loads((tmp_path / "coco/annotations/person_keypoints.json").read_text())
    names = people["categories"][0]["keypoints"]
    assert names[:3] == ["nose", "left_eye", "right_eye"]
    size = np.array((synthetic.WIDTH, synthetic.HEIGHT))
    by_file: dict[str, list[list[float]]] = {}
    for image in people["images"]:
        by_file[image["file_name"].replace("/", "_").replace(".jpg", "")] = [
            a["keypoints"] for a in people["annotations"] if a["image_id"] == image["id"]
        ]
    count = 0
    for stem, meant in by_file.items():
        rows = (tmp_path / f"yolo/pose/labels/{stem}.txt").read_text().splitlines()
        assert len(rows) == len(meant)
        for row, flat in zip(rows, meant, strict=True):
            values = np.array(row.split(), float)
            assert values[0] == 0
            points, coco = values[5:].reshape(17, 3), np.array(flat).reshape(17, 3)
            assert np.array_equal(points[:, 2], coco[:, 2])
            kept = coco[:, 2] > 0
            assert points[kept, :2] * size - 0.5 == pytest.approx(coco[kept, :2], abs=1e-3)
            assert not points[~kept].any()
            count += 1
    assert count == 10
    about = (tmp_path / "yolo/pose/data.yaml").read_text()
    assert "kpt_shape: [17, 3]" in about
    flipped = json.loads(about.split("flip_idx: ")[1])
    sides = {"left": "right", "right": "left"}
    for name, other in zip(names, flipped, strict=True):
        assert names[other] == "_".join(sides.get(part, part) for part in name.split("_"))


def test_native_writes_what_the_scenario_asks_for(tmp_path: Path) -> None:
    clip = synthetic.clip()
    capture = clip.concrete.scenario.capture.model_copy(update={"outputs": ["camera", "boxes2d"]})
    scenario = clip.concrete.scenario.model_copy(update={"capture": capture})
    clip = replace(clip, concrete=replace(clip.concrete, scenario=scenario))
    writer = FORMATS["native"].open(tmp_path, clip)
    writer.add(synthetic.sample(0, clip_id=clip.clip_id))
    fragment = writer.close()
    FORMATS["native"].finalize(tmp_path, [(clip, fragment)])
    kinds = {path.split("/")[2] for path in tree(tmp_path) if path.count("/") > 3}
    assert kinds == {"image", "transmittance"}
    assert fragment["cuboids"] == 0
    assert fragment["boxes2d"] == len(synthetic.THINGS)


def test_an_unknown_clip_names_the_known_ones_and_a_stranger_is_refused(tmp_path: Path) -> None:
    write("native", tmp_path)
    with pytest.raises(KeyError, match="toy-0000-0000, toy-0000-0001"):
        NativeDataset.open(tmp_path).clip("toy-9")
    (tmp_path / "manifest.json").write_text('{"format": "other"}')
    with pytest.raises(ValueError, match="expected a native dataset of schema 3, found 'other'"):
        NativeDataset.open(tmp_path)


def test_planes_open_with_numpy_and_zstd_alone(tmp_path: Path) -> None:
    write("native", tmp_path)
    plane = read_plane(tmp_path / "clips/toy-0000-0000/instance/cam_front/000001.npy.zst")
    assert np.array_equal(plane, synthetic.sample(1).cameras["cam_front"].instance)
    assert read_image(tmp_path / "clips/toy-0000-0000/image/cam_front/000001.jpg").shape == (180, 320, 3)


def test_nuscenes_keyframes_come_at_two_hertz_and_the_rest_are_sweeps(tmp_path: Path) -> None:
    write("nuscenes", tmp_path, rate_hz=10.0, duration_s=1.0)
    folder = tmp_path / NuScenes().version
    rows = json.loads((folder / "sample_data.json").read_text())
    assert len(json.loads((folder / "sample.json").read_text())) == 2 * 2
    assert sum(row["is_key_frame"] for row in rows) == 2 * 2 * 3
    assert sum(row["filename"].startswith("sweeps/") for row in rows) == 2 * 3 * 8
    samples = {row["token"]: row["timestamp"] for row in json.loads((folder / "sample.json").read_text())}
    for row in rows:
        gaps = [abs(row["timestamp"] - stamp) for stamp in samples.values()]
        assert (
            abs(row["timestamp"] - samples[row["sample_token"]]) <= min(gaps) + 2
        )  # twins part by a microsecond
    assert len(json.loads((folder / "ego_pose.json").read_text())) == len(rows)


def test_nuscenes_rows_are_chained_and_every_token_leads_somewhere(tmp_path: Path) -> None:
    write("nuscenes", tmp_path)
    folder = tmp_path / NuScenes().version
    tables = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert {"category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose", "log",
            "scene", "sample", "sample_data", "sample_annotation", "map"} <= set(tables)  # fmt: skip
    tokens = {
        table: {row["token"] for row in rows} for table, rows in tables.items() if isinstance(rows, list)
    }
    for table, rows in tables.items():
        if not isinstance(rows, list):
            continue
        assert len(tokens[table]) == len(rows), table
        for row in rows:
            for column, value in row.items():
                target = column.removesuffix("_token").removesuffix("_tokens")
                if column.endswith("_token") and target in tokens and value:
                    assert value in tokens[target], (table, column)
            if row.get("next"):
                assert next(r for r in rows if r["token"] == row["next"])["prev"] == row["token"]
    assert all(min(pose["translation"][:2]) > 0 for pose in tables["ego_pose"])
    assert json.loads((folder / "splits.json").read_text())["rain_moderate"] == [
        "toy-0000-0000",
        "toy-0000-0001",
    ]


def test_every_name_of_the_taxonomy_is_a_lidarseg_category() -> None:
    assert {entry.nuscenes for entry in SEMANTICS} <= set(CATEGORIES)
    assert {entry.nuscenes for entry in ACTOR_CLASSES.values()} <= set(CATEGORIES)
    assert len(CATEGORIES) == 32


def test_channels_are_the_devkits() -> None:
    assert channel_names(["cam_front", "rear"], ["lidar_top"]) == {
        "cam_front": "CAM_FRONT",
        "rear": "CAM_REAR",
        "lidar_top": "LIDAR_TOP",
    }
    assert channel_names([], ["roof", "bumper"]) == {"roof": "LIDAR_ROOF", "bumper": "LIDAR_TOP"}
    with pytest.raises(ValueError, match="share a channel"):
        channel_names(["cam_rear", "rear"], [])


def test_without_a_road_the_map_is_blank_and_positions_become_positive() -> None:
    shift, mask = driveable_mask([(-310.0, 40.0), (20.0, 55.0)], None)
    assert shift.tolist() == [430.0, 80.0, 0.0]
    assert mask.max() == 0


def test_the_map_shows_the_road_where_the_road_is() -> None:
    road = network_for(synthetic.concrete().scenario.world.road, None, 0)
    strip = next(strip for strip in road.strips() if strip.kind == "driving")
    middle = 0.5 * (strip.inner_m + strip.outer_m)[:, :2]
    shift, mask = driveable_mask([(float(x), float(y)) for x, y in middle], road)
    columns, rows = ((middle + shift[:2]) * 10).T
    on_road = mask[(mask.shape[0] - rows).round().astype(int), columns.round().astype(int)]
    assert np.all(on_road[1:-1] == 255)
    assert mask[0, 0] == 0
    assert 0.005 < np.mean(mask == 255) < 0.5


def _changed(sample: Sample, instance_id: int, **changes: object) -> Sample:
    """The sample with one box2d changed."""
    boxes = tuple(
        replace(box, **changes) if box.instance_id == instance_id else box
        for box in sample.labels.boxes["cam_front"]
    )
    labels = FrameLabels(sample.labels.cuboids, {"cam_front": boxes}, sample.labels.tags)
    return replace(sample, labels=labels)


@pytest.mark.parametrize(
    ("changes", "column", "word"),
    [
        ({"occlusion": 0.05}, 2, "0"),
        ({"occlusion": 0.10}, 2, "1"),
        ({"occlusion": 0.50}, 2, "2"),
        ({"occlusion": 0.90}, 0, "DontCare"),
        ({"truncation": 0.90}, 0, "DontCare"),
        ({"truncation": 0.37}, 1, "0.37"),
        ({"visible_px": 9}, 0, "DontCare"),
    ],
)
def test_kitti_states_occlusion_and_what_nobody_needs_to_find(
    changes: dict[str, float], column: int, word: str
) -> None:
    sample = _changed(synthetic.sample(0), 2, **changes)
    box = next(b for b in sample.labels.boxes["cam_front"] if b.instance_id == 2)
    cuboid = next(c for c in sample.labels.cuboids if c.instance_id == 2)
    assert box.amodal is not None
    camera_from_world = inverse_rigid(sample.cameras["cam_front"].world_from_camera)
    line = label_line(cuboid, box, box.amodal, camera_from_world, FORMATS["kitti"])  # type: ignore[arg-type]
    assert line.split()[column] == word
    assert len(line.split()) == 15


def test_kitti_drops_what_no_sensor_sees_and_counts_it(tmp_path: Path) -> None:
    sample = _changed(synthetic.sample(0), 9, visible_px=0, visible=None, occlusion=1.0)
    hidden = tuple(
        replace(c, lidar_points={"lidar_top": 0}) if c.instance_id == 9 else c for c in sample.labels.cuboids
    )
    sample = replace(sample, labels=FrameLabels(hidden, sample.labels.boxes, sample.labels.tags))
    writer = FORMATS["kitti"].open(tmp_path, synthetic.clip())
    writer.add(sample)
    assert writer.close()["dropped"] == {"seen by no sensor": 1}
    text = (tmp_path / "clips/toy-0000-0000/label_2/000000.txt").read_text()
    assert [line.split()[0] for line in text.splitlines()] == ["Car", "Pedestrian", "Cyclist"]


def test_kitti_refuses_a_lens_with_distortion(tmp_path: Path) -> None:
    sample = synthetic.sample(0)
    frame = sample.cameras["cam_front"]
    bent = replace(frame, model=replace(frame.model, distortion=np.array([-0.2, 0, 0, 0, 0])))
    writer = FORMATS["kitti"].open(tmp_path, synthetic.clip())
    with pytest.raises(ValueError, match="cam_front has lens distortion; set its distortion to zero"):
        writer.add(replace(sample, cameras={"cam_front": bent}))


def _fisheye_clip() -> Clip:
    clip = synthetic.clip()
    rig = clip.concrete.rig
    camera = rig.cameras["cam_front"].model_copy(update={"fisheye": (0.0, 0.0, 0.0, 0.0)})
    changed = rig.model_copy(update={"cameras": {"cam_front": camera}})
    return replace(clip, concrete=replace(clip.concrete, rig=changed))


@pytest.mark.parametrize("name", ["kitti", "nuscenes"])
def test_formats_of_pinholes_refuse_a_fisheye(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        StormlaneError,
        match=r'rig toy: camera "cam_front" is a fisheye, .* write one of native, coco, .*=null$',
    ):
        FORMATS[name].open(tmp_path, _fisheye_clip())


def test_what_a_refusal_names_takes_fisheyes(tmp_path: Path) -> None:
    for name in WITH_FISHEYES:
        FORMATS[name].open(tmp_path / name, _fisheye_clip())


def test_native_states_a_fisheye_and_gives_it_back(tmp_path: Path) -> None:
    clip = _fisheye_clip()
    sample = synthetic.sample(0, clip_id=clip.clip_id)
    frame = sample.cameras["cam_front"]
    model = replace(frame.model, distortion=np.array([-0.01, 0.004, 0, 0]), fisheye=True, field_rad=3.5)
    form = FORMATS["native"]
    writer = form.open(tmp_path, clip)
    writer.add(replace(sample, cameras={"cam_front": replace(frame, model=model)}))
    form.finalize(tmp_path, [(clip, writer.close())])
    (read,) = read_samples(tmp_path)
    assert read.cameras["cam_front"].model.fisheye and read.cameras["cam_front"].model.field_rad == 3.5
    assert np.array_equal(read.cameras["cam_front"].model.distortion, model.distortion)


def test_native_keeps_what_is_asked_for_beside_a_picture(tmp_path: Path) -> None:
    sample = synthetic.sample(0, clip_id="toy-0000-0000")
    frame = sample.cameras["cam_front"]
    shape = frame.depth_m.shape
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(*shape, 2)).astype(np.float32)
    flow[0, 0] = np.nan
    given = Extras(
        normals=rng.normal(size=(*shape, 3)).astype(np.float32),
        flow_forward=flow,
        flow_backward=-flow,
        clean=np.full((*shape, 3), 99, np.uint8),
        linear=rng.random((*shape, 3)).astype(np.float32) * 1e9,
        raw=rng.integers(0, 1 << 20, shape).astype(np.uint32),
        lens=rng.random(shape).astype(np.float32),
    )
    form = FORMATS["native"]
    writer = form.open(tmp_path, synthetic.clip())
    writer.add(replace(sample, cameras={"cam_front": replace(frame, extras=given)}))
    form.finalize(tmp_path, [(synthetic.clip(), writer.close())])
    read = next(iter(read_samples(tmp_path))).cameras["cam_front"].extras
    assert read.albedo is None and read.clean is not None and np.all(np.abs(read.clean.astype(int) - 99) <= 1)
    assert read.normals is not None and np.allclose(read.normals, given.normals, atol=2e-3)
    assert read.lens is not None and np.allclose(read.lens, given.lens, atol=1e-3)
    for name in ("flow_forward", "flow_backward"):
        ours, theirs = getattr(read, name), getattr(given, name)
        assert ours.dtype == np.float32 and np.isnan(ours[0, 0]).all(), name
        assert np.nanmax(np.abs(ours - theirs)) <= 1 / 512, name
    for name in ("linear", "raw"):
        ours, theirs = getattr(read, name), getattr(given, name)
        assert ours.dtype == theirs.dtype and ours.tobytes() == theirs.tobytes(), name


def test_jpeg_quality_is_the_camera_s(tmp_path: Path) -> None:
    sample = synthetic.sample(0, clip_id="toy-0000-0000")
    frame = sample.cameras["cam_front"]
    noisy = np.random.default_rng(0).integers(0, 255, frame.image.shape).astype(np.uint8)
    sizes = []
    for quality in (95, 30):
        root = tmp_path / str(quality)
        writer = FORMATS["native"].open(root, synthetic.clip())
        writer.add(replace(sample, cameras={"cam_front": replace(frame, image=noisy, jpeg=quality)}))
        sizes.append((root / "clips/toy-0000-0000/image/cam_front/000000.jpg").stat().st_size)
    assert sizes[1] < 0.5 * sizes[0]


def test_nuscenes_leaves_out_what_no_sensor_sees_and_counts_it(tmp_path: Path) -> None:
    sample = _changed(synthetic.sample(0), 9, visible_px=3)
    unseen = tuple(
        replace(c, lidar_points={"lidar_top": 0}) if c.instance_id == 9 else c for c in sample.labels.cuboids
    )
    writer = FORMATS["nuscenes"].open(tmp_path, synthetic.clip(duration_s=0.5))
    writer.add(replace(sample, labels=FrameLabels(unseen, sample.labels.boxes, sample.labels.tags)))
    fragment = writer.close()
    assert fragment["dropped"] == {"too few points and pixels": 1}
    assert len(fragment["tables"]["sample_annotation"]) == len(synthetic.THINGS) - 1


def test_coco_takes_the_rider_off_the_bicycle(tmp_path: Path) -> None:
    write("coco", tmp_path)
    truth = json.loads((tmp_path / "annotations/instances.json").read_text())
    names = {category["id"]: category["name"] for category in truth["categories"]}
    of_bicycle = [a for a in truth["annotations"] if a["instance_id"] == 5 and a["image_id"] == 1]
    assert sorted(names[a["category_id"]] for a in of_bicycle) == ["bicycle", "person"]
    whole = np.count_nonzero(synthetic.sample(0).cameras["cam_front"].instance == 5)
    assert sum(a["area"] for a in of_bicycle) == whole


def test_json_has_one_spelling_for_every_value() -> None:
    value = {"b": np.float32(0.1), "a": (1, np.int64(2), -0.0, float("inf"), True), 3: np.eye(2)}
    assert (
        json_bytes(value)
        == b'{"3": [[1.0, 0.0], [0.0, 1.0]], "a": [1, 2, 0.0, null, true], "b": 0.100000001}\n'
    )
    with pytest.raises(TypeError, match="set has no place"):
        json_bytes({"a": {1}})


def test_archives_and_tables_carry_no_clock() -> None:
    array = np.arange(5)
    assert npz_bytes({"data": array}) == npz_bytes({"data": array})
    assert b"1980" not in npz_bytes({"data": array})
    import pyarrow as pa

    schema = pa.schema([("x", pa.int32())])
    assert table_bytes([], schema) == table_bytes([], schema)


def test_a_write_leaves_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.json"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]


def test_halves_are_the_numbers_that_numpy_rounds_to() -> None:
    rng = np.random.default_rng(4)
    bits = rng.integers(0, 1 << 32, 200_000, np.uint32).view(
        np.float32
    )  # every exponent, NaN and infinity too
    near = (rng.normal(size=200_000) * np.float32(2.0) ** rng.integers(-26, 17, 200_000)).astype(np.float32)
    ties = np.arange(0, 1 << 32, 1 << 12, np.uint32).view(np.float32)
    for given in (bits, near, ties, np.array([0.0, -0.0, 65519.9, 65520.0, -1e-8, 6e-8], np.float32)):
        with np.errstate(over="ignore", invalid="ignore"):
            meant = given.astype(np.float16)
        ours = halves(given)
        assert np.array_equal(np.isnan(ours), np.isnan(meant))
        told = ~np.isnan(meant)
        assert np.array_equal(ours[told].view(np.uint16), meant[told].view(np.uint16))


def fired_all_round(sample: Sample, columns: int = 900) -> Sample:
    """The sample with a VLP-16's sweep of a round room as it is fired: columns, clockwise, from behind."""
    beams = np.tile(np.arange(16), columns)
    step = np.repeat(np.arange(columns), 16)
    azimuth = np.pi - 2.0 * np.pi * (step + 0.5 + 0.01 * beams) / columns
    rise = np.tan(np.radians(beams * 2.0 - 15.0))
    room = 9.0 + 0.3 * np.sin(5.0 * azimuth)
    xyz = np.stack([room * np.cos(azimuth), room * np.sin(azimuth), room * rise], axis=1).astype(np.float32)
    zero = np.zeros(len(xyz))
    sweep = replace(
        sample.lidars["lidar_top"],
        xyz_m=xyz,
        raw_xyz_m=xyz,
        intensity=(beams / 16.0 + step / columns / 64.0).astype(np.float32),
        ring=beams.astype(np.int16),
        offset_ns=(step * 111_111 + beams * 2_304 - 50_000_000).astype(np.int64),
        instance=np.where(beams == 3, sample.labels.cuboids[0].instance_id, 0).astype(np.int32),
        semantic=np.where(step % 2, 1, 2).astype(np.uint8),
        cause=zero.astype(np.uint8),
        range_m=np.linalg.norm(xyz, axis=1).astype(np.float32),
        cos_incidence=np.ones(len(xyz), np.float32),
        return_index=zero.astype(np.uint8),
    )
    return replace(sample, lidars={"lidar_top": sweep})


@pytest.mark.parametrize("name", ["kitti", "kitti_tracking", "kitti_raw", "semantickitti"])
def test_kitti_s_scans_list_one_ring_after_the_other(name: str, tmp_path: Path) -> None:
    """Their files have no rings: readers find them where the azimuth begins anew, from the highest down."""
    sample = fired_all_round(synthetic.sample(0))
    clip = synthetic.clip()
    writer = FORMATS[name].open(tmp_path, clip)
    writer.add(sample)
    FORMATS[name].finalize(tmp_path, [(clip, json.loads(json.dumps(writer.close())))])
    path = next(p for p in sorted(tmp_path.rglob("*.bin")) if "clips" not in p.parts)
    rows = np.fromfile(path, "<f4").reshape(-1, 4)
    sweep = sample.lidars["lidar_top"]
    assert len(rows) == len(sweep.xyz_m)
    ring = np.floor(rows[:, 3] * 16.0).astype(int)
    assert np.array_equal(ring, np.repeat(np.arange(15, -1, -1), 900))
    round_m = np.arctan2(rows[:, 1], rows[:, 0]).reshape(16, 900) % (2 * np.pi)
    assert (np.diff(round_m, axis=1) > 0).all() and (round_m[:, 0] < 0.01).all()
    scans = statistics_of([read_scan(path)])
    assert scans.rings == 16 and scans.ring_points == (900, 900)
    if name == "semantickitti":
        labels = np.fromfile(next(tmp_path.rglob("sequences/*/labels/*.label")), "<u4")
        assert ((labels >> 16 > 0) == (ring == 3)).all()
        other = labels[ring != 3]
        assert len(set(other[::2].tolist())) == len(set(other[1::2].tolist())) == 1 and other[0] != other[1]


@pytest.mark.parametrize("name", ["kitti", "semantickitti"])
def test_scans_of_lidars_that_do_not_turn_stay_as_they_are_fired(name: str, tmp_path: Path) -> None:
    clip = synthetic.clip()
    rig = clip.concrete.rig
    flash = {"lidar_top": rig.lidars["lidar_top"].model_copy(update={"model": "Avia"})}
    clip = replace(clip, concrete=replace(clip.concrete, rig=rig.model_copy(update={"lidars": flash})))
    sample = fired_all_round(synthetic.sample(0))
    FORMATS[name].open(tmp_path, clip).add(sample)
    rows = np.fromfile(next(tmp_path.rglob("*.bin")), "<f4").reshape(-1, 4)
    assert np.array_equal(rows[:, :3], sample.lidars["lidar_top"].xyz_m)
