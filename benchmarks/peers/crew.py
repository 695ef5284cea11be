"""Our engine as a dataset runs it: a process for each core, each with pictures of its own and one thread.

    .venv/bin/python benchmarks/peers/crew.py 250k            what `run.py` prints last

A process (`--member`) builds the street, then answers orders, a JSON line each with a task and a number of frames.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from street import DETAILS, street_of

TASKS = ("standard camera, clear", "standard camera, night_rain", "HDL-64E, clear", "HDL-64E, night_rain")


class Crew:
    """As many processes as `cores`, each of which has rendered a frame of each task."""

    def __init__(self, detail: str, cores: int) -> None:
        command = [sys.executable, str(Path(__file__)), detail, "--member"]
        self.members = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(cores)
        ]
        for member in self.members:
            self._answer(member)

    def rate(self, task: str, frames: int) -> float:
        """Frames a second of all members together, each of which makes so many."""
        begun = time.perf_counter()
        for member in self.members:
            assert member.stdin
            member.stdin.write(json.dumps({"task": task, "frames": frames}) + "\n")
            member.stdin.flush()
        for member in self.members:
            self._answer(member)
        return len(self.members) * frames / (time.perf_counter() - begun)

    @staticmethod
    def _answer(member: "subprocess.Popen[str]") -> dict[str, Any]:
        assert member.stdout
        line = member.stdout.readline()
        if not line:
            raise SystemExit("a process of the crew ended without a word")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        for member in self.members:
            assert member.stdin
            member.stdin.close()
        for member in self.members:
            member.wait(timeout=60)


def rates(detail: str, cores: int, frames: int) -> list[dict[str, Any]]:
    """Rows of each task's frames a second, printed as they come."""
    rows = []
    with closing(Crew(detail, cores)) as crew:
        for task in TASKS:
            rate = crew.rate(task, frames)
            rows.append({"detail": detail, "task": f"{task}, a frame a core", "cores": cores, "rate": rate})
            print(f"  {task + f', {cores} processes of one thread each':66} {rate:8.2f} /s", flush=True)
    return rows


def serve(detail: str) -> None:
    from ours import Ours

    from sim.app.memory import keep_freed_memory

    keep_freed_memory()  # as the command does
    ours = Ours(street_of(detail), 1)
    for task in TASKS:
        ours.tasks[task](0)
    print("{}", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        for frame in range(order["frames"]):
            ours.tasks[order["task"]](frame)
        print("{}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detail", choices=sorted(DETAILS))
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--frames", type=int, default=12, help="frames of each process and task")
    parser.add_argument("--member", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.member:
        serve(chosen.detail)
    else:
        rates(chosen.detail, chosen.cores, chosen.frames)


if __name__ == "__main__":
    main()
