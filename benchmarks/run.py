"""Prints what the engine does on this machine: frames/s, sweeps/s, cold start, peak memory.

    .venv/bin/python benchmarks/run.py            everything (minutes: it compiles all kernels)
    .venv/bin/python benchmarks/run.py --quick    without the uncached start

Figures are medians of several frames, on one thread and on all cores.  Machines differ and are noisy: compare ratios
of one run, never milliseconds of two.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEMO = "child_behind_van"
NIGHT_RAIN = [
    "world.weather=[{rain: 30 mm/h, clouds: 8 okta, air: 8 degC}]",
    "world.clock={sun: {elevation: -25 deg, azimuth: 0 deg}}",
]
CLEAR = [
    "world.weather=[{clouds: 2 okta, air: 15 degC}]",
    "world.clock={sun: {elevation: 40 deg, azimuth: 160 deg}}",
]

MEASURED = [
    "x",
    "y",
    "z",
    "raw_x",
    "raw_y",
    "raw_z",
    "intensity",
    "ring",
    "offset_ns",
    "return_index",
]  # of points
# Those labels that have to be asked for.
ALL_LABELS = "capture.also=[birdseye, free_space, occupancy, scene_flow, normals, flow, flow_3d]"

FIRST_FRAME = """
import time
begun = time.perf_counter()
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate
from renderers.stage import Stage
from sim.app.clip import render_sample
concrete = tiny_concrete("clear", width=1280, height=720)
render_sample(Stage(simulate(concrete)), concrete.clip_id, 0, 100_000_000)
print(time.perf_counter() - begun)
"""


def cold_start_s(cache: str | None) -> float:
    """Seconds from the interpreter's first line to the first labelled sample, in a process of its own."""
    environment = dict(os.environ)
    if cache is not None:
        environment["STORMLANE_CACHE"] = cache
    out = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME], check=True, capture_output=True, text=True, env=environment
    )
    return float(out.stdout.strip().splitlines()[-1])


def median_s(work: Callable[[int], object], runs: int) -> float:
    """Median seconds of `work(k)` over `runs`, after one call that is not counted."""
    work(0)
    took = []
    for k in range(runs):
        begun = time.perf_counter()
        work(k)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def bare_s(sample: Any) -> float:
    """Processor time of writing what the sensors of a sample measured: its pictures, and points without their truth."""
    from labelers.writers.files import arrow_bytes, picture_bytes
    from labelers.writers.native_tables import POINTS_ENCODING, points_table

    begun = time.process_time()
    for frame in sample.cameras.values():
        picture_bytes(frame)
    for sweep in sample.lidars.values():
        arrow_bytes(
            points_table(sweep).select(MEASURED),
            {k: POINTS_ENCODING[k] for k in MEASURED if k in POINTS_ENCODING},
        )
    return time.process_time() - begun


def share_of_labels(stage: Any, times_ns: list[int]) -> tuple[float, float]:
    """Processor time of finding labels, and of writing them, over that of rendering the frames of samples."""
    from labelers.writers import FORMATS
    from labelers.writers.base import Clip
    from sim.app import clip

    concrete = stage.trace.concrete
    label, spent = clip.label, []

    def timed(*given: Any, **words: Any) -> Any:
        begun = time.process_time()
        found = label(*given, **words)
        spent.append(time.process_time() - begun)
        return found

    clip.label = timed
    rendered, written = [], []
    try:
        with tempfile.TemporaryDirectory() as folder:
            facts = Clip(
                "bench", concrete, len(times_ns), concrete.scenario.capture.rate_hz, stage.trace.road
            )
            writer = FORMATS["native"].open(Path(folder), facts)
            for k, time_ns in enumerate(times_ns):
                begun = time.process_time()
                sample = clip.render_sample(stage, "bench", k, time_ns)
                shown = time.process_time()
                writer.add(sample)
                rendered.append(shown - begun - spent[k])
                written.append(time.process_time() - shown - bare_s(sample))
    finally:
        clip.label = label
    # The first sample pays for what is made once.
    return sum(spent[1:]) / sum(rendered[1:]), sum(written[1:]) / sum(rendered[1:])


def measure(runs: int) -> dict[str, float]:
    """Rates of the sensors on the demo scene."""
    from renderers.camera import render
    from renderers.lidar import scan
    from renderers.stage import Stage
    from scenarios import load, resolve
    from scenarios.schema import Camera, Lidar, Mount
    from sim.app.catalogue import find_scenario
    from sim.app.clip import ClipPlan, render_sample
    from sim.app.memory import keep_freed_memory
    from sim.simulate import simulate

    keep_freed_memory()  # as the command line does
    mount = Mount[float](x=0.7, z=1.35)
    camera = Camera[float](mount=mount, width=1280, height=720, fov=1.309)
    lidar = Lidar[float](mount=Mount[float](z=1.9), model="HDL-64E")
    cores = os.cpu_count() or 1
    figures: dict[str, float] = {}
    for name, words in {"clear day": CLEAR, "rain at night": NIGHT_RAIN}.items():
        concrete = resolve(load(find_scenario(Path(DEMO)), (*words, ALL_LABELS)), 0, 0)
        begun = time.perf_counter()
        trace = simulate(concrete)
        simulated = time.perf_counter()
        stage = Stage(trace)
        staged = time.perf_counter()
        times = ClipPlan.of(concrete).times_ns
        figures[f"{name}: simulate (s per clip)"] = simulated - begun
        figures[f"{name}: stage (s per clip)"] = staged - simulated
        unseen = simulate(resolve(load(find_scenario(Path(DEMO)), words), time.time_ns() % 10**9, 0))
        begun = time.perf_counter()
        Stage(unseen)
        figures[f"{name}: stage, seed never seen (s per clip)"] = time.perf_counter() - begun
        figures[f"{name}: triangles (static and assets)"] = len(stage.scene(times[0]).geometry.corners_m)
        for threads in sorted({1, cores}):
            rate = 1 / median_s(lambda k: render(stage, "cam", camera, times[k], threads=threads), runs)  # noqa: B023
            figures[f"{name}: camera 1280x720, {threads} threads (frames/s)"] = rate
            rate = 1 / median_s(lambda k: scan(stage, "lidar", lidar, times[k], threads=threads), runs)  # noqa: B023
            figures[f"{name}: HDL-64E, {threads} threads (sweeps/s)"] = rate
        sample_s = median_s(lambda k: render_sample(stage, "bench", k, times[k]), max(runs // 2, 2))  # noqa: B023
        figures[f"{name}: whole labelled sample, 1 thread (samples/s)"] = 1 / sample_s
        labels, writing = share_of_labels(stage, list(times[: runs + 1]))
        figures[f"{name}: finding all labels, of the time of rendering (%)"] = 100 * labels
        figures[f"{name}: writing all labels as native, of the time of rendering (%)"] = 100 * writing
        figures[f"{name}: labels found and written, of the time of rendering (%)"] = 100 * (labels + writing)
    figures["peak memory of this process (MiB)"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="skip the uncached start, which compiles every kernel"
    )
    parser.add_argument("--runs", type=int, default=7, help="frames per figure")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    figures = {
        "cold start, kernels cached (s to first labelled sample)": min(cold_start_s(None) for _ in range(3))
    }
    if not chosen.quick:
        with tempfile.TemporaryDirectory() as empty:
            figures["cold start, nothing compiled (s to first labelled sample)"] = cold_start_s(empty)
    figures |= measure(chosen.runs)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for name, value in figures.items():
        print(f"{name:72} {value:12.2f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
