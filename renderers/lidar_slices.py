"""A lidar's sweep in pieces: its own way, and slices in which everything else stands still.  Renderers floor.

A sweep is cut into slices of a few milliseconds, and finer where something fast is near.  Within a slice the sensor
moves from firing to firing; the actors stand where they are in its middle, less than a centimetre from where they were.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.kernels import beams
from renderers.lidar_models import Firings, LidarModel, Make, firings, lidar_model
from renderers.scene import Scene
from renderers.stage import Stage
from sim.slices import in_slices
from sim.trace import pose_matrix

SLICES = 32
KEYS = (
    9  # poses of the ego and of all parts are exact at so many times of half a sweep and interpolated between
)
BLOCK = 8  # a packet is so many rings by so many steps; slices end between packets
ASIDE_M, ASIDE_RAD = 0.01, 3e-4  # an actor may stand so far from its place, the larger of both
FIRINGS_PER_SLICE = 4096


@dataclass(frozen=True, slots=True)
class Slice:
    """A few milliseconds of a sweep: B firings in packets of about eight rings by eight steps that look the same way."""

    first_step: int
    last_step: int
    rows: NDArray[np.int64]  # (B,) of the sweep's firings
    ring: NDArray[np.int64]  # (B,)
    step: NDArray[np.int64]  # (B,) from the slice's first

    def parted(self, cuts: NDArray[np.int64]) -> tuple["Slice", NDArray[np.int64]]:
        """Firings part by part between steps (of the sweep) where they are cut, and the part (B,) of each."""
        part = np.searchsorted(cuts, self.first_step + self.step, side="right") - 1
        if len(cuts) == 2:
            return self, part
        order = np.argsort(part, kind="stable")
        moved = replace(self, rows=self.rows[order], ring=self.ring[order], step=self.step[order])
        return moved, part[order]


@lru_cache(maxsize=8)
def slices_of(make: Make) -> tuple[Slice, ...]:
    """The slices of a model's sweep."""
    model, shots = lidar_model(make), firings(make)
    blocks = -(-model.steps // BLOCK)
    count = min(SLICES, blocks)
    cuts = np.minimum(np.linspace(0, blocks, count + 1).astype(np.int64) * BLOCK, model.steps)
    first = np.searchsorted(shots.step, cuts)  # firings of a step never overtake those of the next one
    # Lasers of one firing look up to 9 degrees to either side: packets by steps would be as wide.
    per_step = model.turn_radps * model.step_ns * 1e-9
    aside = -model.azimuth_rad / per_step if per_step else np.zeros(len(model.ring))
    slices = []
    for k in range(count):
        rows = np.arange(first[k], first[k + 1])
        step = shots.step[rows] - cuts[k]
        ring = model.ring[shots.laser[rows]].astype(np.int64)
        order = _side_by_side(step + aside[shots.laser[rows]], ring)
        slices.append(Slice(int(cuts[k]), int(cuts[k + 1]), rows[order], ring[order], step[order]))
    return tuple(slices)


def _side_by_side(across: NDArray[np.float64], ring: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order of firings in packets of eight rings, narrow in `across`, the steps to where beams point."""
    order = np.lexsort((across, ring // BLOCK))
    packet = np.arange(len(order)) // BLOCK**2
    return order[np.lexsort((across[order], ring[order], packet))]


def parts_of(
    stage: Stage,
    model: LidarModel,
    scene: Scene,
    world_from_lidar: NDArray[np.float64],
    slices: tuple[Slice, ...],
) -> list[NDArray[np.int64]]:
    """Steps at which each slice is cut again, its ends included: nothing fast in its sector stands too far aside."""
    now = stage.instant(scene.time_ns)
    first = np.array([piece.first_step for piece in slices])
    last = np.array([piece.last_step for piece in slices])
    slice_ns = (last - first) * model.step_ns
    offset_ns = 0.5 * (first + last) * model.step_ns + model.begin_ns
    ahead = -model.turn_radps * offset_ns * 1e-9
    forward = np.stack([np.cos(ahead), np.sin(ahead)], axis=1) @ world_from_lidar[:2, :2].T  # (S, 2)
    reach = 0.5 * model.turn_radps * slice_ns * 1e-9 + np.abs(model.azimuth_rad).max() + 0.1
    if model.turn_radps == 0.0:  # the whole field at any time
        reach = reach + 0.5 * model.field_rad
    fast = now.present & np.array([not actor.is_ego for actor in stage.trace.actors], bool)
    velocity = now.velocity_mps[fast]
    speed = np.linalg.norm(velocity, axis=1)
    half = 0.5 * np.array([np.hypot(*actor.size_m[:2]) for actor in stage.trace.actors])[fast]
    moved = velocity[None, :, :2] * (offset_ns * 1e-9)[:, None, None]
    place = now.position_m[fast][None, :, :2] + moved - world_from_lidar[:2, 3]  # (S, A, 2)
    near = np.maximum(np.hypot(place[..., 0], place[..., 1]) - half, 0.1)
    across = forward[:, None, 0] * place[..., 1] - forward[:, None, 1] * place[..., 0]
    off = np.abs(np.arctan2(across, (forward[:, None] * place).sum(axis=2)))
    aside = speed * 0.5e-9 * slice_ns[:, None]  # (S, A)
    counts = (aside >= ASIDE_M) & (near < model.far_m) & (off < reach[:, None] + np.arctan2(half, near))
    share = np.where(counts, aside / np.maximum(ASIDE_M, ASIDE_RAD * near), 1.0)
    most = np.maximum(share.max(axis=1, initial=1.0), 1.0)
    ends: list[NDArray[np.int64]] = []
    for piece, times in zip(slices, most, strict=True):
        blocks = -(-(piece.last_step - piece.first_step) // BLOCK)
        each = max(int(blocks / times), 1)
        cuts = piece.first_step + np.append(np.arange(0, blocks, each), blocks) * BLOCK
        ends.append(np.minimum(cuts, piece.last_step))
    return ends


@dataclass(frozen=True, slots=True)
class Track:
    """The lidar's pose over one sweep: exact at the keys, between them linear and along the shorter turn."""

    offset_ns: NDArray[np.int64]  # (K,)
    place_m: NDArray[np.float64]  # (K, 3)
    angle_rad: NDArray[np.float64]  # (K, 3) of the ego: yaw, pitch, roll, unwrapped
    ego_from_lidar: NDArray[np.float64]  # (4, 4)

    @staticmethod
    def of(stage: Stage, ego_from_lidar: NDArray[np.float64], time_ns: int, rate_hz: float) -> "Track":
        half = round(0.5e9 / rate_hz)
        offsets = np.linspace(-half, half, 2 * KEYS - 1).round().astype(np.int64)
        ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
        place, rotation = stage.path(ego, time_ns + offsets)
        return Track(offsets, place, np.unwrap(rotation, axis=0), ego_from_lidar)

    def rays(self, shots: Firings, threads: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Directions and starts (N, 3) of firings in the world."""
        direction, start = np.empty((len(shots.laser), 3)), np.empty((len(shots.laser), 3))

        def work(begin: int, end: int) -> None:
            beams.leave(
                shots.offset_ns, self.offset_ns, self.place_m, self.angle_rad, self.ego_from_lidar,
                shots.direction, shots.start_m, begin, end, direction, start,
            )  # fmt: skip

        in_slices(work, len(shots.laser), threads, FIRINGS_PER_SLICE)
        return direction, start

    def middle(self) -> NDArray[np.float64]:
        """(4, 4) world_from_lidar at the reference time, which is a key."""
        k = len(self.offset_ns) // 2
        return pose_matrix(self.place_m[k], self.angle_rad[k]) @ self.ego_from_lidar
