"""Checks that cross from one part of a scenario to another: names, alternatives, who can do what.  Language floor."""

import datetime
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from scenarios.bodies import BEACONS, BODIES, CARRIERS, PEOPLE_CLASSES, POSED, can_lie, doors_of
from scenarios.bodies.hitches import DRAWN, coupling
from scenarios.draft import NAME, Draft, Exact, Formula, Named
from scenarios.encounters import check_encounters
from scenarios.errors import ScenarioError, listing, nearest
from scenarios.lidars import check_lidar
from scenarios.params import Params, misuse_of_quantity, misuse_of_word, study, words_of
from scenarios.radars import check_radar
from scenarios.schema import (
    Actor,
    Background,
    Camera,
    Clock,
    DraftRig,
    DraftScenario,
    LightingKey,
    Patch,
    Plume,
    Road,
    RoadPiece,
    Start,
    Step,
    SurfaceKey,
    Wait,
    WeatherKey,
)
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.tree import Path, Tree
from scenarios.walk import leaves, parts
from scenarios.wording import planned_of

MAX_PIXELS = 40_000_000
WIDEST_FLAT_DEG = 150
RESERVED = ("time", "and", "or", "not", "in", "before", "after", "at", "within", "during", "start", "end")
_ZONE = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_LANE_WORDS = ("right", "middle", "left", "oncoming")
_WEIGHT = re.compile(r"(?:\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})")
_LANE_ID = re.compile(r"-?\d{1,3}")
# Words that shape a preset or built road; a map brings its own.
_ROAD_SHAPE = (
    "lanes", "lane_width_m", "length_m", "one_way", "parking", "sidewalks", "sidewalk_width_m", "shoulder",
    "superelevation_rad", "grade_rad", "barriers", "crossings_m", "speed_limit_mps",
)  # fmt: skip
_RELATIONS = ("ahead_of", "behind", "left_of", "right_of")
_ALONG_THE_ROAD = ("s_m", *_RELATIONS, "on")
_OnLane = Start[Draft, Draft] | Patch[Draft, Draft] | Plume[Draft, Draft]
_DEEP = ("pothole", "puddle", "snow_bank")  # patches with a depth or a height
_VEHICLE_STEPS = ("drive", "brake", "change_lane")


def check_scenario(draft: DraftScenario, tree: Tree, problems: list[ScenarioError]) -> Params:
    """Everything that pydantic cannot see from inside one part; returns the parameters, understood."""
    checker = _Checker(draft, tree, problems)
    checker.names()
    params = study(draft.params, lambda name, message: checker.wrong(("params", name), message))
    checker.uses(draft, params)
    checker.world()
    checker.patches(params)
    checker.plumes(params)
    checker.actors(params)
    checker.waits()
    checker.planned()
    checker.background(draft.background)
    check_encounters(draft, params, checker.wrong)
    return params


def check_rig(rig: DraftRig, tree: Tree, problems: list[ScenarioError]) -> None:
    """A rig stands alone: it knows no parameters, and each sensor has a name of its own."""

    def wrong(path: Path, message: str, at_key: bool = False) -> None:
        problems.append(tree.error(path, message, at_key=at_key))

    for leaf in leaves(rig):
        if isinstance(leaf.draft, Named | Formula):
            wrong(leaf.path, "a rig is a file of its own and knows no parameters; write a value")
    known: dict[str, str] = {}
    kinds = {
        ("cameras", "a camera"): [*rig.cameras],
        ("lidars", "a lidar"): [*rig.lidars],
        ("radars", "a radar"): [*rig.radars],
        ("imus", "an inertial sensor"): [*rig.imus],
        ("gnss", "a satellite receiver"): [*rig.gnss],
    }
    for (kind, called), names in kinds.items():
        for name in names:
            place = (kind, name)
            if not NAME.fullmatch(name):
                wrong(place, f'"{name}" is not a name; use letters, digits and _', at_key=True)
            if name in known:
                wrong(
                    place,
                    f'"{name}" is also {known[name]}; give each sensor a name of its own',
                    at_key=True,
                )
            known.setdefault(name, called)
    for name, camera in rig.cameras.items():
        _camera(("cameras", name), camera, wrong)
    for name, lidar in rig.lidars.items():
        check_lidar(("lidars", name), lidar, wrong)
    for name, radar in rig.radars.items():
        check_radar(("radars", name), radar, wrong)


