"""Measures our engine against Open3D (Embree), OpenGL on llvmpipe and PyBullet, on one street in one run.

    make peers                                                   everything (ten minutes; builds the peers' environment)
    .venv/bin/python benchmarks/peers/run.py --details 250k --rounds 9 --peers open3d

Every peer answers in a process of its own, in turn with ours (ours, peer, ours, peer ...), so that a noisy machine
slows both alike.  A ratio is that of two neighbours; its median and its quarters are printed.  A peer's work leaves
the caches empty of ours, so both are also asked over and over, each for a moment and again in turn: `warm`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from crew import rates
from street import DETAILS, Street, street_of

HERE = Path(__file__).parent
WARM_S = 0.4  # how long each side is asked over and over
WARM_ROUNDS = 3
# Our task, the peer, its task, what is compared.
DUELS = (
    ("sweep lidar 64", "open3d", "split lidar 64", "lidar 64 x 1800, moving: static scene kept, the rest rebuilt"),
    ("sweep lidar 64", "open3d", "full lidar 64", "lidar 64 x 1800, moving: all rebuilt"),
    ("sweep lidar 64", "open3d", "trace lidar 64", "lidar 64 x 1800: ours moves, the peer's scene is frozen"),
    ("sweep lidar 128", "open3d", "split lidar 128", "lidar 128 x 2048, moving: static scene kept, the rest rebuilt"),
    ("sweep lidar 128", "open3d", "trace lidar 128", "lidar 128 x 2048: ours moves, the peer's scene is frozen"),
    ("picture camera", "open3d", "split camera", "camera 1280 x 720, instance and depth, moving: as above"),
    ("picture camera", "open3d", "trace camera", "camera 1280 x 720: ours moves, the peer's scene is frozen"),
    ("picture camera", "moderngl", "picture camera", "camera 1280 x 720, instance and depth, moving"),
    ("picture camera", "pybullet", "picture camera", "camera 1280 x 720, instance and depth, moving"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """What a task cost."""

    wall_s: float
    cpu_s: float


class Peer:
    """A peer's process; `absent` says why there is none."""

    def __init__(self, python: Path, kind: str, files: tuple[Path, Path], threads: int) -> None:
        command = [str(python), str(HERE / "rivals.py"), kind, *map(str, files), str(threads)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        first = self._answer()
        self.absent: str | None = first.get("absent")
        self.name: str = first.get("name", kind)
        self.tasks: list[str] = first.get("tasks", [])

    def ask(self, task: str, frame: int, keep: Path | None = None) -> Took:
        order = {"task": task, "frame": frame} | ({"keep": str(keep)} if keep else {})
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Took(**self._answer())

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"absent": "its process ended without a word"}

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=60)


