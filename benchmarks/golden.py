"""Every level of quality against the path tracer: cost, SSIM and relative error, as a table.

    python benchmarks/golden.py [--size 192x108] [--paths 64] [--out FOLDER] [SCENE ...]

Costs are processor seconds of one core, the second frame of each level, so that nothing is compiled or baked in them.
With --out each scene becomes a picture: the levels side by side, the reference last.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from renderers.camera import render
from renderers.frames import CameraFrame
from renderers.likeness import brightness, relative_error, ssim
from renderers.quality import Quality
from renderers.stage import Stage
from scenarios import load, resolve
from scenarios.schema import Camera
from sim.app.catalogue import find_scenario
from sim.simulate import simulate

# Scene: catalogue file, seconds into it, what is set otherwise.
SCENES: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "noon": (
        "town_crossing",
        1.5,
        (
            "world.clock={sun: {elevation: 50 deg, azimuth: 150 deg}}",
            "world.weather=[{clouds: 2 okta}]",
        ),
    ),
    "low sun": ("truck_behind_bend_low_sun", 1.5, ()),
    "dusk, rain": ("child_behind_van", 1.5, ()),
    "night, wet": ("cyclist_night_wet", 1.5, ()),
    "fog": ("highway_cutin_fog", 1.5, ()),
    "fog, street": (
        "child_behind_van",
        1.5,
        (
            "world.clock={sun: {elevation: 42 deg, azimuth: 200 deg}}",
            "world.weather=[{fog: {visibility: 90 m}, clouds: 8 okta, air: 4 degC}]",
            "world.surface={state: dry}",
        ),
    ),
    "snow": ("deer_snow", 1.5, ()),
}
FAST = ("draft", "standard", "high")


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("scenes", nargs="*", default=list(SCENES), metavar="SCENE")
    words.add_argument("--size", default="192x108", help="width x height of the pictures, pixels")
    words.add_argument("--paths", type=int, default=64, help="light paths of a reference pixel")
    words.add_argument("--out", type=Path, help="folder for pictures")
    asked = words.parse_args()
    width, height = (int(side) for side in asked.size.split("x"))
    print(
        f"{'scene':12} {'level':10} {'s a frame':>10} {'ratio':>7} {'SSIM':>6} {'error':>6} {'bright':>6}",
        flush=True,
    )
    for scene in asked.scenes:
        stage, name, camera, time_ns = prepared(scene, width, height)
        spent_s, slow = timed(stage, name, camera, time_ns, Quality.of("reference", asked.paths))
        frames, costs = [], {}
        for level in FAST:
            timed(stage, name, camera, time_ns, Quality.of(level))
            costs[level], frame = timed(stage, name, camera, time_ns, Quality.of(level))
            frames.append(frame)
        for level, frame in zip(FAST, frames, strict=True):
            assert frame.extras.linear is not None and slow.extras.linear is not None
            print(
                f"{scene:12} {level:10} {costs[level]:10.3f} {costs[level] / costs['standard']:7.2f} "
                f"{ssim(frame.image, slow.image):6.3f} {relative_error(frame.extras.linear, slow.extras.linear):6.3f} "
                f"{brightness(frame.extras.linear, slow.extras.linear):6.2f}",
                flush=True,
            )
        print(f"{scene:12} {'reference':10} {spent_s:10.3f} {spent_s / costs['standard']:7.0f}", flush=True)
        if asked.out is not None:
            asked.out.mkdir(parents=True, exist_ok=True)
            sheet = np.concatenate([frame.image for frame in (*frames, slow)], axis=1)
            cv2.imwrite(
                str(asked.out / f"{scene.replace(', ', '_').replace(' ', '_')}.png"), sheet[..., ::-1]
            )


def prepared(scene: str, width: int, height: int) -> tuple[Stage, str, Camera[float], int]:
    """A scene ready to be rendered by its front camera at another size."""
    file, at_s, overrides = SCENES[scene]
    concrete = resolve(load(find_scenario(Path(file)), overrides))
    cameras = concrete.rig.cameras
    name = min(cameras, key=lambda known: ("front" not in known, known))
    camera = cameras[name]
    changes: dict[str, Any] = {"width_px": width, "height_px": height, "focal_px": None, "centre_px": None}
    if camera.fov_rad is None:
        assert camera.focal_px is not None
        changes["fov_rad"] = 2 * float(np.arctan(0.5 * camera.width_px / camera.focal_px))
    return Stage(simulate(concrete)), name, camera.model_copy(update=changes), round(at_s * 1e9)


def timed(
    stage: Stage, name: str, camera: Camera[float], time_ns: int, quality: Quality
) -> tuple[float, CameraFrame]:
    """Processor seconds of one frame, and the frame."""
    began = time.process_time()
    frame = render(stage, name, camera, time_ns, quality=quality, also=("linear",))
    return time.process_time() - began, frame


if __name__ == "__main__":
    main()
