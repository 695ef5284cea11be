"""The light of a camera's rays on the fast path: shadows, surroundings, mirrors and edges.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from renderers import mirrors, passes, shading, shadows
from renderers.extras import RowWorlds
from renderers.fog_light import OPEN, fog_light
from renderers.frame_light import Light, material_table
from renderers.frames import CameraModel
from renderers.kernels.between import seen_between
from renderers.kernels.near_cells import LANES, average
from renderers.kernels.near_light import shine
from renderers.kernels.occlusion import (
    C_COLUMNS,
    L_COLUMNS,
    MARGIN,
    aim_at_sky,
    collect,
    spread,
)
from renderers.kernels.paths import SAMPLES, aim_between, blend, find_edges
from renderers.kernels.sky import GROUND_B, GROUND_R, SKY_LX, SUN_G
from renderers.optics import world_directions
from renderers.passes import Bundle
from renderers.quality import Quality
from renderers.rolling import Rolling
from renderers.scene import CASTS_SHADOW
from renderers.sky_rays import NIGHT_LX, lobe_directions
from renderers.sun_map import DARK, sun_map
from renderers.tracer import Hits, PreparedScene
from renderers.view import View, sky_cells
from sim.slices import in_slices

Floats = NDArray[np.float32]

SNOWY_M = 0.01  # snow from which the ground counts as white
# How far away what stands before the sky is looked for: in a low sun the end of a street hides its brightest part.
AROUND_M = 80.0
# Passes over the cells of one surface: from, to, step, fewest cells, reach in distances of what is about them.  Four by
# four cells are even over the hemisphere, three by three such means hold most directions, and farther out light is
# evened as far as it is the same.
SPREADING = ((-2, 1, 1, 8, 0.0), (-4, 4, 4, 0, 1.0), (-12, 12, 12, 0, 0.6))
EDGE_TILES_PER_SLICE = 16  # edges are few and far between, and their rays dear
ROOKS = (1, 3, 0, 2)  # row of the pixel for each column, of pictures that are averaged
JITTERS = 16  # points of the sun's disc: even over every 4 x 4 pixels
SUN_SPREAD = (
    0.0032  # rad: two thirds of the disc's radius, since sixteen samples on a pattern look coarser than light
)


def radiance_of(
    prepared: PreparedScene,
    light: Light,
    model: CameraModel,
    view: View,
    bundle: Bundle,
    quality: Quality,
    air: bool,
    threads: int,
    number: int = 0,
) -> Floats:
    """(N, 3) radiance of a bundle's rays; `number` is that of the picture, where several are averaged."""
    size = (model.width_px, model.height_px, view.tiles_across)
    jitter = sun_jitter(number) if quality.soft_sun else np.zeros((64, 2), np.float32)
    sun_seen = shadows.sun_on(prepared, light, bundle, jitter, size, threads, quality.soft_sun)
    if quality.near_sky:
        around = _around(prepared, light, view, bundle, number, threads)
    else:
        around = shading.typical_around(light, bundle, threads)
    lamps = shadows.lamps_on(prepared, light, bundle, around, view.tiles_across, threads)
    mirror, weight, behind = mirrors.sent_on(prepared, light, bundle, air, mirrors.DEPTH, size, threads)
    street = fog_light(prepared, light, model, view, bundle, threads) if air else OPEN
    return shading.glow(light, bundle, sun_seen, around, mirror, weight, behind, lamps, air, threads, street)


def mean_picture(
    prepared: PreparedScene,
    light: Light,
    model: CameraModel,
    view: View,
    world_from_camera: NDArray[np.float64],
    quality: Quality,
    air: bool,
    threads: int,
) -> Floats:
    """(N, 3) mean radiance of several pictures whose rays pass between the pixels' centres."""
    total = np.zeros((len(view.rays), 3), np.float32)
    for number in range(quality.pictures):
        # Four rooks: each picture has a row and a column of the pixel for itself.
        u = (number + 0.5) / quality.pictures - 0.5
        v = (ROOKS[number] + 0.5) / quality.pictures - 0.5
        rays = view.rays + np.float32(u) * view.right + np.float32(v) * view.down
        direction = world_directions(rays, world_from_camera, threads)
        changed = replace(light, seed=light.seed + number)
        bundle = passes.look_ahead(
            prepared, changed, direction, None, view.tiles, threads, view.far, quality.least_mirror
        )
        total += radiance_of(prepared, changed, model, view, bundle, quality, air, threads, number)
    return total / np.float32(quality.pictures)


