"""What a road network tells the other floors: strips, marks, things, signals and lane paths.  World floor, data only."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LaneStrip:
    """The surface of one lane over one lane section, sampled at N stations."""

    road: str
    lane: int  # OpenDRIVE lane id: positive left of the reference line, negative right, 0 never
    kind: str  # OpenDRIVE lane type: driving, sidewalk, parking, shoulder, border, median, biking, curb, none, ...
    junction: str | None
    s_m: NDArray[np.float64]  # (N,)
    inner_m: NDArray[np.float64]  # (N, 3) world: border nearer the reference line (lane height included)
    outer_m: NDArray[np.float64]  # (N, 3) world
    material: str | None = None  # "asphalt", "concrete", "cobble", "gravel", "grass" where the map says so
    section: int = 0  # index of the lane section on its road
    raised: bool = False  # the lane has a height of its own above the road's surface


@dataclass(frozen=True, slots=True)
class MarkStrip:
    """One painted piece: a solid line or a single dash; N centre points on the surface."""

    kind: str  # solid, broken, crosswalk, stop_line, curb, botts_dots ...
    color: str  # white, yellow, ...
    width_m: float
    centre_m: NDArray[np.float64]  # (N, 3) world
    left: NDArray[np.float64]  # (N, 3) unit vector across the mark, towards +t, in the surface
    road: str = ""
    junction: str | None = None


@dataclass(frozen=True, slots=True)
class RoadObject:
    """A thing on or beside the road."""

    kind: str  # OpenDRIVE object type or ours: pole, tree, barrier, guardrail, crosswalk, lamp, building, ...
    name: str
    position_m: NDArray[np.float64]  # (3,) world, foot of the object
    yaw_rad: float
    size_m: tuple[float, float, float]  # length, width, height; 0 where unknown
    outline_m: NDArray[np.float64] | None = (
        None  # (M, 3) world; closed for areas, open for runs (see `closed`)
    )
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign or a traffic light; `yaw_rad` is the direction its face looks towards."""

    kind: str  # "sign" or "light"
    type: str
    subtype: str
    country: str
    value: str
    text: str
    position_m: NDArray[np.float64]  # (3,) world, ground below it
    height_m: float  # of the lower edge above ground
    size_m: tuple[float, float]  # width, height; 0 where unknown
    yaw_rad: float
    id: str = ""  # the map's own
    tells: tuple["Told", ...] = ()  # whom it concerns; where it stands first, then what refers to it


@dataclass(frozen=True, slots=True)
class Told:
    """Where on a road a signal counts, for traffic that drives along s (+1), against it (-1) or both (0)."""

    road: str
    s_m: float
    way: int
    lanes: tuple[tuple[int, int], ...] = ()  # ranges of lane ids; empty where all lanes of that way are meant


@dataclass(frozen=True, slots=True)
class Controller:
    """Signals that one device switches."""

    id: str
    name: str
    signals: tuple[str, ...]  # ids


