"""Variants: a scenario with some values set otherwise; twins: a sample in other weather.  Language floor."""

import copy
from collections.abc import Sequence

from scenarios.draft import NAME
from scenarios.errors import ScenarioError, nearest
from scenarios.named_weather import WEATHER, expand
from scenarios.overrides import assign, path_of, put, split
from scenarios.schema import DraftScenario
from scenarios.sources import Sources
from scenarios.tree import Path, Tree

BASE = "base"  # the scenario itself, where variants are named
ALL = "all"
# What a twin may set: all that is seen in the air, on the ground and in the light, and nothing that moves.
TWIN_SETS = ("weather", "surface", "lighting", "clock")  # of the world


def choose(wanted: Sequence[str], known: Sequence[str], file: str) -> list[str]:
    """Names of variants in order, "" for the scenario itself; `all` is everything, nothing is the scenario itself."""
    chosen: list[str] = []
    for name in wanted or (BASE,):
        if name == ALL:
            chosen += ["", *known]
        elif name == BASE:
            chosen.append("")
        elif name in known:
            chosen.append(name)
        else:
            hint = nearest(name, known) if known else "it has none"
            raise ScenarioError(f"--variant {name}", 0, 0, f'{file} has no variant "{name}"; {hint}')
    return list(dict.fromkeys(chosen))


def varied(composed: Tree, variant: str, overrides: Sequence[str], sources: Sources) -> Tree:
    """A tree of its own with what the variant sets, then what was typed, and named weathers looked up.

    The names of weathers are looked up after whole weathers were set, and before anything inside them is.
    """
    tree = composed.copy()
    sets: list[tuple[Path, str]] = []
    if variant:
        sets = [(path_of(text), text) for text in tree.data["variants"][variant].get("set", {})]
    typed = [(split(text)[0], text) for text in overrides]
    for now in (True, False):
        for path, text in sets:
            if _is_whole(path) == now:
                _apply(tree, composed, variant, path, text)
        for path, text in typed:
            if _is_whole(path) == now:
                assign(tree, text)
        if now:
            expand(tree, sources, on_top=any(_is_whole(path) for path, _ in (*sets, *typed)))
    return tree


def _is_whole(path: Path) -> bool:
    return path in (WEATHER, WEATHER[:1])


def _apply(tree: Tree, composed: Tree, variant: str, path: Path, text: str) -> None:
    """One value that a variant sets; its place is where the variant says so."""
    where: Path = ("variants", variant, "set", text)
    value = composed.get(where)
    made, done = put(
        tree,
        path,
        copy.deepcopy(value),
        lambda message: composed.error(where, message, at_key=True),
    )
    for new in made:
        tree.keys[new] = tree.values[new] = composed.keys[where]
    if value is not None:
        tree.note(done, composed, where)


def check_variants(draft: DraftScenario, tree: Tree) -> list[ScenarioError]:
    """What is wrong with the variants of a file, before any of them is tried."""
    wrong: list[ScenarioError] = []
    for name, variant in draft.variants.items():
        where: Path = ("variants", name)
        if not NAME.fullmatch(name):
            wrong.append(tree.error(where, f'"{name}" is not a name; use letters, digits and _', at_key=True))
        elif name in (BASE, ALL):
            meaning = "the scenario itself" if name == BASE else "every variant"
            message = f'"{name}" means {meaning}; choose another name'
            wrong.append(tree.error(where, message, at_key=True))
        if not variant.set:
            message = f'the variant "{name}" sets nothing; write set: {{world.clock.time: "23:00"}}'
            wrong.append(tree.error(where, message, at_key=True))
        if "lamps" in variant.model_fields_set and not variant.twin:
            message = '"lamps" is for twins; another variant is simulated anew, lamps and all'
            wrong.append(tree.error((*where, "lamps"), message, at_key=True))
        for text in variant.set:
            message = _misfit(path_of(text), text, variant.twin)
            if message:
                wrong.append(tree.error((*where, "set", text), message, at_key=True))
    return wrong


def _misfit(path: Path, text: str, twin: bool) -> str:
    """Why a variant cannot set this; empty when it can."""
    if not path:
        return f'"{text}" is not a path; write one like world.weather.0.rain'
    if twin and not (path[0] == "world" and path[1:2] and path[1] in TWIN_SETS):
        return (
            "a twin is the same sample in other weather: it sets world.weather, world.surface, world.lighting or "
            f'world.clock, not "{text}"'
        )
    if path[0] == "rig":
        return "a variant keeps the sensors; render with --set for another rig"
    if path[0] in ("variants", "scenario", "version"):
        return f'a variant cannot set "{path[0]}"'
    return ""
