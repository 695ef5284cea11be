"""Moments of the world in one form, whether it still runs (one moment) or is over (all of them).  World floor.

Questions are asked of moments, so that a condition means the same while a scenario runs and when it is judged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.functions import CARGO, classes_of
from sim.trace import Ways

Floats = NDArray[np.float64]
Stops = tuple[Floats, NDArray[np.int64]]  # (K,) stations on a way where it stops for lights, and the lights
CARGO_PART = ".cargo."  # in the names of what lies on a truck: flatbed.cargo.2


@dataclass(frozen=True, slots=True)
class Who:
    """Everybody there is; columns of the arrays of `Moments`, the scenario's own actors first."""

    names: tuple[str, ...]
    classes: tuple[str, ...]  # keys of taxonomy.ACTOR_CLASSES
    half_length_m: Floats  # (B,)
    half_width_m: Floats  # (B,)
    height_m: Floats  # (B,)

    def column(self, name: str) -> int:
        return self.names.index(name)

    def of_class(self, word: str) -> NDArray[np.intp]:
        """Columns of a class, a group of classes, or of cargo."""
        if word == CARGO:
            return np.array([k for k, name in enumerate(self.names) if CARGO_PART in name], np.intp)
        wanted = classes_of(word)
        return np.array([k for k, own in enumerate(self.classes) if own in wanted], np.intp)


@dataclass(frozen=True, slots=True)
class Moments:
    """N moments of B bodies, of which the first W have ways of their own."""

    who: Who
    time_s: Floats  # (N,)
    x_m: Floats  # (N, B) middles
    y_m: Floats
    z_m: Floats  # of the ground below; 0 where it is not known yet
    yaw_rad: Floats
    vx_mps: Floats
    vy_mps: Floats
    acceleration_mps2: Floats
    present: NDArray[np.bool_]  # (N, B)
    ways: Ways
    marks: dict[str, float]  # s
    touched: Callable[[int, int | None], NDArray[np.bool_]]  # (N,) so far, by columns; None: anybody
    weather: Callable[[str], Floats]  # (N,) of an attribute of WeatherState
    sight: Callable[[str, NDArray[np.intp]], Floats]  # (N,) visible share of a column per moment, by a view
    view_m: Callable[[str], tuple[float, float]]  # where a sensor sits in the ego's frame, forward and left
    meetings: dict[tuple[int, ...], Floats]  # where pairs of paths cross: found once, for paths never change
    lights: NDArray[np.uint8] | None  # (N, L) what traffic lights show; None where nothing changes them
    stops: Callable[[int, int], Stops]  # of a way, by its first row and its rows

    @property
    def count(self) -> int:
        return len(self.time_s)


def overlap(
    apart: Floats,
    yaw_a: Floats,
    yaw_b: Floats,
    half_a: Sequence[float] | Floats,
    half_b: Sequence[float] | Floats,
) -> NDArray[np.bool_]:
    """Whether two rectangles overlap, for N instants (separating axes); `apart` (N, 2) from a's to b's middle.

    Halves are (length, width), each a number or (N,) of them.
    """
    free = np.zeros(len(apart), np.bool_)
    turn = yaw_b - yaw_a
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    for yaw, own, other in ((yaw_a, half_a, half_b), (yaw_b, half_b, half_a)):
        along = np.abs(apart[:, 0] * np.cos(yaw) + apart[:, 1] * np.sin(yaw))
        across = np.abs(apart[:, 1] * np.cos(yaw) - apart[:, 0] * np.sin(yaw))
        free |= along > own[0] + cos * other[0] + sin * other[1]
        free |= across > own[1] + sin * other[0] + cos * other[1]
    touching: NDArray[np.bool_] = ~free
    return touching


def touching(
    who: Who,
    one: int,
    other: int,
    x_m: Floats,
    y_m: Floats,
    z_m: Floats,
    yaw_rad: Floats,
    present: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """(N,) whether two bodies touch, column by column."""
    apart = np.stack((x_m[:, other] - x_m[:, one], y_m[:, other] - y_m[:, one]), 1)
    halves = [(float(who.half_length_m[k]), float(who.half_width_m[k])) for k in (one, other)]
    reach = float(np.hypot(*halves[0]) + np.hypot(*halves[1]))
    rise = z_m[:, other] - z_m[:, one]
    near = (np.abs(apart) <= reach).all(1) & (rise <= who.height_m[one]) & (-rise <= who.height_m[other])
    near &= present[:, one] & present[:, other]
    met = np.zeros(len(apart), np.bool_)
    rows = np.flatnonzero(near)
    if len(rows):
        met[rows] = overlap(apart[rows], yaw_rad[rows, one], yaw_rad[rows, other], *halves)
    return met


def strangers(who: Who, column: int) -> list[int]:
    """Whom an actor can collide with: everybody but itself and what it carries."""
    own = who.names[column] + CARGO_PART
    return [k for k, name in enumerate(who.names) if k != column and not name.startswith(own)]
