"""Samples made by hand: boxes in front of a camera, painted and scanned by arithmetic alone.

No renderer takes part, so the expected labels are known on paper and writers can be tested on their own.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from labelers.contrast import contrast
from labelers.definitions import MEAN_SHIN_M, OWN_BODY_M
from labelers.geometry import inverse_rigid
from labelers.points import count_in_cuboid
from labelers.records import Box2D, Cuboid, FrameLabels, ImageLine, ImageSkeleton, Line, Sample, Skeleton
from labelers.rle import encode
from labelers.writers.base import Clip
from renderers.frames import CameraFrame, CameraModel, LidarSweep
from renderers.optics import FORWARD_FROM_OPTICAL
from scenarios.resolved import Concrete
from scenarios.schema import ResolvedRig, ResolvedScenario
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from sim.trace import pose_matrix
from tests.labels import synthetic_navigation, synthetic_radar

WIDTH, HEIGHT, FOCAL = 320, 180, 300.0
CAMERA_HEIGHT_M, LIDAR_HEIGHT_M = 1.6, 1.9


@dataclass(frozen=True, slots=True)
class Thing:
    """An upright box on flat ground with its start and speed along its own x axis."""

    instance_id: int
    actor_class: str
    model: str
    x_m: float
    y_m: float
    size_m: tuple[float, float, float]
    yaw_rad: float = 0.0
    speed_mps: float = 0.0
    attribute: str = "stopped"


THINGS = (
    Thing(2, "car", "car.sedan", 14.0, -3.0, (4.68, 2.04, 1.45), 0.1, 4.0, "moving"),
    Thing(3, "child", "pedestrian.child", 10.0, 2.0, (0.72, 0.52, 1.18), 1.5, 1.5, "walking"),
    Thing(5, "bicycle", "bicycle.city", 18.0, 4.5, (1.80, 0.64, 1.78), 0.3, 3.0, "with_rider"),
    Thing(9, "truck", "truck.box", 30.0, -6.0, (8.60, 2.55, 3.45), 0.0, 0.0, "parked"),
)

# COCO's seventeen of somebody upright, as shares of the half box about its centre: x ahead, y left, z up.
BODY = np.array(
    [(0.6, 0, 0.80), (0.5, 0.1, 0.86), (0.5, -0.1, 0.86), (0.2, 0.2, 0.84), (0.2, -0.2, 0.84), (0, 0.6, 0.6),
     (0, -0.6, 0.6), (0.1, 0.8, 0.2), (0.1, -0.8, 0.2), (0.3, 0.8, -0.1), (0.3, -0.8, -0.1), (0, 0.3, 0), (0, -0.3, 0),
     (0.2, 0.3, -0.5), (0.2, -0.3, -0.5), (0, 0.3, -0.9), (0, -0.3, -0.9)]
)  # fmt: skip


def concrete(name: str = "toy", sample: int = 0, rate_hz: float = 2.0, duration_s: float = 2.0) -> Concrete:
    """A resolved scenario with one camera and one lidar."""
    scenario = ResolvedScenario.model_validate(
        {
            "scenario": name,
            "description": "boxes on a plane",
            "world": {
                "clock": {"date": "2025-11-12", "time": 59700.0, "zone": "+01:00"},
                "road": {"preset": "urban_street"},
            },
            "actors": {"ego": {"model": "car.sedan", "rig": "toy", "start": {"lane": "right"}}},
            "capture": {"duration": duration_s, "rate": rate_hz},
        }
    )
    rig = ResolvedRig.model_validate(
        {
            "rig": "toy",
            "cameras": {
                "cam_front": {
                    "mount": {"x": 1.5, "z": CAMERA_HEIGHT_M},
                    "width": WIDTH,
                    "height": HEIGHT,
                    "focal": FOCAL,
                }
            },
            "lidars": {"lidar_top": {"mount": {"z": LIDAR_HEIGHT_M}, "model": "VLP-16"}},
            "radars": {"radar_front": synthetic_radar.MOUNT},
            **synthetic_navigation.WORDS,
        }
    )
    return Concrete(scenario, rig, seed=0, sample=sample, point={}, params={})


def clip(name: str = "toy", sample: int = 0, rate_hz: float = 2.0, duration_s: float = 2.0) -> Clip:
    """The clip of `concrete`."""
    made = concrete(name, sample, rate_hz, duration_s)
    return Clip(made.clip_id, made, round(rate_hz * duration_s), rate_hz)


def camera_model(width: int = WIDTH, height: int = HEIGHT, focal: float = FOCAL) -> CameraModel:
    matrix = np.array([[focal, 0.0, (width - 1) / 2], [0.0, focal, (height - 1) / 2], [0.0, 0.0, 1.0]])
    return CameraModel(width, height, matrix, np.zeros(5))


def box_entry(
    origin: NDArray[np.float64], direction: NDArray[np.float64], size_m: tuple[float, float, float]
) -> NDArray[np.float64]:
    """(R,) distance along rays (in units of `direction`) to a box about the origin (slab test); inf where missed."""
    half = np.array(size_m) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - origin) / direction, (half - origin) / direction
    near = np.nanmax(np.minimum(a, b), axis=1)
    far = np.nanmin(np.maximum(a, b), axis=1)
    return np.where((near <= far) & (near > 0), near, np.inf)


def pose(thing: Thing, time_ns: int) -> NDArray[np.float64]:
    """(4, 4) world_from_cuboid at a time."""
    way = thing.speed_mps * time_ns * 1e-9
    centre = np.array(
        [
            thing.x_m + way * np.cos(thing.yaw_rad),
            thing.y_m + way * np.sin(thing.yaw_rad),
            thing.size_m[2] / 2,
        ]
    )
    return pose_matrix(centre, np.array([thing.yaw_rad, 0.0, 0.0]))


def _pixel_rays() -> NDArray[np.float64]:
    """(HEIGHT * WIDTH, 3) rays of all pixels, in the camera's frame."""
    v, u = np.mgrid[:HEIGHT, :WIDTH].reshape(2, -1)
    middle = camera_model().matrix[:2, 2]
    return np.stack([(u - middle[0]) / FOCAL, (v - middle[1]) / FOCAL, np.ones(u.size)], axis=1)