def _camera(path: Path, camera: Camera[Draft], wrong: Any) -> None:
    pixels = camera.width_px * camera.height_px
    if pixels > MAX_PIXELS:
        shown = f"{camera.width_px} x {camera.height_px}"
        wrong(
            (*path, "width"), f"a picture of {shown} is too large; a camera has at most {MAX_PIXELS:,} pixels"
        )
    _exactly_one(path, camera, ("fov_rad", "focal_px"), "camera", wrong)
    if camera.fisheye is None:
        fov = camera.fov_rad.value if isinstance(camera.fov_rad, Exact) else 0.0
        if isinstance(fov, float) and fov > math.radians(WIDEST_FLAT_DEG) + 1e-9:
            wrong(
                (*path, "fov"),
                f"a flat picture spans at most {WIDEST_FLAT_DEG} deg; a wider lens is a fisheye: [0, 0, 0, 0]",
            )
        if camera.field_rad is not None:
            wrong((*path, "field"), '"field" goes with "fisheye"', True)
    elif any(camera.distortion):
        wrong((*path, "distortion"), 'a fisheye bends by "fisheye" alone; leave out "distortion"', True)
    if camera.centre_px is not None:
        x, y = camera.centre_px
        if not (0 <= x <= camera.width_px and 0 <= y <= camera.height_px):
            wrong(
                (*path, "centre"),
                f"the centre {x:g}, {y:g} lies outside the {camera.width_px} x {camera.height_px} picture",
            )


def _exactly_one(path: Path, part: BaseModel, names: Sequence[str], what: str, wrong: Any) -> None:
    """Of some alternatives, one and only one is given."""
    fields = type(part).model_fields
    words = {name: fields[name].alias or name for name in names}
    given = [words[name] for name in names if getattr(part, name) is not None]
    if len(given) == 1:
        return
    quoted = [f'"{word}"' for word in words.values()]
    alternatives = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    if not given:
        wrong(path, f"the {what} needs {alternatives}")
    else:
        wrong(
            (*path, given[1]),
            f'a {what} has either {alternatives}; here "{given[0]}" is given as well',
            True,
        )


def all_steps(actor: Actor[Draft, Draft]) -> Iterator[tuple[Path, Step[Draft, Draft]]]:
    """Every step of an actor, those inside `one_of` included, with its place below the actor."""

    def below(place: Path, steps: Sequence[Step[Draft, Draft]]) -> Iterator[tuple[Path, Step[Draft, Draft]]]:
        for i, step in enumerate(steps):
            here = (*place, i)
            yield here, step
            for way, inner in (step.one_of or {}).items():
                yield from below((*here, "one_of", way), inner)

    return below(("do",), actor.do)


