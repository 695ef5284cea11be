"""Progress of a batch: one bar with frames, rate and time left.  Roof."""

import math
import os
import queue
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from scenarios.errors import StormlaneError

CORE_HOUR = 0.04  # dollars
COST = "cost of "  # a message of it ends with the quality of the clip's pictures


def core_hour_price() -> float:
    """What an hour of a core costs: $STORMLANE_CORE_HOUR, or what clouds ask for a shared virtual core on demand."""
    stated = os.environ.get("STORMLANE_CORE_HOUR")
    if stated is None:
        return CORE_HOUR
    try:
        price = float(stated)
    except ValueError:
        price = math.nan
    if not 0.0 <= price < math.inf:
        raise StormlaneError(
            f"STORMLANE_CORE_HOUR={stated}: the price of a core-hour is a number, such as 0.04"
        )
    return price


class CountedJob(Protocol):
    @property
    def clip_id(self) -> str: ...
    @property
    def frames(self) -> int: ...


class _Rate(ProgressColumn):
    """Frames per second over the recent past."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.2f} frames/s", style="progress.data.speed")


class BatchProgress:
    """A progress bar that also takes workers' messages (clip, what, number)."""

    def __init__(self, jobs: Sequence[CountedJob], done: Sequence[CountedJob], quiet: bool = False) -> None:
        self._price = core_hour_price()
        self._console = Console(file=sys.stderr, quiet=quiet)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
        )
        total = sum(job.frames for job in jobs)
        had = sum(job.frames for job in done)
        self._clips, self._clips_done = len(jobs), len(done)
        self._frames = {job.clip_id: job.frames for job in jobs}
        self._spent: dict[str, tuple[int, int]] = {}  # of each quality: milliseconds, frames
        self._task = self._progress.add_task(self._words("starting"), total=total, completed=had)
        if had:
            self.say(f"continuing: {len(done)} of {len(jobs)} clips are done")

    def __enter__(self) -> "BatchProgress":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def put(self, item: tuple[str, str, int]) -> None:
        """Take one message of a clip: simulate, render, frame, cost, done or rejected."""
        clip, what, count = item
        if what.startswith(COST):
            spent_ms, frames = self._spent.get(what, (0, 0))
            self._spent[what] = spent_ms + count, frames + self._frames[clip]
        elif what == "frame":
            self._progress.advance(self._task)
        elif what == "rejected":
            self._clips_done += 1
            self._progress.advance(self._task, count)
        elif what == "done":
            self._clips_done += 1
            self._progress.update(self._task, description=self._words("rendering"))
        else:
            words = {"simulate": "simulating", "render": "rendering", "convert": "converting"}[what]
            self._progress.update(self._task, description=self._words(words))

    def costs(self) -> list[str]:
        """What a frame cost at each quality that was rendered: time of one core, with labels and files, and money."""
        lines = []
        for what, (spent_ms, frames) in sorted(self._spent.items()):
            frame_s = max(1e-3 * spent_ms / max(frames, 1), 1e-3)
            lines.append(
                f"quality {what.removeprefix(COST)}: {frame_s:.2g} s of one core a frame, rendered, labelled and "
                f"written; {3600.0 / frame_s:,.0f} frames an hour and core; 1,000 frames cost "
                f"{1e3 / 3600.0 * frame_s * self._price:.3g} at {self._price:g} a core-hour"
            )
        return lines

    def drain(self, messages: Any) -> None:
        """Take all messages that wait in a queue."""
        while True:
            try:
                self.put(messages.get_nowait())
            except queue.Empty:
                return

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(line, highlight=False, soft_wrap=True)

    def _words(self, what: str) -> str:
        return f"{what}, clip {min(self._clips_done + 1, self._clips)}/{self._clips}"


@contextmanager
def counting(total: int, what: str, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar over `total` equal things; the function it gives counts one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr, quiet=quiet), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
