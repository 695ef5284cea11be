"""Labels of a frame and the sample that holds them.  Labels floor; records only.

Definitions are in docs/labels.md and written into every dataset (`labelers.definitions`).  Image boxes are half-open
(x0, y0, x1, y1) in pixels: a mask of the single pixel (3, 5) has the box (3, 5, 4, 6).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraFrame, LidarSweep
from renderers.radar_scan import RadarScan
from sim.readings import GnssFixes, ImuReadings

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box2D:
    """One actor in one camera image."""

    instance_id: int
    actor_class: str
    visible: Box | None  # bounds of the visible mask; None when no pixel is visible
    amodal: Box | None  # bounds of the unoccluded silhouette, clipped to the image
    amodal_full: Box | None  # the same, unclipped
    cuboid: Box | None  # bounds of the projected cuboid, clipped to the image
    visible_px: int
    unoccluded_px: int  # pixels of the silhouette inside the image
    occlusion: float  # 1 - visible_px / unoccluded_px
    truncation: float  # 1 - in-image silhouette area / full silhouette area
    transmittance: float  # mean over visible pixels; 1 in clear air
    window: float = (
        1.0  # share of the light that passes the camera's window, mean over visible pixels; 1: clean
    )
    amodal_rle: str = ""  # the silhouette inside the image, COCO's compressed runs
    occluders: dict[int, int] = field(
        default_factory=dict
    )  # instance id (0: no actor) -> pixels that it hides
    contrast: float = 0.0  # to noise, of the visible mask against the ring around it
    detectable: bool = False


@dataclass(frozen=True, slots=True)
class Cuboid:
    """One actor in the world at the sample's time."""

    instance_id: int
    name: str
    actor_class: str
    model: str
    centre_m: NDArray[np.float64]  # (3,) world, centre of the box
    size_m: tuple[float, float, float]  # length, width, height at this instant
    rotation_rad: NDArray[np.float64]  # (3,) yaw, pitch, roll
    origin_m: NDArray[np.float64]  # (3,) world, the actor's origin, about which a box of limbs breathes
    velocity_mps: NDArray[np.float64]  # (3,) world, of the origin
    acceleration_mps2: float
    lidar_points: dict[str, int]  # by lidar: points of the written file inside the box
    visible_fraction: float  # over all cameras of the rig; 0 when in no image
    distance_m: float  # from the ego's origin
    attribute: str  # moving, stopped, parked; standing, walking, running, lying; with_rider, without_rider
    doors: dict[str, float] = field(
        default_factory=dict
    )  # of those that open in the clip: share of the last notch
    detectable: bool = False  # in any image or sweep of the sample


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Key points of one actor in the world at the sample's time."""

    instance_id: int
    kind: str  # of `labelers.definitions.KEYPOINTS`, which names the K points
    xyz_m: NDArray[np.float64]  # (K, 3) world; NaN where the model has no such point


@dataclass(frozen=True, slots=True)
class ImageSkeleton:
    """Key points of one actor in one camera image."""

    instance_id: int
    kind: str
    uv_px: NDArray[
        np.float64
    ]  # (K, 2) pixel centres at integers; NaN where no lens brings the point to a place
    visibility: NDArray[np.uint8]  # (K,) 0 not in the image, 1 hidden, 2 visible


@dataclass(frozen=True, slots=True)
class Line:
    """A line between lanes, or a kerb, near the ego; the same in all samples of a clip."""

    line_id: int  # the track
    kind: str  # solid, broken, two of them from left to right, botts dots, curb
    color: str  # "" of a kerb
    points_m: NDArray[np.float64]  # (N, 3) world, about a metre apart, in the direction of the road


@dataclass(frozen=True, slots=True)
class ImageLine:
    """The part of a line that lies in one camera image."""

    line_id: int
    first: int  # point of the line that the first of these n is
    uv_px: NDArray[
        np.float64
    ]  # (n, 2) pixel centres at integers; NaN where no lens brings the point to a place
    visible: NDArray[np.bool_]  # (n,)
    side: int  # of the ego's lane: 1 next but one to the left, 2 left, 3 right, 4 next but one; 0 others


@dataclass(frozen=True, slots=True)
class Lens:
    """One lens of a traffic light."""

    color: str  # red, amber, green
    symbol: str  # "" round, "walker"
    lit: bool
    at_m: tuple[float, float, float]  # in the face's frame
    radius_m: float


