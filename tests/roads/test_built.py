"""Built roads: what the scenario's words put on the ground, and the ways along it."""

import numpy as np
import pytest

from scenarios.errors import StormlaneError
from scenarios.schema import ArcPiece, Barriers, ClothoidPiece, LinePiece, Markings, Road, RoadPiece, Shoulder
from sim.roads import RoadNetwork, network_for
from sim.roads.build import KERB_M, MAIN, PARKING_M
from sim.trace import pose_matrix


def urban(**words: object) -> RoadNetwork:
    return network_for(Road[float].model_validate({"preset": "urban_street", **words}))


def bend(turn: str, radius_m: float, **words: object) -> RoadNetwork:
    pieces: list[RoadPiece[float]] = [
        RoadPiece[float](line=LinePiece[float](length_m=60.0)),
        RoadPiece[float](clothoid=ClothoidPiece[float](length_m=40.0, end_radius_m=radius_m, turn=turn)),
        RoadPiece[float](arc=ArcPiece[float](length_m=80.0, radius_m=radius_m, turn=turn)),
        RoadPiece[float](clothoid=ClothoidPiece[float](length_m=40.0)),
    ]
    return network_for(Road[float].model_validate({"build": pieces, **words}))


def kinds(network: RoadNetwork, s_m: float = 50.0) -> list[tuple[int, str]]:
    return [(lane, kind) for lane, kind, _, _ in network.lanes_at(MAIN, s_m)]


def test_an_urban_street_has_its_strips_from_right_to_left() -> None:
    assert [kind for _, kind in kinds(urban())] == [
        "sidewalk", "curb", "parking", "driving", "driving", "curb", "sidewalk",
    ]  # fmt: skip


def test_the_same_words_give_the_same_network_and_others_another() -> None:
    assert urban(lane_width_m=3.1) is urban(lane_width_m=3.1)
    assert urban(lane_width_m=3.1) is not urban(lane_width_m=3.2)
    assert urban(markings=Markings[float](wear=0.5)).wear == 0.5 != urban().wear


def test_widths_are_those_of_the_scenario() -> None:
    network = urban(lane_width_m=3.4, sidewalk_width_m=2.0)
    width = {lane: high - low for lane, _, low, high in network.lanes_at(MAIN, 10.0)}
    assert width[-1] == pytest.approx(3.4)
    assert width[-2] == pytest.approx(PARKING_M)
    assert width[-4] == pytest.approx(2.0)
    for strip in network.strips():
        assert np.allclose(np.linalg.norm(strip.outer_m - strip.inner_m, axis=1), width[strip.lane])


def test_lanes_count_both_directions_of_a_two_way_road() -> None:
    driving = [lane for lane, kind in kinds(urban(lanes=4)) if kind == "driving"]
    assert driving == [-2, -1, 1, 2]
    assert urban(lanes=4).lane("left", 10.0) == (MAIN, -1)
    assert urban(lanes=4).lane("right", 10.0) == (MAIN, -2)
    assert urban(lanes=4).lane("oncoming", 10.0) == (MAIN, 1)


def test_a_highway_counts_the_lanes_of_the_egos_carriageway() -> None:
    network = network_for(Road[float](preset="highway", lanes=3))
    lanes = [network.lane(word, 100.0)[1] for word in ("right", "middle", "left", "oncoming")]
    centres = [network.roads[MAIN].centre(0, lane, np.array([100.0]))[0] for lane in lanes]
    assert centres[0] < centres[1] < centres[2] < centres[3]
    assert centres[2] - centres[1] == pytest.approx(3.75)
    assert all(network.roads[MAIN].direction(lane) == 1 for lane in lanes[:3])
    assert network.roads[MAIN].direction(lanes[3]) == -1
    assert {thing.kind for thing in network.objects} >= {"barrier", "guardrail", "delineator"}


def test_the_ego_drives_on_the_right() -> None:
    for network in (urban(), network_for(Road[float](preset="country_road"))):
        path = network.path(*network.lane("right", 20.0), 20.0, 50.0)
        oncoming = network.path(*network.lane("oncoming", 100.0), 100.0, 50.0)
        assert path.position_m[0, 1] < 0.0 < oncoming.position_m[0, 1]
        assert np.cos(path.yaw_rad[0] - oncoming.yaw_rad[0]) == pytest.approx(-1.0)


