"""A camera's exposure of a scene: truth first, then everything that reaches the picture.  Renderers floor.

Rays travel in tiles of 8 x 8 pixels, one packet each.  The truth images are the hits at the pixels' centres; weather,
lens, noise and the extra samples on edges touch the picture only.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers import extras, film, lens, passes
from renderers.adapting import adapted_light
from renderers.bokeh import focused, shifted_colours
from renderers.extras import RowWorlds
from renderers.faults import ActiveFaults, window_of
from renderers.frames import CameraFrame, CameraModel, Extras
from renderers.imager import PRESETS, Sensor, demosaiced, read_out
from renderers.kernels.air import truth
from renderers.kernels.film import untile
from renderers.kernels.occlusion import (
    CELL_PX,
    DIRECTIONS,
    aim_at_sky,
    average,
    collect,
    lobe_directions,
    spread,
)
from renderers.kernels.particles import draw
from renderers.kernels.paths import SAMPLES, aim_between, blend, find_edges
from renderers.lamps import street_light
from renderers.mist import add_mist, mist_before
from renderers.optics import camera_model, lit_pixels, mount_matrix, pixel_rays
from renderers.particles import drawn_depth, exposure_time_s, streaks
from renderers.passes import Bundle, Light
from renderers.puddles import puddle_field
from renderers.rolling import BAND, Rolling, rolling, row_poses
from renderers.ruts import ruts_near
from renderers.scene import CASTS_SHADOW, Scene
from renderers.sky import daylight
from renderers.stage import Stage
from renderers.tracer import Hits, PreparedScene, prepare
from scenarios.chance import stream
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.kernels.jit import in_slices

Floats = NDArray[np.float32]

OPEN_SKY_REACH_M = 5.0  # how far ambient light is blocked by what stands near
SUN_SPREAD = (
    0.0032  # rad: two thirds of the disc's radius, since sixteen samples on a pattern look coarser than light
)


@dataclass(frozen=True, slots=True)
class View:
    """The pixel grid of a camera in tiles; N = 64 * tiles, pixels beyond the border repeat the border's rays."""

    tiles_across: int
    rays: Floats  # (N, 3) camera frame, as optics.pixel_rays gives them
    far: (
        Floats | float
    )  # (N,) how far they reach: -1 where no light comes from, else inf; one number where all is lit
    lit: NDArray[np.bool_] | None  # (H, W) pixels that light reaches; None: all
    right: (
        Floats  # (N, 3), or (1, 3) where it is the same for all: change of a ray over one pixel to the right
    )
    down: Floats  # and over one pixel down
    sky_source: NDArray[np.int32]  # (M,) ray whose point each openness ray leaves from, packed by direction
    sky_pattern: NDArray[np.int32]  # (M,) its row of the sixteen directions
    sky_cell: NDArray[np.int32]  # (M,) its cell of the small image
    sky_shape: tuple[int, int]  # of the small image of openness


