"""The light that comes back along rays, once shadows and mirror images are known.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.fog_light import OPEN, FogLight
from renderers.frame_light import Light
from renderers.kernels.air import veil
from renderers.kernels.occlusion import typical
from renderers.kernels.shade import shade
from renderers.kernels.sky import GROUND_B, GROUND_R
from renderers.lamps import beam_tables
from renderers.passes import TILES_PER_SLICE, Bundle, grain_of
from renderers.shadows import LampLight
from sim.slices import in_slices

Floats = NDArray[np.float32]

RAYS_PER_SLICE = 8192
OPEN_FURTHER = 0.75  # open sky of points that are only seen in a mirror or through a pane


def typical_around(light: Light, bundle: Bundle, threads: int = 1) -> Floats:
    """(N, 4) the sky that points see and what near things send where nobody asks: the middle of a sunlit street."""
    around = np.empty((len(bundle.direction), 4), np.float32)
    sends = np.float32(np.pi) * light.day.numbers[GROUND_R : GROUND_B + 1]
    in_slices(
        lambda a, b: typical(a, b, bundle.surface, np.float32(OPEN_FURTHER), sends, around),
        len(around),
        threads,
        RAYS_PER_SLICE,
    )
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
        for first in range(start, stop, TILES_PER_SLICE):  # whose light stays in the cache
            a, b = first * 64, min(first + TILES_PER_SLICE, stop) * 64
            shade(
                a,
                b,
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
                lamps.asked,
                lamps.seen,
                lamps.dim,
                beam_tables(),
                np.float32(light.extinction_per_m),
                radiance,
            )
            if air:
                veil(
                    a,
                    b,
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

    in_slices(work, count // 64, threads, grain_of(count // 64))
    return radiance
