"""A scenario in words: what can vary and how likely, who does what, what must hold; and its road as a picture.  Roof."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios import ScenarioFile, load, resolve
from scenarios.bodies import BODIES
from scenarios.chance import coordinate
from scenarios.distributions import Choice, Distribution
from scenarios.draft import Draft, Drawn, Named
from scenarios.errors import ScenarioError, StormlaneError
from scenarios.evaluation import NOWHERE, evaluate
from scenarios.expressions import parse
from scenarios.params import words_of
from scenarios.quantities import Quantity, quantities
from scenarios.resolved import Concrete
from scenarios.schema import Actor, LightPhase, SetLights, Step
from scenarios.units import DIMENSIONS, Dimension
from scenarios.walk import dotted, leaves, texts
from scenarios.writing import flow, plain, value_text
from sim.conditions import osi_tags
from sim.weather import weather_track

DRAWS = 200  # samples behind every probability that is told
_SHAPES = {
    "Uniform": "evenly",
    "LogUniform": "evenly by factor",
    "Normal": "around the middle",
    "Integers": "whole numbers",
}


def explain_file(path: Path, overrides: Sequence[str], out: Path | None) -> Iterator[str]:
    """The lines of the explanation; with `out` the sketch of the road is written there as well."""
    file = load(path, tuple(overrides))
    yield from _story(file)
    yield from _chance(file)
    yield from _cast(file)
    drawn = list(_draws(file))
    yield from _weather(file, drawn)
    yield from _checks(file, drawn)
    if out is not None:
        yield ""
        yield draw_sketch(file, out)


def draw_sketch(file: ScenarioFile, out: Path) -> str:
    """Write the picture of the middle sample; returns what was written."""
    from sim.app.pictures import write_picture
    from sim.app.sketch import sketch
    from sim.simulate import simulate

    trace = simulate(middle(file))
    until_s = trace.time_ns[-1] * 1e-9
    note = f"every random quantity in the middle of its range; 0 s to {until_s:.1f} s"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, sketch(trace, file.name, note)[..., ::-1])
    return f"{out}: the road from above"


def middle(file: ScenarioFile) -> Concrete:
    """The sample with every random quantity at its median."""
    return resolve(file, 0, 0, {quantity.coordinate: 0.5 for quantity in quantities(file)})


# ------------------------------------------------------------------------------------------------------------ story
def _story(file: ScenarioFile) -> Iterator[str]:
    draft = file.draft
    yield f"{file.name}  ({file.path})"
    if draft.description:
        yield from _wrapped(" ".join(draft.description.split()), "  ")
    for name, words in draft.tags.items():
        yield f"  {name}: {', '.join(words) if isinstance(words, list) else words}"


def _wrapped(text: str, indent: str, width: int = 110) -> Iterator[str]:
    line = indent
    for word in text.split():
        if len(line) + len(word) > width and line != indent:
            yield line.rstrip()
            line = indent
        line += word + " "
    yield line.rstrip()


# ----------------------------------------------------------------------------------------------------------- chance
def _chance(file: ScenarioFile) -> Iterator[str]:
    every = quantities(file)
    yield ""
    if not every:
        yield "Nothing varies: every sample is the same."
        return
    yield f"What can vary ({len(every)} random quantities)"
    written = {
        dotted(leaf.path): leaf.draft.text for leaf in leaves(file.draft) if isinstance(leaf.draft, Drawn)
    }
    width = max(len(quantity.name) for quantity in every)
    for quantity in every:
        yield f"  {quantity.name:{width}}  {likely(quantity, written.get(quantity.name, ''))}"


def likely(quantity: Quantity, written: str = "") -> str:
    """The distribution in words: its range, and between which values half of all draws lie."""
    distribution = quantity.distribution
    if isinstance(distribution, Choice):
        total = sum(distribution.weights)
        unit = _unit(quantity.dimension, written)
        shares = [
            (_shown(value, unit) if isinstance(value, float) else value, weight / total)
            for value, weight in zip(distribution.values, distribution.weights, strict=True)
        ]
        if quantity.name.endswith("one_of"):
            return "ways " + ", ".join(f"{share:.0%}" for _, share in shares)
        return ", ".join(f"{value} {share:.0%}" for value, share in shares)
    if quantity.dimension is None:
        counted = Counter(distribution.ppf((k + 0.5) / DRAWS) for k in range(DRAWS))
        return ", ".join(f"{value} {count / DRAWS:.0%}" for value, count in counted.most_common(8))
    return _spread(distribution, _unit(quantity.dimension, written))


def _spread(distribution: Distribution, unit: tuple[str, float]) -> str:
    low, high = distribution.support()
    quarter, median, three = (float(distribution.ppf(u)) for u in (0.25, 0.5, 0.75))
    shape = _SHAPES.get(type(distribution).__name__, type(distribution).__name__.lower())
    ends = f"{_shown(low, unit)} to {_shown(high, unit)}" if abs(low) < 1e300 and abs(high) < 1e300 else ""
    if not ends:
        rare = float(distribution.ppf(0.01)), float(distribution.ppf(0.99))
        ends = f"98 % within {_shown(rare[0], unit)} to {_shown(rare[1], unit)}"
    half = f"half within {_shown(quarter, unit)} to {_shown(three, unit)}, median {_shown(median, unit)}"
    return f"{ends}, {shape}; {half}"


def _unit(dimension: Dimension | None, written: str) -> tuple[str, float]:
    """The unit in which the author thinks, and its size in the resolved one."""
    if dimension is None:
        return "", 1.0
    if dimension.name == "time_of_day":
        return "clock", 1.0
    if dimension.name in ("angle", "slope"):
        return "deg", float(DIMENSIONS["angle"].units["deg"])
    used = [
        unit for unit in dimension.units if unit and re.search(rf"\d ?{re.escape(unit)}(?![\w/^])", written)
    ]
    unit = used[0] if used else dimension.unit
    return unit, float(dimension.units[unit])


def _shown(value: float, unit: tuple[str, float]) -> str:
    name, size = unit
    if name == "clock":
        return f"{int(value // 3600):02d}:{int(value % 3600 // 60):02d}"
    return f"{value / size:.3g} {name}".strip()


# ------------------------------------------------------------------------------------------------------------- cast
def _cast(file: ScenarioFile) -> Iterator[str]:
    yield ""
    yield "Who takes part"
    for name, actor in file.draft.actors.items():
        yield f"  {name}: {_kind(file, actor)}"
        if name == "ego" and file.rig_path is not None:
            sensors = list(file.rig.sensors)
            yield f"      sees with {', '.join(sensors)} ({file.rig.rig})"
        yield f"      starts: {_bare(actor.start)}"
        for step in actor.do:
            yield from _doing(step, "      ")
    around = plain(file.draft.background)
    for word, settings in around.items():
        yield f"  around: {word.replace('_', ' ')} {flow(settings)}"
    yield from _waiting(file)


def _kind(file: ScenarioFile, actor: Actor[Draft, Draft]) -> str:
    draft = actor.model
    models = words_of(file.params.root(draft) if isinstance(draft, Named) else draft)
    classes = list(dict.fromkeys(BODIES[model].actor_class for model in models if model in BODIES))
    under_test = ", under test" if actor.under_test else ""
    look = f", {_bare(actor.look)}" if actor.look is not None else ""
    return f"{value_text(draft)} ({' or '.join(classes)}){under_test}{look}"


def _bare(part: object) -> str:
    """A part as it is written, without its braces."""
    return flow(plain(part))[1:-1]  # type: ignore[arg-type]  # parts only


def _doing(step: Step[Draft, Draft], indent: str) -> Iterator[str]:
    """A step in words."""
    if step.one_of is not None:
        total = sum(float(weight) for weight in step.one_of)
        for weight, steps in step.one_of.items():
            yield f"{indent}in {float(weight) / total:.0%} of samples"
            for inner in steps:
                yield from _doing(inner, indent + "    ")
        return
    yield indent + _sentence(step)


def _sentence(step: Step[Draft, Draft]) -> str:
    """What one step does; words that have no sentence of their own are shown as they are written."""
    if step.drive is not None:
        minding = ", minding nobody" if step.drive.driver == "steady" else ""
        return f"drives at {value_text(step.drive.speed_mps)}{minding}{_for(step.drive.for_s)}"
    if step.wait is not None:
        until = f"waits until {step.wait.until}" if step.wait.until else "waits"
        more = f", and {value_text(step.wait.after_s)} more" if isinstance(step.wait.after_s, Draft) else ""
        return f"{until}{_for(step.wait.for_s)}{more}"
    if step.walk is not None:
        way = {"along": "along the road", "back": "back"}.get(
            to := value_text(step.walk.to), f"to the {to.replace('_', ' ')}"
        )
        verb = "runs" if step.walk.gait == "run" else "walks"
        return f"{verb} {way} at {value_text(step.walk.speed_mps)}{_for(step.walk.for_s)}"
    if step.brake is not None:
        end = value_text(step.brake.to_mps) if isinstance(step.brake.to_mps, Draft) else "a stop"
        return f"brakes with {value_text(step.brake.at_mps2)} to {end}"
    if step.change_lane is not None:
        lane = value_text(step.change_lane.to).replace("_", " ")
        return f"changes to the {lane} lane within {value_text(step.change_lane.over_s)}"
    if step.open is not None:
        door = step.open.door.replace("_", " ")
        far = f" to {value_text(step.open.to)}" if isinstance(step.open.to, Draft) else ""
        return f"opens its {door}{far}{_within(step.open.over_s)}"
    if step.close is not None:
        return f"shuts its {step.close.door.replace('_', ' ')}{_within(step.close.over_s)}"
    if step.stop is not None:
        return f"stops{_for(step.stop.for_s)}"
    if step.mark is not None:
        return f"this moment is called {step.mark}"
    if step.traffic_light is not None:
        return f"then {_light(step.traffic_light)}"
    ((word, settings),) = plain(step).items()
    return f"{word.replace('_', ' ')} {flow(settings)}"


def _light(words: SetLights) -> str:
    """What traffic lights do from there on."""
    whose = "all traffic lights" if words.of == "all" else f"the traffic lights {words.of}"
    return (
        f"{whose} go to {words.phase}" if words.phase is not None else f"{whose} show {_light_words(words)}"
    )


def _light_words(words: SetLights | LightPhase[Draft]) -> str:
    said = {"all": words.show, "ahead": words.ahead, "across": words.across}
    told = [
        f"{state.replace('_', ' and ' if state == 'red_amber' else ' ')} {way}"
        for way, state in said.items()
        if state
    ]
    feet = [] if words.walk in (None, "auto") else [f"walkers green: {words.walk}"]
    return ", ".join([*told, *feet]).replace(" all", "")


def _programs(file: ScenarioFile) -> Iterator[str]:
    """What traffic lights do by themselves."""
    for name, program in file.draft.world.traffic_lights.items():
        begun = (
            f", {value_text(program.offset_s)} into it at the start"
            if isinstance(program.offset_s, Draft)
            else ""
        )
        yield f"  traffic lights {name}{begun}"
        for phase in program.phases:
            called = f"{phase.name}: " if phase.name else ""
            yield f"      {called}{_light_words(phase)}{_for(phase.for_s) or ' until a step changes it'}"


def _within(duration: object) -> str:
    return f" within {value_text(duration)}" if isinstance(duration, Draft) else ""


def _for(duration: object) -> str:
    return f" for {value_text(duration)}" if isinstance(duration, Draft) else ""


def _waiting(file: ScenarioFile) -> Iterator[str]:
    """Which marks there are, and who looks at them."""
    marks = {
        step.mark: name
        for name, actor in file.draft.actors.items()
        for step in _all(actor.do)
        if step.mark is not None
    }
    expressions = list(texts(file.draft))
    for mark, name in marks.items():
        used = [dotted(text.path) for text in expressions if re.search(rf"\b{mark}\b", text.text)]
        yield f"  mark {mark}: set by {name}" + (f"; used in {', '.join(used)}" if used else "")


def _all(steps: Sequence[Step[Draft, Draft]]) -> Iterator[Step[Draft, Draft]]:
    for step in steps:
        yield step
        for inner in (step.one_of or {}).values():
            yield from _all(inner)


# ---------------------------------------------------------------------------------------------------------- weather
def _draws(file: ScenarioFile) -> Iterator[Concrete]:
    """Samples to count with; those that cannot be resolved do not count."""
    names = {quantity.coordinate for quantity in quantities(file)}
    for k in range(DRAWS):
        try:
            yield resolve(file, 0, k, {name: coordinate(0, k, name) for name in names})
        except ScenarioError:
            continue


def _weather(file: ScenarioFile, drawn: Sequence[Concrete]) -> Iterator[str]:
    yield ""
    yield "Weather and light"
    for key in file.draft.world.weather or ():
        yield f"  {_bare(key)}"
    yield f"  clock {_bare(file.draft.world.clock)}"
    for word in ("surface", "lighting"):
        said = plain(getattr(file.draft.world, word))
        if said:
            yield f"  {word} {flow(said)[1:-1]}"
    yield from _programs(file)
    at_start, at_end = _classes(drawn, 0.0), _classes(drawn, 1.0)
    for kind in at_start:
        if at_start[kind] == at_end[kind]:
            yield f"  {kind}: {at_start[kind]}"
        else:
            yield f"  {kind} at the start: {at_start[kind]}"
            yield f"  {kind} at the end: {at_end[kind]}"


def _classes(drawn: Sequence[Concrete], share: float) -> dict[str, str]:
    """How likely each of OSI's classes is after a share of the clip."""
    counts: dict[str, Counter[str]] = {}
    for concrete in drawn:
        duration_s = concrete.scenario.capture.duration_s
        state = weather_track(concrete.scenario.world, duration_s).at(round(share * duration_s * 1e9))
        for kind, word in osi_tags(state).items():
            counts.setdefault(kind, Counter())[word.removeprefix(f"{kind.upper()}_").lower()] += 1
    return {
        kind.replace("_", " "): ", ".join(
            f"{word.replace('_', ' ')} {count / len(drawn):.0%}" for word, count in counter.most_common()
        )
        for kind, counter in counts.items()
    }


