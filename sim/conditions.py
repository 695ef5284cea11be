"""An instant in words: weather and light as ASAM Open Simulation Interface names them, and the ground.  World floor."""

from scenarios.osi import FOG, ILLUMINATION, PRECIPITATION, class_of
from sim.air import optical_range_m
from sim.weather import WeatherState


def osi_tags(state: WeatherState) -> dict[str, str]:
    """OSI's words for an instant: precipitation, fog and ambient_illumination.

    Precipitation adds rain and the water of snow; fog means the floating part alone (fog and haze), as rain has its
    own class.
    """
    floating = state.fog_extinction_per_m + state.haze_extinction_per_m
    return {
        "precipitation": class_of(PRECIPITATION, state.rain_mm_per_h + state.snow_mm_per_h),
        "fog": class_of(FOG, optical_range_m(floating)),
        "ambient_illumination": class_of(ILLUMINATION, state.illuminance_lx),
    }


def ground_word(state: WeatherState) -> str:
    """What the road is covered with, the most slippery first."""
    if state.ice_cover > 0.2:
        return "icy"
    if state.snow_depth_m > 0.002:
        return "snowy"
    if state.wetness > 0.6:
        return "wet"
    return "damp" if state.wetness > 0.1 else "dry"
