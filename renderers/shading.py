"""The light that comes back along rays, once shadows and mirror images are known.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.fog_light import OPEN, FogLight
from renderers.frame_light import Light
from renderers.kernels.air import veil
from renderers.kernels.shade import shade
from renderers.kernels.sky import GROUND_B, GROUND_R
from renderers.kernels.surface import S_NZ
from renderers.lamps import beam_tables
from renderers.passes import TILES_PER_SLICE, Bundle
from renderers.shadows import LampLight
from sim.kernels.jit import in_slices

Floats = NDArray[np.float32]

OPEN_FURTHER = 0.75  # open sky of points that are only seen in a mirror or through a pane


def typical_around(light: Light, bundle: Bundle) -> Floats:
    """(N, 4) the sky that points see and what near things send where nobody asks: the middle of a sunlit street."""
    around = np.empty((len(bundle.direction), 4), np.float32)
    around[:, 0] = OPEN_FURTHER
    lit = 0.8 * (1.0 - OPEN_FURTHER * (0.5 + 0.5 * bundle.surface[:, S_NZ]))
    around[:, 1:] = lit[:, None] * (np.float32(np.pi) * light.day.numbers[GROUND_R : GROUND_B + 1])
    return around


def glow(
    light: Light,
    bundle: Bundle,
    sun_seen: Floats,
    around: Floats,
    mirror: Floats,
    mirror_weight: Floats,
    behind: Floats,
    lamps: LampLight,
    air: bool,
    threads: int,
    street: FogLight = OPEN,
) -> Floats:
    """(N, 3) radiance that comes back along the rays; `air` lets it pass through the air to the common origin.

    `street` is the light of the air before a picture's pixels.
    """
    count = len(bundle.direction)
    radiance = np.empty((count, 3), np.float32)
    day = light.day

    def work(start: int, stop: int) -> None:
        shade(
            start * 64,
            stop * 64,
            bundle.direction,
            bundle.hits.triangle,
            bundle.surface,
            bundle.offset_m,
            sun_seen,
            around,
            mirror,
            mirror_weight,
            behind,
            day.sky.radiance,
            day.soft,
            day.sh,
            day.numbers,
            light.lamps,
            lamps.chosen,
            lamps.seen,
            lamps.dim,
            beam_tables(),
            np.float32(light.extinction_per_m),
            radiance,
        )
        if air:
            veil(
                start * 64,
                stop * 64,
                bundle.direction,
                bundle.hits.range_m,
                bundle.hits.triangle,
                light.air,
                day.air,
                street.share,
                street.per_cell,
                street.tiles_across,
                radiance,
            )

    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return radiance
