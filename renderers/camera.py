"""A camera's exposure of a scene: truth first, then everything that reaches the picture.  Renderers floor.

Rays travel in tiles of 8 x 8 pixels, one packet each.  The truth images are the hits at the pixels' centres; weather,
lens, noise and the extra samples on edges touch the picture only.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Collection
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from renderers import extras, film, frame_light, lens, passes, reference
from renderers.adapting import adapted_light
from renderers.bokeh import focused, shifted_colours
from renderers.droplets import WetGlass, through_glass, wet_glass
from renderers.extras import RowWorlds
from renderers.faults import ActiveFaults, window_of
from renderers.flare import add_flare
from renderers.frame_light import Light
from renderers.frames import TRANSMITTANCE_STEPS, CameraFrame, CameraModel, Extras
from renderers.imager import PRESETS, Sensor, demosaiced, read_out
from renderers.kernels.air import rounded, truth
from renderers.kernels.film import untile
from renderers.lamps import street_light
from renderers.lighting import SNOWY_M, mean_picture, radiance_of, smooth_edges
from renderers.mist import add_mist, mist_before
from renderers.moon import add_moon
from renderers.optics import camera_model, mount_matrix, world_directions
from renderers.own_body import own_truth, with_own_body
from renderers.particles import drawn_depth, exposure_time_s, lay, streaks
from renderers.passes import Bundle
from renderers.plume_light import PlumeShade
from renderers.puddles import puddle_field
from renderers.quality import STANDARD, Quality
from renderers.rolling import BAND, rolling, row_poses
from renderers.ruts import ruts_near
from renderers.scene import Scene
from renderers.sky import daylight
from renderers.splashes import splashes
from renderers.stage import Stage
from renderers.tracer import prepare
from renderers.view import View, view_of
from scenarios.chance import stream
from scenarios.errors import StormlaneError
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.slices import in_slices

Floats = NDArray[np.float32]


def render(
    stage: Stage,
    name: str,
    camera: Camera[float],
    time_ns: int,
    threads: int = 1,
    clean: bool = False,
    faults: ActiveFaults | None = None,
    also: Collection[str] = (),
    quality: Quality = STANDARD,
) -> CameraFrame:
    """Expose one frame; `clean` leaves out weather in the air, particles and noise, with the same truth.

    `also` names what else is made, as `capture: {also: ...}` does.  Faults hide parts of the picture and move the
    camera; its truth is that of the place where it really is.  `quality` is what the picture's light is worth; it does
    not touch the truth.
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
    others = scene
    scene = with_own_body(others, stage, name, camera, model, ego_from_camera)
    prepared = prepare(scene, origin)
    view = view_of(model)
    weather = scene.weather
    street = street_light(scene.lamps, origin)
    day = daylight(
        weather, stage.trace.concrete.seed, 0.55 if weather.snow_depth_m > SNOWY_M else 0.15, street
    )
    light = frame_light.light_of(
        scene,
        day,
        origin,
        float(origin[2] - world_from_ego[2, 3]),
        1.0 / float(model.matrix[0, 0]),
        puddle_field(),
        *ruts_near(stage.trace.road, origin, weather.snow_depth_m),
        drawn_depth(weather, float(model.matrix[0, 0])),
    )
    balls = stage.airborne.at(time_ns * 1e-9)
    if not clean:
        light = replace(light, plumes=PlumeShade.of(balls, origin, day.sun_direction.astype(np.float64)))
    roll, worlds = None, None
    if camera.readout_s > 0.0:
        rows = row_poses(stage, model.height_px, float(camera.readout_s), ego_from_camera, time_ns)
        roll = rolling(stage, scene, rows, origin)
        row = np.minimum(
            np.repeat(tile_rows(view), 64) * BAND + np.arange(len(view.rays)) % 64 // 8, model.height_px - 1
        )
        direction, begin = roll.aim(view.rays, row)
        worlds = RowWorlds(roll.time_ns, roll.world_from_part, begin)
        bands = roll.tracer(tile_rows(view))
        rowwise = np.arange(len(view.tiles), dtype=np.int32)  # a row of tiles shares a band
        bundle = passes.look_ahead(
            bands, light, direction, begin, rowwise, threads, view.far, quality.least_mirror
        )
        bundle = roll.hold(bundle, view.tiles_across, threads)
    else:
        direction = world_directions(view.rays, world_from_camera, threads)
        bundle = passes.look_ahead(
            prepared, light, direction, None, view.tiles, threads, view.far, quality.least_mirror
        )
    instance, semantic, depth, transmittance = _truth(model, view, scene, light, bundle, threads)
    if scene is not others:  # the ego is in view
        own_truth(stage, instance, semantic)
    if quality.paths and roll is not None:
        raise StormlaneError(
            f"{name}: quality reference knows no rolling shutter; leave out readout, or choose quality high"
        )
    # Pictures between the pixels' centres would need rows of their own: such cameras get one, with its edges.
    several = quality.pictures > 1 and roll is None
    if quality.paths:
        triangles = len(stage.static.mesh.triangles)
        image = reference.picture(
            prepared,
            light,
            model,
            world_from_camera,
            triangles,
            stage.seed,
            quality.paths,
            not clean,
            threads,
        )
        mean_light = float(np.median(image[..., 1] if view.lit is None else image[view.lit, 1]))
    else:
        if several:
            radiance = mean_picture(
                prepared, light, model, view, world_from_camera, quality, not clean, threads
            )
        else:
            radiance = radiance_of(prepared, light, model, view, bundle, quality, not clean, threads)
        green = radiance[::64, 1]
        mean_light = float(
            np.nanmedian(green if isinstance(view.far, float) else green[view.far[::64] > 0.0])
        )
        if quality.edges or (quality.pictures > 1 and not several):
            smooth_edges(
                prepared, model, view, world_from_camera, bundle, radiance, mean_light, threads, roll, worlds
            )
        image = np.empty((model.height_px, model.width_px, 3), np.float32)
        dark = np.empty(len(direction) // 64, np.bool_)
        in_slices(
            lambda start, stop: untile(start, stop, view.tiles_across, radiance, image, dark),
            len(dark),
            threads,
            passes.TILES_PER_SLICE,
        )
    if quality.paths or dark.any():
        film.with_light(image, name, time_ns, threads)  # before lenses spread what is no number
    frame = int(time_ns // 1_000_000)
    add_moon(weather, model, world_from_camera, depth, image)
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
    pixel_m = (
        PRESETS["automotive"].pixel_m if camera.imager is None else Sensor.of(camera.imager).preset.pixel_m
    )
    if camera.focus_m is not None:
        focal_px = float(model.matrix[0, 0])
        image = focused(image, depth, focal_px, focal_px * pixel_m / camera.f_number, float(camera.focus_m))

    @cache
    def falling() -> tuple[Floats, WetGlass | None]:
        """Crowns and streaks (K, P_COLUMNS), and the glass: many small steps, which no threads can share."""
        crowns = splashes(
            weather, light, model, world_from_camera, float(world_from_ego[2, 3]), depth, semantic, scene.seed, name,
            frame,
        )  # fmt: skip
        velocity = now.velocity_mps[ego]
        drawn = streaks(
            weather, light, model, world_from_camera, velocity, shutter_s, scene.seed, name, frame
        )
        glass = wet_glass(stage, name, camera, model, ego_from_camera, time_ns)
        return np.concatenate([crowns, drawn]), glass

    if not clean and not quality.paths:
        lens.add_halos(light, model, world_from_camera, depth, image, mean_light, threads, falling)
    mist = mist_before(balls, light, model, world_from_camera, prepared)
    add_mist(mist, depth, image, transmittance, not clean, threads)
    in_slices(
        lambda a, b: rounded(a, b, transmittance, np.float32(TRANSMITTANCE_STEPS)),
        model.height_px,
        threads,
        film.ROWS_PER_SLICE,
    )
    drops = None
    if not clean:
        particles, glass = falling()
        lay(particles, depth, image, threads)
        if glass is not None:
            drops = through_glass(
                stage, glass, model, light, world_from_camera, time_ns, shutter_s, image, threads
            )
    aperture_m = float(model.matrix[0, 0]) * pixel_m / camera.f_number
    add_flare(image, model, aperture_m, camera.blades, float(camera.coating), name, scene.seed, threads)
    if camera.chromatic_px:
        image = shifted_colours(image, model, float(camera.chromatic_px))
    if view.lit is not None:
        image[~view.lit] = 0.0
    film.with_light(image, name, time_ns, threads)
    window = window_of(faults, model)
    seen = image if window is None else window.seen_through(image)
    adapted = None
    if camera.exposure_lag_s is not None:

        def glance(words: Camera[float], then_ns: int) -> Floats:
            light = render(stage, name, words, then_ns, threads, also=("linear",)).extras.linear
            assert light is not None
            return light

        adapted = adapted_light(stage.metered.setdefault(name, {}), camera, time_ns, glance)
    exposure = film.meter(
        seen,
        day.illuminant,
        view.lit,
        camera.white_balance,
        adapted,
        film.balance_error(scene.seed, name),
    )
    raw = None
    if camera.imager is None or clean:
        developed = film.develop(seen, model, exposure, scene.seed, frame, not clean, threads, camera.tone)
    else:
        sensor = Sensor.of(camera.imager)
        white = sensor.white_electrons(1.0 / exposure.level, camera.f_number, camera.exposure_s)
        numbered = int(stream(scene.seed, "camera", name, "imager").integers(1 << 31))
        raw = read_out(seen, model, sensor, exposure, white, shutter_s, numbered, frame, threads)
        developed = film.toned(
            demosaiced(raw, sensor, exposure, white), camera.tone, threads, exposure.chroma
        )
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
            flow_3d=extras.flow_in_space(
                stage,
                scene,
                bundle,
                model,
                view.tiles_across,
                world_from_camera,
                neighbour_ns(stage, time_ns, 1),
                worlds,
            )
            if "flow_3d" in also
            else None,
            clean=render(stage, name, camera, time_ns, threads, clean=True, quality=quality).image
            if "clean" in also
            else None,
            linear=image if "linear" in also else None,
            raw=raw if "raw" in also else None,
            lens=(np.zeros_like(depth) if drops is None else drops) if "lens" in also else None,
        ),
    )


def tile_rows(view: View) -> NDArray[np.int64]:
    """(tiles,) which row of tiles each lies in."""
    return np.arange(len(view.rays) // 64) // view.tiles_across


def neighbour_ns(stage: Stage, time_ns: int, step: int) -> int:
    """When the next or the last picture of the clip is taken."""
    rate_hz = stage.trace.concrete.scenario.capture.rate_hz
    return round((round(time_ns * 1e-9 * rate_hz, 6) + step) * 1e9 / rate_hz)


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