def test_an_unknown_lane_word_is_an_error_that_lists_the_lanes() -> None:
    with pytest.raises(StormlaneError, match="no lane 9 at s = 10 m; it has -4, -3"):
        urban().lane("9", 10.0)
    with pytest.raises(StormlaneError, match=r"s = 250 m is not on road 'road', which is 220.0 m long"):
        urban().lane("right", 250.0)
    with pytest.raises(StormlaneError, match="no 'oncoming' lane"):
        urban(one_way=True).lane("oncoming", 10.0)


def test_strip_offsets_point_to_the_strips() -> None:
    network = urban()
    at = {
        word: network.strip_offset(MAIN, -1, 50.0, word)
        for word in ("sidewalk", "opposite_sidewalk", "parking")
    }
    # lane -1 is centred at -1.625; the near sidewalk reaches from -5.6 to -8.1, the far one from 3.4 to 5.9
    assert at == pytest.approx({"sidewalk": -5.225, "opposite_sidewalk": 6.275, "parking": -2.725})
    assert network.strip_offset(MAIN, 1, 50.0, "sidewalk") == pytest.approx(-(4.65 - 1.625))
    assert network.strip_width(MAIN, -1, 50.0, "sidewalk") == pytest.approx(2.5)
    with pytest.raises(StormlaneError, match="not a strip"):
        network.strip_offset(MAIN, -1, 50.0, "roof")


def test_a_country_road_has_a_verge_on_either_side() -> None:
    network = network_for(Road[float](preset="country_road"))
    near, far = (network.strip_offset(MAIN, -1, 50.0, word) for word in ("verge", "opposite_verge"))
    assert near == pytest.approx(-(1.625 + 0.5 + 0.75))
    assert far == pytest.approx(1.625 + 3.25 + 0.5 + 0.75)


def test_a_pose_beside_the_lane_stands_on_the_kerb() -> None:
    network = urban()
    path = network.path(*network.lane("right", 20.0), 20.0, 100.0)
    position, yaw, pitch, roll = path.pose(np.array([0.0, 30.0, 30.0]), np.array([0.0, -5.225, -2.0]))
    assert position[:, 2] == pytest.approx([0.0, KERB_M, 0.0])
    assert position[1] == pytest.approx([50.0, -6.85, KERB_M])
    assert (yaw[0], pitch[0], roll[0]) == (0.0, 0.0, 0.0)


def test_a_path_runs_on_straight_beyond_its_end() -> None:
    path = urban().path(MAIN, -1, 20.0, 50.0)
    position, _, _, _ = path.pose(np.array([-10.0, 70.0]), 0.0)
    assert position[:, 0] == pytest.approx([10.0, 90.0])


def test_a_path_goes_on_over_the_run_up_roads() -> None:
    path = urban().path(MAIN, -1, 200.0, 100.0, behind_m=250.0)
    assert path.start_m == pytest.approx(250.0)
    assert path.length_m == pytest.approx(350.0)
    assert [piece[0] for piece in path.pieces] == ["road.before", "road", "road.after"]
    assert path.position_m[0, 0] == pytest.approx(-50.0)


@pytest.mark.parametrize("turn", ["left", "right"])
def test_a_path_round_a_bend_is_smooth_and_keeps_its_distance(turn: str) -> None:
    network = bend(turn, 130.0)
    path = network.path(*network.lane("right", 5.0), 5.0, 200.0)
    steps = np.linalg.norm(np.diff(path.position_m, axis=0), axis=1)
    assert steps.max() < 0.55
    assert np.abs(np.diff(path.yaw_rad)).max() < 0.01
    sign = 1.0 if turn == "left" else -1.0
    # the right lane is 1.625 m outside a left bend and inside a right one
    assert np.max(sign * path.curvature_per_m) == pytest.approx(1.0 / (130.0 + sign * 1.625), rel=1e-3)
    middle = np.gradient(path.yaw_rad, path.s_m)
    assert np.allclose(middle[2:-2], path.curvature_per_m[2:-2], atol=4e-4)
    road = network.roads[MAIN]
    for s, (x, y, _) in list(zip(path.s_m, path.position_m, strict=True))[::60]:
        place = network.locate(float(x), float(y))
        if place.road == MAIN:
            assert place.t_m == pytest.approx(road.centre(0, -1, np.array([place.s_m]))[0], abs=1e-6)
        assert path.locate(float(x), float(y)) == pytest.approx((s, 0.0), abs=1e-3)


