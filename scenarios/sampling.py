"""Samples of a file: points of a method, tested against `require`, resolved when they are legal.  Language floor.

A sample's index is its index in the method's sequence.  Rejected ones are skipped and leave a gap, so what a sample is
depends on file, method, seed and index alone: not on how many workers there are or where a run was interrupted.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scenarios import designs, expressions, units
from scenarios.chance import coordinate
from scenarios.designs import Plan, Point, Score
from scenarios.distributions import Joint
from scenarios.draft import Draft, Drawn, Exact, Formula, Named
from scenarios.errors import StormlaneError, nearest
from scenarios.evaluation import NOWHERE
from scenarios.expressions import Expr
from scenarios.nodes import Word
from scenarios.quantities import coordinate_name, quantities
from scenarios.reader import ScenarioFile
from scenarios.resolve import resolve
from scenarios.resolved import Concrete

MAX_TRIES = 1000  # draws for one legal sample, on average, before giving up


@dataclass(frozen=True, slots=True)
class Method:
    """A way to spread samples."""

    draw: Callable[[Plan], Iterator[Point]]
    open_ended: bool  # whether it can go on for ever, and a longer run begins like a shorter one


METHODS: dict[str, Method] = {
    "random": Method(designs.random, open_ended=True),
    "sobol": Method(designs.sobol, open_ended=True),
    "halton": Method(designs.halton, open_ended=True),
    "lhs": Method(designs.lhs, open_ended=False),
    "grid": Method(designs.grid, open_ended=False),
    "pairwise": Method(designs.pairwise, open_ended=False),
    "coverage": Method(designs.coverage, open_ended=True),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """How many samples, and how they are spread."""

    method: str = "random"
    samples: int = 1
    seed: int = 0
    over: Sequence[str] | None = None  # the parameters of a grid or of pairs; all random ones when left out


def points(
    file: ScenarioFile,
    method: str = "random",
    samples: int = 1,
    seed: int = 0,
    *,
    over: Sequence[str] | None = None,
    score: Score | None = None,
) -> Iterator[Point]:
    """The first `samples` points of a method, each to be given to `resolve(file, seed, index, point)`.

    `over` names the parameters of a grid or of pairs (all random ones when left out); such a design may have fewer
    points than samples.  `score` is for the coverage method: see `designs.coverage`.
    """
    return itertools.islice(_sequence(file, Spread(method, samples, seed, over), score), samples)


def legal(
    file: ScenarioFile, spread: Spread, *, score: Score | None = None, tally: "Tally | None" = None
) -> Iterator[tuple[int, Point]]:
    """Index and point of the samples that fulfil every `require` clause; `tally` counts the others.

    Methods without an end go on until there are as many as wanted; designs (lhs, grid, pairwise) have no more points
    than that, and rejected ones are missing.  Raises StormlaneError when legal samples are too rare to find.
    """
    sampler = Sampler(file)
    counted = Tally() if tally is None else tally
    open_ended = _method(spread.method).open_ended
    # What a point leaves out is drawn from the same streams as random points: only what is asked for is drawn.
    drawn = itertools.repeat(Point()) if spread.method == "random" else _sequence(file, spread, score)
    found = 0
    for index, point in enumerate(drawn):
        if not open_ended and index == spread.samples:
            return
        broken = sampler.broken(spread.seed, index, point)
        counted.add(broken)
        if not broken:
            found += 1
            yield index, point
            if open_ended and found == spread.samples:
                return
        elif open_ended and index + 1 >= MAX_TRIES * spread.samples:
            told = f"{found} of {index + 1} drawn samples fulfil require; {counted.worst()}"
            raise StormlaneError(f"{file.path}: {told}")


def draw(
    file: ScenarioFile, spread: Spread, *, score: Score | None = None, tally: "Tally | None" = None
) -> Iterator[Concrete]:
    """The legal samples, resolved; see `legal`."""
    for index, point in legal(file, spread, score=score, tally=tally):
        yield resolve(file, spread.seed, index, point)


def draw_all(members: Sequence[ScenarioFile], spread: Spread, tally: "Tally") -> Iterator[Concrete]:
    """The samples of a scenario and its variants by turns: the first of each, the second of each, ..."""
    # A twin is drawn with its base's samples; counting it again would count the same rejections twice.
    counted = [
        Tally() if file.base is not None and any(file.base is other for other in members) else tally
        for file in members
    ]
    drawn = [draw(file, spread, tally=own) for file, own in zip(members, counted, strict=True)]
    for row in itertools.zip_longest(*drawn):
        yield from (concrete for concrete in row if concrete is not None)


@dataclass(slots=True)
class Tally:
    """How many samples were drawn, and which clauses rejected some; one sample may break several."""

    drawn: int = 0
    rejected: int = 0
    what: str = "require"  # the conditions that reject
    of: str = "drawn"  # what samples have been through when they are asked
    by_clause: dict[str, int] = field(default_factory=dict)

    def add(self, broken: Sequence[str]) -> None:
        """Count one drawn sample and the clauses it breaks."""
        self.drawn += 1
        self.rejected += bool(broken)
        for clause in broken:
            self.by_clause[clause] = self.by_clause.get(clause, 0) + 1

    def lines(self) -> list[str]:
        """What there is to say about rejections, the worst clause first."""
        if not self.rejected:
            return []
        ranked = sorted(self.by_clause.items(), key=lambda pair: (-pair[1], pair[0]))
        return [
            f"{self.what} rejected {self.rejected} of {self.drawn} {self.of} samples",
            *(f'  {count} by "{clause}"' for clause, count in ranked),
        ]

    def worst(self) -> str:
        """The clause that rejects most."""
        clause, count = max(self.by_clause.items(), key=lambda pair: pair[1])
        return f'"{clause}" rejected {count} of them'


class Sampler:
    """Draws the parameters that `require` asks for, and nothing else: no record is built."""

    def __init__(self, file: ScenarioFile) -> None:
        file = file.base or file  # what is legal for a scenario is legal for its twins
        self.kinds = file.params.kinds
        self.clauses = [(text, expressions.parse(text)) for text in file.draft.require]
        needed: set[str] = set()
        for _, expr in self.clauses:
            needed |= set(expressions.parameters(expr))
        for name in reversed(file.params.order):
            if name in needed:
                needed |= set(_used(file.params.drafts[name]))
        self.steps = [(name, file.params.drafts[name]) for name in file.params.order if name in needed]
        self.copulas = [
            c for c in file.copulas if any(name.removeprefix("params.") in needed for name in c.names)
        ]
        self.units = {name: _unit(self.kinds[name]) for name, _ in self.steps}

    def broken(self, seed: int, sample: int, point: Mapping[str, float]) -> tuple[str, ...]:
        """The clauses that this sample does not fulfil; coordinates that the point lacks come from their streams."""
        if not self.clauses:
            return ()
        nodes = self._nodes(seed, sample, point)
        return tuple(
            text
            for text, expr in self.clauses
            if not expressions.evaluate(expressions.substitute(expr, nodes), NOWHERE)
        )

    def _nodes(self, seed: int, sample: int, point: Mapping[str, float]) -> dict[str, Expr]:
        """The parameters as nodes of expressions."""

        def own(name: str) -> float:
            u = point.get(name)
            return coordinate(seed, sample, name) if u is None else u

        bound: dict[str, float] = {}
        for copula in self.copulas:
            bound |= copula.bind({name: own(name) for name in copula.names})
        nodes: dict[str, Expr] = {}
        for name, draft in self.steps:
            if isinstance(draft, Named):
                if draft.name in nodes:
                    nodes[name] = nodes[draft.name]
                continue
            value: float | str
            if isinstance(draft, Drawn):
                path = coordinate_name(("params", name), draft)
                value = draft.distribution.ppf(bound[path] if path in bound else own(path))
            elif isinstance(draft, Exact):
                value = draft.value
            else:
                assert isinstance(draft, Formula), "a loaded file has no other drafts"
                value = float(expressions.evaluate(expressions.substitute(draft.expression, nodes), NOWHERE))
            unit = self.units[name]
            if isinstance(value, str):
                nodes[name] = Word(value)
            elif unit is not None:
                nodes[name] = expressions.number(value, unit)
        return nodes


def _used(draft: Draft) -> list[str]:
    if isinstance(draft, Named):
        return [draft.name]
    return expressions.parameters(draft.expression) if isinstance(draft, Formula) else []


def _unit(kind: object) -> str | None:
    """The unit of a parameter in expressions; None for words, and for times of day, which they cannot use."""
    if not isinstance(kind, tuple):
        return None
    dimension = units.by_powers(kind)
    return None if dimension is None or dimension.name == "time_of_day" else dimension.unit


def _method(name: str) -> Method:
    if name not in METHODS:
        raise StormlaneError(f'unknown method "{name}"; {nearest(name, METHODS)}')
    return METHODS[name]


def _sequence(file: ScenarioFile, spread: Spread, score: Score | None) -> Iterator[Point]:
    """The points of a method, without an end where it has none."""
    chosen = _method(spread.method)
    random = quantities(file.base or file)  # a twin shows samples of its base, and may draw its own weather
    names = tuple(dict.fromkeys(q.coordinate for q in (*random, *quantities(file))))
    possible = {
        q.name.removeprefix("params."): (q.coordinate, q.distribution)
        for q in random
        if q.name.startswith("params.") and not isinstance(q.distribution, Joint)
    }
    for name in spread.over or ():
        if name not in possible:
            raise StormlaneError(
                f'{file.path}: there is no random parameter "{name}"; {nearest(name, possible)}'
            )
    factors = tuple(
        possible[name] for name in (possible if spread.over is None else dict.fromkeys(spread.over))
    )
    return chosen.draw(Plan(names, factors, file.copulas, spread.samples, spread.seed, score))
