"""A resolved scenario with everything needed to run it again.  Language floor."""

from dataclasses import dataclass, field

from scenarios.errors import StormlaneError
from scenarios.schema import ResolvedRig, ResolvedScenario
from scenarios.tree import Path, Tree
from scenarios.walk import dotted


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
        return f"{self.scenario.scenario}-{self.seed:04d}-{self.sample:04d}"
