"""Clips as jobs: one process per clip, progress, continuing after an interruption.  Roof."""

import hashlib
import multiprocessing
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from labelers.filters import Filters
from scenarios.errors import StormlaneError
from scenarios.lock import dump
from scenarios.lock import load as load_lock
from scenarios.resolved import Concrete
from scenarios.sampling import Tally
from scenarios.taxonomy import ACTOR_CLASSES
from sim.app.dataset import DatasetFolder, dropped_line
from sim.app.memory import keep_freed_memory
from sim.app.parallel import deaf_children
from sim.app.progress import BatchProgress
from sim.app.told import many
from sim.app.warmup import warm_up_when_cold
from sim.verdict import judge

if TYPE_CHECKING:
    from labelers.records import Sample
    from sim.trace import WorldTrace


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to write: everything a worker needs, picklable and small."""

    clip_id: str
    lock_text: str
    format_name: str
    root: str
    digest: str  # of lock, trace, format and engine: what the clip's bytes depend on
    frames: int
    trace_path: str | None = None  # a simulated world to render instead of simulating the scenario
    # The clauses that judge what happens; None: a lock, a trace or a native dataset, whose samples were accepted once.
    valid: tuple[str, ...] | None = None
    source: str | None = None  # a native dataset whose samples are written, instead of rendering any
    filters: Filters = NO_FILTERS
    left_out: tuple[str, ...] = ()  # cameras of a native dataset that are not written

    @property
    def folder(self) -> DatasetFolder:
        return DatasetFolder(Path(self.root))

    @property
    def rejection(self) -> tuple[str, ...] | None:
        """The clauses that rejected the sample; None when none did."""
        return None if self.valid is None else self.folder.rejection(self.clip_id, self.digest)

    @property
    def done(self) -> bool:
        """Whether the clip stands in its folder, or was rejected."""
        return self.rejection is not None or self.folder.holds(self.clip_id, self.digest)


def known_format(name: str) -> None:
    """StormlaneError unless there is a format of this name."""
    from labelers.writers import FORMATS

    if name not in FORMATS:
        raise StormlaneError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")


def check_filters(filters: Filters, format_name: str) -> None:
    """StormlaneError where a filter makes no sense."""
    if filters.active and format_name == "native":
        raise StormlaneError(
            "the native format keeps every label, so that others can be made of it; filter when converting it"
        )
    for name in filters.classes:
        if name not in ACTOR_CLASSES:
            raise StormlaneError(f"there is no class {name!r} of actors; known: {', '.join(ACTOR_CLASSES)}")


def filtered_digest(digest: str, filters: Filters) -> str:
    """The digest of a job with filters: its clips have other bytes than those without."""
    return hashlib.sha256(f"{digest}\0{filters}".encode()).hexdigest() if filters.active else digest


def refuse_rig(format_name: str, concrete: Concrete) -> None:
    """StormlaneError where the rig has a fisheye that the format cannot describe; said before anything is simulated."""
    from labelers.writers import FORMATS
    from labelers.writers.base import WITH_FISHEYES, Clip

    fisheyes = [camera for camera in concrete.rig.cameras.values() if camera.fisheye is not None]
    if fisheyes and format_name not in WITH_FISHEYES:
        with tempfile.TemporaryDirectory() as nowhere:  # formats refuse when they begin a clip
            FORMATS[format_name].open(Path(nowhere), Clip(concrete.clip_id, concrete, 1, 1.0))


def run_jobs(
    jobs: Sequence[Job],
    root: Path,
    format_name: str,
    *,
    workers: int,
    quiet: bool = False,
    notes: Sequence[str] = (),
    splits: Sequence[tuple[str, float]] = (),
) -> bool:
    """Write the clips that are not done yet into `root` and make its tables; False when interrupted."""
    folder = DatasetFolder(root)
    folder.claim(format_name)
    if splits:
        folder.keep_splits(splits)
    pending = [job for job in jobs if not job.done]
    cores = workers or os.cpu_count() or 1
    if not quiet and any(job.source is None for job in pending):
        warm_up_when_cold()
    with BatchProgress(jobs, [job for job in jobs if job not in pending], quiet) as progress:
        for note in notes:
            progress.say(note)
        try:
            _work(pending, cores, progress)
        except KeyboardInterrupt:
            progress.say("stopped; the same command continues from here")
            return False
        dropped = folder.finalize()
        kept = [job for job in jobs if job.rejection is None]
        progress.say(
            f"{root}: {many(len(kept), 'clip')}, {many(sum(job.frames for job in kept), 'frame')}, format {format_name}"
        )
        for line in (*progress.costs(), *_judged(jobs).lines()):
            progress.say(line)
        if dropped:
            progress.say(dropped_line(dropped, format_name))
    return True


def _judged(jobs: Sequence[Job]) -> Tally:
    """How many of the finished jobs' samples were rejected, and by which clauses."""
    tally = Tally(what="valid", of="simulated")
    for job in jobs:
        if job.valid is not None:
            tally.add(job.rejection or ())
    return tally