def smooth_edges(
    prepared: PreparedScene,
    model: CameraModel,
    view: View,
    world_from_camera: NDArray[np.float64],
    bundle: Bundle,
    radiance: Floats,
    mean_light: float,
    threads: int,
    roll: Rolling | None = None,
    worlds: RowWorlds | None = None,
) -> None:
    """Give pixels on edges the mean of a few more samples, in place."""
    width, height = model.width_px, model.height_px
    material = prepared.scene.geometry.material
    hits = bundle.hits
    edge = np.zeros(len(bundle.direction), np.bool_)
    in_slices(
        lambda start, stop: find_edges(
            start,
            stop,
            view.tiles_across,
            bundle.direction,
            hits.range_m,
            hits.placement,
            hits.triangle,
            material,
            bundle.surface,
            radiance,
            np.float32(0.1 * mean_light),
            edge,
        ),
        len(edge) // 64,
        threads,
        passes.TILES_PER_SLICE,
    )
    if roll is None or worlds is None:
        index = passes.packed_index(edge, threads)
    else:  # each packet in one band of rows
        band = 64 * view.tiles_across
        parts = [
            np.where(part >= 0, part + first, -1)
            for first in range(0, len(edge), band)
            for part in [passes.packed_index(edge[first : first + band])]
        ]
        index = np.concatenate(parts).astype(np.int32)
    if len(index) == 0:
        return
    world = world_from_camera[:3, :3].T.astype(np.float32)
    right, down = np.ascontiguousarray(view.right @ world), np.ascontiguousarray(view.down @ world)
    if roll is None or worlds is None:
        extra = _between(prepared, bundle, index, (width, height, view.tiles_across), right, down, threads)
    else:
        sizes = [SAMPLES * len(part) // 64 for part in parts]
        tracer = roll.tracer(np.repeat(np.arange(len(parts)), sizes))
        starts = np.ascontiguousarray(worlds.starts[np.repeat(np.maximum(index, 0), SAMPLES)])
        extra = _traced_between(tracer, bundle, index, starts, right, down, threads)
    out = np.empty((len(index), 3), np.float32)

    def work(start: int, stop: int) -> None:
        blend(
            start * 64,
            stop * 64,
            index,
            width,
            height,
            view.tiles_across,
            np.float32(mean_light),
            extra.range_m,
            extra.placement,
            extra.triangle,
            hits.range_m,
            hits.placement,
            hits.triangle,
            material,
            radiance,
            out,
        )

    in_slices(work, len(index) // 64, threads, passes.grain_of(len(index) // 64))
    passes.unpacked(index, out, radiance, threads)


def _traced_between(
    tracer: passes.Tracer,
    bundle: Bundle,
    index: NDArray[np.int32],
    starts: Floats | None,
    right: Floats,
    down: Floats,
    threads: int,
) -> Hits:
    """What the samples of edge pixels see, SAMPLES for each of `index`."""
    ahead = np.empty((len(index) * SAMPLES, 3), np.float32)
    extra = Hits.empty(len(ahead))

    def work(start: int, stop: int) -> None:
        aim_between(start * SAMPLES * 64, stop * SAMPLES * 64, index, bundle.direction, right, down, ahead)
        tracer.trace_into(extra, ahead, starts, start=start * SAMPLES, stop=stop * SAMPLES)

    in_slices(work, len(index) // 64, threads, EDGE_TILES_PER_SLICE)
    return extra


def _between(
    prepared: PreparedScene,
    bundle: Bundle,
    index: NDArray[np.int32],
    size: tuple[int, int, int],
    right: Floats,
    down: Floats,
    threads: int,
) -> Hits:
    """The same, asking the triangles that show near by; rays are traced only where many meet."""
    hits, count = bundle.hits, len(index)
    extra, many = Hits.empty(count * SAMPLES), np.empty(count, np.bool_)

    def work(start: int, stop: int) -> None:
        seen_between(
            start * 64,
            stop * 64,
            index,
            *size,
            bundle.direction,
            right,
            down,
            hits.range_m,
            hits.placement,
            hits.triangle,
            prepared.scene.geometry.corners_m,
            prepared.turn,
            extra.range_m,
            extra.placement,
            extra.triangle,
            many,
        )

    in_slices(work, count // 64, threads, passes.grain_of(count // 64))
    rows = passes.packed_index(many, threads)
    if len(rows):
        traced = _traced_between(
            prepared,
            bundle,
            np.where(rows >= 0, index[rows], -1).astype(np.int32),
            None,
            right,
            down,
            threads,
        )
        rows = rows[rows >= 0]
        for one, other in (
            (extra.range_m, traced.range_m),
            (extra.placement, traced.placement),
            (extra.triangle, traced.triangle),
        ):
            one.reshape(-1, SAMPLES)[rows] = other.reshape(-1, SAMPLES)[: len(rows)]
    return extra


def _around(
    prepared: PreparedScene, light: Light, view: View, bundle: Bundle, number: int, threads: int
) -> Floats:
    """(N, 4) the share of the sky that points see, and what near things send them, lx."""
    lobe = lobe_directions(number)
    day = light.day
    sky = day.soft[-1]
    sun = day.sun_direction.astype(np.float64)
    sunny = DARK
    if float(day.numbers[SUN_G]) > 0.0 and sun[2] > 0.0:
        sunny = sun_map(prepared, sun, _ahead(view, bundle), threads)
    sends = np.pi * day.numbers[GROUND_R : GROUND_B + 1]
    ground_rgb = (sends / np.maximum(day.illuminant, 1e-9)).astype(np.float32)
    unknown = np.array([0.6, *(0.3 * sends)], np.float32)
    night = max(float(day.numbers[SKY_LX]), float(day.numbers[SUN_G])) < NIGHT_LX
    looking = sky_cells(view.width_px, view.height_px, night)
    count = len(looking.source)
    geometry = prepared.scene.geometry
    normal = np.empty((count, 3), np.float32)
    direction = np.empty((count, 3), np.float32)
    begin = np.empty((count, 3), np.float32)
    limit = np.empty(count, np.float32)
    hits = Hits.empty(count)
    height, width = looking.shape
    across = 2 * MARGIN + -(-width // LANES) * LANES
    cells = np.zeros((C_COLUMNS, height, across), np.float32)
    found, other = (np.zeros((L_COLUMNS, height, across), np.float32) for _ in range(2))
    sent = np.empty((count, 3), np.float32)

    def aim(start: int, stop: int) -> None:
        a, b = start * 64, stop * 64
        aim_at_sky(
            a,
            b,
            looking.source,
            looking.pattern,
            lobe,
            np.float32(AROUND_M),
            bundle.hits.placement,
            bundle.hits.triangle,
            bundle.hits.u,
            bundle.hits.v,
            light.rotation,
            geometry.normal,
            bundle.surface,
            bundle.offset_m,
            normal,
            direction,
            begin,
            limit,
        )
        prepared.trace_alone_into(
            hits, direction, begin, 0.0, limit, mask=CASTS_SHADOW, start=start, stop=stop
        )
        shine(
            a,
            b,
            begin,
            direction,
            limit,
            hits.placement,
            hits.triangle,
            hits.range_m,
            light.rotation,
            geometry.normal,
            geometry.material,
            geometry.dirt,
            material_table(),
            prepared.scene.tint,
            light.ground,
            day.sh,
            day.numbers,
            ground_rgb,
            sunny.depth,
            sunny.corner,
            sunny.cell,
            sunny.axes,
            sent,
        )
        collect(
            a,
            b,
            looking.source,
            looking.cell,
            width,
            direction,
            hits.placement,
            hits.range_m,
            sky,
            sent,
            bundle.hits.triangle,
            bundle.hits.range_m,
            bundle.surface,
            normal,
            begin,
            cells,
            found,
        )

    in_slices(aim, count // 64, threads, passes.grain_of(count // 64))
    for first, last, step, least, reach in SPREADING:
        near = (first, last, step, np.float32(least), np.float32(reach))
        in_slices(partial(_averaged, near, cells, found, other), height, threads, 8)
        found, other = other, found
    around = np.empty((len(bundle.direction), 4), np.float32)
    in_slices(
        lambda start, stop: spread(
            start,
            stop,
            view.tiles_across,
            looking.cell_px,
            cells,
            found,
            unknown,
            bundle.hits.range_m,
            bundle.hits.triangle,
            bundle.surface,
            around,
        ),
        len(bundle.direction) // 64,
        threads,
        passes.TILES_PER_SLICE,
    )
    return around


def _averaged(
    near: tuple[int, int, int, np.float32, np.float32],
    cells: Floats,
    light: Floats,
    smooth: Floats,
    start: int,
    stop: int,
) -> None:
    average(start, stop, *near, cells, light, smooth)


def _ahead(view: View, bundle: Bundle) -> NDArray[np.float64]:
    """(3,) level, to where a picture looks: nearly 1 long for a narrow lens, 0 for a fisheye."""
    if view.lit is not None:
        return np.zeros(3)
    looks = bundle.direction[:: max(len(bundle.direction) // 1024, 1)].astype(np.float64)
    mean = np.mean(looks / np.linalg.norm(looks, axis=1, keepdims=True), axis=0)
    return np.array([mean[0], mean[1], 0.0])


@lru_cache(maxsize=8)
def sun_jitter(number: int = 0) -> Floats:
    """(64, 2) points of the sun's disc, one for each lane of a packet, even over every 4 x 4 pixels."""
    lane = np.arange(64)
    rank = (lane // 8 % 4) * 4 + lane % 4
    shuffled = (rank * 7 + 3 + 5 * number) % JITTERS
    radius = SUN_SPREAD * np.sqrt((shuffled + 0.5) / JITTERS)
    turn = 2 * np.pi * (0.6180339887 * shuffled + 0.25 * number)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1).astype(np.float32)
