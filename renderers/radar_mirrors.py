"""Walls and guard rails as mirrors: where they stand, and the ghosts of actors behind them.  Renderers floor.

A mirror is a vertical plane through what the radar's fan met.  An actor is seen in it from the mirrored radar, twice
reflected, and, by paths that go one way straight and the other way by the mirror, once reflected: half way between in
range, in either direction.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.radar_paths import decibel
from renderers.radar_world import Fan, places_of
from scenarios.taxonomy import SEMANTIC_ID

Floats = NDArray[np.float64]

# Power that one reflection leaves, in dB: a steel rail is corrugated and has posts, concrete has a permittivity of 6
# (-8 dB at normal incidence), fronts of houses are broken by windows.  Reasoned from Prophet et al. 2019 and
# Kamann et al. 2018, who find ghosts 5 to 20 dB below their targets.
MIRROR_DB = {"guard_rail": -4.0, "wall": -8.0, "bridge": -9.0, "tunnel": -8.0, "building": -10.0}
SHORTEST_M = 3.0  # of a wall that makes a mirror
STRAIGHT_M = 0.20  # how far its face may be off a line
GAP_M, GAP_SHARE = 2.0, 0.25  # between two places on one wall: so far, or so much of their distance
LOW_M, HIGH_M = 0.25, 2.5  # above the ground below the ego: what targets can be mirrored in
MOST = 16  # mirrors of a scan, the longest


@dataclass(frozen=True, slots=True)
class Mirror:
    """A vertical plane from one place to another."""

    begin_m: Floats  # (2,) world
    end_m: Floats  # (2,)
    left: float  # power after one reflection

    @property
    def normal(self) -> Floats:
        along = (self.end_m - self.begin_m) / np.linalg.norm(self.end_m - self.begin_m)
        return np.array([-along[1], along[0]])

    def image(self, place_m: Floats) -> Floats:
        """(..., 3) places mirrored in the plane."""
        normal = self.normal
        away = (place_m[..., :2] - self.begin_m) @ normal
        out = np.array(place_m, np.float64)
        out[..., :2] -= 2.0 * away[..., None] * normal
        return out

    def turned(self, velocity_mps: Floats) -> Floats:
        """(..., 3) velocities mirrored in the plane, which stands still."""
        normal = self.normal
        out = np.array(velocity_mps, np.float64)
        out[..., :2] -= 2.0 * (velocity_mps[..., :2] @ normal)[..., None] * normal
        return out

    def crossing(self, eye_m: Floats, place_m: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """(N,) whether the way from the radar to a place's image passes the wall, and (N, 3) where."""
        normal = self.normal
        eye = float((eye_m[:2] - self.begin_m) @ normal)
        away = (place_m[:, :2] - self.begin_m) @ normal
        same_side = (away * eye > 0.0) & (np.abs(away) > 0.1) & (abs(eye) > 0.1)
        share = abs(eye) / np.maximum(abs(eye) + np.abs(away), 1e-9)
        at = eye_m + share[:, None] * (self.image(place_m) - eye_m)
        whole = self.end_m - self.begin_m
        along = (at[:, :2] - self.begin_m) @ whole / (whole @ whole)
        return same_side & (along >= 0.0) & (along <= 1.0), at


def mirrors_of(fan: Fan, world_from_radar: Floats, ground_m: float) -> list[Mirror]:
    """Straight faces among what the fan met, the longest first."""
    found: list[Mirror] = []
    for name, db in MIRROR_DB.items():
        kept = fan.still & (fan.semantic == SEMANTIC_ID[name])
        place = places_of(fan, world_from_radar, kept)
        height = place[:, 2] - ground_m
        right = np.flatnonzero((height > LOW_M) & (height < HIGH_M))
        if len(right) < 3:
            continue
        azimuth, range_m = fan.azimuth_rad[kept][right], fan.range_m[kept][right]
        place = place[right][:, :2]
        order = np.argsort(azimuth, kind="stable")
        place, range_m = place[order], range_m[order]
        step = np.linalg.norm(np.diff(place, axis=0), axis=1)
        breaks = np.flatnonzero(step > np.maximum(GAP_M, GAP_SHARE * range_m[1:])) + 1
        for run in np.split(np.arange(len(place)), breaks):
            found += [_mirror(place[piece], decibel(db)) for piece in _straight(place, run)]
    found = [mirror for mirror in found if np.linalg.norm(mirror.end_m - mirror.begin_m) >= SHORTEST_M]
    return sorted(found, key=lambda m: -float(np.linalg.norm(m.end_m - m.begin_m)))[:MOST]


def _straight(place: Floats, run: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """A run cut where it leaves its own chord by the most, until every piece is straight (Ramer 1972)."""
    waiting, done = [run], []
    while waiting:
        piece = waiting.pop()
        if len(piece) < 3:
            continue
        chord = place[piece[-1]] - place[piece[0]]
        length = max(float(np.linalg.norm(chord)), 1e-9)
        away = place[piece] - place[piece[0]]
        off = np.abs(away[:, 0] * chord[1] - away[:, 1] * chord[0]) / length
        worst = int(np.argmax(off))
        if off[worst] <= STRAIGHT_M:
            done.append(piece)
        else:
            waiting += [piece[: worst + 1], piece[worst:]]
    return done


def _mirror(place: Floats, left: float) -> Mirror:
    """The line through places that lies in their midst."""
    middle = place.mean(axis=0)
    _, _, axes = np.linalg.svd(place - middle, full_matrices=False)
    along = (place - middle) @ axes[0]
    return Mirror(middle + along.min() * axes[0], middle + along.max() * axes[0], left)
