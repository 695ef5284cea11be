"""All proofs over samples as a reader of a dataset gets them.  Labels floor.

Each rule returns its violations; none of them trusts the code that made the labels.  Numbers are in docs/labels.md.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from labelers.proofs.captions import captions, collisions
from labelers.proofs.depth import depth_in_cuboids
from labelers.proofs.flow import flows
from labelers.proofs.flow_3d import flows_in_space
from labelers.proofs.image import cuboid_boxes, fractions, visible_boxes
from labelers.proofs.keypoints import image_skeletons, rigid_skeletons, skeletons_in_cuboids
from labelers.proofs.lines import drivable, image_lines, lines_on_ground, same_lines
from labelers.proofs.maps import birdseye_maps, free_spaces, voxels
from labelers.proofs.navigation import inertial, satellites
from labelers.proofs.points import points_in_cuboids, points_in_depth
from labelers.proofs.radars import radar_detections
from labelers.proofs.scene_flow import scene_flows
from labelers.proofs.shared import Violation
from labelers.proofs.signs import image_signs, lenses, same_signs
from labelers.proofs.silhouettes import amodal_masks, contrasts, detections
from labelers.proofs.simulated import simulated
from labelers.proofs.world import Ground, feet, taxonomy, tracks
from labelers.records import Sample
from sim.trace import WorldTrace

RULES: dict[str, str] = {
    "visible box": "boxes are the exact bounds of the masks, areas their pixels",
    "fractions": "visible is part of unoccluded; occlusion, truncation and transmittance are shares",
    "cuboid box": "the projected cuboid encloses the silhouette",
    "amodal mask": "it holds the visible mask, has the stated pixels; occluders are what stands in front of it",
    "contrast": "contrasts are the picture's, and what is detectable follows from them",
    "depth": "pixels of an actor unproject into its cuboid, those of others do not",
    "points": "points of an actor lie in its cuboid; stated counts are those of a recount",
    "points in depth": "lidar points lie where the cameras see something",
    "taxonomy": "classes are known, sizes positive, pixels and points carry their actor's class",
    "feet": "whoever stands, stands on the ground",
    "tracks": "classes and sizes stay, places change as the velocities say",
    "flow": "flow of standing things follows from depth and poses, that of an actor ends on it",
    "flow in space": "points moved by it are seen where optical flow has them, and on their actor",
    "key points": "they lie in their cuboid, on rigid bones, and in images where cameras and planes put them",
    "lane lines": "they lie on the ground, stay the same, and are in images where cameras have them",
    "drivable": "its pixels show ground inside lanes for vehicles",
    "signs": "they are where pixels show them, look as stated, and lit lenses shine in pictures",
    "bird's-eye map": "actors cover their rectangles, and the roadway is drivable",
    "free space": "columns end at the first thing above the ground, as far as it is",
    "occupancy": "what beams and pixels meet is in occupied cubes that they observe",
    "scene flow": "moved by it, points are on their actor a frame later",
    "captions": "their counts, distances and times to collision are those of the labels",
    "radar": "detections lie on what they are said to come from, and move with it",
    "inertial": "readings add up to the ego's way, and their errors are those of their grade",
    "satellites": "fixes are as near the antenna as ranges and geometry let them",
    "world": "everybody who is there is labelled, where the simulated world has him",
}


def check_samples(
    samples: Iterable[Sample], ground: Ground | None = None, trace: WorldTrace | None = None
) -> list[Violation]:
    """All violations of a sequence of samples (of any number of clips, of one where a `trace` is given)."""
    found: list[Violation] = []
    before: Sample | None = None
    for sample in samples:
        found += check_sample(sample, ground, trace)
        if before is not None and before.clip == sample.clip:
            found += check_pair(before, sample)
        before = sample
    return found


def check_pair(before: Sample, after: Sample) -> list[Violation]:
    """All violations of two neighbouring samples of a clip."""
    found = [
        *tracks(before, after),
        *rigid_skeletons(before, after),
        *same_lines(before, after),
        *same_signs(before, after),
    ]
    if after.index == before.index + 1:
        found += scene_flows(before, after)
        for name in sorted(before.cameras):
            found += flows(before, after, name)
            found += flows_in_space(before, after, name)
    return found


def check_sample(
    sample: Sample, ground: Ground | None = None, trace: WorldTrace | None = None
) -> list[Violation]:
    """All violations of one sample; of the ground and the simulated world only where they are given."""
    found = [
        *taxonomy(sample),
        *feet(sample, ground),
        *skeletons_in_cuboids(sample),
        *detections(sample),
        *lines_on_ground(sample, ground),
        *lenses(sample),
        *birdseye_maps(sample),
        *captions(sample),
        *voxels(sample),
    ]
    if trace is not None:
        found += simulated(sample, trace)
        found += collisions(sample, trace)
        for name in sorted(sample.cameras):
            found += drivable(sample, name, trace)
    for name in sorted(sample.cameras):
        for rule in (
            visible_boxes,
            fractions,
            cuboid_boxes,
            amodal_masks,
            contrasts,
            depth_in_cuboids,
            image_skeletons,
            image_lines,
            image_signs,
            free_spaces,
        ):
            found += rule(sample, name)
    for name in sorted(sample.radars):
        found += radar_detections(sample, name, trace)
    for name in sorted(sample.imus):
        found += inertial(sample, name, trace)
    for name in sorted(sample.gnss):
        found += satellites(sample, name, trace)
    for name in sorted(sample.lidars):
        found += points_in_cuboids(sample, name)
        for camera in sorted(sample.cameras):
            found += points_in_depth(sample, name, camera)
    return found


def summary(violations: Sequence[Violation]) -> dict[str, int]:
    """Number of violations by rule."""
    return dict(sorted(Counter(violation.rule for violation in violations).items()))