def _beams() -> NDArray[np.float64]:
    """(16 * 450, 3) directions of a sweep, in the lidar's frame, ring by ring."""
    azimuth, elevation = np.meshgrid(
        np.radians(np.arange(-90.0, 90.0, 0.4)), np.radians(np.arange(-15.0, 16.0, 2.0))
    )
    azimuth, elevation = azimuth.ravel(), elevation.ravel()
    return np.stack(
        [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)], axis=1
    )


RAYS = {"cam_front": _pixel_rays(), "lidar_top": _beams()}


@lru_cache(maxsize=32)
def _hits(sensor: str, pose_bytes: bytes, things: tuple[Thing, ...], time_ns: int) -> NDArray[np.float64]:
    """(things + 1, R) distances along a sensor's rays: to each thing, and last to the ground z = 0.

    Dozens of tests write the same few samples, of which this is most of the work; nobody may write into it.
    """
    rays, world_from_sensor = RAYS[sensor], np.frombuffer(pose_bytes).reshape(4, 4)
    rows = []
    for thing in things:
        box_from_sensor = inverse_rigid(pose(thing, time_ns)) @ world_from_sensor
        rows.append(box_entry(box_from_sensor[:3, 3], rays @ box_from_sensor[:3, :3].T, thing.size_m))
    down = rays @ world_from_sensor[:3, :3].T
    with np.errstate(divide="ignore"):
        ground = np.where(down[:, 2] < -1e-9, -world_from_sensor[2, 3] / down[:, 2], np.inf)
    hits = np.array([*rows, ground])
    hits.flags.writeable = False
    return hits


