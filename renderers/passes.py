"""Rays through a scene, with the light that comes back along them: the camera's and those it sends on.  Renderers floor.

`Light` holds what is the same for all rays of a frame; `look` traces a bundle of rays and returns what they met, and
`glow` the radiance that comes back.  A camera calls them for its pixels, and again for panes and mirrors.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.air import (
    A_COLUMNS,
    A_EVEN,
    A_EYE_M,
    A_FOG,
    A_LAYER_M,
    A_THIN_M,
    A_TOP_M,
    veil,
)
from renderers.kernels.lamps import LISTED, SHADOWED, aim_at_lamps, list_lamps
from renderers.kernels.paths import TRACED, aim_mirrored, aim_onwards, fill_mirrors, select, smooth_mirrors
from renderers.kernels.shade import shade
from renderers.kernels.sky import GROUND_B, GROUND_R
from renderers.kernels.surface import (
    G_COLUMNS,
    G_FILM_M,
    G_ICE,
    G_LIT,
    G_PIXEL_RAD,
    G_PUDDLE,
    G_RAIN,
    G_RUT_PITCH,
    G_RUT_X,
    G_RUT_Y,
    G_SNOW_M,
    G_WET,
    G_X,
    G_Y,
    M_COLUMNS,
    S_COLUMNS,
    resolve,
)
from renderers.lamps import beam_bounds, beam_tables, packed
from renderers.materials import GLOW, MATERIALS
from renderers.ruts import RUT_PITCH_M
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Scene
from renderers.sky import Daylight
from renderers.textures import TextureAtlas, atlas, tile_of_material
from renderers.tracer import Hits, PreparedScene
from sim.daylight import FOG_LAYER_M
from sim.kernels.jit import in_slices
from sim.weather import WeatherState

Floats = NDArray[np.float32]

TILES_PER_SLICE = 128
FIELD_TEXELS = 1024
FIELD_M = 61.44  # side of the periodic ground field: FIELD_TEXELS times surface.FIELD_PITCH_M
FOG_THINS_OVER = 0.25  # of its depth: the top of ground fog is soft
# Radiance of lit lenses, cd/m2: intensity over the area that emits it, as seen off the axis.
GLOW_CD_PER_M2 = {
    "head": 9000.0,
    "tail": 700.0,
    "brake": 5500.0,
    "indicator_left": 8000.0,
    "indicator_right": 8000.0,
    "fog": 4000.0,
    "reverse": 6000.0,
    "window": 14.0,
}
EVEN_LANES = np.array([8 * y + x for y in (0, 2, 4, 6) for x in (0, 2, 4, 6)])  # of a tile
DEPTH = 2  # how often a ray is sent on: through the front and the rear pane of a car
LEAST_MIRROR = 0.035  # share of mirrored light from which a mirror image is traced
OPEN_FURTHER = 0.75  # open sky of points that are only seen in a mirror or through a pane
LEAST_OF_SKY = 0.004
LEAST_LX = 0.02  # lamps that give less than this to a tile are left out


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a frame and the state of its ground, as kernels take them."""

    day: Daylight
    lamps: Floats  # (L, L_COLUMNS)
    air: NDArray[np.float64]  # (A_COLUMNS,)
    ground: Floats  # (G_COLUMNS,)
    field: NDArray[np.uint8]
    ruts: NDArray[np.uint8]
    rotation: Floats  # (P, 9) world_from_part
    extinction_per_m: float
    seed: int
    least_lx: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rays of a common origin region, in packets of 64, and what they met."""

    direction: Floats  # (N, 3)
    hits: Hits
    surface: Floats  # (N, S_COLUMNS)
    offset_m: Floats  # (N, 3) where secondary rays start


@lru_cache(maxsize=1)
def material_table() -> Floats:
    """(M, M_COLUMNS) rows of MATERIALS."""
    rows = [
        (
            *m.rgb,
            m.roughness,
            m.metallic,
            m.clearcoat,
            m.transmission,
            m.retro,
            m.porosity,
            m.flat_water,
            m.snow,
            m.tint,
            m.glow,
            tile,
        )
        for m, tile in zip(MATERIALS, tile_of_material(), strict=True)
    ]
    table = np.array(rows, np.float32)
    assert table.shape[1] == M_COLUMNS
    return table


@lru_cache(maxsize=1)
def glow_table() -> Floats:
    """(8,) cd/m2 of each column of materials.GLOW."""
    return np.array([GLOW_CD_PER_M2[name] for name in GLOW], np.float32)


def air_numbers(weather: WeatherState, eye_m: float) -> NDArray[np.float64]:
    """(A_COLUMNS,) extinction and fog profile for an eye at a height above the ground."""
    numbers = np.zeros(A_COLUMNS)
    numbers[A_EVEN] = (
        weather.rain_extinction_per_m + weather.snow_extinction_per_m + weather.haze_extinction_per_m
    )
    numbers[A_FOG] = weather.fog_extinction_per_m
    top = weather.fog_top_m if np.isfinite(weather.fog_top_m) else 1e9
    numbers[A_TOP_M] = top
    numbers[A_THIN_M] = FOG_THINS_OVER * top
    numbers[A_EYE_M] = eye_m
    numbers[A_LAYER_M] = top * (1 + FOG_THINS_OVER) if top < FOG_LAYER_M else FOG_LAYER_M
    return numbers


def light_of(
    scene: Scene,
    day: Daylight,
    origin_m: NDArray[np.float64],
    eye_m: float,
    pixel_rad: float,
    field: NDArray[np.uint8],
    ruts: NDArray[np.uint8],
    rut_origin_m: tuple[float, float],
) -> Light:
    """Everything about light and ground that a frame's rays share."""
    weather = scene.weather
    least_lx = max(LEAST_LX, LEAST_OF_SKY * weather.sky_illuminance_lx)
    ground = np.zeros(G_COLUMNS)
    ground[G_WET] = weather.wetness
    ground[G_FILM_M] = weather.water_film_m
    ground[G_PUDDLE] = weather.puddle_cover
    ground[G_SNOW_M] = weather.snow_depth_m
    ground[G_ICE] = weather.ice_cover
    ground[G_PIXEL_RAD] = pixel_rad
    # Positions are counted from a corner of the periodic field, in float64 until they are small.
    corner = np.floor(origin_m[:2] / FIELD_M) * FIELD_M
    ground[G_X], ground[G_Y] = origin_m[:2] - corner
    ground[G_RUT_X], ground[G_RUT_Y] = rut_origin_m[0] - corner[0], rut_origin_m[1] - corner[1]
    ground[G_RUT_PITCH] = 1.0 / RUT_PITCH_M
    ground[G_LIT] = 1.0 if weather.street_lamps_lit else 0.0
    ground[G_RAIN] = weather.rain_mm_per_h
    return Light(
        day=day,
        lamps=packed(scene.lamps, origin_m, least_lx),
        air=air_numbers(weather, eye_m),
        ground=ground.astype(np.float32),
        field=field,
        ruts=ruts,
        rotation=np.ascontiguousarray(scene.world_from_part[:, :, :3].reshape(-1, 9), np.float32),
        extinction_per_m=weather.extinction_per_m,
        seed=scene.seed & 0xFFFF,
        least_lx=least_lx,
    )


