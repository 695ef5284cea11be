"""The road surface over a clip: where it begins, what the weather makes of it, what keyframes demand.  World floor."""

from dataclasses import fields, replace
from typing import Protocol

from scenarios.schema import Puddles, Surface, SurfaceKey
from sim import surface
from sim.surface import SurfaceState

WET_FILM_MM = 0.3  # "wet": a closed film over the texture
DAMP_FILM_MM = 0.055  # "damp": dark pores, no film (wetness 0.5)
SNOWY_DEPTH_M = 0.04
ICY_COVER = 0.9
WET_POND_COVER, WET_POND_DEPTH_M = 0.03, 0.003  # least puddles of a road called wet
EARLY_S = 5e-10  # a keyframe has come when it is this near: the track's times are whole nanoseconds
PUDDLE_FIELDS = ("puddle_cover", "puddle_depth_m")


class Falling(Protocol):
    """What comes down on the road, by time in seconds."""

    def rain_at(self, seconds: float) -> float: ...

    def snow_at(self, seconds: float) -> float: ...

    def air_at(self, seconds: float) -> float: ...

    def road_water_mm_per_h(self, seconds: float) -> float: ...


class Ground:
    """The road's state as time goes on; `state` holds at `time_s`.

    A keyframe leads each quantity that it names from where it stands to a new value; meanwhile the weather has no say
    in it.  A stated word (dry, damp, icy) then holds against the weather, as one at the start does.
    """

    def __init__(self, falling: Falling, written: Surface[float, str]) -> None:
        self._falling = falling
        self._word = written.state
        self._puddles_stated = written.puddles is not None
        self._keys = sorted(written.then, key=lambda key: key.at_s)
        self._ramps: dict[str, tuple[float, float, float, float]] = {}  # field -> start, end, before, after
        self.time_s = 0.0
        self.state = _stated(written.state, falling, 0.0, written.puddles, written.snow_depth_m)
        self._begin()

    def advance(self, until_s: float) -> SurfaceState:
        """The state at a later time; steps must not jump over the start of a keyframe."""
        if until_s > self.time_s:
            self.state = self._weathered(until_s)
            self.time_s = until_s
        self._begin()
        led = {}
        for name, (start, end, before, after) in self._ramps.items():
            over = self.time_s + EARLY_S >= end
            share = 1.0 if over else max((self.time_s - start) / (end - start), 0.0)
            led[name] = before + (after - before) * share
        self.state = replace(self.state, **led)
        self._ramps = {name: ramp for name, ramp in self._ramps.items() if self.time_s + EARLY_S < ramp[1]}
        return self.state

    def _begin(self) -> None:
        """Take up the keyframes whose time has come."""
        while self._keys and self._keys[0].at_s <= self.time_s + EARLY_S:
            key = self._keys.pop(0)
            for name, after in self._targets(key).items():
                self._ramps[name] = (key.at_s, key.at_s + key.over_s, getattr(self.state, name), after)
            self._word = key.state or self._word
            self._puddles_stated |= key.puddles is not None

    def _targets(self, key: SurfaceKey[float, str]) -> dict[str, float]:
        if key.state is not None:
            goal = _stated(key.state, self._falling, key.at_s + key.over_s, key.puddles, key.snow_depth_m)
            return {field.name: getattr(goal, field.name) for field in fields(SurfaceState)}
        targets = {}
        if key.puddles is not None:
            targets = dict(zip(PUDDLE_FIELDS, (key.puddles.cover, key.puddles.depth_m), strict=True))
        if key.snow_depth_m is not None:
            targets["snow_depth_m"] = key.snow_depth_m
        return targets

    def _weathered(self, until_s: float) -> SurfaceState:
        """After another stretch of weather; a stated state holds, as it was written to override the weather."""
        ground, falling = self.state, self._falling
        if self._word in ("dry", "damp", "icy"):
            return ground
        seconds = until_s - self.time_s
        middle_s = (self.time_s + until_s) / 2
        snow = ground.snow_depth_m
        if falling.air_at(middle_s) <= surface.SNOW_STAYS_BELOW_DEGC:
            snow += _fallen_m(falling.snow_at(middle_s), seconds)
        if self._word == "snowy":
            return replace(ground, snow_depth_m=snow)
        water = falling.road_water_mm_per_h(middle_s)
        film = surface.film_after(ground.film_mm, water, seconds)
        cover, depth = ground.puddle_cover, ground.puddle_depth_m
        if not self._puddles_stated:
            full_cover, full_depth = surface.ponds(water)
            share = surface.filled_share(seconds)
            # Hollows fill with the rain but hold their water long after it.
            cover += share * max(full_cover - cover, 0.0)
            depth += share * max(full_depth - depth, 0.0)
        if self._word == "wet":
            film = max(film, WET_FILM_MM)
        ice = ground.ice_cover
        if falling.air_at(middle_s) < 0.0 and falling.rain_at(middle_s) > 0.0:
            ice = ICY_COVER
        return SurfaceState(film, cover, depth, snow, ice)


def _stated(
    word: str, falling: Falling, seconds: float, puddles: Puddles[float] | None, snow_depth_m: float | None
) -> SurfaceState:
    """The road that a word means; from the weather: as if that weather had lasted, with its film and full hollows."""
    water = falling.road_water_mm_per_h(seconds)
    cover, depth = surface.ponds(water)
    film, snow, ice = surface.standing_film_mm(water), 0.0, 0.0
    match word:
        case "dry":
            film, cover, depth = 0.0, 0.0, 0.0
        case "damp":
            film, cover, depth = DAMP_FILM_MM, 0.0, 0.0
        case "wet":
            film, cover, depth = (
                max(film, WET_FILM_MM),
                max(cover, WET_POND_COVER),
                max(depth, WET_POND_DEPTH_M),
            )
        case "snowy":
            film, cover, depth, snow = 0.0, 0.0, 0.0, SNOWY_DEPTH_M
        case "icy":
            film, cover, depth, ice = 0.0, 0.0, 0.0, ICY_COVER
        case _:
            if falling.air_at(seconds) <= surface.SNOW_STAYS_BELOW_DEGC:
                snow = _fallen_m(falling.snow_at(seconds), surface.SNOWING_SINCE_S)
            freezing = falling.air_at(seconds) < 0.0
            ice = ICY_COVER if freezing and falling.rain_at(seconds) > 0.0 else 0.0
    if snow_depth_m is not None:
        snow = snow_depth_m
    if puddles is not None:
        cover, depth = puddles.cover, puddles.depth_m
    return SurfaceState(film, cover, depth, snow, ice)


def _fallen_m(snow_mm_per_h: float, seconds: float) -> float:
    return snow_mm_per_h * 1e-3 * surface.FRESH_SNOW_RATIO * seconds / 3600.0
