"""The one weather state that camera, lidar, tyres and labels read.  World floor.

Words become states here: `weather_track` turns the keyframes of a scenario into `WeatherState`s over time, and every
derived number (extinction, light, water film, friction) is worked out once.  The laws stand in `sim.air`,
`sim.daylight`, `sim.surface` and `sim.solar`, their reasons in docs/weather.md.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Clock, Lighting, Surface, WeatherKey, World
from sim import air, daylight, solar, surface
from sim.ground import EARLY_S, Ground

NS_PER_S = 1_000_000_000
STATE_STEP_S = (
    0.1  # states closer than anything in the weather changes, bar steps, which get states of their own
)
MAX_STATES = 2000
AFTERGLOW_S = 1.0  # the track reaches a little beyond the clip, for the last exposures

# What holds when the scenario is silent: a fair, mild summer noon in Bavaria.
DEFAULT_DATE = "2025-06-21"
DEFAULT_TIME_S = 12.0 * 3600.0
DEFAULT_LATITUDE_RAD = math.radians(48.1)
DEFAULT_LONGITUDE_RAD = math.radians(11.6)
DEFAULT_CLOUD_OKTA = 2.0
DEFAULT_WIND_MPS = 2.0
DEFAULT_WIND_FROM_RAD = math.radians(250.0)
DEFAULT_AIR_DEGC = 15.0
DEFAULT_SNOW_AIR_DEGC = -2.0

REFERENCE_SPEED_MPS = 50.0 / 3.6  # at which WeatherState.friction is stated


@dataclass(frozen=True, slots=True)
class WeatherState:
    """Weather, light and road surface at one instant, in physical units, with all that follows from them."""

    # what falls and floats
    rain_mm_per_h: float
    snow_mm_per_h: float  # water equivalent
    fog_mor_m: float  # meteorological optical range of the fog alone; inf without fog
    fog_top_m: float  # height above which the fog thins out; inf for uniform fog
    cloud_okta: float
    wind_mps: float
    wind_from_rad: float  # clockwise from north
    air_degC: float  # noqa: N815  (the SI unit symbol)
    # derived air
    rain_extinction_per_m: float  # 550 nm and near infrared alike (drops >> wavelength)
    snow_extinction_per_m: float
    fog_extinction_per_m: float
    haze_extinction_per_m: float  # of clear air, as far as the stated fog does not contain it
    fog_backscatter_per_m_sr: float  # 905 nm
    # light
    sun_elevation_rad: float  # geometric
    sun_azimuth_rad: float  # clockwise from north
    sun_illuminance_lx: float  # direct, on a plane facing the sun, after clouds and fog
    sky_illuminance_lx: float  # diffuse, horizontal; moonlight included
    street_lamps_lit: bool
    # road surface
    wetness: float  # 0 dry .. 1 closed film; darkening of the porous surface
    water_film_m: float  # over the bottom of the texture
    puddle_cover: float  # 0..1 share of the road under puddles
    puddle_depth_m: float
    snow_depth_m: float
    ice_cover: float  # 0..1
    friction: float  # peak tyre-road coefficient at 50 km/h
    # the moon; its light is part of sky_illuminance_lx, its place is for drawing it
    moon_elevation_rad: float = -math.pi / 2
    moon_azimuth_rad: float = 0.0
    moon_illuminance_lx: float = 0.0  # horizontal, after air and clouds
    # dust, which floats as fog does; `fog_top_m` is where both together thin out
    dust_extinction_per_m: float = 0.0
    dust_backscatter_per_m_sr: float = 0.0  # 905 nm

    @property
    def extinction_per_m(self) -> float:
        """Total extinction at 550 nm near the ground."""
        return (
            self.rain_extinction_per_m
            + self.snow_extinction_per_m
            + self.floating_extinction_per_m
            + self.haze_extinction_per_m
        )

    @property
    def floating_extinction_per_m(self) -> float:
        """Of fog and dust, which end at `fog_top_m`."""
        return self.fog_extinction_per_m + self.dust_extinction_per_m

    @property
    def visibility_m(self) -> float:
        """Meteorological optical range of everything in the air together."""
        return air.optical_range_m(self.extinction_per_m)

    @property
    def illuminance_lx(self) -> float:
        """Daylight on horizontal ground."""
        return self.sky_illuminance_lx + self.sun_illuminance_lx * max(math.sin(self.sun_elevation_rad), 0.0)

    @property
    def rain_slope_per_mm(self) -> float:
        """Slope of the Marshall-Palmer drop spectrum; inf without rain."""
        return air.rain_slope_per_mm(self.rain_mm_per_h)

    def friction_at(self, speed_mps: float) -> float:
        """Peak tyre-road coefficient at a speed: water needs time to leave the contact patch."""
        return surface.peak_friction(
            self.water_film_m,
            self.puddle_cover,
            self.puddle_depth_m,
            self.snow_depth_m,
            self.ice_cover,
            speed_mps,
        )


@dataclass(frozen=True, slots=True)
class WeatherTrack:
    """Weather over time: K states at increasing times."""

    time_ns: NDArray[np.int64]  # (K,)
    states: tuple[WeatherState, ...]

    def at(self, time_ns: int) -> WeatherState:
        """The weather at any time: linear between states in rates and extinctions, held before and after."""
        t = self.time_ns
        k = int(np.searchsorted(t, time_ns, side="right")) - 1
        if k < 0:
            return self.states[0]
        if k >= len(t) - 1 or time_ns == t[k]:
            return self.states[k]
        before, after = self.states[k], self.states[k + 1]
        if before.fog_top_m == math.inf and before == after:  # what does not change is asked every tick
            return before
        return _mix(before, after, float(time_ns - t[k]) / float(t[k + 1] - t[k]))


def weather_track(world: World[float, str], duration_s: float) -> WeatherTrack:
    """The weather of a scenario from its start until a little after `duration_s`."""
    words = _Words.of(world.weather, world.surface)
    end_s = duration_s + AFTERGLOW_S
    step_s = max(STATE_STEP_S, end_s / MAX_STATES)
    grid = {round(k * step_s * NS_PER_S) for k in range(math.ceil(end_s / step_s) + 1)}
    surface_keys, lamp_keys = world.surface.then, world.lighting.then
    corners = [*words.corners(), *((key.at_s, key.over_s) for key in surface_keys)]
    for at_s, over_s in [*corners, *((key.at_s, 0.0) for key in lamp_keys)]:
        corner = round(at_s * NS_PER_S)
        # A step gets a state just before it, so that nothing ramps into it.
        grid.update({max(corner - 1, 0), corner, round((at_s + over_s) * NS_PER_S)})
    times = sorted(grid)
    states: list[WeatherState] = []
    ground = Ground(words, world.surface)
    for time in times:
        seconds = time / NS_PER_S
        states.append(_state(world, words, seconds, ground.advance(seconds)))
    return WeatherTrack(np.array(times, np.int64), tuple(states))


# ------------------------------------------------------------------------------------------------------- keyframes
@dataclass(frozen=True, slots=True)
class _Ramps:
    """One quantity over time: each piece leads from the value so far to a new one."""

    first: float
    pieces: tuple[tuple[float, float, float, float], ...]  # start s, end s, value before, value after

    @staticmethod
    def of(first: float, keys: Iterable[tuple[float, float, float]]) -> "_Ramps":
        """From (at, over, value); a later key interrupts an earlier ramp where it stands."""
        made = _Ramps(first, ())
        for at_s, over_s, value in sorted(keys, key=lambda key: key[0]):
            made = _Ramps(first, (*made.pieces, (at_s, at_s + over_s, made.at(at_s), value)))
        return made

    def at(self, seconds: float) -> float:
        value = self.first
        for start, end, before, after in self.pieces:
            if seconds < start:
                break
            value = after if seconds >= end else before + (after - before) * (seconds - start) / (end - start)
        return value

    def most(self) -> float:
        return max((self.first, *(after for *_, after in self.pieces)))


@dataclass(frozen=True, slots=True)
class _Words:
    """The keyframed quantities of a scenario, each on its own."""

    rain: _Ramps
    snow: _Ramps
    fog_extinction: _Ramps
    fog_thinning_per_m: _Ramps  # 1 / top, so that "no top" is an ordinary number
    dust_extinction: _Ramps
    dust_thinning_per_m: _Ramps
    clouds: _Ramps
    wind: _Ramps
    wind_from: _Ramps
    air: _Ramps

    @staticmethod
    def of(keys: list[WeatherKey[float]], ground: Surface[float, str]) -> "_Words":
        def ramps(first: float, values: Iterable[float | None]) -> _Ramps:
            pairs = zip(keys, values, strict=True)
            return _Ramps.of(first, [(k.at_s, k.over_s, v) for k, v in pairs if v is not None])

        rain = ramps(0.0, (k.rain_mm_per_h for k in keys))
        snow = ramps(0.0, (k.snow_mm_per_h for k in keys))
        wet = rain.most() + snow.most() > 0.0
        words = [ground.state, *(key.state for key in ground.then)]
        depths = [ground.snow_depth_m, *(key.snow_depth_m for key in ground.then)]
        cold = snow.most() > 0.0 or "snowy" in words or "icy" in words or any(depths)
        winds = [k.wind for k in keys]
        return _Words(
            rain=rain,
            snow=snow,
            fog_extinction=ramps(
                0.0, (air.fog_extinction_per_m(k.fog.visibility_m) if k.fog else None for k in keys)
            ),
            fog_thinning_per_m=ramps(
                0.0, ((1.0 / (k.fog.top_m or math.inf)) if k.fog else None for k in keys)
            ),
            dust_extinction=ramps(
                0.0, (air.fog_extinction_per_m(k.dust.visibility_m) if k.dust else None for k in keys)
            ),
            dust_thinning_per_m=ramps(
                0.0, ((1.0 / (k.dust.top_m or math.inf)) if k.dust else None for k in keys)
            ),
            clouds=ramps(
                daylight.OVERCAST_OKTA if wet else DEFAULT_CLOUD_OKTA, (k.clouds_okta for k in keys)
            ),
            wind=ramps(DEFAULT_WIND_MPS, (w.speed_mps if w else None for w in winds)),
            wind_from=ramps(DEFAULT_WIND_FROM_RAD, _unwrapped(w.from_rad if w else None for w in winds)),
            air=ramps(DEFAULT_SNOW_AIR_DEGC if cold else DEFAULT_AIR_DEGC, (k.air_degC for k in keys)),
        )

    def corners(self) -> list[tuple[float, float]]:
        every = (
            self.rain, self.snow, self.fog_extinction, self.dust_extinction, self.clouds, self.wind, self.wind_from,
            self.air,
        )  # fmt: skip
        return [(start, end - start) for ramps in every for start, end, *_ in ramps.pieces]

    def rain_at(self, seconds: float) -> float:
        return self.rain.at(seconds)

    def snow_at(self, seconds: float) -> float:
        return self.snow.at(seconds)

    def air_at(self, seconds: float) -> float:
        return self.air.at(seconds)

    def road_water_mm_per_h(self, seconds: float) -> float:
        """Rain, and snow that melts as it lands."""
        melting = self.air.at(seconds) > surface.SNOW_STAYS_BELOW_DEGC
        return self.rain.at(seconds) + (self.snow.at(seconds) if melting else 0.0)


def _unwrapped(angles: Iterable[float | None]) -> list[float | None]:
    """Directions as the nearest turn of the one before, so that ramps go the shorter way."""
    last = DEFAULT_WIND_FROM_RAD
    turned: list[float | None] = []
    for angle in angles:
        if angle is not None:
            last = last + math.remainder(angle - last, 2 * math.pi)
        turned.append(None if angle is None else last)
    return turned


# ----------------------------------------------------------------------------------------------------------- state
def _state(
    world: World[float, str], words: _Words, seconds: float, ground: surface.SurfaceState
) -> WeatherState:
    rain, snow = words.rain.at(seconds), words.snow.at(seconds)
    fog = words.fog_extinction.at(seconds)
    thinning = words.fog_thinning_per_m.at(seconds)
    top = 1.0 / thinning if thinning > 0.0 else math.inf
    dust, dust_thinning = words.dust_extinction.at(seconds), words.dust_thinning_per_m.at(seconds)
    dust_top = 1.0 / dust_thinning if dust_thinning > 0.0 else math.inf
    clouds = words.clouds.at(seconds)
    sun, moon, moon_lx = _sky_bodies(world.clock, seconds)
    dimmed = daylight.under_rain_cloud(rain)
    direct, sky = daylight.through_fog(
        daylight.sun_illuminance_lx(sun.elevation_rad, clouds) * dimmed,
        daylight.sky_illuminance_lx(sun.elevation_rad, clouds) * dimmed,
        sun.elevation_rad,
        fog,
        top,
    )
    direct, sky = daylight.through_dust(direct, sky, sun.elevation_rad, dust, dust_top)
    if dust > 0.0:
        whole = (fog * thinning + dust * dust_thinning) / (fog + dust)
        top = 1.0 / whole if whole > 0.0 else math.inf
    moonlight = daylight.moon_ground_lx(moon_lx, moon.elevation_rad, clouds) * dimmed
    state = WeatherState(
        rain_mm_per_h=rain,
        snow_mm_per_h=snow,
        fog_mor_m=air.optical_range_m(fog),
        fog_top_m=top,
        cloud_okta=clouds,
        wind_mps=words.wind.at(seconds),
        wind_from_rad=words.wind_from.at(seconds) % (2 * math.pi),
        air_degC=words.air.at(seconds),
        rain_extinction_per_m=air.rain_extinction_per_m(rain),
        snow_extinction_per_m=air.snow_extinction_per_m(snow),
        fog_extinction_per_m=fog,
        haze_extinction_per_m=air.haze_extinction_per_m(fog + dust),
        fog_backscatter_per_m_sr=air.fog_backscatter_per_m_sr(fog),
        sun_elevation_rad=sun.elevation_rad,
        sun_azimuth_rad=sun.azimuth_rad,
        sun_illuminance_lx=direct,
        sky_illuminance_lx=sky + moonlight,
        street_lamps_lit=False,
        wetness=ground.wetness,
        water_film_m=ground.film_mm * 1e-3,
        puddle_cover=ground.puddle_cover,
        puddle_depth_m=ground.puddle_depth_m,
        snow_depth_m=ground.snow_depth_m,
        ice_cover=ground.ice_cover,
        friction=0.0,
        moon_elevation_rad=moon.elevation_rad,
        moon_azimuth_rad=moon.azimuth_rad,
        moon_illuminance_lx=moonlight,
        dust_extinction_per_m=dust,
        dust_backscatter_per_m_sr=air.dust_backscatter_per_m_sr(dust),
    )
    lamps = _lamp_word(world.lighting, seconds)
    lit = lamps == "lit" or (lamps == "auto" and state.illuminance_lx < daylight.LAMPS_ON_LX)
    return replace(state, street_lamps_lit=lit, friction=state.friction_at(REFERENCE_SPEED_MPS))


def _lamp_word(lighting: Lighting[float, str], seconds: float) -> str:
    """What was last said about the street lamps."""
    word = lighting.street_lamps
    for key in sorted(lighting.then, key=lambda key: key.at_s):
        if key.at_s <= seconds + EARLY_S:
            word = key.street_lamps
    return word


def _sky_bodies(clock: Clock[float], seconds: float) -> tuple[solar.Direction, solar.Direction, float]:
    """Sun, moon and the moon's light; a sun given directly stands still and has no moon beside it."""
    if clock.sun is not None:
        sun = solar.Direction(clock.sun.elevation_rad, clock.sun.azimuth_rad % (2 * math.pi))
        return sun, solar.Direction(-math.pi / 2, 0.0), 0.0
    time_s = DEFAULT_TIME_S if clock.time_s is None else clock.time_s
    latitude = DEFAULT_LATITUDE_RAD if clock.latitude_rad is None else clock.latitude_rad
    longitude = DEFAULT_LONGITUDE_RAD if clock.longitude_rad is None else clock.longitude_rad
    day = solar.julian_day(clock.date or DEFAULT_DATE, time_s + seconds, clock.zone)
    return (
        solar.sun_direction(day, latitude, longitude),
        solar.moon_direction(day, latitude, longitude),
        solar.moon_illuminance_lx(day),
    )


ANGLES = ("wind_from_rad", "sun_azimuth_rad", "moon_azimuth_rad")
MIXED = tuple(
    field.name
    for field in fields(WeatherState)
    if field.type is not bool and field.name not in ("fog_mor_m", "fog_top_m")
)


def _mix(a: WeatherState, b: WeatherState, share: float) -> WeatherState:
    """Between two states: fog by its extinction, angles the shorter way, the rest linearly, lamps as in the first."""
    values: dict[str, float] = {}
    for name in MIXED:
        before, after = getattr(a, name), getattr(b, name)
        if name in ANGLES:
            after = before + math.remainder(after - before, 2 * math.pi)
        values[name] = before + (after - before) * share
    thinning = (1.0 - share) / a.fog_top_m + share / b.fog_top_m
    return WeatherState(
        **values,
        fog_mor_m=air.optical_range_m(values["fog_extinction_per_m"]),
        fog_top_m=1.0 / thinning if thinning > 0.0 else math.inf,
        street_lamps_lit=a.street_lamps_lit,
    )
