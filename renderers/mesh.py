"""Triangle meshes and the assets made of them.  Renderers floor; plain arrays, no drawing.

An asset is a tree of rigid parts.  Part frames: the root part's frame is the actor's frame (x forward, y left, z up,
origin on the ground below the centre of the box); every other part turns about its `pivot_m` in its parent's frame.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from renderers import triples

CLEAN = np.zeros((0, 3), np.uint8)  # no dirt anywhere
THICKNESSES = 51  # in a level of dirt; see materials.soiled


@dataclass(frozen=True, slots=True)
class Mesh:
    """V vertices and T triangles in one frame; triangles wind counter-clockwise seen from outside."""

    vertices_m: NDArray[np.float32]  # (V, 3)
    triangles: NDArray[np.int32]  # (T, 3)
    normals: NDArray[np.float32]  # (V, 3) unit, smooth within a surface (vertices are doubled at creases)
    uv_m: NDArray[np.float32]  # (V, 2) texture coordinates in metres
    material: NDArray[np.int16]  # (T,) row of materials.MATERIALS
    semantic: NDArray[np.uint8]  # (T,) taxonomy id of the surface
    # (T, 3) how thick dirt lies at corners, so many THICKNESSES to a level, on triangles in the first level's row; or
    # (0, 3): none anywhere.
    dirt: NDArray[np.uint8] = field(default_factory=lambda: CLEAN)

    @property
    def dirt_at_corners(self) -> NDArray[np.uint8]:
        """(T, 3) `dirt`, zeros if it is CLEAN."""
        return self.dirt if len(self.dirt) else np.zeros((len(self.triangles), 3), np.uint8)

    @staticmethod
    def join(meshes: "list[Mesh] | tuple[Mesh, ...]") -> "Mesh":
        """One mesh holding all of them, in order."""
        offsets = np.cumsum([0] + [len(m.vertices_m) for m in meshes[:-1]]).astype(np.int32)
        return Mesh(
            np.concatenate([m.vertices_m for m in meshes]),
            np.concatenate([m.triangles + o for m, o in zip(meshes, offsets, strict=True)]),
            np.concatenate([m.normals for m in meshes]),
            np.concatenate([m.uv_m for m in meshes]),
            np.concatenate([m.material for m in meshes]),
            np.concatenate([m.semantic for m in meshes]),
            np.concatenate([m.dirt_at_corners for m in meshes])
            if any(len(m.dirt) for m in meshes)
            else CLEAN,
        )

    def only(self, chosen: NDArray[np.bool_]) -> "Mesh":
        """The triangles that are chosen (T,), and their vertices."""
        used = np.zeros(len(self.vertices_m), np.bool_)
        used[self.triangles[chosen]] = True
        number = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return Mesh(
            self.vertices_m[used],
            number[self.triangles[chosen]],
            self.normals[used],
            self.uv_m[used],
            self.material[chosen],
            self.semantic[chosen],
            self.dirt[chosen] if len(self.dirt) else CLEAN,
        )

    def moved(self, matrix: NDArray[np.float64]) -> "Mesh":
        """This mesh under a (4, 4) transform (rotation, translation, positive scale)."""
        linear = matrix[:3, :3]
        vertices = self.vertices_m.astype(np.float64) @ linear.T + matrix[:3, 3]
        normals = self.normals.astype(np.float64) @ np.linalg.inv(linear)
        normals /= np.maximum(triples.length(normals)[:, None], 1e-12)
        return Mesh(
            vertices.astype(np.float32),
            self.triangles,
            normals.astype(np.float32),
            self.uv_m,
            self.material,
            self.semantic,
            self.dirt,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A rigid piece of an asset and how it moves.

    `joint` names what drives it: "fixed"; "wheel" (spins about y with the rolled angle); "steered_wheel" (spins, and
    turns about z with the steering angle); "steer" (turns about z only: forks, handlebars); or a limb of the gait
    ("hip_left", "knee_right", "shoulder_left", "elbow_right", "ankle_left", "head", "pelvis", "leg_front_left", ...),
    "door:front_left" for what swings as far as `WorldInstant.doors` says, or "ground" for what does not bob with the
    gait.
    """

    name: str
    mesh: Mesh  # in the part's own frame: the pivot is the origin, axes parallel to the actor's in rest pose
    joint: str = "fixed"
    parent: int = -1  # index of the parent part; -1: the actor's frame
    pivot_m: tuple[float, float, float] = (0.0, 0.0, 0.0)  # in the parent's frame
    radius_m: float = 0.0  # wheels only
    open_rad: tuple[float, float, float] = (0.0, 0.0, 0.0)  # doors only: roll, pitch, yaw at the last notch


@dataclass(frozen=True, slots=True)
class Keypoint:
    """A point of a body that has a name, such as `left_knee`, fixed to a part."""

    name: str
    part: int  # index of the part
    at_m: tuple[float, float, float]  # in the part's frame


@dataclass(frozen=True, slots=True)
class LampSpec:
    """A lamp on an asset: position and axis in the actor's frame, which `sim.trace.Lamp` bits light it."""

    bits: int
    position_m: tuple[float, float, float]
    axis: tuple[float, float, float]
    kind: str  # "low_beam", "high_beam", "tail", "brake", "indicator", "fog_front", "fog_rear", "street", "beacon"
    intensity_cd: float  # on the axis (for headlamps: the scale of the beam table)
    color: tuple[float, float, float]  # linear RGB, max 1
    part: int = -1  # part whose lamp material glows with it; -1: all triangles of `material`
    material: str = ""  # the material that glows when lit


@dataclass(frozen=True, slots=True)
class Asset:
    """A drawable model.  All triangles in any pose of the gait stay inside `size_m` about the actor's origin."""

    model: str
    size_m: tuple[float, float, float]
    parts: tuple[Part, ...]
    lamps: tuple[LampSpec, ...] = ()
    textures: tuple[str, ...] = ()
    # Rows of Scene.tint, linear RGB: paint or upper clothes, second colour or lower clothes, skin or trim.
    tints: tuple[tuple[float, float, float], ...] = ((0.5, 0.5, 0.5), (0.35, 0.35, 0.35), (0.45, 0.3, 0.22))
    # Joints that do not take part in the gait, because a hand holds something: (joint, (roll, pitch, yaw)).
    held: tuple[tuple[str, tuple[float, float, float]], ...] = ()
    keypoints: tuple[Keypoint, ...] = ()  # of the people in or on it, seventeen of each
