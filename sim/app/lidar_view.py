"""One sweep of a scenario, by each lidar of its rig, as pictures and in numbers.  Roof."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scenarios import load, resolve
from scenarios.errors import StormlaneError, nearest
from scenarios.schema import Lidar


def shown(
    path: Path,
    out: Path,
    by: str,
    model: str,
    height_m: float,
    at_s: float | None,
    reach_m: float,
    seed: int,
    sample: int,
    overrides: tuple[str, ...],
) -> Iterator[str]:
    """Write the picture; yields what came back and what was lost, for people.

    Without a model every lidar of the rig has one; where there are several, its name is put to that of the file.
    """
    from renderers.faults import ActiveFaults
    from renderers.frames import Cause
    from renderers.lidar import scan
    from renderers.lidar_models import NAMES
    from renderers.stage import Stage
    from sim.app.clip import ClipPlan
    from sim.app.lidar_pictures import sweep_sheet
    from sim.app.pictures import write_picture
    from sim.app.warmup import warm_up_when_cold
    from sim.simulate import simulate

    if model and model not in NAMES:
        raise StormlaneError(f'--model: there is no lidar "{model}"; {nearest(model, NAMES)}')
    concrete = resolve(load(path, overrides), seed, sample)
    if model:
        lidars = {"shown": Lidar[float].model_validate({"mount": {"z": height_m}, "model": model})}
    elif concrete.rig.lidars:
        lidars = dict(sorted(concrete.rig.lidars.items()))
    else:
        raise StormlaneError(f"{path}: its rig has no lidar; name one with --model")
    times = ClipPlan.of(concrete).times_ns
    last_s = times[-1] * 1e-9
    if at_s is not None and not 0.0 <= at_s <= last_s:
        raise StormlaneError(f"--at {at_s:g}: the clip lasts from 0 to {last_s:g} s")
    wanted = times[len(times) // 2] if at_s is None else round(at_s * 1e9)
    time_ns = min(times, key=lambda t: abs(t - wanted))
    warm_up_when_cold()
    stage = Stage(simulate(concrete))
    out.parent.mkdir(parents=True, exist_ok=True)
    for name, words in lidars.items():
        faults = ActiveFaults.at(concrete, name, time_ns)
        sweep = scan(stage, name, words, time_ns, os.cpu_count() or 1, faults=faults)
        picture = out if len(lidars) == 1 else out.with_stem(f"{out.stem}_{name}")
        write_picture(picture, sweep_sheet(sweep, by, reach_m=reach_m))
        causes = {Cause(c).name.lower(): int((sweep.cause == c).sum()) for c in np.unique(sweep.cause)}
        who = sweep.model if model else f"{name}, {sweep.model}"
        yield (
            f"{picture}: {who} at {time_ns * 1e-9:.2f} s, "
            f"{len(sweep.xyz_m):,} points of {sweep.fired:,} firings"
        )
        yield "points by cause: " + ", ".join(f"{cause} {count:,}" for cause, count in causes.items())
        yield "lost: " + ", ".join(f"{reason} {count:,}" for reason, count in sweep.lost.items() if count)