class _Checker:
    def __init__(self, draft: DraftScenario, tree: Tree, problems: list[ScenarioError]) -> None:
        self.draft = draft
        self.tree = tree
        self.problems = problems
        self.marks: dict[str, Path] = {}

    def wrong(self, path: Path, message: str, at_key: bool = False) -> None:
        self.problems.append(self.tree.error(path, message, at_key=at_key))

    # ------------------------------------------------------------------------------------------- names and parameters
    def names(self) -> None:
        for group, names in (("params", self.draft.params), ("actors", self.draft.actors)):
            for name in names:
                if not NAME.fullmatch(name):
                    self.wrong(
                        (group, name), f'"{name}" is not a name; use letters, digits and _', at_key=True
                    )
                elif name in RESERVED:
                    self.wrong(
                        (group, name), f'"{name}" has a meaning of its own; choose another name', at_key=True
                    )
        for name, actor in self.draft.actors.items():
            for place, step in all_steps(actor):
                if step.mark is None:
                    continue
                path: Path = ("actors", name, *place, "mark")
                if not NAME.fullmatch(step.mark) or step.mark in RESERVED:
                    self.wrong(path, f'"{step.mark}" is not a name; use letters, digits and _')
                elif step.mark in self.marks:
                    self.wrong(
                        path, f'the mark "{step.mark}" is set twice; give each moment a name of its own'
                    )
                self.marks.setdefault(step.mark, path)

    def uses(self, draft: DraftScenario, params: Params) -> None:
        for leaf in leaves(draft):
            if leaf.path[0] == "params":
                continue
            message = None
            if leaf.measure is not None:
                message = misuse_of_quantity(leaf.draft, leaf.measure, params)
            elif leaf.word is not None:
                message = misuse_of_word(leaf.draft, leaf.word, params)
            if message:
                self.wrong(leaf.path, message)

    def planned(self) -> None:
        """Words whose effect does not exist yet are refused, never ignored."""
        for path, part in parts(self.draft):
            for name, info in type(part).model_fields.items():
                reason = planned_of(info)
                if reason is None or name not in part.model_fields_set:
                    continue
                word = info.alias or name
                self.wrong((*path, word), f'"{word}" is not supported yet: {reason.reason}', at_key=True)

    def waits(self) -> None:
        for path, part in parts(self.draft):
            if isinstance(part, Wait):
                _exactly_one(path, part, ("until", "for_s"), "wait", self.wrong)

    # ---------------------------------------------------------------------------------------------------------- world
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
        _exactly_one(path, road, ("preset", "build", "opendrive"), "road", self.wrong)
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
            _exactly_one(where, piece, tuple(RoadPiece.model_fields), "piece of road", self.wrong)

    # --------------------------------------------------------------------------------------------------------- actors
    def actors(self, params: Params) -> None:
        if "ego" not in self.draft.actors:
            self.wrong(("actors",), 'there is no actor called "ego"; one actor must be the ego', at_key=True)
        for name, actor in self.draft.actors.items():
            path: Path = ("actors", name)
            if actor.rig is not None and name != "ego" and "ego" in self.draft.actors:
                self.wrong((*path, "rig"), "only the ego carries a rig", at_key=True)
            if actor.under_test and name != "ego" and "ego" in self.draft.actors:
                self.wrong((*path, "under_test"), "only the ego is under test", at_key=True)
            models = self.models(path, actor, params)
            if name == "ego" and any(_moves(m) != "vehicle" for m in models):
                self.wrong((*path, "model"), "the ego is a vehicle, such as car.sedan")
            self.fits(path, actor, models)
            self.cargo(path, actor, models, params)
            self.tows(path, actor, models, params)
            self.brings(path, actor, models, params)
            self.pose(path, actor, models, params)
            self.doors(path, actor, models)
            self.start(path, name, actor.start, params)
            for place, step in all_steps(actor):
                self.step((*path, *place), step, models)
                if step.release is not None and actor.cargo is None:
                    message = (
                        f'"release" unties cargo, and {name} has none; add cargo: {{model: box.cardboard}}'
                    )
                    self.wrong((*path, *place, "release"), message, at_key=True)
        self.circles()

    def models(self, path: Path, actor: Actor[Draft, Draft], params: Params) -> list[str]:
        """The models an actor can be; unknown ones are reported."""
        draft = actor.model
        if isinstance(draft, Named) and draft.name not in params.kinds:
            return []
        possible = words_of(params.root(draft))
        for model in possible:
            if model not in BODIES:
                self.wrong((*path, "model"), f'unknown model "{model}"; {nearest(model, BODIES)}')
        return [m for m in possible if m in BODIES]

    def fits(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str]) -> None:
        """Words that only some kinds of actor understand."""
        for model in models:
            kind = _moves(model)
            if kind != "walker" and actor.look is not None and actor.look.height_m is not None:
                message = f'"height" is for people and animals; {model} has a size of its own'
                self.wrong((*path, "look", "height"), message, at_key=True)
            for word in ("build", "carries"):
                said = actor.look is not None and getattr(actor.look, word) is not None
                if said and BODIES[model].actor_class not in PEOPLE_CLASSES:
                    message = f'"{word}" is for people on foot, not for {model}'
                    self.wrong((*path, "look", word), message, at_key=True)
            for word in ("dirt", "dents"):
                if kind != "vehicle" and actor.look is not None and getattr(actor.look, word) is not None:
                    self.wrong(
                        (*path, "look", word), f'"{word}" is for vehicles, not for {model}', at_key=True
                    )
            if kind != "vehicle" and actor.lights is not None:
                self.wrong((*path, "lights"), f"{model} has no lamps", at_key=True)
            elif actor.lights is not None:
                self.beacon((*path, "lights"), actor.lights, model)
            if (
                kind == "prop"
                and BODIES[model].shape != "ball"
                and "speed_mps" in actor.start.model_fields_set
            ):
                message = f"{model} cannot move by itself; of things only a ball rolls, such as ball.football"
                self.wrong((*path, "start", "speed"), message, at_key=True)
            if kind != "vehicle" and actor.start.parked is not None:
                self.wrong(
                    (*path, "start", "parked"), f'"parked" is for vehicles, not for {model}', at_key=True
                )

    def beacon(self, path: Path, words: Sequence[str], model: str) -> None:
        """Beacons belong to emergency and road services."""
        if "beacon" in words and model not in BEACONS:
            self.wrong(
                (*path, list(words).index("beacon")),
                f"{model} has no beacon; those with one: {listing(BEACONS)}",
            )

    def cargo(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str], params: Params) -> None:
        """Cargo is debris, and stands on the bed of a vehicle that has one."""
        if actor.cargo is None:
            return
        where = (*path, "cargo")
        for model in models:
            if model not in CARRIERS:
                self.wrong(
                    where,
                    f'"cargo" needs a bed, and {model} has none; those with one: {listing(CARRIERS)}',
                    True,
                )
        if not self.resolvable(actor.cargo.model, params):
            return
        loads = [model for model, body in BODIES.items() if body.actor_class == "debris"]
        for load in words_of(params.root(actor.cargo.model)):
            if load not in loads:
                known = f"{load} is no cargo" if load in BODIES else f'unknown cargo "{load}"'
                self.wrong((*where, "model"), f"{known}; {nearest(load, loads)}")

    def tows(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str], params: Params) -> None:
        """Trailers are drawn by what has their kind of coupling, and by who stands on wheels."""
        if actor.tows is None or not self.resolvable(actor.tows, params):
            return
        where = (*path, "tows")
        for towed in words_of(params.root(actor.tows)):
            if towed not in DRAWN:
                known = f"{towed} is no trailer" if towed in BODIES else f'unknown trailer "{towed}"'
                self.wrong(where, f"{known}; {nearest(towed, DRAWN)}")
                continue
            for model in models:
                if coupling(BODIES[model]) != DRAWN[towed]:
                    able = [m for m, b in BODIES.items() if coupling(b) == DRAWN[towed]]
                    self.wrong(where, f"{model} cannot draw {towed}; those who can: {listing(able)}")
        pose = actor.start.pose
        if self.resolvable(pose, params) and any(w != "upright" for w in words_of(params.root(pose))):
            self.wrong(where, 'who lies draws nothing; leave out "tows" or "pose"', True)

    def brings(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str], params: Params) -> None:
        """Dogs, prams and wheelchairs go along with people who have their hands free and stand on their feet."""
        if actor.brings is None:
            return
        where = (*path, "brings")
        for model in models:
            if BODIES[model].actor_class not in PEOPLE_CLASSES:
                self.wrong(where, f'"brings" is for people on foot, not for {model}', at_key=True)
        if actor.look is not None and actor.look.carries is not None:
            message = 'who takes somebody along has no hands free; leave out "carries" or "brings"'
            self.wrong((*path, "look", "carries"), message, at_key=True)
        pose = actor.start.pose
        if self.resolvable(pose, params) and any(w != "upright" for w in words_of(params.root(pose))):
            self.wrong(where, 'who lies or poses takes nobody along; leave out "brings" or "pose"', True)

    def pose(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str], params: Params) -> None:
        """Who lies can lie that way, carries nothing, and does not move by itself."""
        start = actor.start
        if not self.resolvable(start.pose, params):
            return
        poses = [pose for pose in words_of(params.root(start.pose)) if pose != "upright"]
        if not poses:
            return
        where = (*path, "start", "pose")
        for pose in poses:
            for model in models:
                if not can_lie(BODIES[model], pose):
                    message = (
                        f'only people on foot pose "{pose}"'
                        if pose in POSED
                        else f'a {model} cannot lie "{pose}"'
                    )
                    self.wrong(where, message)
        if "speed_mps" in start.model_fields_set:
            self.wrong((*path, "start", "speed"), 'who lies does not move; leave out "speed" or "pose"', True)
        if actor.cargo is not None:
            self.wrong(
                (*path, "cargo"), 'a truck that lies carries nothing; leave out "cargo" or "pose"', True
            )
        if actor.doors:
            self.wrong((*path, "doors"), 'who lies keeps its doors shut; leave out "doors" or "pose"', True)
        for place, step in all_steps(actor):
            word = next((w for w in (*_VEHICLE_STEPS, "walk", "stop") if getattr(step, w) is not None), None)
            if step.open is not None:
                said = 'who lies keeps its doors shut; leave out "open" or "pose"'
                self.wrong((*path, *place, "open"), said, at_key=True)
            if word is not None:
                self.wrong(
                    (*path, *place, word), f'who lies does not move; leave out "{word}" or "pose"', True
                )

    def doors(self, path: Path, actor: Actor[Draft, Draft], models: Sequence[str]) -> None:
        """Only what is there can stand open, or be opened."""
        named: list[tuple[Path, Path, str]] = [
            ((*path, "doors"), (*path, "doors", place), door) for place, door in enumerate(actor.doors or ())
        ]
        for place, step in all_steps(actor):
            for word, words in (("open", step.open), ("close", step.close)):
                if words is not None:
                    named.append(((*path, *place, word), (*path, *place, word, "door"), words.door))
        for model in models:
            known = doors_of(model)
            if named and not known:
                with_doors = [m for m in BODIES if doors_of(m)]
                said = f"nothing opens on {model}; it does on {listing(with_doors)}"
                self.wrong(named[0][0], said, at_key=True)
                continue
            for _, at, door in named:
                if door not in known:
                    self.wrong(at, f"{model} has no {door}; it has {listing(known)}")

    def start(self, path: Path, name: str, start: Start[Draft, Draft], params: Params) -> None:
        path = (*path, "start")
        _exactly_one(path, start, _ALONG_THE_ROAD, "start", self.wrong)
        for word in (*_RELATIONS, "toward"):
            other = getattr(start, word)
            if other is None:
                continue
            if other == name:
                verb = "look toward" if word == "toward" else f"start {word.replace('_', ' ')}"
                self.wrong((*path, word), f'"{name}" cannot {verb} itself')
            elif other not in self.draft.actors:
                self.wrong((*path, word), f'there is no actor "{other}"; {nearest(other, self.draft.actors)}')
            if word in ("ahead_of", "behind") and start.gap_m is None:
                self.wrong((*path, word), f'"{word}" needs a "gap", a length such as "12 m"', at_key=True)
        if start.gap_m is not None and all(getattr(start, word) is None for word in _RELATIONS):
            self.wrong((*path, "gap"), f'"gap" goes with {listing(_RELATIONS)}', at_key=True)
        beside = (
            "left_of" if start.left_of is not None else "right_of" if start.right_of is not None else None
        )
        for word in ("parked", "offset"):
            if getattr(start, word) is not None and beside is not None and (start.gap_m or word == "parked"):
                both = f'"{word}" and "{beside}" both say where across the road; take one of them out'
                self.wrong((*path, word), both, at_key=True)
        if start.on is not None and name == "ego":
            self.wrong((*path, "on"), "crosswalks are counted along the ego's way; place the ego by s", True)
        if start.on is None and "crosswalk" in start.model_fields_set:
            self.wrong((*path, "crosswalk"), '"crosswalk" goes with "on: crosswalk"', at_key=True)
        if start.toward is not None:
            for word in ("facing", "parked"):
                if getattr(start, word) is not None:
                    self.wrong((*path, word), f'"{word}" and "toward" both say where it looks', at_key=True)
        self.on_lane(path, start, params)

    def on_lane(self, path: Path, part: _OnLane, params: Params) -> None:
        """A lane is one that can be there, and a road is named only on a map."""
        if part.lane is not None:
            for lane in words_of(params.root(part.lane)) if self.resolvable(part.lane, params) else ():
                if lane not in _LANE_WORDS and not _LANE_ID.fullmatch(lane):
                    hint = nearest(lane, (*_LANE_WORDS, "-1"))
                    self.wrong((*path, "lane"), f'unknown lane "{lane}"; {hint}')
        if part.road is not None and self.draft.world.road.opendrive is None:
            self.wrong(
                (*path, "road"),
                '"road" names a road of an OpenDRIVE map, and there is none here',
                at_key=True,
            )

    def resolvable(self, draft: Draft, params: Params) -> bool:
        return not isinstance(draft, Named) or draft.name in params.kinds

    def circles(self) -> None:
        """Actors placed relative to each other must lead to one that has a place of its own."""
        for name in self.draft.actors:
            seen = [name]
            while True:
                word, other = _related(self.draft.actors[seen[-1]].start)
                if other is None or other not in self.draft.actors or other == seen[-1]:
                    break
                if other in seen:
                    if other == name and name == min(seen):
                        word, _ = _related(self.draft.actors[name].start)
                        circle = " -> ".join([*seen, other])
                        self.wrong(("actors", name, "start", word), f"the places go in a circle: {circle}")
                    break
                seen.append(other)

    def step(self, path: Path, step: Step[Draft, Draft], models: Sequence[str]) -> None:
        given = [name for name in type(step).model_fields if getattr(step, name) is not None]
        if len(given) != 1:
            if not given:
                self.wrong(path, f"a step is one of {listing(list(type(step).model_fields))}")
            else:
                self.wrong(
                    (*path, given[1]),
                    f'a step does one thing; put "{given[1]}" on a line of its own: "- {given[1]}: ..."',
                    True,
                )
            return
        kinds = {_moves(model) for model in models}
        word = given[0]
        if step.one_of is not None:
            self.ways((*path, word), tuple(step.one_of))
        if word in _VEHICLE_STEPS and "walker" in kinds:
            self.wrong((*path, word), f'"{word}" is for vehicles; {models[0]} moves with "walk"', at_key=True)
        if word == "walk" and "vehicle" in kinds:
            self.wrong(
                (*path, word),
                f'"walk" is for people and animals; {models[0]} moves with "drive"',
                at_key=True,
            )
        if word == "lights" and kinds - {"vehicle"}:
            model = next(m for m in models if _moves(m) != "vehicle")
            self.wrong((*path, word), f"{model} has no lamps", at_key=True)
        elif step.lights is not None:
            for model in models:
                self.beacon((*path, word), step.lights, model)
        if word == "roll" and any(BODIES[model].shape != "ball" for model in models):
            odd = next(model for model in models if BODIES[model].shape != "ball")
            self.wrong(
                (*path, word), f'"roll" is for balls, such as ball.football; {odd} does not roll', True
            )
        if word in (*_VEHICLE_STEPS, "walk", "stop") and "prop" in kinds:
            self.wrong((*path, word), f"{models[0]} cannot move by itself", at_key=True)

    def ways(self, path: Path, ways: Sequence[str]) -> None:
        """The keys of a `one_of` are weights."""
        if not ways:
            self.wrong(path, "one_of needs at least one way, such as {0.25: [...], 0.75: [...]}", at_key=True)
            return
        strange = [way for way in ways if not _WEIGHT.fullmatch(way)]
        for way in strange:
            shown = f'the ways of one_of are named by their weights, such as 0.25, not "{way}"'
            self.wrong((*path, way), shown, at_key=True)
        if not strange and sum(map(float, ways)) <= 0.0:
            self.wrong(path, "one_of needs at least one weight above 0", at_key=True)

    # ----------------------------------------------------------------------------------------------------- background
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


def _related(start: Start[Draft, Draft]) -> tuple[str, str | None]:
    """(word, the actor whose place it is relative to)."""
    if start.on is not None:
        return "on", "ego"
    return next(((w, getattr(start, w)) for w in _RELATIONS if getattr(start, w) is not None), ("s", None))


def _moves(model: str) -> str:
    return ACTOR_CLASSES[BODIES[model].actor_class].moves
