"""Weathers with a name: `world.weather: heavy_rain`, or `- use: heavy_rain` among the keyframes.  Language floor.

A weather is a fragment that holds parameters, keyframes, and perhaps surface and lighting.  Its keyframes stand where
it is used; the rest lies under the scenario's own words.  Its parameters carry its name: `heavy_rain_rate`.
"""

import re
from pathlib import Path as FilePath
from typing import Any

from scenarios.compose import YAML, fragment, lay_under
from scenarios.draft import NAME
from scenarios.errors import ScenarioError, ScenarioErrors, nearest
from scenarios.files import WEATHERS, FileError, find
from scenarios.sources import Sources
from scenarios.tree import Path, Tree

WEATHER: Path = ("world", "weather")
_SETTINGS = ("use", "at", "params", "prefix")
_HOLDS = ("weather", "surface", "lighting")  # of the world


def expand(tree: Tree, sources: Sources, on_top: bool = False) -> None:
    """Put keyframes in place of the names of weathers; raises ScenarioErrors.

    What a weather says of surface and lighting lies under the scenario's own words, or with `on_top` (the weather was
    set over the scenario) replaces them.
    """
    if not tree.has(WEATHER):
        return
    given = tree.get(WEATHER)
    if isinstance(given, str) or (isinstance(given, dict) and "use" in given):
        entries: list[tuple[Path, Any]] = [(WEATHER, {"use": given} if isinstance(given, str) else given)]
    elif isinstance(given, list):
        entries = [((*WEATHER, i), item) for i, item in enumerate(given)]
    else:
        return  # refused when it is validated
    if not any(isinstance(item, dict) and "use" in item for _, item in entries):
        return
    errors: list[ScenarioError] = []
    keys: list[tuple[Tree, Path]] = []  # where each keyframe of the result stands
    before = tree.copy()
    for where, item in entries:
        if not isinstance(item, dict) or "use" not in item:
            keys.append((before, where))
            continue
        try:
            used = _used(before, where, item, sources)
        except ScenarioErrors as problems:
            errors.extend(problems.errors)
            continue
        keys += [(used, (*WEATHER, i)) for i in range(len(used.get(WEATHER)))]
        rest = used.copy()
        del rest.data["world"]["weather"]
        for word in rest.data["world"] if on_top else ():
            where_word: Path = ("world", word)
            tree.forget(where_word)
            tree.data["world"].pop(word, None)
        lay_under(tree, rest)
    if errors:
        raise ScenarioErrors(errors)
    place, key_place = before.values.get(WEATHER), before.keys.get(WEATHER)
    assigned = {p: text for p, text in tree.assigned.items() if p[:2] == WEATHER and len(p) > 2}
    typed = before.assigned.get(WEATHER)
    tree.forget(WEATHER)
    tree.data["world"]["weather"] = [source.get(where) for source, where in keys]
    for i, (source, where) in enumerate(keys):
        tree.note((*WEATHER, i), source, where)
        if source is before:
            tree.assigned |= {(*WEATHER, i, *p[3:]): text for p, text in assigned.items() if p[:3] == where}
    if place is not None:
        tree.values[WEATHER] = place
    if key_place is not None:
        tree.keys[WEATHER] = key_place
    if typed is not None:
        tree.assigned[WEATHER] = typed


def _used(tree: Tree, where: Path, item: dict[str, Any], sources: Sources) -> Tree:
    """The weather of one entry, moved in time."""
    whole_text = isinstance(tree.get(where), str)
    named: Path = where if whole_text else (*where, "use")
    for key in item:
        if key not in _SETTINGS:
            hint = f'unknown key "{key}" beside "use"; {nearest(key, _SETTINGS)}'
            raise ScenarioErrors([tree.error((*where, key), hint, at_key=True)])
    name, params = item["use"], item.get("params", {})
    if not isinstance(name, str):
        raise ScenarioErrors([tree.error(named, '"use" names one weather, such as heavy_rain')])
    if not isinstance(params, dict):
        message = '"params" needs a mapping, such as {rate: 20 mm/h}'
        raise ScenarioErrors([tree.error((*where, "params"), message)])
    typed = any(named[:length] in tree.assigned for length in range(len(named) + 1))
    folder = sources.root if typed else FilePath(tree.place(named).file).parent
    try:
        path = find(name, folder, YAML, "weather", typed, root=sources.root, shelf=WEATHERS)
    except FileError as problem:
        raise ScenarioErrors([tree.error(named, str(problem))]) from None
    prefix = item.get("prefix", re.sub(r"\W", "_", path.stem))
    if not isinstance(prefix, str) or not NAME.fullmatch(prefix):
        message = f'"{prefix}" is not a name; use letters, digits and _'
        raise ScenarioErrors([tree.error((*where, "prefix") if "prefix" in item else named, message)])
    used = fragment(path, sources, prefix, params, tree, (*where, "params"))
    _only_weather(used)
    if "at" in item:
        _move(used, tree, (*where, "at"))
    return used


def _only_weather(used: Tree) -> None:
    """A weather stays a weather, so that a twin may name one."""
    allowed = 'a weather holds params and world: {weather, surface, lighting}; use "include" for more'
    strange: list[Path] = [(key,) for key in used.data if key not in ("params", "world")]
    world = used.data.get("world")
    if not isinstance(world, dict) or not isinstance(world.get("weather"), list):
        raise ScenarioErrors([used.error(WEATHER, f"there are no keyframes of weather here; {allowed}")])
    strange += [("world", key) for key in world if key not in _HOLDS]
    if strange:
        raise ScenarioErrors([used.error(where, allowed, at_key=True) for where in strange])


def _move(used: Tree, tree: Tree, where: Path) -> None:
    """Begin a weather later: what its keyframes say of time counts from there."""
    begin = tree.get(where)
    for i, key in enumerate(used.get(WEATHER)):
        if not isinstance(key, dict):
            continue  # refused when it is validated
        own = key.get("at", 0)
        if own in (0, "0 s"):
            key["at"] = begin
            used.forget((*WEATHER, i, "at"))
            used.note((*WEATHER, i, "at"), tree, where)
            continue
        terms = [_term(begin), _term(own)]
        if None in terms:
            message = 'this weather has keyframes of its own times; "at" must be a plain time, a $parameter or "= ..."'
            raise ScenarioErrors([tree.error(where, message)])
        key["at"] = f"= {terms[0]} + {terms[1]}"


def _term(value: Any) -> str | None:
    """A time as a term of a sum; None for what chance picks on its own."""
    if value == 0:
        return "0 s"
    if not isinstance(value, str) or ".." in value:
        return None
    text = value.strip()
    return f"({text[1:].strip()})" if text.startswith("=") else text
