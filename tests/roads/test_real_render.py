"""Maps that other people drew are driven and seen: lanes and marks in the picture, the car on their hills."""

from pathlib import Path

import numpy as np
import pytest

import scenarios
from renderers.stage import Stage
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.clip import ClipPlan, render_sample
from sim.simulate import simulate
from tests.support.corpus import corpus

ESMINI = "esmini+esmini/resources/xodr"
ALKS = "asam-oss+OSC-ALKS-scenarios/logical_scenarios/concrete_scenarios/road_networks"
SCENARIO = """\
scenario: real_map
version: 1
world:
  clock: {sun: {elevation: 35 deg, azimuth: 200 deg}}
  weather:
    - {clouds: 2 okta}
  road: {opendrive: map.xodr}
actors:
  ego:
    model: car.sedan
    rig: rigs/front_cam_roof_lidar.yaml
    start: {lane: right, s: 60 m, speed: 40 km/h}
    do:
      - drive: {speed: 40 km/h}
  lead:
    model: car.hatchback
    start: {ahead_of: ego, gap: 14 m, speed: 40 km/h}
    do:
      - drive: {speed: 40 km/h}
capture: {duration: 3 s, rate: 10 Hz, outputs: [camera, semantic, instance]}
"""
SMALL = ("rig.cameras.cam_front.width=160", "rig.cameras.cam_front.height=96")

# (map, overrides, least metres that the ego climbs or falls, what else must be seen)
MAPS: dict[str, tuple[str, tuple[str, ...], float, tuple[str, ...]]] = {
    "town": (
        f"{ESMINI}/fabriksgatan.xodr",
        ("actors.ego.start={road: '0', lane: 1, s: 60 m, speed: 40 km/h}",),
        0.0,
        ("sidewalk", "building"),
    ),
    "motorway": (f"{ESMINI}/e6mini.xodr", ("actors.ego.start.s=930 m",), 0.5, ("terrain",)),
    "straight": (f"{ESMINI}/straight_500m.xodr", (), 0.0, ("terrain",)),
    "alks": (f"{ALKS}/alks_road_different_curvatures.xodr", (), 0.0, ("terrain",)),
}


@pytest.mark.slow
@pytest.mark.parametrize("which", MAPS)
def test_a_real_map_is_driven_and_seen(which: str, tmp_path: Path) -> None:
    name, overrides, climb_m, seen = MAPS[which]
    (tmp_path / "map.xodr").write_bytes(corpus(name).read_bytes())
    (tmp_path / "real.yaml").write_text(SCENARIO)
    concrete = scenarios.resolve(scenarios.load(tmp_path / "real.yaml", (*overrides, *SMALL)))
    trace = simulate(concrete)

    ego = trace.position_m[:, trace.index("ego")]
    assert np.linalg.norm(ego[-1, :2] - ego[0, :2]) > 20.0
    ground = trace.road.height(ego[:, 0], ego[:, 1])
    assert np.abs(ego[:, 2] - ground).max() < 0.02
    assert np.ptp(ego[:, 2]) >= climb_m
    fell = np.gradient(ego[:, 2]) / np.linalg.norm(np.gradient(ego[:, :2], axis=0), axis=1)
    assert np.abs(np.tan(trace.rotation_rad[:, trace.index("ego"), 1]) + fell).max() < 0.01

    plan = ClipPlan.of(concrete)
    frame = render_sample(Stage(trace), concrete.clip_id, 5, plan.times_ns[5]).cameras["cam_front"]
    share = np.bincount(frame.semantic.ravel(), minlength=64) / frame.semantic.size
    assert share[SEMANTIC_ID["road"]] > 0.2
    assert share[SEMANTIC_ID["road_marking"]] > 0.0005
    for word in seen:
        assert share[SEMANTIC_ID[word]] > 0.01, word
    assert np.count_nonzero(frame.instance == 2) > 20  # the car ahead stands on the same road
