"""Samples as a recording of rerun: pictures, planes, clouds, boxes, poses.  Roof; needs the extra `rerun`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import quaternion_wxyz, world_from_cuboid
from labelers.records import Sample
from labelers.writers.files import picture_bytes
from renderers.frames import CameraFrame, LidarSweep
from scenarios.errors import StormlaneError
from scenarios.taxonomy import SEMANTICS
from sim.app.pictures import PALETTE, class_color
from sim.trace import pose_matrix

LAMPS = {"red": (255, 40, 20), "amber": (255, 180, 0), "green": (30, 255, 130)}


def write_recording(samples: Iterator[Sample], path: Path, one_more: Callable[[], None]) -> int:
    """Record samples below `world`; the clips follow one another on the timeline `sample`."""
    try:
        import rerun as rr
    except ImportError:
        raise StormlaneError(
            'rerun is not installed; install it with: pip install "stormlane[rerun]"'
        ) from None
    stream = rr.RecordingStream("stormlane")
    stream.save(str(path))
    stream.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
    classes = rr.AnnotationContext([(entry.id, entry.name, entry.color) for entry in SEMANTICS])
    stream.log("/", classes, static=True)
    count = 0
    for sample in samples:
        stream.set_time("sample", sequence=count)
        stream.set_time(sample.clip, duration=sample.time_ns * 1e-9)
        stream.log("world/ego", _transform(rr, sample.world_from_ego))
        for frame in sample.cameras.values():
            _camera(rr, stream, frame, sample)
        for sweep in sample.lidars.values():
            _lidar(rr, stream, sweep)
        _cuboids(rr, stream, sample)
        _signs(rr, stream, sample)
        for line in sample.labels.lines:
            stream.log(f"world/lines/{line.line_id}", rr.LineStrips3D([line.points_m]))
        count += 1
        one_more()
    stream.flush()
    stream.disconnect()
    return count


def _transform(rr: Any, matrix: NDArray[np.float64]) -> Any:
    return rr.Transform3D(translation=matrix[:3, 3], mat3x3=matrix[:3, :3])


def _camera(rr: Any, stream: Any, frame: CameraFrame, sample: Sample) -> None:
    place, model = f"world/ego/{frame.sensor}", frame.model
    stream.log(place, _transform(rr, frame.calibration))
    lens = rr.Pinhole(
        image_from_camera=model.matrix,
        resolution=[model.width_px, model.height_px],
        camera_xyz=rr.ViewCoordinates.RDF,
    )
    stream.log(place, lens)
    stream.log(f"{place}/image", rr.EncodedImage(contents=picture_bytes(frame), media_type="image/jpeg"))
    stream.log(f"{place}/semantic", rr.SegmentationImage(frame.semantic))
    depth = np.where(np.isfinite(frame.depth_m), frame.depth_m, 0.0).astype(np.float32)
    stream.log(f"{place}/depth", rr.DepthImage(depth, meter=1.0))
    boxes = [box for box in sample.labels.boxes.get(frame.sensor, ()) if box.visible is not None]
    drawn = rr.Boxes2D(
        array=np.array([box.visible for box in boxes], np.float32).reshape(-1, 4),
        array_format=rr.Box2DFormat.XYXY,
        labels=[f"{box.actor_class} {box.instance_id}" for box in boxes],
        colors=[class_color(box.actor_class) for box in boxes],
    )
    stream.log(f"{place}/boxes", drawn)
    points = [
        uv
        for skeleton in sample.labels.image_skeletons.get(frame.sensor, ())
        for uv, seen in zip(skeleton.uv_px, skeleton.visibility, strict=True)
        if seen
    ]
    stream.log(f"{place}/keypoints", rr.Points2D(np.array(points, np.float32).reshape(-1, 2), radii=2.0))


def _lidar(rr: Any, stream: Any, sweep: LidarSweep) -> None:
    place = f"world/ego/{sweep.sensor}"
    stream.log(place, _transform(rr, sweep.calibration))
    colors = np.maximum(PALETTE[sweep.semantic], 60)
    cloud = rr.Points3D(sweep.xyz_m, colors=colors, class_ids=sweep.semantic.astype(np.uint16))
    stream.log(f"{place}/points", cloud)


def _signs(rr: Any, stream: Any, sample: Sample) -> None:
    """Plates and heads of lights as boxes, lenses as balls that are bright where they are lit."""
    signs = sample.labels.signs
    poses = [pose_matrix(sign.centre_m, sign.rotation_rad) for sign in signs]
    turns = [quaternion_wxyz(pose) for pose in poses]
    boxes = rr.Boxes3D(
        centers=np.array([sign.centre_m for sign in signs]).reshape(-1, 3),
        half_sizes=np.array([sign.size_m for sign in signs]).reshape(-1, 3) / 2,
        quaternions=[rr.Quaternion(xyzw=(x, y, z, w)) for w, x, y, z in turns],
        labels=[" ".join(filter(None, (sign.code, sign.value, sign.state))) for sign in signs],
    )
    stream.log("world/signs", boxes)
    lenses = [(pose, lens) for pose, sign in zip(poses, signs, strict=True) for lens in sign.lenses]
    places = [(pose @ (*lens.at_m, 1.0))[:3] for pose, lens in lenses]
    colors = [[value if lens.lit else value // 6 for value in LAMPS[lens.color]] for _, lens in lenses]
    radii = [lens.radius_m for _, lens in lenses]
    balls = rr.Points3D(
        np.array(places).reshape(-1, 3), colors=np.array(colors, np.uint8).reshape(-1, 3), radii=radii
    )
    stream.log("world/lights", balls)


def _cuboids(rr: Any, stream: Any, sample: Sample) -> None:
    cuboids = sample.labels.cuboids
    turns = [quaternion_wxyz(world_from_cuboid(cuboid)) for cuboid in cuboids]
    boxes = rr.Boxes3D(
        centers=np.array([cuboid.centre_m for cuboid in cuboids]).reshape(-1, 3),
        half_sizes=np.array([cuboid.size_m for cuboid in cuboids]).reshape(-1, 3) / 2,
        quaternions=[rr.Quaternion(xyzw=(x, y, z, w)) for w, x, y, z in turns],
        labels=[f"{cuboid.actor_class} {cuboid.instance_id}" for cuboid in cuboids],
        colors=[class_color(cuboid.actor_class) for cuboid in cuboids],
    )
    stream.log("world/cuboids", boxes)
