"""Infos say what the text files say, read as MMDetection3D and OpenPCDet read them.

Neither can be installed without compiling CUDA code (mmcv has no wheel for Python 3.11), so their loaders are followed
here: mmdet3d.datasets.KittiDataset.parse_ann_info with Box3DMode's conversion, pcdet.datasets.kitti.KittiDataset.
"""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conformance.datasets import write


@pytest.fixture(scope="module")
def kitti(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write("kitti", tmp_path_factory.mktemp("kitti"))


SLACK_M = 1e-3  # KITTI's text has four digits


def load(path: Path) -> Any:
    data = path.read_bytes()
    assert b"numpy._core" not in data  # which trainers on numpy 1 do not find
    return pickle.loads(data)


def points_in(points: np.ndarray, box: np.ndarray, margin_m: float) -> int:
    """Points in an upright box given by its centre, sizes along its heading, and heading; rays end on its faces."""
    cosine, sine = np.cos(box[6]), np.sin(box[6])
    local = points[:, :3] - box[:3]
    along, across = cosine * local[:, 0] + sine * local[:, 1], cosine * local[:, 1] - sine * local[:, 0]
    inside = np.abs(np.column_stack([along, across, local[:, 2]])) <= box[3:6] / 2 + margin_m
    return int(inside.all(axis=1).sum())


def test_mmdetection3d_finds_boxes_in_the_lidar_s_frame_with_their_points(kitti: Path) -> None:
    held = load(kitti / "mmdet3d/kitti_infos_val.pkl")
    assert held["metainfo"]["categories"]["Car"] == 2
    assert held["metainfo"]["info_version"] == "1.1"
    assert len(held["data_list"]) == 8
    counted = moved = 0
    for info in held["data_list"]:
        points = np.fromfile(kitti / "training/velodyne" / info["lidar_points"]["lidar_path"], np.float32)
        cloud = points.reshape(-1, info["lidar_points"]["num_pts_feats"])
        camera = info["images"]["CAM2"]
        assert (kitti / "training/image_2" / camera["img_path"]).is_file()
        uvw = np.column_stack([cloud[:, :3], np.ones(len(cloud))]) @ np.array(camera["lidar2img"]).T
        u, v = uvw[:, 0] / uvw[:, 2], uvw[:, 1] / uvw[:, 2]
        within = (u >= 0) & (u < camera["width"]) & (v >= 0) & (v < camera["height"])
        seen = cloud[(uvw[:, 2] > 0) & within]
        lines = (
            (kitti / "training/label_2" / camera["img_path"].replace("png", "txt")).read_text().splitlines()
        )
        assert len(lines) == len(info["instances"])
        back = np.linalg.inv(np.array(camera["lidar2cam"]))
        for line, instance in zip(lines, info["instances"], strict=True):
            assert instance["bbox"] == [float(value) for value in line.split()[4:8]]
            if instance["bbox_label_3d"] < 0:
                assert line.startswith("DontCare")
                continue
            # Box3DMode.convert, camera to lidar: the box stands on its bottom, sizes go from x, y, z to x, z, y.
            x, y, z, dx, dy, dz, turn = instance["bbox_3d"]
            place = back @ [x, y, z, 1.0]
            box = np.array([*place[:2], place[2] + dy / 2, dx, dz, dy, -turn - np.pi / 2])
            least, most = (points_in(seen, box, margin) for margin in (-SLACK_M, SLACK_M))
            assert least <= instance["num_lidar_pts"] <= most
            counted += instance["num_lidar_pts"]
            beside = box.copy()
            beside[0] += 1.2 * box[3]
            moved += points_in(seen, beside, 0.0)
    assert counted > 500
    assert moved < counted / 5


def test_openpcdet_finds_the_same_boxes(kitti: Path) -> None:
    infos, others = load(kitti / "openpcdet/kitti_infos_val.pkl"), load(kitti / "mmdet3d/kitti_infos_val.pkl")
    assert [info["point_cloud"]["lidar_idx"] for info in infos] == [f"{k:06d}" for k in range(8)]
    for info, other in zip(infos, others["data_list"], strict=True):
        annos = info["annos"]
        real = annos["name"] != "DontCare"
        assert len({len(values) for key, values in annos.items() if key != "gt_boxes_lidar"}) == 1
        cloud = np.fromfile(kitti / f"training/velodyne/{info['point_cloud']['lidar_idx']}.bin", np.float32)
        cloud = cloud.reshape(-1, 4)
        for box, count in zip(annos["gt_boxes_lidar"], annos["num_points_in_gt"][real], strict=True):
            assert points_in(cloud, box, SLACK_M) >= count
        wanted = [one["num_lidar_pts"] for one in other["instances"]]
        assert annos["num_points_in_gt"].tolist() == wanted
        assert annos["difficulty"].tolist() == [one["difficulty"] for one in other["instances"]]
        # dims are length, height, width in the camera's frame, and boxes length, width, height in the lidar's.
        assert annos["gt_boxes_lidar"][:, 3:6] == pytest.approx(annos["dimensions"][real][:, [0, 2, 1]])
        assert info["calib"]["P2"].shape == info["calib"]["Tr_velo_to_cam"].shape == (4, 4)


def test_slices_have_infos_of_their_own(kitti: Path) -> None:
    assert len(load(kitti / "openpcdet/kitti_infos_rain_heavy.pkl")) == 4
    assert len(load(kitti / "mmdet3d/kitti_infos_light_night.pkl")["data_list"]) == 8