def test_the_neighbour_runs_beside_station_for_station() -> None:
    network = network_for(Road[float](preset="highway", lanes=3))
    path = network.path(*network.lane("right", 50.0), 50.0, 300.0)
    left = network.neighbour(path, "left")
    assert left is not None
    assert left.length_m == pytest.approx(300.0, abs=1e-6)
    assert left.position_m[:, 1] - path.position_m[0, 1] == pytest.approx(np.full(len(left.s_m), 3.75))
    assert network.neighbour(path, "right") is None


def test_grade_and_superelevation_tilt_the_pose() -> None:
    network = network_for(Road[float](preset="country_road", grade_rad=0.05, superelevation_rad=0.03))
    for word, sign in (("right", 1.0), ("oncoming", -1.0)):
        path = network.path(*network.lane(word, 100.0), 100.0, 40.0)
        position, yaw, pitch, roll = path.pose(np.array([10.0]), np.array([0.0]))
        assert pitch[0] == pytest.approx(-sign * 0.05, abs=1e-3)  # uphill is nose up
        assert roll[0] == pytest.approx(sign * 0.03, abs=1e-3)  # the left side of the road is the higher one
        # the pose's own left axis must lie in the surface
        left = pose_matrix(position[0], np.array([yaw[0], pitch[0], roll[0]]))[:3, 1]
        beside, _, _, _ = path.pose(np.array([10.0]), np.array([1.0]))
        assert beside[0] - position[0] == pytest.approx(left, abs=1e-6)
        assert network.height(position[0, 0], position[0, 1])[0] == pytest.approx(position[0, 2], abs=1e-6)


def test_marks_have_the_widths_and_rhythm_of_the_road() -> None:
    marks = [m for m in network_for(Road[float](preset="country_road")).marks() if m.road == MAIN]
    dashes = [m for m in marks if m.kind == "broken"]
    lengths = [np.linalg.norm(m.centre_m[-1] - m.centre_m[0]) for m in dashes[:-1]]
    assert lengths == pytest.approx([3.0] * len(lengths))
    starts = np.array([m.centre_m[0, 0] for m in dashes])
    assert np.diff(starts) == pytest.approx(np.full(len(starts) - 1, 9.0))
    assert {m.width_m for m in marks} == {0.12}
    solid = [m for m in marks if m.kind == "solid"]
    # edge lines lie wholly on the lane: their outer side on its border at 3.25 m
    assert sorted(m.centre_m[0, 1] for m in solid) == pytest.approx([-3.19, 3.19])


def test_a_double_centre_line_is_two_lines_one_width_apart() -> None:
    network = network_for(Road[float](preset="country_road", markings=Markings[float](centre="double")))
    across = sorted(m.centre_m[0, 1] for m in network.marks() if m.road == MAIN)
    assert across == pytest.approx([-3.19, -0.12, 0.12, 3.19])
    assert network.wear == 0.2


def test_a_word_of_the_markings_leaves_the_presets_other_words_alone() -> None:
    network = urban(markings={"wear": 0.7})
    assert network.wear == 0.7
    assert {m.kind for m in network.marks()} == {"broken"}  # streets with kerbs have no edge lines


def test_a_crossing_is_painted_across_the_carriageway() -> None:
    bars = [m for m in urban(crossings_m=[80.0]).marks() if m.kind == "crosswalk"]
    across = np.array([m.centre_m[:, 1].mean() for m in bars])
    assert len(bars) == 9
    assert np.allclose(np.diff(across), 1.0)
    assert across.min() - 0.25 > -3.25 - PARKING_M
    assert across.max() + 0.25 <= 3.25 + 1e-9
    for bar in bars:
        assert bar.centre_m[[0, -1], 0] == pytest.approx([78.5, 81.5])


def test_a_median_barrier_makes_a_built_road_a_divided_one() -> None:
    network = bend(
        "left",
        900.0,
        lanes=3,
        shoulder=Shoulder[float](right_m=2.5),
        barriers=Barriers(median="concrete", right="guardrail"),
    )
    driving = [lane for lane, kind in kinds(network) if kind == "driving"]
    assert len([k for k in driving if k < 0]) == 3
    assert len([k for k in driving if k > 0]) == 3
    assert network.surroundings == "highway"


def test_surroundings_follow_the_preset_unless_named() -> None:
    assert urban().surroundings == "town"
    assert urban(surroundings="suburb").surroundings == "suburb"


def test_a_turn_left_to_chance_depends_on_the_seed_alone() -> None:
    network = urban()
    a, b = (network.path(MAIN, -1, 10.0, 60.0, turn="any", seed=4) for _ in range(2))
    assert a.pieces == b.pieces
    assert np.array_equal(a.position_m, b.position_m)
