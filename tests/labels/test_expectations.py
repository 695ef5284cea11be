"""Detectors whose faults are known on paper are judged exactly by them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from labelers.corridor import Corridor, stands_within
from labelers.detections import Detector, Found, Report, found_2d, found_3d, read_detections
from labelers.expectations import ClipExpectations, Expected, Judgement, judge
from labelers.geometry import inverse_rigid
from labelers.overlap import iou_2d, iou_3d
from labelers.records import Sample
from scenarios.errors import StormlaneError
from tests.labels.synthetic import THINGS, Thing, sample

CLIP = "toy-0000-0000"
RATE_HZ = 10.0
CHILD, CAR, TRUCK = 3, 2, 9
WALKER = Thing(CHILD, "child", "pedestrian.child", 16.0, 1.0, (0.72, 0.52, 1.18), 1.5, 0.0, "standing")
SCENE = (THINGS[0], WALKER, THINGS[3])


def frames(count: int = 20) -> list[Sample]:
    """Two seconds on a straight road along x; frame k is taken at (k + 1) / 10 s."""
    return [sample(k, SCENE, CLIP, RATE_HZ) for k in range(count)]


def judged(detector: Detector, *expected: Expected, count: int = 20) -> list[Judgement]:
    clip = ClipExpectations(CLIP, "toy", expected)
    return judge(frames(count), {CLIP: clip}, detector)


def oracle(shown: Sample) -> Report:
    """The labels themselves: image boxes, boxes in space under the lidar's name and under "fused"."""
    ego_from_world = inverse_rigid(shown.world_from_ego)
    ids = [c.instance_id for c in shown.labels.cuboids]
    centres = [ego_from_world[:3, :3] @ c.centre_m + ego_from_world[:3, 3] for c in shown.labels.cuboids]
    classes = [c.actor_class for c in shown.labels.cuboids]
    sizes = [c.size_m for c in shown.labels.cuboids]
    yaws = [c.rotation_rad[0] for c in shown.labels.cuboids]
    boxes = [b for b in shown.labels.boxes["cam_front"] if b.visible is not None]
    space = found_3d(centres, sizes, yaws, classes, tracks=ids)
    flat = [Found(b.actor_class, b.visible, track=b.instance_id) for b in boxes]
    return {"cam_front": flat, "lidar_top": space, "fused": space}


def blind(shown: Sample) -> Report:
    return {"cam_front": [], "lidar_top": [], "fused": []}


FIND_CHILD = Expected(
    "child_found", "detect", ("cam_front",), "once it shows", 0.42, targets=(CHILD,), target="child",
    classes=("pedestrian",), within_s=0.25, recall=0.9, hold_s=1.0,
)  # fmt: skip
KEEP_TRUCK = Expected("truck_kept", "track", ("fused",), "the start", 0.0, targets=(TRUCK,), target="truck")
ROAD = Corridor(np.array([[-20.0, 0.0, 0.0], [200.0, 0.0, 0.0]]), np.array([1.5, 1.5]))
NO_PEOPLE = Expected(
    "no_mirror_people", "no_false", ("cam_front",), "the start", 0.0, classes=("pedestrian", "cyclist"), iou=0.3,
    corridors=(ROAD,), range_m=40.0, rate_per_frame=0.02,
)  # fmt: skip
IN_SPACE = Expected("truck_by_lidar", "detect", ("lidar_top",), "the start", 0.0, targets=(TRUCK,), iou=0.7)


def test_the_labels_themselves_pass_everything() -> None:
    verdicts = judged(oracle, FIND_CHILD, KEEP_TRUCK, NO_PEOPLE, IN_SPACE)
    assert [v.outcome for v in verdicts] == ["passed"] * 4, [v.line for v in verdicts]
    found = verdicts[0].verdicts[0].numbers
    assert found["found_after_s"] == pytest.approx(
        0.5 - 0.42
    )  # the first frame after 0.42 s is the one at 0.5 s
    assert found["recall"] == 1.0