def look(
    prepared: PreparedScene,
    light: Light,
    direction: Floats,
    start_m: Floats | None,
    threads: int,
    far_m: Floats | float = np.inf,
) -> Bundle:
    """Trace rays (N a multiple of 64) and work out what surfaces they met."""
    count = len(direction)
    hits = Hits.empty(count)
    surface = np.empty((count, S_COLUMNS), np.float32)
    offset = np.empty((count, 3), np.float32)
    scene, tiles = prepared.scene, atlas()

    def work(start: int, stop: int) -> None:
        prepared.trace_into(
            hits, direction, start_m, 0.0, far_m, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )
        _resolve(
            start * 64,
            stop * 64,
            direction,
            hits,
            scene,
            light,
            geometry_tiles=tiles,
            surface=surface,
            offset=offset,
        )
        if start_m is not None:
            offset[start * 64 : stop * 64] += start_m[start * 64 : stop * 64]

    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return Bundle(direction, hits, surface, offset)


def _resolve(
    start: int,
    stop: int,
    direction: Floats,
    hits: Hits,
    scene: Scene,
    light: Light,
    *,
    geometry_tiles: TextureAtlas,
    surface: Floats,
    offset: Floats,
) -> None:
    geometry = scene.geometry
    resolve(
        start,
        stop,
        direction,
        hits.range_m,
        hits.placement,
        hits.triangle,
        hits.u,
        hits.v,
        light.rotation,
        scene.tint,
        scene.glow,
        geometry.corners_m,
        geometry.normal,
        geometry.uv_m,
        geometry.material,
        material_table(),
        geometry_tiles.texels,
        geometry_tiles.offset,
        geometry_tiles.size_m,
        geometry_tiles.relief_m,
        light.ground,
        light.field,
        light.ruts,
        glow_table(),
        surface,
        offset,
    )


