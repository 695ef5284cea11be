"""A clip and its samples without some of the rig's cameras.  Labels floor.

Pictures and what is labelled in them go; what is said of the world (cuboids with their visible share, points, maps)
stays as the whole rig saw it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from labelers.records import Sample
from scenarios.resolved import Concrete

T = TypeVar("T")


def rig_without(concrete: Concrete, left_out: Collection[str]) -> Concrete:
    """The clip's facts as if the rig had never had these cameras."""
    rig = concrete.rig
    return replace(concrete, rig=rig.model_copy(update={"cameras": _others(rig.cameras, left_out)}))


def sample_without(sample: Sample, left_out: Collection[str]) -> Sample:
    """The sample without these cameras; one that is left out cannot be missing either."""
    if not left_out:
        return sample
    labels = sample.labels
    tags = dict(labels.tags)
    missing = [name for name in str(tags.pop("missing", "")).split(", ") if name and name not in left_out]
    return replace(
        sample,
        cameras=_others(sample.cameras, left_out),
        labels=replace(
            labels,
            boxes=_others(labels.boxes, left_out),
            tags=tags | ({"missing": ", ".join(missing)} if missing else {}),
            image_skeletons=_others(labels.image_skeletons, left_out),
            image_lines=_others(labels.image_lines, left_out),
            drivable=_others(labels.drivable, left_out),
            image_signs=_others(labels.image_signs, left_out),
            free_space=_others(labels.free_space, left_out),
        ),
    )


def _others(by_camera: Mapping[str, T], left_out: Collection[str]) -> dict[str, T]:
    return {name: value for name, value in by_camera.items() if name not in left_out}
