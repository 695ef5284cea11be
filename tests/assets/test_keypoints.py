"""Key points lie on the bodies they belong to, in every pose and on every mount."""

import numpy as np
import pytest

from renderers.assets import build
from renderers.assets.keypoints import COCO_KEYPOINTS, coco_keypoints
from renderers.assets.pose import articulate
from scenarios.bodies import BODIES, lying_size
from sim.trace import Gait
from tests.assets.test_pose import instant

ROW = {name: k for k, name in enumerate(COCO_KEYPOINTS)}


def walker(phase: float, place=(0.0, 0.0, 0.0), yaw: float = 0.0):
    return instant(
        gait=np.array([Gait.WALK], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([1.3]),
        position_m=np.array([place]), rotation_rad=np.array([(yaw, 0.0, 0.0)]),
    )  # fmt: skip


@pytest.mark.parametrize("model", [m for m in BODIES if m.startswith("pedestrian.")])
def test_a_walkers_key_points_are_in_order_from_the_nose_to_the_ankles(model: str) -> None:
    asset = build(model, 5, BODIES[model].size_m)
    points = coco_keypoints(asset, walker(0.3), 0)
    assert points.shape == (17, 3)
    height = BODIES[model].size_m[2]
    z = {name: float(points[ROW[name], 2]) for name in COCO_KEYPOINTS}
    assert (
        z["left_eye"]
        > z["nose"]
        > z["left_shoulder"]
        > z["left_hip"]
        > z["left_knee"]
        > z["left_ankle"]
        > 0.0
    )
    assert 0.80 * height < z["nose"] < 0.96 * height and 0.42 * height < z["right_hip"] < 0.56 * height
    assert points[ROW["nose"], 0] > points[ROW["left_ear"], 0]
    for pair in ("eye", "ear", "shoulder", "hip"):
        assert points[ROW[f"left_{pair}"], 1] > points[ROW[f"right_{pair}"], 1]


def test_key_points_go_with_the_person_through_the_world() -> None:
    asset = build("pedestrian.adult", 2, BODIES["pedestrian.adult"].size_m)
    here, there = (
        coco_keypoints(asset, walker(0.1), 0),
        coco_keypoints(asset, walker(0.1, (10.0, -4.0, 2.0), np.pi / 2), 0),
    )
    assert np.allclose(there[:, 0], 10.0 - here[:, 1], atol=1e-6) and np.allclose(
        there[:, 1], -4.0 + here[:, 0], atol=1e-6
    )
    assert np.allclose(there[:, 2], 2.0 + here[:, 2], atol=1e-6)


@pytest.mark.parametrize(
    ("model", "pose"),
    [("pedestrian.adult", p) for p in ("on_left_side", "sitting", "kneeling", "pointing", "directing", "")]
    + [("bicycle.city", ""), ("motorcycle.road", "on_right_side")],
)
def test_joints_lie_inside_the_body_and_faces_on_it(model: str, pose: str) -> None:
    body = BODIES[model]
    size = lying_size(body, body.size_m, pose)
    asset = build(model, 4, size, state=pose)
    now = instant()
    placed = articulate(asset, now, 0)
    skin = np.concatenate(
        [p.mesh.vertices_m @ m[:3, :3].T + m[:3, 3] for p, m in zip(asset.parts, placed, strict=True)]
    )
    for name, point in zip(COCO_KEYPOINTS, coco_keypoints(asset, now, 0), strict=True):
        near = np.linalg.norm(skin - point, axis=1)
        assert near.min() < (0.05 if name in ("nose", "left_eye", "right_ear") else 0.13), name
        assert np.all(np.abs(point[:2]) < np.array(size[:2]) / 2) and 0.0 < point[2] < size[2]


def test_what_is_nobody_has_no_key_points() -> None:
    assert coco_keypoints(build("prop.cone", 1, BODIES["prop.cone"].size_m), instant(), 0).shape == (0, 3)
