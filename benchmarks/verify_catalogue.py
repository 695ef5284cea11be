"""Renders the whole catalogue in all weathers, verifies every frame, and counts: in pieces, as long as it may take.

    .venv/bin/python benchmarks/verify_catalogue.py --frames 10000
    .venv/bin/python benchmarks/verify_catalogue.py --minutes 30 --tally tally.json      goes on where it stopped

    .venv/bin/python benchmarks/verify_catalogue.py --rig surround_six --frames 500

A piece is one story in one weather with one seed and all labels there are: a clip with small pictures of draft quality
and sixteen beams, for rules hold at any size and quality; with `--rig` two samples a second of a rig of the package as
it is.  What is found is kept in the tally, with the engine that rendered it; pieces of another engine count apart.
Exit code 1 when a rule is broken.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import scenarios
from sim.app.batch import render_batch
from sim.app.dataset import DatasetFolder
from sim.app.memory import keep_freed_memory
from sim.app.verify import verify
from sim.app.version import engine_version

CATALOGUE = Path(scenarios.__file__).parent / "catalogue"
STORIES = sorted(path.name.removesuffix(".scenario.yaml") for path in CATALOGUE.glob("*.scenario.yaml"))
SMALL = (
    "rig.cameras.cam_front.width=320",
    "rig.cameras.cam_front.height=180",
    "rig.lidars.lidar_top.model=VLP-16",
)
ALL_LABELS = (
    "capture.quality=draft",
    "capture.also=[birdseye, free_space, occupancy, scene_flow, normals, flow, flow_3d]",
)
DAY = "world.clock={sun: {elevation: 42 deg, azimuth: 200 deg}}"
LOW = "world.clock={sun: {elevation: 6 deg, azimuth: 70 deg}}"
NIGHT = "world.clock={sun: {elevation: -25 deg, azimuth: 0 deg}}"
DRY, WET = "world.surface={state: dry}", "world.surface={state: wet}"
WEATHERS = {
    "own": (),
    "clear day": (DAY, "world.weather=[{clouds: 2 okta, air: 16 degC}]", DRY),
    "low sun": (LOW, "world.weather=[{clouds: 2 okta, air: 16 degC}]", DRY),
    "rain at night": (NIGHT, "world.weather=[{rain: 15 mm/h, clouds: 8 okta, air: 8 degC}]", WET),
    "fog": (DAY, "world.weather=[{fog: {visibility: 90 m}, clouds: 8 okta, air: 4 degC}]", DRY),
    "snow": (
        DAY,
        "world.weather=[{snow: 2 mm/h, clouds: 8 okta, air: -3 degC}]",
        "world.surface={state: snowy, snow_depth: 5 cm}",
    ),
}


def pieces() -> Iterator[tuple[str, str, int]]:
    """Story, weather and seed, so that few pieces have seen much: every weather once before any seed comes twice."""
    seed = 0
    while True:
        for turn in range(len(WEATHERS)):
            for place, story in enumerate(STORIES):
                yield story, list(WEATHERS)[(place + turn) % len(WEATHERS)], seed
        seed += 1


def look_at(story: str, weather: str, seed: int, rig: str, shown: Path) -> dict[str, Any]:
    """Render and verify one piece: how many frames, how many things each rule looked at, what is wrong."""
    with tempfile.TemporaryDirectory(prefix="stormlane-verify-") as folder:
        root = Path(folder) / "clip"
        path = CATALOGUE / f"{story}.scenario.yaml"
        sensors = (f"actors.ego.rig=rigs/{rig}.yaml", "capture.rate=2 Hz") if rig else SMALL
        overrides = (*sensors, *ALL_LABELS, *WEATHERS[weather])
        render_batch(
            [path],
            root,
            samples=1,
            seed=seed,
            workers=1,
            format_name="native",
            overrides=overrides,
            quiet=True,
        )
        if not DatasetFolder(root).clip_ids():
            return {"frames": 0, "violations": []}  # in that weather something else happens than its story
        verdict = verify(root, shown / f"{story}-{weather.replace(' ', '_')}-{seed}", workers=1, quiet=True)
    return {
        "frames": verdict.samples,
        "looked_at": dict(verdict.looked_at),
        "violations": [f"{v.rule}: {v.place} {v.fact}" for v in verdict.violations],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=10_000, help="stop after so many of this engine's")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="or after so long")
    parser.add_argument("--tally", type=Path, default=Path("out/verified.json"), help="what was found so far")
    parser.add_argument(
        "--rig", default="", help="a rig of the package, instead of small pictures of the story's own"
    )
    parser.add_argument("--workers", type=int, default=1, help="pieces at once, each in a process of its own")
    chosen = parser.parse_args()
    tally: dict[str, dict[str, Any]] = json.loads(chosen.tally.read_text()) if chosen.tally.exists() else {}
    engine = engine_version()
    done = tally.setdefault(engine, {})
    chosen.tally.parent.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()

    def named(story: str, weather: str, seed: int) -> str:
        return " / ".join([story, weather, str(seed), *([chosen.rig] if chosen.rig else [])])

    def frames() -> int:
        return sum(found["frames"] for found in done.values())

    def on_time() -> bool:
        return frames() < chosen.frames and time.monotonic() - begun < 60.0 * chosen.minutes

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn()
    )
    left = (piece for piece in pieces() if named(*piece) not in done)
    # Fresh processes: what one of them has compiled and built is kept for its next pieces.
    workers = ProcessPoolExecutor(
        chosen.workers, mp_context=get_context("spawn"), initializer=keep_freed_memory
    )
    with workers, bar:
        shown = bar.add_task("frames", total=chosen.frames, completed=frames())
        running: dict[Future[dict[str, Any]], str] = {}
        while running or on_time():
            for piece in islice(left, chosen.workers - len(running) if on_time() else 0):
                job = workers.submit(look_at, *piece, chosen.rig, chosen.tally.parent / "violations")
                running[job] = named(*piece)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key = running.pop(future)
                done[key] = future.result()
                chosen.tally.write_text(json.dumps(tally, indent=1, sort_keys=True) + "\n", encoding="utf-8")
                bar.update(shown, completed=frames())
                for told in done[key]["violations"][:5]:
                    bar.console.print(f"{key}: {told}")
    looked = [found for found in done.values() if found["frames"]]
    wrong = sum(len(found["violations"]) for found in looked)
    seen = {tuple(key.split(" / ")[:2]) for key, found in done.items() if found["frames"]}
    print(
        f"{engine}: {frames()} frames of {len(looked)} clips ({len({s for s, _ in seen})} stories, "
        f"{len({w for _, w in seen})} weathers): {wrong} violations"
    )
    unseen = sorted({key.split(" / ")[0] for key in done} - {story for story, _ in seen})
    if unseen:  # by chance their own `valid` rejected every sample
        print(f"  no frame yet of: {', '.join(unseen)}")
    for key, found in sorted(done.items()):
        if found["violations"]:
            print(f"  {key}: {len(found['violations'])}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # finished pieces are in the tally
