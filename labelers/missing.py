"""Frames that never arrived: which ones, and blanks for formats that have no word for them.  Labels floor."""

import numpy as np

from labelers.records import Sample
from renderers.frames import CameraFrame, LidarSweep
from renderers.lidar_models import Make, lidar_model
from renderers.optics import camera_model, mount_matrix
from renderers.radar_scan import COLUMNS, RadarScan
from scenarios.schema import Camera, Lidar, Radar


def missing_sensors(sample: Sample) -> list[str]:
    """Sensors of the rig whose frame of this sample never arrived."""
    named = str(sample.labels.tags.get("missing", ""))
    return named.split(", ") if named else []


def blank_frame(name: str, words: Camera[float], sample: Sample) -> CameraFrame:
    """A black picture in the place of one that never arrived."""
    model = camera_model(words)
    shape = (model.height_px, model.width_px)
    mount = mount_matrix(words.mount, optical=True)
    return CameraFrame(
        sensor=name,
        time_ns=sample.time_ns,
        model=model,
        world_from_camera=sample.world_from_ego @ mount,
        ego_from_camera=mount,
        image=np.zeros((*shape, 3), np.uint8),
        instance=np.zeros(shape, np.int32),
        semantic=np.zeros(shape, np.uint8),
        depth_m=np.full(shape, np.inf, np.float32),
        transmittance=np.ones(shape, np.float32),
    )


def blank_sweep(name: str, words: Lidar[float], sample: Sample) -> LidarSweep:
    """A sweep without a point in the place of one that never arrived."""
    mount = mount_matrix(words.mount, optical=False)
    xyz, one = np.zeros((0, 3), np.float32), np.zeros(0, np.float32)
    return LidarSweep(
        sensor=name,
        model=lidar_model(Make.of(words)).name,
        time_ns=sample.time_ns,
        world_from_lidar=sample.world_from_ego @ mount,
        ego_from_lidar=mount,
        xyz_m=xyz,
        raw_xyz_m=xyz,
        intensity=one,
        ring=np.zeros(0, np.int16),
        offset_ns=np.zeros(0, np.int64),
        instance=np.zeros(0, np.int32),
        semantic=np.zeros(0, np.uint8),
        cause=np.zeros(0, np.uint8),
        range_m=one,
        cos_incidence=one,
        return_index=np.zeros(0, np.uint8),
        fired=0,
        lost={},
    )


def blank_scan(name: str, words: Radar[float], sample: Sample) -> RadarScan:
    """A scan without a detection in the place of one that never arrived."""
    mount = mount_matrix(words.mount, optical=False)
    whole = {"cause": np.uint8, "instance": np.int32, "semantic": np.uint8, "echoes": np.int32}
    return RadarScan(
        sensor=name,
        model=words.model,
        time_ns=sample.time_ns,
        world_from_radar=sample.world_from_ego @ mount,
        ego_from_radar=mount,
        radar_velocity_mps=np.zeros(3),
        **{column: np.zeros(0, whole.get(column, np.float32)) for column in COLUMNS},
    )
