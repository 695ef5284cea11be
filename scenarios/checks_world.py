"""Checks of the world and its background traffic: clock, road, keyframes, patches.  Language floor."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from scenarios.checks_shared import Checker, exactly_one
from scenarios.draft import Draft, Exact
from scenarios.errors import listing, nearest
from scenarios.params import Params, words_of
from scenarios.schema import (
    Background,
    Clock,
    LightingKey,
    Road,
    RoadPiece,
    SurfaceKey,
    WeatherKey,
)
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.tree import Path

_ZONE = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_ROAD_SHAPE = (
    "lanes", "lane_width_m", "length_m", "one_way", "parking", "sidewalks", "sidewalk_width_m", "shoulder",
    "superelevation_rad", "grade_rad", "barriers", "crossings_m", "speed_limit_mps",
)  # fmt: skip
_DEEP = ("pothole", "puddle", "snow_bank")  # patches with a depth or a height


class WorldChecks(Checker):
    """Of the parts of `world:` and `background:` that concern one another."""

    def world(self) -> None:
        world = self.draft.world
        self.clock(world.clock)
        self.road(world.road)
        self.ordered(("world", "weather"), "weather", world.weather)
        self.ordered(("world", "surface", "then"), "surface", world.surface.then)
        self.ordered(("world", "lighting", "then"), "lighting", world.lighting.then)
        for i, key in enumerate(world.surface.then):
            if key.state is None and key.puddles is None and key.snow_depth_m is None:
                place: Path = ("world", "surface", "then", i)
                self.wrong(
                    place, "a keyframe of the surface names what changes: state, puddles or snow_depth"
                )

    def ordered(
        self,
        path: Path,
        what: str,
        keys: Sequence[WeatherKey[Any] | SurfaceKey[Any, Any] | LightingKey[Any, Any]],
    ) -> None:
        """Keyframes follow one another in time; those whose time is drawn are looked at in each sample."""
        before: float | None = None
        for i, key in enumerate(keys):
            written = "at_s" in key.model_fields_set
            at = key.at_s.value if isinstance(key.at_s, Exact) else None if written else 0.0
            if isinstance(at, float) and before is not None and at < before:
                message = f"{what} keyframes are ordered by time; this one comes too late"
                self.wrong((*path, i, "at"), message)
            before = at if isinstance(at, float) else before

    def patches(self, params: Params) -> None:
        for i, patch in enumerate(self.draft.world.patches):
            path: Path = ("world", "patches", i)
            self.on_lane(path, patch, params)
            kinds = words_of(params.root(patch.kind)) if self.resolvable(patch.kind, params) else ()
            for kind in kinds:
                if patch.depth_m is not None and kind not in _DEEP:
                    hint = f"only {listing(list(_DEEP))} have one"
                    self.wrong((*path, "depth"), f'"{kind}" has no depth; {hint}', at_key=True)

    def plumes(self, params: Params) -> None:
        for i, plume in enumerate(self.draft.world.plumes):
            self.on_lane(("world", "plumes", i), plume, params)

    def clock(self, clock: Clock[Draft]) -> None:
        path: Path = ("world", "clock")
        local = [
            ("date", clock.date),
            ("time", clock.time_s),
            ("latitude", clock.latitude_rad),
            ("longitude", clock.longitude_rad),
        ]
        given = [name for name, value in local if value is not None]
        if clock.sun is not None:
            if given:
                message = (
                    f'a clock has either "sun" or a date, time and place; here "{given[0]}" is given as well'
                )
                self.wrong((*path, given[0]), message, at_key=True)
            return
        missing = [name for name, value in local if value is None]
        if missing:
            self.wrong(
                path,
                f"the clock needs {listing(missing)}; or the sun itself: sun: {{elevation: 12 deg, azimuth: 140 deg}}",
            )
        if clock.date is not None:
            try:
                datetime.date.fromisoformat(clock.date)
            except ValueError:
                self.wrong((*path, "date"), f'"{clock.date}" is not a day; write it like 2025-11-12')
        if not _ZONE.fullmatch(clock.zone):
            self.wrong((*path, "zone"), f'"{clock.zone}" is not an offset from UTC; write it like "+01:00"')

    def road(self, road: Road[Draft]) -> None:
        path: Path = ("world", "road")
        exactly_one(path, road, ("preset", "build", "opendrive"), "road", self.wrong)
        if road.opendrive is not None:
            for name in _ROAD_SHAPE:
                word = type(road).model_fields[name].alias or name
                if getattr(road, name) is not None and road.preset is None and road.build is None:
                    self.wrong(
                        (*path, word),
                        f'"{word}" cannot change an OpenDRIVE map; the map decides',
                        at_key=True,
                    )
            if "signs" in road.model_fields_set and road.preset is None and road.build is None:
                self.wrong(
                    (*path, "signs"), '"signs" cannot change an OpenDRIVE map; the map decides', at_key=True
                )
        if road.build is not None and not road.build:
            self.wrong(
                (*path, "build"), "a built road needs at least one piece, such as - line: {length: 200 m}"
            )
        for i, piece in enumerate(road.build or ()):
            where = (*path, "build", i)
            exactly_one(where, piece, tuple(RoadPiece.model_fields), "piece of road", self.wrong)

    def background(self, background: Background[Draft]) -> None:
        path: Path = ("background",)
        if background.parked_cars is not None:
            for i, name in enumerate(background.parked_cars.except_):
                if name not in self.draft.actors:
                    hint = nearest(name, self.draft.actors)
                    self.wrong((*path, "parked_cars", "except", i), f'there is no actor "{name}"; {hint}')
        if background.traffic is not None and background.traffic.mix is not None:
            where = (*path, "traffic", "mix")
            known = [c.name for c in ACTOR_CLASSES.values() if c.moves == "vehicle"]
            for name, share in background.traffic.mix.items():
                if name not in known:
                    self.wrong(
                        (*where, name),
                        f'unknown kind of vehicle "{name}"; {nearest(name, known)}',
                        at_key=True,
                    )
                if not 0.0 <= share < 1e9:
                    self.wrong((*where, name), f'the share of "{name}" must not be negative')
            if not sum(background.traffic.mix.values()) > 0.0:
                self.wrong(where, "the mix needs at least one share above 0")
