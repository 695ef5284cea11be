"""Rain and snow on the glass before a camera: which drops lie there, and the picture through them.  Renderers floor.

What lies on a pane follows from what has fallen on it since it was last wiped, and every drop that ever falls belongs to
(seed, camera, half second): any frame can be asked about alone.  Drops are caps of water after Halimeh and Roser 2009
and von Bernuth et al. 2018; splash counts, shelter and wiping are reasoned where no source stands beside them.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

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
from renderers.optics import pixel_rays, project
from renderers.pane import Pane
from renderers.particles import FLAKE_FALL_MPS, rain_spectrum, scattered, snow_spectrum
from renderers.stage import Stage
from renderers.wiper import HALF_BLADE_M, PIVOT_M, Wiper, beside_m, pace_s
from scenarios.chance import stream
from scenarios.schema import Camera
from sim.kernels.jit import in_slices
from sim.weather import WeatherState

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

SLOT_S = 0.5  # drops are drawn from a stream for each such piece of time
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


def through_glass(
    stage: Stage,
    name: str,
    camera: Camera[float],
    model: CameraModel,
    light: Light,
    world_from_camera: Array,
    ego_from_camera: Array,
    time_ns: int,
    shutter_s: float,
    image: Floats,
    threads: int,
) -> Floats | None:
    """Lay the wet glass over a picture of radiance, in place; (H, W) share of light that it hides, None if it is dry."""
    if not camera.window.drops or not ever_wet(stage):
        return None
    pane = Pane.of(camera, model, ego_from_camera)
    seconds = time_ns * 1e-9
    wiper = wiper_of(stage, camera, pane)
    drops = lying(stage, name, pane, wiper, ego_from_camera, seconds)
    hidden = np.zeros(image.shape[:2], np.float32)
    some = image[::8, ::8].reshape(-1, 3)
    mean = np.minimum(some, LAMPS_OUT * np.median(some)).mean(axis=0)
    disc = float(pane.confusion_px(model, np.array(pane.distance_m)))
    scale = int(np.clip(disc // 4, 1, 8))
    layer = np.zeros(
        (max(-(-model.height_px // scale), 2), max(-(-model.width_px // scale), 2), 4), np.float32
    )
    shrunk = cv2.resize(
        image,
        (max(model.width_px // COARSE_PX, 2), max(model.height_px // COARSE_PX, 2)),
        interpolation=cv2.INTER_AREA,
    )
    small = np.asarray(shrunk, np.float32)
    if len(drops):
        snowing = stage.trace.weather.at(time_ns).snow_mm_per_h > 0.0
        table = seen_drops(pane, model, drops, seconds, scale, snowing)
        env = surroundings(model, small, light, world_from_camera)
        white = scattered(np.zeros((1, 3)), "flake", light, world_from_camera)[0].astype(np.float32)
        dim = (DIM * mean).astype(np.float32)
        in_slices(
            lambda a, b: draw_drops(a, b, table, scale, env, dim, white, layer), len(layer), threads, 32
        )
        # Many small drops side by side may add up to a little more than all of the light.
        over = np.maximum(layer[..., 3], 1.0)
        layer[over > 1.0] /= over[over > 1.0][:, None]
    film = np.zeros((*small.shape[:2], 4), np.float32)
    if wiper is not None:
        place = np.nan_to_num(pane.behind(_grid(model, small.shape[:2])), nan=10.0)
        _add_blade(pane, wiper, place, seconds, shutter_s, mean, layer)
        soaked = SOAKED_SHARE * min(stage.trace.weather.at(time_ns).rain_mm_per_h / 50.0, 1.0)
        film = _film(stage.seed, wiper, place, small, seconds, soaked, threads)
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

    def pace(seconds: float) -> float:
        if words.wiper_every_s is not None:
            return float(words.wiper_every_s)
        now = stage.trace.weather.at(round(seconds * 1e9))
        return pace_s(now.rain_mm_per_h + 2.0 * now.snow_mm_per_h)

    # All cameras of a vehicle look through one windscreen and one wiper.
    offset = float(stream(stage.seed, "wiper").uniform())
    return Wiper.over(pace, float(stage.trace.time_ns[-1]) * 1e-9, offset)


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
    hit, found, falls = 0.0, [], list[Fall]()
    for slot in range(last, last - int(memory / SLOT_S) - 2, -1):
        # Each piece of time goes by the pose and the weather in its own middle, whichever frame asks.
        if slot >= -1:
            middle_s = max((slot + 0.5) * SLOT_S, 0.0)
            falls = falling_on(
                stage.trace.weather.at(round(middle_s * 1e9)), pane, *_way(stage, ego_from_camera, middle_s)
            )
        fresh = _fallen(stage.seed, name, pane, falls, slot)
        fresh = fresh[(fresh[:, D_BORN] <= seconds) & pane.in_sight(fresh[:, D_A : D_B + 1])]
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


def surroundings(model: CameraModel, small: Floats, light: Light, world_from_camera: Array) -> Floats:
    """(ENV_CELLS, ENV_CELLS, 3) what comes from all around the axis: the picture, and beyond it sky and ground."""
    at = ((np.arange(ENV_CELLS) + 0.5) / ENV_CELLS * 2.0 - 1.0) * ENV_REACH
    x, y = np.meshgrid(at, at)
    square = x * x + y * y
    ray = np.stack([2.0 * x, 2.0 * y, 1.0 - square], axis=-1) / (1.0 + square)[..., None]
    rise = ray @ world_from_camera[2, :3]
    up = (light.day.sh[0] + light.day.sh[2] + 2 * light.day.sh[6]).astype(np.float64) / np.pi
    sky = np.maximum(up, small[: max(len(small) // 6, 1)].reshape(-1, 3).mean(axis=0) * 0.7)
    ground = small[-max(len(small) // 4, 1) :].reshape(-1, 3).mean(axis=0)
    share = np.clip(0.5 + rise / 0.3, 0.0, 1.0)[..., None]
    env = (ground + (sky - ground) * share).astype(np.float32)
    pixel = project(model, ray)
    cell = np.array([small.shape[1] / model.width_px, small.shape[0] / model.height_px])
    where = ((np.nan_to_num(pixel, nan=-1e6) + 0.5) * cell - 0.5).astype(np.float32)
    seen = cv2.remap(small, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # The picture's border goes over into its surroundings within a tenth of its size.
    size = np.array([small.shape[1], small.shape[0]])
    inside = np.clip(1.0 + np.minimum(where, size - 1 - where).min(axis=-1) / (0.1 * size[1]), 0.0, 1.0)
    env += (seen - env) * inside[..., None].astype(np.float32)
    return np.ascontiguousarray(cv2.GaussianBlur(env, (0, 0), ENV_SOFT), np.float32)


def _grid(model: CameraModel, shape: tuple[int, int]) -> Array:
    """(h, w, 3) rays through the middles of the coarse cells."""
    v, u = np.mgrid[: shape[0], : shape[1]] * float(COARSE_PX) + 0.5 * (COARSE_PX - 1)
    return pixel_rays(model, np.stack([u, v], axis=-1))


def _add_blade(
    pane: Pane, wiper: Wiper, place: Array, seconds: float, shutter_s: float, mean: Floats, layer: Floats
) -> None:
    """The blade before the drops, in place: a dark bar, out of focus and smeared by its own speed."""
    blade = wiper.blade_rad(seconds)
    if blade is None:
        return
    cell = np.abs(np.gradient(place, axis=0)).max(axis=-1)
    way = wiper.speed_rad_s(seconds) * shutter_s * np.linalg.norm(place - PIVOT_M, axis=-1)
    soft = np.sqrt((0.5 * pane.pupil_m) ** 2 + (0.5 * way) ** 2 + cell**2)
    inner, outer = np.abs(HALF_BLADE_M - soft), HALF_BLADE_M + soft
    rises = np.clip((outer - beside_m(place, blade)) / (outer - inner), 0.0, 1.0)
    most = np.minimum(HALF_BLADE_M / soft, 1.0)
    small = (most * rises * rises * (3.0 - 2.0 * rises)).astype(np.float32)
    cover = cv2.resize(small, (layer.shape[1], layer.shape[0]), interpolation=cv2.INTER_LINEAR)[..., None]
    own = np.concatenate([BLADE_SHINES * mean, [1.0]]).astype(np.float32)
    layer += (own - layer) * cover


def _film(
    seed: int, wiper: Wiper, place: Array, small: Floats, seconds: float, soaked: float, threads: int
) -> Floats:
    """(h, w, 4) what the film on the glass spreads of a small picture, and the share of the light that it takes."""
    since = seconds - wiper.wiped_s(place, seconds)
    from_pivot = place - PIVOT_M
    distance = np.linalg.norm(from_pivot, axis=-1)
    comb = stream(seed, "wiper", "comb", wiper.cycle(seconds)).normal(size=256)
    comb = np.convolve(comb, np.ones(3) / 3.0, mode="same")
    ridge = np.interp(distance / RIDGE_M % 256.0, np.arange(256), comb)
    share = FILM_SHARE * np.exp(-since / FILM_DRIES_S) * np.clip(0.45 + 0.7 * ridge, 0.0, 1.0) + soaked
    # Ridges run along the arcs of the blade: they throw light along its arm.
    aim = from_pivot / np.maximum(distance, 1e-9)[..., None]
    tap = FILM_TAP_SHARE * len(small)
    along = np.ascontiguousarray(np.stack([aim[..., 0], -aim[..., 1]], axis=-1) * tap, np.float32)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), FILM_SOFT_CELLS), np.float32)
    smeared = np.empty_like(small)
    in_slices(lambda a, b: smear_film(a, b, soft, along, FILM_TAPS, smeared), len(small), threads, 16)
    return np.concatenate([smeared, np.clip(share, 0.0, 0.8)[..., None]], axis=-1).astype(np.float32)
