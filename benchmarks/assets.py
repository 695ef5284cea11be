"""Prints what the assets of a street of 200 objects cost: made from nothing, and taken from the shelf on disk.

    .venv/bin/python benchmarks/assets.py

Every object is built at all four levels of detail, from the full one to the far one: more than any clip asks for, as
an actor keeps one level.  Each figure is that of a process of its own with one thread; compiled kernels and textures
are not part of it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

OBJECTS = 200
# A street in the shares of actors that a town's frames hold (nuScenes counts cars and people most).
SHARES = {"car": 0.42, "pedestrian": 0.28, "van": 0.05, "truck": 0.06, "bus": 0.02, "bicycle": 0.06, "motorcycle": 0.03,
          "prop": 0.06, "animal": 0.02}  # fmt: skip


def street() -> list[tuple[str, int]]:
    """(model, look seed) of every object."""
    from renderers.assets.registry import BUILDERS

    rng = np.random.default_rng(5)
    heads = rng.choice(list(SHARES), OBJECTS, p=list(SHARES.values()))
    named = {head: [model for model in BUILDERS if model.split(".")[0] == head] for head in SHARES}
    return [(str(rng.choice(named[head])), int(rng.integers(1 << 31))) for head in heads]


def build_all() -> None:
    """Build them, level by level, and print seconds, triangles and different models."""
    from renderers.assets import build
    from renderers.assets.levels import NAMES
    from scenarios.bodies import BODIES

    things = street()
    begun, worked = time.perf_counter(), time.process_time()
    lines = []
    for level, name in enumerate(NAMES):
        before = time.process_time()
        made = [build(model, seed, BODIES[model].size_m, detail=level) for model, seed in things]
        triangles = sum(len(part.mesh.triangles) for asset in made for part in asset.parts)
        lines.append(
            f"    {name:8}{time.process_time() - before:8.2f} s of the processor{triangles:12,} triangles"
        )
    took, cpu = time.perf_counter() - begun, time.process_time() - worked
    models = len(Counter(model for model, _ in things))
    print(f"{took:8.2f} s ({cpu:.2f} s of the processor)   {len(things)} assets of {models} models")
    print("\n".join(lines))


def warm() -> None:
    """Compile, or load, every kernel that builds: one asset of each kind, which nothing keeps."""
    from renderers.assets import build
    from scenarios.bodies import BODIES

    for model in ("car.sedan", "bicycle.city", "pedestrian.adult", "animal.deer"):
        for level in range(4):
            build(model, 1, BODIES[model].size_m, detail=level)


def main() -> None:
    if sys.argv[1:] == ["build"]:
        build_all()
        return
    if sys.argv[1:] == ["warm"]:
        warm()
        return
    with tempfile.TemporaryDirectory(prefix="stormlane-bench-") as folder:
        environment = {**os.environ, "STORMLANE_CACHE": folder}
        # Kernels go into this folder too; the assets that warming up makes leave it again.
        subprocess.run([sys.executable, __file__, "warm"], check=True, env=environment)
        shutil.rmtree(Path(folder) / "assets")
        for what in ("from nothing", "from the shelf", "from the shelf again"):
            done = subprocess.run(
                [sys.executable, __file__, "build"],
                check=True,
                capture_output=True,
                text=True,
                env=environment,
            )
            print(f"{what:22}{done.stdout.rstrip()}")
        pieces = list((Path(folder) / "assets").rglob("*.piece"))
        print(f"{len(pieces)} shapes on the shelf, {sum(p.stat().st_size for p in pieces) / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
