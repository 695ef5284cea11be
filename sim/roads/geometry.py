"""Reference lines and the polynomials along them, after ASAM OpenDRIVE.  World floor; vectorised over s.

A reference line is a chain of plane curves (line, arc, spiral, poly3, paramPoly3).  Along it run piecewise cubics:
elevation, superelevation, lane offset, widths.  `ReferenceLine.at(s)` gives the plane pose, `Surface.point(s, t, h)`
the world position: t is measured along the banked cross direction and h along the banked normal.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Nodes and weights on [0, 1] of the 8-point Gauss-Legendre rule; with panels that turn less than PANEL_TURN_RAD its
# error on exp(i heading) is below 1e-15 of the panel's length.
_NODES: Array = (np.polynomial.legendre.leggauss(8)[0] + 1.0) / 2.0
_WEIGHTS: Array = np.polynomial.legendre.leggauss(8)[1] / 2.0
PANEL_TURN_RAD = 0.5
TABLE_POINTS = 257  # of the arc-length tables of polynomial curves; refined by Newton steps afterwards


class Shape(Protocol):
    """A plane curve from the origin along +u, by distance along it."""

    def local(self, ds_m: Array) -> tuple[Array, Array, Array, Array]:
        """(u, v, heading, curvature) at `ds_m` metres from the start."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    def local(self, ds_m: Array) -> tuple[Array, Array, Array, Array]:
        zero = np.zeros_like(ds_m)
        return ds_m, zero, zero, zero


@dataclass(frozen=True, slots=True)
class Arc:
    curvature_per_m: float

    def local(self, ds_m: Array) -> tuple[Array, Array, Array, Array]:
        turn = self.curvature_per_m * ds_m
        # sin(x)/x and (1 - cos x)/x written with sinc, so that a nearly straight arc loses no digits
        half = np.sinc(turn / (2.0 * np.pi))
        u = ds_m * np.sinc(turn / np.pi)
        v = ds_m * half * np.sin(turn / 2.0)
        return u, v, turn, np.full_like(ds_m, self.curvature_per_m)


@dataclass(frozen=True, slots=True)
class Spiral:
    """A clothoid: curvature goes linearly from one value to another over the length."""

    start_per_m: float
    end_per_m: float
    length_m: float

    def local(self, ds_m: Array) -> tuple[Array, Array, Array, Array]:
        rate = (self.end_per_m - self.start_per_m) / self.length_m
        furthest = float(np.max(np.abs(ds_m), initial=0.0))
        turn = max(abs(self.start_per_m), abs(self.start_per_m + rate * furthest)) * furthest
        panels = max(1, int(np.ceil(turn / PANEL_TURN_RAD)))
        # Gauss-Legendre instead of Fresnel integrals: those cancel badly where the curvature hardly changes.
        edge = np.arange(panels) / panels
        u = np.zeros_like(ds_m)
        v = np.zeros_like(ds_m)
        for e in edge:
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                at = ds_m * (e + node / panels)
                heading = at * (self.start_per_m + 0.5 * rate * at)
                u += weight * np.cos(heading)
                v += weight * np.sin(heading)
        scale = ds_m / panels
        heading = ds_m * (self.start_per_m + 0.5 * rate * ds_m)
        return u * scale, v * scale, heading, self.start_per_m + rate * ds_m


