"""Many clips into one dataset: jobs, workers, progress, continuing after an interruption.  Roof.

A dataset folder holds the format's own files and a `.stormlane` folder with one record per clip:

    .stormlane/locks/<clip>.lock.yaml   the resolved scenario: enough to render the clip again
    .stormlane/traces/<clip>.trace      the simulated world: enough to render it with other sensors
    .stormlane/coverage/<clip>.json     the bins of its scenario's coverage that it fills; totals in coverage.json
    .stormlane/splits.json              shares of train, val, test, when a suite divides its clips
    .stormlane/rejected/<clip>.json     instead of all others, why a sample that is not valid was not rendered
    .stormlane/done/<clip>.json         written last, atomically: the job's digest, every file's sha256, the fragment

A clip is done when its record is there, names the same job and all its files have the recorded size.  The tables of the
dataset are derived from the records of all clips, so they can always be made again.
"""

import hashlib
import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from scenarios import Family
from scenarios.errors import StormlaneError
from scenarios.lock import dump  # fmt: skip
from scenarios.lock import load as load_lock
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, Tally
from scenarios.suite import split_of
from sim.app.filling import draw_members
from sim.app.parallel import deaf_children
from sim.app.progress import BatchProgress
from sim.app.version import engine_version
from sim.app.warmup import warm_up_when_cold
from sim.verdict import Clause, judge

STATE = ".stormlane"
TRACE, LOCK = ".trace", ".lock.yaml"


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to render: everything a worker needs, picklable and small."""

    clip_id: str
    lock_text: str
    format_name: str
    root: str
    digest: str  # of lock, trace, format and engine: what the clip's bytes depend on
    frames: int
    trace_path: str | None = None  # a simulated world to render instead of simulating the scenario
    valid: tuple[
        str, ...
    ] = ()  # the clauses that judge what happens; what a lock or a trace holds was accepted once


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
) -> bool:
    """Render `samples` clips of every scenario, and of its `variants`, into `root`; False when interrupted.

    A sample in which something else happens than `valid` says is skipped and counted; samples keep their numbers.
    Raises StormlaneError for a user's mistake, before anything is written.
    """
    from labelers.writers import FORMATS

    if format_name not in FORMATS:
        raise StormlaneError(f"unknown format {format_name!r}; known: {', '.join(FORMATS)}")
    notes: list[str] = []
    spread, tally = Spread(method, samples, seed, over), Tally()
    jobs = list(_jobs(paths, root, spread, tally, format_name, overrides, variants, notes))
    notes.extend(tally.lines())
    root.mkdir(parents=True, exist_ok=True)
    _claim(root, format_name)
    for folder in ("locks", "traces", "coverage", "rejected", "done"):
        (root / STATE / folder).mkdir(parents=True, exist_ok=True)
    if splits:
        _keep_splits(root, splits)
    _sweep_temporaries(root)
    pending = [job for job in jobs if not is_done(job)]
    cores = workers or os.cpu_count() or 1
    if pending and not quiet:
        warm_up_when_cold()
    with BatchProgress(jobs, [job for job in jobs if job not in pending], quiet) as progress:
        for note in notes:
            progress.say(note)
        try:
            _work(pending, cores, progress)
        except KeyboardInterrupt:
            progress.say("stopped; the same command continues from here")
            return False
        dropped = _finalize(root, format_name)
        rendered = [job for job in jobs if rejection(job) is None]
        frames = sum(job.frames for job in rendered)
        progress.say(f"{root}: {len(rendered)} clips, {frames} frames, format {format_name}")
        for line in (*progress.costs(), *_judged(jobs).lines()):
            progress.say(line)
        if dropped:
            progress.say(dropped_line(dropped, format_name))
    return True


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
) -> Iterator[tuple[Concrete, tuple[str, ...]]]:
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

        yield load_trace(path).concrete, ()
    else:
        yield load_lock(path.read_text(encoding="utf-8"), str(path)), ()


def _claim(root: Path, format_name: str) -> None:
    """One folder holds one format; mixing two would leave a dataset that neither reader understands."""
    from labelers.writers.files import write_bytes

    note = root / STATE / "format"
    if note.is_file():
        held = note.read_text(encoding="utf-8").strip()
        if held != format_name:
            raise StormlaneError(
                f"{root} already holds a {held} dataset; choose another folder for {format_name}"
            )
        return
    if any(entry.name != STATE for entry in root.iterdir()):
        raise StormlaneError(f"{root} is not empty and not a dataset of ours; choose a new folder")
    note.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(note, (format_name + "\n").encode())


def _keep_splits(root: Path, splits: Sequence[tuple[str, float]]) -> None:
    """Note the shares of the dataset's splits; they cannot change later, as its clips would move between them."""
    from labelers.writers.files import json_bytes, write_bytes

    note, content = root / STATE / "splits.json", json_bytes([[name, share] for name, share in splits])
    if note.is_file() and note.read_bytes() != content:
        raise StormlaneError(f"{root} is already divided into other splits; choose another folder")
    write_bytes(note, content)


