"""Short ways of saying a world to the tests."""

from typing import Any

from scenarios.schema import World

NOON: dict[str, Any] = {
    "date": "2024-06-21",
    "time": 12 * 3600.0,
    "zone": "+02:00",
    "latitude": 0.84015,  # 48.137 deg
    "longitude": 0.20204,  # 11.576 deg
}


def world(*keys: dict[str, Any], clock: dict[str, Any] | None = None, **rest: Any) -> World[float, str]:
    """A world in SI numbers under the words of the language."""
    words = {"clock": clock or NOON, "weather": list(keys), "road": {"preset": "urban_street"}, **rest}
    return World[float, str].model_validate(words)