@dataclass(frozen=True, slots=True)
class Sign:
    """A traffic sign's plate or a traffic light's head, where it hangs and what it says at the sample's time."""

    sign_id: int  # the same in all samples of a clip
    kind: str  # sign, light
    code: str  # our word for the sign; of a light whom it is for: vehicles, walkers
    official: str  # its number in the catalogue of its country, "DE:274", "US:R2-1"; "" where there is none
    value: str  # number on the sign, as it is written there
    meaning: str
    state: str  # of a light: red, red_amber, amber, green, off; "" of a sign
    lenses: tuple[Lens, ...]
    centre_m: NDArray[np.float64]  # (3,) world
    rotation_rad: NDArray[np.float64]  # (3,) yaw, pitch, roll of the face: it looks along its x axis
    size_m: tuple[float, float, float]  # depth, width, height
    lanes: tuple[str, ...] = ()  # "road/lane" of those whose traffic reads it
    stop_line_m: NDArray[np.float64] | None = None  # (2, 3) world, where a light has one


@dataclass(frozen=True, slots=True)
class ImageSign:
    """One sign or light in one camera image."""

    sign_id: int
    visible: Box | None  # bounds of the visible pixels; None when there are none
    amodal: Box  # bounds of the unoccluded silhouette inside the image
    visible_px: int
    unoccluded_px: int
    occlusion: float
    truncation: float  # share of its front that lies outside the image
    facing: str  # front, side, back: what the camera sees of it
    transmittance: float  # mean over visible pixels


@dataclass(frozen=True, slots=True)
class Birdseye:
    """A map from above about the ego, rows from ahead to behind, columns from left to right."""

    size_m: float  # of its side; the ego's origin is in the middle
    cell_m: float
    bits: NDArray[np.uint16]  # (N, N) bit k: layer k of `labelers.definitions.BIRDSEYE_LAYERS`


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """How far the ground is free in each column of an image, W columns."""

    row: NDArray[np.int16]  # (W,) lowest row that shows no ground, -1 where all rows do
    distance_m: NDArray[np.float32]  # (W,) from the camera along the ground to what it shows; inf for sky
    semantic: NDArray[np.uint8]  # (W,) class of what it shows
    instance: NDArray[np.int32]  # (W,) 0: no actor


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Voxels about the ego, Occ3D-nuScenes' grid: x ahead, y left, z up."""

    semantics: NDArray[np.uint8]  # (200, 200, 16) Occ3D's classes; 17 is free
    mask_lidar: NDArray[np.bool_]  # (200, 200, 16) a beam of the sample went through or ended there
    mask_camera: NDArray[np.bool_]  # (200, 200, 16) a camera of the sample looks into it


@dataclass(frozen=True, slots=True)
class FrameLabels:
    """All labels of one sample."""

    cuboids: tuple[Cuboid, ...]  # every actor but the ego
    boxes: dict[str, tuple[Box2D, ...]]  # by camera
    tags: dict[str, str | float]  # weather, light and road in physical units and in OSI words
    skeletons: tuple[Skeleton, ...] = ()  # of every actor that has key points
    image_skeletons: dict[str, tuple[ImageSkeleton, ...]] = field(
        default_factory=dict
    )  # by camera, of those with a box in it
    lines: tuple[Line, ...] = ()  # within LINE_REACH_M of the ego
    image_lines: dict[str, tuple[ImageLine, ...]] = field(default_factory=dict)  # by camera
    drivable: dict[str, NDArray[np.bool_]] = field(
        default_factory=dict
    )  # by camera: (H, W) pixels that show ground of lanes for vehicles
    signs: tuple[Sign, ...] = ()  # and traffic lights, within SIGN_REACH_M of the ego
    image_signs: dict[str, tuple[ImageSign, ...]] = field(
        default_factory=dict
    )  # by camera, of those whose silhouette has a pixel in it
    birdseye: Birdseye | None = None  # these four where the capture asks for them
    free_space: dict[str, FreeSpace] = field(default_factory=dict)  # by camera
    occupancy: Occupancy | None = None
    scene_flow: dict[str, NDArray[np.float32]] = field(
        default_factory=dict
    )  # by lidar: (N, 3) metres that a point's surface moves to the next frame, world axes; NaN: airborne


@dataclass(frozen=True, slots=True)
class Sample:
    """One capture tick of one clip: frames and their labels."""

    clip: str
    index: int
    time_ns: int
    world_from_ego: NDArray[np.float64]  # (4, 4)
    ego_velocity_mps: NDArray[np.float64]  # (3,) world
    cameras: dict[str, CameraFrame]
    lidars: dict[str, LidarSweep]
    labels: FrameLabels
    radars: dict[str, RadarScan] = field(default_factory=dict)
    imus: dict[str, ImuReadings] = field(default_factory=dict)  # those since the sample before
    gnss: dict[str, GnssFixes] = field(default_factory=dict)  # likewise
