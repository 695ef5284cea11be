"""Plumes and fog among things that stand in the light: shadows both ways, and darker air between houses."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.aerosols import ASYMMETRY, SCATTERING
from renderers.camera import render
from renderers.fog_light import WALLS, sky_directions
from renderers.frames import CameraFrame
from renderers.kernels.air import light_between
from renderers.kernels.spray import MIDDLE
from renderers.mesh import Mesh
from renderers.plume_light import PlumeShade, lamp_on_balls, sky_over_balls, sun_on_balls
from renderers.tracer import prepare
from scenarios.schema import Camera, Mount
from sim.air import fog_extinction_per_m
from sim.plumes import Balls, Matter
from tests.support.small_stage import plain, small_stage, wall, weather

SUN = np.array([0.6, 0.0, 0.8])


def balls(*centre_m: tuple[float, float, float], radius_m: float = 1.0, extinction: float = 1.5) -> Balls:
    """Balls of black smoke."""
    count = len(centre_m)
    return Balls(
        np.arange(count), np.full(count, Matter.BLACK_SMOKE, np.uint8), np.array(centre_m, float),
        np.full(count, radius_m), np.full(count, extinction), np.zeros(count), np.zeros((count, 3)),
    )  # fmt: skip


def test_a_plume_takes_the_sun_from_the_ground_below_it() -> None:
    origin = np.array([100.0, 50.0, 1.0])
    shade = PlumeShade.of(balls((110.0, 50.0, 5.0), (118.0, 50.0, 5.0)), origin, SUN)
    assert shade is not None
    below = (
        np.array([10.0, 0.0, 4.0]) - 4.0 / 0.8 * SUN
    )  # where the first one's shadow falls, from the origin
    above = [10.0, 0.0, 4.0] + 3.0 * SUN
    aside = np.array([[0.0, 0.5, 0.0], [0.0, 1.2, 0.0]])
    points = np.concatenate([[below], below + aside, [above]]).astype(np.float32)
    seen = np.ones(4, np.float32)
    shade.dim(np.zeros(4, np.int32), points, seen, 1)
    lost = 1.0 - SCATTERING[Matter.BLACK_SMOKE].mean() * ASYMMETRY[Matter.BLACK_SMOKE] ** 2
    through = 2.0 * 1.5 * lost * MIDDLE
    assert seen[0] == pytest.approx(np.exp(-through), rel=0.05)
    assert seen[1] == pytest.approx(np.exp(-through * 0.75**1.5), rel=0.08)
    assert seen[2] == 1.0  # beside it
    assert seen[3] == pytest.approx(1.0, abs=1e-3)  # above it
    assert PlumeShade.of(balls((110.0, 50.0, 5.0)), origin, np.array([1.0, 0.0, -0.1])) is None
    assert PlumeShade.of(balls((110.0, 50.0, 5.0), extinction=1e-3), origin, SUN) is None


def test_plumes_behind_a_house_get_neither_its_sun_nor_all_of_the_sky() -> None:
    stage = small_stage([plain(), wall(20.0, top_m=12.0)])
    prepared = prepare(stage.scene(0), np.zeros(3))
    centre = np.array([[18.0, 0.0, 2.0], [-30.0, 0.0, 2.0]])
    assert sun_on_balls(prepared, centre, np.full(2, 0.5), SUN).tolist() == [0.0, 1.0]
    sky = sky_over_balls(prepared, centre, sky_directions().reshape(-1, 3))
    # Close to a wall of twelve metres half of the sky is left, and a little beyond its top and ends.
    assert 0.5 < sky[0] < 0.62 and sky[1] > 0.9
    assert lamp_on_balls(prepared, centre, np.array([25.0, 0.0, 5.0])).tolist() == [False, False]
    assert lamp_on_balls(prepared, centre, np.array([0.0, 0.0, 5.0])).tolist() == [True, True]


def test_directions_of_the_sky_are_even() -> None:
    for pattern in sky_directions():
        assert np.linalg.norm(pattern, axis=1) == pytest.approx(1.0, abs=1e-5)
        assert pattern[:, 2].mean() == pytest.approx(0.5, abs=0.05)
        assert np.hypot(*pattern[:, :2].mean(axis=0)) < 0.2


def test_the_air_between_steps_is_interpolated() -> None:
    table = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    assert light_between(table, np.float32(0.5), np.float32(0.5), np.float32(0.23)) == pytest.approx(0.0)
    assert light_between(table, np.float32(1.5), np.float32(0.5), np.float32(0.46)) == pytest.approx(5.0)
    assert light_between(table, np.float32(2.5), np.float32(1.5), np.float32(1.0)) == pytest.approx(23.0)
    assert light_between(table, np.float32(1.0), np.float32(1.0), np.float32(0.0)) == pytest.approx(8.0)


def _in_fog(*still: Mesh) -> CameraFrame:
    fog = weather(fog_extinction_per_m=fog_extinction_per_m(80.0), sun_illuminance_lx=0.0)
    camera = Camera[float](mount=Mount[float](z=1.5), width=96, height=56, fov=1.0)
    frame = render(small_stage([plain(), *still], weather=fog), "cam", camera, 0, also=("linear",))
    return frame


def test_fog_between_walls_is_darker_than_in_the_open() -> None:
    open_air, street = _in_fog(), _in_fog(*_street(9.0, 25.0))
    assert open_air.extras.linear is not None and street.extras.linear is not None
    ahead = np.s_[24:27, 46:50]  # the end of the street, far away in the fog
    share = float(street.extras.linear[ahead].mean() / open_air.extras.linear[ahead].mean())
    assert WALLS < share < 0.8
    low = _in_fog(*_street(9.0, 1.0)).extras.linear
    assert low is not None
    assert float(low[ahead].mean() / open_air.extras.linear[ahead].mean()) == pytest.approx(1.0, abs=0.06)


def _street(half_m: float, top_m: float) -> tuple[Mesh, ...]:
    """A wall on either side of the x axis."""
    turns = (
        np.array([[0.0, s, 0.0, 0.0], [-s, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
        for s in (1.0, -1.0)
    )
    return tuple(wall(half_m, half_m=120.0, top_m=top_m).moved(turn) for turn in turns)
