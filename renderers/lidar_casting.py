"""What the beams of a slice of a lidar's sweep meet: surfaces, what is behind panes, mirror pictures.  Renderers floor.

Definitions and sources are in docs/lidar.md.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import FIELD_M
from renderers.frames import Cause
from renderers.kernels import beams
from renderers.kernels import lidar as surface
from renderers.lidar_edges import AROUND, MIDDLE, MIXED_M, around, at_edges
from renderers.lidar_models import LidarModel
from renderers.lidar_returns import Pulses, ego_named
from renderers.lidar_slices import Slice
from renderers.lidar_strays import Strays
from renderers.materials import BELOW_DIRT, MATERIALS
from renderers.puddles import puddle_field
from renderers.tracer import Hits, PreparedScene
from sim.weather import WeatherState

Floats = NDArray[np.float32]

LAYERS = 3  # surfaces behind one another that a beam may pass: two panes and what is behind them
PASSES = 0.02  # shares of a beam below this are not followed
SKIN_M = 2e-3  # a beam goes on this far behind a pane
SNOW_RHO = {905: 0.85, 1550: 0.12}  # ice absorbs at 1550 nm (Warren 1982)
# Water holds a picture where no grain pierces it within six capillary lengths (2.7 mm): there its meniscus is flatter
# than a beam is wide.  About so many grains of asphalt of 8 to 11 mm stand in that circle; of them pierces the film
# the share of ground that water leaves bare, 1 - sqrt(film / texture) for a straight bearing curve.
GRAINS_AROUND = 11.0
SHINY = 0.3  # a mirror or a pane that takes so much of the beam is named as the reason for its loss


@dataclass(frozen=True, slots=True)
class Returns:
    """The strongest return of each of N firings, before the receiver."""

    echo: Floats  # share of the beam included; 0: nothing met
    range_m: Floats
    placement: NDArray[np.int32]
    triangle: NDArray[np.int32]
    cosine: Floats
    cause: NDArray[np.uint8]
    shiny: NDArray[np.uint8]

    @staticmethod
    def none(count: int) -> "Returns":
        return Returns(
            np.zeros(count, np.float32),
            np.full(count, np.inf, np.float32),
            np.full(count, -1, np.int32),
            np.full(count, -1, np.int32),
            np.zeros(count, np.float32),
            np.zeros(count, np.uint8),
            np.zeros(count, np.uint8),
        )

    def columns(self) -> tuple[NDArray[Any], ...]:
        """All arrays, in the order in which kernels.beams.hand_over asks for them."""
        return self.echo, self.range_m, self.placement, self.triangle, self.cosine, self.cause, self.shiny

    def take(self, strays: Strays, weather: WeatherState, model: LidarModel) -> None:
        """Put false echoes in the place of weaker ones; at the range of a surface they add to its own."""
        row = strays.row
        extinction, overlap = 2.0 * weather.extinction_per_m, model.overlap_m

        def power(echo: Floats, range_m: Floats) -> NDArray[np.float64]:
            met = echo > 0.0
            at = np.where(met, range_m, 0.0).astype(np.float64)
            return np.where(met, echo * np.exp(-extinction * at) / np.maximum(at, overlap) ** 2, 0.0)

        stronger = power(strays.echo, strays.range_m) > power(self.echo[row], self.range_m[row])
        with np.errstate(invalid="ignore"):
            same = (np.abs(strays.range_m - self.range_m[row]) < model.pulse_m) & (self.echo[row] > 0.0)
        self.echo[row[same]] += strays.echo[same]
        new = stronger & ~same
        row = row[new]
        self.echo[row], self.range_m[row], self.cause[row] = (
            strays.echo[new],
            strays.range_m[new],
            strays.cause,
        )
        self.cosine[row], self.shiny[row] = 0.0, 0


def cast(
    views: list[PreparedScene],
    view: NDArray[np.int64],
    weather: WeatherState,
    model: LidarModel,
    direction: Floats,
    offset: Floats,
    piece: Slice,
    ego: int,
    returns: Returns,
    several: bool,
) -> Pulses | None:
    """Find the strongest return of the firings of one slice: surfaces, what is behind panes, mirror pictures.

    `view` (B,) is the row of `views` in which the actors stand as they did at a firing; it never falls.  All that was
    met comes back, too, if `several` returns of a firing are wanted.
    """
    scene = views[0].scene
    ground = _ground_numbers(weather, model, views[0].origin_m)
    rotation = np.ascontiguousarray(scene.world_from_part[:, :, :3].reshape(-1, 9), np.float32)
    table = material_table(model.wavelength_nm)
    count = len(piece.rows)
    best = Returns.none(count)
    best_power = np.zeros(count, np.float32)
    extinction, overlap = np.float32(2.0 * weather.extinction_per_m), np.float32(model.overlap_m)
    geometry = scene.geometry
    met: list[Pulses] = []
    kept = (
        best_power, best.echo, best.range_m, best.placement, best.triangle, best.cosine, best.cause,
    )  # fmt: skip

    def met_by(aim: Floats, at: Floats, near: Floats, who: NDArray[np.int64], ahead: bool = False) -> _Asked:
        hits = _trace(views, view[who], aim, at, near, 2.0 * model.far_m, ahead)
        asked = _Asked.of(hits)
        surface.echoes(
            aim, at, hits.range_m, hits.placement, hits.triangle, hits.u, hits.v,
            rotation, geometry.corners_m, geometry.normal, geometry.material, geometry.dirt, table, ground,
            puddle_field(), 0, len(aim), asked.echo, asked.cosine, asked.through, asked.mirror, asked.normal,
        )  # fmt: skip
        return asked

    def ask(
        aim: Floats,
        at: Floats,
        near: Floats,
        share: Floats,
        before: Floats,
        who: NDArray[np.int64],
        kind: int,
    ) -> _Asked:
        asked = met_by(aim, at, near, who, kind == Cause.SURFACE)
        hits = asked.hits
        beams.keep_strongest(  # a plain number: numba takes a millisecond to see what an enumeration is
            who, share, before, int(kind), SHINY, hits.range_m, hits.placement, hits.triangle,
            asked.echo, asked.cosine, asked.through, asked.mirror, scene.actor, ego, extinction, overlap,
            asked.total, *kept, best.shiny,
        )  # fmt: skip
        if several and kind != Cause.SURFACE:
            met.append(pulses(who, asked.total, asked.echo * share, hits, asked.cosine, kind))
        return asked

    def pulses(
        who: NDArray[np.int64], total: Floats, echo: Floats, hits: Hits, cosine: Floats, kind: int
    ) -> Pulses:
        cause = ego_named(hits.placement, kind, scene.actor, ego)
        return Pulses.of(piece.rows[who], total, echo, hits.placement, hits.triangle, cosine, cause)

    everyone = np.arange(count)
    whole = np.ones(count, np.float32)
    none = np.zeros(count, np.float32)
    first = ask(direction, offset, none, whole, none, everyone, Cause.SURFACE)
    edge = np.flatnonzero(at_edges(first.hits, piece.ring, piece.step, model))
    if len(edge):
        whole[edge] = MIDDLE
        aim = around(direction[edge], model.divergence_rad)
        who = np.repeat(edge, aim.shape[1])
        rim = met_by(aim.reshape(-1, 3), offset[who], np.zeros(len(who), np.float32), who)
        one, other = first.hits, rim.hits
        beams.mix(
            edge, MIDDLE, AROUND, model.pulse_m, MIXED_M,
            first.echo, one.range_m, one.placement, one.triangle, first.cosine,
            rim.echo, other.range_m, other.placement, other.triangle, rim.cosine,
            scene.actor, ego, extinction, overlap, *kept,
        )  # fmt: skip
        if several:
            met.append(
                pulses(who, other.range_m, rim.echo * np.float32(AROUND), other, rim.cosine, Cause.SURFACE)
            )
    if several:
        middle = pulses(everyone, first.total, first.echo * whole, first.hits, first.cosine, Cause.SURFACE)
        met.append(replace(middle, middle=np.ones(count, bool)))
    behind, who, share = first, everyone, whole
    for _ in range(1, LAYERS):
        passed = share * behind.through**2  # there and back
        on = np.flatnonzero(passed > PASSES)
        if not len(on):
            break
        who, share = who[on], passed[on]
        near = behind.total[on] + np.float32(SKIN_M)
        behind = ask(
            direction[who], offset[who], near, share, np.zeros(len(who), np.float32), who, Cause.GLASS
        )
    water = np.flatnonzero(first.mirror**2 > PASSES)
    kept_there = pictured(first.mirror[water], first.cosine[water]) ** 2
    water, kept_there = water[kept_there > PASSES], kept_there[kept_there > PASSES]
    if len(water):
        normal = first.normal[water]
        aim = direction[water]
        aim = aim - 2.0 * np.sum(aim * normal, axis=1, keepdims=True) * normal
        at = offset[water] + direction[water] * first.total[water, None]
        ask(
            np.ascontiguousarray(aim, np.float32),
            at.astype(np.float32),
            np.full(len(water), SKIN_M, np.float32),
            (whole[water] * kept_there).astype(np.float32),
            first.total[water],
            water,
            Cause.GHOST,
        )
    beams.hand_over(piece.rows, *best.columns(), *returns.columns())
    return Pulses.joined([part.rows((part.echo > 0.0) | part.middle) for part in met]) if several else None


def pictured(mirror: Floats, cosine: Floats) -> Floats:
    """Share of a beam that leaves water as from a mirror: what it reflects, but for menisci about the grains."""
    inside = np.sqrt(1.0 - (1.0 - cosine**2) / surface.WATER_N2)
    n = np.sqrt(surface.WATER_N2)
    s = (cosine - n * inside) / (cosine + n * inside)
    p = (n * cosine - inside) / (n * cosine + inside)
    film = np.sqrt(
        np.minimum(mirror / (0.5 * (s**2 + p**2)), 1.0)
    )  # of the texture's depth, as kernels.lidar has it
    flat = np.exp(-GRAINS_AROUND * (1.0 - np.sqrt(film)))
    return np.asarray(np.minimum(0.5 * (s**2 + p**2) * flat, mirror), np.float32)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one round of rays met."""

    echo: Floats
    cosine: Floats
    through: Floats
    mirror: Floats
    normal: Floats  # (R, 3)
    hits: Hits
    total: Floats  # whole way to what was met; inf: nothing

    @staticmethod
    def of(hits: Hits) -> "_Asked":
        """Room for the answers about these hits."""
        count = len(hits.range_m)
        echo, cosine, through, mirror, total = np.empty((5, count), np.float32)
        return _Asked(echo, cosine, through, mirror, np.empty((count, 3), np.float32), hits, total)


