"""A resolved scenario with everything needed to run it again.  Language floor."""

from dataclasses import dataclass, field, replace
from typing import Literal

from scenarios.errors import StormlaneError
from scenarios.own_assets import OwnAsset
from scenarios.schema import ResolvedRig, ResolvedScenario, World
from scenarios.tree import Path, Tree
from scenarios.walk import dotted

ResolvedWorld = World[float, str]


@dataclass(frozen=True, slots=True)
class Twin:
    """What a twin keeps of its base: the world in which everything moved, and how lamps are lit."""

    base_world: ResolvedWorld
    lamps: Literal["own", "base"] = "own"


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine found for an encounter; the scenario's words hold it already."""

    kind: Literal["start", "wait", "speed"]
    value: float  # metres by which the start was moved, seconds waited more, or the speed in m/s
    at_s: float  # when the actor comes to the place, if neither reacts to the other


@dataclass(frozen=True, slots=True)
class Concrete:
    """One sample of a scenario: plain values, its rig, its seed, and the map it stands on."""

    scenario: ResolvedScenario
    rig: ResolvedRig  # the rig of the actor under test; without sensors when it names none
    seed: int
    sample: int  # index within the run, part of the clip's name
    point: dict[str, float]  # coordinate in [0, 1) of every random quantity, by its path
    params: dict[str, float | str]  # resolved values of `params`, SI units
    road_xml: bytes | None = None  # content of the OpenDRIVE file, when the road is one
    overrides: tuple[str, ...] = ()  # `--set` assignments, as given
    variant: str = ""  # which variant of the scenario this is; empty for the scenario itself
    found: dict[str, Found] = field(
        default_factory=dict
    )  # of encounters, by name; others are yet to be found
    assets: tuple[OwnAsset, ...] = ()  # models of the user's own that its actors may be
    twin: Twin | None = None  # when it shows the base's sample in the weather of `scenario`
    # Where it comes from, for the lock: nothing that happens depends on it.
    sources: tuple[tuple[str, str], ...] = field(default=(), compare=False)  # name and sha256 of every file
    engine: str = field(default="", compare=False)  # version of the engine that made, or is to make, its data
    source: Tree | None = field(default=None, compare=False, repr=False)  # where it stood; locks do without

    def wrong(self, path: Path, message: str) -> StormlaneError:
        """A mistake that shows only on the road, at its place in the file or, from a lock, under its name."""
        told = f"{message} (sample {self.sample} of seed {self.seed})"
        if self.source is None:
            return StormlaneError(f"{dotted(path)}: {told}")
        return self.source.error(path, told)

    @property
    def clip_id(self) -> str:
        """Folder-safe name of this sample, unique within a run."""
        name = f"{self.scenario.scenario}-{self.seed:04d}-{self.sample:04d}"
        return f"{name}-{self.variant}" if self.variant else name

    @property
    def base_world(self) -> ResolvedWorld:
        """The world in which everything moved and grew: of a twin, its base's."""
        return self.scenario.world if self.twin is None else self.twin.base_world

    def base(self) -> "Concrete":
        """The sample that a twin shows in other weather; itself when it is no twin."""
        if self.twin is None:
            return self
        scenario = self.scenario.model_copy(update={"world": self.twin.base_world})
        return replace(self, scenario=scenario, variant="", twin=None)
