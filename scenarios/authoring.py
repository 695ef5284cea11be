"""Scenarios written in Python: the parts of the schema, ways to draw values, a file to be.  Language floor.

    scenario = Scenario.load("child_behind_van")
    scenario.params["rain"] = log_uniform("20 mm/h", "80 mm/h")
    scenario.actors["child"].do.append(Stop(for_s="1.5 s"))
    for concrete in scenario.sample(8, method="sobol", seed=7): ...
    scenario.save("my_variant.scenario.yaml")

Values are written as in a file (`"50 km/h"`, `"30..50 km/h"`, `"$rain"`, `"= 1.5 * $rain"`); where a word's Python name
carries a unit a plain number will do (`Drive(speed_mps=13.9)`).  Everything is checked as a file would be, when it is
sampled or saved; parts are checked at once.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr

from scenarios import schema, units, writing
from scenarios.distributions.parts import ReadError, shown
from scenarios.distributions.reading import read_distribution
from scenarios.draft import Draft, Drawn, Formula, Named
from scenarios.errors import StormlaneError
from scenarios.expressions import ExpressionError, parse
from scenarios.files import catalogue
from scenarios.reader import ScenarioFile, load, load_text
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, draw
from scenarios.units import Quantity, UnitError

__all__ = [
    "Actor",
    "ArcPiece",
    "Background",
    "Barriers",
    "Blocked",
    "Brake",
    "Capture",
    "Cargo",
    "ChangeLane",
    "Clock",
    "CloseDoor",
    "ClothoidPiece",
    "Correlation",
    "Cover",
    "Cracked",
    "DeadBeams",
    "Detect",
    "Dirt",
    "Drive",
    "DriverSettings",
    "DroppedFrames",
    "Dust",
    "Encounter",
    "Expect",
    "Fault",
    "Fog",
    "Hold",
    "Include",
    "LightPhase",
    "LightProgram",
    "Lighting",
    "LightingKey",
    "LinePiece",
    "Look",
    "Markings",
    "Meet",
    "Miscalibration",
    "NoFalse",
    "OpenDoor",
    "ParkedCars",
    "Patch",
    "Pedestrians",
    "Plume",
    "Puddles",
    "Push",
    "Release",
    "Reveal",
    "Road",
    "RoadPiece",
    "Roll",
    "Scenario",
    "SetLights",
    "Shoulder",
    "Start",
    "Step",
    "Stop",
    "Sun",
    "Surface",
    "SurfaceKey",
    "Track",
    "Traffic",
    "Variant",
    "Wait",
    "Walk",
    "WeatherKey",
    "Wind",
    "WorkZone",
    "World",
    "choice",
    "drawn",
    "formula",
    "integers",
    "log_uniform",
    "normal",
    "param",
    "quantity",
    "uniform",
]

# The draft reading of every part.
Actor = schema.Actor[Draft, Draft]
ArcPiece = schema.ArcPiece[Draft]
Background = schema.Background[Draft]
Barriers = schema.Barriers
Blocked = schema.Blocked[Draft, Draft]
Brake = schema.Brake[Draft]
Capture = schema.Capture[Draft]
Cargo = schema.Cargo[Draft, Draft]
ChangeLane = schema.ChangeLane[Draft, Draft]
Clock = schema.Clock[Draft]
CloseDoor = schema.CloseDoor[Draft]
ClothoidPiece = schema.ClothoidPiece[Draft]
Correlation = schema.Correlation
Cover = schema.Cover
DeadBeams = schema.DeadBeams[Draft]
Detect = schema.Detect[Draft]
Cracked = schema.Cracked[Draft]
Dirt = schema.Dirt[Draft]
Drive = schema.Drive[Draft, Draft]
DriverSettings = schema.DriverSettings
DroppedFrames = schema.DroppedFrames[Draft]
Encounter = schema.Encounter[Draft]
Expect = schema.Expect[Draft]
Fault = schema.Fault[Draft, Draft]
Dust = schema.Dust[Draft]
Fog = schema.Fog[Draft]
Hold = schema.Hold[Draft]
Include = schema.Include
LightPhase = schema.LightPhase[Draft]
LightProgram = schema.LightProgram[Draft]
Lighting = schema.Lighting[Draft, Draft]
LightingKey = schema.LightingKey[Draft, Draft]
LinePiece = schema.LinePiece[Draft]
Look = schema.Look[Draft, Draft]
Markings = schema.Markings[Draft]
Meet = schema.Meet[Draft]
Miscalibration = schema.Miscalibration[Draft]
NoFalse = schema.NoFalse[Draft]
OpenDoor = schema.OpenDoor[Draft]
ParkedCars = schema.ParkedCars[Draft]
Patch = schema.Patch[Draft, Draft]
Plume = schema.Plume[Draft, Draft]
Pedestrians = schema.Pedestrians[Draft]
Puddles = schema.Puddles[Draft]
Push = schema.Push[Draft]
Release = schema.Release[Draft]
Reveal = schema.Reveal[Draft]
Road = schema.Road[Draft]
RoadPiece = schema.RoadPiece[Draft]
Roll = schema.Roll[Draft]
SetLights = schema.SetLights
Shoulder = schema.Shoulder[Draft]
Start = schema.Start[Draft, Draft]
Step = schema.Step[Draft, Draft]
Stop = schema.Stop[Draft]
Sun = schema.Sun[Draft]
Surface = schema.Surface[Draft, Draft]
SurfaceKey = schema.SurfaceKey[Draft, Draft]
Track = schema.Track
Traffic = schema.Traffic[Draft]
Variant = schema.Variant
Wait = schema.Wait[Draft]
Walk = schema.Walk[Draft, Draft]
WeatherKey = schema.WeatherKey[Draft]
Wind = schema.Wind[Draft]
WorkZone = schema.WorkZone[Draft]
World = schema.World[Draft, Draft]


# ------------------------------------------------------------------------------------------------------------- values
def drawn(kind: str, settings: Any) -> Drawn:
    """A value that chance picks, as a file would say it: `drawn("poisson", {"mean": 3})`."""
    written = {kind: settings}
    try:
        return Drawn(*read_distribution(written, None), shown(written))
    except ReadError as error:
        raise StormlaneError(str(error)) from None


def uniform(low: str | float, high: str | float) -> Drawn:
    """Every value between two ends, equally likely."""
    return drawn("uniform", [low, high])


def log_uniform(low: str | float, high: str | float) -> Drawn:
    """Every factor between two ends, equally likely."""
    return drawn("log_uniform", [low, high])


def normal(
    mean: str | float, sd: str | float, low: str | float | None = None, high: str | float | None = None
) -> Drawn:
    """The bell curve, cut off at `low` and `high` where they are given."""
    ends = {"min": low, "max": high}
    settings = {"mean": mean, "sd": sd, **{key: end for key, end in ends.items() if end is not None}}
    return drawn("normal", settings)


def choice(values: Sequence[str | float] | Mapping[str, float]) -> Drawn:
    """One of these; as a mapping, with weights."""
    return drawn("choice", dict(values) if isinstance(values, Mapping) else list(values))


def integers(low: int, high: int) -> Drawn:
    """Every whole number from one to another, both included."""
    return drawn("integers", [low, high])


def param(name: str) -> Named:
    """The value of a parameter: `$name`."""
    return Named(name.removeprefix("$"))


def formula(text: str) -> Formula:
    """A value calculated from parameters: `formula("1.5 * $rain")`."""
    try:
        return Formula(parse(text.removeprefix("=")))
    except ExpressionError as error:
        raise StormlaneError(f'in "{text}": {error}') from None


def quantity(value: float, unit: str) -> Quantity:
    """A number with its unit, for code that has the two apart: `quantity(13.9, "m/s")`."""
    try:
        return units.parse(f"{float(value)!r} {unit}".strip())
    except UnitError as error:
        raise StormlaneError(str(error)) from None


# ----------------------------------------------------------------------------------------------------------- scenario
class Scenario(schema.Scenario[Draft, Draft]):
    """A scenario that is being written: lists and dictionaries in it may be changed; then sample it or save it."""

    _path: Path = PrivateAttr(default=Path("unsaved.scenario.yaml"))

    @classmethod
    def load(cls, path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> "Scenario":
        """From a file, or from the catalogue by name, with everything that it extends and includes worked in."""
        known = catalogue()
        source = known[str(path)] if str(path) in known and not Path(path).exists() else Path(path)
        draft = load(source, overrides).draft
        said = draft.model_fields_set - {"extends", "include"}
        scenario = cls.model_construct(said, **{name: getattr(draft, name) for name in said})
        scenario._path = source
        return scenario

    def to_yaml(self) -> str:
        """The text of its file."""
        return writing.document(writing.plain(self), "# yaml-language-server: $schema=./scenario.schema.json")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Check it and write its file; raises ScenarioErrors, and then nothing is written."""
        target = Path(path)
        text = self.to_yaml()
        load_text(text, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self._path = target
        return target

    def file(self) -> ScenarioFile:
        """Checked, as if it had been loaded; raises ScenarioErrors with the places its text would have."""
        return load_text(self.to_yaml(), self._path)

    def sample(
        self, samples: int = 1, method: str = "random", seed: int = 0, over: Sequence[str] | None = None
    ) -> list[Concrete]:
        """Concrete samples that fulfil `require`; see `scenarios.sampling`."""
        return list(draw(self.file(), Spread(method, samples, seed, over)))

    def __eq__(self, other: object) -> bool:
        """Whether both would be written the same."""
        return isinstance(other, Scenario) and writing.plain(self) == writing.plain(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed
