"""Draws samples for every method; with `coverage`, those that fill what a scenario's coverage still lacks.  Roof.

For every sample the coverage method proposes some random candidates (`scenarios.designs.coverage`); here each is drawn,
held to `require`, and worth what it would fill.  A candidate is simulated, and held to `valid`, only where an item of
the plan asks about the world: coverage of parameters costs microseconds a sample, coverage of what happens simulations.
"""

import itertools
from collections.abc import Iterator, Sequence

from scenarios.coverage import Tally as Filled
from scenarios.designs import Point
from scenarios.errors import StormlaneError
from scenarios.reader import ScenarioFile
from scenarios.resolve import counted, resolve
from scenarios.resolved import Concrete
from scenarios.sampling import Sampler, Spread, Tally, draw, draw_all

ILLEGAL = -1.0  # worth less than a sample that fills nothing


def draw_members(members: Sequence[ScenarioFile], spread: Spread, tally: Tally) -> Iterator[Concrete]:
    """The samples of a scenario and its variants by turns, spread by any method."""
    if spread.method != "coverage":
        yield from draw_all(members, spread, tally)
        return
    drawn = [_filling(file, spread, tally) for file in members]
    for row in itertools.zip_longest(*drawn):
        yield from (concrete for concrete in row if concrete is not None)


def _filling(file: ScenarioFile, spread: Spread, tally: Tally) -> Iterator[Concrete]:
    # A twin shows the samples of its base, so it is the base's bins that choose them.
    filling = Filling(file.base or file, spread.seed)
    counted = tally if file.base is None else Tally()
    for concrete in draw(file, spread, score=filling.score, tally=counted):
        filling.take()
        yield concrete


class Filling:
    """The score of the coverage method for one file; `take` counts the best candidate since the last one."""

    def __init__(self, file: ScenarioFile, seed: int) -> None:
        if not file.cover.items:
            raise StormlaneError(
                f"{file.path}: the coverage method fills the bins of cover, and there are none; "
                "add some, such as cover: {rain: {of: $rain, bins: osi}}"
            )
        self.file, self.seed = file, seed
        self.filled = Filled(file.cover)
        self._sampler = Sampler(file)
        self._simulates = any(item.asks_world for item in file.cover.items.values())
        self._best: tuple[float, dict[str, str | None]] | None = None

    def score(self, point: Point) -> float:
        """What a sample at this point would fill; less than nothing when it is not legal."""
        if self._sampler.broken(self.seed, 0, point):
            return ILLEGAL
        bins = self._bins(point)
        if bins is None:
            return ILLEGAL
        worth = self.filled.gain(bins)
        if self._best is None or worth > self._best[0]:
            self._best = worth, bins
        return worth

    def take(self) -> None:
        """Count the candidate that was worth most: the method has chosen it."""
        if self._best is not None:  # else none of them was worth anything, and none will be rendered
            self.filled.add(self._best[1])
        self._best = None

    def _bins(self, point: Point) -> dict[str, str | None] | None:
        """The bins of a sample; None when something else happens in it than `valid` says."""
        if not self._simulates:
            drawn = counted(self.file, self.seed, 0, point)
            return {
                name: item.bin_of(item.drawn(drawn[name])) for name, item in self.filled.plan.items.items()
            }
        from sim.covered import covered
        from sim.simulate import simulate
        from sim.verdict import judge

        concrete = resolve(self.file, self.seed, 0, point)
        trace = simulate(concrete)
        return covered(concrete, trace).bins if judge(trace).accepted else None
