"""Rain and snow on the glass before a camera: which drops lie there, and the picture through them.  Renderers floor.

What lies on a pane follows from what has fallen on it since it was last wiped, and every drop that ever falls belongs to
(seed, camera, half second): any frame can be asked about alone.  Drops are caps of water after Halimeh and Roser 2009
and von Bernuth et al. 2018; splash counts, shelter and wiping are reasoned where no source stands beside them.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.film import shrunk
from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels.droplets import (
    D_A,
    D_B,
    D_BORN,
    D_COLUMNS,
    D_GONE,
    D_RADIUS,
    D_SINE,
    ENV_REACH,
    I_AU,
    I_AX,
    I_BX,
    I_COLUMNS,
    I_DISC,
    I_NX,
    I_PUPIL,
    I_RADIUS,
    I_SINE,
    I_TURN2,
    I_TURN3,
    I_U,
    I_WAVE2,
    I_WAVE3,
    I_WHITE,
    I_X,
    WATER,
    draw_drops,
    look_through,
    settle,
    smear_film,
)
from renderers.kernels.glass import comb_film, cover_blade, lay_blade, limit_layer, surround
from renderers.optics import ModelKey, key_of, model_of, pixel_rays, project
from renderers.pane import Pane
from renderers.particles import FLAKE_FALL_MPS, rain_spectrum, scattered, snow_spectrum
from renderers.stage import Stage
from renderers.wiper import HALF_BLADE_M, PIVOT_M, SWING_RAD, Wiper, pace_s
from scenarios.chance import stream
from scenarios.schema import Camera
from sim.slices import in_slices
from sim.weather import WeatherState

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

SLOT_S = 0.5  # drops are drawn from a stream for each such piece of time,
SLOTS_KEPT = 1024  # and of so many pieces remembered for the frames that follow
LEAST_DROP_M = 0.4e-3  # smaller ones leave no spot that a lens shows
CONTACT_RAD = (np.radians(30.0), np.radians(60.0))  # of water on glass that is not quite clean
# Share that reaches it past the cushion of air, or into a hood and onto a coat that sheds water.
SHELTER = {"windscreen": 0.6, "cover": 0.15, "dome": 0.15}
SNOW_CATCH = 0.4  # flakes follow the air around the glass
MEMORY_S = 90.0  # of glass that nothing wipes: by then new drops have taken the place of old ones
FILLED = 0.6  # times its area that may have been hit before nothing older can be left
SLIDE_M = 2.5e-3  # radius beyond which a drop slides down a vertical pane
LEAST_PULL = 0.12  # of its weight
DRAG_MPS = 22.0  # at which the air pushes a drop up a windscreen as much as its whole weight would pull it
DRYING_M2_PER_S = 1.7e-9  # a drop of 1 mm lasts ten minutes in still air, and a third of that at 20 m/s
CELL_M = 6e-3  # of the grid in which drops look for each other
MELT_S = {"windscreen": 2.0, "cover": 15.0, "dome": 15.0}  # heated from within, or not
ENV_CELLS = 144
ENV_SOFT = 1.1  # cells: drops are never quite smooth
COARSE_PX = 8  # a cell of the film
LAMPS_OUT = 4.0  # times the median light: what is brighter does not count for the light in the vehicle
DIM = 0.26  # of the mean light, that comes back from the dark behind the glass
FILM_SHARE, FILM_DRIES_S = 0.5, 0.55  # of the light, that what a blade leaves behind scatters at first
SOAKED_SHARE = 0.16  # of the light, that the film of a cloudburst scatters all the time
RIDGE_M = 4e-3  # between the ridges that a blade leaves, of which the finest are lost out of focus
BLADE_SHINES = 0.02  # of the mean light
FILM_TAPS, FILM_TAP_SHARE, FILM_SOFT_CELLS = (
    9,
    0.009,
    1.0,
)  # to each side; of the height; before it is smeared


@dataclass(frozen=True, slots=True)
class Fall:
    """What meets the glass in a piece of time."""

    diameter_m: Array  # (S,)
    per_m2_s: Array  # (S,) drops of each size on a square metre of glass in a second
    snow: bool


@dataclass(frozen=True, slots=True)
class WetGlass:
    """The glass before a camera at an instant, whatever is seen through it."""

    pane: Pane
    wiper: Wiper | None
    scale: int  # pixels of the picture across one of the layer in which drops are drawn
    drops: Floats  # (K, I_COLUMNS) as the kernel draws them


def wet_glass(
    stage: Stage,
    name: str,
    camera: Camera[float],
    model: CameraModel,
    ego_from_camera: Array,
    time_ns: int,
) -> WetGlass | None:
    """What lies on the glass; None if it is dry."""
    if not camera.window.drops or not ever_wet(stage):
        return None
    pane = Pane.of(camera, model, ego_from_camera)
    seconds = time_ns * 1e-9
    wiper = wiper_of(stage, camera, pane)
    drops = lying(stage, name, pane, wiper, ego_from_camera, seconds)
    disc = float(pane.confusion_px(model, np.array(pane.distance_m)))
    scale = int(np.clip(disc // 4, 1, 8))
    snowing = stage.trace.weather.at(time_ns).snow_mm_per_h > 0.0
    return WetGlass(pane, wiper, scale, seen_drops(pane, model, drops, seconds, scale, snowing))


def through_glass(
    stage: Stage,
    glass: WetGlass,
    model: CameraModel,
    light: Light,
    world_from_camera: Array,
    time_ns: int,
    shutter_s: float,
    image: Floats,
    threads: int,
) -> Floats:
    """Lay the wet glass over a picture of radiance, in place; (H, W) share of light that it hides."""
    pane, scale = glass.pane, glass.scale
    seconds = time_ns * 1e-9
    hidden = np.empty(image.shape[:2], np.float32)
    some = image[::8, ::8].reshape(-1, 3)
    mean = np.minimum(some, LAMPS_OUT * np.median(some)).mean(axis=0)
    layer = np.zeros(
        (max(-(-model.height_px // scale), 2), max(-(-model.width_px // scale), 2), 4), np.float32
    )
    small = shrunk(
        image, (max(model.height_px // COARSE_PX, 2), max(model.width_px // COARSE_PX, 2)), threads
    )
    if len(glass.drops):
        env = surroundings(model, small, light, world_from_camera, threads)
        even, share, lux = scattered(np.zeros((1, 3), np.float32), "flake", light)
        white = (even + share * lux[0]).astype(np.float32)
        dim = (DIM * mean).astype(np.float32)
        in_slices(
            lambda a, b: draw_drops(a, b, glass.drops, scale, env, dim, white, layer), len(layer), threads, 32
        )
        # Many small drops side by side may add up to a little more than all of the light.
        in_slices(lambda a, b: limit_layer(a, b, layer), len(layer), threads, 32)
    film = np.zeros((*small.shape[:2], 4), np.float32)
    if glass.wiper is not None:
        place = _places(key_of(model), small.shape[:2], pane.kind, pane.distance_m, pane.axes.tobytes())
        _add_blade(pane, glass.wiper, place, seconds, shutter_s, mean, layer, threads)
        soaked = SOAKED_SHARE * min(stage.trace.weather.at(time_ns).rain_mm_per_h / 50.0, 1.0)
        film = _film(stage.seed, glass.wiper, place, small, seconds, soaked, threads)
    in_slices(
        lambda a, b: look_through(a, b, layer, scale, film, COARSE_PX, image, hidden), len(image), threads, 64
    )
    return hidden


def ever_wet(stage: Stage) -> bool:
    """Whether anything falls during the clip."""
    return any(s.rain_mm_per_h > 0.0 or s.snow_mm_per_h > 0.0 for s in stage.trace.weather.states)


def wiper_of(stage: Stage, camera: Camera[float], pane: Pane) -> Wiper | None:
    """The wiper over a camera's pane; None where nothing wipes it."""
    words = camera.window
    if pane.kind != "windscreen" or (words.wiper == "off" and words.wiper_every_s is None):
        return None
    known = stage.wipers.get(words.wiper_every_s)
    if known is not None:
        return known

    def pace(seconds: float) -> float:
        if words.wiper_every_s is not None:
            return float(words.wiper_every_s)
        now = stage.trace.weather.at(round(seconds * 1e9))
        return pace_s(now.rain_mm_per_h + 2.0 * now.snow_mm_per_h)

    # All cameras of a vehicle look through one windscreen and one wiper.
    offset = float(stream(stage.seed, "wiper").uniform())
    made = Wiper.over(pace, float(stage.trace.time_ns[-1]) * 1e-9, offset)
    stage.wipers[words.wiper_every_s] = made
    return made


