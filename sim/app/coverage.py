"""Coverage of scenarios, suites and datasets: counted from samples or from what a batch has recorded.  Roof.

A dataset keeps one small record per clip in `.stormlane/coverage/<clip>.json` and their totals in
`.stormlane/coverage.json`; both follow from the clips alone, so they do not depend on workers or interruptions.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from scenarios.coverage import Cross, Item, Plan, Tally
from scenarios.errors import StormlaneError
from scenarios.resolved import Concrete
from scenarios.sampling import Spread
from sim.app.draws import Draw, draws_of, family
from sim.app.parallel import answers
from sim.trace import WorldTrace

Record = dict[str, Any]  # one clip's, plain JSON
FOLDER, TOTALS = "coverage", "coverage.json"
CHUNK = 8  # samples a worker takes at a time


def record(concrete: Concrete, trace: WorldTrace | None) -> Record:
    """What one accepted sample covers, as plain JSON that stands alone."""
    from sim.covered import covered

    found = covered(concrete, trace)
    plan = {
        "items": {
            name: {"bins": list(item.bins), "at_least": item.at_least}
            for name, item in found.plan.items.items()
        },
        "crosses": {
            name: {"items": list(cross.items), "at_least": cross.at_least}
            for name, cross in found.plan.crosses.items()
        },
    }
    return {
        "clip": concrete.clip_id,
        "scenario": counted_as(concrete.scenario.scenario, concrete.variant),
        "plan": plan,
        "values": found.values,
        "bins": found.bins,
        "odd": {name: list(words) for name, words in found.odd.items()},
    }


def counted_as(scenario: str, variant: str) -> str:
    """The name under which a scenario's samples are counted; a variant has bins of its own."""
    return f"{scenario}:{variant}" if variant else scenario


def plan_of(record: Record) -> Plan:
    """The plan that a record was counted by."""
    items = {
        name: Item(name, "", tuple(entry["bins"]), at_least=entry["at_least"])
        for name, entry in record["plan"]["items"].items()
    }
    crosses = {
        name: Cross(name, tuple(entry["items"]), entry["at_least"])
        for name, entry in record["plan"]["crosses"].items()
    }
    return Plan(items, crosses)


@dataclass
class ScenarioCoverage:
    """Coverage of one scenario's samples."""

    tally: Tally
    odd: dict[str, Counter[str]] = field(default_factory=dict)
    refused: int = 0  # samples that were drawn but not accepted; one may break several clauses
    rejected: Counter[str] = field(
        default_factory=Counter
    )  # samples that broke a clause of `require` or `valid`

    def add(self, record: Record) -> None:
        """Count one sample's record."""
        self.tally.add(record["bins"])
        for name, words in record["odd"].items():
            self.odd.setdefault(name, Counter()).update(words)

    def reject(self, samples: int, clauses: Mapping[str, int]) -> None:
        """Count samples that were not accepted, and how many of them each clause rejects."""
        self.refused += samples
        self.rejected.update(clauses)

    def summary(self) -> dict[str, Any]:
        """All counts as plain JSON."""
        plan = self.tally.plan
        return {
            "samples": self.tally.samples,
            "rejected": {"samples": self.refused, "by": dict(sorted(self.rejected.items()))},
            "share": round(self.tally.share(), 6),
            "items": {
                name: {
                    "at_least": item.at_least,
                    "bins": {b: self.tally.count(name, (b,)) for b in item.bins},
                    "outside": self.tally.outside[name],
                }
                for name, item in plan.items.items()
            },
            "crosses": {
                name: {
                    "at_least": cross.at_least,
                    "items": list(cross.items),
                    "cells": [
                        {"bins": list(cell), "count": self.tally.count(name, cell)}
                        for cell in plan.cells(name)
                    ],
                    "outside": self.tally.outside[name],
                }
                for name, cross in plan.crosses.items()
            },
            "holes": [
                {"of": name, "bins": list(cell), "count": count, "at_least": plan.target(name)}
                for name, cell, count in self.tally.holes()
            ],
            "odd": {name: {word: counts[word] for word in _bins(name)} for name, counts in self.odd.items()},
        }


def _bins(name: str) -> tuple[str, ...]:
    from sim.odd import BINS

    return BINS[name]


@dataclass
class Coverage:
    """Coverage of everything that was asked for, by scenario."""

    scenarios: dict[str, ScenarioCoverage] = field(default_factory=dict)

    def of(self, name: str, plan: Plan) -> ScenarioCoverage:
        """The counts of one scenario, begun when there are none."""
        known = self.scenarios.setdefault(name, ScenarioCoverage(Tally(plan)))
        if not same_bins(known.tally.plan, plan):
            raise StormlaneError(
                f"{name}: its clips were counted by different bins; the scenario was changed in between"
            )
        return known

    def add(self, record: Record) -> None:
        """Count one sample's record."""
        self.of(record["scenario"], plan_of(record)).add(record)

    def share(self) -> float:
        """Share of all bins and combinations that have what they should."""
        plans = [
            (c.tally, sum(len(c.tally.plan.cells(n)) for n in c.tally.plan.names()))
            for c in self.scenarios.values()
        ]
        cells = sum(count for _, count in plans)
        return sum(tally.share() * count for tally, count in plans) / cells if cells else 1.0

    def summary(self) -> dict[str, Any]:
        """All counts as plain JSON."""
        return {
            "share": round(self.share(), 6),
            "scenarios": {name: entry.summary() for name, entry in sorted(self.scenarios.items())},
        }