@dataclass(frozen=True)
class Polynomial:
    """poly3 and paramPoly3: (u(p), v(p)) cubics, walked by arc length.

    `end` is p at the end of the curve.  The file's length may differ slightly from the true arc length; then the curve
    is walked at the constant ratio, so that it still ends at `end` where the next record begins.
    """

    u: tuple[float, float, float, float]
    v: tuple[float, float, float, float]
    end: float
    length_m: float

    @cached_property
    def _table(self) -> tuple[Array, Array, float]:
        p = np.linspace(0.0, self.end, TABLE_POINTS)
        step = self.end / (TABLE_POINTS - 1)
        speed = self._speed(p[:-1, None] + step * _NODES[None, :])
        arc = np.concatenate([[0.0], np.cumsum(speed @ _WEIGHTS * step)])
        return p, arc, float(arc[-1]) / self.length_m if arc[-1] > 0.0 else 1.0

    @property
    def arc_length_m(self) -> float:
        """True length of the curve."""
        return float(self._table[1][-1])

    def _speed(self, p: Array) -> Array:
        speed: Array = np.hypot(_slope(self.u, p), _slope(self.v, p))
        return speed

    def _arc_between(self, start: Array, stop: Array) -> Array:
        span = stop - start
        arc: Array = (self._speed(start[:, None] + span[:, None] * _NODES[None, :]) @ _WEIGHTS) * span
        return arc

    def parameter(self, ds_m: Array) -> Array:
        """p at the distances `ds_m`."""
        p_table, arc, ratio = self._table
        goal = np.asarray(ds_m, np.float64) * ratio
        row = np.clip(np.searchsorted(arc, goal, side="right") - 1, 0, TABLE_POINTS - 2)
        start = p_table[row]
        p = np.array(np.interp(goal, arc, p_table))
        for _ in range(3):
            miss = arc[row] + self._arc_between(start, p) - goal
            p -= miss / np.maximum(self._speed(p), 1e-9)
        return p

    def local(self, ds_m: Array) -> tuple[Array, Array, Array, Array]:
        p = self.parameter(np.atleast_1d(ds_m))
        du, dv = _slope(self.u, p), _slope(self.v, p)
        ddu, ddv = _bend(self.u, p), _bend(self.v, p)
        speed = np.maximum(np.hypot(du, dv), 1e-12)
        heading = (
            np.unwrap(np.arctan2(dv, du)) if len(p) > 1 and np.all(np.diff(p) >= 0) else np.arctan2(dv, du)
        )
        return _cubic(self.u, p), _cubic(self.v, p), heading, (du * ddv - dv * ddu) / speed**3


def poly3(a: float, b: float, c: float, d: float, length_m: float) -> Polynomial:
    """v = a + b u + c u^2 + d u^3, as long as `length_m` along the curve (OpenDRIVE 1.4's poly3)."""
    # The parameter is u itself; where it ends follows from the length, found by bisection on the arc length.
    low, high = 0.0, length_m
    for _ in range(60):
        end = 0.5 * (low + high)
        whole = Polynomial((0.0, 1.0, 0.0, 0.0), (a, b, c, d), end, length_m).arc_length_m
        low, high = (end, high) if whole < length_m else (low, end)
    return Polynomial((0.0, 1.0, 0.0, 0.0), (a, b, c, d), high, length_m)


def _cubic(c: tuple[float, float, float, float], p: Array) -> Array:
    return c[0] + p * (c[1] + p * (c[2] + p * c[3]))


def _slope(c: tuple[float, float, float, float], p: Array) -> Array:
    return c[1] + p * (2.0 * c[2] + p * 3.0 * c[3])


def _bend(c: tuple[float, float, float, float], p: Array) -> Array:
    return 2.0 * c[2] + 6.0 * c[3] * p


@dataclass(frozen=True, slots=True)
class Piece:
    """One record of a reference line: a shape placed in the plane from `s_m` on."""

    s_m: float
    x_m: float
    y_m: float
    heading_rad: float
    length_m: float
    shape: Shape


