"""What a sensor sees of somebody: half of it behind a wall is half of it, and as much as a rendered frame shows."""

import math
from typing import Any

import numpy as np
import pytest

from scenarios.evaluation import evaluate
from scenarios.expressions import parse
from scenarios.resolved import Concrete
from scenarios.schema import Camera, ResolvedRig
from sim import simulate as simulation
from sim.roads.records import RoadObject
from sim.sight import AllRound, Beams, Picture, RoundPicture, eye_of, meet, seen_share
from sim.simulate import Simulation, simulate
from sim.solids import Solids, body_of, things_of
from sim.trace import pose_matrix
from sim.truth import Truth
from tests.support import naive_boxes
from tests.world.scenes import STREET, car, concrete

ORIGIN = np.eye(4)
NOBODY = Solids.join(())
RIG = ResolvedRig.model_validate(
    {
        "rig": "small",
        "cameras": {
            "cam_front": {"mount": {"x": 1.5, "z": 1.4}, "width": 320, "height": 200, "fov": math.radians(70)}
        },
        "lidars": {"lidar_top": {"mount": {"z": 1.8}, "model": "VLP-16"}},
        "radars": {"radar_front": {"mount": {"x": 2.0, "z": 0.5}, "model": "long_range", "far": 120.0}},
    }
)


def block(centre: tuple[float, float, float], size: tuple[float, float, float], yaw: float = 0.0) -> Solids:
    rotation = pose_matrix(np.zeros(3), np.array((yaw, 0.0, 0.0)))[:3, :3]
    return Solids(np.array((centre,)), rotation[None], np.array((size,)) / 2)


SCREEN = block((20.0, 0.0, 0.0), (0.1, 2.0, 2.0))


# ------------------------------------------------------------------------------------------------ analytic answers
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_wall_hides_what_stands_behind_it(share: float) -> None:
    # At 10 m, half way, the wall must reach half as far as the shadow that it throws at 20 m.
    edge = -0.5 + share
    wall = block((10.0, edge - 5.0, 0.0), (0.01, 10.0, 10.0))
    assert seen_share(ORIGIN, AllRound(), SCREEN, wall) == pytest.approx(1.0 - share, abs=0.03)


def test_a_wall_behind_hides_nothing() -> None:
    assert seen_share(ORIGIN, AllRound(), SCREEN, block((21.0, 0.0, 0.0), (0.1, 10.0, 10.0))) == 1.0
    assert seen_share(ORIGIN, AllRound(), SCREEN, block((-5.0, 0.0, 0.0), (0.1, 10.0, 10.0))) == 1.0


def test_a_bus_hides_a_child_and_a_child_no_bus() -> None:
    child, bus = (
        body_of("pedestrian.child", "child", (0.72, 0.52, 1.18)),
        body_of("bus.city", "bus", (12.0, 2.95, 3.1)),
    )
    eye = pose_matrix(np.array((-15.0, 0.0, 1.4)), np.zeros(3))

    def at(body: Solids, x: float, y: float) -> Solids:
        return Solids(body.centre_m + np.array((x, y, 0.0)), body.rotation, body.half_m)

    assert seen_share(eye, AllRound(), at(child, 8.0, 0.0), at(bus, 0.0, 0.0)) == 0.0
    assert seen_share(eye, AllRound(), at(bus, 0.0, 0.0), at(child, -9.0, 0.0)) > 0.8
    assert seen_share(eye, AllRound(), at(child, 8.0, 5.0), at(bus, 0.0, 0.0)) == 1.0


@pytest.mark.parametrize(("yaw_deg", "share"), [(0.0, 1.0), (35.0, 0.5), (60.0, 0.0), (180.0, 0.0)])
def test_a_camera_sees_what_lies_in_its_picture(yaw_deg: float, share: float) -> None:
    lens = Picture.of(
        Camera[float].model_validate(
            {"mount": {"z": 0.0}, "width": 320, "height": 200, "fov": math.radians(70)}
        )
    )
    turned = pose_matrix(np.zeros(3), np.array((math.radians(yaw_deg), 0.0, 0.0)))
    assert seen_share(turned, lens, SCREEN, NOBODY) == pytest.approx(share, abs=0.04)