def sun_on(prepared: PreparedScene, light: Light, bundle: Bundle, jitter: Floats, threads: int) -> Floats:
    """(N,) 1 where the sun's rays arrive; `jitter` (64, 2) spreads a packet over the sun's disc."""
    count = len(bundle.direction)
    seen = np.ones(count, np.float32)
    sun = light.day.sun_direction.astype(np.float64)
    if float(light.day.numbers[4]) <= 0.0 or sun[2] <= 0.0:
        return seen
    side = np.cross(sun, [0.0, 0.0, 1.0] if abs(sun[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    up = np.cross(side, sun)
    packet = (sun + jitter[:, :1] * side + jitter[:, 1:] * up).astype(np.float32)
    grain = TILES_PER_SLICE
    direction = np.ascontiguousarray(np.tile(packet, (grain, 1)))
    normal = bundle.surface[:, :3]
    facing = ((normal @ sun.astype(np.float32)) > 0) & (bundle.hits.triangle >= 0)
    limit = np.where(facing, np.float32(np.inf), np.float32(0))

    def work(start: int, stop: int) -> None:
        for first in range(start, stop, grain):
            last = min(first + grain, stop)
            rays = slice(first * 64, last * 64)
            size = (last - first) * 64
            hits = Hits.empty(size)
            prepared.trace_into(
                hits,
                direction[:size],
                bundle.offset_m[rays],
                0.0,
                limit[rays],
                any_hit=True,
                mask=CASTS_SHADOW,
            )
            seen[rays] = hits.placement < 0

    in_slices(work, count // 64, threads, grain)
    return seen


def packed_index(wanted: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Rows that are wanted, filled up with -1 to whole packets."""
    rows = np.flatnonzero(wanted).astype(np.int32)
    return np.concatenate([rows, np.full(-len(rows) % 64, -1, np.int32)])


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
    mirror = np.zeros((count, 3), np.float32)
    weight = np.zeros(count, np.float32)
    behind = np.zeros((count, 3), np.float32)
    shiny, pane = np.empty(count, np.uint8), np.empty(count, np.bool_)
    least = np.float32(LEAST_MIRROR if size is not None else 2.0)

    def mark(start: int, stop: int) -> None:
        a, b = start * 64, stop * 64
        select(a, b, bundle.direction, bundle.hits.triangle, bundle.surface, least, shiny, pane)

    in_slices(mark, count // 64, threads, TILES_PER_SLICE)
    index = packed_index(pane)
    rows = index >= 0
    if len(index) and depth == 0:
        # Behind the second pane: take the light of the surroundings instead of one more ray.
        behind[index[rows]] = light.day.numbers[GROUND_R : GROUND_B + 1]
    elif len(index):
        ahead, begin, limit = _room(len(index))
        aim_onwards(0, len(index), index, bundle.direction, bundle.offset_m, ahead, begin, limit)
        further = look(prepared, light, ahead, begin, threads, limit)
        behind[index[rows]] = _light_further(prepared, light, further, air, depth - 1, threads)[rows]
    index = packed_index(shiny == TRACED)
    rows = index >= 0
    if size is not None and len(index):
        ahead, begin, limit = _room(len(index))

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

        in_slices(aim, len(index) // 64, threads, TILES_PER_SLICE)
        further = look(prepared, light, ahead, begin, threads, limit)
        traced = np.empty((count, 3), np.float32)
        traced[index[rows]] = _light_further(prepared, light, further, air, depth - 1, threads)[rows]

        smooth = np.empty((count, 3), np.float32)
        hits, surface = bundle.hits, bundle.surface
        mean = np.float32(np.mean(light.day.numbers[GROUND_R : GROUND_B + 1]) * 4 + 1e-3)

        def spread(start: int, stop: int) -> None:
            smooth_mirrors(
                start, stop, *size, mean, hits.range_m, hits.placement, surface, shiny, traced, smooth
            )

        in_slices(spread, count // 64, threads, TILES_PER_SLICE)

        def fill(start: int, stop: int) -> None:
            fill_mirrors(
                start, stop, *size, hits.range_m, hits.placement, surface, shiny, smooth, mirror, weight
            )

        in_slices(fill, count // 64, threads, TILES_PER_SLICE)
    return mirror, weight, behind


def _room(count: int) -> tuple[Floats, Floats, Floats]:
    """Room for directions, starts and lengths of `count` rays."""
    return np.empty((count, 3), np.float32), np.empty((count, 3), np.float32), np.empty(count, np.float32)


def _light_further(
    prepared: PreparedScene, light: Light, bundle: Bundle, air: bool, depth: int, threads: int
) -> Floats:
    """Radiance along rays that were sent on: sun with shadows, ambient light without its own rays."""
    count = len(bundle.direction)
    sun_seen = sun_on(prepared, light, bundle, np.zeros((64, 2), np.float32), threads)
    lamp_list, lamp_seen = lamps_on(prepared, light, bundle, 0, threads)
    mirror, weight, behind = sent_on(prepared, light, bundle, air, depth, None, threads)
    open_sky = np.full(count, OPEN_FURTHER, np.float32)
    return glow(light, bundle, sun_seen, open_sky, mirror, weight, behind, lamp_list, lamp_seen, air, threads)


def _lit(
    prepared: PreparedScene,
    light: Light,
    bundle: Bundle,
    chosen: NDArray[np.int16],
    rank: int,
    tiles: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Rays of these tiles that the tiles' lamp of this rank does not reach, and those traced in full: (rays, seen).

    A tile is traced in full only where every fourth ray of it disagrees with another.
    """

    def blocked(index: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        direction, begin, limit = _room(len(index))
        hits = Hits.empty(len(index))
        surface, offset = bundle.surface, bundle.offset_m
        aim_at_lamps(
            index, bundle.hits.triangle, surface, offset, light.lamps, chosen, rank, direction, begin, limit
        )
        prepared.trace_into(hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW)
        return hits.placement >= 0, limit > 0

    # Whole packets: tiles are filled up with the last one.
    padded = np.concatenate([tiles, np.repeat(tiles[-1:], -len(tiles) % 4)])
    dark, asked = (a.reshape(-1, 16) for a in blocked((padded[:, None] * 64 + EVEN_LANES).reshape(-1)))
    dark, asked = dark[: len(tiles)], asked[: len(tiles)]
    mixed = dark.any(axis=1) & (asked & ~dark).any(axis=1)
    shaded = tiles[dark.any(axis=1) & ~mixed]
    rays = [(shaded[:, None] * 64 + np.arange(64)).reshape(-1)]
    lit = [np.zeros(len(rays[0]), np.bool_)]
    if mixed.any():
        rays.append((tiles[mixed][:, None] * 64 + np.arange(64)).reshape(-1))
        lit.append(~blocked(rays[1])[0])
    return np.concatenate(rays), np.concatenate(lit)


def lamps_on(
    prepared: PreparedScene, light: Light, bundle: Bundle, shadowed: int, threads: int
) -> tuple[NDArray[np.int16], Floats]:
    """The lamps listed for each packet (tiles, LISTED) and what each point sees of the first ones (SHADOWED, N)."""
    count = len(bundle.direction)
    if len(light.lamps) == 0:
        return np.full((0, LISTED), -1, np.int16), np.ones((SHADOWED, 1), np.float32)
    chosen = np.empty((count // 64, LISTED), np.int16)
    seen = np.ones((SHADOWED, count), np.float32)
    tables = beam_bounds()

    def work(start: int, stop: int) -> None:
        list_lamps(
            start,
            stop,
            bundle.hits.range_m,
            bundle.hits.triangle,
            bundle.offset_m,
            light.lamps,
            tables,
            np.float32(light.least_lx),
            chosen,
        )
        for rank in range(shadowed):
            tiles = start + np.flatnonzero(chosen[start:stop, rank] >= 0)
            if len(tiles) == 0:
                break
            rays, lit = _lit(prepared, light, bundle, chosen, rank, tiles)
            seen[rank, rays] = lit

    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return chosen, seen


def glow(
    light: Light,
    bundle: Bundle,
    sun_seen: Floats,
    open_sky: Floats,
    mirror: Floats,
    mirror_weight: Floats,
    behind: Floats,
    lamp_list: NDArray[np.int16],
    lamp_seen: Floats,
    air: bool,
    threads: int,
) -> Floats:
    """(N, 3) radiance that comes back along the rays; `air` lets it pass through the air to the common origin."""
    count = len(bundle.direction)
    radiance = np.empty((count, 3), np.float32)
    day = light.day
    tile_of = (np.arange(count, dtype=np.int32) // 64).astype(np.int32)

    def work(start: int, stop: int) -> None:
        shade(
            start * 64,
            stop * 64,
            bundle.direction,
            bundle.hits.range_m,
            bundle.hits.triangle,
            bundle.surface,
            bundle.offset_m,
            sun_seen,
            open_sky,
            mirror,
            mirror_weight,
            behind,
            day.sky.radiance,
            day.soft,
            day.sh,
            day.numbers,
            light.lamps,
            lamp_list,
            lamp_seen,
            beam_tables(),
            tile_of,
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
                radiance,
            )

    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return radiance
