"""Small scenes for the tests, in SI numbers under the words of the language."""

from typing import Any

from scenarios.resolved import Concrete
from scenarios.schema import ResolvedRig, ResolvedScenario
from sim.simulate import simulate
from sim.trace import WorldTrace

STREET: dict[str, Any] = {
    "preset": "urban_street",
    "lanes": 2,
    "lane_width": 3.25,
    "length": 400.0,
    "parking": "right",
    "sidewalks": "both",
}
COUNTRY: dict[str, Any] = {"preset": "country_road", "length": 800.0}
HIGHWAY: dict[str, Any] = {"preset": "highway", "lanes": 3, "length": 1500.0}


def car(
    s: float, speed: float = 0.0, *steps: dict[str, Any], lane: str = "right", **rest: Any
) -> dict[str, Any]:
    """A car on a lane."""
    return {"model": "car.sedan", "start": {"lane": lane, "s": s, "speed": speed}, "do": list(steps), **rest}


def concrete(
    ego: dict[str, Any],
    *,
    road: dict[str, Any] = STREET,
    weather: list[dict[str, Any]] | None = None,
    background: dict[str, Any] | None = None,
    duration: float = 5.0,
    seed: int = 0,
    surface: dict[str, Any] | None = None,
    patches: list[dict[str, Any]] | None = None,
    sun_deg: float = 40.0,
    **others: dict[str, Any],
) -> Concrete:
    """A resolved scenario."""
    scenario = ResolvedScenario.model_validate(
        {
            "scenario": "scene",
            "world": {
                "clock": {"sun": {"elevation": sun_deg * 0.017453292519943295, "azimuth": 3.0}},
                "weather": weather or [],
                "surface": surface or {},
                "road": road,
                "patches": patches or [],
            },
            "actors": {"ego": ego, **others},
            "background": background or {},
            "capture": {"duration": duration},
        }
    )
    return Concrete(scenario, ResolvedRig(rig="none"), seed, 0, {}, {})


def run(ego: dict[str, Any], **rest: Any) -> WorldTrace:
    """What happens in a scene."""
    return simulate(concrete(ego, **rest))