class _Report(Protocol):
    def put(self, item: tuple[str, str, int]) -> None: ...


def write_clip(job: Job, report: _Report, threads: int, stop: Any = None) -> None:
    """Write one clip and its record; called in a worker or in this process."""
    from labelers.fewer_cameras import rig_without, sample_without
    from labelers.tally import Tally as LabelTally
    from labelers.writers import FORMATS
    from labelers.writers.base import Clip
    from labelers.writers.files import json_bytes, write_bytes
    from sim.app import coverage
    from sim.app.clip import ClipPlan
    from sim.expected import expected
    from sim.simulate import simulate
    from sim.store import load as load_trace
    from sim.store import save

    folder = job.folder
    concrete: Concrete = load_lock(job.lock_text)
    report.put((job.clip_id, "simulate", 0))
    trace = simulate(concrete) if job.trace_path is None else load_trace(Path(job.trace_path))
    broken = () if job.valid is None else judge(trace, job.valid).broken
    if broken:
        folder.reject(job.clip_id, job.digest, broken)
        report.put((job.clip_id, "rejected", job.frames))
        return
    folder.accept(job.clip_id)
    asked = expected(trace, ClipPlan.of(trace.concrete).times_ns)
    if job.left_out:
        trace = replace(trace, concrete=rig_without(trace.concrete, job.left_out))
    concrete = trace.concrete  # with the starts that its encounters were found to need
    written = [
        folder.lock_path(job.clip_id),
        folder.trace_path(job.clip_id),
        folder.coverage_path(job.clip_id),
    ]
    write_bytes(written[0], dump(concrete).encode())
    save(trace, written[1])
    write_bytes(written[2], json_bytes(coverage.record(concrete, trace), indent=1))
    plan = ClipPlan.of(concrete)
    clip = Clip(job.clip_id, concrete, job.frames, plan.rate_hz, road=trace.road, expectations=asked)
    writer = FORMATS[job.format_name].open(folder.root, clip)
    report.put((job.clip_id, "render" if job.source is None else "convert", 0))
    tally = LabelTally(concrete.scenario.capture.outputs)
    began = time.process_time()
    dropped: Counter[str] = Counter()
    for whole in _samples(job, trace, threads):
        seen = sample_without(whole, job.left_out)
        sample = job.filters.apply(seen, lambda reason: dropped.update([reason]))
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        tally.add(sample)
        written += [folder.root / path for path in writer.add(sample)]
        report.put((job.clip_id, "frame", sample.index))
    if job.source is None:
        spent_ms = round(1e3 * (time.process_time() - began))
        report.put((job.clip_id, f"cost of {concrete.scenario.capture.quality}", spent_ms))
    fragment = writer.close()
    fragment["dropped"] = dict(Counter(fragment["dropped"]) + dropped)
    written += [folder.root / name for name in fragment.get("files", ())]
    folder.keep(job.clip_id, job.digest, written, fragment, tally.words())
    report.put((job.clip_id, "done", job.frames))


def _samples(job: Job, trace: "WorldTrace", threads: int) -> "Iterator[Sample]":
    from labelers.native_reader import NativeDataset
    from sim.app.clip import clip_samples

    if job.source is not None:
        return NativeDataset.open(Path(job.source)).clip(job.clip_id).samples()
    return clip_samples(trace.concrete, threads, trace)


_worker_report: Any = None
_worker_stop: Any = None


def _start_worker(report: Any, stop: Any) -> None:
    global _worker_report, _worker_stop  # the pool's initializer has no other place to leave them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; a worker finishes its frame and stops
    _worker_report, _worker_stop = report, stop
    keep_freed_memory()
    import cv2

    cv2.setNumThreads(1)


def _in_worker(job: Job, threads: int) -> None:
    try:
        write_clip(job, _worker_report, threads, _worker_stop)
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
            write_clip(job, progress, threads)
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
