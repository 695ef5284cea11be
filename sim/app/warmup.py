"""Compiling every kernel ahead of time, with several processes at once.  Roof.

Each process renders a small part of a tiny scene whose calls cover all signatures that a real run uses; numba keeps the
machine code in the cache folder, and later processes load it in milliseconds.
"""

import gc
import os
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sim.kernels.cache import warm_folder

STAMP = "complete"


def is_warm() -> bool:
    """Whether a warm-up of these kernel sources was finished on this machine."""
    return (warm_folder() / STAMP).is_file()


def warm_up_when_cold() -> None:
    """Compile before the first work on this machine, and say so; nothing where kernels are not compiled at all."""
    if not is_warm() and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        warm_up()


def warm_up() -> None:
    """Fill the kernel cache; returns at once when it is full already."""
    console = Console(file=sys.stderr)
    if is_warm():
        console.print("kernels are compiled already")
        return
    begun = perf_counter()
    processes = max(min(os.cpu_count() or 1, len(ROUNDS)), 1)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("compiling kernels (once per machine)", total=len(ROUNDS))
        with ThreadPoolExecutor(processes) as pool:
            running = {pool.submit(_compile_elsewhere, name): name for name in ROUNDS if name not in AFTER}
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    future.result()
                    progress.advance(task)
                    running |= {
                        pool.submit(_compile_elsewhere, later): later
                        for later in AFTER
                        if AFTER[later] == name
                    }
    with suppress(OSError):  # where nothing can be kept, nothing is lost but time
        warm_folder().mkdir(parents=True, exist_ok=True)
        (warm_folder() / STAMP).write_text("", encoding="utf-8")
    console.print(f"kernels compiled in {perf_counter() - begun:.0f} s into {warm_folder().parent}")


def _world() -> None:
    """The tiny story and one whose drivers change lanes as they please call what all others call."""
    from scenarios import catalogue, load, resolve
    from sim.app.tiny import tiny_concrete
    from sim.simulate import simulate

    simulate(tiny_concrete("clear"))
    simulate(resolve(load(catalogue()["cut_out_stopped_car"]), seed=0, sample=0))


def _camera_day() -> None:
    _render("clear", camera=True, lidar=False)


def _camera_night() -> None:
    from numpy import zeros

    from renderers.kernels.lamps import L_COLUMNS
    from renderers.lamps import intensity_towards

    _render("night_rain", camera=True, lidar=False)
    intensity_towards(
        zeros(L_COLUMNS), zeros((1, 3))
    )  # of lamps beside spray, which no picture so small holds


def _camera_snow() -> None:
    _render("snow", camera=True, lidar=False)  # flakes are seen even in so small a picture
    _render("smoke", camera=True, lidar=False)


def _lidar() -> None:
    _render("fog", camera=False, lidar=True)
    _render("smoke", camera=False, lidar=True)


def _shapes() -> None:
    """A car at every level of detail and a person, not from the shelf: from there they come without any kernel."""
    from renderers.assets.cars import build_car
    from renderers.assets.detail import at_level
    from renderers.assets.levels import FAR, MIDDLE, NEAR
    from renderers.assets.people import build_person
    from scenarios.bodies import BODIES

    build_person("pedestrian.adult", 0, BODIES["pedestrian.adult"].size_m)
    made = build_car("car.sedan", 0, BODIES["car.sedan"].size_m)
    for level in (NEAR, MIDDLE, FAR):
        made = at_level(made, level)


def _render(weather: str, camera: bool, lidar: bool) -> None:
    from renderers.stage import Stage
    from sim.app.clip import render_sample
    from sim.app.tiny import tiny_concrete
    from sim.simulate import simulate

    # Of the labels that have to be asked for, voxels and free space have kernels of their own.
    concrete = tiny_concrete(weather, camera=camera, lidar=lidar, also="[occupancy, free_space]")
    render_sample(Stage(simulate(concrete)), concrete.clip_id, 0, 100_000_000)


# The longest first.  Processes that need a kernel at once wait for whoever compiles it (`sim.kernels.jit`): so that they
# seldom do, the second makes shapes before the day's scene does and then looks through a lidar, and what the camera
# sees besides begins when its day is over.
DAY, NIGHT, SNOW = "camera by day", "camera at night", "camera in snow"
ROUNDS = {
    DAY: _camera_day,
    "world": _world,
    "shapes": _shapes,
    "lidar": _lidar,
    NIGHT: _camera_night,
    SNOW: _camera_snow,
}
AFTER = {NIGHT: DAY, SNOW: DAY}


def _compile_elsewhere(name: str) -> None:
    """Compile a round in a process of its own.

    Not in one of `multiprocessing`, which first runs the caller's script anew where that does not guard against it.
    """
    code = f"from sim.app import warmup; warmup._compile({name!r})"
    paths = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": paths}, check=True)


def _compile(name: str) -> None:
    # A compiler makes millions of objects that hardly ever form circles: looking for those took a tenth of the time.
    gc.set_threshold(100_000)
    ROUNDS[name]()