# -------------------------------------------------------------------------------------------------- what lies there
def lying(
    stage: Stage, name: str, pane: Pane, wiper: Wiper | None, ego_from_camera: Array, seconds: float
) -> Array:
    """(N, D_COLUMNS) drops on the pane at an instant."""
    births = _births(stage, name, pane, wiper, ego_from_camera, seconds)
    if len(births) == 0:
        return births
    world_from_camera, velocity = _way(stage, ego_from_camera, seconds)
    speed = float(np.linalg.norm(velocity))
    down = world_from_camera[:3, :3].T @ np.array([0.0, 0.0, -1.0])
    pull = pane.axes[:2] @ down
    if pane.kind == "windscreen":
        pull[1] += (speed / DRAG_MPS) ** 2
    strength = max(float(np.hypot(*pull)), 1e-6)
    slide_m = SLIDE_M / np.sqrt(max(strength, LEAST_PULL))
    across, tall = (int(n) + 1 for n in (pane.high_m - pane.low_m) / CELL_M)
    out = np.empty((len(births) + 400, D_COLUMNS))
    numbered = int(stream(stage.seed, "camera", name, "window", "ways").integers(1 << 31))
    rows = settle(
        births, seconds, pull[0] / strength, pull[1] / strength, slide_m, pane.low_m[0], pane.low_m[1], CELL_M,
        across, tall, numbered, out,
    )  # fmt: skip
    drops = out[:rows]
    drops = drops[(drops[:, D_GONE] > seconds) & (drops[:, D_BORN] <= seconds)]
    drying = DRYING_M2_PER_S * (1.0 + speed / 10.0) * (seconds - drops[:, D_BORN])
    drops[:, D_RADIUS] = np.sqrt(np.maximum(drops[:, D_RADIUS] ** 2 - drying, 0.0))
    return drops[drops[:, D_RADIUS] > 0.05e-3]


