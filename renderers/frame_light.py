"""The light of a frame and the state of its ground, as kernels take them.  Renderers floor."""

from dataclasses import dataclass
from functools import lru_cache

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
)
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
)
from renderers.lamps import packed
from renderers.materials import BELOW_DIRT, GLOW, MATERIALS
from renderers.plume_light import PlumeShade
from renderers.ruts import RUT_PITCH_M
from renderers.scene import Scene
from renderers.sky import Daylight
from renderers.textures import tile_of_material
from sim.daylight import FOG_LAYER_M
from sim.weather import WeatherState

Floats = NDArray[np.float32]

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
    plumes: PlumeShade | None = None  # what hangs in the air between surfaces and the sun


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
            below,
        )
        for m, tile, below in zip(MATERIALS, tile_of_material(), BELOW_DIRT, strict=True)
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
    numbers[A_FOG] = weather.floating_extinction_per_m
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
