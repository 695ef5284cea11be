"""Draws docs/pictures/radar/*.png: what radars report of a motorway, and lobes of the road.

Run it after a change of the radar: python docs/generate_radar.py (half a minute on one core).
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import scenarios  # noqa: E402
from docs.generate_lidar import BLUE, GREY, RED, Chart  # noqa: E402
from renderers.radar import observe  # noqa: E402
from renderers.radar_paths import lobing  # noqa: E402
from renderers.radar_scan import RadarCause, RadarScan  # noqa: E402
from renderers.stage import Stage  # noqa: E402
from sim.simulate import simulate  # noqa: E402
from tests.support.naive_trace import CLEAR  # noqa: E402

FOLDER = ROOT / "docs/pictures/radar"
SCANS, EACH_NS = 4, 66_000_000
PX_PER_M, AHEAD_M, BEHIND_M, ASIDE_M = 8, 115.0, 25.0, 18.0
COLORS = {  # BGR
    RadarCause.TARGET: (60, 200, 60),
    RadarCause.GHOST: (220, 60, 255),
    RadarCause.CLUTTER: (150, 140, 130),
    RadarCause.RAIN: (255, 160, 60),
    RadarCause.FALSE_ALARM: (60, 60, 255),
}
FONT = cv2.FONT_HERSHEY_SIMPLEX


def from_above(stage: Stage, scans: list[RadarScan], time_ns: int) -> NDArray[np.uint8]:
    """Detections about the ego, which drives to the right; boxes are the truth at the middle scan."""
    size = (round(2 * ASIDE_M * PX_PER_M), round((AHEAD_M + BEHIND_M) * PX_PER_M))
    image = np.full((size[0] + 26, size[1], 3), 18, np.uint8)
    now = stage.instant(time_ns)
    ego = stage.trace.index("ego")
    world_from_ego = now.world_from_actor(ego)
    ego_from_world = np.linalg.inv(world_from_ego)

    def at(local: NDArray[np.float64]) -> NDArray[np.int32]:
        return np.stack(
            [(local[:, 0] + BEHIND_M) * PX_PER_M, (ASIDE_M - local[:, 1]) * PX_PER_M], axis=1
        ).astype(np.int32)

    for column, actor in enumerate(stage.trace.actors):
        if not now.present[column]:
            continue
        half = 0.5 * np.array(actor.size_m)
        corners = np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)]) * half[:2]
        pose = ego_from_world @ now.world_from_actor(column)
        local = np.column_stack([corners, np.zeros(4)]) @ pose[:3, :3].T + pose[:3, 3]
        cv2.polylines(
            image, [at(local)], True, (255, 255, 255) if column == ego else (110, 170, 220), 1, cv2.LINE_AA
        )
    for scan in scans:
        pose = scan.ego_from_radar  # of its own time: what drives along stays where it is
        local = scan.xyz_m.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
        pixel = at(local)
        for k in np.argsort(scan.cause == RadarCause.TARGET, kind="stable"):
            color = COLORS[RadarCause(int(scan.cause[k]))]
            moves = abs(float(scan.ground_rate_mps[k])) > 0.5
            cv2.circle(image, tuple(int(v) for v in pixel[k]), 3 if moves else 2, color, -1, cv2.LINE_AA)
            if moves:
                turn = float(scan.azimuth_rad[k])
                way = (
                    pose[:2, :2]
                    @ np.array([np.cos(turn), np.sin(turn)])
                    * float(scan.ground_rate_mps[k])
                    * 0.15
                )
                tip = at((local[k] + np.append(way, 0.0))[None])[0]
                cv2.line(
                    image, tuple(int(v) for v in pixel[k]), tuple(int(v) for v in tip), color, 1, cv2.LINE_AA
                )
    x = 8
    for cause, color in COLORS.items():
        cv2.circle(image, (x, size[0] + 13), 4, color, -1, cv2.LINE_AA)
        cv2.putText(
            image,
            cause.name.lower().replace("_", " "),
            (x + 9, size[0] + 17),
            FONT,
            0.4,
            (230, 230, 230),
            1,
            cv2.LINE_AA,
        )
        x += 110
    return image


def motorway(story: str, seconds: float, *sets: str) -> NDArray[np.uint8]:
    """Four scans of five radars, one upon the other."""
    overrides = ("actors.ego.rig=camera_lidar_radar", *sets)
    concrete = scenarios.resolve(scenarios.load(scenarios.catalogue()[story], overrides), 3, 0)
    stage = Stage(simulate(concrete))
    middle = round(seconds * 1e9)
    scans = [
        observe(stage, name, words, middle + (k - SCANS // 2) * EACH_NS)
        for k in range(SCANS)
        for name, words in sorted(concrete.rig.radars.items())
    ]
    return from_above(stage, scans, middle)


def lobes() -> NDArray[np.uint8]:
    """Power over that in free space, of something low and small and of a car's tail."""
    chart = Chart(
        "Lobes of the road: radar at 0.5 m, dry asphalt",
        ("range in m", 20.0, 200.0),
        ("dB over free space", -30.0, 15.0),
        low=True,
    )
    ranges = np.linspace(20.0, 200.0, 3000)
    one = np.ones(len(ranges))
    yes = np.ones(len(ranges), bool)
    for name, height, spread, color in (
        ("a point at 0.25 m", 0.25, 0.0, GREY),
        ("a triangle at 0.25 m", 0.25, 0.06, RED),
        ("a car's tail", 0.6, 0.10, BLUE),
    ):
        power = lobing(yes, yes, 0.5 * one, height * one, ranges, spread * one, 2 * np.pi / 0.00392, CLEAR)
        chart.line(ranges, np.maximum(10 * np.log10(np.maximum(power, 1e-4)), -30.0), color, name)
    return chart.image


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(FOLDER / "motorway.png"), motorway("highway_cutin_fog", 4.0))
    cv2.imwrite(str(FOLDER / "cloudburst.png"), motorway("cloudburst_lead_brakes", 5.0))
    cv2.imwrite(str(FOLDER / "lobes.png"), lobes())


if __name__ == "__main__":
    main()