def _births(
    stage: Stage, name: str, pane: Pane, wiper: Wiper | None, ego_from_camera: Array, seconds: float
) -> Array:
    """(N, D_COLUMNS) drops that have fallen on the pane and were not wiped away since, oldest first."""
    last = int(np.floor(seconds / SLOT_S))
    memory = MEMORY_S if wiper is None else min(wiper.memory_s(seconds), MEMORY_S)
    key = (name, pane.kind, pane.low_m.tobytes(), pane.high_m.tobytes(), ego_from_camera.tobytes())
    hit, found, falls, of = 0.0, [], list[Fall](), last + 1
    for slot in range(last, last - int(memory / SLOT_S) - 2, -1):
        fresh = stage.fallen.get((slot, *key))
        if fresh is None:
            # Each piece of time goes by the pose and the weather in its own middle, whichever frame asks; before the
            # clip it fell as at its beginning.
            if max(slot, -1) != of:
                of = max(slot, -1)
                middle_s = max((of + 0.5) * SLOT_S, 0.0)
                falls = falling_on(
                    stage.trace.weather.at(round(middle_s * 1e9)),
                    pane,
                    *_way(stage, ego_from_camera, middle_s),
                )
            fresh = _fallen(stage.seed, name, pane, falls, slot)
            fresh = fresh[pane.in_sight(fresh[:, D_A : D_B + 1])]
            if len(stage.fallen) >= SLOTS_KEPT:
                stage.fallen.clear()
            stage.fallen[(slot, *key)] = fresh
        fresh = fresh[fresh[:, D_BORN] <= seconds]
        if wiper is not None:
            wiped = wiper.wiped_s(fresh[:, D_A : D_B + 1], seconds)
            fresh = fresh[fresh[:, D_BORN] > np.maximum(wiped, seconds - MEMORY_S)]
        found.append(fresh)
        hit += float((fresh[:, D_RADIUS] ** 2).sum()) * np.pi
        if hit > FILLED * pane.area_m2:
            break
    births = np.concatenate(found)
    return births[np.argsort(births[:, D_BORN], kind="stable")]