@dataclass(frozen=True)
class ReferenceLine:
    """The plane curve that a road hangs on."""

    pieces: tuple[Piece, ...]

    @property
    def length_m(self) -> float:
        return self.pieces[-1].s_m + self.pieces[-1].length_m

    @cached_property
    def _starts(self) -> Array:
        return np.array([p.s_m for p in self.pieces])

    def at(self, s_m: Array) -> tuple[Array, Array, Array, Array]:
        """(x, y, heading, curvature) at the stations; beyond the ends the outermost shapes go on."""
        s = np.atleast_1d(np.asarray(s_m, np.float64))
        if len(self.pieces) == 1:
            return self._on(self.pieces[0], s)
        x, y, heading, curvature = (np.empty_like(s) for _ in range(4))
        row = np.clip(np.searchsorted(self._starts, s + 1e-9, side="right") - 1, 0, len(self.pieces) - 1)
        for k in np.unique(row):
            mask = row == k
            x[mask], y[mask], heading[mask], curvature[mask] = self._on(self.pieces[int(k)], s[mask])
        return x, y, heading, curvature

    @staticmethod
    def _on(piece: Piece, s: Array) -> tuple[Array, Array, Array, Array]:
        u, v, turn, bend = piece.shape.local(s - piece.s_m)
        cos, sin = np.cos(piece.heading_rad), np.sin(piece.heading_rad)
        x, y = piece.x_m + cos * u - sin * v, piece.y_m + sin * u + cos * v
        return x, y, piece.heading_rad + turn, bend


def chain(
    shapes: list[tuple[Shape, float]], x_m: float = 0.0, y_m: float = 0.0, heading_rad: float = 0.0
) -> ReferenceLine:
    """A reference line of (shape, length) laid end to end from a pose."""
    pieces: list[Piece] = []
    s = 0.0
    for shape, length_m in shapes:
        pieces.append(Piece(s, x_m, y_m, heading_rad, length_m, shape))
        s += length_m
        u, v, turn, _ = (float(a[0]) for a in shape.local(np.array([length_m])))
        cos, sin = np.cos(heading_rad), np.sin(heading_rad)
        x_m, y_m = x_m + float(cos * u - sin * v), y_m + float(sin * u + cos * v)
        heading_rad += turn
    return ReferenceLine(tuple(pieces))


