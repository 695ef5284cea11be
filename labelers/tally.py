"""How much a clip holds, counted as its samples pass by: the same for every format.  Labels floor."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from labelers.records import Sample


@dataclass(slots=True)
class Tally:
    """Counts of a clip of what its scenario wants to be put out."""

    outputs: Collection[str] = ("boxes2d", "boxes3d")
    totals: Counter[str] = field(default_factory=Counter)
    cuboids: Counter[str] = field(default_factory=Counter)  # by class
    boxes: Counter[str] = field(default_factory=Counter)  # by class, of visible pixels
    actors: dict[int, str] = field(default_factory=dict)  # class by instance id

    def add(self, sample: Sample) -> None:
        """Count one sample."""
        self.totals["samples"] += 1
        self.totals["images"] += len(sample.cameras)
        self.totals["sweeps"] += len(sample.lidars)
        self.totals["points"] += sum(len(sweep.xyz_m) for sweep in sample.lidars.values())
        for cuboid in sample.labels.cuboids if "boxes3d" in self.outputs else ():
            self.cuboids[cuboid.actor_class] += 1
            self.actors[cuboid.instance_id] = cuboid.actor_class
        for boxes in sample.labels.boxes.values() if "boxes2d" in self.outputs else ():
            self.boxes.update(box.actor_class for box in boxes if box.visible is not None)

    def words(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "totals": dict(self.totals),
            "cuboids": dict(self.cuboids),
            "boxes": dict(self.boxes),
            "tracks": dict(Counter(self.actors.values())),
        }
