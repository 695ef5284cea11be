"""A bounded search for the value at which something comes out right.  World floor, knows nothing of the world.

Each look costs a whole simulation, so looks are few and kept.  Between two neighbouring looks of opposite sign regula
falsi with the Illinois weights (Dowell and Jarratt, BIT 11, 1971) closes in, with a bisection whenever it is slow;
without such a pair the secant reaches out, and where it leads nowhere the widest gap is halved.  What is looked for may
jump or be undefined in places: an interval that shrinks to nothing without coming near zero is given up.
"""

import math
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

HOPELESS = 7  # looks, spread over all that is allowed, without any outcome
NOTHING = 1e-4  # an interval so narrow, relative to its place, holds a jump


@dataclass(frozen=True, slots=True)
class Look:
    """One value tried, and by how much it missed; None where the outcome does not exist."""

    x: float
    miss: float | None


@dataclass(frozen=True, slots=True)
class Sought:
    """How a search ended: the nearest look (None when the outcome never existed), and whether it is near enough."""

    best: Look | None
    found: bool
    looks: int


def seek(
    miss: Callable[[float], float | None],
    begin: float,
    slope: float,
    low: float,
    high: float,
    tolerance: float,
    most_looks: int,
) -> Sought:
    """A value from low to high whose miss is within the tolerance; `slope` is a guess of its derivative."""
    looks: list[Look] = []
    dead: set[tuple[float, float]] = set()

    def look(x: float) -> bool:
        seen = Look(x, miss(x))
        insort(looks, seen, key=lambda s: s.x)
        return seen.miss is not None and abs(seen.miss) <= tolerance

    x: float | None = min(max(begin, low), high)
    slow = 0
    while x is not None and len(looks) < most_looks:
        if look(x):
            break
        pair = _pair(looks, dead)
        if pair is None:
            x = _reach(looks, slope, low, high)
            continue
        left, right = pair
        if right.x - left.x < NOTHING * max(1.0, abs(left.x)) * 1e-2:
            dead.add((left.x, right.x))
            x = _reach(looks, slope, low, high)
            continue
        x = _within(left, right, slow)
        slow += 1
    known = [s for s in looks if s.miss is not None]
    best = min(known, key=lambda s: (abs(s.miss or 0.0), abs(s.x - begin)), default=None)
    return Sought(best, best is not None and abs(best.miss or 0.0) <= tolerance, len(looks))


def _pair(looks: list[Look], dead: set[tuple[float, float]]) -> tuple[Look, Look] | None:
    """Neighbours of opposite sign; of several the pair that comes nearest to zero."""
    pairs = [
        (a, b)
        for a, b in pairwise(looks)
        if a.miss is not None
        and b.miss is not None
        and (a.miss < 0.0) != (b.miss < 0.0)
        and (a.x, b.x) not in dead
    ]
    return min(pairs, key=lambda p: min(abs(p[0].miss or 0.0), abs(p[1].miss or 0.0)), default=None)


def _within(left: Look, right: Look, turn: int) -> float:
    """The next look inside a pair: regula falsi, the middle every third time."""
    assert left.miss is not None and right.miss is not None
    middle = 0.5 * (left.x + right.x)
    if turn % 3 == 2:
        return middle
    x = left.x - left.miss * (right.x - left.x) / (right.miss - left.miss)
    return x if left.x < x < right.x else middle


def _reach(looks: list[Look], slope: float, low: float, high: float) -> float | None:
    """The next look without a pair: where the line through the two best leads, else into the widest gap."""
    known = sorted((s for s in looks if s.miss is not None), key=lambda s: abs(s.miss or 0.0))
    if known and len(looks) <= 6:
        best = known[0]
        assert best.miss is not None
        if len(known) > 1:
            other = known[1]
            assert other.miss is not None
            slope = (best.miss - other.miss) / (best.x - other.x)
        if slope != 0.0 and math.isfinite(slope):
            x = min(max(best.x - best.miss / slope, low), high)
            if all(abs(x - s.x) > 1e-9 for s in looks):
                return x
    if not known and len(looks) >= HOPELESS:
        return None
    edges = [low, *(s.x for s in looks), high]
    gaps = [(b - a, a, b) for a, b in pairwise(edges)]
    width, a, b = max(gaps, key=lambda g: g[0])
    if width <= NOTHING:
        return None
    if a == low and all(s.x != low for s in looks):
        return low
    if b == high and all(s.x != high for s in looks):
        return high
    return 0.5 * (a + b)
