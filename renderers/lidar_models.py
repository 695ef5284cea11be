"""Lidar models from their beam tables and data sheets.  Renderers floor.

A table (renderers/beams/*.json) names its sources.  Lasers stand in firing order; `ring` counts them from the lowest
beam up.  Scanners that turn do so clockwise seen from above and begin behind the sensor, so that the beams that look
straight ahead are fired at the sweep's reference time; those that sweep a field begin at its left; a flash has no time.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.prisms import Prisms
from scenarios.lidars import ALL_RETURNS
from scenarios.schema import Lidar, LidarDefinition

NAMES = (
    "VLP-16", "HDL-32E", "HDL-64E", "VLP-32C", "VLS-128",
    "OS0-32", "OS0-64", "OS0-128", "OS1-32", "OS1-64", "OS1-128", "OS2-32", "OS2-64", "OS2-128",
    "Pandar64", "Pandar128", "QT64", "XT32", "AT128",
    "Mid-40", "Mid-70", "Avia", "Flash",
)  # fmt: skip
# Where the gain begins to be turned down, in the range at 10 %: an HDL-64E's, which a fog chamber calibrates.
OVERLAP_SHARE = 0.3
FILES: dict[str, str] = {name: f"{name.lower()}.json" for name in NAMES}


@dataclass(frozen=True, slots=True)
class Make:
    """Which lidar, as its owner set it: what beams and times depend on."""

    name: str  # of a table, or a definition as JSON
    rate_hz: float = 0.0  # 0: the table's first that is nearest to ten
    columns: int = 0  # 0: the table's own

    @staticmethod
    def of(words: Lidar[float]) -> "Make":
        """The make that a rig's words name."""
        model = words.model
        name = model.model_dump_json(exclude_none=True) if isinstance(model, LidarDefinition) else str(model)
        return Make(name, float(words.rate_hz or 0.0), words.columns or 0)