def sample(
    index: int,
    things: tuple[Thing, ...] = THINGS,
    clip_id: str = "toy-0000-0000",
    rate_hz: float = 2.0,
    world_from_ego: NDArray[np.float64] | None = None,
    tags: dict[str, str | float] | None = None,
) -> Sample:
    """Sample `index`: an ego driving along x at 5 m/s, a camera, a lidar, exact labels."""
    time_ns = round((index + 1) * 1e9 / rate_hz)
    ego = world_from_ego
    if ego is None:
        ego = pose_matrix(np.array([5.0 * time_ns * 1e-9, 0.0, 0.0]), np.zeros(3))
    ego_from_camera = pose_matrix(np.array([1.5, 0.0, CAMERA_HEIGHT_M]), np.zeros(3)) @ FORWARD_FROM_OPTICAL
    ego_from_lidar = pose_matrix(np.array([0.0, 0.0, LIDAR_HEIGHT_M]), np.zeros(3))
    model = camera_model()

    hits = _hits("cam_front", (ego @ ego_from_camera).tobytes(), things, time_ns)
    first = np.argmin(hits, axis=0)
    depth = hits.min(axis=0)
    sky = ~np.isfinite(depth)
    ids = np.array([t.instance_id for t in things] + [0])
    kinds = np.array(
        [SEMANTIC_ID[ACTOR_CLASSES[t.actor_class].semantic] for t in things] + [SEMANTIC_ID["road"]]
    )
    instance = np.where(sky, 0, ids[first]).astype(np.int32).reshape(HEIGHT, WIDTH)
    semantic = np.where(sky, SEMANTIC_ID["sky"], kinds[first]).astype(np.uint8).reshape(HEIGHT, WIDTH)
    # The upper half of what is on a bicycle is its rider.
    for thing in things:
        if thing.attribute == "with_rider":
            rows = np.flatnonzero((instance == thing.instance_id).any(axis=1))
            if len(rows):
                upper = np.zeros_like(instance, bool)
                upper[: int(rows.mean())] = True
                semantic[(instance == thing.instance_id) & upper] = SEMANTIC_ID["rider"]
    image = np.stack([semantic * 7, instance.astype(np.uint8) * 20, 255 - semantic], axis=2).astype(np.uint8)
    frame = CameraFrame(
        sensor="cam_front",
        time_ns=time_ns,
        model=model,
        world_from_camera=ego @ ego_from_camera,
        ego_from_camera=ego_from_camera,
        image=image,
        instance=instance,
        semantic=semantic,
        depth_m=depth.astype(np.float32).reshape(HEIGHT, WIDTH),
        transmittance=np.full((HEIGHT, WIDTH), 1.0, np.float32),
    )

    beams = RAYS["lidar_top"]
    scanned = _hits("lidar_top", (ego @ ego_from_lidar).tobytes(), things, time_ns)
    reach = scanned.min(axis=0)
    met = np.argmin(scanned, axis=0)
    back = reach < 80.0
    xyz = (beams * np.where(back, reach, 0.0)[:, None])[back].astype(np.float32)
    count = len(xyz)
    sweep = LidarSweep(
        sensor="lidar_top",
        model="VLP-16",
        time_ns=time_ns,
        world_from_lidar=ego @ ego_from_lidar,
        ego_from_lidar=ego_from_lidar,
        xyz_m=xyz,
        raw_xyz_m=xyz,
        intensity=np.full(count, 0.25, np.float32),
        ring=(np.arange(len(beams)) // 450)[back].astype(np.int16),
        offset_ns=np.zeros(count, np.int64),
        instance=ids[met][back].astype(np.int32),
        semantic=kinds[met][back].astype(np.uint8),
        cause=np.zeros(count, np.uint8),
        range_m=reach[back].astype(np.float32),
        cos_incidence=np.ones(count, np.float32),
        return_index=np.zeros(count, np.uint8),
        fired=len(beams),
        lost={"sky": int(np.count_nonzero(~back))},
    )

    cuboids, boxes, skeletons, seen_skeletons = [], [], [], []
    for row, thing in enumerate(things):
        world_from_cuboid = pose(thing, time_ns)
        if thing.actor_class in ("child", "bicycle"):
            body = BODY * np.array(thing.size_m) / 2 @ world_from_cuboid[:3, :3].T + world_from_cuboid[:3, 3]
            skeletons.append(Skeleton(thing.instance_id, "person", body))
            seen_skeletons.append(_seen_body(thing.instance_id, body, frame))
        alone = np.isfinite(hits[row]).reshape(HEIGHT, WIDTH)
        seen = instance == thing.instance_id
        lidar_from_cuboid = inverse_rigid(ego @ ego_from_lidar) @ world_from_cuboid
        fraction = float(seen.sum() / alone.sum()) if alone.any() else 0.0
        cuboids.append(
            Cuboid(
                instance_id=thing.instance_id,
                name=f"thing_{thing.instance_id}",
                actor_class=thing.actor_class,
                model=thing.model,
                centre_m=world_from_cuboid[:3, 3].copy(),
                size_m=thing.size_m,
                rotation_rad=np.array([thing.yaw_rad, 0.0, 0.0]),
                origin_m=world_from_cuboid[:3, 3] - np.array((0.0, 0.0, thing.size_m[2] / 2)),
                velocity_mps=thing.speed_mps * np.array([np.cos(thing.yaw_rad), np.sin(thing.yaw_rad), 0.0]),
                acceleration_mps2=0.0,
                lidar_points={"lidar_top": count_in_cuboid(xyz, lidar_from_cuboid, thing.size_m)},
                visible_fraction=fraction,
                distance_m=float(np.linalg.norm(world_from_cuboid[:3, 3] - ego[:3, 3])),
                attribute=thing.attribute,
            )
        )
        points = int(np.count_nonzero(sweep.instance == thing.instance_id))
        stands_out = contrast(image, seen, (0, 0))
        told = bool(seen.sum() >= 25 and stands_out * np.sqrt(seen.sum()) >= 5.0)
        cuboids[-1] = replace(cuboids[-1], detectable=told or points >= 5)
        if alone.any():
            boxes.append(
                Box2D(
                    instance_id=thing.instance_id,
                    actor_class=thing.actor_class,
                    visible=mask_box(seen) if seen.any() else None,
                    amodal=mask_box(alone),
                    amodal_full=mask_box(alone),
                    cuboid=mask_box(alone),
                    visible_px=int(seen.sum()),
                    unoccluded_px=int(alone.sum()),
                    occlusion=1.0 - fraction,
                    truncation=0.0,
                    transmittance=1.0,
                    amodal_rle=str(encode(alone)["counts"]),
                    occluders={
                        int(n): int(np.count_nonzero(alone & (instance == n)))
                        for n in np.unique(instance[alone])
                        if n != thing.instance_id
                    },
                    contrast=stands_out,
                    detectable=told,
                )
            )
    centres = np.array([pose(thing, time_ns)[:3, 3] for thing in things])
    scan = synthetic_radar.scan(time_ns, ego, centres, [thing.instance_id for thing in things], 5.0)
    return Sample(
        clip=clip_id,
        index=index,
        time_ns=time_ns,
        world_from_ego=ego,
        ego_velocity_mps=np.array([5.0, 0.0, 0.0]),
        cameras={"cam_front": frame},
        lidars={"lidar_top": sweep},
        labels=FrameLabels(
            tuple(cuboids),
            {"cam_front": tuple(boxes)},
            tags if tags is not None else {"rain_mm_per_h": 3.0, "rain": "moderate", "light": "day"},
            tuple(skeletons),
            {
                "cam_front": tuple(
                    k for k in seen_skeletons if k.instance_id in {b.instance_id for b in boxes}
                )
            },
            LINES,
            {"cam_front": tuple(_seen_line(line, frame) for line in LINES)},
            {"cam_front": semantic == SEMANTIC_ID["road"]},
        ),
        radars={"radar_front": scan},
        imus={"imu": synthetic_navigation.imu(time_ns, index, rate_hz, 5.0)},
        gnss={"gps": synthetic_navigation.gps(time_ns, index, rate_hz, 5.0)},
    )


LINES = tuple(
    Line(k, kind, color, np.stack([np.arange(0.0, 80.0), np.full(80, y), np.zeros(80)], axis=1))
    for k, kind, color, y in ((1, "broken", "white", 1.75), (2, "broken solid", "yellow", -1.75))
)


def _seen_line(line: Line, frame: CameraFrame) -> ImageLine:
    local = (line.points_m - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
    ahead = local[:, 2] > 0.1
    uv = np.full((len(local), 2), np.nan)
    uv[ahead] = FOCAL * local[ahead, :2] / local[ahead, 2:] + frame.model.matrix[:2, 2]
    with np.errstate(invalid="ignore"):
        inside = (uv >= -0.5).all(axis=1) & (uv < (WIDTH - 0.5, HEIGHT - 0.5)).all(axis=1)
    first, last = np.flatnonzero(inside)[[0, -1]]
    uv, inside = uv[first : last + 1], inside[first : last + 1]
    column, row = np.rint(uv).astype(int).T
    return ImageLine(
        line.line_id, int(first), uv, frame.instance[row, column] == 0, 2 if line.line_id == 1 else 3
    )


def _seen_body(number: int, body: NDArray[np.float64], frame: CameraFrame) -> ImageSkeleton:
    local = (body - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
    uv = FOCAL * local[:, :2] / local[:, 2:] + frame.model.matrix[:2, 2]
    visibility = np.zeros(len(body), np.uint8)
    shin = (np.linalg.norm(body[13] - body[15]) + np.linalg.norm(body[14] - body[16])) / 2 / MEAN_SHIN_M
    for k, (u, v) in enumerate(np.rint(uv).astype(int)):
        if 0 <= u < WIDTH and 0 <= v < HEIGHT:
            near = local[k, 2] - frame.depth_m[v, u] <= shin * OWN_BODY_M["person"][k]
            visibility[k] = 2 if frame.instance[v, u] == number and near else 1
    return ImageSkeleton(number, "person", uv, visibility)


def mask_box(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Half-open bounds of a mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
