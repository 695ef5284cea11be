"""The wiper of a windscreen: when its blade passes each place, and where it stands.  Renderers floor.

The blade turns about a pivot below the picture.  Its strokes follow the rain of the whole clip, so that any instant
can be asked about alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PIVOT_M = np.array([-0.38, -0.56])  # on the glass, from the point on the camera's axis
SWING_RAD = np.radians(112.0)  # from where it rests, along the lower edge
HALF_BLADE_M = 9e-3  # rubber and the strip that holds it
QUICKEST_S, SLOWEST_S = 0.92, 12.0  # of a whole cycle: 65 a minute, and a sensor's longest pause
STROKE_S = 1.35  # up and down again at the lower speed, 45 a minute
STEP_S = 0.1


def pace_s(rain_mm_per_h: float) -> float:
    """Seconds from one wipe to the next that a rain sensor chooses: 6 at 1 mm/h, no pause from 12 mm/h on."""
    return float(np.clip(6.0 * max(rain_mm_per_h, 1e-3) ** -0.6, QUICKEST_S, SLOWEST_S))


@dataclass(frozen=True, slots=True)
class Wiper:
    """The strokes of a clip."""

    start_s: Array  # (C,) when each cycle begins, ascending
    stroke_s: Array  # (C,) how long it takes from its rest and back

    @staticmethod
    def over(pace: Callable[[float], float], duration_s: float, offset: float) -> "Wiper":
        """Strokes at a pace (s) that changes over time; `offset` (0..1) is where in a cycle the clip begins."""
        time = np.arange(0.0, duration_s + 1.0 + STEP_S, STEP_S)
        every = np.array([pace(float(t)) for t in time])
        phase = offset + np.concatenate([[0.0], np.cumsum(STEP_S / every[:-1])])
        # Before the clip it went on as it does at its start.
        time = np.concatenate([[time[0] - 3.0 * every[0]], time])
        phase = np.concatenate([[phase[0] - 3.0], phase])
        start = np.interp(np.arange(np.ceil(phase[0]), np.floor(phase[-1]) + 1.0), phase, time)
        every = np.interp(start, time, np.concatenate([every[:1], every]))
        return Wiper(start, np.minimum(every, STROKE_S))

    def cycle(self, seconds: float) -> int:
        """Which cycle an instant belongs to."""
        return max(int(np.searchsorted(self.start_s, seconds, side="right")) - 1, 0)

    def blade_rad(self, seconds: float) -> float | None:
        """Angle of the blade above its rest; None while it rests."""
        now = self.cycle(seconds)
        share = (seconds - self.start_s[now]) / self.stroke_s[now]
        if not 0.0 < share < 1.0:
            return None
        return float(0.5 * SWING_RAD * (1.0 - np.cos(2.0 * np.pi * share)))

    def speed_rad_s(self, seconds: float) -> float:
        """How fast the blade turns."""
        now = self.cycle(seconds)
        share = (seconds - self.start_s[now]) / self.stroke_s[now]
        if not 0.0 < share < 1.0:
            return 0.0
        return float(np.pi * SWING_RAD / self.stroke_s[now] * abs(np.sin(2.0 * np.pi * share)))

    def wiped_s(self, place_m: Array, seconds: float) -> Array:
        """(...,) when the blade last passed places (..., 2) before an instant; -inf where it never comes."""
        share = angle_rad(place_m) / SWING_RAD
        reached = (share > 0.0) & (share < 1.0)
        out = np.full(share.shape, -np.inf)
        turn = np.arccos(1.0 - 2.0 * np.clip(share, 0.0, 1.0)) / (2.0 * np.pi)
        now = self.cycle(seconds)
        for k in range(max(now - 1, 0), now + 1):
            for part in (turn, 1.0 - turn):
                passed = self.start_s[k] + part * self.stroke_s[k]
                out = np.where(reached & (passed <= seconds), np.maximum(out, passed), out)
        return out

    def memory_s(self, seconds: float) -> float:
        """How far back the glass remembers at most: to the stroke before."""
        return float(seconds - self.start_s[max(self.cycle(seconds) - 1, 0)])


def angle_rad(place_m: Array) -> Array:
    """(...,) angle of places on the glass about the pivot, from where the blade rests."""
    from_pivot = place_m - PIVOT_M
    return np.asarray(np.arctan2(from_pivot[..., 1], from_pivot[..., 0]))
