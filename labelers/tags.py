"""Weather, light and road of an instant as tags: physical units, OSI's words, and ODD slices.  Labels floor.

Slices use the boundaries of ISO 34503 (rain, snow, daylight) so that a recall "in heavy rain at night" means the same
everywhere; OSI's words come from `sim.conditions`.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from renderers.faults import ActiveFaults
from sim.conditions import ground_word, osi_tags
from sim.weather import WeatherState

RAIN_WORDS = (
    (0.1, "light"),
    (2.5, "moderate"),
    (7.6, "heavy"),
    (50.0, "violent"),
    (100.0, "cloudburst"),
)  # mm/h
SNOW_WORDS = ((0.0, "heavy"), (500.0, "moderate"), (1000.0, "light"))  # visibility in m while it snows
# Optical range in m; fog begins below 1 km (WMO), its steps are those of OSI.
FOG_WORDS = ((0.0, "dense"), (50.0, "thick"), (200.0, "light"), (1000.0, "none"))
LIGHT_WORDS = (
    (0.0, "night"),
    (1.0, "dusk"),
    (2000.0, "day"),
)  # lx on the ground; ISO 34503 night, low ambient, day
FALLING_MM_PER_H = 0.1  # less is no precipitation (OSI)


def _word(table: tuple[tuple[float, str], ...], value: float, below: str = "") -> str:
    row = bisect_right([edge for edge, _ in table], value) - 1
    return table[row][1] if row >= 0 else below


def frame_tags(state: WeatherState) -> dict[str, str | float]:
    """Tags of an instant; lengths that are infinite (no fog) are left out."""
    tags: dict[str, str | float] = {
        "rain_mm_per_h": state.rain_mm_per_h,
        "snow_mm_per_h": state.snow_mm_per_h,
        "fog_mor_m": state.fog_mor_m,
        "visibility_m": state.visibility_m,
        "cloud_okta": state.cloud_okta,
        "wind_mps": state.wind_mps,
        "air_degC": state.air_degC,
        "sun_elevation_deg": math.degrees(state.sun_elevation_rad),
        "illuminance_lx": state.illuminance_lx,
        "street_lamps": "lit" if state.street_lamps_lit else "dark",
        "wetness": state.wetness,
        "water_film_mm": 1e3 * state.water_film_m,
        "puddle_cover": state.puddle_cover,
        "snow_depth_m": state.snow_depth_m,
        "ice_cover": state.ice_cover,
        "friction": state.friction,
        "rain": _word(RAIN_WORDS, state.rain_mm_per_h, "none"),
        "snow": _word(SNOW_WORDS, state.visibility_m) if state.snow_mm_per_h >= FALLING_MM_PER_H else "none",
        "fog": _word(FOG_WORDS, state.fog_mor_m),
        "light": _word(LIGHT_WORDS, state.illuminance_lx),
        "ground": ground_word(state),
    }
    tags |= {f"osi_{name}": word for name, word in osi_tags(state).items()}
    return {name: tag for name, tag in tags.items() if isinstance(tag, str) or math.isfinite(tag)}


def fault_tags(faults: Mapping[str, ActiveFaults], missing: Sequence[str]) -> dict[str, str | float]:
    """What is wrong with the sensors at an instant, and whose frames never arrived; nothing for a sound rig."""
    tags: dict[str, str | float] = {f"fault_{name}": a.words for name, a in faults.items() if a.numbered}
    return tags | ({"missing": ", ".join(missing)} if missing else {})


SLICED = ("rain", "snow", "fog", "light", "ground")


def slices(tags: Mapping[str, str | float]) -> set[str]:
    """Names of the slices that a sample belongs to, such as rain_heavy, light_night."""
    return {f"{name}_{tags[name]}" for name in SLICED if name in tags}
