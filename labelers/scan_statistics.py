"""Numbers by which lidar scans can be held against recorded ones: ranges, rings, the ground, vehicles.  Labels floor.

The recorded numbers are those of one or two real frames a sensor, so what is made of them is an envelope and no target.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labelers.scan_files import Scan

Floats = NDArray[np.float64]

LEAST_M = 0.5  # nearer than this is no return: nuScenes keeps slots without one as points at the origin
RANGES_M = (0, 5, 10, 15, 20, 30, 40, 50, 75)
GROUND_M = (4, 8, 12, 20, 30, 45)
VEHICLE_M = (0, 10, 20, 30, 50, 75, 100, 150)
FIT_BINS = (2, 3, 4)  # 20 to 75 m: nearer, a box overhangs the beams; further off, most have no point
FEWEST_VEHICLES = 3  # in a bin that the exponent is fitted to
GROUND_OFF_M, GROUND_STEP_M = 0.25, 0.1
LANE_M = 2.5  # to each side: verges and pavements are brighter, cars stand beside
WRAP_RAD = math.pi  # a jump of the azimuth by more than this begins another ring


@dataclass(frozen=True, slots=True)
class ScanStatistics:
    """Means over scans; None where scans do not tell."""

    scans: int
    model: str  # of the lidar, "" where it is not known
    points: tuple[float, float]  # fewest and most of a scan
    range_median_m: float
    range_p95_m: float
    range_most_m: float
    range_shares: dict[str, float]  # by "low-high" in metres
    rings: int | None
    ring_points: tuple[float, float] | None  # of the emptiest and the fullest ring, per scan
    intensity_mean: float | None
    intensity_zero: float | None  # share of points that read nothing
    intensity_levels: int | None
    ground_intensity: dict[str, float | None]  # by "low-high" in metres
    vehicle_points: dict[str, float | None]  # mean of all in a bin, those without a point among them
    vehicle_unseen: dict[str, float | None]  # share without a point
    vehicles: int
    exponent: float | None  # of points over range, 20 to 75 m


def _bins(edges: Sequence[int]) -> list[str]:
    return [f"{low}-{high}" for low, high in pairwise(edges)]


def rings_by_order(xyz_m: Floats) -> NDArray[np.int64] | None:
    """Rings of a file that lists one after the other, as KITTI's do: each begins where the azimuth jumps.

    It is counted from the first point's, as sensors begin their turn ahead, behind or anywhere.
    """
    if len(xyz_m) < 1000:
        return None
    azimuth = np.arctan2(xyz_m[:, 1], xyz_m[:, 0])
    azimuth = (azimuth - azimuth[0]) % (2.0 * np.pi)
    jumps = np.abs(np.diff(azimuth)) > WRAP_RAD
    ring = np.concatenate([[0], np.cumsum(jumps)])
    # A point that trembles about the jump makes runs of a few: they belong to the ring before.
    sizes = np.bincount(ring)
    whole = np.cumsum(
        sizes >= max(50, 0.05 * float(np.median(sizes[sizes >= 50])) if (sizes >= 50).any() else 50)
    )
    rings = np.maximum(whole[ring] - 1, 0)
    count = int(rings.max()) + 1
    return rings if 8 <= count <= 256 else None


def ground_of(xyz_m: Floats) -> NDArray[np.bool_]:
    """Points of the road before and behind: at the height that most of what is low and near has, in the own lane."""
    level = np.hypot(xyz_m[:, 0], xyz_m[:, 1])
    near = (level > GROUND_M[0]) & (level < GROUND_M[2]) & (xyz_m[:, 2] < 0.5)
    if not near.any():
        return np.zeros(len(xyz_m), np.bool_)
    steps = np.floor(xyz_m[near, 2] / GROUND_STEP_M).astype(np.int64)
    values, counts = np.unique(steps, return_counts=True)
    height = (values[np.argmax(counts)] + 0.5) * GROUND_STEP_M
    low: NDArray[np.bool_] = np.abs(xyz_m[:, 2] - height) < GROUND_OFF_M
    return low & (np.abs(xyz_m[:, 1]) < LANE_M)


def exponent_of(vehicles: Sequence[tuple[float, int]]) -> float | None:
    """Slope of the mean number of points over range, in logarithms, over the bins from 20 to 75 m."""
    if not vehicles:
        return None
    table = np.array(vehicles, np.float64)
    where = np.digitize(table[:, 0], VEHICLE_M) - 1
    x, y = [], []
    for k in FIT_BINS:
        mine = where == k
        if mine.sum() >= FEWEST_VEHICLES and table[mine, 1].sum() > 0:
            x.append(math.log(0.5 * (VEHICLE_M[k] + VEHICLE_M[k + 1])))
            y.append(math.log(table[mine, 1].mean()))
    return float(np.polyfit(x, y, 1)[0]) if len(x) >= 2 else None


def statistics_of(scans: Sequence[Scan]) -> ScanStatistics:
    """Of all scans together; they should be one lidar's."""
    ranges, counts, shares, ground, values = [], [], [], [], []
    rings: list[NDArray[np.int64]] = []
    for scan in scans:
        range_m = np.linalg.norm(scan.xyz_m, axis=1)
        kept = range_m > LEAST_M
        range_m, place = range_m[kept], scan.xyz_m[kept]
        ranges.append(range_m)
        counts.append(len(range_m))
        shares.append(np.histogram(range_m, RANGES_M)[0] / max(len(range_m), 1))
        ring = rings_by_order(place) if scan.ring is None else scan.ring[kept]
        if ring is not None and len(ring):
            rings.append(np.bincount(ring.astype(np.int64)))
        if scan.intensity is not None:
            values.append(scan.intensity[kept])
            low = ground_of(place)
            where = np.digitize(range_m[low], GROUND_M) - 1
            ground.append(
                [float(values[-1][low][where == k].mean()) if (where == k).sum() > 20 else np.nan
                 for k in range(len(GROUND_M) - 1)]
            )  # fmt: skip
    every = np.concatenate(ranges) if ranges else np.zeros(0)
    whole = np.concatenate(values) if values else None
    vehicles = [vehicle for scan in scans for vehicle in scan.vehicles or ()]
    by_bin: dict[str, float | None] = {}
    unseen: dict[str, float | None] = {}
    for k, name in enumerate(_bins(VEHICLE_M)):
        mine = [points for range_m, points in vehicles if VEHICLE_M[k] <= range_m < VEHICLE_M[k + 1]]
        by_bin[name] = float(np.mean(mine)) if mine else None
        unseen[name] = float(np.mean(np.array(mine) == 0)) if mine else None
    per_ring = None
    if len(rings) == len(scans) and rings:
        wide = max(len(counted) for counted in rings)
        mean = np.mean([np.pad(counted, (0, wide - len(counted))) for counted in rings], axis=0)
        per_ring = (float(mean[mean > 0].min()), float(mean.max()))
        ring_count: int | None = int(np.count_nonzero(mean))
    else:
        ring_count = None
    middle, far, most = np.percentile(every, [50, 95, 100]) if len(every) else (math.nan, math.nan, math.nan)
    models = {scan.model for scan in scans}
    return ScanStatistics(
        scans=len(scans),
        model=models.pop() if len(models) == 1 else "",
        points=(float(min(counts, default=0)), float(max(counts, default=0))),
        range_median_m=float(middle),
        range_p95_m=float(far),
        range_most_m=float(most),
        range_shares=dict(zip(_bins(RANGES_M), np.mean(shares, axis=0).tolist(), strict=True))
        if shares
        else {},
        rings=ring_count,
        ring_points=per_ring,
        intensity_mean=None if whole is None else float(whole.mean()),
        intensity_zero=None if whole is None else float((whole == 0.0).mean()),
        intensity_levels=None if whole is None else len(np.unique(np.round(whole, 4))),
        ground_intensity=_ground(ground),
        vehicle_points=by_bin,
        vehicle_unseen=unseen,
        vehicles=len(vehicles),
        exponent=exponent_of(vehicles),
    )


