"""Work spread over processes, its results in the order of the questions.  Roof."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from sim.app.memory import keep_freed_memory

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def answers(
    work: Callable[[Question], Answer], questions: Sequence[Question], workers: int = 0
) -> Iterator[Answer]:
    """`map(work, questions)` by so many processes (0: one for each core).

    `work` and what goes in and out of it travel to other processes, so it stands at the top of a module.  An
    interruption waits for the answers that are being worked on and drops the rest.
    """
    cores = min(workers or os.cpu_count() or 1, len(questions))
    if cores <= 1:
        yield from map(work, questions)
        return
    with ExitStack() as stack:
        with deaf_children():
            context = multiprocessing.get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(cores, context, _start_worker))
            order: dict[Future[Answer], int] = {
                pool.submit(work, question): k for k, question in enumerate(questions)
            }
        ready: dict[int, Answer] = {}
        running, upcoming = set(order), 0
        try:
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                ready |= {order[future]: future.result() for future in ended}
                while upcoming in ready:
                    yield ready.pop(upcoming)
                    upcoming += 1
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def deaf_children() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first instruction on: a terminal sends it to all of them at once."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread: somebody else decides about signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; a worker finishes its piece
    keep_freed_memory()
