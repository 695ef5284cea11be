"""The traffic kernel does what its slow twin does, and its parts do what their formulas say."""

import math

import numpy as np
import pytest

from sim.kernels import traffic as k
from tests.support import naive_world as naive

GRIP = np.array([0.7, 0.6, 0.5]) * np.linspace(1.0, 0.2, 9)[:, None]  # each vehicle on a road of its own


def winding(samples: int = 500) -> np.ndarray:
    """A path with bends to both sides."""
    s = np.arange(samples) * k.PATH_STEP_M
    curvature = 0.012 * np.sin(s / 35.0)
    yaw = np.cumsum(curvature) * k.PATH_STEP_M
    x, y = np.cumsum(np.cos(yaw)) * k.PATH_STEP_M, np.cumsum(np.sin(yaw)) * k.PATH_STEP_M
    speed = k.comfortable_speed(curvature, np.full(samples, 40.0), 2.5, 1.5)
    return np.column_stack((x, y, yaw, curvature, speed))


def scene(seed: int = 3):
    """Vehicles in all modes, parked cars, props and people, close enough to mind one another."""
    rng = np.random.default_rng(seed)
    paths = [winding(), winding() + np.array([0.0, 3.5, 0.0, 0.0, 0.0])]
    count = 9
    state, spec, order = np.zeros((count, 8)), np.zeros((count, 10)), np.zeros((count, 9))
    which = [v % 2 for v in range(count)]
    for v in range(count):
        s = 30.0 + 14.0 * (v // 2) + rng.uniform(0, 4)
        x, y, yaw, _, _ = naive.path_at(paths[which[v]], s)
        state[v] = (s, 0.0, x, y, yaw + 0.01 * rng.normal(), rng.uniform(5, 15), 0.0, 0.0)
        spec[v] = (2.2, 0.95, 2.7, 1.35, 3.0, 8.0, 0.03 * (v == 4), 1.0, 1.2, 1.0 - 2.0 * (v % 3 == 0))
        order[v, : k.BRAKE_AT + 1] = (k.IDM, rng.uniform(8, 18), 3.0)
        order[v, k.SHIFT_START_S : k.SHIFT_SHAPE + 1] = (0.5, 2.5, 0.0, 0.6 if v == 5 else 0.0, v % 2)
    order[0, k.MODE], order[2, k.MODE], order[3, k.MODE] = k.STEADY, k.BRAKING, k.UNDRIVEN
    order[2, k.WISH] = 4.0
    state[3, k.SPEED] = 0.0
    things = np.zeros((count + 3, 9))
    things[:, k.BKIND] = k.ON_ROAD
    things[:count, k.BHEIGHT] = 1.5
    things[3, k.BKIND] = k.PARKED
    for row, (s, t, kind) in enumerate(
        ((120.0, 0.3, k.ON_ROAD), (95.0, -4.0, k.AFOOT), (105.0, 6.5, k.AFOOT)), count
    ):
        x, y, yaw, _, _ = naive.path_at(paths[0], s)
        things[row] = (x - t * math.sin(yaw), y + t * math.cos(yaw), yaw + 1.5, 0, 0, 0.3, 0.3, 1.2, kind)
        things[row, [k.BVX, k.BVY]] = np.array((-math.sin(yaw), math.cos(yaw))) * (2.0 if t < 0 else -2.0)
    return state, spec, order, paths, which, things


def test_the_kernel_moves_all_vehicles_as_its_twin_does():
    state, spec, order, paths, which, things = scene()
    table = np.concatenate(paths)
    first = np.array([0 if w == 0 else len(paths[0]) for w in which])
    count = np.array([len(paths[w]) for w in which])
    slow, slow_order = state.copy(), order.copy()
    for tick in range(300):
        slow, slow_order, seen = naive.drive(
            slow, spec, slow_order, [paths[w] for w in which], things, GRIP, tick * 0.01, 0.01
        )
        k.drive(state, spec, order, table, first, count, things, GRIP, tick * 0.01, 0.01)
        assert np.allclose(things, seen, atol=1e-9)
    assert np.allclose(state, slow, rtol=0.0, atol=1e-7)
    assert np.array_equal(order, slow_order)
    assert order[2, k.ARRIVED] == 1.0
    assert np.ptp(state[:, k.SPEED]) > 3.0


def test_the_order_of_the_vehicles_does_not_matter():
    state, spec, order, paths, which, things = scene()
    table = np.concatenate(paths)
    first = np.array([0 if w == 0 else len(paths[0]) for w in which])
    count = np.array([len(paths[w]) for w in which])
    turned = np.arange(len(state))[::-1]
    grip = GRIP[turned].copy()
    other = (
        state[turned].copy(),
        spec[turned].copy(),
        order[turned].copy(),
        first[turned].copy(),
        count[turned].copy(),
    )
    mixed = np.concatenate((things[: len(state)][turned], things[len(state) :]))
    for tick in range(50):
        k.drive(state, spec, order, table, first, count, things, GRIP, tick * 0.01, 0.01)
        k.drive(other[0], other[1], other[2], table, other[3], other[4], mixed, grip, tick * 0.01, 0.01)
    assert np.array_equal(state[turned], other[0])


def test_speed_in_bends_equals_its_twin():
    curvature = winding()[:, k.PCURVATURE].copy()
    limit = np.full(len(curvature), 25.0)
    assert np.allclose(
        k.comfortable_speed(curvature, limit, 2.0, 1.5), naive.comfortable_speed(curvature, limit, 2.0, 1.5)
    )


def test_a_place_on_the_path_is_found_again():
    path = winding()
    for s, t in ((3.2, 0.5), (77.7, -3.0), (200.1, 4.0), (260.0, 1.0)):
        x, y, yaw, _, _ = k.path_at(path, 0, len(path), s)
        found = k.onto_path(path, 0, len(path), x - t * math.sin(yaw), y + t * math.cos(yaw), s - 9.0, 12)
        assert found == pytest.approx((s, t), abs=2e-3)


def test_idm_rests_at_its_equilibrium_gap():
    v, v0 = 12.0, 20.0
    gap = (k.STANDSTILL_GAP_M + v * 1.2) / math.sqrt(1 - (v / v0) ** 4)
    assert k.idm(v, v0, gap, v, 1.5, 1.2) == pytest.approx(0.0, abs=1e-12)
    assert k.idm(v, v0, gap - 1, v, 1.5, 1.2) < 0.0 < k.idm(v, v0, gap + 1, v, 1.5, 1.2)
    assert k.idm(0.0, v0, np.inf, 0.0, 1.5, 1.2) == 1.5


@pytest.mark.parametrize("near_side", [1.0, -1.0])
@pytest.mark.parametrize("comes_from", [1.0, -1.0])  # the right, the left
def test_who_comes_from_the_near_side_has_the_right_of_way(near_side, comes_from):
    path = np.column_stack(
        (np.arange(200) * k.PATH_STEP_M, *(np.zeros(200) for _ in range(3)), np.full(200, 40.0))
    )
    state, spec = np.zeros((1, 8)), np.zeros((1, 10))
    state[0, [k.S, k.X, k.SPEED]] = (5.0, 5.0, 10.0)
    spec[0] = (2.2, 0.95, 2.7, 1.35, 3.0, 8.0, 0.0, 0.0, 1.2, near_side)
    things = np.zeros((2, 9))
    things[:, k.BKIND] = k.ON_ROAD
    things[1] = (
        35.0,
        -9.0 * comes_from,
        comes_from * math.pi / 2,
        0.0,
        8.0 * comes_from,
        2.2,
        0.95,
        1.5,
        k.ON_ROAD,
    )
    gap, _ = k.leader(0, state, spec, -1.2, 1.2, path, 0, len(path), things)
    assert math.isfinite(gap) == (near_side == comes_from)
    assert naive.leader(0, state, spec, -1.2, 1.2, path, things)[0] == pytest.approx(gap)


@pytest.mark.parametrize("shape", [k.SINUSOIDAL, k.LINEAR])
def test_lateral_shifts_have_the_derivatives_they_say(shape):
    order = np.zeros(9)
    order[k.SHIFT_START_S : k.SHIFT_SHAPE + 1] = (1.0, 3.0, -3.5, 0.2, shape)
    for time in (0.5, 1.4, 2.5, 3.7, 4.5):
        d, rate, bend = k.shift_at(order, time)
        assert (d, rate, bend) == pytest.approx(naive.shift_at(order, time))
        h = 1e-4
        before, after = k.shift_at(order, time - h)[0], k.shift_at(order, time + h)[0]
        assert rate == pytest.approx((after - before) / (2 * h), abs=1e-6)
        assert bend == pytest.approx((after - 2 * d + before) / h**2, abs=1e-4)
