"""What the checks of a scenario share: the file that is checked, and a place to tell what is wrong.  Language floor."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from scenarios.draft import Draft, Named
from scenarios.errors import ScenarioError, nearest
from scenarios.params import Params, words_of
from scenarios.schema import (
    Actor,
    DraftScenario,
    Patch,
    Plume,
    Start,
    Step,
)
from scenarios.tree import Path, Tree

_LANE_WORDS = ("right", "middle", "left", "oncoming")
_LANE_ID = re.compile(r"-?\d{1,3}")
_OnLane = Start[Draft, Draft] | Patch[Draft, Draft] | Plume[Draft, Draft]


class Checker:
    """A scenario that is being checked; what is wrong with it goes to `problems`, with its place in the file."""

    def __init__(self, draft: DraftScenario, tree: Tree, problems: list[ScenarioError]) -> None:
        self.draft = draft
        self.tree = tree
        self.problems = problems

    def wrong(self, path: Path, message: str, at_key: bool = False) -> None:
        self.problems.append(self.tree.error(path, message, at_key=at_key))

    def resolvable(self, draft: Draft, params: Params) -> bool:
        return not isinstance(draft, Named) or draft.name in params.kinds

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


def exactly_one(path: Path, part: BaseModel, names: Sequence[str], what: str, wrong: Any) -> None:
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