def _fallen(seed: int, name: str, pane: Pane, falls: list[Fall], slot: int) -> Array:
    """(N, D_COLUMNS) all that falls on the pane in one piece of time."""
    rng = stream(seed, "camera", name, "window", slot)
    parts = [np.zeros((0, D_COLUMNS))]
    for fall in falls:
        rate = float(fall.per_m2_s.sum())
        count = int(rng.poisson(rate * pane.area_m2 * SLOT_S))
        size = (
            rng.choice(fall.diameter_m, count, p=fall.per_m2_s / max(rate, 1e-300)) if count else np.empty(0)
        )
        drops = np.empty((count, D_COLUMNS))
        drops[:, D_A : D_B + 1] = rng.uniform(pane.low_m, pane.high_m, (count, 2))
        contact = rng.uniform(*CONTACT_RAD, count)
        drops[:, D_SINE] = np.sin(contact)
        drops[:, D_RADIUS] = foot_radius_m(size, contact)
        drops[:, D_BORN] = rng.uniform(slot * SLOT_S, (slot + 1) * SLOT_S, count)
        drops[:, D_GONE] = np.inf
        parts.append(drops)
    return np.concatenate(parts)


def falling_on(
    weather: WeatherState, pane: Pane, world_from_camera: Array, velocity_mps: Array
) -> list[Fall]:
    """What meets a pane that moves: drops in the air times the speed at which they come upon it."""
    out = []
    normal = world_from_camera[:3, :3] @ pane.axes[2]
    towards = weather.wind_from_rad + np.pi
    wind = 0.6 * weather.wind_mps * np.array([np.sin(towards), np.cos(towards), 0.0])
    if weather.rain_mm_per_h > 0.0:
        rain = rain_spectrum(weather.rain_mm_per_h)
        kept = rain.diameter_m > LEAST_DROP_M
        size = rain.diameter_m[kept]
        fall = 9.65 - 10.3 * np.exp(-600.0 * size)  # Atlas et al. 1973
        flow = (wind - velocity_mps)[None] - fall[:, None] * np.array([0.0, 0.0, 1.0])
        meets = np.maximum(-(flow @ normal), 0.0)
        out.append(Fall(size, SHELTER[pane.kind] * rain.per_m3[kept] * meets, False))
    if weather.snow_mm_per_h > 0.0:
        snow = snow_spectrum(weather.snow_mm_per_h)
        flow = wind - velocity_mps - [0.0, 0.0, FLAKE_FALL_MPS]
        meets_all = max(-float(flow @ normal), 0.0)
        # Flakes are an eighth of water: as much of their size is left when they have melted.
        out.append(
            Fall(0.38 * snow.diameter_m, SNOW_CATCH * SHELTER[pane.kind] * snow.per_m3 * meets_all, True)
        )
    return out


def foot_radius_m(diameter_m: Array, contact_rad: Array) -> Array:
    """Radius of the foot of the cap that a falling drop becomes: the same water, 1/6 pi d^3 = pi r^3 f(contact)."""
    cosine, sine = np.cos(contact_rad), np.sin(contact_rad)
    shape = (2.0 - 3.0 * cosine + cosine**3) / (3.0 * sine**3)
    return np.asarray(diameter_m * (1.0 / (6.0 * shape)) ** (1.0 / 3.0))


def _way(stage: Stage, ego_from_camera: Array, seconds: float) -> tuple[Array, Array]:
    """(4, 4) world_from_camera and (3,) the ego's velocity, m/s."""
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    now = stage.instant(round(seconds * 1e9))
    return now.world_from_actor(ego) @ ego_from_camera, now.velocity_mps[ego]


