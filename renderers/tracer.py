"""Ray questions put to a scene: prepared once for an origin, then asked in packets.  Renderers floor.

`prepare(scene, origin)` subtracts the origin in float64 and builds the tree over the placements; the `PreparedScene`
answers primary, shadow and reflection rays alike, each ray starting at the origin plus its own offset.  Rays that
stand together in the array travel together: hand them over in blocks (`block_order`) and not in long rows.  Rays that
also start close together and go one way, as those of a camera or of a lidar do, are asked by `see`, which finds the same
hits in about half the time.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.frusta import FRUSTUM, see_frusta
from renderers.kernels.lone_rays import trace_alone
from renderers.kernels.packet_rays import LANES, TOGETHER
from renderers.kernels.packets import EMPTY, trace_packets
from renderers.kernels.placing import place_parts
from renderers.kernels.things import name_packets
from renderers.placements import Placements
from renderers.scene import SEEN_BY_SENSORS, Scene
from sim.kernels.dealing import deal_of
from sim.slices import in_slices, in_turns

BOX_PAD_M = 1e-3  # as geometry.PAD_M, for boxes that are turned into the sensor's axes in float32
PACKETS_PER_SLICE = 64
SEEN_PER_SLICE = 4 * FRUSTUM  # packets
_NO_OFFSET = np.zeros((0, 3), np.float32)
_NO_PLACEMENT = np.zeros(0, np.int32)
_NO_CLASS = np.zeros(0, np.uint8)
_NO_PICTURE = np.zeros(3, np.int64)


@dataclass(frozen=True, slots=True)
class Hits:
    """What R rays met; `point = (1 - u - v) v0 + u v1 + v v2` of the triangle's corners."""

    range_m: NDArray[np.float32]  # (R,) in units of the direction's length; inf: nothing
    placement: NDArray[np.int32]  # (R,) row of Scene; -1: nothing
    triangle: NDArray[np.int32]  # (R,) row of Geometry; -1: nothing
    u: NDArray[np.float32]  # (R,)
    v: NDArray[np.float32]  # (R,)

    @staticmethod
    def empty(count: int) -> "Hits":
        """Room for the hits of `count` rays."""
        return Hits(
            np.empty(count, np.float32),
            np.empty(count, np.int32),
            np.empty(count, np.int32),
            np.empty(count, np.float32),
            np.empty(count, np.float32),
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """Where what rays show is written, where nothing more is wanted."""

    instance: NDArray[np.int32]  # (H, W), or (R,) one ray after the other; 0: nothing
    semantic: NDArray[np.uint8]  # the same of rays; (0,): not wanted, as of pictures
    range_m: NDArray[np.float32]  # as of Hits
    tiles_across: int = 0  # of a picture, whose packets are tiles of 8 x 8 pixels, row by row

    def picture(self) -> NDArray[np.int64]:
        """What kernels.things.name_packet must know."""
        height, width = self.instance.shape if self.tiles_across else (1, len(self.instance))
        return np.array((self.tiles_across, height, width), np.int64)


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A scene as seen from one origin: the arrays that the packet kernel reads, and nothing else."""

    scene: Scene
    origin_m: NDArray[np.float64]  # (3,) world
    root: NDArray[np.int32]  # (P,)
    quad_root: NDArray[np.int32]  # (P,)
    turn: NDArray[np.float32]  # (P, 12) part_from_sensor
    box: NDArray[np.float32]  # (P, 6)
    order: NDArray[np.int32]  # placements, the static world's first
    placements: Placements

    def trace_into(
        self,
        hits: Hits,
        direction: NDArray[np.float32],  # (R, 3) world axes, any length
        offset_m: NDArray[np.float32] | None = None,  # (R, 3) start relative to the origin
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        any_hit: bool = False,
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> None:
        """Trace packets [start, stop) of 64 rays on this thread, into arrays that the caller owns.

        With `any_hit` only `placement` (>= 0: blocked) and `triangle` mean something.  `only_actor` sees nothing but
        the placements of that column of the trace.
        """
        tree = self.placements.tree()
        order, always, top_root = tree.order, tree.always, tree.root
        if only_actor is not None:
            order = np.flatnonzero(self.scene.actor == only_actor).astype(np.int32)
            always, top_root = len(order), EMPTY
        geometry = self.scene.geometry
        first, last = start * LANES, len(direction) if stop is None else min(stop * LANES, len(direction))
        trace_packets(
            geometry.quad_nodes,
            geometry.quad_nodes.view(np.int32),
            geometry.corners_m,
            self.quad_root,
            self.turn,
            self.box,
            self.scene.mask,
            order,
            always,
            tree.nodes,
            tree.links,
            top_root,
            direction,
            _NO_OFFSET if offset_m is None else offset_m,
            _bound(near_m),
            _bound(far_m),
            mask,
            any_hit,
            first // TOGETHER,
            -(-last // TOGETHER),
            hits.range_m,
            hits.placement,
            hits.triangle,
            hits.u,
            hits.v,
        )

    def trace_alone_into(
        self,
        hits: Hits,
        direction: NDArray[np.float32],  # (R, 3) world axes, any length
        offset_m: NDArray[np.float32] | None = None,  # (R, 3) start relative to the origin
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        mask: int = SEEN_BY_SENSORS,
        start: int = 0,
        stop: int | None = None,
    ) -> None:
        """Fill the hits of packets [start, stop) as `trace_into` does, bit for bit, but ray by ray.

        That takes half the time for rays of which no two go one way.  Their u and v are left alone.
        """
        scene, geometry, tree = self.scene, self.scene.geometry, self.placements.tree()
        count = len(direction)
        trace_alone(
            geometry.broad_boxes,
            geometry.broad_links,
            geometry.leaf_corners_m,
            geometry.leaf_first,
            geometry.broad_root[scene.tree],
            self.turn,
            scene.mask,
            tree.order,
            tree.always,
            tree.broad_boxes,
            tree.broad_links,
            tree.broad_root,
            tree.crates,
            direction,
            _NO_OFFSET if offset_m is None else offset_m,
            _bound(near_m),
            _bound(far_m),
            mask,
            start * LANES,
            count if stop is None else min(stop * LANES, count),
            hits.range_m,
            hits.placement,
            hits.triangle,
        )

    def see_into(
        self,
        hits: Hits,
        direction: NDArray[np.float32],  # (R, 3) world axes, any length
        offset_m: NDArray[np.float32] | None = None,  # (R, 3) start relative to the origin
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        which: NDArray[np.int32],  # packets in an order in which neighbours look at neighbouring places
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        start: int = 0,
        stop: int | None = None,
        weigh: bool = True,
    ) -> None:
        """Fill the hits of packets which[start:stop] as `trace_into` does, bit for bit, a frustum of them at a time.

        Without `weigh` their u and v are left alone.
        """
        deal = deal_of(start, len(which) if stop is None else stop, FRUSTUM, threads=1)
        self.see_dealt(
            hits, direction, offset_m, near_m, far_m,
            which=which, deal=deal, mask=mask, only_actor=only_actor, weigh=weigh,
        )  # fmt: skip

    def see_dealt(
        self,
        hits: Hits,
        direction: NDArray[np.float32],  # as of `see_into`
        offset_m: NDArray[np.float32] | None = None,
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        which: NDArray[np.int32],
        deal: NDArray[np.int64],
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        weigh: bool = True,
        shown: Shown | None = None,
    ) -> None:
        """The same of what this thread is dealt of `which` (`sim.slices.in_turns`).

        What rays show may be wanted instead: hits are then only kept of the few packets that no frustum can hold.
        """
        scene, geometry = self.scene, self.scene.geometry
        order = self.order[(scene.mask[self.order] & mask) != 0]
        if only_actor is not None:
            order = order[scene.actor[order] == only_actor]
        left_out = np.empty(len(which), np.int32)
        offset = _NO_OFFSET if offset_m is None else offset_m
        names = (scene.instance, geometry.instance, geometry.semantic)
        picture, instance, semantic = _NO_PICTURE, _NO_PLACEMENT, _NO_CLASS
        range_m = hits.range_m
        if shown is not None:
            picture, instance, semantic = shown.picture(), shown.instance.reshape(-1), shown.semantic
            range_m = shown.range_m.reshape(-1)
        left = see_frusta(
            geometry.broad_boxes,
            geometry.broad_links,
            geometry.leaf_corners_m,
            geometry.leaf_first,
            geometry.broad_root[scene.tree],
            self.turn,
            self.box,
            order,
            direction,
            offset,
            _bound(near_m),
            _bound(far_m),
            which,
            deal,
            weigh,
            left_out,
            range_m,
            hits.placement,
            hits.triangle,
            hits.u,
            hits.v,
            *names,
            picture,
            instance,
            semantic,
        )
        for packet in left_out[:left]:
            self.trace_into(
                hits, direction, offset_m, near_m, far_m,
                mask=mask, only_actor=only_actor, start=int(packet), stop=int(packet) + 1,
            )  # fmt: skip
        if shown is not None and left > 0:
            name_packets(
                left_out[:left], hits.range_m, hits.placement, hits.triangle, *names, picture,
                range_m, instance, semantic,
            )  # fmt: skip

    def see(
        self,
        direction: NDArray[np.float32],
        offset_m: NDArray[np.float32] | None = None,
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        which: NDArray[np.int32] | None = None,
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        threads: int = 1,
    ) -> Hits:
        """The same over all rays, or those of some packets, dealt to `threads` threads."""
        direction = np.ascontiguousarray(direction, np.float32)
        if offset_m is not None:
            offset_m = np.ascontiguousarray(offset_m, np.float32)
        hits = Hits.empty(len(direction))
        if which is None:
            which = np.arange(packets_of(len(direction)), dtype=np.int32)

        def work(deal: NDArray[np.int64]) -> None:
            self.see_dealt(
                hits, direction, offset_m, near_m, far_m,
                which=which, deal=deal, mask=mask, only_actor=only_actor,
            )  # fmt: skip

        in_turns(work, len(which), threads, FRUSTUM)
        return hits

    def trace(
        self,
        direction: NDArray[np.float32],
        offset_m: NDArray[np.float32] | None = None,
        near_m: NDArray[np.float32] | float = 0.0,
        far_m: NDArray[np.float32] | float = np.inf,
        *,
        any_hit: bool = False,
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        threads: int = 1,
    ) -> Hits:
        """The same over all rays, with packets dealt to `threads` threads; the bytes do not depend on their number."""
        direction = np.ascontiguousarray(direction, np.float32)
        if offset_m is not None:
            offset_m = np.ascontiguousarray(offset_m, np.float32)
        hits = Hits.empty(len(direction))

        def work(start: int, stop: int) -> None:
            self.trace_into(
                hits,
                direction,
                offset_m,
                near_m,
                far_m,
                any_hit=any_hit,
                mask=mask,
                only_actor=only_actor,
                start=start,
                stop=stop,
            )

        packets = packets_of(len(direction))
        in_slices(work, packets, threads, min(PACKETS_PER_SLICE, max(packets // 16, 1)))
        return hits


def prepare(scene: Scene, origin_m: NDArray[np.float64]) -> PreparedScene:
    """Make a scene ready for rays that start at or near `origin_m` (3,) in the world."""
    return prepare_each(scene, scene.world_from_part[None], origin_m)[0]


def prepare_each(
    scene: Scene, world_from_part: NDArray[np.float64], origin_m: NDArray[np.float64]
) -> list[PreparedScene]:
    """The same of a scene whose parts stand in one of S ways (S, P, 3, 4) after the other, a little apart each time.

    They share one tree over where parts stand in any of them: boxes that are a little too large hide nothing.
    """
    origin = np.ascontiguousarray(origin_m, np.float64)
    geometry = scene.geometry
    turn = np.empty((*world_from_part.shape[:2], 12), np.float32)
    box = np.empty((*world_from_part.shape[:2], 6), np.float32)
    for poses, turns, boxes in zip(world_from_part, turn, box, strict=True):
        place_parts(poses, scene.tree, geometry.bounds_m, origin, BOX_PAD_M, turns, boxes)
    # The static world surrounds every ray: tried first, it bounds the range of most of them.
    still = np.flatnonzero(scene.tree == 0)
    moving = np.flatnonzero((scene.tree != 0) & (scene.mask != 0))
    order = np.concatenate([still, moving]).astype(np.int32)
    placements = Placements(order, len(still), box)
    return [
        PreparedScene(
            scene=scene if len(box) == 1 else replace(scene, world_from_part=world_from_part[k]),
            origin_m=origin,
            root=geometry.root[scene.tree],
            quad_root=geometry.quad_root[scene.tree],
            turn=turn[k],
            box=box[k],
            order=order,
            placements=placements,
        )
        for k in range(len(box))
    ]


def trace(
    scene: Scene,
    origin_m: NDArray[np.float64],  # (3,), or (R, 3): each ray its own
    directions: NDArray[np.float32],  # (R, 3) world axes
    t_max: NDArray[np.float32] | float = np.inf,
    *,
    any_hit: bool = False,
    mask: int = SEEN_BY_SENSORS,
    threads: int = 1,
    only_actor: int | None = None,
) -> Hits:
    """Trace rays once; a caller with more to ask of the same scene keeps the result of `prepare`."""
    origin = np.asarray(origin_m, np.float64)
    common = origin if origin.ndim == 1 else (origin.mean(axis=0) if len(origin) else np.zeros(3))
    offset = None if origin.ndim == 1 else (origin - common).astype(np.float32)
    return prepare(scene, common).trace(
        directions, offset, 0.0, t_max, any_hit=any_hit, mask=mask, only_actor=only_actor, threads=threads
    )


def packets_of(rays: int) -> int:
    """Number of packets that hold so many rays."""
    return -(-rays // LANES)


def block_order(rows: int, columns: int) -> NDArray[np.int64]:
    """Indices into a row-major (rows, columns) grid so that each packet is a block of eight by eight.

    Packets follow one another in blocks of up to four by eight, so that a frustum of them is compact: rows of a lidar
    lie further apart than columns.
    """
    row, column = np.divmod(np.arange(rows * columns, dtype=np.int64), columns)
    down, across = row // 8, column // 8
    return np.lexsort((column % 8, row % 8, down % 4, across % 8, across // 8, down // 4))


def frustum_order(tiles_across: int, tiles_down: int) -> NDArray[np.int32]:
    """The tiles of a picture (8 x 8 pixels, row by row) in an order for `see`: by blocks of eight by four."""
    row, column = np.divmod(np.arange(tiles_across * tiles_down), tiles_across)
    return np.lexsort((column % 8, row % 4, column // 8, row // 4)).astype(np.int32)


def _bound(value: NDArray[np.float32] | float) -> NDArray[np.float32]:
    return np.atleast_1d(np.asarray(value, np.float32))
