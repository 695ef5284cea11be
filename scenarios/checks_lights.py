"""Checks of programs of traffic lights, and of the steps that change them.  Language floor."""

from scenarios.checks_shared import Checker, all_steps
from scenarios.draft import NAME, Draft
from scenarios.errors import nearest
from scenarios.schema import LightPhase, LightProgram, SetLights
from scenarios.tree import Path

_NO_MAP = (
    "only OpenDRIVE maps have traffic lights; give the world one: road: {opendrive: maps/town_junction.xodr}"
)


class LightChecks(Checker):
    """Of `world: {traffic_lights: ...}` and of steps `traffic_light: ...`."""

    def lights(self) -> None:
        world = self.draft.world
        on_map = world.road.opendrive is not None
        if world.traffic_lights and not on_map:
            self.wrong(("world", "traffic_lights"), _NO_MAP, at_key=True)
        for name, program in world.traffic_lights.items():
            self._program(("world", "traffic_lights", name, "phases"), program)
        for actor_name, actor in self.draft.actors.items():
            for place, step in all_steps(actor):
                if step.traffic_light is not None:
                    path: Path = ("actors", actor_name, *place, "traffic_light")
                    if not on_map:
                        self.wrong(path, _NO_MAP, at_key=True)
                    self._step(path, step.traffic_light)

    def _program(self, path: Path, program: LightProgram[Draft]) -> None:
        names: set[str] = set()
        for number, phase in enumerate(program.phases):
            here = (*path, number)
            self._shown(here, phase)
            if phase.name is not None:
                if not NAME.fullmatch(phase.name):
                    self.wrong((*here, "name"), f'"{phase.name}" is not a name; use letters, digits and _')
                if phase.name in names:
                    self.wrong(
                        (*here, "name"), f'two phases are called "{phase.name}"; give each its own name'
                    )
                names.add(phase.name)
            elif number and program.phases[number - 1].for_s is None:
                self.wrong(
                    here,
                    'the phase before this one has no "for" and never ends by itself; '
                    "give it a time, or this one a name that a step can go to",
                )

    def _shown(self, path: Path, phase: LightPhase[Draft]) -> None:
        ways = {"ahead": phase.ahead, "across": phase.across}
        if phase.show is None:
            missing = [word for word, value in ways.items() if value is None]
            if missing:
                self.wrong(
                    path, f'a phase says "show", or both "ahead" and "across"; here "{missing[0]}" is missing'
                )
            return
        for word, value in ways.items():
            if value is not None:
                self.wrong((*path, word), f'"show" is for all; leave out "{word}" or "show"', at_key=True)

    def _step(self, path: Path, words: SetLights) -> None:
        shows = [w for w in ("show", "ahead", "across", "walk") if getattr(words, w) is not None]
        programs = self.draft.world.traffic_lights
        if words.phase is None:
            if not shows:
                self.wrong(path, 'say what the lights show ("show", "ahead", "across", "walk"), or a "phase"')
            elif "show" in shows and len({"ahead", "across"} & set(shows)):
                word = next(w for w in ("ahead", "across") if w in shows)
                self.wrong((*path, word), f'"show" is for all; leave out "{word}" or "show"', at_key=True)
            return
        if shows:
            self.wrong(
                (*path, shows[0]),
                f'a phase says what is shown; leave out "{shows[0]}" or "phase"',
                at_key=True,
            )
        if words.of not in programs:
            hint = nearest(words.of, programs) if programs else "the world has no traffic_lights"
            place = (*path, "of") if "of" in words.model_fields_set else (*path, "phase")
            self.wrong(place, f'there is no program "{words.of}"; {hint}')
            return
        names = [phase.name for phase in programs[words.of].phases if phase.name is not None]
        if words.phase not in names:
            hint = nearest(words.phase, names) if names else "its phases have no names"
            self.wrong((*path, "phase"), f'the program "{words.of}" has no phase "{words.phase}"; {hint}')
