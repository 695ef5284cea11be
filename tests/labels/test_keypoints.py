"""Key points: vehicles have theirs where they belong, and moving rows show each point where its own row has it."""

from dataclasses import replace

import numpy as np
import pytest

from labelers.keypoints import own_body_m, rolled
from renderers.frames import CameraFrame, RowPoses
from renderers.optics import project
from renderers.vehicle_points import VEHICLE_KEYPOINTS, _marks_of
from scenarios.bodies import BODIES
from tests.labels import cubes, synthetic

# With all sixteen: what has a roof, four wheels, plates and mirrors.
CARS = ("car.sedan", "car.suv", "van.delivery", "truck.box", "bus.city", "pickup.double_cab")


@pytest.mark.parametrize("model", CARS)
def test_a_vehicle_has_its_sixteen_points_where_they_belong(model: str) -> None:
    size = BODIES[model].size_m
    marks = {mark.name: mark for mark in _marks_of(model, 1, size, None, "")}
    assert set(marks) == set(VEHICLE_KEYPOINTS)
    at = {name: np.array(mark.at_m) for name, mark in marks.items() if "wheel" not in name}
    for name, place in at.items():
        assert np.all(np.abs(place[:2]) <= np.array(size[:2]) / 2 + 0.01), name
        assert 0.0 < place[2] < size[2] + 0.01, name
        if name.endswith("_left"):
            other = at[name.replace("left", "right")]
            assert place == pytest.approx(other * (1, -1, 1), abs=0.02), name
            assert place[1] > 0.1, name
    assert at["plate_front"][0] > 0.4 * size[0] > -0.4 * size[0] > at["plate_rear"][0]
    assert at["headlamp_left"][0] > 0.3 * size[0] and at["tail_lamp_left"][0] < -0.3 * size[0]
    assert at["roof_front_left"][0] > at["roof_rear_left"][0] + 0.5
    # The cab of a lorry is lower than its load.
    assert at["roof_front_left"][2] > (0.6 if model == "truck.box" else 0.8) * size[2]
    assert at["mirror_left"][0] > 0.0


def test_what_a_vehicle_lacks_is_absent() -> None:
    names = {
        mark.name for mark in _marks_of("trailer.curtain", 1, BODIES["trailer.curtain"].size_m, None, "")
    }
    assert {"wheel_front_left", "wheel_rear_right", "tail_lamp_left", "plate_rear"} <= names
    assert not names & {"headlamp_left", "mirror_left", "plate_front"}


def rolling_frame(readout_s: float, speed_mps: float) -> CameraFrame:
    """A camera that looks along x and drives along y while its rows are read."""
    model = synthetic.camera_model()
    offset = (np.arange(model.height_px) - 0.5 * (model.height_px - 1)) / model.height_px * readout_s
    pose = cubes.standing(0.0, 0.0) @ synthetic.FORWARD_FROM_OPTICAL
    poses = np.repeat(pose[None], model.height_px, axis=0)
    poses[:, 1, 3] += speed_mps * offset
    frame = cubes.empty_frame(model, pose)

    return replace(frame, rows=RowPoses(offset, poses))


def test_a_rolling_shutter_shows_each_point_where_the_row_that_shows_it_is() -> None:
    frame = rolling_frame(0.03, 20.0)
    assert frame.rows is not None
    rng = np.random.default_rng(4)
    first = np.column_stack([rng.uniform(8, 30, 40), rng.uniform(-3, 3, 40), rng.uniform(-2, 2, 40)])
    last = first + rng.uniform(-0.1, 0.1, first.shape)
    uv, depth = rolled(frame, first, last)
    for k in range(len(first)):
        # Whatever row is tried, the point must land on that very row: only one does, to half a row.
        gaps = []
        for row, offset in enumerate(frame.rows.offset_s):
            share = (offset - frame.rows.offset_s[0]) / np.ptp(frame.rows.offset_s)
            pose = frame.rows.world_from_row[row]
            local = pose[:3, :3].T @ (first[k] + share * (last[k] - first[k]) - pose[:3, 3])
            gaps.append(
                (abs(project(frame.model, local)[1] - row), row, project(frame.model, local), local[2])
            )
        _, _, meant, z = min(gaps, key=lambda entry: entry[0])
        if 0 <= meant[1] < frame.model.height_px:
            assert uv[k] == pytest.approx(meant, abs=0.2)
            assert depth[k] == pytest.approx(z, abs=0.01)
    still = rolled(rolling_frame(0.03, 0.0), first, first)[0]
    local = (first - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
    assert still == pytest.approx(project(frame.model, local))


def test_a_child_is_thinner_than_a_grown_up() -> None:
    body = synthetic.BODY * np.array((0.6, 0.5, 1.75)) / 2
    grown, small = own_body_m("person", body), own_body_m("person", 0.6 * body)
    assert small == pytest.approx(0.6 * grown)
