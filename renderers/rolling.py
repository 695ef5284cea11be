"""Pictures whose rows are read out one after another: each row has its own camera, each band of rows its own world.

The camera moves from row to row, exactly; who moves stands still for eight rows (a packet's height), which is a few
millimetres.  Light is computed in the world of the picture's own time, to which points are brought back.
Renderers floor.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from renderers.extras import then_from_now
from renderers.frames import CameraFrame, RowPoses
from renderers.kernels.lamp_spots import NO_SPOTS
from renderers.kernels.motion import held
from renderers.passes import TILES_PER_SLICE, Bundle
from renderers.scene import SEEN_BY_SENSORS, Scene
from renderers.stage import Stage
from renderers.tracer import Hits, PreparedScene, prepare_each
from sim.slices import in_slices

Floats = NDArray[np.float32]
Poses = NDArray[np.float64]

BAND = 8  # rows
NS = 1e9


@dataclass(frozen=True, slots=True)
class BandTracer:
    """A prepared scene for each packet of rays, by its band of rows."""

    scene: Scene  # of the picture's own time
    bands: tuple[PreparedScene, ...]
    band_of: NDArray[np.int64]  # (packets,)

    def trace_into(
        self,
        hits: Hits,
        direction: Floats,
        offset_m: Floats | None = None,
        near_m: Floats | float = 0.0,
        far_m: Floats | float = np.inf,
        *,
        mask: int = SEEN_BY_SENSORS,
        only_actor: int | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> None:
        """As `PreparedScene.trace_into`, each run of packets in the world of its band."""
        end = len(self.band_of) if stop is None else stop
        while start < end:
            band = self.band_of[start]
            run = start + 1
            while run < end and self.band_of[run] == band:
                run += 1
            self.bands[band].trace_into(
                hits,
                direction,
                offset_m,
                near_m,
                far_m,
                mask=mask,
                only_actor=only_actor,
                start=start,
                stop=run,
            )
            start = run

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
        only_actor: int | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> None:
        """As `PreparedScene.see_into`; `which` had better hold each band's packets together."""
        end = len(which) if stop is None else stop
        band_of = self.band_of[which[start:end]]
        cuts = (start + np.flatnonzero(np.diff(band_of, prepend=-1))).tolist()
        for first, last in pairwise([*cuts, end]):
            self.bands[band_of[first - start]].see_into(
                hits,
                direction,
                offset_m,
                near_m,
                far_m,
                which=which,
                mask=mask,
                only_actor=only_actor,
                start=first,
                stop=last,
            )


@dataclass(frozen=True, slots=True)
class Rolling:
    """The rows of one picture."""

    scene: Scene
    origin_m: NDArray[np.float64]  # (3,)
    rows: RowPoses
    time_ns: NDArray[np.int64]  # (B,) of the bands
    world_from_part: Poses  # (B, P, 3, 4)
    bands: tuple[PreparedScene, ...]

    def aim(self, rays: Floats, row: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Directions in the world and starts from the common origin, of camera-frame rays (N, 3) of rows (N,)."""
        turn = self.rows.world_from_row[:, :3, :3].astype(np.float32)
        shift = (self.rows.world_from_row[:, :3, 3] - self.origin_m).astype(np.float32)
        # Term by term, so that a few rays round as all rays of the picture do.
        way = turn[row, :, 0] * rays[:, :1] + turn[row, :, 1] * rays[:, 1:2] + turn[row, :, 2] * rays[:, 2:]
        return np.ascontiguousarray(way), np.ascontiguousarray(shift[row])

    def tracer(self, band_of: NDArray[np.int64]) -> BandTracer:
        return BandTracer(self.scene, self.bands, band_of)

    def hold(self, bundle: Bundle, tiles_across: int, threads: int) -> Bundle:
        """The bundle of a picture with its points brought to the picture's own time, in place.

        Spots that were picked of them no longer hold, and are left out.
        """
        here = np.eye(4)
        here[:3, 3] = self.origin_m
        back = np.stack(
            [
                then_from_now(then, self.scene.world_from_part, self.origin_m, here)
                for then in self.world_from_part
            ]
        )
        in_slices(
            lambda a, b: held(a, b, tiles_across, bundle.hits.placement, back, bundle.offset_m),
            len(bundle.direction) // 64,
            threads,
            TILES_PER_SLICE,
        )
        return replace(bundle, spots=NO_SPOTS)


def row_poses(stage: Stage, height: int, readout_s: float, ego_from_camera: Poses, time_ns: int) -> RowPoses:
    """When each row is read and where the camera is then; the picture's time is that of its middle."""
    offset = (np.arange(height) - 0.5 * (height - 1)) / height * readout_s
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    keys = np.linspace(offset[0], offset[-1], -(-height // BAND) + 1)
    exact = np.array(
        [stage.instant(time_ns + round(key * NS)).world_from_actor(ego) @ ego_from_camera for key in keys]
    )
    at = np.clip((offset - keys[0]) / (keys[1] - keys[0]), 0.0, len(keys) - 1.0)
    first = np.minimum(at.astype(np.int64), len(keys) - 2)
    share = (at - first)[:, None, None]
    return RowPoses(offset, exact[first] * (1.0 - share) + exact[first + 1] * share)


def rolling(stage: Stage, scene: Scene, rows: RowPoses, origin_m: NDArray[np.float64]) -> Rolling:
    """A picture's rows, ready for rays."""
    count = -(-len(rows.offset_s) // BAND)
    step = float(rows.offset_s[1] - rows.offset_s[0])
    middle = rows.offset_s[0] + (BAND * np.arange(count) + 0.5 * (BAND - 1)) * step
    times = scene.time_ns + np.round(middle * NS).astype(np.int64)
    poses = stage.poses_between([int(t) for t in times])
    bands = tuple(prepare_each(scene, poses, origin_m))
    return Rolling(scene, origin_m, rows, times, poses, bands)


def rolling_of(stage: Stage, frame: CameraFrame) -> Rolling | None:
    """The rows of a frame that has been taken; None where the shutter is global."""
    if frame.rows is None:
        return None
    return rolling(stage, stage.scene(frame.time_ns), frame.rows, frame.world_from_camera[:3, 3])