def timed(work: Callable[[int], Any], frame: int) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work(frame)
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def environment(folder: Path) -> Path:
    """The interpreter of the peers' environment, made at the first run."""
    python = folder / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"installing the peers into {folder} (once)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        packages = [line for line in wanted.splitlines() if line and not line.startswith("#")]
        for package in packages:  # one by one: a peer that cannot be had must not take the others away
            done = subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package],
                check=False,
            )
            if done.returncode:
                print(f"{package} is not to be had here", flush=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def over_and_over(ask: Callable[[int], Took], frame: int, seconds: float = WARM_S) -> float:
    """The median wall time of a task that is asked again and again for so long, three times at the least."""
    took = [ask(frame).wall_s]  # the first finds cold caches and is left out
    while len(took) < 4 or sum(took) < seconds:
        took.append(ask(frame + len(took)).wall_s)
    return float(np.median(took[1:]))


def ratios(ours: list[Took], theirs: list[Took]) -> dict[str, float]:
    """Median and quarters of neighbouring ratios, and medians of both sides in ms."""
    wall = np.array([b.wall_s / a.wall_s for a, b in zip(ours, theirs, strict=True)])
    cpu = np.array([b.cpu_s / a.cpu_s for a, b in zip(ours, theirs, strict=True)])
    low, middle, high = np.percentile(wall, (25, 50, 75))
    return {
        "ours_ms": 1e3 * float(np.median([a.wall_s for a in ours])),
        "theirs_ms": 1e3 * float(np.median([b.wall_s for b in theirs])),
        "ratio": float(middle),
        "low": float(low),
        "high": float(high),
        "cpu_ratio": float(np.median(cpu)),
    }


def agreement(task: str, rival: str, result: Any, file: Path) -> dict[str, float]:
    """How often both hit or miss together, name the same thing where both hit, and are equally far; in per cent.

    A frozen scene is asked for triangles, which are numbered differently: its things are not compared.
    """
    held = np.load(file)
    if task.startswith("picture"):
        near, ids = result[0].ravel(), result[1].ravel()
    else:
        near, ids = result[0][result[2]], result[1][result[2]]
    theirs = held["range_m"]
    ours_hit, their_hit = np.isfinite(near), np.isfinite(theirs)
    both = ours_hit & their_hit
    apart = np.abs(near[both] - theirs[both]) > 1e-3 + 1e-3 * near[both]
    return {
        "mask": 100.0 * float((ours_hit == their_hit).mean()),
        "thing": float("nan")
        if rival.startswith("trace")
        else 100.0 * float((ids[both] == held["thing"][both]).mean()),
        "range": 100.0 * float(1.0 - apart.mean()),
    }


@contextmanager
def files_of(street: Street, rays: dict[str, Any]) -> Iterator[tuple[Path, Path, Path]]:
    with tempfile.TemporaryDirectory(prefix="stormlane-peers-") as folder:
        arrays, directions = Path(folder) / "street.npz", Path(folder) / "rays.npz"
        street.write(arrays)
        held = {"origin_" + name: origin for name, (origin, _) in rays.items()}
        np.savez(directions, **held, **{"rays_" + name: d for name, (_, d) in rays.items()})
        yield arrays, directions, Path(folder) / "kept.npz"


def run(
    detail: str, peers: list[str], python: Path, rounds: int, threads: int, whole: bool
) -> list[dict[str, Any]]:
    """All duels on one street."""
    from ours import Ours

    street = street_of(detail)
    ours = Ours(street, threads)
    rows: list[dict[str, Any]] = []
    print(
        f"\n{detail}: {street.triangles:,} triangles, {len(street.moving)} moving things, {threads} thread(s)"
    )
    with files_of(street, ours.rays()) as (arrays, directions, kept):
        for kind in peers:
            peer = Peer(python, kind, (arrays, directions), threads)
            if peer.absent:
                print(f"{kind}: skipped, {peer.absent}", flush=True)
                continue
            print(peer.name, flush=True)
            for task, _, rival, words in (duel for duel in DUELS if duel[1] == kind):
                work = ours.tasks[task]
                result = work(0)
                peer.ask(rival, 0, kept)
                match = agreement(task, rival, result, kept)
                mine, theirs = [], []
                for frame in range(1, rounds + 1):
                    mine.append(timed(work, frame))
                    theirs.append(peer.ask(rival, frame))
                own, other = partial(timed, work), partial(peer.ask, rival)
                warm = [(over_and_over(own, k), over_and_over(other, k)) for k in range(WARM_ROUNDS)]
                row = {"detail": detail, "peer": kind, "task": words, **ratios(mine, theirs), **match}
                row["warm_ours_ms"], row["warm_theirs_ms"] = (
                    1e3 * float(np.median(side)) for side in zip(*warm, strict=True)
                )
                row["warm_ratio"] = float(np.median([b / a for a, b in warm]))
                rows.append(row)
                print(
                    f"  {words:66} {row['ours_ms']:8.1f} {row['theirs_ms']:8.1f} ms   x {row['ratio']:5.1f}"
                    f" [{row['low']:.1f}, {row['high']:.1f}]   warm x {row['warm_ratio']:5.1f}"
                    f"   of the processor x {row['cpu_ratio']:5.1f}"
                    f"   same {match['mask']:.3f} / {match['thing']:.3f} / {match['range']:.3f} %", flush=True
                )  # fmt: skip
            peer.close()
    for task in [name for name in ours.tasks if whole and name.split()[0] in ("standard", "HDL-64E")]:
        ours.tasks[task](0)
        took = [timed(ours.tasks[task], frame) for frame in range(1, max(rounds // 2, 2) + 1)]
        rate = 1.0 / float(np.median([t.wall_s for t in took]))
        row = {
            "detail": detail,
            "task": task,
            "rate": rate,
            "cpu_ms": 1e3 * float(np.median([t.cpu_s for t in took])),
        }
        rows.append(row)
        print(f"  {task:66} {rate:8.2f} /s, {row['cpu_ms']:.0f} ms of the processor each", flush=True)
    if whole:
        rows += rates(detail, threads, max(rounds, 3))
    return rows


def main() -> None:
    from sim.app.memory import keep_freed_memory
    from sim.kernels.cache import cache_root

    keep_freed_memory()  # as the command does

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--details", nargs="+", choices=sorted(DETAILS), default=list(DETAILS))
    parser.add_argument("--peers", nargs="*", choices=["open3d", "moderngl", "pybullet"],
                        default=["open3d", "moderngl", "pybullet"])  # fmt: skip
    parser.add_argument("--rounds", type=int, default=9, help="pairs of frames for each figure")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--environment", type=Path, help="folder of the peers' environment")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    python = environment(chosen.environment or cache_root() / "kernels" / "peers")
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    print(
        "figures: ours ms, theirs ms, theirs / ours [quarters], the same over and over;"
        " same hits / things / ranges within 1 mm and 0.1 %"
    )
    rows = []
    for detail in chosen.details:
        rows += run(detail, chosen.peers, python, chosen.rounds, chosen.threads, whole=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
