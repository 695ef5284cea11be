"""Checks of actors: who can be what, carry what, start where and do what.  Language floor."""

import re
from collections.abc import Sequence

from scenarios.bodies import BEACONS, BODIES, CARRIERS, PEOPLE_CLASSES, POSED, can_lie, doors_of
from scenarios.bodies.hitches import DRAWN, coupling
from scenarios.checks_shared import Checker, all_steps, exactly_one
from scenarios.draft import Draft, Named
from scenarios.errors import listing, nearest
from scenarios.params import Params, words_of
from scenarios.schema import (
    Actor,
    Start,
    Step,
)
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.tree import Path

_WEIGHT = re.compile(r"(?:\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})")
_RELATIONS = ("ahead_of", "behind", "left_of", "right_of")
_ALONG_THE_ROAD = ("s_m", *_RELATIONS, "on")
_VEHICLE_STEPS = ("drive", "brake", "change_lane")


class ActorChecks(Checker):
    """Of each actor by itself, and of the places that actors have by each other."""

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
        exactly_one(path, start, _ALONG_THE_ROAD, "start", self.wrong)
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


def _related(start: Start[Draft, Draft]) -> tuple[str, str | None]:
    """(word, the actor whose place it is relative to)."""
    if start.on is not None:
        return "on", "ego"
    return next(((w, getattr(start, w)) for w in _RELATIONS if getattr(start, w) is not None), ("s", None))


def _moves(model: str) -> str:
    return ACTOR_CLASSES[BODIES[model].actor_class].moves