def _ground(rows: list[list[float]]) -> dict[str, float | None]:
    names = _bins(GROUND_M)
    if not rows:
        return dict.fromkeys(names)
    table = np.array(rows)
    means: dict[str, float | None] = {}
    for k, name in enumerate(names):
        told = table[:, k][np.isfinite(table[:, k])]
        means[name] = float(told.mean()) if len(told) else None
    return means


# ------------------------------------------------------------------------------------------------------------ recorded
@dataclass(frozen=True, slots=True)
class Recorded:
    """What real frames of one sensor have, as spans: (low, high)."""

    title: str
    points: tuple[float, float]
    median_m: tuple[float, float]
    p95_m: tuple[float, float]
    most_m: float  # its range gate
    rings: int | None = None
    ring_points: tuple[float, float] | None = None
    shares: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ground: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def _between(*frames: Sequence[float], least: float = 0.02) -> dict[str, tuple[float, float]]:
    """The span of two frames, widened to each side by what lies between them (two frames are no distribution)."""
    spans = {}
    for name, values in zip(_bins(RANGES_M), zip(*frames, strict=True), strict=True):
        spread = max(max(values) - min(values), least)
        spans[name] = (max(min(values) - spread, 0.0), max(values) + spread)
    return spans


def _about(values: Sequence[float], off: float) -> dict[str, tuple[float, float]]:
    return {name: (value - off, value + off) for name, value in zip(_bins(GROUND_M), values, strict=False)}


