"""Rays through a scene, with the light that comes back along them: the camera's and those it sends on.  Renderers floor.

`Light` holds what is the same for all rays of a frame; `look` traces a bundle of rays and returns what they met, and
`glow` the radiance that comes back.  A camera calls them for its pixels, and again for panes and mirrors.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.air import (
    A_COLUMNS,
    A_DRAWN,
    A_DRAWN_M,
    A_EVEN,
    A_EYE_M,
    A_FOG,
    A_LAYER_M,
    A_THIN_M,
    A_TOP_M,
    veil,
)
from renderers.kernels.lamps import LISTED, SHADOWED, agree, aim_at_lamps, aim_at_sun, list_lamps, soften
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
    M_GLOW,
    S_COLUMNS,
    S_EB,
    S_ER,
    S_NZ,
    resolve,
)
from renderers.lamps import beam_bounds, beam_tables, packed
from renderers.materials import GLOW, MATERIALS
from renderers.ruts import RUT_PITCH_M
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS, Scene
from renderers.sky import Daylight
from renderers.textures import atlas, tile_of_material
from renderers.tracer import Hits, PreparedScene
from sim.daylight import FOG_LAYER_M
from sim.kernels.jit import in_slices
from sim.weather import WeatherState

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Room = tuple[Floats, Floats, Floats]  # directions, starts and lengths of rays

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
    # 200 cd on the axis of a lens of 200 mm (EN 12368, performance level 2), which is 0.031 m2.
    "signal": 6400.0,
    # Posters lit from behind: 300 to 500 cd/m2 of white (CIE 150 lets towns have up to 600).
    "poster": 350.0,
    "poster_dim": 90.0,  # their darker colours
    "beacon_left": 9000.0,
    "beacon_right": 9000.0,
}
# Lanes of a tile that are asked first: one in each row and column, so that nothing long and thin slips between them.
SCOUTS = np.array([8 * y + x for y, x in enumerate((1, 5, 3, 7, 0, 4, 2, 6))])
ALL_LANES = np.arange(64)
# Columns of GLOW that shine by themselves; all others are lenses, whose light is sent by the lamps behind them.
SELF_LIT = ("window", "signal", "poster", "poster_dim")
LENS = np.array(
    [*(name not in SELF_LIT for name in GLOW), False]
)  # the last for materials without glow, row -1
NOWHERE = np.zeros((0, 3), np.float32)  # rays that all start at the origin
DEPTH = 2  # how often a ray is sent on: through the front and the rear pane of a car
LEAST_MIRROR = 0.035  # share of mirrored light from which a mirror image is traced
LEAST_SHARED_MIRROR = 0.12  # where pictures must be cheap
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


class Tracer(Protocol):
    """What rays are asked of: a `PreparedScene`, or one for each band of rows."""

    @property
    def scene(self) -> Scene: ...

    def trace_into(
        self,
        hits: Hits,
        direction: Floats,
        offset_m: Floats | None = None,
        near_m: Floats | float = 0.0,
        far_m: Floats | float = np.inf,
        *,
        mask: int = SEEN_BY_SENSORS,
        start: int = 0,
        stop: int | None = None,
    ) -> None: ...


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
            m.film,
            m.film_roughness,
        )
        for m, tile in zip(MATERIALS, tile_of_material(), strict=True)
    ]
    table = np.array(rows, np.float32)
    assert table.shape[1] == M_COLUMNS
    return table


@lru_cache(maxsize=1)
def glow_table() -> Floats:
    """(11,) cd/m2 of each column of materials.GLOW."""
    return np.array([GLOW_CD_PER_M2[name] for name in GLOW], np.float32)


def air_numbers(
    weather: WeatherState, eye_m: float, drawn: tuple[float, float] = (0.0, 1.0)
) -> NDArray[np.float64]:
    """(A_COLUMNS,) extinction and fog profile for an eye at a height above the ground.

    `drawn` is the optical depth of what is drawn drop by drop, and the distance within which it lies.
    """
    numbers = np.zeros(A_COLUMNS)
    numbers[A_EVEN] = (
        weather.rain_extinction_per_m + weather.snow_extinction_per_m + weather.haze_extinction_per_m
    )
    numbers[A_FOG] = weather.fog_extinction_per_m
    top = weather.fog_top_m if np.isfinite(weather.fog_top_m) else 1e9
    numbers[A_TOP_M] = top
    numbers[A_THIN_M] = FOG_THINS_OVER * top
    numbers[A_EYE_M] = eye_m
    numbers[A_DRAWN], numbers[A_DRAWN_M] = drawn
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
    drawn: tuple[float, float] = (0.0, 1.0),
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
        air=air_numbers(weather, eye_m, drawn),
        ground=ground.astype(np.float32),
        field=field,
        ruts=ruts,
        rotation=np.ascontiguousarray(scene.world_from_part[:, :, :3].reshape(-1, 9), np.float32),
        extinction_per_m=weather.extinction_per_m,
        seed=scene.seed & 0xFFFF,
        least_lx=least_lx,
    )


def look(
    prepared: Tracer,
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
    scene = prepared.scene

    def work(start: int, stop: int) -> None:
        prepared.trace_into(
            hits, direction, start_m, 0.0, far_m, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )
        resolve_hits(start * 64, stop * 64, direction, start_m, hits, scene, light, surface, offset)

    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return Bundle(direction, hits, surface, offset)


def resolved(scene: Scene, light: Light, bundle: Bundle, threads: int) -> Floats:
    """(N, S_COLUMNS) the surfaces of a bundle as they are on other ground."""
    surface = np.empty_like(bundle.surface)
    offset = np.empty_like(bundle.offset_m)

    def work(start: int, stop: int) -> None:
        resolve_hits(
            start * 64, stop * 64, bundle.direction, None, bundle.hits, scene, light, surface, offset
        )

    in_slices(work, len(bundle.direction) // 64, threads, TILES_PER_SLICE)
    return surface


def resolve_hits(
    start: int,
    stop: int,
    direction: Floats,
    start_m: Floats | None,
    hits: Hits,
    scene: Scene,
    light: Light,
    surface: Floats,
    offset: Floats,
) -> None:
    """Fill the surfaces that rays [start, stop) met, and where further rays may leave them."""
    geometry_tiles = atlas()
    geometry = scene.geometry
    resolve(
        start,
        stop,
        direction,
        NOWHERE if start_m is None else start_m,
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


def sun_on(
    prepared: PreparedScene,
    light: Light,
    bundle: Bundle,
    jitter: Floats,
    size: tuple[int, int, int] | None,
    threads: int,
    soft: bool = True,
) -> Floats:
    """(N,) 0..1 share of the sun's disc that is seen; `jitter` (64, 2) spreads a packet over the disc.

    In a picture (`size`: width, height, tiles across) a tile is asked in full only where its scouts disagree, and its
    penumbrae are smoothed if they are `soft`.
    """
    count = len(bundle.direction)
    seen = np.ones(count, np.float32)
    sun = light.day.sun_direction.astype(np.float64)
    if float(light.day.numbers[4]) <= 0.0 or sun[2] <= 0.0:
        return seen
    side = np.cross(sun, [0.0, 0.0, 1.0] if abs(sun[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    axes = np.stack([sun, side, np.cross(side, sun)]).astype(np.float32)
    hits, surface, offset = bundle.hits, bundle.surface, bundle.offset_m

    def aim(tiles: Integers, lanes: Integers, room: Room) -> None:
        aim_at_sun(0, len(tiles), tiles, lanes, axes, jitter, hits.triangle, surface, offset, *room)

    # With the whole tile the sun's disc is spread over its lanes; the scouts look at its middle.
    mixed = _asked_first(
        prepared,
        np.arange(count // 64),
        SCOUTS if size is not None else None,
        aim,
        seen.reshape(-1, 64),
        threads,
    )
    if soft and size is not None and len(mixed):
        width, height, across = size
        smooth = np.empty((len(mixed), 64), np.float32)
        in_slices(
            lambda start, stop: soften(
                start, stop, mixed, across, width, height, bundle.direction, hits.range_m, hits.triangle,
                surface, seen, smooth.reshape(-1),
            ),
            len(mixed),
            threads,
            TILES_PER_SLICE,
        )  # fmt: skip
        seen.reshape(-1, 64)[mixed] = smooth
    return seen


def _asked_first(
    prepared: PreparedScene,
    questions: Integers,
    scouts: Integers | None,
    aim: Callable[[Integers, Integers, Room], None],
    seen: Floats,
    threads: int,
) -> Integers:
    """Ask shadow questions (Q, ...), each of one tile: first some scouts, then all lanes where these disagree.

    Fills `seen` (Q, 64) and returns the questions that were asked in full.
    """
    whole = np.arange(len(questions))
    if scouts is not None:
        verdict = np.empty(len(questions), np.uint8)

        def scout(start: int, stop: int) -> None:
            rows, room, hits = questions[start:stop], _room((stop - start) * len(scouts)), None
            aim(rows, scouts, room)
            hits = _blocked(prepared, room)
            agree(0, len(rows), len(scouts), hits.placement, room[2], verdict[start:stop])

        in_slices(_grained(scout), len(questions), threads, TILES_PER_SLICE)
        seen[verdict == 0] = 0.0
        whole = np.flatnonzero(verdict == 2)

    def ask(start: int, stop: int) -> None:
        rows, room = questions[whole[start:stop]], _room((stop - start) * 64)
        aim(rows, ALL_LANES, room)
        seen[whole[start:stop]] = (_blocked(prepared, room).placement < 0).reshape(-1, 64)

    in_slices(_grained(ask), len(whole), threads, TILES_PER_SLICE)
    return whole


def _blocked(prepared: PreparedScene, room: Room) -> Hits:
    direction, begin, limit = room
    hits = Hits.empty(len(direction))
    prepared.trace_into(hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW)
    return hits


def _grained(work: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """The same work in pieces of TILES_PER_SLICE, whose arrays stay in the cache."""

    def pieces(start: int, stop: int) -> None:
        for first in range(start, stop, TILES_PER_SLICE):
            work(first, min(first + TILES_PER_SLICE, stop))

    return pieces


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
    least_mirror: float = LEAST_MIRROR,
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
    least = np.float32(least_mirror if size is not None else 2.0)

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
        _put_out_lenses(prepared.scene, further)
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


def _put_out_lenses(scene: Scene, bundle: Bundle) -> None:
    """Leave lit lenses out of mirror images, in place: the lamps behind them have lobes of their own there."""
    kind = scene.geometry.material[np.maximum(bundle.hits.triangle, 0)]
    lens = LENS[material_table()[kind, M_GLOW].astype(np.int64)]
    bundle.surface[lens, S_ER : S_EB + 1] = 0.0


def _room(count: int) -> Room:
    """Room for directions, starts and lengths of `count` rays."""
    return np.empty((count, 3), np.float32), np.empty((count, 3), np.float32), np.empty(count, np.float32)


def _light_further(
    prepared: PreparedScene, light: Light, bundle: Bundle, air: bool, depth: int, threads: int
) -> Floats:
    """Radiance along rays that were sent on: sun with shadows, ambient light without its own rays."""
    sun_seen = sun_on(prepared, light, bundle, np.zeros((64, 2), np.float32), None, threads)
    lamp_list, lamp_seen = lamps_on(prepared, light, bundle, False, threads)
    mirror, weight, behind = sent_on(prepared, light, bundle, air, depth, None, threads)
    around = typical_around(bundle)
    return glow(light, bundle, sun_seen, around, mirror, weight, behind, lamp_list, lamp_seen, air, threads)


def lamps_on(
    prepared: PreparedScene, light: Light, bundle: Bundle, shadows: bool, threads: int
) -> tuple[NDArray[np.int16], Floats]:
    """The lamps listed for each packet (tiles, LISTED) and what each point sees of the first ones (SHADOWED, N)."""
    count = len(bundle.direction)
    if len(light.lamps) == 0:
        return np.full((0, LISTED), -1, np.int16), np.ones((SHADOWED, 1), np.float32)
    chosen = np.empty((count // 64, LISTED), np.int16)
    shadowed = np.empty(count // 64, np.uint8)
    seen = np.ones((SHADOWED, count), np.float32)
    tables = beam_bounds()
    hits, surface, offset = bundle.hits, bundle.surface, bundle.offset_m

    def choose(start: int, stop: int) -> None:
        least = np.float32(light.least_lx)
        list_lamps(
            start,
            stop,
            hits.range_m,
            hits.triangle,
            surface,
            offset,
            light.lamps,
            tables,
            least,
            chosen,
            shadowed,
        )

    def aim(asked: Integers, lanes: Integers, room: Room) -> None:
        aim_at_lamps(0, len(asked), asked, lanes, hits.triangle, surface, offset, light.lamps, chosen, *room)

    in_slices(choose, count // 64, threads, TILES_PER_SLICE)
    for rank in range(SHADOWED if shadows else 0):
        tiles = np.flatnonzero(shadowed > rank)
        lit = np.ones((len(tiles), 64), np.float32)
        asked = np.stack([tiles, np.full(len(tiles), rank)], axis=-1)
        _asked_first(prepared, asked, SCOUTS, aim, lit, threads)
        seen[rank].reshape(-1, 64)[tiles] = lit
    return chosen, seen


def typical_around(bundle: Bundle) -> Floats:
    """(N, 2) what points see of the sky and of lit things where nobody asks: the middle of a street."""
    around = np.empty((len(bundle.direction), 2), np.float32)
    around[:, 0] = OPEN_FURTHER
    around[:, 1] = 0.8 * (1.0 - OPEN_FURTHER * (0.5 + 0.5 * bundle.surface[:, S_NZ]))
    return around


def glow(
    light: Light,
    bundle: Bundle,
    sun_seen: Floats,
    around: Floats,
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
            around,
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