def same_bins(a: Plan, b: Plan) -> bool:
    """Whether two plans count the same things in the same bins."""
    return a.crosses == b.crosses and {n: (i.bins, i.at_least) for n, i in a.items.items()} == {
        n: (i.bins, i.at_least) for n, i in b.items.items()
    }


# ---------------------------------------------------------------------------------------------------------- datasets
def records_of(root: Path) -> list[Path]:
    """The coverage records of a dataset's clips."""
    folder = root / ".stormlane" / FOLDER
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise StormlaneError(f"{root}: no coverage is recorded here; a dataset of ours keeps it in {folder}")
    return paths


def of_records(paths: Iterable[Path]) -> Coverage:
    """What the clips cover whose records lie in these files."""
    coverage = Coverage()
    for path in paths:
        try:
            coverage.add(json.loads(path.read_text(encoding="utf-8")))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise StormlaneError(f"{path}: this is no coverage record; render the clip again") from None
    return coverage


# ----------------------------------------------------------------------------------------------------------- samples
@dataclass(frozen=True, slots=True)
class Asked:
    """Samples of one scenario file and its variants that are to be counted."""

    path: Path
    spread: Spread
    overrides: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A simulated sample in which something else happened than `valid` says: it covers nothing."""

    scenario: str
    clauses: tuple[str, ...]


def cover_samples(asked: Sequence[Asked], *, simulate: bool, workers: int, quiet: bool) -> Coverage:
    """Draw samples, simulate them in several processes, and count what they cover, and what rejected the others."""
    from sim.app.progress import counting

    coverage = Coverage()
    draws = [draw for entry in asked for draw in _draws(entry, coverage)]
    with counting(len(draws), "simulating" if simulate else "drawing", quiet) as advance:
        for found in _records(draws, simulate, workers):
            advance()
            if isinstance(found, Rejected):
                coverage.scenarios[found.scenario].reject(1, dict.fromkeys(found.clauses, 1))
            else:
                coverage.add(found)
    return coverage


def _draws(asked: Asked, coverage: Coverage) -> Iterator[Draw]:
    from scenarios.sampling import Tally as Rejections

    members, rejections = family(str(asked.path), asked.overrides).members(asked.variants), Rejections()
    for file in members:
        coverage.of(counted_as(file.name, file.variant), file.cover)
    yield from draws_of(asked.path, asked.overrides, asked.variants, asked.spread, rejections)
    first = counted_as(members[0].name, members[0].variant)
    coverage.scenarios[first].reject(rejections.rejected, rejections.by_clause)


def _records(draws: Sequence[Draw], simulate: bool, workers: int) -> Iterator[Record | Rejected]:
    """Records in the order of the draws; several processes where that is worth it."""
    cores = min(workers or os.cpu_count() or 1, max(len(draws) // CHUNK, 1)) if simulate else 1
    if cores == 1:
        for draw in draws:
            yield _one(draw, simulate)
        return
    chunks = [draws[k : k + CHUNK] for k in range(0, len(draws), CHUNK)]
    for found in answers(partial(_some, simulate=simulate), chunks, cores):
        yield from found


def _some(draws: Sequence[Draw], simulate: bool) -> list[Record | Rejected]:
    return [_one(draw, simulate) for draw in draws]


def _one(draw: Draw, simulated: bool) -> "Record | Rejected":
    concrete = draw.concrete()
    if not simulated:
        return record(concrete, None)
    from sim.simulate import simulate
    from sim.verdict import judge

    trace, file = simulate(concrete), draw.file()
    broken = judge(trace, tuple(file.draft.valid)).broken
    if broken:
        return Rejected(counted_as(file.name, file.variant), tuple(clause.text for clause in broken))
    return record(concrete, trace)


def cover_all(
    what: Sequence[Path],
    *,
    spread: Spread,
    overrides: Sequence[str] = (),
    variants: Sequence[str] = (),
    simulate: bool = True,
    workers: int = 0,
    quiet: bool = False,
) -> Coverage:
    """Coverage of scenarios (drawn and simulated) or of rendered datasets (as recorded); not of both at once."""
    from sim.app.catalogue import find_scenario

    folders = [path for path in what if path.is_dir()]
    if folders and len(folders) < len(what):
        raise StormlaneError(
            "datasets are counted as they are, scenarios are drawn; give the one or the other"
        )
    if folders:
        if overrides:
            raise StormlaneError(f"{folders[0]}: a dataset is finished; --set only changes scenario files")
        return of_records(path for folder in folders for path in records_of(folder))
    asked = [Asked(find_scenario(path), spread, tuple(overrides), tuple(variants)) for path in what]
    return cover_samples(asked, simulate=simulate, workers=workers, quiet=quiet)


def write_totals(root: Path, clips: Sequence[str]) -> None:
    """Write `.stormlane/coverage.json`: the counts of these clips of a dataset."""
    from labelers.writers.files import json_bytes, write_bytes

    coverage = of_records(root / ".stormlane" / FOLDER / f"{clip}.json" for clip in clips)
    write_bytes(root / ".stormlane" / TOTALS, json_bytes(coverage.summary(), indent=1))