@dataclass(frozen=True, slots=True)
class LanePath:
    """A drivable way along lane centres, sampled at N stations about 0.5 m apart, in driving direction."""

    pieces: tuple[tuple[str, int, int], ...]  # (road, lane section, lane) in order
    s_m: NDArray[np.float64]  # (N,) distance along the centre line, from 0
    position_m: NDArray[np.float64]  # (N, 3) world
    yaw_rad: NDArray[np.float64]  # (N,) unwrapped driving direction
    pitch_rad: NDArray[np.float64]  # (N,) positive nose down
    roll_rad: NDArray[
        np.float64
    ]  # (N,) superelevation, positive rolls right side down: as pose_matrix takes it
    curvature_per_m: NDArray[np.float64]  # (N,) positive left
    width_m: NDArray[np.float64]  # (N,) lane width
    speed_limit_mps: NDArray[np.float64]  # (N,) inf where the map is silent
    piece: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))  # (N,) row of `pieces`
    road_s_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (N,) station on that road
    profile_t_m: NDArray[np.float64] = field(
        default_factory=lambda: np.zeros((0, 0))
    )  # (N, K) ascending, left +
    profile_h_m: NDArray[np.float64] = field(
        default_factory=lambda: np.zeros((0, 0))
    )  # (N, K) over the lane's plane
    start_m: float = (
        0.0  # distance along the path of the place that was asked for (> 0 when extended backwards)
    )

    @property
    def length_m(self) -> float:
        return float(self.s_m[-1])

    def pose(
        self, s_m: NDArray[np.float64] | float, t_m: NDArray[np.float64] | float = 0.0
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """(M, 3) position and (M,) yaw, pitch, roll at `s_m` along the path and `t_m` to the left of its centre.

        Heights follow the cross-section (kerbs, crown, superelevation).  Beyond the ends the path goes on straight.
        """
        s, t = np.broadcast_arrays(np.atleast_1d(np.asarray(s_m, np.float64)), np.asarray(t_m, np.float64))
        inside = np.clip(s, 0.0, self.s_m[-1])
        position = np.stack([np.interp(inside, self.s_m, self.position_m[:, k]) for k in range(3)], 1)
        yaw = np.interp(inside, self.s_m, self.yaw_rad)
        pitch = np.interp(inside, self.s_m, self.pitch_rad)
        roll = np.interp(inside, self.s_m, self.roll_rad)
        forward, left, up = axes(yaw, pitch, roll)
        row = np.clip(np.searchsorted(self.s_m, inside), 1, len(self.s_m) - 1)
        row = row - (inside - self.s_m[row - 1] < self.s_m[row] - inside)
        height = self._height(row, t)
        position = position + (s - inside)[:, None] * forward + t[:, None] * left + height[:, None] * up
        return position, yaw, pitch, roll

    def place_at(self, s_m: float) -> tuple[str, int, float]:
        """(road, lane, station on the road) at a station of the path."""
        row = int(np.clip(np.searchsorted(self.s_m, s_m), 0, len(self.s_m) - 1))
        road, _, lane = self.pieces[int(self.piece[row])]
        return road, lane, float(self.road_s_m[row])

    def turned_round(self) -> "LanePath":
        """The same way driven from its end to its beginning, against the traffic."""
        back = slice(None, None, -1)
        length = self.length_m
        return LanePath(
            pieces=self.pieces[back],
            s_m=length - self.s_m[back],
            position_m=self.position_m[back],
            yaw_rad=self.yaw_rad[back] + np.pi,
            pitch_rad=-self.pitch_rad[back],
            roll_rad=-self.roll_rad[back],
            curvature_per_m=-self.curvature_per_m[back],
            width_m=self.width_m[back],
            speed_limit_mps=self.speed_limit_mps[back],
            piece=(len(self.pieces) - 1 - self.piece[back]).astype(np.int32),
            road_s_m=self.road_s_m[back],
            profile_t_m=-self.profile_t_m[back, back],
            profile_h_m=self.profile_h_m[back, back],
            start_m=length - self.start_m,
        )

    def locate(self, x_m: float, y_m: float) -> tuple[float, float]:
        """(s, t) of the nearest place on the path, t positive left."""
        d = self.position_m[:, :2] - (x_m, y_m)
        k = int(np.argmin(np.einsum("ij,ij->i", d, d)))
        cos, sin = np.cos(self.yaw_rad[k]), np.sin(self.yaw_rad[k])
        along, left = -(d[k, 0] * cos + d[k, 1] * sin), d[k, 0] * sin - d[k, 1] * cos
        stretch = max(1.0 - self.curvature_per_m[k] * left, 0.1)
        return float(self.s_m[k] + along / stretch), float(left)

    def _height(self, row: NDArray[np.intp], t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height over the lane's plane, from the cross-section at the nearest station."""
        if self.profile_t_m.size == 0:
            return np.zeros_like(t)
        across, high = self.profile_t_m[row], self.profile_h_m[row]
        height = np.where(t < across[:, 0], high[:, 0], high[:, -1])
        for k in range(across.shape[1] - 1):
            gap = across[:, k + 1] - across[:, k]
            share = np.where(gap > 1e-9, (t - across[:, k]) / np.maximum(gap, 1e-9), 0.0)
            hit = (t >= across[:, k]) & (t <= across[:, k + 1])
            height = np.where(hit, high[:, k] + share * (high[:, k + 1] - high[:, k]), height)
        return height


def axes(
    yaw_rad: NDArray[np.float64], pitch_rad: NDArray[np.float64], roll_rad: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(N, 3) forward, left and up of poses whose angles are applied z-y-x, pitch positive nose down."""
    cy, sy, cp, sp = np.cos(yaw_rad), np.sin(yaw_rad), np.cos(pitch_rad), np.sin(pitch_rad)
    cr, sr = np.cos(roll_rad), np.sin(roll_rad)
    forward = np.stack([cy * cp, sy * cp, -sp], 1)
    left = np.stack([cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, cp * sr], 1)
    return forward, left, np.cross(forward, left)
