"""What a lidar makes of each material: plates of it at known angles and distances, scanned.  Renderers floor.

The scan is that of any scenario (`renderers.lidar.scan`), on a dry clear day; the plates are turned about their upright
axis until the beam in their middle meets them at the stated angle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.lidar import scan
from renderers.lidar_models import firings
from renderers.loft import panel
from renderers.mesh import Asset, Mesh, Part
from renderers.stage import Stage, StaticSet
from renderers.studio import empty_road
from renderers.tracer import prepare
from scenarios.schema import Lidar
from sim.trace import WorldTrace

ANGLES_DEG: tuple[float, ...] = (0.0, 20.0, 40.0, 60.0, 75.0, 85.0)
PLATE_M = 1.5  # side of a plate; half of that where beams come in at a shallow angle
BEHIND_M = 1.2  # from a plate to the white one behind it
HEIGHT_M = 10.0  # of sensor and plates: the ground is out of the way
WHITE = "plaster_white"


@dataclass(frozen=True, slots=True)
class Swatch:
    """A plate as the lidar met it."""

    material: str
    angle_deg: float  # of incidence in its middle
    range_m: float
    fired: int  # beams whose middle meets it
    returned: int
    passed: int  # beams that came back from what stands behind it
    intensity: float  # mean of the returns, [0, 1]; nan without any

    @property
    def share(self) -> float:
        return self.returned / max(self.fired, 1)


def swatches(
    materials: Sequence[str],
    angles_deg: Sequence[float] = ANGLES_DEG,
    range_m: float = 10.0,
    lidar: str = "HDL-64E",
    threads: int = 1,
) -> list[Swatch]:
    """A swatch for every material and angle, in that order."""
    rows: list[Swatch] = []
    for material in materials:
        rows.extend(_around(material, angles_deg, range_m, lidar, threads))
    return rows


def _around(
    material: str, angles_deg: Sequence[float], range_m: float, lidar: str, threads: int
) -> list[Swatch]:
    """Plates of one material all around the sensor, one for each angle."""
    pieces: list[Mesh] = []
    ids: list[NDArray[np.int32]] = []
    for k, angle in enumerate(angles_deg):
        bearing = 2.0 * np.pi * (k + 0.5) / len(angles_deg)
        away = np.array((np.cos(bearing), np.sin(bearing), 0.0))
        turned = bearing + np.radians(angle)
        facing = -np.array((np.cos(turned), np.sin(turned), 0.0))
        for number, made_of, far in ((k + 1, material, range_m), (100 + k, WHITE, range_m + BEHIND_M)):
            # The plate behind is larger: whoever passes the first one meets it.
            half = 0.5 * PLATE_M * (1.0 if number < 100 else 2.0)
            normal = facing if number < 100 else -away
            along = np.array((-normal[1], normal[0], 0.0)) * half
            middle = away * far + (0.0, 0.0, HEIGHT_M)
            up = np.array((0.0, 0.0, half))
            corners = [middle - along - up, middle + along - up, middle + along + up, middle - along + up]
            pieces.append(panel(corners, made_of, "building"))
            ids.append(np.full(2, number, np.int32))
    speck = panel([(0, 0, 0), (0.01, 0, 0), (0.01, 0.01, 0), (0, 0.01, 0)], "plastic", "car")
    ego = Asset("car.sedan", (1.0, 1.0, 1.0), (Part("body", speck),))
    still = StaticSet(Mesh.join(pieces), np.concatenate(ids), (), np.zeros(3))
    stage = Stage(_sensor_alone(), still, [ego])
    words = Lidar[float].model_validate({"mount": {"z": HEIGHT_M}, "model": lidar})
    sweep = scan(stage, "swatches", words, 0, threads)
    shots = firings(lidar)
    hits = prepare(stage.scene(0), np.array((0.0, 0.0, HEIGHT_M))).trace(
        shots.direction.astype(np.float32), threads=threads
    )
    met = np.where(hits.triangle >= 0, stage.geometry.instance[np.maximum(hits.triangle, 0)], 0)
    rows = []
    for k, angle in enumerate(angles_deg):
        own = sweep.instance == k + 1
        fired = int((met == k + 1).sum())
        # Whoever comes back from behind within the plate's own beams has passed it; those beside it are not counted.
        open_beams = int((met == 100 + k).sum())
        passed = max(int((sweep.instance == 100 + k).sum()) - open_beams, 0)
        mean = float(sweep.intensity[own].mean()) if own.any() else float("nan")
        rows.append(Swatch(material, float(angle), range_m, fired, int(own.sum()), passed, mean))
    return rows


def _sensor_alone() -> WorldTrace:
    """The sensor at the origin for as long as a turn takes."""
    sample = empty_road()
    time_ns = np.arange(-6, 7, dtype=np.int64) * 10_000_000
    ticks = len(time_ns)
    zeros, places = np.zeros((ticks, 1)), np.zeros((ticks, 1, 3))
    return replace(
        sample,
        actors=sample.actors[:1],
        events=(),
        time_ns=time_ns,
        position_m=places,
        rotation_rad=places,
        velocity_mps=places,
        yaw_rate_radps=zeros,
        speed_mps=zeros,
        acceleration_mps2=zeros,
        steer_rad=zeros,
        wheel_rad=zeros,
        gait=zeros.astype(np.uint8),
        gait_phase=zeros,
        lamps=zeros.astype(np.uint16),
        present=np.ones((ticks, 1), bool),
        ways=None,
    )
