"""What sensors saw, with the truth beside it.  Renderers floor; records only."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

TRANSMITTANCE_STEPS = 65535  # so that 16 bits keep a frame's transmittance without loss


@dataclass(frozen=True, slots=True)
class CameraModel:
    """A pinhole with Brown-Conrady distortion, or a Kannala-Brandt fisheye; pixel centres at integer coordinates.

    A pixel's depth is counted along the camera's z axis by a pinhole, and along the ray by a fisheye, which also sees
    what lies beside and behind it: a point is always `optics.pixel_rays` times `CameraFrame.depth_m`.
    """

    width_px: int
    height_px: int
    matrix: NDArray[np.float64]  # (3, 3) K
    distortion: NDArray[
        np.float64
    ]  # OpenCV's order: (5,) k1 k2 p1 p2 k3 of a pinhole, (4,) k1..k4 of a fisheye
    fisheye: bool = False
    field_rad: float = float("inf")  # full angle about the axis that light comes from; black beyond (fisheye)

    @property
    def straight(self) -> bool:
        """Whether straight lines stay straight: a pinhole without distortion."""
        return not self.fisheye and not np.any(self.distortion)


@dataclass(frozen=True, slots=True)
class RowPoses:
    """A rolling shutter: when each of H rows is taken, and where the camera is then."""

    offset_s: NDArray[np.float64]  # (H,) after the frame's time, which is the middle of the picture's
    world_from_row: NDArray[np.float64]  # (H, 4, 4) world_from_camera of the row


@dataclass(frozen=True, slots=True)
class Extras:
    """What a scenario may ask for beside a picture and its truth; None where it did not."""

    normals: NDArray[np.float32] | None = None  # (H, W, 3) unit, camera frame, towards the camera; 0 for sky
    albedo: NDArray[np.float32] | None = None  # (H, W, 3) linear RGB, dry; 0 for sky
    # (H, W, 2) pixels right and down to where the point is in the next and the last frame; NaN: nowhere.
    flow_forward: NDArray[np.float32] | None = None
    flow_backward: NDArray[np.float32] | None = None
    flow_3d: NDArray[np.float32] | None = (
        None  # (H, W, 3) metres, world axes, that the surface moves to the next frame; NaN: sky, or gone by then
    )
    clean: NDArray[np.uint8] | None = None  # (H, W, 3) sRGB without weather in the air, noise and faults
    raw: NDArray[np.uint32] | None = None  # (H, W) values of the sensor, one colour a pixel
    linear: NDArray[np.float32] | None = (
        None  # (H, W, 3) cd/m2 in linear RGB at the lens, before it blurs or dims
    )
    lens: NDArray[np.float32] | None = (
        None  # (H, W) share of the light that drops and blades on the glass hide
    )


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One exposure of one camera, H x W.  Truth buffers are unfiltered: centre of the pixel, no weather, no blur."""

    sensor: str
    time_ns: int
    model: CameraModel
    world_from_camera: NDArray[np.float64]  # (4, 4); camera frame: x right, y down, z forward
    ego_from_camera: NDArray[np.float64]  # (4, 4)
    image: NDArray[np.uint8]  # (H, W, 3) sRGB
    instance: NDArray[np.int32]  # (H, W) 0 = no actor
    semantic: NDArray[np.uint8]  # (H, W) taxonomy ids
    depth_m: NDArray[np.float32]  # (H, W) along the camera's z axis (a fisheye's: along the ray); inf for sky
    transmittance: NDArray[np.float32]  # (H, W) of the air between camera and surface, in [0, 1], in steps
    # What faults change; None without them.
    stated_ego_from_camera: NDArray[np.float64] | None = (
        None  # (4, 4) the calibration, where the mount is off it
    )
    window: NDArray[np.float32] | None = (
        None  # (H, W) share of the light that passes what sticks on the window
    )
    extras: Extras = Extras()
    rows: RowPoses | None = None  # None: all rows at once
    jpeg: int = 95  # quality that its file has
    encoded: bytes | None = None  # that file, where the image was read from one: written again as it is

    @property
    def calibration(self) -> NDArray[np.float64]:
        """(4, 4) ego_from_camera as a dataset states it."""
        return self.ego_from_camera if self.stated_ego_from_camera is None else self.stated_ego_from_camera


class Cause(IntEnum):
    """Why a lidar point exists."""

    SURFACE = 0  # the first thing in the beam's way
    RAIN = 1  # a drop
    SNOW = 2  # a flake
    FOG = 3  # droplets in front of the sensor
    SPRAY = 4  # water torn up by wheels
    GHOST = 5  # the mirror picture of something in standing water, below the road
    GLASS = 6  # something behind a pane or a leaf, seen through it
    EGO = 7  # the vehicle that carries the sensor
    MIXED = 8  # between two surfaces that share the beam, or beside the one that it grazes
    DUST = 9  # mineral dust, of a storm or behind wheels
    SMOKE = 10  # of a fire
    EXHAUST = 11  # droplets of a vehicle's exhaust in the cold, or steam
    BLOOM = 12  # stray light of a retro-reflector beside the beam, at its range
    SUN = 13  # noise of sunlight, at any range
    CROSSTALK = 14  # a pulse of another lidar, at any range


@dataclass(frozen=True, slots=True)
class LidarSweep:
    """One revolution of one lidar; N returns in firing order.  Lidar frame: x forward, y left, z up.

    `time_ns` is the reference time: the beams that look straight ahead are fired then, the sweep starts half a
    revolution earlier.  `raw_xyz_m` is what the sensor measures (each point in the sensor's frame at its own time);
    `xyz_m` is the same points brought to the sensor's frame at `time_ns` with the true ego motion.
    """

    sensor: str
    model: str
    time_ns: int
    world_from_lidar: NDArray[np.float64]  # (4, 4) at time_ns
    ego_from_lidar: NDArray[np.float64]  # (4, 4)
    xyz_m: NDArray[np.float32]  # (N, 3) de-skewed
    raw_xyz_m: NDArray[np.float32]  # (N, 3)
    intensity: NDArray[np.float32]  # (N,) [0, 1]; the model's own scale is applied by writers
    ring: NDArray[np.int16]  # (N,) from the lowest beam up
    offset_ns: NDArray[np.int64]  # (N,) relative to time_ns, in [-half revolution, +half revolution]
    instance: NDArray[np.int32]  # (N,) 0 = no actor
    semantic: NDArray[np.uint8]  # (N,) taxonomy ids; "airborne" for rain, snow, fog
    cause: NDArray[np.uint8]  # (N,) values of Cause
    range_m: NDArray[np.float32]  # (N,) true distance, before range noise
    cos_incidence: NDArray[np.float32]  # (N,) 1 = face on; 0 for airborne points
    # (N,) which of a firing's returns: 0 = the strongest (for lidars that report another single one: that one)
    return_index: NDArray[np.uint8]
    fired: int  # number of firings of the revolution
    # Firings without a return, by reason (docs/lidar.md): with the points of return index 0 they make up `fired`.
    lost: dict[str, int]
    stated_ego_from_lidar: NDArray[np.float64] | None = (
        None  # (4, 4) the calibration, where the mount is off it
    )

    @property
    def calibration(self) -> NDArray[np.float64]:
        """(4, 4) ego_from_lidar as a dataset states it."""
        return self.ego_from_lidar if self.stated_ego_from_lidar is None else self.stated_ego_from_lidar