def test_a_lens_bends_the_edge_of_the_picture_as_the_camera_does() -> None:
    from renderers.optics import camera_model, project

    words = Camera[float].model_validate(
        {
            "mount": {"z": 0.0},
            "width": 320,
            "height": 200,
            "fov": math.radians(80),
            "distortion": [-0.15, 0.02, 0.001, -0.002, 0],
        }
    )
    lens, model = Picture.of(words), camera_model(words)
    rng = np.random.default_rng(0)
    way = np.column_stack((np.ones(2000), rng.uniform(-1.5, 1.5, (2000, 2))))
    u, v = project(model, np.column_stack((-way[:, 1], -way[:, 2], way[:, 0]))).T
    inside = (u >= -0.5) & (u <= 319.5) & (v >= -0.5) & (v <= 199.5)
    assert np.array_equal(lens.sees(way, np.ones(2000)), inside)
    assert 100 < inside.sum() < 1900


def test_a_fisheye_sees_beside_itself_as_the_camera_does() -> None:
    from renderers.optics import camera_model, project

    words = Camera[float].model_validate(
        {
            "mount": {"z": 0.0},
            "width": 320,
            "height": 240,
            "fov": math.radians(190),
            "fisheye": [-0.012, 0.004, -0.003, 0.0005],
            "field": math.radians(200),
        }
    )
    lens, model = RoundPicture.of(words), camera_model(words)
    way = np.random.default_rng(0).normal(size=(4000, 3))
    u, v = project(model, np.column_stack((-way[:, 1], -way[:, 2], way[:, 0]))).T
    inside = (u >= -0.5) & (u <= 319.5) & (v >= -0.5) & (v <= 239.5)
    assert np.array_equal(lens.sees(way, np.ones(4000)), inside)
    assert np.any(inside & (way[:, 0] < 0.0)) and not np.all(inside[way[:, 0] > 0.0])


def test_a_lidar_sees_around_but_not_above_its_beams_nor_beyond_its_reach() -> None:
    beams = Beams(math.tan(math.radians(-15)), math.tan(math.radians(15)), 100.0)
    for yaw in (0.0, 2.0, 4.0):
        assert seen_share(pose_matrix(np.zeros(3), np.array((yaw, 0.0, 0.0))), beams, SCREEN, NOBODY) == 1.0
    assert seen_share(ORIGIN, beams, block((20.0, 0.0, 8.0), (1.0, 1.0, 1.0)), NOBODY) == 0.0
    assert seen_share(ORIGIN, beams, block((120.0, 0.0, 0.0), (1.0, 1.0, 1.0)), NOBODY) == 0.0


def test_a_radar_sees_within_its_field_and_its_reach() -> None:
    eye = eye_of("ego.radar_front", RIG, (4.5, 1.8, 1.5))
    assert isinstance(eye.lens, Beams)
    places = ((60.0, 0.0, 0.5), (60.0, 20.0, 0.5), (125.0, 0.0, 0.5))
    ahead, aside, far = (block(place, (1.0, 1.0, 1.0)) for place in places)
    assert seen_share(eye.ego_from_eye, eye.lens, ahead, NOBODY) == 1.0
    assert seen_share(eye.ego_from_eye, eye.lens, aside, NOBODY) == 0.0  # 19 degrees, and the field ends at 9
    assert seen_share(eye.ego_from_eye, eye.lens, far, NOBODY) == 0.0


