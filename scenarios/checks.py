"""Checks that cross from one part of a scenario to another: names, parameters, sensors of a rig.  Language floor."""

import math
from typing import Any

from scenarios.checks_actors import ActorChecks
from scenarios.checks_lights import LightChecks
from scenarios.checks_shared import Checker, all_steps, exactly_one
from scenarios.checks_world import WorldChecks
from scenarios.draft import NAME, Draft, Exact, Formula, Named
from scenarios.encounters import check_encounters
from scenarios.errors import ScenarioError
from scenarios.lenses import check_lens
from scenarios.lidars import check_lidar
from scenarios.params import Params, misuse_of_quantity, misuse_of_word, study
from scenarios.radars import check_radar
from scenarios.schema import (
    Camera,
    DraftRig,
    DraftScenario,
    Wait,
)
from scenarios.tree import Path, Tree
from scenarios.walk import leaves, parts
from scenarios.wording import planned_of

MAX_PIXELS = 40_000_000
WIDEST_FLAT_DEG = 150
RESERVED = ("time", "and", "or", "not", "in", "before", "after", "at", "within", "during", "start", "end")


def check_scenario(draft: DraftScenario, tree: Tree, problems: list[ScenarioError]) -> Params:
    """Everything that pydantic cannot see from inside one part; returns the parameters, understood."""
    checker = _NameChecks(draft, tree, problems)
    world, actors = WorldChecks(draft, tree, problems), ActorChecks(draft, tree, problems)
    checker.names()
    params = study(draft.params, lambda name, message: checker.wrong(("params", name), message))
    checker.uses(draft, params)
    world.world()
    world.patches(params)
    world.plumes(params)
    LightChecks(draft, tree, problems).lights()
    actors.actors(params)
    checker.waits()
    checker.planned()
    world.background(draft.background)
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
        check_lens(("cameras", name), camera, wrong)
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
    exactly_one(path, camera, ("fov_rad", "focal_px"), "camera", wrong)
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


class _NameChecks(Checker):
    """Of names, and of what is written where."""

    def names(self) -> None:
        marks: dict[str, Path] = {}
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
                elif step.mark in marks:
                    self.wrong(
                        path, f'the mark "{step.mark}" is set twice; give each moment a name of its own'
                    )
                marks.setdefault(step.mark, path)

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
                exactly_one(path, part, ("until", "for_s"), "wait", self.wrong)
