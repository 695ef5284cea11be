"""`stormlane lidar stats`: scans in numbers, beside those of recorded ones.  Roof."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import numpy as np

from labelers.native_reader import NativeDataset
from labelers.scan_files import Scan, read_scan, scan_files, with_kitti_vehicles
from labelers.scan_statistics import (
    RECORDED,
    RECORDED_UNSEEN,
    RECORDED_VEHICLES,
    Line,
    ScanStatistics,
    compared,
    like,
    statistics_of,
)
from renderers.frames import LidarSweep
from scenarios.errors import StormlaneError, nearest
from scenarios.taxonomy import ACTOR_CLASSES
from sim.app.told import many

T = TypeVar("T")

TINY_SHARE = 0.05  # of the points of the scan in the middle: a file cut off, or a sensor that was covered
SMALL = ("bicycle", "motorcycle", "")  # and what nuScenes detects none of
VEHICLE_CLASSES = frozenset(
    name
    for name, kind in ACTOR_CLASSES.items()
    if kind.moves == "vehicle" and kind.nuscenes_detection not in SMALL
)


def scans_of(path: Path, most: int, lidar: str = "", left_out: list[str] | None = None) -> list[Scan]:
    """Up to so many scans, evenly spread over what a path holds: a native dataset, a folder, a file.

    Of a folder, files that are no scan and such as have next to nothing in them beside the others are left out, and
    `left_out` hears which and why; StormlaneError where none is left, or the only file is none.
    """
    if (path / "manifest.json").is_file():
        return _of_dataset(path, most, lidar)
    if not path.exists():
        raise StormlaneError(f"{path}: there is no such file or folder")
    files = scan_files(path)
    if not files:
        raise StormlaneError(f"{path}: holds no scan (.bin, .pcd.bin, .pcd, .las or .npy)")
    if path.is_file():
        return [with_kitti_vehicles(read_scan(path), path)]
    return _of_files(_spread(files, most), [] if left_out is None else left_out)


def _of_files(files: Sequence[Path], left_out: list[str]) -> list[Scan]:
    read: list[tuple[Path, Scan]] = []
    wrong: list[StormlaneError] = []
    for file in files:
        try:
            read.append((file, read_scan(file)))
        except StormlaneError as error:
            wrong.append(error)
    if wrong and not read:
        raise wrong[0]
    left_out += [str(error) for error in wrong]
    usual = float(np.median([len(scan.xyz_m) for _, scan in read]))
    whole = []
    for file, scan in read:
        if len(scan.xyz_m) < TINY_SHARE * usual:
            left_out.append(
                f"{file}: {many(len(scan.xyz_m), 'point')}, where half of the scans have {usual:.0f} or more"
            )
        else:
            whole.append(with_kitti_vehicles(scan, file))
    return whole


def _spread(some: Sequence[T], most: int) -> list[T]:
    """Evenly spread over all of them."""
    if len(some) <= most:
        return list(some)
    return [some[round(k)] for k in np.linspace(0, len(some) - 1, most)]


def _of_dataset(root: Path, most: int, lidar: str) -> list[Scan]:
    """Sweeps of a native dataset, with the points of its vehicles."""
    try:
        dataset = NativeDataset.open(root)
    except ValueError as error:
        raise StormlaneError(str(error)) from None
    known: set[str] = set()
    scans: list[Scan] = []
    for sample in dataset.samples():
        known |= set(sample.lidars)
        name = lidar or min(sample.lidars, default="")
        if name not in sample.lidars:
            continue
        sweep = sample.lidars[name]
        own = np.linalg.inv(sweep.world_from_lidar)
        around = [
            (float(np.hypot(*(own @ np.append(cuboid.centre_m, 1.0))[:2])), cuboid.lidar_points.get(name, 0))
            for cuboid in sample.labels.cuboids
            if cuboid.actor_class in VEHICLE_CLASSES
        ]
        scans.append(scan_of(sweep, tuple(around), f"{sample.clip} {sample.index}"))
    if lidar and lidar not in known:
        raise StormlaneError(f'{root}: there is no lidar "{lidar}"; {nearest(lidar, sorted(known))}')
    if not scans:
        raise StormlaneError(f"{root}: holds no sweep of a lidar")
    return _spread(scans, most)


def scan_of(sweep: LidarSweep, vehicles: tuple[tuple[float, int], ...] | None, name: str) -> Scan:
    """One of our sweeps as anybody's scan."""
    return Scan(
        name,
        sweep.xyz_m.astype(np.float64),
        sweep.intensity.astype(np.float64),
        sweep.ring.astype(np.int64),
        sweep.model,
        vehicles,
    )


def told(paths: Sequence[Path], most: int, lidar: str, as_: str, out: Path | None) -> Iterator[str]:
    """Lines of the table; the same as JSON goes to `out`."""
    if as_ and as_ not in RECORDED:
        raise StormlaneError(f'--like: nothing is recorded of "{as_}"; {nearest(as_, list(RECORDED))}')
    left_out: list[str] = []
    scans = [scan for path in paths for scan in scans_of(path, most, lidar, left_out)]
    yield from (f"warning: left out {one}" for one in left_out)
    if left_out:
        yield f"warning: {len(left_out)} of {many(len(left_out) + len(scans), 'scan')} left out"
    statistics = statistics_of(scans)
    sensor = as_ or like(statistics)
    lines = compared(statistics, sensor)
    if out is not None:
        about = {
            "statistics": asdict(statistics),
            "recorded": sensor,
            "left_out": left_out,
            "compared": [asdict(line) | {"inside": line.inside} for line in lines],
        }
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = out.with_name(f".{out.name}.{os.getpid()}")
        beside.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        beside.replace(out)
    yield from table(statistics, sensor, lines)


def table(statistics: ScanStatistics, sensor: str, lines: Sequence[Line]) -> Iterator[str]:
    """What people read."""
    real = RECORDED.get(sensor)
    what = f"{statistics.model} " if statistics.model else ""
    beside = (
        f", beside {sensor} ({real.title})"
        if real
        else ", beside nothing: no recorded sensor is like it (--like)"
    )
    yield f"{many(statistics.scans, f'{what}scan')}{beside}"
    yield ""
    for line in lines:
        span = "" if line.low is None or line.high is None else f"{_short(line.low)} to {_short(line.high)}"
        verdict = {None: "", True: "inside", False: "OUTSIDE"}[line.inside]
        yield f"  {line.name:42s} {_short(line.value):>10s}   {span:>20s}  {verdict}".rstrip()
    yield ""
    if statistics.vehicles:
        yield f"  points of {statistics.vehicles} vehicles by range (Argoverse 2 in brackets)"
        for name, mean in statistics.vehicle_points.items():
            none = statistics.vehicle_unseen[name]
            share = "" if none is None else f"{none:.0%}"
            yield (
                f"    {name:>8s} m {_short(mean):>9s} ({RECORDED_VEHICLES[name]:g})"
                f"   without any {share:>4s} ({RECORDED_UNSEEN[name]:.0%})"
            )
    else:
        yield "  points of vehicles: none are labelled (KITTI's label_2 and calib, or a native dataset)"
    judged = [line for line in lines if line.inside is not None]
    yield f"{sum(bool(line.inside) for line in judged)} of {len(judged)} numbers lie inside"


def _short(value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