def _trace(
    views: list[PreparedScene],
    view: NDArray[np.int64],
    aim: Floats,
    at: Floats,
    near: Floats,
    far: float,
    ahead: bool,
) -> Hits:
    """Hits of rays, each in its own view; `view` never falls.  `ahead`: as they leave the lidar, side by side."""

    def one(prepared: PreparedScene, aim: Floats, at: Floats, near: Floats) -> Hits:
        # Rims, and what is behind panes or mirrored, are few beside one another.
        if ahead:
            return prepared.see(aim, at, near, far)
        return prepared.trace(aim, at, near, far)

    if len(views) == 1:
        return one(views[0], aim, at, near)
    cut = np.searchsorted(view, np.arange(len(views) + 1))
    spans = [(k, slice(cut[k], cut[k + 1])) for k in range(len(views)) if cut[k + 1] > cut[k]]
    pieces = [one(views[k], aim[span], at[span], near[span]) for k, span in spans]
    return Hits(
        np.concatenate([piece.range_m for piece in pieces]),
        np.concatenate([piece.placement for piece in pieces]),
        np.concatenate([piece.triangle for piece in pieces]),
        np.concatenate([piece.u for piece in pieces]),
        np.concatenate([piece.v for piece in pieces]),
    )


@lru_cache(maxsize=4)
def material_table(wavelength_nm: int) -> NDArray[np.float64]:
    """(M, L_COLUMNS) rows of kernels.lidar for a laser."""
    rows = [
        (
            m.rho_905 if wavelength_nm < 1200 else m.rho_1550,
            m.roughness,
            m.metallic,
            m.clearcoat,
            m.transmission,
            m.retro,
            m.porosity,
            m.flat_water,
            m.snow,
            m.film,
            below,
        )
        for m, below in zip(MATERIALS, BELOW_DIRT, strict=True)
    ]
    return np.array(rows, np.float64)


def _ground_numbers(
    weather: WeatherState, model: LidarModel, origin_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    ground = np.zeros(surface.Y_COLUMNS)
    ground[surface.Y_WET] = weather.wetness
    ground[surface.Y_FILM_M] = weather.water_film_m
    ground[surface.Y_PUDDLE] = weather.puddle_cover
    ground[surface.Y_SNOW_M] = weather.snow_depth_m
    ground[surface.Y_ICE] = weather.ice_cover
    ground[surface.Y_SNOW_RHO] = SNOW_RHO[905 if model.wavelength_nm < 1200 else 1550]
    ground[surface.Y_X] = origin_m[0] % FIELD_M
    ground[surface.Y_Y] = origin_m[1] % FIELD_M
    return ground