@dataclass(frozen=True, slots=True)
class LidarModel:
    """A lidar with B lasers (a flash: B rows of pixels)."""

    name: str
    scan: str  # "turn"; "sweep" a field from the left to the right; "risley" prisms; "flash"
    rate_hz: float  # sweeps in a second
    elevation_rad: NDArray[np.float64]  # (B,) in firing order
    azimuth_rad: NDArray[np.float64]  # (B,) added to the head's angle, positive to the left
    fired_ns: NDArray[np.int64]  # (B,) since the start of the step
    every: NDArray[np.int64]  # (B,) a laser fires at each so many-th step
    phase: NDArray[np.int64]  # (B,) and first at this one
    ring: NDArray[np.int16]  # (B,) 0 = lowest beam
    step_ns: float  # between two steps
    steps: int  # of a sweep
    field_rad: float  # full width of what is seen
    radial_m: float  # beams start this far from the axis, along the head's angle
    lateral_m: NDArray[np.float64]  # (B,) to the left of that
    up_m: NDArray[np.float64]  # (B,)
    prisms: Prisms | None
    near_m: float
    far_m: float  # range gate
    range_at_10_percent_m: float  # a 10 % diffuser is found in 9 of 10 shots
    divergence_rad: tuple[float, float]  # full width, along and across the scan
    range_step_m: float
    range_noise_m: float  # one sigma of a strong echo
    range_bias_m: float  # one sigma between lasers
    pulse_m: float  # half the pulse's length in air
    overlap_m: float  # nearer than this the receiver's gain is turned down with the square of the range
    # "calibrated": diffuse share, 100 of 255 for a white diffuser; "compensated": square root of it; "raw": power
    intensity: str
    gain: float  # of the intensity: recorded roads read brighter than their diffuse share (docs/lidar.md)
    levels: int
    wavelength_nm: int  # column of the materials
    returns: tuple[str, ...]  # modes that it has

    @property
    def firings(self) -> int:
        """Of one sweep."""
        return int((-(-(self.steps - self.phase) // self.every)).sum())

    @property
    def turn_radps(self) -> float:
        """How fast the head turns, to the right."""
        if self.scan == "turn":
            return 2.0 * np.pi * self.rate_hz
        return self.field_rad / (self.steps * self.step_ns * 1e-9) if self.scan == "sweep" else 0.0

    @property
    def begin_ns(self) -> float:
        """When the first step begins, from the reference time."""
        if self.scan == "turn":
            return -float(round(0.5e9 / self.rate_hz))
        return -0.5 * self.steps * self.step_ns


@dataclass(frozen=True, slots=True)
class Firings:
    """All firings of one sweep in the order of their times, N of them."""

    laser: NDArray[np.int64]  # (N,)
    step: NDArray[np.int64]  # (N,)
    offset_ns: NDArray[np.int64]  # (N,) from the reference time
    start_m: NDArray[np.float64]  # (N, 3) of the beam in the lidar's frame
    direction: NDArray[np.float64]  # (N, 3) unit, lidar's frame


@lru_cache(maxsize=32)
def lidar_model(make: str | Make) -> LidarModel:
    """The model of that name; KeyError names the known ones."""
    made = Make(make) if isinstance(make, str) else make
    if made.name.startswith("{"):
        return _defined(made)
    if made.name not in FILES:
        raise KeyError(f"no lidar model {made.name!r}; there are {', '.join(FILES)}")
    path = files("renderers") / "beams" / FILES[made.name]
    return _from_table(json.loads(path.read_text(encoding="utf-8")), made)


def _from_table(table: dict[str, Any], make: Make) -> LidarModel:
    elevation = np.radians(np.array(table["elevation_deg"], np.float64))
    count = len(elevation)
    ring = np.empty(count, np.int16)
    ring[np.argsort(elevation, kind="stable")] = np.arange(count, dtype=np.int16)
    rates = table["rates_hz"]
    own_hz = float(min(rates, key=lambda rate: abs(rate - 10.0)))
    rate_hz = make.rate_hz or own_hz
    scan = table.get("scan", "turn")
    step_ns, steps = float(table["cycle_us"]) * 1000.0, int(table["steps"])
    if "columns" in table:  # fired at marks of the encoder: so many in a turn, whatever its time
        steps = make.columns or steps
        step_ns = 1e9 / rate_hz / steps
    elif rate_hz != own_hz and scan != "flash":  # fired by the clock: a faster turn has fewer steps
        steps = int(steps * own_hz / rate_hz)
    along, across = table["divergence_mrad"]
    prisms = None
    if scan == "risley":
        prisms = Prisms(
            np.radians(np.array(table["prism_deg"], np.float64)),
            2.0 * np.pi * np.array(table["prism_hz"], np.float64),
            float(table["refraction"]),
            tuple(table["tilted_first"]),
        )
    return LidarModel(
        name=table["model"],
        scan=scan,
        rate_hz=rate_hz,
        elevation_rad=elevation,
        azimuth_rad=np.radians(np.array(table["azimuth_offset_deg"], np.float64)),
        fired_ns=np.round(np.array(table["fired_us"], np.float64) * 1000.0).astype(np.int64),
        every=np.array(table.get("every", [1] * count), np.int64),
        phase=np.array(table.get("phase", [0] * count), np.int64),
        ring=ring,
        step_ns=step_ns,
        steps=steps,
        field_rad=float(np.radians(table.get("field_deg", 360.0))),
        radial_m=float(table["radial_m"]),
        lateral_m=np.array(table["lateral_m"], np.float64),
        up_m=np.array(table["up_m"], np.float64),
        prisms=prisms,
        near_m=float(table["near_m"]),
        far_m=float(table["far_m"]),
        range_at_10_percent_m=float(table["range_at_10_percent_m"]),
        divergence_rad=(along * 1e-3, across * 1e-3),
        range_step_m=float(table["step_m"]),
        range_noise_m=float(table["noise_m"]),
        range_bias_m=float(table["bias_m"]),
        pulse_m=float(table["pulse_m"]),
        overlap_m=float(table["overlap_m"]),
        intensity=str(table["intensity"]),
        gain=float(table["gain"]),
        levels=int(table["levels"]),
        wavelength_nm=int(table["wavelength_nm"]),
        returns=tuple(table["returns"]),
    )


def _defined(make: Make) -> LidarModel:
    """A lidar that the rig file itself defines."""
    words = LidarDefinition[float].model_validate_json(make.name)
    count = len(words.elevations)
    rate_hz = make.rate_hz or 10.0
    steps = make.columns or words.steps
    scan = "turn" if words.field_rad is None else "sweep"
    # A whole turn is a sweep's time; a mirror that goes back needs half of it.
    step_ns = (1.0 if scan == "turn" else 0.5) * 1e9 / rate_hz / steps
    fired = words.firing_times or [round(1e-3 * step_ns * k / count, 3) for k in range(count)]
    along, across = words.divergence
    table = {
        "model": words.name,
        "scan": scan,
        "elevation_deg": words.elevations,
        "azimuth_offset_deg": words.azimuth_offsets or [0.0] * count,
        "fired_us": fired,
        "cycle_us": step_ns * 1e-3,
        "steps": steps,
        "rates_hz": [rate_hz],
        "field_deg": 360.0 if words.field_rad is None else np.degrees(words.field_rad),
        "radial_m": words.radial_m,
        "lateral_m": [0.0] * count,
        "up_m": [0.0] * count,
        "near_m": words.near_m,
        "far_m": words.far_m,
        "range_at_10_percent_m": words.range_at_10_m,
        "divergence_mrad": (along, across),
        "step_m": words.range_step_m,
        "noise_m": words.range_noise_m,
        "bias_m": words.ring_bias_m,
        "pulse_m": words.pulse_m,
        "overlap_m": OVERLAP_SHARE * words.range_at_10_m if words.overlap_m is None else words.overlap_m,
        "intensity": words.intensity,
        "gain": 1.0,
        "levels": words.levels,
        "wavelength_nm": words.wavelength,
        "returns": ALL_RETURNS,
    }
    return _from_table(table, Make(words.name, rate_hz))


def firings(make: str | Make, time_ns: int = 0) -> Firings:
    """When and where each beam of the sweep about a time leaves the sensor; only prisms never come back to a pattern."""
    made = Make(make) if isinstance(make, str) else make
    model = lidar_model(made)
    return _repeated(made) if model.prisms is None else _through_prisms(model, model.prisms, time_ns)


@lru_cache(maxsize=32)
def _repeated(make: Make) -> Firings:
    model = lidar_model(make)
    step, laser, offset = _order(model)
    # Columns of an Ouster are fired at encoder marks; a Velodyne fires by its clock while the head turns on.
    turned = -model.turn_radps * offset * 1e-9
    if model.scan == "flash":
        turned = model.field_rad * (0.5 - (step + 0.5) / model.steps)
    head = np.asarray(turned, np.float64)
    azimuth = head + model.azimuth_rad[laser]
    elevation = model.elevation_rad[laser]
    across = np.cos(elevation)
    direction = np.stack([across * np.cos(azimuth), across * np.sin(azimuth), np.sin(elevation)], axis=1)
    left = model.lateral_m[laser]
    start = np.stack(
        [
            model.radial_m * np.cos(head) - left * np.sin(azimuth),
            model.radial_m * np.sin(head) + left * np.cos(azimuth),
            model.up_m[laser],
        ],
        axis=1,
    )
    return Firings(laser, step, offset, start, direction)


def _through_prisms(model: LidarModel, prisms: Prisms, time_ns: int) -> Firings:
    step, laser, offset = _order(model)
    direction = prisms.bend(model.elevation_rad[laser], np.asarray((time_ns + offset) * 1e-9, np.float64))
    return Firings(laser, step, offset, np.zeros((len(step), 3)), direction)


def _order(model: LidarModel) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Step, laser and time of all firings in their order."""
    step, laser = np.divmod(np.arange(model.steps * len(model.ring)), len(model.ring))
    fires = (step >= model.phase[laser]) & ((step - model.phase[laser]) % model.every[laser] == 0)
    step, laser = step[fires], laser[fires]
    offset = np.round(step * model.step_ns).astype(np.int64) + model.fired_ns[laser] + round(model.begin_ns)
    order = np.lexsort((laser, step, offset))
    return step[order], laser[order], offset[order]
