"""The world at an instant as flat arrays that kernels trace.  Renderers floor.

`Geometry` is made once a scenario: one tree for everything static and one for each part of each asset, all in common
arrays.  A `Scene` adds what moves: one `Placement` row per rigid part, with its pose and velocity at the scene's
time, and the lamps that are lit.  Placement 0 is the static world (tree 0): not turned, moved by `Geometry.origin_m`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.weather import WeatherState

SEEN_BY_SENSORS = 1  # bits of Scene.mask
CASTS_SHADOW = 2
LAMP_KINDS = (
    "low_beam",
    "high_beam",
    "tail",
    "brake",
    "indicator",
    "fog_front",
    "fog_rear",
    "reverse",
    "street",
    "beacon",
)


@dataclass(frozen=True, slots=True)
class Geometry:
    """All triangles of a scenario in tree order: T triangles, N nodes, G trees."""

    nodes: NDArray[np.float32]  # (N, 12) left box min xyz, max xyz, right box min xyz, max xyz
    links: NDArray[np.int32]  # (N, 2) >= 0: node; < 0: leaf, see kernels.bvh.leaf_link
    corners_m: NDArray[
        np.float32
    ]  # (T, 9) v0, v1, v2 in the tree's frame: neighbours share the very same bits
    normal: NDArray[np.float32]  # (T, 9) unit normals at the three corners
    uv_m: NDArray[np.float32]  # (T, 6)
    material: NDArray[np.int16]  # (T,)
    dirt: NDArray[np.uint8]  # (T, 3) see mesh.Mesh
    semantic: NDArray[np.uint8]  # (T,)
    instance: NDArray[np.int32]  # (T,) id of labelled static things; 0: take the placement's
    root: NDArray[np.int32]  # (G,) root link of each tree (node, or a leaf when the tree is tiny)
    bounds_m: NDArray[np.float32]  # (G, 6) min xyz, max xyz in the tree's frame
    broad_boxes: NDArray[np.float32]  # (W, 96) the same trees for frusta and single rays: see kernels.broad
    broad_links: NDArray[np.int32]  # (W, 16)
    broad_root: NDArray[np.int32]  # (G,)
    quad_nodes: NDArray[
        np.float32
    ]  # (Q, 32) and with four children to a node, for packets: boxes, then links as bits
    quad_root: NDArray[np.int32]  # (G,)
    leaf_corners_m: NDArray[
        np.float32
    ]  # (L, 9, 16) corners of the broad trees' leaves by axis, 0 where there are none
    leaf_first: NDArray[np.int32]  # (L,) their first triangles
    origin_m: NDArray[np.float64]  # (3,) world position of the static tree's frame (tree 0)


@dataclass(frozen=True, slots=True)
class LampTable:
    """L lit lamps in the world."""

    position_m: NDArray[np.float64]  # (L, 3)
    axis: NDArray[np.float64]  # (L, 3) unit
    up: NDArray[np.float64]  # (L, 3) unit, for beam tables
    intensity_cd: NDArray[np.float64]  # (L,)
    color: NDArray[np.float64]  # (L, 3)
    kind: NDArray[np.int32]  # (L,) row of LAMP_KINDS


@dataclass(frozen=True, slots=True)
class Scene:
    """The world at `time_ns` for sensors: P placements."""

    time_ns: int
    geometry: Geometry
    tree: NDArray[np.int32]  # (P,) index of the geometry tree
    world_from_part: NDArray[np.float64]  # (P, 3, 4) at time_ns
    velocity_mps: NDArray[np.float64]  # (P, 3) of the part's origin
    spin_radps: NDArray[np.float64]  # (P, 3) angular velocity, world axes
    instance: NDArray[np.int32]  # (P,) 0 = not an actor
    actor: NDArray[np.int32]  # (P,) column of the trace, -1 = static
    mask: NDArray[np.uint8]  # (P,) bits: SEEN_BY_SENSORS, CASTS_SHADOW
    glow: NDArray[
        np.float32
    ]  # (P, len(GLOW)) which lamp materials of the part are lit (column: materials.GLOW), 0..1
    tint: NDArray[np.float32]  # (P, C, 3) linear RGB of the asset's colours: A, B, C, then A and B under dirt
    lamps: LampTable
    weather: WeatherState
    seed: int