def test_rays_meet_boxes_as_their_slow_twin_says() -> None:
    rng = np.random.default_rng(3)
    count = 40
    turns = [pose_matrix(np.zeros(3), rng.uniform(-3, 3, 3))[:3, :3] for _ in range(count)]
    boxes = Solids(rng.uniform(-8, 8, (count, 3)), np.array(turns), rng.uniform(0.1, 3.0, (count, 3)))
    way = rng.normal(size=(50, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    eye = np.array((0.3, -0.2, 0.5))
    fast = meet(eye, way, boxes).T
    slow = [
        [
            naive_boxes.meet(eye, w, boxes.centre_m[k], boxes.rotation[k], boxes.half_m[k])
            for k in range(count)
        ]
        for w in way
    ]
    assert fast == pytest.approx(np.array(slow), abs=1e-9)
    assert 0.02 < np.isfinite(fast).mean() < 0.9


def test_things_beside_the_road_stand_where_the_map_has_them() -> None:
    line = np.array(((0.0, 5.0, 0.0), (10.0, 5.0, 0.0), (20.0, 5.0, 0.0)))
    wall = RoadObject("barrier", "wall", line[0], 0.0, (20.0, 0.6, 0.9), line, closed=False)
    house = RoadObject(
        "building", "house", np.array((5.0, 15.0, 0.0)), 0.0, (10.0, 10.0, 8.0),
        np.array(((0.0, 10.0, 0.0), (10.0, 10.0, 0.0), (10.0, 20.0, 0.0), (0.0, 20.0, 0.0))),
    )  # fmt: skip
    flat = RoadObject("crosswalk", "zebra", line[0], 0.0, (4.0, 7.0, 0.0))
    things = things_of((wall, house, flat))
    assert len(things) == 2 + 4
    eye = np.array((5.0, 0.0, 0.5))
    up = np.array((0.0, 1.0, 0.5)) / math.hypot(1.0, 0.5)
    near = meet(eye, np.stack((np.array((0.0, 1.0, 0.0)), up)), things).min(0)
    assert near == pytest.approx([5.0 - 0.3, math.hypot(10.0 - 0.01, 5.0 - 0.005)], abs=0.01)


# ------------------------------------------------------------------------------------- in scenarios, and in pictures
def hidden_child(**rest: Any) -> Concrete:
    """A child steps out from in front of a parked van."""
    scene = concrete(
        car(40.0, 8.0, {"drive": {"speed": 8.0}}),
        van={"model": "van.delivery", "start": {"parked": "right", "s": 75.0}},
        child={
            "model": "pedestrian.child",
            "start": {
                "ahead_of": "van",
                "gap": 0.6,
                "offset": "sidewalk",
                "lateral": 1.6,
                "facing": "across",
            },
            "do": [
                {"wait": {"for": 2.0}},
                {"mark": "reveal"},
                {"walk": {"to": "opposite_sidewalk", "speed": 3.0}},
            ],
        },
        road=STREET,
        duration=4.0,
        **rest,
    )
    return Concrete(scene.scenario, RIG, 0, 0, {}, {})


def test_a_child_behind_a_van_is_unseen_until_it_steps_out() -> None:
    truth = Truth(simulate(hidden_child()))
    for view in ("ego.cam_front", "ego", "ego.lidar_top"):
        assert truth.holds(f"visible(child, {view}) < 0.2 before reveal"), view
        assert truth.holds(f"max(visible(child, {view})) > 0.9 within 2 s after reveal"), view
    share = truth.series("visible(child, ego.cam_front)")
    assert np.all(np.diff(share)[np.arange(1, len(share)) % 5 != 0] == 0.0)  # looked at every 50 ms
    told = truth.judge("visible(child, ego.cam_front) > 0.9 after reveal").told
    assert told.startswith("was 0") and told.endswith(" s")


def test_the_running_world_sees_what_the_trace_sees() -> None:
    sim = Simulation(hidden_child())
    asked: dict[str, list[float]] = {
        f"visible({who}, ego.cam_front)": [] for who in ("child", "van", "nearest(any)")
    }
    original = simulation.Recorder.take

    def take(recorder: Any, tick: int, *rest: Any) -> None:
        for text, heard in asked.items():
            heard.append(float(evaluate(parse(text), sim.scope)))
        original(recorder, tick, *rest)

    simulation.Recorder.take = take  # type: ignore[method-assign]
    try:
        truth = Truth(sim.run())
    finally:
        simulation.Recorder.take = original  # type: ignore[method-assign]
    for text, heard in asked.items():
        # Springs and kerbs lift bodies by centimetres in the trace only.
        assert truth.series(text) == pytest.approx(np.array(heard[: len(truth.time_s)]), abs=0.12), text
        assert np.abs(truth.series(text) - np.array(heard[: len(truth.time_s)])).mean() < 0.02, text


def test_it_is_as_much_as_a_rendered_frame_shows() -> None:
    from renderers.stage import Stage
    from sim.app.clip import render_sample

    trace = simulate(hidden_child())
    trace.concrete.scenario.capture.outputs[:] = ["camera"]
    truth, stage = Truth(trace), Stage(trace)
    apart = []
    for time_s in (0.5, 1.5, 1.75, 2.0, 2.5, 3.5):
        boxes = {
            b.instance_id: b
            for b in render_sample(stage, "clip", 0, round(time_s * 1e9)).labels.boxes["cam_front"]
        }
        for name in ("child", "van"):
            box = boxes.get(trace.actors[trace.index(name)].instance_id)
            shown = (
                0.0 if box is None else box.visible_px / max(box.unoccluded_px, 1) * (1.0 - box.truncation)
            )
            apart.append(abs(shown - float(truth.value(f"visible({name}, ego.cam_front) at {time_s} s"))))
    assert max(apart) < 0.25
    assert float(np.mean(apart)) < 0.08


def test_every_eye_has_its_place() -> None:
    size = (4.7, 2.0, 1.5)
    assert eye_of("ego", RIG, size).ego_from_eye[:3, 3] == pytest.approx((0.47, 0.0, 1.23))
    assert eye_of("ego.cam_front", RIG, size).ego_from_eye[:3, 3] == pytest.approx((1.5, 0.0, 1.4))
    assert isinstance(eye_of("ego.lidar_top", RIG, size).lens, Beams)
