"""What every dataset format provides.  Labels floor; formats know nothing of one another.

A batch is rendered clip by clip, possibly by several processes and several runs.  A `ClipWriter` writes the data files
of one clip (names derive from the clip's id, so clips never touch each other's files) and returns a small JSON
fragment; `finalize` makes the dataset's tables from the fragments of all clips, in the order of their ids, so the
folder's bytes depend neither on the number of workers nor on interruptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from labelers.records import Sample
from scenarios.errors import StormlaneError
from scenarios.resolved import Concrete
from sim.roads.network import RoadNetwork


@dataclass(frozen=True, slots=True)
class Clip:
    """Facts of a clip that formats write beside its frames."""

    clip_id: str
    concrete: Concrete
    sample_count: int
    rate_hz: float
    road: RoadNetwork | None = None  # for map layers; only read while the clip is written, not by `finalize`
    split: str = ""  # train, val, test or what a suite calls it; only known to `finalize`
    expectations: dict[str, Any] | None = None  # `sim.expected`; only read while the clip is written


WITH_FISHEYES = ("native", "coco", "yolo", "cityscapes", "scalabel", "openlabel", "webdataset", "mcap")


def refuse_fisheyes(clip: Clip, cameras: Sequence[str], form: str) -> None:
    """Formats whose calibration is a pinhole's matrix have no word for a fisheye."""
    for name in cameras:
        if clip.concrete.rig.cameras[name].fisheye is not None:
            raise StormlaneError(
                f'rig {clip.concrete.rig.rig}: camera "{name}" is a fisheye, and {form} describes cameras by '
                f"the matrix of a pinhole alone; write one of {', '.join(WITH_FISHEYES)}, convert a native dataset "
                f"with --cameras and the names of the others, or render without it: "
                f"--set rig.cameras.{name}=null"
            )


class ClipWriter(Protocol):
    """Writes one clip; obtained from `Format.open`."""

    def add(self, sample: Sample) -> list[Path]:
        """Write the files of one sample (each atomically) and return their paths below the root."""

    def close(self) -> dict[str, Any]:
        """Fragment for `Format.finalize`: plain JSON, no wall-clock, no absolute paths.

        Files written only now (a clip's tables) are listed under "files", as paths below the root; objects that the
        format left out are counted by reason under "dropped".
        """


class Format(Protocol):
    """A dataset format."""

    @property
    def name(self) -> str:
        """Key of `FORMATS`."""

    @property
    def needs(self) -> frozenset[str]:
        """Outputs of a native dataset (`scenarios.schema.capture`) without which converting it would lose labels."""

    def open(self, root: Path, clip: Clip) -> ClipWriter:
        """Begin one clip."""

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Write the tables of the whole dataset; return their paths below the root."""