# ---------------------------------------------------------------------------------------------------- how it is seen
def seen_drops(
    pane: Pane, model: CameraModel, drops: Array, seconds: float, scale: int, snowing: bool
) -> Floats:
    """(K, I_COLUMNS) drops as the kernel draws them."""
    place = drops[:, D_A : D_B + 1]
    pixel, moves = pane.seen_at(model, place)
    with np.errstate(invalid="ignore"):  # where a fisheye has no pixel, there is no place to move
        det = np.linalg.det(moves)
    kept = np.isfinite(pixel).all(axis=1) & np.isfinite(det) & (np.abs(det) > 1.0)
    drops, place, pixel, moves = drops[kept], place[kept], pixel[kept], moves[kept]
    point = pane.point_m(place)
    away = np.linalg.norm(point, axis=1)
    sight = point / away[:, None]
    right, up, normal = pane.frame_at(place)
    cosine = np.clip((sight * normal).sum(axis=1), 0.05, 1.0)
    inside = sight / WATER + normal * (np.sqrt(1.0 - (1.0 - cosine**2) / WATER**2) - cosine / WATER)[:, None]
    depth = away if model.fisheye else point[:, 2]
    out = np.zeros((len(drops), I_COLUMNS))
    out[:, I_U : I_U + 2] = pixel
    out[:, I_AU : I_AU + 4] = np.linalg.inv(moves).reshape(-1, 4)
    out[:, I_RADIUS] = drops[:, D_RADIUS]
    out[:, I_PUPIL] = 0.5 * pane.pupil_m * np.abs(1.0 - depth / pane.focus_m)
    out[:, I_DISC] = np.maximum(0.5 * pane.confusion_px(model, depth), 0.6 * scale)
    out[:, I_SINE] = drops[:, D_SINE]
    out[:, I_X : I_X + 3] = inside
    for first, axis in ((I_NX, normal), (I_AX, right), (I_BX, up)):
        out[:, first : first + 3] = axis
    # The outline belongs to the place where it came down, whatever else lies there.
    grain = np.modf(np.abs(np.sin(drops[:, D_BORN, None] * [12.9898, 78.233, 39.425, 93.989]) * 43758.5453))[
        0
    ]
    out[:, I_WAVE2], out[:, I_WAVE3] = 0.12 * grain[:, 0], 0.09 * grain[:, 1]
    out[:, I_TURN2], out[:, I_TURN3] = 2.0 * grain[:, 2] - 1.0, 2.0 * grain[:, 3] - 1.0
    if pane.kind == "windscreen":
        # What comes down on leaning glass at a flat angle is drawn out along it.
        out[:, I_WAVE2], out[:, I_TURN2] = 0.10 + 0.14 * grain[:, 0], -1.0
    if snowing:
        out[:, I_WHITE] = np.exp(-(seconds - drops[:, D_BORN]) / MELT_S[pane.kind])
        # A flake lies as wide as it fell, and draws together as it melts.
        out[:, I_RADIUS] *= 1.0 + 0.6 * out[:, I_WHITE]
    return out.astype(np.float32)


