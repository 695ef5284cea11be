"""Scenarios into one dataset: which samples are drawn from which files.  Roof."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from labelers.filters import Filters
from scenarios import Family
from scenarios.errors import StormlaneError
from scenarios.lock import dump  # fmt: skip
from scenarios.lock import load as load_lock
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, Tally
from sim.app.dataset import LOCK, TRACE
from sim.app.filling import draw_members
from sim.app.jobs import NO_FILTERS, Job, check_filters, filtered_digest, known_format, refuse_rig, run_jobs
from sim.app.version import engine_version


def render_batch(
    paths: Sequence[Path],
    root: Path,
    *,
    samples: int,
    seed: int,
    workers: int,
    format_name: str,
    overrides: Sequence[str] = (),
    variants: Sequence[str] = (),
    method: str = "random",
    over: Sequence[str] | None = None,
    quiet: bool = False,
    splits: Sequence[tuple[str, float]] = (),
    filters: Filters = NO_FILTERS,
) -> bool:
    """Render `samples` clips of every scenario, and of its `variants`, into `root`; False when interrupted.

    A sample in which something else happens than `valid` says is skipped and counted; samples keep their numbers.
    Raises StormlaneError for a user's mistake, before anything is written.
    """
    known_format(format_name)
    check_filters(filters, format_name)
    notes: list[str] = []
    spread, tally = Spread(method, samples, seed, over), Tally()
    jobs = [
        replace(job, filters=filters, digest=filtered_digest(job.digest, filters))
        for job in _jobs(paths, root, spread, tally, format_name, overrides, variants, notes)
    ]
    notes.extend(tally.lines())
    return run_jobs(jobs, root, format_name, workers=workers, quiet=quiet, notes=notes, splits=splits)


def _jobs(
    paths: Sequence[Path],
    root: Path,
    spread: Spread,
    tally: Tally,
    format_name: str,
    overrides: Sequence[str],
    variants: Sequence[str],
    notes: list[str],
) -> Iterator[Job]:
    from sim.app.clip import ClipPlan

    seen: dict[str, Path] = {}
    for path in paths:
        for drawn, valid in _samples_of(path, spread, tally, overrides, variants):
            if drawn.engine not in ("", engine_version()):
                notes.append(
                    f"{path}: made with engine {drawn.engine}; this is {engine_version()}, so bytes may differ"
                )
            concrete = replace(drawn, engine=engine_version())
            refuse_rig(format_name, concrete)
            if concrete.clip_id in seen:
                raise StormlaneError(
                    f"{path}: another scenario of this batch is also called {concrete.scenario.scenario!r} "
                    f"({seen[concrete.clip_id]}); give one of them another name"
                )
            seen[concrete.clip_id] = path
            text = dump(concrete)
            # A comment more in a scenario file is no reason to render anything again.
            said = dump(replace(concrete, sources=()))
            digest = hashlib.sha256("\0".join((said, format_name, engine_version())).encode())
            trace_path = None
            if path.suffix == TRACE:
                trace_path = str(path)
                digest.update(path.read_bytes())
            frames = len(ClipPlan.of(concrete).times_ns)
            yield Job(
                concrete.clip_id, text, format_name, str(root), digest.hexdigest(), frames, trace_path, valid
            )  # fmt: skip


def _samples_of(
    path: Path, spread: Spread, tally: Tally, overrides: Sequence[str], variants: Sequence[str]
) -> Iterator[tuple[Concrete, tuple[str, ...] | None]]:
    """Samples of a scenario file and its variants with the clauses that judge them, or the one sample that a lock or
    a trace holds, which is not judged again.
    """
    if path.suffix != TRACE and not path.name.endswith(LOCK):
        members = Family.load(path, tuple(overrides)).members(variants)
        if any(file.assets for file in members):
            from sim.app.own_assets import fit

            fit(members)
        written = {file.variant: tuple(file.draft.valid) for file in members}
        for concrete in draw_members(members, spread, tally):
            yield concrete, written[concrete.variant]
        return
    if overrides or variants:
        option = "--set" if overrides else "--variant"
        raise StormlaneError(
            f"{path}: a lock or a trace is one finished sample; {option} is for scenario files"
        )
    if path.suffix == TRACE:
        from sim.store import load as load_trace

        yield load_trace(path).concrete, None
    else:
        yield load_lock(path.read_text(encoding="utf-8"), str(path)), None
