"""The shipped crossing story also plays on a real map, by overrides alone."""

from pathlib import Path

import numpy as np

from renderers.stage import Stage
from scenarios import load, resolve
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.catalogue import find_scenario
from sim.app.clip import ClipPlan, render_sample
from sim.simulate import simulate
from tests.support.corpus import corpus

# Road 3 is fabriksgatan's western arm, road 2 its northern and road 1 its short eastern one.
ON_FABRIKSGATAN = (
    "actors.ego.start={road: 3, lane: -1, s: 76 m, speed: $ego_speed}",
    "actors.woman.start={road: 3, lane: -1, s: 106 m, offset: sidewalk, facing: across}",
    "actors.man.start={road: 3, lane: -1, s: 107 m, offset: opposite_sidewalk, facing: across}",
    "actors.runner.start={road: 3, lane: -1, s: 105 m, offset: sidewalk, facing: across}",
    "actors.waiting_car.start={road: 2, lane: -1, s: 292 m}",
    "actors.cyclist.start={road: 1, lane: 1, s: 12 m, speed: 14 km/h}",
    "rig.cameras.cam_front.width=320",
    "rig.cameras.cam_front.height=180",
)


def test_people_cross_on_fabriksgatan() -> None:
    town = corpus("esmini+esmini/resources/xodr/fabriksgatan.xodr")
    overrides = (f"world.road.opendrive={town}", *ON_FABRIKSGATAN)
    concrete = resolve(load(find_scenario(Path("town_crossing")), overrides), seed=0, sample=0)
    trace = simulate(concrete)
    assert trace.road.source_xml == town.read_bytes()
    woman = trace.index("woman")
    assert np.linalg.norm(trace.position_m[-1, woman, :2] - trace.position_m[0, woman, :2]) > 4.0
    plan = ClipPlan.of(concrete)
    sample = render_sample(Stage(trace), concrete.clip_id, 20, plan.times_ns[20])
    frame = sample.cameras["cam_front"]
    share = np.bincount(frame.semantic.ravel(), minlength=64) / frame.semantic.size
    assert share[SEMANTIC_ID["road"]] > 0.15
    assert share[SEMANTIC_ID["sidewalk"]] > 0.02
    assert share[SEMANTIC_ID["road_marking"]] > 0.0002  # one dash: this arm has no edge lines
    names = {c.instance_id: c.name for c in sample.labels.cuboids}
    seen = {names[b.instance_id] for b in sample.labels.boxes["cam_front"] if b.visible_px > 40}
    assert {"woman", "man"} <= seen
