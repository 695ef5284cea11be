"""Another engine, asked who stands at the centre of each pixel, draws the same masks."""

from pathlib import Path

import numpy as np
import pytest

import scenarios
from renderers.camera import render
from renderers.stage import Stage
from scenarios.schema import Camera, Mount
from sim.app.clip import ClipPlan
from sim.app.preview import interesting_moment_ns
from sim.simulate import simulate
from tests.support.bullet_eye import bullet_instances
from tests.support.proof import WHOLE

CATALOGUE = Path(scenarios.__file__).parent / "catalogue"
NAMES = sorted(path.name.removesuffix(".scenario.yaml") for path in CATALOGUE.glob("*.scenario.yaml"))
SAMPLE = ("child_behind_van", "deer_snow")  # cars and a child in a town, a deer between trees in the wind
EDGE_PX = 2  # whose centres lie on an edge, of masks so small that they are more than half a percent


@pytest.mark.parametrize("name", NAMES if WHOLE else SAMPLE)
def test_masks_are_those_of_bullet_s_rays(name: str) -> None:
    concrete = scenarios.resolve(scenarios.load(CATALOGUE / f"{name}.scenario.yaml"), 0, 0)
    camera = Camera[float](mount=Mount[float](x=0.7, z=1.35), width=384, height=216, fov=1.2)
    stage = Stage(simulate(concrete))
    moment_ns = interesting_moment_ns(stage.trace, ClipPlan.of(concrete).times_ns)
    frame = render(stage, "cam_front", camera, moment_ns, clean=True)
    theirs = bullet_instances(stage, frame)
    assert frame.instance.any()
    assert (frame.instance != theirs).mean() < 2e-4
    for instance in np.unique(frame.instance):
        ours, other = frame.instance == instance, theirs == instance
        apart, union = np.count_nonzero(ours ^ other), np.count_nonzero(ours | other)
        assert apart <= max(0.005 * union, EDGE_PX), f"instance {instance}: {apart} of {union} pixels"
