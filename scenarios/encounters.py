"""Checks of encounters: who meets whom, and values of the kind that is adjusted.  Language floor."""

import re
from collections.abc import Callable

from scenarios import units
from scenarios.bodies import BODIES
from scenarios.draft import Draft, Drawn, Exact, Measure, measure
from scenarios.errors import nearest
from scenarios.expressions import ExpressionError, Known, infer, parse
from scenarios.params import Params, misuse_of_quantity, words_of
from scenarios.schema import DraftScenario, Encounter
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.tree import Path

Wrong = Callable[[Path, str, bool], None]

_EYE = re.compile(r"ego(\.[A-Za-z_][A-Za-z0-9_]*)?")

ADJUSTED: dict[str, Measure] = {
    "start": measure("length", "-2 km", "2 km"),
    "wait": measure("time", "0 s", "1 h"),
    "speed": measure("speed", "0.1 m/s", "90 m/s"),
}


def check_eyes(draft: DraftScenario, known: Known, wrong: Callable[[Path, str], None]) -> None:
    """Who sees in a `reveal` is the ego or a sensor of its rig."""
    for name, encounter in draft.encounters.items():
        reveal = encounter.reveal
        if reveal is None or reveal.actor not in draft.actors:
            continue
        path: Path = ("encounters", name, "reveal", "by")
        if not _EYE.fullmatch(reveal.by):
            wrong(path, f'"{reveal.by}" sees nothing; write ego, or one of its sensors such as ego.cam_front')
            continue
        try:
            infer(parse(f"visible({reveal.actor}, {reveal.by})"), known)
        except ExpressionError as error:
            wrong(path, str(error))


def check_encounters(draft: DraftScenario, params: Params, wrong: Wrong) -> None:
    """Reports by `wrong(path, message, at_key)`."""
    taken: dict[tuple[str, str], str] = {}
    for name, encounter in draft.encounters.items():
        path: Path = ("encounters", name)
        if (encounter.meet is None) == (encounter.reveal is None):
            at = path if encounter.meet is None else (*path, "reveal")
            wrong(at, 'an encounter is either "meet" or "reveal", such as meet: {actor: cyclist}', False)
        _people(draft, path, encounter, wrong)
        _bounds(path, encounter, params, wrong)
        words = encounter.meet or encounter.reveal
        if words is not None:
            key = (words.actor, encounter.adjust or "")
            if key in taken:
                what = encounter.adjust or "default"
                message = (
                    f'"{taken[key]}" adjusts the {what} of "{words.actor}" already; adjust something else'
                )
                wrong((*path, "adjust") if encounter.adjust else path, message, False)
            taken.setdefault(key, name)


def _people(draft: DraftScenario, path: Path, encounter: Encounter[Draft], wrong: Wrong) -> None:
    meet, reveal = encounter.meet, encounter.reveal
    if reveal is not None:
        where = (*path, "reveal")
        if reveal.actor not in draft.actors:
            hint = nearest(reveal.actor, draft.actors)
            wrong((*where, "actor"), f'there is no actor "{reveal.actor}"; {hint}', False)
        elif reveal.actor == "ego":
            wrong((*where, "actor"), "the ego is who sees; name somebody else", False)
        given = [
            word for word, v in (("ttc", reveal.ttc_s), ("distance", reveal.distance_m)) if v is not None
        ]
        if len(given) != 1:
            told = 'one of "ttc" and "distance" says when it is seen, such as ttc: 1.5 s'
            wrong((*where, given[-1]) if given else where, told, bool(given))
    if meet is None:
        return
    path = (*path, "meet")
    for word, name in (("actor", meet.actor), ("other", meet.other)):
        if name not in draft.actors:
            wrong((*path, word), f'there is no actor "{name}"; {nearest(name, draft.actors)}', False)
        elif any(_moves(m) == "prop" for m in words_of(draft.actors[name].model)):
            wrong((*path, word), f'"{name}" cannot move by itself, and so meets nobody', False)
    if meet.actor == meet.other:
        wrong((*path, "actor"), f'"{meet.actor}" cannot meet itself', False)


def _moves(model: str) -> str:
    return ACTOR_CLASSES[BODIES[model].actor_class].moves if model in BODIES else ""


def _bounds(path: Path, encounter: Encounter[Draft], params: Params, wrong: Wrong) -> None:
    """`low` and `high` have the dimension of what is adjusted."""
    given = [(word, draft) for word in ("low", "high") if (draft := getattr(encounter, word)) is not None]
    if given and encounter.adjust is None:
        word, _ = given[0]
        wrong((*path, word), f'"{word}" needs "adjust", to say of what', True)
        return
    for word, draft in given:
        kind = ADJUSTED[encounter.adjust or ""]
        message = misuse_of_quantity(draft, kind, params)
        if message is None and isinstance(draft, Exact | Drawn):
            message = _misfit(draft, kind)
        if message is not None:
            wrong((*path, word), message, False)


def _misfit(draft: Exact | Drawn, kind: Measure) -> str | None:
    """Why a written value is not of the kind that is adjusted, or out of its range."""
    assert kind.dimension is not None
    if draft.dimension is None:
        return f'"{draft.text}" is a word, but {units.needs(kind.dimension)}'
    if draft.dimension != kind.dimension:
        return f'"{draft.text}" is {draft.dimension.phrase}, but {units.needs(kind.dimension)}'
    ends = (draft.value, draft.value) if isinstance(draft, Exact) else draft.distribution.support()
    low, high = (float(end) for end in ends)
    return kind.out_of_range(f'"{draft.text}" is') if kind.outside(low, high) else None
