"""Lines of lanes: whole, on the ground, numbered as OpenLane numbers them; lanes for vehicles on a map."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from labelers.lines import all_lines, drivable, ego_sides, lane_map, lines_near
from labelers.records import Line
from labelers.writers import FORMATS
from labelers.writers.openlane import category
from renderers.street_ground import footprint
from scenarios.schema import Road
from sim.roads import RoadNetwork, network_for
from tests.labels import synthetic
from tests.support.openlane_protocol import ground_lanes, score


@pytest.fixture(scope="module")
def street() -> RoadNetwork:
    pieces = [
        {"line": {"length": 60.0}},
        {"arc": {"length": 80.0, "radius": 120.0, "turn": "left"}},
        {"line": {"length": 60.0}},
    ]
    words = {"build": pieces, "sidewalks": "both", "lane_width": 3.4}
    return network_for(Road[float].model_validate(words))


def test_a_street_of_two_lanes_has_three_lines_and_two_kerbs_from_end_to_end(street: RoadNetwork) -> None:
    lines = all_lines(street)
    assert sorted(line.kind for line in lines) == ["broken", "curb", "curb", "solid", "solid"]
    assert [line.line_id for line in lines] == [1, 2, 3, 4, 5]
    for line in lines:
        steps = np.linalg.norm(np.diff(line.points_m, axis=0), axis=1)
        assert steps.sum() > 190.0
        if line.kind != "curb":
            assert steps.max() < 1.1
            heights = street.height(line.points_m[:, 0], line.points_m[:, 1])
            assert line.points_m[:, 2] == pytest.approx(heights, abs=0.02)
    middle = next(line for line in lines if line.kind == "broken")
    t = [street.locate(float(x), float(y)).t_m for x, y, _ in middle.points_m[::7]]
    assert t == pytest.approx(np.zeros(len(t)), abs=0.02)
    borders = sorted(
        street.locate(float(x), float(y)).t_m
        for line in lines
        if line.kind == "solid"
        for x, y, _ in line.points_m[50:51]
    )
    assert borders[0] == pytest.approx(-borders[1], abs=0.05)
    assert 3.0 < borders[1] <= 3.4


def test_sides_are_those_of_the_driver(street: RoadNetwork) -> None:
    lines = all_lines(street)
    kinds = {line.line_id: line.kind for line in lines}
    here = street.point(street.main, 30.0, -1.7)
    on = street.point(street.main, 31.0, -1.7)
    yaw = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
    pose = synthetic.pose_matrix(here, np.array((yaw, 0.0, 0.0)))
    sides = {side: kinds[number] for number, side in ego_sides(lines, pose).items()}
    assert sides == {2: "broken", 1: "solid", 3: "solid"}
    turned = synthetic.pose_matrix(here, np.array((yaw + np.pi, 0.0, 0.0)))
    back = {side: number for number, side in ego_sides(lines, turned).items()}
    ahead = {side: number for number, side in ego_sides(lines, pose).items()}
    assert (back[2], back[3], back[4]) == (ahead[3], ahead[2], ahead[1])
    far = pose.copy()
    far[:2, 3] += 1000.0
    assert lines_near(street, far) == ()
    assert len(lines_near(street, pose)) == 5


def test_the_map_of_lanes_has_their_area(street: RoadNetwork) -> None:
    x, y, _ = (float(v) for v in street.point(street.main, 100.0, 0.0))
    corner, plan = lane_map(street, x, y)
    assert (corner <= (x - 160.0, y - 160.0)).all()
    inside = [(s, t) for s in (40.0, 100.0, 150.0) for t in (-3.3, -1.0, 2.0, 3.3)]
    outside = [(s, t) for s in (40.0, 100.0, 150.0) for t in (-3.6, 3.6, 9.0)]
    for places, meant in ((inside, 1), (outside, 0)):
        for s, t in places:
            at = street.point(street.main, s, t)[:2] - corner
            column, row = np.floor(at * 10).astype(int)
            assert plan[row, column] == meant, (s, t)
    whole = shapely.union_all([footprint(strip) for strip in street.strips() if strip.kind == "driving"])
    meant = whole.intersection(shapely.box(*corner, *(corner + 352.0)))
    assert plan.sum() / 100 == pytest.approx(meant.area, rel=0.015)  # borders count as lanes


def test_pixels_on_the_plane_are_drivable_where_the_lanes_are(street: RoadNetwork) -> None:
    """A camera over the road of the map that looks along it, painted by arithmetic."""
    here = street.point(street.main, 20.0, -1.7)
    on = street.point(street.main, 21.0, -1.7)
    yaw = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
    ego = synthetic.pose_matrix(here, np.array((yaw, 0.0, 0.0)))
    frame = synthetic.sample(0, things=(), world_from_ego=ego).cameras["cam_front"]
    mask = drivable(frame, street)
    assert not mask[:88].any()
    row = 150  # 1.6 m below the lens, about 8 m ahead
    ahead = synthetic.FOCAL * synthetic.CAMERA_HEIGHT_M / (row - frame.model.matrix[1, 2])
    u = np.arange(synthetic.WIDTH)
    t = -1.7 - (u - frame.model.matrix[0, 2]) * ahead / synthetic.FOCAL
    clear = np.abs(np.abs(t) - 3.4) > 0.12
    assert np.array_equal(mask[row][clear], (np.abs(t) < 3.4)[clear])


@pytest.mark.parametrize(
    ("kind", "color", "against", "number"),
    [
        ("broken", "white", False, 1), ("solid", "white", True, 2), ("solid solid", "yellow", False, 10),
        ("broken solid", "white", False, 5), ("broken solid", "white", True, 6), ("solid broken", "yellow", False, 12),
        ("solid broken", "yellow", True, 11), ("botts dots", "white", False, 0), ("solid", "blue", False, 0),
        ("broken broken", "white", True, 3), ("solid", "orange", False, 8),
    ],
)  # fmt: skip
def test_categories_are_openlane_s(kind: str, color: str, against: bool, number: int) -> None:
    assert category(Line(1, kind, color, np.zeros((2, 3))), against, left=True) == number


def test_kerbs_are_left_or_right() -> None:
    kerb = Line(1, "curb", "", np.zeros((2, 3)))
    assert (category(kerb, False, True), category(kerb, False, False)) == (20, 21)


def test_openlane_files_project_onto_themselves(tmp_path: Path) -> None:
    """With OpenLane's own conventions: x of a camera forward, pixels by the matrix alone, the vehicle's ground level."""
    clip = synthetic.clip()
    writer = FORMATS["openlane"].open(tmp_path, clip)
    for index in range(4):
        writer.add(synthetic.sample(index, clip_id=clip.clip_id, rate_hz=clip.rate_hz))
    FORMATS["openlane"].finalize(tmp_path, [(clip, writer.close())])
    listed = (tmp_path / "list/all.txt").read_text().split()
    assert len(listed) == 4
    for name in listed:
        words = json.loads((tmp_path / "lane3d" / name.replace(".jpg", ".json")).read_text())
        assert words["file_path"] == name
        assert (tmp_path / "images" / name).is_file()
        K, vehicle_from_camera = np.array(words["intrinsic"]), np.array(words["extrinsic"])
        assert [lane["category"] for lane in words["lane_lines"]] == [1, 11]
        assert [lane["attribute"] for lane in words["lane_lines"]] == [2, 3]
        assert [lane["track_id"] for lane in words["lane_lines"]] == [1, 2]
        for lane, y in zip(words["lane_lines"], (1.75, -1.75), strict=True):
            xyz, uv = np.array(lane["xyz"]), np.array(lane["uv"])
            assert xyz.shape[1] == uv.shape[1] == len(lane["visibility"]) > 10
            ahead, left, up = xyz
            pixel = K @ np.stack([-left / ahead, -up / ahead, np.ones_like(ahead)])
            assert uv == pytest.approx(pixel[:2], abs=1e-6)
            assert np.all(np.diff(ahead) > 0)
            vehicle = vehicle_from_camera @ np.vstack([xyz, np.ones_like(ahead)])
            assert vehicle[2] == pytest.approx(np.zeros_like(ahead), abs=1e-6)
            assert vehicle[1] == pytest.approx(np.full_like(ahead, y), abs=1e-6)
            assert set(lane["visibility"]) <= {0.0, 1.0}


def test_openlane_s_protocol_finds_the_lines_perfect_and_moved_ones_as_far_off_as_they_are(
    tmp_path: Path,
) -> None:
    clip = synthetic.clip()
    writer = FORMATS["openlane"].open(tmp_path, clip)
    for index in range(4):
        writer.add(synthetic.sample(index, clip_id=clip.clip_id, rate_hz=clip.rate_hz))
    FORMATS["openlane"].finalize(tmp_path, [(clip, writer.close())])
    truths = [
        ground_lanes(json.loads((tmp_path / "lane3d" / name.replace(".jpg", ".json")).read_text()))
        for name in (tmp_path / "list/all.txt").read_text().split()
    ]
    assert [len(lanes) for lanes in truths] == [2] * 4

    def moved(right_m: float, up_m: float, number: int = 0) -> list[list[tuple[int, np.ndarray]]]:
        shift = np.array((right_m, 0.0, up_m))
        return [[(number or kind, lane + shift) for kind, lane in lanes] for lanes in truths]

    still = {"f": 1.0, "category": 1.0, "x_near": 0.0, "z_near": 0.0, "x_far": 0.0, "z_far": 0.0}
    assert score(list(zip(truths, moved(0.0, 0.0), strict=True))) == pytest.approx(still)
    beside = score(list(zip(truths, moved(0.4, 0.3, number=2), strict=True)))
    wanted = {"x_near": 0.4, "x_far": 0.4, "z_near": 0.3, "z_far": 0.3, "category": 0.0}
    assert beside == pytest.approx(still | wanted)
    # Beyond a metre and a half, and nearer to no other line: the two are three and a half apart.
    assert score(list(zip(truths, moved(1.6, 0.0), strict=True)))["f"] == 0.0
    # On the ground below the camera, which is where OpenLane's evaluation looks at lanes from.
    for lanes in truths:
        assert [lane[:, 0].mean() for _, lane in lanes] == pytest.approx([-1.75, 1.75])
        assert max(float(np.abs(lane[:, 2]).max()) for _, lane in lanes) < 1e-6
