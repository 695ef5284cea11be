"""Rays in bundles and the surfaces that they meet: the camera's, and those it sends on.  Renderers floor.

`look` traces a bundle and works out what its rays met, `look_ahead` does so for a camera's pixels.  What shadows,
mirrors and lamps make of it is the work of `renderers.shadows`, `renderers.mirrors` and `renderers.shading`.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light, glow_table, material_table
from renderers.kernels.lamp_spots import NO_SPOTS, room_for_spots
from renderers.kernels.packing import count_wanted, list_wanted, put_back
from renderers.kernels.resolve import resolve
from renderers.kernels.surface import room_for_surfaces
from renderers.scene import SEEN_BY_SENSORS, Scene
from renderers.textures import atlas
from renderers.tracer import SEEN_PER_SLICE, Hits, packets_of
from sim.slices import in_slices

Floats = NDArray[np.float32]
Room = tuple[Floats, Floats, Floats]  # directions, starts and lengths of rays

TILES_PER_SLICE = 128
PACKED_PER_SLICE = 512  # packets, of which next to nothing is asked
NOWHERE = np.zeros((0, 3), np.float32)  # rays that all start at the origin


class Tracer(Protocol):
    """What rays are asked of: a `PreparedScene`, or one for each band of rows."""

    @property
    def scene(self) -> Scene: ...

    def trace_into(
        self,
        hits: Hits,
        direction: Floats,
        offset_m: Floats | None = None,
        near_m: Floats | float = 0.0,
        far_m: Floats | float = np.inf,
        *,
        mask: int = SEEN_BY_SENSORS,
        start: int = 0,
        stop: int | None = None,
    ) -> None: ...

    def see_into(
        self,
        hits: Hits,
        direction: Floats,
        offset_m: Floats | None = None,
        near_m: Floats | float = 0.0,
        far_m: Floats | float = np.inf,
        *,
        which: NDArray[np.int32],
        mask: int = SEEN_BY_SENSORS,
        start: int = 0,
        stop: int | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rays of a common origin region, in packets of 64, and what they met."""

    direction: Floats  # (N, 3)
    hits: Hits
    surface: Floats  # (N / 64, S_COLUMNS, 64)
    offset_m: Floats  # (N, 3) where secondary rays start
    spots: Floats | None = (
        None  # (G, SPOT_ROWS, SPOTS) pixels that tell which lamps light it, if they were picked
    )


def look(
    prepared: Tracer,
    light: Light,
    direction: Floats,
    start_m: Floats | None,
    threads: int,
    far_m: Floats | float = np.inf,
) -> Bundle:
    """Trace rays (N a multiple of 64) and work out what surfaces they met."""
    count = len(direction)
    hits = Hits.empty(count)
    surface = room_for_surfaces(count)
    offset = np.empty((count, 3), np.float32)
    scene = prepared.scene

    def work(start: int, stop: int) -> None:
        prepared.trace_into(
            hits, direction, start_m, 0.0, far_m, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )
        resolve_hits(start * 64, stop * 64, direction, start_m, hits, scene, light, surface, offset)

    in_slices(work, count // 64, threads, grain_of(count // 64))
    return Bundle(direction, hits, surface, offset)


def look_ahead(
    prepared: Tracer,
    light: Light,
    direction: Floats,
    start_m: Floats | None,
    tiles: NDArray[np.int32],
    threads: int,
    far_m: Floats | float = np.inf,
) -> Bundle:
    """As `look`, for the pixels of a camera, whose `tiles` stand in an order in which neighbours are seen together."""
    count = len(direction)
    hits = Hits.empty(count)
    surface = room_for_surfaces(count)
    offset = np.empty((count, 3), np.float32)
    spots = room_for_spots(count // 64) if len(light.lamps) else None
    scene = prepared.scene

    def see(start: int, stop: int) -> None:
        prepared.see_into(
            hits, direction, start_m, 0.0, far_m, which=tiles, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )

    def work(start: int, stop: int) -> None:
        resolve_hits(start * 64, stop * 64, direction, start_m, hits, scene, light, surface, offset, spots)

    in_slices(see, len(tiles), threads, SEEN_PER_SLICE)
    in_slices(work, count // 64, threads, TILES_PER_SLICE)
    return Bundle(direction, hits, surface, offset, spots)


def grain_of(tiles: int) -> int:
    """Tiles of a slice: fewer where there are few in all, so that each thread gets some of them."""
    return min(TILES_PER_SLICE, max(tiles // 24, 2))


def resolved(scene: Scene, light: Light, bundle: Bundle, threads: int) -> Floats:
    """(N / 64, S_COLUMNS, 64) the surfaces of a bundle as they are on other ground."""
    surface = np.empty_like(bundle.surface)
    offset = np.empty_like(bundle.offset_m)

    def work(start: int, stop: int) -> None:
        resolve_hits(
            start * 64, stop * 64, bundle.direction, None, bundle.hits, scene, light, surface, offset
        )

    in_slices(work, len(bundle.direction) // 64, threads, TILES_PER_SLICE)
    return surface


def resolve_hits(
    start: int,
    stop: int,
    direction: Floats,
    start_m: Floats | None,
    hits: Hits,
    scene: Scene,
    light: Light,
    surface: Floats,
    offset: Floats,
    spots: Floats | None = None,
) -> None:
    """Fill the surfaces that rays [start, stop) met, where further rays may leave them, and `spots` if there is room."""
    geometry_tiles = atlas()
    geometry = scene.geometry
    resolve(
        start,
        stop,
        direction,
        NOWHERE if start_m is None else start_m,
        hits.range_m,
        hits.placement,
        hits.triangle,
        hits.u,
        hits.v,
        light.rotation,
        scene.tint,
        scene.glow,
        geometry.corners_m,
        geometry.normal,
        geometry.uv_m,
        geometry.material,
        geometry.dirt,
        material_table(),
        geometry_tiles.words,
        geometry_tiles.offset,
        geometry_tiles.size_m,
        geometry_tiles.relief_m,
        light.ground,
        light.field,
        light.ruts,
        glow_table(),
        surface,
        offset,
        NO_SPOTS if spots is None else spots,
    )


def packed_index(wanted: NDArray[np.bool_] | NDArray[np.uint8], threads: int = 1) -> NDArray[np.int32]:
    """Rows that are wanted (true, or 1), filled up with -1 to whole packets."""
    flags, packets = wanted.view(np.uint8), packets_of(len(wanted))
    first = np.zeros(packets + 1, np.int32)
    in_slices(lambda a, b: count_wanted(a, b, flags, 1, first[1:]), packets, threads, PACKED_PER_SLICE)
    np.cumsum(first, out=first)
    count = int(first[-1])
    index = np.empty(count + -count % 64, np.int32)
    index[count:] = -1
    in_slices(lambda a, b: list_wanted(a, b, flags, 1, first, index), packets, threads, PACKED_PER_SLICE)
    return index


def unpacked(index: NDArray[np.int32], picked: Floats, out: Floats, threads: int) -> None:
    """Write the rows of `picked` (K, 3) to those of `out` (N, 3) that a packed index names."""
    in_slices(lambda a, b: put_back(a, b, index, picked, out), len(index), threads, 8 * PACKED_PER_SLICE)


def room_for(count: int) -> Room:
    """Room for directions, starts and lengths of `count` rays."""
    return np.empty((count, 3), np.float32), np.empty((count, 3), np.float32), np.empty(count, np.float32)
