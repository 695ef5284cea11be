"""How samples are spread over the unit cube: methods that draw each coordinate from its own stream.  Language floor.

A method is a function of a `Plan` that yields points, each the coordinates by name.  `random`, `sobol` and `lhs` make a
coordinate from nothing but its name and the seed, so a quantity more never changes the others.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.chance import centred, coordinate, stream
from scenarios.copula import Copula
from scenarios.distributions import Choice, Distribution, Integers
from scenarios.errors import StormlaneError, listing

Point = dict[str, float]
Score = Callable[[Point], float]
Level = tuple[float, float]  # a piece of the unit interval

BITS = 52
FEW = 12  # whole numbers up to so many are values of their own; more are cut into levels
CANDIDATES = 16  # of the coverage method, for every sample


@dataclass(frozen=True, slots=True)
class Plan:
    """What a method has to fill."""

    names: tuple[str, ...]  # of all coordinates, in the order of `quantities`
    factors: tuple[tuple[str, Distribution], ...]  # those that a grid or pairs are made of, by coordinate
    copulas: tuple[Copula, ...]
    samples: int
    seed: int
    score: Score | None = None


def random(plan: Plan) -> Iterator[Point]:
    """Independent points; what `resolve` draws without a point."""
    for sample in itertools.count():
        yield {name: coordinate(plan.seed, sample, name) for name in plan.names}


def sobol(plan: Plan) -> Iterator[Point]:
    """For every quantity a random (0, 1)-sequence in base 2, which is what each dimension of Sobol's sequence is.

    The first 2^m points put one into each of 2^m equal parts of every quantity, for every m.  Sobol' (1967) chose the
    dimensions for each other as well; coordinates that follow from their names alone cannot be: the mean square of
    the discrepancy of two of them is at best that of a Latin hypercube, and this comes close to it, without an end.
    """
    drawn: dict[str, list[float]] = {name: [] for name in plan.names}
    for sample in itertools.count():
        if sample & (sample - 1) == 0:  # 0, 1 and every power of two: the next lot of points
            for name, values in drawn.items():
                _extend(values, plan.seed, name)
        yield {name: values[sample] for name, values in drawn.items()}


def _extend(values: list[float], seed: int, name: str) -> None:
    """From 2^m points to twice as many: one new one in the empty half of each of the 2^m parts, in random order."""
    n = len(values)
    rng = stream(seed, "sobol", name, n)
    if n == 0:
        values.append(centred(int(rng.integers(0, 1 << BITS))))
        return
    halves = np.floor(np.array(values)[rng.permutation(n)] * (2 * n)).astype(np.int64) ^ 1
    finer = rng.integers(0, (1 << BITS) // (2 * n), size=n)
    values.extend(((halves * ((1 << BITS) // (2 * n)) + finer + 0.5) / (1 << BITS)).tolist())


def halton(plan: Plan) -> Iterator[Point]:
    """Halton's sequence (1960): the k-th quantity counts in the k-th prime, its digits permuted by its own stream.

    A quantity more moves those behind it to the next primes and so changes their values.
    """
    counters = [_Digits(plan.seed, name, prime) for name, prime in zip(plan.names, _primes(), strict=False)]
    for sample in itertools.count():
        yield {digits.name: digits.at(sample) for digits in counters}


class _Digits:
    """A scrambled radical inverse in one base."""

    def __init__(self, seed: int, name: str, base: int) -> None:
        self.name, self.base = name, base
        rng = stream(seed, "halton", name)
        places = math.ceil(BITS * math.log(2.0) / math.log(base))
        self.tables = [rng.permutation(base).tolist() for _ in range(places)]

    def at(self, sample: int) -> float:
        total, size = 0.0, 1.0
        for table in self.tables:
            sample, digit = divmod(sample, self.base)
            size /= self.base
            total += table[digit] * size
        return min(max(total + 0.5 * size, 2.0**-53), 1.0 - 2.0**-53)


def _primes() -> Iterator[int]:
    found: list[int] = []
    for number in itertools.count(2):
        if all(number % prime for prime in found):
            found.append(number)
            yield number


def lhs(plan: Plan) -> Iterator[Point]:
    """Latin hypercube (McKay, Beckman and Conover 1979): every quantity has one sample in each of n equal parts."""
    n = plan.samples
    orders = {name: stream(plan.seed, "lhs", name, n).permutation(n).tolist() for name in plan.names}
    for sample in range(n):
        yield {name: (orders[name][sample] + coordinate(plan.seed, sample, name)) / n for name in plan.names}


def grid(plan: Plan) -> Iterator[Point]:
    """Every combination: of choices their values, of the rest the middles of as many levels as the samples allow.

    Quantities that are no factors are drawn at random.
    """
    fixed = [len(_values(d)) for _, d in plan.factors if _values(d)]
    cut = len(plan.factors) - len(fixed)
    base = math.prod(fixed)
    levels = 2
    while cut and base * (levels + 1) ** cut <= plan.samples:
        levels += 1
    needed = base * levels**cut
    if needed > plan.samples:
        names = listing([name.removeprefix("params.") for name, _ in plan.factors])
        raise StormlaneError(f"a grid over {names} needs at least {needed} samples, not {plan.samples}")
    pieces = [_levels(distribution, levels) for _, distribution in plan.factors]
    for sample, combination in enumerate(itertools.product(*pieces)):
        yield _designed(plan, sample, [0.5 * (low + high) for low, high in combination])


def pairwise(plan: Plan) -> Iterator[Point]:
    """Every pair of levels of every two factors at least once: a covering array, built greedily (Cohen et al. 1997).

    Choices have their values for levels, the rest three; within a level the coordinate comes from its own stream.
    Quantities that are no factors are drawn at random.
    """
    pieces = [_levels(distribution, 3) for _, distribution in plan.factors]
    rows = covering_array([len(piece) for piece in pieces])
    if len(rows) > plan.samples:
        names = listing([name.removeprefix("params.") for name, _ in plan.factors])
        raise StormlaneError(f"all pairs of {names} need {len(rows)} samples, not {plan.samples}")
    for sample, row in enumerate(rows):
        chosen = [piece[k] for piece, k in zip(pieces, row, strict=True)]
        jitter = [coordinate(plan.seed, sample, name) for name, _ in plan.factors]
        yield _designed(
            plan, sample, [low + u * (high - low) for (low, high), u in zip(chosen, jitter, strict=True)]
        )


def coverage(plan: Plan) -> Iterator[Point]:
    """Of some random candidates the one with the highest score, the first of equals.

    `Plan.score` is asked for every candidate and may remember: points are made one by one as they are asked for, so
    whoever counts a point before asking for the next changes what the next one is worth.
    """
    if plan.score is None:
        raise StormlaneError("the coverage method needs something to cover; give the scenario cover items")
    for sample in itertools.count():
        best: tuple[float, Point] | None = None
        for k in range(CANDIDATES):
            point = {
                name: float(
                    centred(int(stream(plan.seed, "coverage", name, sample, k).integers(0, 1 << BITS)))
                )
                for name in plan.names
            }
            score = plan.score(point)
            if best is None or score > best[0]:
                best = score, point
        assert best is not None
        yield best[1]


# --------------------------------------------------------------------------------------------------- levels and arrays
def _values(distribution: Distribution) -> list[Level]:
    """The pieces of the unit interval that belong to single values; none where values are not few."""
    if isinstance(distribution, Choice):
        total = math.fsum(distribution.weights)
        edges = [0.0, *(edge / total for edge in itertools.accumulate(distribution.weights))]
        return [(low, high) for low, high in itertools.pairwise(edges) if high > low]
    if isinstance(distribution, Integers) and distribution.high - distribution.low < FEW:
        return _parts(distribution.high - distribution.low + 1)
    return []


def _levels(distribution: Distribution, levels: int) -> list[Level]:
    return _values(distribution) or _parts(levels)


def _parts(n: int) -> list[Level]:
    return [(k / n, (k + 1) / n) for k in range(n)]


def _designed(plan: Plan, sample: int, wanted: Sequence[float]) -> Point:
    """The point whose factors, correlated or not, come out as wanted."""
    point = {name: coordinate(plan.seed, sample, name) for name in plan.names}
    aim = {name: u for (name, _), u in zip(plan.factors, wanted, strict=True)}
    loose: Point = {}
    for copula in plan.copulas:
        loose |= copula.loosen(aim, point)
    return point | aim | loose


def covering_array(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Rows of levels such that every two factors show every pair of their levels; few rows, not the fewest."""
    if len(sizes) < 2:
        return [(k,) for k in range(sizes[0])] if sizes else [()]
    open_pairs = {
        (i, a, j, b)
        for i, j in itertools.combinations(range(len(sizes)), 2)
        for a in range(sizes[i])
        for b in range(sizes[j])
    }
    rows: list[tuple[int, ...]] = []
    while open_pairs:
        i, a, j, b = min(open_pairs)
        row = {i: a, j: b}
        for k in sorted(set(range(len(sizes))) - {i, j}, key=lambda k: (-sizes[k], k)):
            row[k] = max(range(sizes[k]), key=lambda level: (_gain(k, level, row, open_pairs), -level))
        open_pairs -= {(p, row[p], q, row[q]) for p, q in itertools.combinations(range(len(sizes)), 2)}
        rows.append(tuple(row[k] for k in range(len(sizes))))
    return rows


def _gain(k: int, level: int, row: dict[int, int], open_pairs: set[tuple[int, int, int, int]]) -> int:
    """How many open pairs a level closes with the levels set so far."""
    return sum(((p, a, k, level) if p < k else (k, level, p, a)) in open_pairs for p, a in row.items())
