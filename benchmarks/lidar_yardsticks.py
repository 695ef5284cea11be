"""Prints what each lidar makes of a clear town street, beside figures of recorded sweeps.

    .venv/bin/python benchmarks/lidar_yardsticks.py [scenario]

Recorded: KITTI's HDL-64E returns 87-90 % of its firings, median 7.5-9.9 m, 95 % within 20-37 m, road 0.31 at 4-8 m;
nuScenes' HDL-32E reads 16.5 / 16.0 / 11.8 / 9.6 of 255 on the road at 4-8 / 8-12 / 12-20 / 20-30 m.
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from renderers.frames import Cause
from renderers.lidar import scan
from renderers.lidar_models import FILES
from renderers.stage import Stage
from scenarios import load, resolve
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.catalogue import find_scenario
from sim.simulate import simulate

CLEAR = (
    "world.weather=[{clouds: 2 okta, air: 15 degC}]",
    "world.clock={sun: {elevation: 40 deg, azimuth: 160 deg}}",
    "world.surface={state: dry}",
    "world.road.asphalt=used",
)
BANDS_M = (4, 8, 12, 20, 30, 45)


def main() -> None:
    """One sweep of each model, in a table."""
    name = Path(sys.argv[1] if len(sys.argv) > 1 else "child_behind_van")
    stage = Stage(simulate(resolve(load(find_scenario(name), CLEAR), 0, 0)))
    for model in FILES:
        lidar = Lidar[float].model_validate({"mount": {"z": 1.8}, "model": model})
        scan(stage, "top", lidar, 500_000_000)
        begun = time.process_time()
        sweep = scan(stage, "top", lidar, 600_000_000)
        took = time.process_time() - begun
        found = len(sweep.range_m)
        at = np.percentile(sweep.range_m[sweep.cause != Cause.EGO], [50, 95])
        road = (sweep.semantic == SEMANTIC_ID["road"]) & (sweep.cause == Cause.SURFACE)
        scale = 1.0 if model == "HDL-64E" else 255.0
        bands = [
            scale * sweep.intensity[road & (sweep.range_m >= low) & (sweep.range_m < high)]
            for low, high in pairwise(BANDS_M)
        ]
        levels = " ".join(f"{band.mean():.2f}" if len(band) else "-" for band in bands)
        causes = {Cause(c).name.lower(): int((sweep.cause == c).sum()) for c in np.unique(sweep.cause)}
        print(
            f"{model:8s} {found} of {sweep.fired} ({found / sweep.fired:.1%}), {at[0]:.1f} / {at[1]:.1f} m, "
            f"road {levels}, {took:.2f} s\n         {causes} lost {sweep.lost}"
        )


if __name__ == "__main__":
    main()