def test_who_sees_nothing_fails_to_detect_and_to_track_but_invents_nothing() -> None:
    find, keep, quiet = judged(blind, FIND_CHILD, KEEP_TRUCK, NO_PEOPLE)
    assert (find.outcome, keep.outcome, quiet.outcome) == ("failed", "failed", "passed")
    assert find.told == f"{CLIP}: not found within 250 ms of once it shows at 0.42 s; never found"
    assert keep.told == f"{CLIP}: truck was never found, so it has no track"


@pytest.mark.parametrize(("late_frames", "passes"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_delay_is_judged_by_arithmetic(late_frames: int, passes: bool) -> None:
    """Frames lie at 0.5, 0.6, 0.7 ... s; 250 ms after 0.42 s end at 0.67 s."""

    def late(shown: Sample) -> Report:
        return oracle(shown) if shown.time_ns * 1e-9 >= 0.5 + 0.1 * late_frames - 1e-6 else blind(shown)

    (verdict,) = judged(late, FIND_CHILD)
    assert (verdict.outcome == "passed") == passes
    assert verdict.verdicts[0].numbers["found_after_s"] == pytest.approx(0.08 + 0.1 * late_frames)
    if not passes:
        assert verdict.told.endswith(f"found {80 + 100 * late_frames} ms after it")


@pytest.mark.parametrize(("missed", "passes"), [(1, True), (2, False)])
def test_holding_on_is_a_share_of_the_frames_after_the_first_find(missed: int, passes: bool) -> None:
    """The second after 0.5 s holds eleven frames; 0.9 of them are 9.9, so one may be missed."""

    def flickering(shown: Sample) -> Report:
        return blind(shown) if 5 <= shown.index < 5 + missed else oracle(shown)

    (verdict,) = judged(flickering, FIND_CHILD)
    assert (verdict.outcome == "passed") == passes
    assert verdict.verdicts[0].numbers["recall"] == pytest.approx((11 - missed) / 11)


@pytest.mark.parametrize("every", [50, 25, 10, 1])
def test_invented_mirror_people_are_counted_to_the_frame(every: int) -> None:
    """A person is reported on the wet road ahead, where none is, in one frame of `every`."""

    def inventive(shown: Sample) -> Report:
        ghost = Found(
            "person", (150.0, 100.0, 162.0, 140.0)
        )  # its lower edge lies on the road a few metres ahead
        extra = [ghost] if shown.index % every == 0 else []
        return {**oracle(shown), "cam_front": [*oracle(shown)["cam_front"], *extra]}

    (verdict,) = judged(inventive, NO_PEOPLE, count=50)
    rate = math.ceil(50 / every) / 50
    assert verdict.outcome == ("passed" if rate <= 0.02 else "failed")
    assert verdict.told == (
        f"{math.ceil(50 / every)} false finds in 50 frames: {rate:.4g} per frame, 0.02 allowed"
    )


def test_a_ghost_counts_only_where_and_as_what_it_is_asked_for() -> None:
    def reporting(*extra: Found) -> Detector:
        return lambda shown: {"cam_front": list(extra)}

    def false(found: Found, expected: Expected = NO_PEOPLE) -> float:
        return judged(reporting(found), expected, count=1)[0].verdicts[0].numbers["false"]

    on_road, beside, sky = (150.0, 100.0, 162.0, 140.0), (20.0, 100.0, 32.0, 140.0), (150.0, 5.0, 162.0, 30.0)
    assert false(Found("pedestrian", on_road)) == 1
    assert false(Found("cyclist", on_road)) == 1
    assert false(Found("car", on_road)) == 0
    assert false(Found("pedestrian", beside)) == 0
    assert false(Found("pedestrian", sky)) == 0
    anywhere = Expected("x", "no_false", ("cam_front",), "the start", 0.0, iou=0.3)
    assert false(Found("pedestrian", sky), anywhere) == 1
    assert false(Found("unheard_of", sky), anywhere) == 1
    car = next(b for b in frames(1)[0].labels.boxes["cam_front"] if b.instance_id == CAR)
    assert car.visible is not None
    assert false(Found("dog", car.visible), anywhere) == 0  # a wrong name for something that is there
    people = Expected("x", "no_false", ("cam_front",), "the start", 0.0, classes=("pedestrian",), iou=0.3)
    assert false(Found("pedestrian", car.visible), people) == 1  # a person where a car is


def test_ghosts_in_space_stand_in_the_corridor_by_their_feet() -> None:
    shown = frames(1)[0]
    near = Found("car", None, (10.0, 1.0, 0.7), (4.0, 1.8, 1.4))
    reaching_in = Found("car", None, (10.0, 2.3, 0.7), (4.0, 1.8, 1.4))
    beside = Found("car", None, (10.0, 2.5, 0.7), (4.0, 1.8, 1.4))
    behind = Found("car", None, (-10.0, 0.0, 0.7), (4.0, 1.8, 1.4))
    inside = [stands_within(shown, "lidar_top", f, ROAD, None) for f in (near, reaching_in, beside, behind)]
    assert inside == [True, True, False, False]
    assert not stands_within(shown, "lidar_top", near, ROAD, 7.0)


def test_the_corridor_is_followed_uphill() -> None:
    """On a slope of 10 % a box's foot is sought on the slope: level ground would put it farther away or nowhere."""
    shown = frames(1)[0]
    x = np.linspace(0.0, 100.0, 101)
    hill = Corridor(np.stack((x, 0 * x, 0.1 * x), 1), np.full(101, 1.0))
    frame = shown.cameras["cam_front"]
    eye = frame.world_from_camera[:3, 3]
    foot = np.array([eye[0] + 15.0, 0.0, 0.1 * (eye[0] + 15.0)])
    v = frame.model.matrix[1, 2] - frame.model.matrix[1, 1] * (foot[2] - eye[2]) / 15.0
    ghost = Found("person", (155.0, v - 40.0, 163.0, v + 0.5))
    assert stands_within(shown, "cam_front", ghost, hill, 20.0)
    assert not stands_within(shown, "cam_front", ghost, hill, 14.0)


def test_changes_of_identity_are_counted() -> None:
    def renaming(at: set[int], lost: set[int] = frozenset()) -> Detector:  # type: ignore[assignment]
        def detect(shown: Sample) -> Report:
            if shown.index in lost:
                return blind(shown)
            name = sum(shown.index >= k for k in at)
            return {"fused": [Found(f.actor_class, None, f.centre_m, f.size_m, f.yaw_rad, track=f"{f.track}-{name}")
                              for f in oracle(shown)["fused"]]}  # fmt: skip

        return detect

    assert judged(renaming({5}), KEEP_TRUCK)[0].outcome == "failed"
    assert judged(renaming({5, 9}), KEEP_TRUCK)[0].verdicts[0].numbers["id_switches"] == 2
    # Lost for a while, but found again as the same.
    assert judged(renaming(set(), {3, 4}), KEEP_TRUCK)[0].outcome == "passed"

    def no_track(shown: Sample) -> Report:
        return {"fused": [Found("truck", None, f.centre_m, f.size_m) for f in oracle(shown)["fused"]]}

    assert "carry no track" in judged(no_track, KEEP_TRUCK)[0].told


def test_classes_are_asked_for_by_what_they_may_mean() -> None:
    def calling(name: str) -> Detector:
        return lambda shown: {"cam_front": [Found(name, f.box_px) for f in oracle(shown)["cam_front"]]}

    assert judged(calling("person"), FIND_CHILD)[0].outcome == "passed"
    assert judged(calling("child"), FIND_CHILD)[0].outcome == "passed"
    (wrong,) = judged(calling("car"), FIND_CHILD)
    assert wrong.told.endswith("never found as wanted, but as 'car'")
    anything = Expected("x", "detect", ("cam_front",), "the start", 0.0, targets=(CHILD,), classes=("any",))
    assert judged(calling("thing"), anything)[0].outcome == "passed"


def test_any_of_several_sensors_and_instances_will_do() -> None:
    several = Expected(
        "cargo", "detect", ("cam_front", "lidar_top"), "the start", 0.0, targets=(77, TRUCK), within_s=0.1
    )

    def only_lidar(shown: Sample) -> Report:
        return {"lidar_top": oracle(shown)["lidar_top"]}

    assert judged(only_lidar, several)[0].outcome == "passed"


def test_what_never_began_or_cannot_be_known_is_not_called_passed() -> None:
    never = Expected("x", "detect", ("cam_front",), '"visible(child)"', None, targets=(CHILD,))
    late = Expected("x", "detect", ("cam_front",), "the mark", 1.95, targets=(CHILD,), within_s=0.5)
    assert judged(oracle, never)[0].outcome == "not applicable"
    verdict = judged(blind, late)[0]
    assert (verdict.outcome, verdict.told) == ("not applicable", "the clip ends before 2.45 s")


def test_an_output_that_is_missing_is_named() -> None:
    (verdict,) = judged(lambda shown: {"cam_frnt": []}, FIND_CHILD)
    assert verdict.told.endswith("the detector reports no 'cam_front'; it reports 'cam_frnt'")
    with pytest.raises(StormlaneError, match="which is no camera"):
        judged(lambda shown: {"fused": [Found("car", (0.0, 0.0, 1.0, 1.0))]}, KEEP_TRUCK)


def test_scores_below_the_threshold_do_not_count() -> None:
    def unsure(shown: Sample) -> Report:
        return {"cam_front": [Found(f.actor_class, f.box_px, score=0.4) for f in oracle(shown)["cam_front"]]}

    clip = {CLIP: ClipExpectations(CLIP, "toy", (FIND_CHILD,))}
    assert judge(frames(), clip, unsure, min_score=0.3)[0].outcome == "passed"
    assert judge(frames(), clip, unsure, min_score=0.5)[0].outcome == "failed"


def test_overlaps_by_hand() -> None:
    assert iou_2d((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert iou_2d((0, 0, 1, 1), (1, 0, 2, 1)) == 0.0
    unit = (2.0, 2.0, 2.0)
    assert iou_3d((0, 0, 0), unit, 0.3, (0, 0, 0), unit, 0.3 + math.pi / 2) == pytest.approx(1.0)
    assert iou_3d((0, 0, 0), unit, 0.0, (1, 0, 0), unit, 0.0) == pytest.approx(1 / 3)
    assert iou_3d((0, 0, 0), unit, 0.0, (0, 0, 1), unit, 0.0) == pytest.approx(1 / 3)
    # A square turned by 45 degrees cuts a regular octagon out of itself: 8 (sqrt(2) - 1) of 4.
    octagon = 8 * (math.sqrt(2) - 1)
    assert iou_3d((0, 0, 0), unit, 0.0, (0, 0, 0), unit, math.pi / 4) == pytest.approx(
        octagon / (8 - octagon)
    )


def test_reports_come_from_json_as_well(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    box = {"class": "pedestrian", "box": [1, 2, 3, 4], "score": 0.5, "track": 7}
    path.write_text(json.dumps({CLIP: {"0": {"cam_front": [box]}}}))
    shown = frames(2)
    played = read_detections(path)
    assert played(shown[0]) == {"cam_front": [Found("pedestrian", (1.0, 2.0, 3.0, 4.0), score=0.5, track=7)]}
    assert played(shown[1]) == {}
    for wrong, said in [
        ("[]", "a mapping is needed here"),
        ('{"c": {"first": {}}}', "frames are numbered from 0"),
        ('{"c": {"0": {"cam": [{"clas": "car"}]}}}', "unknown key 'clas'; did you mean \"class\"?"),
        ('{"c": {"0": {"cam": [{"class": "car", "box": [1, 2]}]}}}', "box has 4 numbers"),
        ('{"c": {"0": {"cam": [{"class": "car"}]}}}', "either box_px or centre_m"),
        ("{", "this is no JSON"),
    ]:
        path.write_text(wrong)
        with pytest.raises(StormlaneError, match=said.replace("?", r"\?")):
            read_detections(path)


def test_arrays_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 boxes need 2 classes"):
        found_2d([[0, 0, 1, 1], [1, 1, 2, 2]], ["car"])
