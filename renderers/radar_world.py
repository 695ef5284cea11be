"""What a radar's field holds that is no actor: clutter of the scenery, mirrors, rain.  Renderers floor.

A fan of rays, jittered anew in each scan, asks the scene's own tracer what stands where.  Each ray speaks for its solid
angle: a surface of class c sends back gamma_c times the area that it shows to the radar.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.radar_echoes import SWERLING_1, WEIBULL, Echoes, filled, fluctuating
from renderers.radar_model import RadarModel, rain_backscatter
from renderers.radar_paths import decibel, range_rate
from renderers.radar_scan import RadarCause
from renderers.scene import Scene
from renderers.tracer import trace
from scenarios.taxonomy import SEMANTIC_ID, SEMANTICS

Floats = NDArray[np.float64]

COLUMNS, ROWS = 1024, 16  # of the fan: a ray every 0.12 degrees of a wide field, every decimetre at 50 m
FAN_HEIGHT = 1.5  # of the beam's height that the fan spans
FAR_MARGIN = 1.02

# gamma in dB: cross section per area shown to the radar.  Roads and plants are between what Currie and Brown 1987
# (chapter 5) and Kulemin 2003 give for 35 and 95 GHz; what is made of metal and faces nobody in particular sends back
# more than its area, because some of it always mirrors (reasoned, from posts and signs of 0 to 10 dBsm).
GAMMA_DB = {
    "road": -24.0, "road_marking": -24.0, "parking": -24.0, "sidewalk": -22.0, "kerb": -12.0, "terrain": -15.0,
    "building": -9.0, "wall": -10.0, "fence": -4.0, "guard_rail": 3.0, "bridge": -6.0, "tunnel": -8.0, "pole": 12.0,
    "traffic_light": 8.0, "traffic_sign": 12.0, "vegetation": -10.0, "static_object": -3.0, "water": -35.0,
}  # fmt: skip
OTHERS_DB = -6.0
GAMMA = np.array([decibel(OTHERS_DB)] * 256)
for _semantic in SEMANTICS:
    GAMMA[_semantic.id] = decibel(GAMMA_DB.get(_semantic.name, OTHERS_DB))
SPIKY = np.zeros(256, np.bool_)
SPIKY[
    [
        SEMANTIC_ID[n]
        for n in ("road", "road_marking", "parking", "sidewalk", "terrain", "vegetation", "water")
    ]
] = True

RAIN_REACH_M = 30.0  # beyond it a cell of rain is fainter than the noise in any rain
RAIN_SPREAD_MPS = 1.2  # of its velocities in a cell: turbulence and drops of many sizes (Nathanson 1991)
RAIN_WIDTHS = 2.5  # sigmas of the spread that are looked at, to each side


@dataclass(frozen=True, slots=True)
class Fan:
    """R rays of one scan."""

    azimuth_rad: Floats  # (R,) in the radar's frame
    elevation_rad: Floats
    range_m: Floats  # inf: nothing
    semantic: NDArray[np.uint8]
    instance: NDArray[np.int32]  # of labelled static things
    still: NDArray[np.bool_]  # met what is no actor
    solid_sr: Floats  # solid angle of each


def fan_of(
    scene: Scene, world_from_radar: Floats, model: RadarModel, chance: np.random.Generator, threads: int
) -> Fan:
    """Look over the whole field, one ray somewhere in each of `COLUMNS` by `ROWS` sectors."""
    high = 0.5 * FAN_HEIGHT * model.facts.beam_height_rad
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS), indexing="ij")
    shift = chance.uniform(0.0, 1.0, (2, COLUMNS, ROWS))
    azimuth = (((column + shift[0]) / COLUMNS * 2.0 - 1.0) * model.half_rad).ravel()
    elevation = (((row + shift[1]) / ROWS * 2.0 - 1.0) * high).ravel()
    level = np.cos(elevation)
    local = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=1)
    way = (local @ world_from_radar[:3, :3].T).astype(np.float32)
    hits = trace(scene, world_from_radar[:3, 3], way, FAR_MARGIN * model.facts.far_m, threads=threads)
    hit = hits.placement >= 0
    triangle, placement = np.maximum(hits.triangle, 0), np.maximum(hits.placement, 0)
    solid = (2.0 * model.half_rad / COLUMNS) * (2.0 * high / ROWS) * level
    return Fan(
        azimuth, elevation, np.where(hit, hits.range_m, np.inf).astype(np.float64),
        np.where(hit, scene.geometry.semantic[triangle], SEMANTIC_ID["sky"]).astype(np.uint8),
        np.where(hit, scene.geometry.instance[triangle], 0).astype(np.int32),
        hit & (scene.actor[placement] < 0), solid,
    )  # fmt: skip


def clutter(
    fan: Fan, model: RadarModel, world_from_radar: Floats, eye_mps: Floats, chance: np.random.Generator
) -> Echoes:
    """One echo for each cell of range and azimuth that scenery fills: it stands, so it has one rate."""
    facts = model.facts
    kept = fan.still & (fan.range_m >= facts.near_m) & (fan.range_m <= facts.far_m)
    azimuth, elevation, range_m = fan.azimuth_rad[kept], fan.elevation_rad[kept], fan.range_m[kept]
    semantic = fan.semantic[kept]
    area = fan.solid_sr[kept] * range_m**2
    snr = model.snr(GAMMA[semantic] * area, range_m, azimuth, elevation)
    across = 2.0 * np.sin(model.half_rad) / facts.azimuth_cell_rad
    columns, rows = int(np.ceil(across)), int(np.ceil((facts.far_m - facts.near_m) / facts.range_cell_m))
    if not len(snr):
        return Echoes.none()
    cell = np.minimum((range_m - facts.near_m) / facts.range_cell_m, rows - 1).astype(np.int64) * columns
    cell += np.clip((np.sin(azimuth) / np.sin(model.half_rad) + 1.0) * 0.5 * columns, 0, columns - 1).astype(
        np.int64
    )
    total = np.bincount(cell, snr, rows * columns)
    full = np.flatnonzero(total > 0.0)
    place_range = np.bincount(cell, snr * range_m, rows * columns)[full] / total[full]
    place_azimuth = np.bincount(cell, snr * azimuth, rows * columns)[full] / total[full]
    order = np.lexsort((-snr, cell))  # the strongest ray of each cell says what it is
    first = order[np.searchsorted(cell[order], full)]
    kind = np.where(SPIKY[semantic[first]], WEIBULL, SWERLING_1).astype(np.uint8)
    mean = np.zeros(rows * columns)
    mean[full] = total[full]
    kinds = np.zeros(rows * columns, np.uint8)
    kinds[full] = kind
    drawn = fluctuating(mean, kinds, chance)[full]  # drawn for all cells: an empty one changes no other
    way = np.stack([np.cos(place_azimuth), np.sin(place_azimuth), np.zeros(len(full))], axis=1)
    place = world_from_radar[:3, 3] + way @ world_from_radar[:3, :3].T
    rate = range_rate(world_from_radar[:3, 3], eye_mps, place, np.zeros((len(full), 3)))
    return Echoes(
        place_range, place_azimuth, rate, drawn, filled(len(full), RadarCause.CLUTTER),
        fan.instance[kept][first], semantic[first],
    )  # fmt: skip


def rain(
    fan: Fan,
    model: RadarModel,
    world_from_radar: Floats,
    eye_mps: Floats,
    wind_mps: Floats,
    chance: np.random.Generator,
) -> Echoes:
    """Cells of rain near the radar, divided by the velocities of its drops, which drift with the wind."""
    facts = model.facts
    if model.rain_mm_per_h <= 0.0:
        return Echoes.none()
    range_m = np.arange(
        facts.near_m + 0.5 * facts.range_cell_m, min(RAIN_REACH_M, facts.far_m), facts.range_cell_m
    )
    across = max(int(2.0 * np.sin(model.half_rad) / facts.azimuth_cell_rad), 1)
    azimuth = np.arcsin(np.sin(model.half_rad) * ((np.arange(across) + 0.5) / across * 2.0 - 1.0))
    # Volume of a cell between the half-power points of a Gauss beam (Probert-Jones 1962).
    volume = (
        np.pi / (8.0 * np.log(2.0)) * facts.range_cell_m * range_m[:, None] ** 2
        * model.azimuth_cell_rad(azimuth) * facts.beam_height_rad
    )  # fmt: skip
    rcs = rain_backscatter(model.rain_mm_per_h) * volume
    snr = model.snr(rcs, range_m[:, None], azimuth[None], np.zeros((1, 1)))
    # No rain is seen through a wall.
    open_m = np.full(across, np.inf)
    mine = np.clip(
        (np.sin(fan.azimuth_rad) / np.sin(model.half_rad) + 1.0) * 0.5 * across, 0, across - 1
    ).astype(np.int64)
    level = np.abs(fan.elevation_rad) < 0.1 * facts.beam_height_rad
    np.minimum.at(open_m, mine[level], fan.range_m[level])
    snr = np.where(range_m[:, None] < open_m, snr, 0.0)
    half = int(np.ceil(RAIN_WIDTHS * RAIN_SPREAD_MPS / facts.velocity_cell_mps))
    offset = np.arange(-half, half + 1) * facts.velocity_cell_mps
    share = np.exp(-0.5 * (offset / RAIN_SPREAD_MPS) ** 2)
    mean = snr[:, :, None] * share / share.sum()
    drawn = fluctuating(mean.ravel(), SWERLING_1, chance)
    r, a, v = np.nonzero((np.abs(drawn) ** 2 > 1.0).reshape(mean.shape))
    amplitude = drawn.reshape(mean.shape)[r, a, v]
    way = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(across)], axis=1) @ world_from_radar[:3, :3].T
    drift = way @ (wind_mps - eye_mps)
    count = len(r)
    return Echoes(
        range_m[r], azimuth[a], drift[a] + offset[v], amplitude, filled(count, RadarCause.RAIN),
        np.zeros(count, np.int32), np.full(count, SEMANTIC_ID["airborne"], np.uint8),
    )  # fmt: skip


def places_of(fan: Fan, world_from_radar: Floats, kept: NDArray[np.bool_]) -> Floats:
    """(N, 3) world, what rays of a mask met."""
    level = np.cos(fan.elevation_rad[kept])
    azimuth = fan.azimuth_rad[kept]
    local = np.stack(
        [level * np.cos(azimuth), level * np.sin(azimuth), np.sin(fan.elevation_rad[kept])], axis=1
    )
    place: Floats = (local * fan.range_m[kept, None]) @ world_from_radar[:3, :3].T + world_from_radar[:3, 3]
    return place
