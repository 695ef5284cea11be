"""Runs suite files: renders, checks and counts what they explore.  Roof."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.files import PACKAGE
from scenarios.sampling import Spread
from scenarios.suite import Exploration, SuiteFile
from sim.app.batch import render_batch
from sim.app.check import check_file
from sim.app.coverage import Asked, Coverage, cover_samples


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario, with one rig and one seed."""

    explored: Exploration
    seed: int
    overrides: tuple[str, ...]  # of the suite, of its entry, and the rig

    @property
    def spread(self) -> Spread:
        """How its samples are spread."""
        return Spread(self.explored.method, self.explored.samples, self.seed, self.explored.over)


def runs_of(suite: SuiteFile, rig: Path | None = None) -> Iterator[Run]:
    """Everything that a suite explores with one of its rigs, or with the scenarios' own."""
    for explored in suite.explorations:
        chosen = () if rig is None else (f"actors.ego.rig={_rig_name(rig, explored.path.parent)}",)
        for seed in suite.words.seeds:
            yield Run(explored, seed, (*explored.overrides, *chosen))


def _rig_name(rig: Path, folder: Path) -> str:
    """A rig as an assignment names it: the same wherever the project lies, as it is kept in every lock."""
    full = rig.resolve()
    if full.is_relative_to(PACKAGE):
        return full.relative_to(PACKAGE).as_posix()
    return Path(os.path.relpath(full, folder.resolve())).as_posix()


def render_suite(suite: SuiteFile, out: Path, *, workers: int, quiet: bool = False) -> bool:
    """Render everything, each rig and format into a folder of its own where there are several; False when interrupted.

    Given again, it continues: clips that are there are not made anew.
    """
    rigs: Sequence[tuple[str, Path | None]] = suite.rigs or (("", None),)
    for name, rig in rigs:
        for format_name in suite.words.formats:
            root = out / name if len(rigs) > 1 else out
            root = root / format_name if len(suite.words.formats) > 1 else root
            for run in runs_of(suite, rig):
                finished = render_batch(
                    [run.explored.path],
                    root,
                    samples=run.explored.samples,
                    seed=run.seed,
                    workers=workers,
                    format_name=format_name,
                    overrides=run.overrides,
                    variants=run.explored.variants,
                    method=run.explored.method,
                    over=run.explored.over,
                    quiet=quiet,
                    splits=suite.splits,
                )
                if not finished:
                    return False
    return True


def check_suite(suite: SuiteFile, simulate: bool) -> Iterator[str]:
    """One line for the first sample of everything that a suite explores."""
    for run in runs_of(suite):
        first = Spread("random", 1, run.seed)
        yield from check_file(run.explored.path, first, run.overrides, simulate, run.explored.variants)
    runs = len(suite.explorations) * len(suite.words.seeds) * max(len(suite.rigs), 1)
    samples = sum(e.samples for e in suite.explorations) * len(suite.words.seeds)
    yield f"ok {suite.path}: {samples} samples in {runs} runs"


def cover_suite(suite: SuiteFile, *, simulate: bool, workers: int, quiet: bool) -> Coverage:
    """What the samples of a suite cover; rigs do not change it."""
    asked = [
        Asked(run.explored.path, run.spread, run.overrides, run.explored.variants) for run in runs_of(suite)
    ]
    return cover_samples(asked, simulate=simulate, workers=workers, quiet=quiet)
