"""Reference lines against what is known in closed form or by quadrature."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import fresnel

from sim.roads.geometry import (
    Arc,
    Cubics,
    LateralShape,
    Line,
    Polynomial,
    ReferenceLine,
    Shape,
    Spiral,
    Surface,
    chain,
    poly3,
)

Array = NDArray[np.float64]


def test_an_arc_is_a_circle() -> None:
    s = np.linspace(0.0, 300.0, 50)
    for radius in (12.0, -40.0, 900.0):
        u, v, turn, _ = Arc(1.0 / radius).local(s)
        assert np.allclose(np.hypot(u, v - radius), abs(radius), atol=1e-9)
        assert np.allclose(turn, s / radius)


def test_a_nearly_straight_arc_keeps_its_digits() -> None:
    u, v, _, _ = Arc(1e-12).local(np.array([1000.0]))
    assert u[0] == pytest.approx(1000.0, abs=1e-9)
    assert v[0] == pytest.approx(0.5e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [(0.0, 0.02, 60.0), (0.02, -0.05, 90.0), (-0.1, -0.1000001, 40.0), (0.0, 1.0, 12.0), (0.3, 0.0, 200.0)],
)
def test_a_clothoid_agrees_with_adaptive_quadrature(start: float, end: float, length: float) -> None:
    rate = (end - start) / length
    for s in (0.37 * length, length):
        u, v, heading, curvature = (float(a[0]) for a in Spiral(start, end, length).local(np.array([s])))
        x = quad(lambda p: np.cos(start * p + 0.5 * rate * p * p), 0.0, s, epsabs=1e-11, limit=400)[0]
        y = quad(lambda p: np.sin(start * p + 0.5 * rate * p * p), 0.0, s, epsabs=1e-11, limit=400)[0]
        assert abs(u - x) < 1e-6
        assert abs(v - y) < 1e-6
        assert heading == pytest.approx(start * s + 0.5 * rate * s * s)
        assert curvature == pytest.approx(start + rate * s)


def test_a_clothoid_from_straight_is_the_fresnel_integral() -> None:
    length, end = 120.0, 1.0 / 60.0
    scale = np.sqrt(np.pi * length / end)
    s = np.linspace(1.0, length, 9)
    sine, cosine = fresnel(s / scale)
    u, v, _, _ = Spiral(0.0, end, length).local(s)
    assert np.allclose(u, scale * cosine, atol=1e-9)
    assert np.allclose(v, scale * sine, atol=1e-9)


def test_a_polynomial_curve_is_walked_by_arc_length() -> None:
    u, v = (0.0, 40.0, -6.0, 3.0), (0.0, 0.0, 18.0, -7.0)
    length = quad(lambda p: np.hypot(40 - 12 * p + 9 * p * p, 36 * p - 21 * p * p), 0.0, 1.0, epsabs=1e-12)[0]
    curve = Polynomial(u, v, 1.0, length)
    s = np.linspace(0.0, length, 401)
    x, y, heading, _ = curve.local(s)
    steps = np.hypot(np.diff(x), np.diff(y))
    assert np.allclose(steps, s[1] - s[0], rtol=1e-4)
    assert np.allclose(np.arctan2(np.diff(y), np.diff(x)), 0.5 * (heading[1:] + heading[:-1]), atol=1e-4)
    assert (x[-1], y[-1]) == (pytest.approx(sum(u), abs=1e-8), pytest.approx(sum(v), abs=1e-8))


def test_normalized_and_arc_length_ranges_give_the_same_curve() -> None:
    length = 35.0
    normalized = Polynomial((0.0, length, 0.0, 0.0), (0.0, 0.0, 5.0, -2.0), 1.0, length)
    arc = Polynomial((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 5.0 / length**2, -2.0 / length**3), length, length)
    s = np.linspace(0.0, length, 20)
    for a, b in zip(normalized.local(s), arc.local(s), strict=True):
        assert np.allclose(a, b, atol=1e-9)


def test_poly3_ends_at_its_length() -> None:
    curve = poly3(0.0, 0.0, 0.01, -1e-4, 50.0)
    s = np.linspace(0.0, 50.0, 2001)
    x, y, _, _ = curve.local(s)
    assert np.hypot(np.diff(x), np.diff(y)).sum() == pytest.approx(50.0, abs=1e-4)
    assert np.allclose(y, 0.01 * x**2 - 1e-4 * x**3, atol=1e-9)


def test_a_chain_is_smooth_where_its_pieces_meet() -> None:
    shapes: list[tuple[Shape, float]] = [
        (Line(), 50.0), (Spiral(0.0, 0.01, 40.0), 40.0), (Arc(0.01), 60.0), (Spiral(0.01, -0.02, 55.0), 55.0),
        (Arc(-0.02), 30.0),
    ]  # fmt: skip
    line = chain(shapes, 10.0, -3.0, 0.7)
    for joint in np.cumsum([length for _, length in shapes])[:-1]:
        x, y, heading, curvature = line.at(np.array([joint - 1e-6, joint + 1e-6]))
        assert np.hypot(np.diff(x), np.diff(y))[0] < 3e-6
        assert abs(np.diff(heading)[0]) < 1e-6
        assert abs(np.diff(curvature)[0]) < 1e-6
    assert line.length_m == pytest.approx(235.0)


def test_headings_are_the_directions_that_the_line_takes() -> None:
    line = chain([(Spiral(0.0, 0.05, 30.0), 30.0), (Arc(0.05), 20.0)])
    s = np.linspace(0.0, 50.0, 5001)
    x, y, heading, curvature = line.at(s)
    assert np.allclose(
        np.unwrap(np.arctan2(np.diff(y), np.diff(x))), 0.5 * (heading[1:] + heading[:-1]), atol=1e-5
    )
    assert np.allclose(np.diff(heading) / np.diff(s), 0.5 * (curvature[1:] + curvature[:-1]), atol=1e-5)


def test_cubics_hold_from_their_start_and_are_zero_before() -> None:
    cubics = Cubics.of([(20.0, 1.0, 0.5, 0.0, 0.0), (10.0, 2.0, 0.0, 0.1, 0.01)])
    assert cubics.at(np.array([5.0, 10.0, 12.0, 22.0])) == pytest.approx([0.0, 2.0, 2.0 + 0.4 + 0.08, 2.0])
    assert cubics.slope(np.array([12.0, 22.0])) == pytest.approx([0.4 + 0.12, 0.5])


def _surface(elevation: Cubics, bank: Cubics) -> Surface:
    return Surface(ReferenceLine(chain([(Line(), 100.0)]).pieces), elevation, bank)


def test_superelevation_lifts_the_left_side() -> None:
    bank = np.arctan(0.05)
    surface = _surface(Cubics.constant(3.0), Cubics.constant(float(bank)))
    left, right = surface.point(np.array([10.0, 10.0]), np.array([4.0, -4.0]))
    assert left[2] - 3.0 == pytest.approx(4.0 * np.sin(bank))
    assert right[2] - 3.0 == pytest.approx(-4.0 * np.sin(bank))
    assert left[1] == pytest.approx(4.0 * np.cos(bank))


def test_the_axes_of_a_climbing_banked_road_are_orthonormal() -> None:
    surface = _surface(Cubics.constant(0.0, 0.06), Cubics.constant(0.04))
    frame = surface.frame(np.array([0.0, 30.0]))
    basis = np.stack([frame.forward, frame.left, frame.up], 1)
    assert np.allclose(basis @ basis.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(
        np.diff(surface.point(np.array([10.0, 20.0]), np.zeros(2)), axis=0), [[10.0, 0.0, 0.6]]
    )


def test_lateral_shape_is_linear_between_its_stations() -> None:
    crown = Cubics.of([(-10.0, -0.2, 0.02, 0.0, 0.0), (0.0, 0.0, -0.02, 0.0, 0.0)])
    shape = LateralShape(np.array([0.0, 50.0]), (Cubics(), crown))
    assert shape.at(np.array([0.0, 25.0, 50.0, 80.0]), np.full(4, 3.0)) == pytest.approx(
        [0.0, -0.03, -0.06, -0.06]
    )
