"""Spray, dust, smoke and exhaust as cameras and lidars meet them: the same balls for both.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.aerosols import (
    ASYMMETRY,
    BACKSCATTER_PER_EXTINCTION_SR,
    CAUSE,
    INFRARED,
    SCATTERING,
    WISPS,
    phase_of,
)
from renderers.fog_light import WALLS, sky_directions
from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.lamps import L_B, L_CD, L_R, L_X, L_Z
from renderers.kernels.spray import (
    B_COLUMNS,
    B_DEPTH_M,
    B_EXTINCTION,
    B_FIELD,
    B_PHASE,
    B_R,
    B_RADIUS_M,
    B_SCALE,
    B_SHADE_U,
    B_U,
    B_WISPS,
    FIELD_TEXELS,
    draw_balls,
    through_mist,
)
from renderers.lamps import intensity_towards
from renderers.optics import depth_of, project
from renderers.plume_light import lamp_on_balls, sky_over_balls, sun_on_balls
from renderers.tracer import PreparedScene
from scenarios.chance import stream
from sim.plumes import Airborne, Balls, Matter
from sim.slices import in_slices

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

GOLDEN_ANGLE_RAD = 2.39996  # turns that never repeat
NEAREST_M = 0.3  # what is nearer to the lens is drawn as if it were there
LEAST_DEPTH = 2.5e-4  # optical depth of balls that nobody sees
MOST_SHADERS = 400  # balls that shade others; of more, every second or third counts for all
THICK_WHITE = 4.0  # a thick white cloud sends back 0.7 of the light on its lit side: over 4 pi, so much
LAMPS_WITHIN_M = 60.0
LEAST_OF_LAMP = 0.02  # of a ball's other light, above which it is asked whether the lamp is seen from it
MOST_SHADE = 0.8  # by how much a ball is brighter on its lit side than in its middle
FINEST_TEXELS, COARSEST_TEXELS = 3.0, 44.0  # sizes of wisps; a ball's radius is 40 texels
WISP_SLOPE = 1.6  # of their amplitude over the wave number: between smoke's filaments and a cloud's
WISP_CONTRAST = 0.75
STREAK_STRETCH = 5.0  # how much longer than wide streaks are
STREAKS_APART = 16


def mist_before(
    balls: Balls,
    light: Light,
    model: CameraModel,
    world_from_camera: Array,
    prepared: PreparedScene | None = None,
) -> Floats:
    """(K, B_COLUMNS) balls that a camera sees, far to near; what stands in a `prepared` scene keeps light from them."""
    at = (balls.centre_m - world_from_camera[:3, 3]) @ world_from_camera[:3, :3]
    depth = depth_of(model, at)
    thick = 2.0 * balls.radius_m * balls.extinction_per_m > LEAST_DEPTH
    rows = np.flatnonzero((depth > -balls.radius_m) & thick)
    at, depth = at[rows], depth[rows]
    # Who is inside a ball, or has it at the nose, sees it as if its middle stood before the lens.
    before = at.copy()
    if model.fisheye:
        before *= np.maximum(NEAREST_M / np.maximum(depth, 1e-6), 1.0)[:, None]
    else:
        before[:, 2] = np.maximum(before[:, 2], NEAREST_M)
    seen = project(model, before)
    scale = float(model.matrix[0, 0]) / np.maximum(depth, NEAREST_M)
    reach = (balls.radius_m[rows] * scale)[:, None]
    size = np.array((model.width_px, model.height_px))
    inside = ((seen + reach > 0.0) & (seen - reach < size)).all(axis=1)  # NaN is false
    order = np.flatnonzero(inside)
    order = order[np.argsort(-depth[order], kind="stable")]
    rows = rows[order]
    out = np.zeros((len(rows), B_COLUMNS))
    if not len(rows):
        return out.astype(np.float32)
    out[:, B_U : B_U + 2] = seen[order]
    out[:, B_SCALE] = scale[order]
    out[:, B_DEPTH_M] = depth[order]
    out[:, B_RADIUS_M] = balls.radius_m[rows]
    out[:, B_EXTINCTION] = balls.extinction_per_m[rows]
    turn = GOLDEN_ANGLE_RAD * balls.number[rows] % (2.0 * np.pi)
    out[:, B_WISPS] = WISPS[balls.matter[rows]]
    # Water that flies is drawn out along its way; whole turns tell one ball from the next.
    flies = balls.matter[rows] == Matter.SPLASH
    way = balls.velocity_mps[rows] @ world_from_camera[:3, :2]
    out[:, B_PHASE] = np.where(
        flies,
        np.arctan2(way[:, 1], way[:, 0]) % (2.0 * np.pi) + 2.0 * np.pi * (balls.number[rows] % STREAKS_APART),
        turn,
    )
    out[:, B_FIELD] = flies
    out[:, B_R : B_R + 3], out[:, B_SHADE_U : B_SHADE_U + 2] = lit(
        balls, rows, light, world_from_camera, prepared
    )
    return out.astype(np.float32)


def lit(
    balls: Balls,
    rows: NDArray[np.int64],
    light: Light,
    world_from_camera: Array,
    prepared: PreparedScene | None = None,
) -> tuple[Array, Array]:
    """(K, 3) cd/m2 that thick balls like these show, and (K, 2) how it rises to the right and downwards.

    Lamps and the sun are scattered once by the phase function, dimmed by the balls before them; what a plume takes from
    the sun goes on as light from all around, as thick white clouds send back 0.7 of it and dark ones less.  The rest is
    sky and ground, of which the depth of a plume gets less.  Air between ball and eye veils it as it does surfaces.
    """
    day = light.day
    matter = balls.matter[rows]
    once = SCATTERING[matter]
    forward = ASYMMETRY[matter]
    world = balls.centre_m[rows] - world_from_camera[:3, 3]
    away = np.maximum(np.linalg.norm(world, axis=1), 1e-9)
    view = world / away[:, None]
    above = (day.sh[0] + day.sh[2] + 2 * day.sh[6]).astype(np.float64)
    ground = day.numbers[7:10].astype(np.float64)
    sun, towards = day.numbers[3:6].astype(np.float64), day.sun_direction.astype(np.float64)
    roof = shading_depth(balls, rows, np.array([0.0, 0.0, 1.0]))
    # What is scattered forward is not lost: light from all around fades by the rest.
    kept = once / (once + 2.0 * (1.0 - once))
    open_to = np.exp(-0.75 * (1.0 - forward) * roof)[:, None]
    sky = above / np.pi
    if prepared is not None:
        # Houses and trees stand before a part of the sky, as they do before that of fog.
        free = sky_over_balls(prepared, world, sky_directions()[0])[:, None]
        sky = sky * (free + WALLS * (1.0 - free))
    radiance = kept * (0.5 * sky * open_to + 0.5 * ground * (0.4 + 0.6 * open_to))
    sunny = np.zeros(len(rows))
    if sun.max() > 0.0 and towards[2] > 0.0:
        depth = shading_depth(balls, rows, towards)[:, None]
        single = phase_of(matter, view @ towards)[:, None] * np.exp(-depth)
        spread = (1.0 - forward)[:, None] * depth
        fading = np.exp(-np.sqrt(3.0 * (1.0 - once) * (1.0 - once * forward[:, None])) * depth) / (
            1.0 + 0.75 * spread
        )
        # Own depth as well: a ball that is thick itself spreads light within.
        own = -np.expm1(-(depth + (balls.extinction_per_m[rows] * balls.radius_m[rows])[:, None]))
        many = THICK_WHITE / (4.0 * np.pi) * kept * own * fading
        if prepared is not None:
            seen = sun_on_balls(prepared, world, balls.radius_m[rows], towards)[:, None]
            single, many = single * seen, many * seen
        radiance += once * sun * (single + many)
        sunny = (once * sun * many).sum(axis=1) / np.maximum(radiance.sum(axis=1), 1e-9)
    for lamp in light.lamps[np.linalg.norm(light.lamps[:, L_X : L_Z + 1], axis=1) < LAMPS_WITHIN_M].astype(
        np.float64
    ):
        beside = world - lamp[L_X : L_Z + 1]
        # Within a ball its light spreads: nobody is nearer to a lamp than a part of the ball's radius.
        distance = np.maximum(np.linalg.norm(beside, axis=1), np.maximum(0.5 * balls.radius_m[rows], 0.2))
        heading = beside / np.maximum(np.linalg.norm(beside, axis=1), 1e-6)[:, None]
        lux = intensity_towards(lamp, heading) / distance**2 * (lamp[L_CD] > 0)
        share = phase_of(matter, -np.einsum("ij,ij->i", heading, view))
        gained = once * (share * lux)[:, None] * lamp[L_R : L_B + 1]
        if prepared is not None:
            asked = np.flatnonzero(gained.sum(axis=1) > LEAST_OF_LAMP * radiance.sum(axis=1))
            if len(asked):
                gained[asked] *= lamp_on_balls(prepared, world[asked], lamp[L_X : L_Z + 1])[:, None]
        radiance += gained
    through = np.exp(-light.extinction_per_m * away)[:, None]
    column = (np.arctan2(view[:, 1], view[:, 0]) % (2.0 * np.pi) / (2.0 * np.pi) * len(day.air)).astype(int)
    radiance = radiance * through + day.air[np.minimum(column, len(day.air) - 1)] * (1.0 - through)
    across = towards @ world_from_camera[:3, :3]
    return radiance, MOST_SHADE * sunny[:, None] * across[:2]


def shading_depth(balls: Balls, rows: NDArray[np.int64], direction: Array) -> Array:
    """(K,) optical depth from the middles of balls `rows` out of all balls, towards a direction."""
    every = -(-len(balls.radius_m) // MOST_SHADERS)
    those = np.arange(0, len(balls.radius_m), every)
    centre, radius = balls.centre_m[those], balls.radius_m[those]
    apart = centre[None] - balls.centre_m[rows][:, None]
    along = apart @ direction
    aside2 = np.einsum("ijk,ijk->ij", apart, apart) - along**2
    half = np.sqrt(np.maximum(radius**2 - aside2, 0.0))
    chord = np.maximum(along + half, 0.0) - np.maximum(along - half, 0.0)
    return np.asarray(every * (chord * balls.extinction_per_m[those]).sum(axis=1))


@lru_cache(maxsize=1)
def wisps() -> Floats:
    """(2, FIELD_TEXELS, FIELD_TEXELS) periodic densities about a mean of 1, never negative: of clouds, and of streaks.

    Streaks run along rows: ligaments and drops of a sheet that fly one way while the shutter is open.
    """
    noise = stream(0, "wisps").normal(size=(FIELD_TEXELS, FIELD_TEXELS))
    down, across = np.fft.fftfreq(FIELD_TEXELS)[:, None], np.fft.fftfreq(FIELD_TEXELS)[None]
    fields = []
    for stretch in (1.0, STREAK_STRETCH):
        k = np.hypot(down, stretch * across)
        band = (k > 1.0 / COARSEST_TEXELS) & (k < 1.0 / FINEST_TEXELS)
        waves = np.fft.ifft2(
            np.fft.fft2(noise) * np.where(band, np.maximum(k, 1e-6) ** -WISP_SLOPE, 0.0)
        ).real
        density = np.exp(WISP_CONTRAST * waves / waves.std())
        fields.append(density / density.mean())
    return np.array(fields, np.float32)


def add_mist(
    balls: Floats, depth_m: Floats, image: Floats, passing: Floats, painted: bool, threads: int
) -> None:
    """Lay the balls over a radiance image, if it is to be `painted`, and dim what passes the air; in place."""
    if len(balls):
        field = wisps()
        in_slices(
            lambda a, b: draw_balls(a, b, balls, field, depth_m, image, passing, painted),
            len(image),
            threads,
            64,
        )


@dataclass(frozen=True, slots=True)
class Met:
    """What N beams meet in the balls before their surface."""

    spray_m: Floats  # (N,) return from spray, inf without
    depth: Floats  # (N,) optical depth of all balls
    puff_m: Floats  # (N,) the strongest return from dust, smoke and exhaust
    puff_echo: Floats  # (N,) and its echo, dimmed by the balls before it; 0 without
    puff_cause: NDArray[np.uint8]  # (N,)

    @staticmethod
    def none(count: int) -> "Met":
        zero = np.zeros(count, np.float32)
        far = np.full(count, np.inf, np.float32)
        return Met(far, zero, far.copy(), zero.copy(), np.zeros(count, np.uint8))


class MistInBeams:
    """The balls of a turn of a lidar, which move evenly through it."""

    def __init__(self, airborne: Airborne, time_ns: int):
        """At the turn's reference time."""
        self.balls = airborne.at(time_ns * 1e-9)

    def meet(
        self,
        seed: int,
        index: NDArray[np.int64],
        rows: NDArray[np.int64],
        direction: Floats,
        offset: Floats,
        origin_m: Array,
        after_s: float,
        range_m: Floats,
        overlap_m: float,
        pulse_m: float,
        met: Met,
    ) -> None:
        """Fill `met` for the firings `rows` of one slice, `after_s` behind the reference time."""
        balls = self.balls
        centre = balls.centre_m + after_s * balls.velocity_mps - origin_m
        # Only balls in the sector of the slice: within the cone about its mean direction that holds all its beams.
        flat = direction[:, :2].astype(np.float64)
        middle = flat.sum(axis=0)
        middle /= max(float(np.hypot(*middle)), 1e-9)
        level = flat / np.maximum(np.hypot(flat[:, 0], flat[:, 1]), 1e-9)[:, None]
        half = float(np.arccos(np.clip((level @ middle).min(), -1.0, 1.0)))
        away = np.hypot(centre[:, 0], centre[:, 1])
        near = balls.radius_m + float(np.abs(offset).max())
        angle = np.abs(
            np.arctan2(middle[0] * centre[:, 1] - middle[1] * centre[:, 0], centre[:, :2] @ middle)
        )
        wide = np.where(away > near, np.arcsin(np.minimum(near / np.maximum(away, 1e-9), 1.0)), np.pi)
        thick = 2.0 * balls.radius_m * balls.extinction_per_m > LEAST_DEPTH
        those = np.flatnonzero((angle < half + wide) & thick)
        matter = balls.matter[those]
        extinction = balls.extinction_per_m[those]
        through_mist(
            seed, index, rows, direction, offset, range_m,
            balls.number[those], np.ascontiguousarray(centre[those]), balls.radius_m[those],
            extinction * INFRARED[matter], balls.found[those], extinction * BACKSCATTER_PER_EXTINCTION_SR[matter],
            CAUSE[matter], overlap_m, pulse_m, met.spray_m, met.depth, met.puff_m, met.puff_echo, met.puff_cause,
        )  # fmt: skip