@dataclass(frozen=True)
class Cubics:
    """Piecewise cubics a + b ds + c ds^2 + d ds^3, each from its start to the next; zero before the first."""

    start_m: Array = field(default_factory=lambda: np.zeros(0))  # (K,) ascending
    coefficients: Array = field(default_factory=lambda: np.zeros((0, 4)))  # (K, 4)

    @staticmethod
    def constant(value: float, slope: float = 0.0) -> "Cubics":
        return Cubics(np.zeros(1), np.array([[value, slope, 0.0, 0.0]]))

    @staticmethod
    def of(records: list[tuple[float, float, float, float, float]]) -> "Cubics":
        """From (start, a, b, c, d) rows in any order; a later row wins over an earlier one at the same start."""
        if not records:
            return Cubics()
        table = np.array(sorted(records, key=lambda r: r[0]), np.float64)
        return Cubics(table[:, 0].copy(), table[:, 1:].copy())

    @property
    def is_zero(self) -> bool:
        return not np.any(self.coefficients)

    @cached_property
    def _level(self) -> tuple[float, float] | None:
        """(start, value) where there is but one record and it does not change."""
        if len(self.start_m) != 1 or np.any(self.coefficients[0, 1:]):
            return None
        return float(self.start_m[0]), float(self.coefficients[0, 0])

    def _rows(self, s_m: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        row = np.searchsorted(self.start_m, s_m + 1e-9, side="right") - 1
        inside = row >= 0
        row = np.maximum(row, 0)
        return self.coefficients[row], s_m - self.start_m[row], inside

    def at(self, s_m: Array) -> Array:
        """Values at the stations."""
        s = np.asarray(s_m, np.float64)
        if len(self.start_m) == 0:
            return np.zeros_like(s)
        if self._level is not None:  # most widths and heights are: roads ask for them place by place
            start, level = self._level
            steady: Array = np.where(s + 1e-9 >= start, level, 0.0)
            return steady
        c, ds, inside = self._rows(s)
        value: Array = np.where(inside, c[..., 0] + ds * (c[..., 1] + ds * (c[..., 2] + ds * c[..., 3])), 0.0)
        return value

    def slope(self, s_m: Array) -> Array:
        """First derivatives at the stations."""
        s = np.asarray(s_m, np.float64)
        if len(self.start_m) == 0:
            return np.zeros_like(s)
        if self._level is not None:
            return np.zeros_like(s)
        c, ds, inside = self._rows(s)
        value: Array = np.where(inside, c[..., 1] + ds * (2.0 * c[..., 2] + 3.0 * ds * c[..., 3]), 0.0)
        return value


@dataclass(frozen=True)
class LateralShape:
    """Height of the surface over the banked plane: cubics in t at stations, linear in s between them."""

    stations_m: Array = field(default_factory=lambda: np.zeros(0))  # (K,) ascending
    profiles: tuple[Cubics, ...] = ()  # over t

    def at(self, s_m: Array, t_m: Array) -> Array:
        """Heights at paired s and t."""
        s, t = np.broadcast_arrays(np.asarray(s_m, np.float64), np.asarray(t_m, np.float64))
        if not self.profiles:
            return np.zeros(s.shape)
        low = np.clip(np.searchsorted(self.stations_m, s, side="right") - 1, 0, len(self.profiles) - 1)
        high = np.minimum(low + 1, len(self.profiles) - 1)
        gap = self.stations_m[high] - self.stations_m[low]
        share = np.clip(
            np.where(gap > 0.0, (s - self.stations_m[low]) / np.maximum(gap, 1e-12), 0.0), 0.0, 1.0
        )
        table = np.stack([profile.at(t) for profile in self.profiles])
        below = np.take_along_axis(table, low[None], 0)[0]
        above = np.take_along_axis(table, high[None], 0)[0]
        height: Array = below + share * (above - below)
        return height


@dataclass(frozen=True)
class Frame:
    """Axes of a road at N stations: the reference point, forward, left along the banked road, and its normal."""

    origin_m: Array  # (N, 3)
    forward: Array  # (N, 3) unit
    left: Array  # (N, 3) unit
    up: Array  # (N, 3) unit
    heading_rad: Array  # (N,)
    curvature_per_m: Array  # (N,)
    bank_rad: Array  # (N,)


@dataclass(frozen=True)
class Surface:
    """A reference line with its heights: turns road coordinates into world coordinates."""

    line: ReferenceLine
    elevation: Cubics = field(default_factory=Cubics)
    superelevation: Cubics = field(default_factory=Cubics)
    shape: LateralShape = field(default_factory=LateralShape)

    def frame(self, s_m: Array) -> Frame:
        """Axes at the stations."""
        s = np.atleast_1d(np.asarray(s_m, np.float64))
        x, y, heading, curvature = self.line.at(s)
        grade = np.arctan(self.elevation.slope(s))
        bank = self.superelevation.at(s)
        zero = np.zeros_like(s)
        east, north, level, rise = np.cos(heading), np.sin(heading), np.cos(grade), np.sin(grade)
        flat_left = np.stack([-north, east, zero], 1)
        fx, fy = east * level, north * level
        forward = np.stack([fx, fy, rise], 1)
        flat_up = np.stack([-rise * east, -rise * north, fx * east + fy * north], 1)  # forward x left
        cos, sin = np.cos(bank)[:, None], np.sin(bank)[:, None]
        return Frame(
            np.stack([x, y, self.elevation.at(s)], 1),
            forward,
            cos * flat_left + sin * flat_up,
            cos * flat_up - sin * flat_left,
            heading,
            curvature,
            bank,
        )

    def point(
        self, s_m: Array, t_m: Array, height_m: Array | float = 0.0, frame: Frame | None = None
    ) -> Array:
        """(N, 3) world positions of paired road coordinates; the stations' frame can be handed in if it is known."""
        s, t = np.broadcast_arrays(np.atleast_1d(s_m), np.atleast_1d(t_m))
        frame = self.frame(s) if frame is None else frame
        height = self.shape.at(s, t) + height_m
        position: Array = frame.origin_m + t[:, None] * frame.left + height[:, None] * frame.up
        return position
