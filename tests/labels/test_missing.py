"""Frames that never arrived, and sensors that are mounted otherwise than stated, in every format."""

import functools
import json
import operator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labelers.native_reader import NativeDataset
from labelers.records import Sample
from labelers.writers import FORMATS
from sim.trace import pose_matrix
from tests.labels import synthetic


def without(sample: Sample, *names: str) -> Sample:
    """The sample as if the frames of these sensors had never arrived."""
    labels = replace(
        sample.labels,
        boxes={k: v for k, v in sample.labels.boxes.items() if k not in names},
        tags=sample.labels.tags | {"missing": ", ".join(names)},
    )
    return replace(
        sample,
        cameras={k: v for k, v in sample.cameras.items() if k not in names},
        lidars={k: v for k, v in sample.lidars.items() if k not in names},
        labels=labels,
    )


def written(form: str, root: Path, samples: list[Sample]) -> dict[str, object]:
    clip = synthetic.clip()
    writer = FORMATS[form].open(root, clip)
    for sample in samples:
        for path in writer.add(sample):
            assert (root / path).is_file()
    fragment = json.loads(json.dumps(writer.close()))
    FORMATS[form].finalize(root, [(clip, fragment)])
    return fragment


def samples() -> tuple[list[Sample], str, str]:
    """All samples of a clip; the second lacks a camera, the third a lidar."""
    clip = synthetic.clip()
    whole = [
        synthetic.sample(k, clip_id=clip.clip_id, rate_hz=clip.rate_hz) for k in range(clip.sample_count)
    ]
    camera, lidar = sorted(whole[0].cameras)[0], sorted(whole[0].lidars)[0]
    return [whole[0], without(whole[1], camera), without(whole[2], lidar), *whole[3:]], camera, lidar


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_survives_frames_that_never_arrived(form: str, tmp_path: Path):
    written(form, tmp_path, samples()[0])


def test_native_has_no_row_for_a_frame_that_never_arrived(tmp_path: Path):
    told, camera, lidar = samples()
    written("native", tmp_path, told)
    back = list(NativeDataset.open(tmp_path).samples())
    assert [sorted(s.cameras) for s in back] == [sorted(s.cameras) for s in told]
    assert camera not in back[1].cameras and camera not in back[1].labels.boxes
    assert lidar not in back[2].lidars
    assert back[1].labels.tags["missing"] == camera


def test_kitti_leaves_out_a_frame_whose_camera_or_lidar_is_missing_and_counts_its_labels(tmp_path: Path):
    told, _, _ = samples()
    fragment = written("kitti", tmp_path, told)
    names = (tmp_path / "ImageSets/all.txt").read_text().split()
    assert len(names) == len(told) - 2
    lost = fragment["dropped"]
    assert isinstance(lost, dict)
    assert lost["in a frame that never arrived"] == sum(len(s.labels.cuboids) for s in told[1:3])


def test_nuscenes_puts_a_blank_into_a_keyframe_and_says_so(tmp_path: Path):
    told, camera, lidar = samples()
    fragment = written("nuscenes", tmp_path, told)
    folder = next(tmp_path.glob("v1.0-*"))
    data = json.loads((folder / "sample_data.json").read_text())
    keys = [row for row in data if row["is_key_frame"]]
    per_sample = {row["sample_token"]: 0 for row in keys}
    for row in keys:
        per_sample[row["sample_token"]] += 1
        assert (tmp_path / row["filename"]).is_file()
    assert set(per_sample.values()) == {len(told[0].cameras) + len(told[0].lidars) + len(told[0].radars)}
    assert any((tmp_path / row["filename"]).stat().st_size == 0 for row in keys if row["fileformat"] == "pcd")
    missing = fragment["missing"]
    assert isinstance(missing, dict) and sorted(functools.reduce(operator.iadd, missing.values(), [])) == [
        1,
        2,
    ]
    assert lidar.upper() in missing or "LIDAR_TOP" in missing
    assert any(name.startswith("CAM") for name in missing) and camera


def test_a_mount_that_is_off_is_written_as_stated_and_read_back_as_it_was(tmp_path: Path):
    (first, *rest), camera, _ = samples()
    frame = first.cameras[camera]
    off = pose_matrix(np.array([0.1, 0.0, 0.0]), np.array([0.05, 0.0, 0.0]))
    knocked = replace(
        frame,
        ego_from_camera=off @ frame.ego_from_camera,
        world_from_camera=first.world_from_ego @ off @ frame.ego_from_camera,
        stated_ego_from_camera=frame.ego_from_camera,
    )
    sample = replace(first, cameras={**first.cameras, camera: knocked})
    written("native", tmp_path, [sample, *rest[2:]])
    clip = NativeDataset.open(tmp_path).clip(synthetic.clip().clip_id)
    assert np.array_equal(clip.about["sensors"][camera]["ego_from_sensor"], frame.ego_from_camera)
    back = next(clip.samples()).cameras[camera]
    assert np.array_equal(back.ego_from_camera, knocked.ego_from_camera)
    assert np.array_equal(back.world_from_camera, knocked.world_from_camera)
    assert np.array_equal(back.calibration, frame.ego_from_camera)


def test_kitti_labels_and_calibration_do_not_move_with_the_mount(tmp_path: Path):
    (first, *rest), _, _ = samples()
    form = FORMATS["kitti"]
    camera = form.camera if form.camera in first.cameras else sorted(first.cameras)[0]  # type: ignore[attr-defined]
    frame = first.cameras[camera]
    exact = replace(frame, world_from_camera=first.world_from_ego @ frame.ego_from_camera)
    off = pose_matrix(np.zeros(3), np.array([0.05, 0.0, 0.0]))
    knocked = replace(
        exact,
        ego_from_camera=off @ frame.ego_from_camera,
        world_from_camera=first.world_from_ego @ off @ frame.ego_from_camera,
        stated_ego_from_camera=frame.ego_from_camera,
    )
    texts = []
    for name, taken in (("exact", exact), ("knocked", knocked)):
        written(
            "kitti", tmp_path / name, [replace(first, cameras={**first.cameras, camera: taken}), *rest[2:]]
        )
        texts.append(
            [(tmp_path / name / "training" / f / "000000.txt").read_text() for f in ("label_2", "calib")]
        )
    assert texts[0] == texts[1]
