"""The fast picture against the path tracer's, of one street in six lights: how far apart they may be, as measured.

`benchmarks/golden.py` prints the same numbers for larger pictures and more paths.
"""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.camera import render
from renderers.likeness import brightness, relative_error, ssim
from renderers.quality import LEVELS, Quality
from renderers.stage import Stage
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate
from tests.support.proof import WHOLE

AT_NS = 100_000_000


def _stage(state: str, width: int = 96, height: int = 54) -> Stage:
    return Stage(simulate(tiny_concrete(state, lidar=False, width=width, height=height)))


def _camera(stage: Stage) -> Camera[float]:
    return stage.trace.concrete.rig.cameras["cam_front"]


# Least SSIM, largest mean relative error of linear light, median of fast over slow: a little beyond what was measured.
BOUNDS = {
    "clear": (0.70, 0.15, 1.07),
    "low_sun": (0.63, 0.20, 1.12),
    "overcast": (0.68, 0.17, 1.08),
    "fog": (0.69, 0.16, 1.08),
    "night_rain": (0.74, 0.19, 1.08),
    "snow": (0.74, 0.17, 1.10),
}

# Means of red, green and blue over slow where light comes from what is near: noise does not move them.
MEANS = {
    "clear": {"road": (0.92, 1.08), "building": (0.9, 1.03)},
    "low_sun": {"road": (0.88, 1.1), "building": (0.88, 1.03)},
}

LIGHTS = ("low_sun", "fog", "night_rain")  # long shadows, air, lamps; the whole proof adds three skies


@pytest.mark.slow
@pytest.mark.parametrize("state", BOUNDS if WHOLE else LIGHTS)
def test_the_fast_picture_is_as_near_the_reference_as_measured(state: str) -> None:
    stage = _stage(state)
    fast = render(stage, "cam_front", _camera(stage), AT_NS, also=("linear",))
    slow = render(
        stage, "cam_front", _camera(stage), AT_NS, quality=Quality.of("reference", 24), also=("linear",)
    )
    assert fast.extras.linear is not None and slow.extras.linear is not None
    least, most, brightest = BOUNDS[state]
    found = (
        ssim(fast.image, slow.image),
        relative_error(fast.extras.linear, slow.extras.linear),
        brightness(fast.extras.linear, slow.extras.linear),
    )
    assert found[0] > least and found[1] < most, found
    assert 0.85 < found[2] < brightest, found
    for name, (low, high) in MEANS.get(state, {}).items():
        where = fast.semantic == SEMANTIC_ID[name]
        one, other = (picture[where].mean(axis=0) for picture in (fast.extras.linear, slow.extras.linear))
        assert (low < one / other).all() and (one / other < high).all(), (name, one / other)


def test_labels_are_the_same_at_every_level_of_quality() -> None:
    stage = _stage("night_rain", 64, 40)
    truth = []
    for name in LEVELS:
        frame = render(stage, "cam_front", _camera(stage), AT_NS, quality=Quality.of(name, 1))
        truth.append(
            b"".join(
                a.tobytes() for a in (frame.instance, frame.semantic, frame.depth_m, frame.transmittance)
            )
        )
    assert len(set(truth)) == 1


@pytest.mark.parametrize("name", LEVELS)
def test_no_level_depends_on_the_number_of_threads(name: str) -> None:
    stage = _stage("clear", 64, 40)
    one, two = (
        render(stage, "cam_front", _camera(stage), AT_NS, threads, quality=Quality.of(name, 2)).image
        for threads in (1, 2)
    )
    assert (one == two).all()


def test_a_picture_is_like_itself_and_noise_is_not_like_it() -> None:
    chance = np.random.default_rng(1)
    image = chance.integers(0, 255, (40, 60, 3)).astype(np.uint8)
    assert ssim(image, image) == pytest.approx(1.0)
    assert ssim(image, chance.permuted(image, axis=0)) < 0.3
    light = image.astype(np.float32) + 1
    assert relative_error(light, light) == 0.0
    assert relative_error(1.5 * light, light) == pytest.approx(0.5, rel=0.06)