def render(
    stage: Stage,
    name: str,
    camera: Camera[float],
    time_ns: int,
    threads: int = 1,
    clean: bool = False,
    faults: ActiveFaults | None = None,
    also: Collection[str] = (),
) -> CameraFrame:
    """Expose one frame; `clean` leaves out weather in the air, particles and noise, with the same truth.

    `also` names what else is made, as `capture: {also: ...}` does.  Faults hide parts of the picture and move the
    camera; its truth is that of the place where it really is.
    """
    faults = faults or ActiveFaults(name, 0, 0)
    scene = stage.scene(time_ns)
    model = camera_model(camera)
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    now = stage.instant(time_ns)
    world_from_ego = now.world_from_actor(ego)
    ego_from_camera = mount_matrix(faults.true_mount(camera.mount), optical=True)
    world_from_camera = world_from_ego @ ego_from_camera
    origin = world_from_camera[:3, 3]
    prepared = prepare(scene, origin)
    view = view_of(model)
    weather = scene.weather
    street = street_light(scene.lamps, origin)
    day = daylight(weather, stage.trace.concrete.seed, 0.55 if weather.snow_depth_m > 0.01 else 0.15, street)
    light = passes.light_of(
        scene,
        day,
        origin,
        float(origin[2] - world_from_ego[2, 3]),
        1.0 / float(model.matrix[0, 0]),
        puddle_field(),
        *ruts_near(stage.trace.road, origin, weather.snow_depth_m),
        drawn_depth(weather, float(model.matrix[0, 0])),
    )
    roll, worlds = None, None
    if camera.readout_s > 0.0:
        rows = row_poses(stage, model.height_px, float(camera.readout_s), ego_from_camera, time_ns)
        roll = rolling(stage, scene, rows, origin)
        row = np.minimum(
            np.repeat(tile_rows(view), 64) * BAND + np.arange(len(view.rays)) % 64 // 8, model.height_px - 1
        )
        direction, begin = roll.aim(view.rays, row)
        worlds = RowWorlds(roll.time_ns, roll.world_from_part, begin)
        bundle = passes.look(roll.tracer(tile_rows(view)), light, direction, begin, threads, view.far)
        roll.hold(bundle, view.tiles_across, threads)
    else:
        direction = np.ascontiguousarray(view.rays @ world_from_camera[:3, :3].T.astype(np.float32))
        bundle = passes.look(prepared, light, direction, None, threads, view.far)
    instance, semantic, depth, transmittance = _truth(model, view, scene, light, bundle, threads)
    radiance = _radiance(prepared, light, model, view, bundle, not clean, threads)
    green = radiance[::64, 1]
    mean_light = float(np.median(green if isinstance(view.far, float) else green[view.far[::64] > 0.0]))
    _smooth_edges(
        prepared, model, view, world_from_camera, bundle, radiance, mean_light, threads, roll, worlds
    )
    image = np.empty((model.height_px, model.width_px, 3), np.float32)
    in_slices(
        lambda start, stop: untile(start, stop, view.tiles_across, radiance, image),
        len(direction) // 64,
        threads,
        passes.TILES_PER_SLICE,
    )
    frame = int(time_ns // 1_000_000)
    lens.add_lamp_images(prepared, light, model, world_from_camera, image)
    shutter_s = exposure_time_s(mean_light) if camera.exposure_s is None else float(camera.exposure_s)

    def flow(then_ns: float) -> Floats:
        return extras.flow_towards(
            stage,
            scene,
            bundle,
            model,
            view.tiles_across,
            world_from_camera,
            ego_from_camera,
            round(then_ns),
            threads,
            worlds,
        )

    if camera.motion_blur:
        image = extras.smeared(image, 2.0 * flow(time_ns + 0.5e9 * shutter_s), depth, threads)
    if camera.focus_m is not None:
        pixel = (
            PRESETS["automotive"].pixel_m
            if camera.imager is None
            else Sensor.of(camera.imager).preset.pixel_m
        )
        focal_px = float(model.matrix[0, 0])
        image = focused(image, depth, focal_px, focal_px * pixel / camera.f_number, float(camera.focus_m))
    if not clean:
        lens.add_halos(light, model, world_from_camera, depth, image, mean_light, threads)
    if not clean:
        clouds = stage.spray.at(time_ns * 1e-9)
        add_mist(mist_before(clouds, light, model, world_from_camera), depth, image, threads)
        velocity = now.velocity_mps[ego]
        fallen = streaks(
            weather, light, model, world_from_camera, velocity, shutter_s, scene.seed, name, frame
        )
        if len(fallen):
            in_slices(lambda a, b: draw(a, b, fallen, depth, image), model.height_px, threads, 64)
    if camera.chromatic_px:
        image = shifted_colours(image, model, float(camera.chromatic_px))
    if view.lit is not None:
        image[~view.lit] = 0.0
    window = window_of(faults, model)
    seen = image if window is None else window.seen_through(image)
    adapted = None
    if camera.exposure_lag_s is not None:

        def glance(words: Camera[float], then_ns: int) -> Floats:
            light = render(stage, name, words, then_ns, threads, also=("linear",)).extras.linear
            assert light is not None
            return light

        adapted = adapted_light(stage.metered.setdefault(name, {}), camera, time_ns, glance)
    exposure = film.meter(seen, day.illuminant, view.lit, camera.white_balance, adapted)
    raw = None
    if camera.imager is None or clean:
        developed = film.develop(seen, model, exposure, scene.seed, frame, not clean, threads, camera.tone)
    else:
        sensor = Sensor.of(camera.imager)
        white = sensor.white_electrons(1.0 / exposure.level, camera.f_number, camera.exposure_s)
        numbered = int(stream(scene.seed, "camera", name, "imager").integers(1 << 31))
        raw = read_out(seen, model, sensor, exposure, white, shutter_s, numbered, frame, threads)
        developed = film.toned(demosaiced(raw, sensor, exposure, white), camera.tone, threads)
    return CameraFrame(
        sensor=name,
        time_ns=int(time_ns),
        model=model,
        world_from_camera=world_from_camera,
        ego_from_camera=ego_from_camera,
        image=developed,
        instance=instance,
        semantic=semantic,
        depth_m=depth,
        transmittance=transmittance,
        stated_ego_from_camera=mount_matrix(camera.mount, optical=True) if faults.moved else None,
        window=None if window is None else window.passes,
        jpeg=camera.jpeg,
        rows=None if roll is None else roll.rows,
        extras=Extras(
            normals=extras.normals(
                scene, bundle, view.rays, model, view.tiles_across, world_from_camera, threads
            )
            if "normals" in also
            else None,
            albedo=extras.albedo(scene, light, bundle, model, view.tiles_across, threads)
            if "albedo" in also
            else None,
            flow_forward=flow(neighbour_ns(stage, time_ns, 1)) if "flow" in also else None,
            flow_backward=flow(neighbour_ns(stage, time_ns, -1)) if "flow" in also else None,
            clean=render(stage, name, camera, time_ns, threads, clean=True).image
            if "clean" in also
            else None,
            linear=image if "linear" in also else None,
            raw=raw if "raw" in also else None,
        ),
    )


def tile_rows(view: View) -> NDArray[np.int64]:
    """(tiles,) which row of tiles each lies in."""
    return np.arange(len(view.rays) // 64) // view.tiles_across


def neighbour_ns(stage: Stage, time_ns: int, step: int) -> int:
    """When the next or the last picture of the clip is taken."""
    rate_hz = stage.trace.concrete.scenario.capture.rate_hz
    return round((round(time_ns * 1e-9 * rate_hz, 6) + step) * 1e9 / rate_hz)


def view_of(model: CameraModel) -> View:
    """The tiled pixel grid of a camera model, kept for the next frame."""
    return _view(
        model.width_px,
        model.height_px,
        model.matrix.tobytes(),
        model.distortion.tobytes(),
        model.fisheye,
        model.field_rad,
    )


@lru_cache(maxsize=24)
def _view(width: int, height: int, matrix: bytes, distortion: bytes, fisheye: bool, field_rad: float) -> View:
    K = np.frombuffer(matrix).reshape(3, 3)
    model = CameraModel(width, height, K, np.frombuffer(distortion), fisheye, field_rad)
    across, down = -(-width // 8), -(-height // 8)
    tile, lane = np.divmod(np.arange(across * down * 64), 64)
    y = np.minimum(tile // across * 8 + lane // 8, height - 1)
    x = np.minimum(tile % across * 8 + lane % 8, width - 1)
    pixels = np.stack([x, y], axis=-1)
    rays = pixel_rays(model, pixels)
    lit = lit_pixels(model)
    far: Floats | float = float("inf")
    aside, below = np.array([[1.0 / K[0, 0], 0.0, 0.0]]), np.array([[0.0, 1.0 / K[1, 1], 0.0]])
    if fisheye:
        # Halfway differences stay inside the image plane for every pixel that light reaches.
        step = np.array([[0.5, 0.0], [0.0, 0.5]])
        aside, below = (2.0 * np.nan_to_num(pixel_rays(model, pixels + half) - rays) for half in step)
        rays = np.where(np.isnan(rays), [0.0, 0.0, 1.0], rays)
    if lit is not None:
        far = np.where(lit[y, x], np.inf, -1.0).astype(np.float32)
    coarse = (-(-height // CELL_PX), -(-width // CELL_PX))
    i, j = np.divmod(np.arange(coarse[0] * coarse[1]), coarse[1])
    pattern = (i % 4) * 4 + j % 4
    block = (i // 32) * (-(-coarse[1] // 32)) + j // 32
    order = np.lexsort((j, i, pattern, block))
    row, column = CELL_PX * i[order], CELL_PX * j[order]
    source = ((row // 8) * across + column // 8) * 64 + (row % 8) * 8 + column % 8
    extra = -len(source) % 64
    return View(
        tiles_across=across,
        rays=np.ascontiguousarray(rays, np.float32),
        far=far,
        lit=lit,
        right=np.ascontiguousarray(aside, np.float32),
        down=np.ascontiguousarray(below, np.float32),
        sky_source=np.concatenate([source, np.full(extra, -1)]).astype(np.int32),
        sky_pattern=np.concatenate([pattern[order], np.zeros(extra)]).astype(np.int32),
        sky_cell=np.concatenate([order, np.zeros(extra)]).astype(np.int32),
        sky_shape=coarse,
    )


def _truth(
    model: CameraModel, view: View, scene: Scene, light: Light, bundle: Bundle, threads: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8], Floats, Floats]:
    shape = (model.height_px, model.width_px)
    instance, semantic = np.empty(shape, np.int32), np.empty(shape, np.uint8)
    depth, transmittance = np.empty(shape, np.float32), np.empty(shape, np.float32)
    geometry = scene.geometry

    def work(start: int, stop: int) -> None:
        truth(
            start,
            stop,
            view.tiles_across,
            bundle.direction,
            bundle.hits.range_m,
            bundle.hits.placement,
            bundle.hits.triangle,
            scene.instance,
            geometry.instance,
            geometry.semantic,
            SEMANTIC_ID["sky"],
            light.air,
            instance,
            semantic,
            depth,
            transmittance,
        )

    in_slices(work, len(bundle.direction) // 64, threads, passes.TILES_PER_SLICE)
    if view.lit is not None:
        semantic[~view.lit] = SEMANTIC_ID["void"]
        transmittance[~view.lit] = 1.0
    return instance, semantic, depth, transmittance


def _radiance(
    prepared: PreparedScene,
    light: Light,
    model: CameraModel,
    view: View,
    bundle: Bundle,
    air: bool,
    threads: int,
) -> Floats:
    size = (model.width_px, model.height_px, view.tiles_across)
    sun_seen = passes.sun_on(prepared, light, bundle, sun_jitter(), size, threads)
    open_sky = _open_sky(prepared, view, bundle, threads)
    lamp_list, lamp_seen = passes.lamps_on(prepared, light, bundle, True, threads)
    mirror, weight, behind = passes.sent_on(prepared, light, bundle, air, passes.DEPTH, size, threads)
    return passes.glow(
        light, bundle, sun_seen, open_sky, mirror, weight, behind, lamp_list, lamp_seen, air, threads
    )


def _smooth_edges(
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
    tracer: passes.Tracer = prepared
    starts: Floats | None = None
    if roll is None or worlds is None:
        index = passes.packed_index(edge)
    else:  # each packet in one band of rows
        band = 64 * view.tiles_across
        parts = [
            np.where(part >= 0, part + first, -1)
            for first in range(0, len(edge), band)
            for part in [passes.packed_index(edge[first : first + band])]
        ]
        index = np.concatenate(parts).astype(np.int32)
        sizes = [SAMPLES * len(part) // 64 for part in parts]
        tracer = roll.tracer(np.repeat(np.arange(len(parts)), sizes))
        starts = np.ascontiguousarray(worlds.starts[np.repeat(np.maximum(index, 0), SAMPLES)])
    if len(index) == 0:
        return
    world = world_from_camera[:3, :3].T.astype(np.float32)
    right, down = np.ascontiguousarray(view.right @ world), np.ascontiguousarray(view.down @ world)
    ahead = np.empty((len(index) * SAMPLES, 3), np.float32)
    extra = Hits.empty(len(ahead))
    out = np.empty((len(index), 3), np.float32)

    def work(start: int, stop: int) -> None:
        aim_between(start * SAMPLES * 64, stop * SAMPLES * 64, index, bundle.direction, right, down, ahead)
        tracer.trace_into(extra, ahead, starts, start=start * SAMPLES, stop=stop * SAMPLES)
        blend(
            start * 64,
            min(stop * 64, int(edge.sum())) if roll is None else stop * 64,
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

    in_slices(work, len(index) // 64, threads, passes.TILES_PER_SLICE)
    radiance[index[index >= 0]] = out[index >= 0]


def _open_sky(prepared: PreparedScene, view: View, bundle: Bundle, threads: int) -> Floats:
    lobe, reach = lobe_directions(OPEN_SKY_REACH_M)
    count = len(view.sky_source)
    direction = np.empty((count, 3), np.float32)
    begin = np.empty((count, 3), np.float32)
    limit = np.empty(count, np.float32)
    hits = Hits.empty(count)
    height, width = view.sky_shape
    cells = np.empty((height * width, 5), np.float32)

    def aim(start: int, stop: int) -> None:
        a, b = start * 64, stop * 64
        aim_at_sky(
            a,
            b,
            view.sky_source,
            view.sky_pattern,
            lobe,
            reach,
            bundle.hits.triangle,
            bundle.surface,
            bundle.offset_m,
            direction,
            begin,
            limit,
        )
        prepared.trace_into(
            hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW, start=start, stop=stop
        )
        collect(
            a,
            b,
            view.sky_source,
            view.sky_cell,
            hits.placement,
            bundle.hits.triangle,
            bundle.hits.range_m,
            bundle.surface,
            cells,
        )

    in_slices(aim, count // 64, threads, passes.TILES_PER_SLICE)
    grid = cells.reshape(height, width, 5)
    smooth = np.empty((height, width), np.float32)
    in_slices(lambda start, stop: average(start, stop, grid, smooth), height, threads, 32)
    open_sky = np.empty(len(bundle.direction), np.float32)
    in_slices(
        lambda start, stop: spread(
            start,
            stop,
            view.tiles_across,
            grid,
            smooth,
            bundle.hits.range_m,
            bundle.hits.triangle,
            bundle.surface,
            open_sky,
        ),
        len(bundle.direction) // 64,
        threads,
        passes.TILES_PER_SLICE,
    )
    return open_sky


@lru_cache(maxsize=1)
def sun_jitter() -> Floats:
    """(64, 2) points of the sun's disc, one for each lane of a packet, even over every 4 x 4 pixels."""
    lane = np.arange(64)
    rank = (lane // 8 % 4) * 4 + lane % 4
    shuffled = (rank * 7 + 3) % DIRECTIONS
    radius = SUN_SPREAD * np.sqrt((shuffled + 0.5) / DIRECTIONS)
    turn = 2 * np.pi * 0.6180339887 * shuffled
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1).astype(np.float32)