# KITTI object frames 000000 and 000001; a nuScenes LIDAR_TOP frame; both measured on the files themselves.
RECORDED: dict[str, Recorded] = {
    "HDL-64E": Recorded(
        "KITTI, two frames", (105_000, 130_000), (6.5, 10.9), (20.1, 37.1), 120.5, 64, (900, 2152),
        _between(
            (0.167, 0.539, 0.144, 0.100, 0.032, 0.010, 0.004, 0.005),
            (0.086, 0.431, 0.179, 0.087, 0.101, 0.081, 0.022, 0.013),
        ),
        _about((0.31, 0.31, 0.34, 0.32, 0.21), 0.10),
    ),
    "HDL-32E": Recorded(
        "nuScenes, one frame at 20 Hz", (24_000, 34_688), (5.8, 9.8), (28.0, 57.0), 105.0, 32, (400, 1090), {},
        _about((16.5 / 255, 16.0 / 255, 11.8 / 255, 9.6 / 255), 6.0 / 255),
    ),
}  # fmt: skip
# Argoverse 2, 11,364 boxes of one log: mean points of a vehicle, share without any, and the exponent from 20 to 75 m.
RECORDED_VEHICLES = dict(zip(_bins(VEHICLE_M), (1358, 601, 238, 84.5, 22.1, 6.3, 3.1), strict=True))
RECORDED_UNSEEN = dict(zip(_bins(VEHICLE_M), (0, 0, 0.01, 0.02, 0.08, 0.23, 0.34), strict=True))
RECORDED_EXPONENT, EXPONENT_OFF = -2.6, 0.4


@dataclass(frozen=True, slots=True)
class Line:
    """One number beside its envelope."""

    name: str
    value: float | None
    low: float | None
    high: float | None

    @property
    def inside(self) -> bool | None:
        """None where one of both is not known."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return self.low <= self.value <= self.high


def like(statistics: ScanStatistics) -> str:
    """The recorded sensor that scans are most like, by name or by rings; "" for strangers."""
    if statistics.model in RECORDED:
        return statistics.model
    if statistics.model:
        return ""
    return next((name for name, real in RECORDED.items() if real.rings == statistics.rings), "")


def compared(statistics: ScanStatistics, sensor: str) -> list[Line]:
    """All numbers, beside the envelope of a recorded sensor where there is one."""
    real = RECORDED.get(sensor)

    def span(of: str) -> tuple[float | None, float | None]:
        both: tuple[float, float] | None = None if real is None else getattr(real, of)
        return (None, None) if both is None else both

    s = statistics
    lines = [
        Line("points of a scan, fewest", s.points[0], *span("points")),
        Line("points of a scan, most", s.points[1], *span("points")),
        Line("range, median (m)", s.range_median_m, *span("median_m")),
        Line("range, 95 % within (m)", s.range_p95_m, *span("p95_m")),
        Line(
            "range, farthest (m)",
            s.range_most_m,
            None if real is None else 0.0,
            None if real is None else real.most_m,
        ),
    ]
    shares = {} if real is None else real.shares
    lines += [
        Line(f"share at {name} m", value, *shares.get(name, (None, None)))
        for name, value in s.range_shares.items()
    ]
    rings = None if real is None else real.rings
    lines.append(Line("rings", None if s.rings is None else float(s.rings), rings, rings))
    for k, word in enumerate(("emptiest", "fullest")):
        lines.append(
            Line(
                f"points of the {word} ring",
                s.ring_points[k] if s.ring_points else None,
                *span("ring_points"),
            )
        )
    lines += [
        Line("intensity, mean", s.intensity_mean, None, None),
        Line("intensity, share of zeros", s.intensity_zero, None, None),
        Line(
            "intensity, levels", None if s.intensity_levels is None else float(s.intensity_levels), None, None
        ),
    ]
    ground = {} if real is None else real.ground
    lines += [
        Line(f"ground at {name} m, intensity", value, *ground.get(name, (None, None)))
        for name, value in s.ground_intensity.items()
    ]
    exponent = (RECORDED_EXPONENT - EXPONENT_OFF, RECORDED_EXPONENT + EXPONENT_OFF)
    lines.append(Line("points of a vehicle, exponent of range", s.exponent, *exponent))
    return lines
