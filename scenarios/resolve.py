"""From a file to one concrete scenario: every random quantity is drawn once, by its path.  Language floor."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from scenarios import expressions, units
from scenarios.chance import coordinate
from scenarios.draft import Draft, Drawn, Exact, Formula, Named
from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.params import ParamKind, Params, calculate, literals
from scenarios.quantities import coordinate_name, fork
from scenarios.reader import RIG_PATH, ScenarioFile
from scenarios.resolved import Concrete, Twin
from scenarios.schema import ResolvedRig, ResolvedScenario
from scenarios.tree import Path
from scenarios.units import Dimension
from scenarios.variants import TWIN_SETS
from scenarios.walk import Leaf, Text, dotted, settle
from scenarios.wording import written


def resolve(
    file: ScenarioFile, seed: int = 0, sample: int = 0, point: Mapping[str, float] | None = None
) -> Concrete:
    """One sample of a scenario file.

    A pure function of its arguments.  `point` gives coordinates in [0, 1) for some of the random quantities, by path;
    the others are drawn from the seed, each from its own stream.
    """
    concrete = _drawn(file, seed, sample, dict(point or {}))
    if file.base is None:
        return concrete
    # Whatever moves comes from the base as it was drawn there; a twin brings its air, ground and light.
    base = _drawn(file.base, seed, sample, dict(point or {}))
    seen = {name: getattr(concrete.scenario.world, name) for name in TWIN_SETS}
    world = base.scenario.world.model_copy(update=seen)
    return replace(
        base,
        scenario=base.scenario.model_copy(update={"world": world, "cover": concrete.scenario.cover}),
        point=base.point | concrete.point,
        params=base.params | concrete.params,
        variant=file.variant,
        twin=Twin(base.scenario.world, file.draft.variants[file.variant].lamps),
        sources=tuple(sorted(dict((*base.sources, *concrete.sources)).items())),
        source=file.tree,
    )


def counted(file: ScenarioFile, seed: int, sample: int, point: Mapping[str, float]) -> dict[str, str]:
    """What every cover item counts in a sample that is not built: a value, a word, or an expression over the clip."""
    drawing = _Drawing(file, seed, sample, dict(point))
    for name in file.params.order:
        drawing.params[name] = drawing.param(name)
    return {name: drawing.counted(item.of) for name, item in file.cover.items.items()}


def _drawn(file: ScenarioFile, seed: int, sample: int, point: dict[str, float]) -> Concrete:
    drawing = _Drawing(file, seed, sample, point)
    for name in file.params.order:
        drawing.params[name] = drawing.param(name)
    plain = settle(file.draft, drawing)
    plain.pop("variants", None)  # a sample is one of them
    if file.cover.items:
        plain["cover"] = file.cover.settled(
            {name: drawing.counted(item.of) for name, item in file.cover.items.items()}
        )
    rig = ResolvedRig.model_validate(settle(file.rig, drawing, RIG_PATH))
    try:
        scenario = ResolvedScenario.model_validate(plain)
    except ValidationError as error:
        raise drawing.explain(error) from None
    drawing.check_times(scenario)
    params = {name: drawing.params[name] for name in file.draft.params}
    return Concrete(
        scenario, rig, seed, sample, drawing.point, params, file.road_xml, file.overrides,
        variant=file.variant, assets=file.assets, sources=file.sources, source=file.tree,
    )  # fmt: skip


class _Drawing:
    """The values of one sample, each drawn once."""

    def __init__(self, file: ScenarioFile, seed: int, sample: int, given: dict[str, float]) -> None:
        self.file = file
        self.params_of: Params = file.params
        self.seed, self.sample = seed, sample
        self.given = given
        self.point: dict[str, float] = {}
        self.params: dict[str, float | str] = {}
        self.bound: dict[str, float] = {}
        for group in file.copulas:
            self.bound |= group.bind({name: self._own(name) for name in group.names})

    def param(self, name: str) -> float | str:
        value, _ = self.settled(("params", name), self.params_of.drafts[name])
        return value

    def value(self, leaf: Leaf) -> float | str:
        """The plain value of a leaf in its field's dimension."""
        if leaf.path[0] == "params":
            return self.params[str(leaf.path[1])]
        value, kind = self.settled(leaf.path, leaf.draft)
        dimension = leaf.measure.dimension if leaf.measure is not None else None
        if isinstance(value, str) or kind == "word" or dimension is None:
            return value
        converted = units.convert(value, kind, dimension)
        assert converted is not None, "dimensions were checked when the file was loaded"
        return converted

    def text(self, text: Text) -> str:
        """An expression keeps no `$names`: from here on its text stands alone."""
        return self.counted(text.text)

    def counted(self, text: str) -> str:
        """An expression with its parameters' values in their places, or the word that a parameter became."""
        if self.params_of.is_word(text):
            return str(self.params[text.strip()[1:]])
        nodes = literals(self.params, self.params_of.kinds)
        return str(expressions.substitute(expressions.parse(text), nodes))

    def way(self, path: Path, ways: Sequence[str]) -> str:
        """One way of a `one_of`, by weight."""
        chosen = fork(tuple(ways)).ppf(self._u(dotted(path)))
        assert isinstance(chosen, str)
        return chosen

    def _own(self, name: str) -> float:
        u = self.given.get(name)
        self.point[name] = coordinate(self.seed, self.sample, name) if u is None else u
        return self.point[name]

    def _u(self, name: str) -> float:
        """The coordinate of a quantity; that of a correlated one follows from its group's."""
        return self.bound[name] if name in self.bound else self._own(name)

    def settled(self, path: Path, draft: Draft) -> tuple[float | str, ParamKind]:
        if isinstance(draft, Exact):
            return draft.value, _kind(draft.dimension)
        if isinstance(draft, Drawn):
            return draft.distribution.ppf(self._u(coordinate_name(path, draft))), _kind(draft.dimension)
        if isinstance(draft, Named):
            return self.params[draft.name], self.params_of.kinds[draft.name]
        assert isinstance(draft, Formula)
        kind = expressions.infer(draft.expression, self.params_of.known())
        assert not isinstance(kind, str), "conditions were refused when the file was loaded"
        return calculate(draft.expression, self.params, self.params_of.kinds), kind

    def explain(self, error: ValidationError) -> ScenarioErrors:
        """A calculated value may leave its range only for some draws: say which draw it was."""
        root = self.file.tree
        found = []
        for detail in error.errors(include_url=False):
            path = _as_written(self.file, tuple(detail["loc"]))
            message = str((detail.get("ctx") or {}).get("message", detail["msg"]))
            found.append(root.error(path, f"{message} (sample {self.sample} of seed {self.seed})"))
        return ScenarioErrors(found)

    def check_times(self, scenario: ResolvedScenario) -> None:
        """Keyframes follow each other in time, whatever was drawn."""
        world = scenario.world
        tracks: list[tuple[Path, str, list[float]]] = [
            (("world", "weather"), "weather", [key.at_s for key in world.weather]),
            (("world", "surface", "then"), "surface", [key.at_s for key in world.surface.then]),
            (("world", "lighting", "then"), "lighting", [key.at_s for key in world.lighting.then]),
        ]
        wrong: list[ScenarioError] = []
        for path, what, times in tracks:
            for i in range(1, len(times)):
                if times[i] < times[i - 1]:
                    shown = (
                        f"{what} {i} begins at {times[i]:g} s, before {what} {i - 1} at {times[i - 1]:g} s"
                    )
                    wrong.append(self.file.tree.error((*path, i, "at"), f"{shown}; order them by time"))
        if wrong:
            raise ScenarioErrors(wrong)


def _kind(dimension: Dimension | None) -> ParamKind:
    return dimension.powers if dimension is not None else "word"


def _as_written(file: ScenarioFile, loc: Path) -> Path:
    """The place of a resolved field (named with its unit) in the words of the file."""
    return written(type(file.draft), loc)