def surroundings(
    model: CameraModel, small: Floats, light: Light, world_from_camera: Array, threads: int = 1
) -> Floats:
    """(ENV_CELLS, ENV_CELLS, 3) what comes from all around the axis: the picture, and beyond it sky and ground."""
    ray, where, inside = _all_around(key_of(model), small.shape[:2])
    rise = ray @ world_from_camera[2, :3]
    up = (light.day.sh[0] + light.day.sh[2] + 2 * light.day.sh[6]).astype(np.float64) / np.pi
    sky = np.maximum(up, small[: max(len(small) // 6, 1)].reshape(-1, 3).mean(axis=0) * 0.7)
    ground = small[-max(len(small) // 4, 1) :].reshape(-1, 3).mean(axis=0).astype(np.float64)
    env = np.empty((ENV_CELLS, ENV_CELLS, 3), np.float32)

    def work(start: int, stop: int) -> None:
        u, v = where[0, start:stop], where[1, start:stop]
        seen = cv2.remap(small, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        part = slice(start, stop)
        surround(0, stop - start, rise[part], ground, sky, seen, inside[part], env[part])

    in_slices(work, ENV_CELLS, threads, 16)
    return np.ascontiguousarray(cv2.GaussianBlur(env, (0, 0), ENV_SOFT), np.float32)


@lru_cache(maxsize=24)
def _all_around(key: ModelKey, shape: tuple[int, int]) -> tuple[Array, Floats, Floats]:
    """(n, n, 3) directions all around, (2, n, n) where a small picture has them, (n, n) how much it shows there."""
    model = model_of(key)
    at = ((np.arange(ENV_CELLS) + 0.5) / ENV_CELLS * 2.0 - 1.0) * ENV_REACH
    x, y = np.meshgrid(at, at)
    square = x * x + y * y
    ray = np.stack([2.0 * x, 2.0 * y, 1.0 - square], axis=-1) / (1.0 + square)[..., None]
    size = np.array(shape[::-1])
    cell = size / (model.width_px, model.height_px)
    where = ((np.nan_to_num(project(model, ray), nan=-1e6) + 0.5) * cell - 0.5).astype(np.float32)
    # The picture's border goes over into its surroundings within a tenth of its size.
    edge = np.minimum(where, size - 1 - where).min(axis=-1)
    inside = np.clip(1.0 + edge / (0.1 * size[1]), 0.0, 1.0).astype(np.float32)
    return ray, np.ascontiguousarray(np.moveaxis(where, -1, 0)), inside


@lru_cache(maxsize=24)
def _places(key: ModelKey, shape: tuple[int, int], kind: str, distance_m: float, axes: bytes) -> Array:
    """(h, w, 2) where rays through the middles of the coarse cells pass a pane; far off where they do not."""
    v, u = np.mgrid[: shape[0], : shape[1]] * float(COARSE_PX) + 0.5 * (COARSE_PX - 1)
    rays = pixel_rays(model_of(key), np.stack([u, v], axis=-1))
    bare = Pane(
        kind, distance_m, np.frombuffer(axes).reshape(3, 3), np.zeros(2), np.zeros(2), 0.0, float("inf")
    )
    return np.nan_to_num(bare.behind(rays), nan=10.0)


def _add_blade(
    pane: Pane,
    wiper: Wiper,
    place: Array,
    seconds: float,
    shutter_s: float,
    mean: Floats,
    layer: Floats,
    threads: int,
) -> None:
    """The blade before the drops, in place: a dark bar, out of focus and smeared by its own speed."""
    blade = wiper.blade_rad(seconds)
    if blade is None:
        return
    way_rad, cover = wiper.speed_rad_s(seconds) * shutter_s, np.empty(place.shape[:2], np.float32)
    in_slices(
        lambda a, b: cover_blade(a, b, place, PIVOT_M, blade, way_rad, pane.pupil_m, HALF_BLADE_M, cover),
        len(cover),
        threads,
        16,
    )
    own = np.array([*(BLADE_SHINES * mean), 1.0], np.float32)
    in_slices(lambda a, b: lay_blade(a, b, cover, own, layer), len(layer), threads, 32)


def _film(
    seed: int, wiper: Wiper, place: Array, small: Floats, seconds: float, soaked: float, threads: int
) -> Floats:
    """(h, w, 4) what the film on the glass spreads of a small picture, and the share of the light that it takes."""
    now = wiper.cycle(seconds)
    begin_s, stroke_s = (a[max(now - 1, 0) : now + 1] for a in (wiper.start_s, wiper.stroke_s))
    comb = stream(seed, "wiper", "comb", now).normal(size=256)
    comb = np.convolve(comb, np.ones(3) / 3.0, mode="same")
    along, share = np.empty((*place.shape[:2], 2), np.float32), np.empty(place.shape[:2])
    # Ridges run along the arcs of the blade: they throw light along its arm.
    tap = FILM_TAP_SHARE * len(small)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), FILM_SOFT_CELLS), np.float32)
    film = np.empty((*small.shape[:2], 4), np.float32)

    def work(start: int, stop: int) -> None:
        comb_film(
            start, stop, place, PIVOT_M, SWING_RAD, begin_s, stroke_s, seconds, FILM_SHARE, FILM_DRIES_S, comb,
            RIDGE_M, soaked, tap, share, along,
        )  # fmt: skip
        smear_film(start, stop, soft, along, FILM_TAPS, film)
        film[start:stop, :, 3] = share[start:stop]

    in_slices(work, len(small), threads, 16)
    return film