def _splits(root: Path) -> list[tuple[str, float]]:
    note = root / STATE / "splits.json"
    return [(name, share) for name, share in json.loads(note.read_text())] if note.is_file() else []


def _sweep_temporaries(root: Path) -> None:
    """Remove what a killed run left half-written (atomic writes go through `*.tmp`)."""
    for path in root.rglob("*.tmp"):
        path.unlink(missing_ok=True)


def is_done(job: Job) -> bool:
    """Whether the clip's record is there, belongs to this job, and its files are all in place; or it was rejected."""
    if rejection(job) is not None:
        return True
    record = _read_record(Path(job.root), job.clip_id)
    if record is None or record["job"] != job.digest:
        return False
    root = Path(job.root)
    return all(
        (root / name).is_file() and (root / name).stat().st_size == size
        for name, (_, size) in record["files"].items()
    )


def rejection(job: Job) -> tuple[str, ...] | None:
    """The clauses that rejected a job's sample; None when none did."""
    if not job.valid:
        return None
    try:
        record = json.loads(_rejection_path(Path(job.root), job.clip_id).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return tuple(clause["text"] for clause in record["broken"]) if record["job"] == job.digest else None


def _rejection_path(root: Path, clip_id: str) -> Path:
    return root / STATE / "rejected" / f"{clip_id}.json"


def _judged(jobs: Sequence[Job]) -> Tally:
    """How many of the finished jobs' samples were rejected, and by which clauses."""
    tally = Tally(what="valid", of="simulated")
    for job in jobs:
        if job.valid:
            tally.add(rejection(job) or ())
    return tally


def _record_path(root: Path, clip_id: str) -> Path:
    return root / STATE / "done" / f"{clip_id}.json"


def _read_record(root: Path, clip_id: str) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads(_record_path(root, clip_id).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return record


# ------------------------------------------------------------------------------------------------------- the work
class _Report(Protocol):
    def put(self, item: tuple[str, str, int]) -> None: ...


def render_job(job: Job, report: _Report, threads: int, stop: Any = None) -> None:
    """Render one clip and write its record; called in a worker or in this process."""
    from labelers.writers import FORMATS
    from labelers.writers.base import Clip
    from labelers.writers.files import json_bytes, write_bytes
    from sim.app import coverage
    from sim.app.clip import ClipPlan, clip_samples
    from sim.expected import expected
    from sim.simulate import simulate
    from sim.store import load as load_trace
    from sim.store import save

    root = Path(job.root)
    concrete: Concrete = load_lock(job.lock_text)
    report.put((job.clip_id, "simulate", 0))
    trace = simulate(concrete) if job.trace_path is None else load_trace(Path(job.trace_path))
    broken = judge(trace, job.valid).broken if job.valid else ()
    if broken:
        _reject(root, job, broken)
        report.put((job.clip_id, "rejected", job.frames))
        return
    _rejection_path(root, job.clip_id).unlink(missing_ok=True)
    lock_path = root / STATE / "locks" / f"{job.clip_id}.lock.yaml"
    trace_path = root / STATE / "traces" / f"{job.clip_id}.trace"
    concrete = trace.concrete  # with the starts that its encounters were found to need
    write_bytes(lock_path, dump(concrete).encode())
    save(trace, trace_path)
    cover_path = root / STATE / "coverage" / f"{job.clip_id}.json"
    write_bytes(cover_path, json_bytes(coverage.record(concrete, trace), indent=1))
    plan = ClipPlan.of(concrete)
    asked = expected(trace, plan.times_ns)
    clip = Clip(job.clip_id, concrete, job.frames, plan.rate_hz, road=trace.road, expectations=asked)
    writer = FORMATS[job.format_name].open(root, clip)
    written = [lock_path, trace_path, cover_path]
    report.put((job.clip_id, "render", 0))
    began = time.process_time()
    for sample in clip_samples(concrete, threads, trace):
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        written += [root / path for path in writer.add(sample)]
        report.put((job.clip_id, "frame", sample.index))
    spent_ms = round(1e3 * (time.process_time() - began))
    report.put((job.clip_id, f"cost of {concrete.scenario.capture.quality}", spent_ms))
    fragment = writer.close()
    written += [root / name for name in fragment.get("files", ())]
    files = {path.relative_to(root).as_posix(): _fingerprint(path) for path in written}
    record = {"job": job.digest, "clip": job.clip_id, "files": files, "fragment": fragment}
    write_bytes(_record_path(root, job.clip_id), _json(record))
    report.put((job.clip_id, "done", job.frames))


def _reject(root: Path, job: Job, broken: Sequence[Clause]) -> None:
    """Note why a sample is not rendered; what an older file of the scenario made of it is no clip of this one."""
    from labelers.writers.files import write_bytes

    told = [{"clause": c.name, "text": c.text, "told": c.told} for c in broken]
    write_bytes(_rejection_path(root, job.clip_id), _json({"job": job.digest, "broken": told}))
    _record_path(root, job.clip_id).unlink(missing_ok=True)


def _fingerprint(path: Path) -> tuple[str, int]:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), len(data)


def _json(record: Any) -> bytes:
    return (json.dumps(record, sort_keys=True, indent=1) + "\n").encode()


_worker_report: Any = None
_worker_stop: Any = None


def _start_worker(report: Any, stop: Any) -> None:
    global _worker_report, _worker_stop  # the pool's initializer has no other place to leave them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; a worker finishes its frame and stops
    _worker_report, _worker_stop = report, stop
    import cv2

    cv2.setNumThreads(1)


def _in_worker(job: Job, threads: int) -> None:
    try:
        render_job(job, _worker_report, threads, _worker_stop)
    except KeyboardInterrupt:
        return


def _work(pending: Sequence[Job], cores: int, progress: BatchProgress) -> None:
    """Render the pending clips: one process per clip as far as cores go, the rest as threads inside each."""
    if not pending:
        return
    processes = min(cores, len(pending))
    threads = max(cores // processes, 1)
    if processes == 1:
        for job in pending:
            render_job(job, progress, threads)
        return
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        with deaf_children():
            stop = context.Event()
            queue = stack.enter_context(context.Manager()).Queue()
            pool = stack.enter_context(ProcessPoolExecutor(processes, context, _start_worker, (queue, stop)))
            running: set[Future[None]] = {pool.submit(_in_worker, job, threads) for job in pending}
        try:
            while running:
                ended, running = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
                progress.drain(queue)
                for future in ended:
                    future.result()
            progress.drain(queue)
        except BaseException:
            stop.set()
            for future in running:
                future.cancel()
            raise


def dropped_line(dropped: Mapping[str, int], format_name: str) -> str:
    """What a format has no place for, in one line: `labels left out by kitti: 214 (200 outside the image, 14 ...)`."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
    return f"labels left out by {format_name}: {sum(dropped.values())} ({reasons})"


def _finalize(root: Path, format_name: str) -> Counter[str]:
    """Make the dataset's tables from the records of all clips that are done, in the order of their names.

    Returns how many labels the format left out, by reason.
    """
    from labelers.writers import FORMATS
    from labelers.writers.base import Clip
    from sim.app.clip import ClipPlan
    from sim.app.coverage import write_totals

    splits = _splits(root)
    fragments = []
    for path in sorted((root / STATE / "done").glob("*.json")):
        record = _read_record(root, path.stem)
        if record is None:
            continue
        lock = (root / STATE / "locks" / f"{path.stem}.lock.yaml").read_text(encoding="utf-8")
        concrete = load_lock(lock)
        plan = ClipPlan.of(concrete)
        # Twins and other variants of a sample belong together: their names differ, their split does not.
        split = split_of(replace(concrete, variant="").clip_id, splits)
        clip = Clip(path.stem, concrete, len(plan.times_ns), plan.rate_hz, split=split)
        fragments.append((clip, record["fragment"]))
    FORMATS[format_name].finalize(root, fragments)
    write_totals(root, [clip.clip_id for clip, _ in fragments])
    dropped: Counter[str] = Counter()
    for _, fragment in fragments:
        dropped.update(fragment["dropped"])
    return dropped