# ----------------------------------------------------------------------------------------------------------- checks
def _checks(file: ScenarioFile, drawn: Sequence[Concrete]) -> Iterator[str]:
    draft = file.draft
    if draft.require:
        held = [[bool(evaluate(parse(text), NOWHERE)) for text in c.scenario.require] for c in drawn]
        all_held = sum(all(row) for row in held) / max(len(held), 1)
        yield ""
        yield f"Required of a sample ({all_held:.0%} of {len(drawn)} draws fulfil it)"
        for k, text in enumerate(draft.require):
            yield f"  {text}  ({sum(row[k] for row in held) / max(len(held), 1):.0%})"
    for title, lines in (
        ("Valid only if", list(draft.valid)),
        ("Covered", [f"{name}: {_bare(item)}" for name, item in draft.cover.items()]),
        ("Expected of a system under test", [_bare(item) for item in draft.expect]),
        ("Variants", [f"{name}: {_bare(item)}" for name, item in draft.variants.items()]),
    ):
        if lines:
            yield ""
            yield title
            yield from (f"  {line}" for line in lines)


def check_picture(out: Path | None) -> None:
    """Refuse a picture's name before any work is done."""
    if out is not None and out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise StormlaneError(f"{out}: a picture's name ends in .png or .jpg")
