"""A rolling shutter leans what passes and what the camera turns past, and its truth with it."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.camera import render
from renderers.frames import CameraFrame
from renderers.materials import MATERIAL_ID
from renderers.optics import mount_matrix
from renderers.passes import Bundle
from renderers.rolling import rolling, row_poses
from renderers.stage import Stage
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from tests.support.naive_trace import box
from tests.support.small_stage import Mover, block, plain, small_stage

READOUT_S = 0.04
FOCAL_PX = 200.0
NOW_NS = 300_000_000


def _camera(**words: object) -> Camera[float]:
    base = {"mount": {"z": 1.4}, "width": 320, "height": 200, "focal": FOCAL_PX, "readout": READOUT_S}
    return Camera[float].model_validate({**base, **words})


def _edge(frame: CameraFrame, mask: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Pixels to the right that a thing's middle moves from a row to the next, and its rows and middles."""
    rows = np.flatnonzero(mask.any(axis=1))[2:-2]
    middle = np.array([np.flatnonzero(mask[row]).mean() for row in rows])
    return float(np.polyfit(rows, middle, 1)[0]), rows, middle


def _pole_stage(ego: Mover) -> Stage:
    pole = box((0.4, 0.4, 40.0), MATERIAL_ID["default"], SEMANTIC_ID["pole"])
    vertices = pole.vertices_m + np.array([12.0, 0.0, 0.0], pole.vertices_m.dtype)
    moved = type(pole)(vertices, pole.triangles, pole.normals, pole.uv_m, pole.material, pole.semantic)
    return small_stage([plain(), moved], (), ego)


@pytest.mark.parametrize("rate", [-0.8, 1.2])
def test_a_pole_leans_by_yaw_rate_times_focal_length_times_the_time_of_a_row(rate: float) -> None:
    # The ego looks along x at the picture's time.
    ego = Mover(block((0.1, 0.1, 0.1)), yaw_rad=-0.3 * rate, yaw_rate_radps=rate)
    frame = render(_pole_stage(ego), "front", _camera(), NOW_NS)
    lean, rows, middle = _edge(frame, frame.semantic == SEMANTIC_ID["pole"])
    # Turning left carries what stands ahead to the right.
    assert lean == pytest.approx(rate * FOCAL_PX * READOUT_S / 200, rel=0.05)
    assert np.interp(99.5, rows, middle) == pytest.approx(159.5, abs=0.6)
    still = render(_pole_stage(ego), "front", _camera(readout=0.0), NOW_NS)
    assert abs(_edge(still, still.semantic == SEMANTIC_ID["pole"])[0]) < 1e-3
    assert still.rows is None and frame.rows is not None


def _crossing() -> Stage:
    truck = Mover(block((3.0, 2.5, 3.5), "car_paint"), (10.0, -4.5, 0.0), (0.0, 15.0, 0.0))
    return small_stage([plain()], [truck], Mover(block((0.1, 0.1, 0.1))))


def test_a_truck_that_crosses_is_sheared_by_its_way_between_rows() -> None:
    frame = render(_crossing(), "front", _camera(), NOW_NS)
    mask = frame.instance == 2
    lean, rows, middle = _edge(frame, mask)
    near_m = float(frame.depth_m[mask].min())
    assert lean == pytest.approx(-15.0 * READOUT_S / 200 * FOCAL_PX / near_m, rel=0.06)
    # At the middle row it is where it is at the picture's time: y = 0.
    assert np.interp(99.5, rows, middle) == pytest.approx(159.5, abs=1.2)


def test_spots_that_tell_of_lamps_are_not_those_of_points_that_have_moved() -> None:
    stage = _crossing()
    camera_at = mount_matrix(_camera().mount, optical=True)
    rows = row_poses(stage, 200, READOUT_S, camera_at, NOW_NS)
    roll = rolling(stage, stage.scene(NOW_NS), rows, np.zeros(3))
    bundle = Bundle.room(np.zeros((40 * 25 * 64, 3), np.float32), 0.035, lit=True)
    truck = int(np.flatnonzero(stage.scene(NOW_NS).instance == 2)[0])
    bundle.hits.placement[:] = truck
    bundle.offset_m[:] = [10.0, 0.0, 0.0]
    held = roll.hold(bundle, 40, 1)
    assert len(bundle.spots) == 10 * 25 and len(held.spots) == 0
    # The first rows see it earlier: held, it is where it goes.
    assert held.offset_m[0, 1] == pytest.approx(15.0 * READOUT_S / 2, rel=0.06)
    assert held.offset_m[-1, 1] == pytest.approx(-15.0 * READOUT_S / 2, rel=0.06)


def test_flow_leads_from_row_to_row() -> None:
    frame = render(_crossing(), "front", _camera(), NOW_NS, also=("flow", "flow_3d"))
    later = render(_crossing(), "front", _camera(), NOW_NS + 100_000_000)
    assert frame.extras.flow_forward is not None
    mask = frame.instance == 2
    v, u = np.nonzero(mask)
    to = np.rint(frame.extras.flow_forward[v, u] + np.stack([u, v], -1)).astype(int)
    inside = (to >= 0).all(1) & (to[:, 0] < 320) & (to[:, 1] < 200)
    assert inside.mean() > 0.3
    # In space every row's points go the same way, from where they are at that row's time.
    assert frame.extras.flow_3d is not None
    assert np.abs(frame.extras.flow_3d[mask] - (0.0, 1.5, 0.0)).max() < 1e-4
    assert not frame.extras.flow_3d[~mask & np.isfinite(frame.depth_m)].any()
    assert np.mean(later.instance[to[inside, 1], to[inside, 0]] == 2) > 0.97


def test_the_bytes_do_not_depend_on_threads() -> None:
    one, two = (render(_crossing(), "front", _camera(motion_blur=True), NOW_NS, n) for n in (1, 2))
    for name in ("image", "instance", "depth_m"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), name
