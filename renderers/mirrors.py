"""What stands behind panes and in mirrors: rays that a picture sends on, and their light.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light, material_table
from renderers.kernels.mirror_means import fill_mirrors, smooth_mirrors
from renderers.kernels.paths import aim_mirrored, aim_onwards, put_out
from renderers.kernels.sky import GROUND_B, GROUND_R
from renderers.kernels.surface import M_GLOW
from renderers.materials import GLOW
from renderers.passes import TILES_PER_SLICE, Bundle, grain_of, look, packed_index, room_for, unpacked
from renderers.scene import Scene
from renderers.shading import glow, typical_around
from renderers.shadows import lamps_on, sun_on
from renderers.tracer import PreparedScene
from sim.slices import in_slices

Floats = NDArray[np.float32]

# Columns of GLOW that shine by themselves; all others are lenses, whose light is sent by the lamps behind them.
SELF_LIT = ("window", "signal", "poster", "poster_dim")
LENS = np.array(
    [*(name not in SELF_LIT for name in GLOW), False]
)  # the last for materials without glow, row -1
DEPTH = 2  # how often a ray is sent on: through the front and the rear pane of a car


def sent_on(
    prepared: PreparedScene,
    light: Light,
    bundle: Bundle,
    air: bool,
    depth: int,
    size: tuple[int, int, int] | None,
    threads: int,
) -> tuple[Floats, Floats, Floats]:
    """What mirrors and panes add: (N, 3) mirror images, (N,) where they are known, (N, 3) what stands behind panes.

    `size` is the width, height and tiles across of a picture; without it the rays are not a grid and nothing is
    mirrored (one bounce is what the eye misses when it is gone).
    """
    count = len(bundle.direction)
    # Of the images only those whose weight is 1 are looked at, of what is behind only what stands behind panes.
    mirror, behind = np.empty((count, 3), np.float32), np.empty((count, 3), np.float32)
    shiny, pane, weight, rough = (
        bundle.marks.shiny,
        bundle.marks.pane,
        bundle.marks.weight,
        bundle.marks.rough,
    )
    index = packed_index(pane, threads)
    if len(index) and depth == 0:
        # Behind the second pane: take the light of the surroundings instead of one more ray.
        behind[pane] = light.day.numbers[GROUND_R : GROUND_B + 1]
    elif len(index):
        ahead, begin, limit = room_for(len(index))
        aim_onwards(0, len(index), index, bundle.direction, bundle.offset_m, ahead, begin, limit)
        further = look(prepared, light, ahead, begin, threads, limit)
        found = _light_further(prepared, light, further, air, depth - 1, threads)
        unpacked(index, found, behind, threads)
    index = packed_index(shiny, threads)  # of those that are TRACED
    if size is not None and len(index):
        ahead, begin, limit = room_for(len(index))

        def aim(start: int, stop: int) -> None:
            a, b = start * 64, stop * 64
            aim_mirrored(
                a,
                b,
                index,
                light.seed,
                bundle.direction,
                bundle.surface,
                bundle.offset_m,
                ahead,
                begin,
                limit,
            )

        in_slices(aim, len(index) // 64, threads, grain_of(len(index) // 64))
        further = look(prepared, light, ahead, begin, threads, limit)
        _put_out_lenses(prepared.scene, further, threads)
        traced = np.empty((count, 3), np.float32)
        found = _light_further(prepared, light, further, air, depth - 1, threads)
        unpacked(index, found, traced, threads)
        smooth = np.empty((count, 3), np.float32)
        hits, surface = bundle.hits, bundle.surface
        mean = np.float32(np.mean(light.day.numbers[GROUND_R : GROUND_B + 1]) * 4 + 1e-3)

        def spread(start: int, stop: int) -> None:
            smooth_mirrors(
                start, stop, *size, mean, hits.range_m, hits.placement, rough, shiny, traced, smooth
            )

        in_slices(spread, count // 64, threads, TILES_PER_SLICE)

        def fill(start: int, stop: int) -> None:
            fill_mirrors(
                start,
                stop,
                *size,
                hits.range_m,
                hits.placement,
                rough,
                surface,
                shiny,
                smooth,
                mirror,
                weight,
            )

        in_slices(fill, count // 64, threads, TILES_PER_SLICE)
    return mirror, weight, behind


def _put_out_lenses(scene: Scene, bundle: Bundle, threads: int) -> None:
    """Leave lit lenses out of mirror images, in place: the lamps behind them have lobes of their own there."""
    lens = LENS[material_table()[:, M_GLOW].astype(np.int64)]
    triangle, material = bundle.hits.triangle, scene.geometry.material
    in_slices(
        lambda a, b: put_out(a, b, triangle, material, lens, bundle.surface),
        len(triangle),
        threads,
        64 * TILES_PER_SLICE,
    )


def _light_further(
    prepared: PreparedScene, light: Light, bundle: Bundle, air: bool, depth: int, threads: int
) -> Floats:
    """Radiance along rays that were sent on: sun with shadows, ambient light without its own rays."""
    sun_seen = sun_on(prepared, light, bundle, np.zeros((64, 2), np.float32), None, threads)
    around = typical_around(light, bundle, threads)
    lamps = lamps_on(prepared, light, bundle, around, None, threads)
    mirror, weight, behind = sent_on(prepared, light, bundle, air, depth, None, threads)
    return glow(light, bundle, sun_seen, around, mirror, weight, behind, lamps, air, threads)
