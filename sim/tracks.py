"""The ways of two actors through a rehearsal, and where and when these come together.  World floor."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

SPACING_M = 0.5
TOGETHER_M = 0.8  # ways so near to each other, and as long as `SHARED_M`, are one
SHARED_M = 6.0
ABREAST_M = 20.0  # further from the other's way one is not beside it
MOVING_MPS = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """Where an actor's centre was at every tick, and the way that it came and would have gone on."""

    time_s: Floats  # (T,)
    place_m: Floats  # (T, 2)
    speed_mps: Floats  # (T,)
    before_m: Floats  # (M, 2) the way that leads to the first place, which it ends with
    after_m: Floats  # (N, 2) the way on from the last place, which it begins with


@dataclass(frozen=True, slots=True)
class Together:
    """When two actors come to the place where their ways meet; both times are s since the start of the clip."""

    actor_s: float
    other_s: float


class ApartError(Exception):
    """Two ways have no such place; says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A track as a line: evenly spaced places, and when each distance along it is reached."""

    line_m: Floats  # (K, 2) about SPACING_M apart
    along_m: Floats  # (K,)
    known_m: Floats  # (J,) distances at which the time is known, growing
    known_s: Floats  # (J,) inf where it would never come

    def time_s(self, along_m: float) -> float:
        k = int(np.clip(np.searchsorted(self.known_m, along_m, side="left"), 1, len(self.known_m) - 1))
        if not math.isfinite(self.known_s[k]):
            return math.inf
        a, b = self.known_m[k - 1], self.known_m[k]
        share = (along_m - a) / max(b - a, 1e-12)
        return float(self.known_s[k - 1] + share * (self.known_s[k] - self.known_s[k - 1]))


def _way(track: Track, name: str) -> _Way:
    fastest = float(track.speed_mps.max())
    if fastest < MOVING_MPS:
        raise ApartError(f"{name!r} does not move within the clip")
    first, last = float(track.speed_mps[0]), float(track.speed_mps[-1])
    before = first if first >= MOVING_MPS else fastest
    lead = _lengths(track.before_m)
    tail = _lengths(track.after_m)
    driven = _lengths(track.place_m)
    known = np.concatenate([lead[:-1] - lead[-1], driven, driven[-1] + tail[1:]])
    # Who stands at the end would never get further.
    on = tail[1:] / last if last >= MOVING_MPS else np.full(len(tail) - 1, np.inf)
    times = np.concatenate(
        [track.time_s[0] + (lead[:-1] - lead[-1]) / before, track.time_s, track.time_s[-1] + on]
    )
    places = np.concatenate([track.before_m[:-1], track.place_m, track.after_m[1:]])
    known = known + 1e-9 * np.arange(len(known))  # who stands does not get along: distances must grow
    along = np.arange(known[0], known[-1], SPACING_M)
    line = np.stack([np.interp(along, known, places[:, k]) for k in range(2)], 1)
    return _Way(line, along, known, times)


def _lengths(line: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def come_together(actor: Track, other: Track, names: tuple[str, str]) -> Together:
    """When each comes to the place where the ways cross, or where the actor's leads into the other's."""
    a, b = _way(actor, names[0]), _way(other, names[1])
    distance, nearest = cKDTree(b.line_m).query(a.line_m)
    shared = _runs(distance < TOGETHER_M)
    if shared:
        begin = shared[0][0]
        # Where either way only begins there, nothing leads into anything.
        if min(begin, int(nearest[begin])) * SPACING_M < SHARED_M:
            raise ApartError(
                f"{names[0]!r} and {names[1]!r} share their way from the start; say when they are to be abreast, with at"
            )
        k, share = begin - 1, 0.5
    else:
        crossings = _crossings(a, b)
        if not crossings:
            raise ApartError(
                f"the ways of {names[0]!r} and {names[1]!r} do not cross; if they lie side by side, say when the two "
                "are to be abreast, with at"
            )
        # Of several the first that both have before them.
        times = [_at(a, b, k, share) for k, share in crossings]
        return min(times, key=lambda t: (t.actor_s < 0.0) + (t.other_s < 0.0))
    return _at(a, b, k, share)


def _at(a: _Way, b: _Way, k: int, share: float) -> Together:
    """When the place between two samples of the first way is reached along either."""
    beside = _beside(b, a.line_m[k] + share * (a.line_m[k + 1] - a.line_m[k]))
    other_s = math.inf if beside is None else b.time_s(beside)
    return Together(a.time_s(float(a.along_m[k] + share * SPACING_M)), other_s)


def abreast(actor: Track, other: Track, at_s: float, names: tuple[str, str]) -> Together:
    """When the other passes the place at which the actor is at a time."""
    b = _way(other, names[1])
    place = np.array([np.interp(at_s, actor.time_s, actor.place_m[:, k]) for k in range(2)])
    beside = _beside(b, place)
    if beside is None:
        raise ApartError(f"{names[0]!r} is not beside the way of {names[1]!r} at that time")
    return Together(at_s, b.time_s(beside))


def _runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of a way, as long as SHARED_M at least, that are near the other one."""
    padded = np.concatenate([[False], near, [False]]).astype(np.int8)
    begins, ends = np.flatnonzero(np.diff(padded) == 1), np.flatnonzero(np.diff(padded) == -1)
    return [(int(b), int(e)) for b, e in zip(begins, ends, strict=True) if (e - b) * SPACING_M >= SHARED_M]


def _crossings(a: _Way, b: _Way) -> list[tuple[int, float]]:
    """(sample, share of the step) along the first way of its crossings with the second, in order."""
    tree = cKDTree(b.line_m)
    found: list[tuple[int, float]] = []
    for k, candidates in enumerate(tree.query_ball_point(a.line_m[:-1], 2.5 * SPACING_M)):
        for j in sorted(candidates):
            if j + 1 < len(b.line_m):
                share = _hit(a.line_m[k], a.line_m[k + 1], b.line_m[j], b.line_m[j + 1])
                if share is not None:
                    found.append((k, share))
                    break
    return found


def _hit(a: Floats, a_end: Floats, b: Floats, b_end: Floats) -> float | None:
    u, w, d = a_end - a, b_end - b, b - a
    cross = u[0] * w[1] - u[1] * w[0]
    if abs(cross) < 1e-12:
        return None
    along, across = (d[0] * w[1] - d[1] * w[0]) / cross, (d[0] * u[1] - d[1] * u[0]) / cross
    return float(along) if 0.0 <= along < 1.0 and 0.0 <= across <= 1.0 else None


def _beside(way: _Way, place: Floats) -> float | None:
    """Distance along a way of the point nearest to a place; None where it is far away or beyond an end."""
    d = way.line_m - place
    k = int(np.argmin(np.einsum("ij,ij->i", d, d)))
    if math.hypot(*d[k]) > ABREAST_M or k in (0, len(way.line_m) - 1):
        return None
    step = way.line_m[k + 1] - way.line_m[k - 1]
    return float(way.along_m[k] - (d[k] @ step) / (step @ step) * 2.0 * SPACING_M)
