"""Rays in bundles and the surfaces that they meet: the camera's, and those it sends on.  Renderers floor.

`look` traces a bundle and works out what its rays met, `look_ahead` does so for a camera's pixels.  What shadows,
mirrors and lamps make of it is the work of `renderers.shadows`, `renderers.mirrors` and `renderers.shading`.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass, replace
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
NO_MIRROR = 2.0  # more light than anything mirrors
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
class Marks:
    """Which rays are sent on."""

    least_mirror: np.float32  # share of the light from which on mirror images are traced
    shiny: NDArray[np.uint8]  # (N,) TRACED, FILLED or 0, see `kernels.marks`
    pane: NDArray[np.bool_]  # (N,)
    weight: Floats  # (N,) of mirror images, 0 so far
    rough: Floats  # (N,) roughness of coats

    @staticmethod
    def room(count: int, least_mirror: float) -> "Marks":
        """Room for those of so many rays."""
        return Marks(
            np.float32(least_mirror),
            np.empty(count, np.uint8),
            np.empty(count, np.bool_),
            np.empty(count, np.float32),
            np.empty(count, np.float32),
        )


NO_MARKS = Marks.room(0, NO_MIRROR)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rays of a common origin region, in packets of 64, and what they met."""

    direction: Floats  # (N, 3)
    hits: Hits
    surface: Floats  # (N / 64, S_COLUMNS, 64)
    offset_m: Floats  # (N, 3) where secondary rays start
    marks: Marks
    spots: Floats  # (G, SPOT_ROWS, SPOTS) pixels that tell which lamps light it; (0, ...): not picked

    @staticmethod
    def room(direction: Floats, least_mirror: float, lit: bool = False) -> "Bundle":
        """Room for what rays (N, 3) meet; `lit`: with spots for the choice of lamps."""
        count = len(direction)
        return Bundle(
            direction,
            Hits.empty(count),
            room_for_surfaces(count),
            np.empty((count, 3), np.float32),
            Marks.room(count, least_mirror),
            room_for_spots(count // 64) if lit else NO_SPOTS,
        )


def look(
    prepared: Tracer,
    light: Light,
    direction: Floats,
    start_m: Floats | None,
    threads: int,
    far_m: Floats | float = np.inf,
) -> Bundle:
    """Trace rays (N a multiple of 64) and work out what surfaces they met; none of them is mirrored."""
    bundle = Bundle.room(direction, NO_MIRROR)

    def work(start: int, stop: int) -> None:
        prepared.trace_into(
            bundle.hits, direction, start_m, 0.0, far_m, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )
        _resolve(start, stop, bundle, start_m, prepared.scene, light)

    count = len(direction)
    in_slices(work, count // 64, threads, grain_of(count // 64))
    return bundle


def look_ahead(
    prepared: Tracer,
    light: Light,
    direction: Floats,
    start_m: Floats | None,
    tiles: NDArray[np.int32],
    threads: int,
    far_m: Floats | float,
    least_mirror: float,
) -> Bundle:
    """As `look`, for the pixels of a camera, whose `tiles` stand in an order in which neighbours are seen together."""
    bundle = Bundle.room(direction, least_mirror, lit=len(light.lamps) > 0)

    def see(start: int, stop: int) -> None:
        prepared.see_into(
            bundle.hits, direction, start_m, 0.0, far_m, which=tiles, mask=SEEN_BY_SENSORS, start=start, stop=stop
        )  # fmt: skip

    def work(start: int, stop: int) -> None:
        _resolve(start, stop, bundle, start_m, prepared.scene, light)

    in_slices(see, len(tiles), threads, SEEN_PER_SLICE)
    in_slices(work, len(direction) // 64, threads, TILES_PER_SLICE)
    return bundle


def grain_of(tiles: int) -> int:
    """Tiles of a slice: fewer where there are few in all, so that each thread gets some of them."""
    return min(TILES_PER_SLICE, max(tiles // 24, 2))


def resolved(scene: Scene, light: Light, bundle: Bundle, threads: int) -> Floats:
    """(N / 64, S_COLUMNS, 64) the surfaces of a bundle as they are on other ground."""
    surface, offset = np.empty_like(bundle.surface), np.empty_like(bundle.offset_m)
    other = replace(bundle, surface=surface, offset_m=offset, marks=NO_MARKS, spots=NO_SPOTS)
    in_slices(
        lambda start, stop: _resolve(start, stop, other, None, scene, light),
        len(bundle.direction) // 64,
        threads,
        TILES_PER_SLICE,
    )
    return surface


def _resolve(
    start: int, stop: int, bundle: Bundle, start_m: Floats | None, scene: Scene, light: Light
) -> None:
    """Fill what follows from the hits of tiles [start, stop) of a bundle."""
    resolve_hits(
        start * 64, stop * 64, bundle.direction, start_m, bundle.hits, scene, light,
        bundle.surface, bundle.offset_m, bundle.marks, bundle.spots,
    )  # fmt: skip


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
    marks: Marks = NO_MARKS,
    spots: Floats = NO_SPOTS,
) -> None:
    """Fill the surfaces that rays [start, stop) met and where further rays may leave them; marks and spots have room."""
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
        spots,
        marks.least_mirror,
        marks.shiny,
        marks.pane,
        marks.weight,
        marks.rough,
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
