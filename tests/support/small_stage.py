"""A world small enough to know by heart: a mesh that stands still, boxes that move straight, an ego that drives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset, LampSpec, Mesh, Part
from renderers.stage import Stage, StaticSet
from scenarios.resolved import Concrete
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads.network import RoadNetwork
from sim.trace import Actor, WorldTrace
from sim.weather import WeatherState, WeatherTrack
from tests.support.naive_trace import CLEAR, box, quad

TICK_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Mover:
    """A thing that moves with constant velocity, and how it looks."""

    asset: Asset
    position_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    velocity_mps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw_rad: float = 0.0
    yaw_rate_radps: float = 0.0
    lamps: int = 0
    present: bool = True


def block(size_m: tuple[float, float, float], material: str = "default", semantic: str = "car") -> Asset:
    """A box of one material."""
    mesh = box(size_m, MATERIAL_ID[material], SEMANTIC_ID[semantic])
    return Asset("car.sedan", size_m, (Part("body", mesh),))


def cart() -> Asset:
    """A box on two wheels with a lamp."""
    body = box((2.0, 1.0, 1.0), 0, SEMANTIC_ID["car"])
    wheel = box((0.6, 0.2, 0.6), 0, SEMANTIC_ID["car"])
    lamp = LampSpec(1, (1.0, 0.0, 0.6), (1.0, 0.0, 0.0), "low_beam", 900.0, (1.0, 1.0, 1.0))
    parts = (
        Part("body", body),
        Part("front", wheel, "steered_wheel", 0, (0.7, 0.5, 0.3), 0.3),
        Part("rear", wheel, "wheel", 0, (-0.7, 0.5, 0.3), 0.3),
    )
    return Asset("car.sedan", (2.0, 1.4, 1.0), parts, (lamp,))


def plain(half_m: float = 150.0, material: str = "asphalt", z_m: float = 0.0) -> Mesh:
    """Level ground about the origin."""
    h = half_m
    return quad(
        [(-h, -h, z_m), (h, -h, z_m), (h, h, z_m), (-h, h, z_m)], MATERIAL_ID[material], SEMANTIC_ID["road"]
    )


def wall(x_m: float, material: str = "default", half_m: float = 60.0, top_m: float = 30.0) -> Mesh:
    """A wall across the x axis that faces the origin."""
    corners = [(x_m, -half_m, -30.0), (x_m, half_m, -30.0), (x_m, half_m, top_m), (x_m, -half_m, top_m)]
    if x_m > 0:
        corners = corners[::-1]
    return quad(corners, MATERIAL_ID[material], SEMANTIC_ID["building"])


def small_stage(
    static: Mesh | Sequence[Mesh],
    movers: Sequence[Mover] = (),
    ego: Mover | None = None,
    weather: WeatherState = CLEAR,
    seconds: float = 1.0,
    seed: int = 1,
    lamps: tuple[LampSpec, ...] = (),
    trails: tuple[str | None, ...] = (),
) -> Stage:
    """A stage with the ego in column 0; the trace runs from 0 to `seconds` and everything is at its place at 0.

    `trails` are the words of the movers.
    """
    everyone = [ego or Mover(block((0.1, 0.1, 0.1))), *movers]
    time = np.arange(0, round(seconds * 1e9) + 1, TICK_NS, dtype=np.int64)
    t = time * 1e-9
    count = len(everyone)

    def over_time(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.stack(values, axis=1)

    speed = np.array([np.hypot(*m.velocity_mps[:2]) for m in everyone])
    steady = np.ones((len(time), 1))
    actors = tuple(
        Actor(k + 1, "ego" if k == 0 else f"actor{k}", m.asset.model, "car", m.asset.size_m, k, is_ego=k == 0)
        for k, m in enumerate(everyone)
    )
    capture = SimpleNamespace(rate_hz=10.0)
    words = {f"actor{k + 1}": SimpleNamespace(trail=trail) for k, trail in enumerate(trails)}
    concrete = SimpleNamespace(
        seed=seed,
        sample=0,
        assets=(),
        twin=None,
        scenario=SimpleNamespace(capture=capture, world=SimpleNamespace(plumes=[]), actors=words),
    )
    trace = WorldTrace(
        concrete=cast(Concrete, concrete),
        road=cast(RoadNetwork, None),
        weather=WeatherTrack(np.zeros(1, np.int64), (weather,)),
        actors=actors,
        events=(),
        time_ns=time,
        position_m=over_time(
            [np.array(m.position_m) + t[:, None] * np.array(m.velocity_mps) for m in everyone]
        ),
        rotation_rad=over_time(
            [np.stack([m.yaw_rad + t * m.yaw_rate_radps, 0 * t, 0 * t], axis=1) for m in everyone]
        ),
        velocity_mps=over_time([np.tile(np.array(m.velocity_mps), (len(time), 1)) for m in everyone]),
        yaw_rate_radps=steady * np.array([m.yaw_rate_radps for m in everyone]),
        speed_mps=steady * speed,
        acceleration_mps2=np.zeros((len(time), count)),
        steer_rad=np.zeros((len(time), count)),
        wheel_rad=t[:, None] * speed / 0.3,
        gait=np.zeros((len(time), count), np.uint8),
        gait_phase=np.zeros((len(time), count)),
        lamps=np.tile(np.array([m.lamps for m in everyone], np.uint16), (len(time), 1)),
        present=np.tile(np.array([m.present for m in everyone], bool), (len(time), 1)),
    )
    mesh = static if isinstance(static, Mesh) else Mesh.join(list(static))
    still = StaticSet(mesh, np.zeros(len(mesh.triangles), np.int32), lamps, np.zeros(3))
    return Stage(trace, still, [m.asset for m in everyone])


def mounted(model: str, z_m: float = 1.8) -> Lidar[float]:
    """A lidar of that model above the ego's origin."""
    return Lidar[float].model_validate({"mount": {"z": z_m}, "model": model})


def weather(**changes: Any) -> WeatherState:
    """A clear day, but for these fields."""
    return replace(CLEAR, **changes)
