"""Captions and tags of traffic say what the cuboids and the world say.  Labels floor."""

import math
from collections.abc import Iterator

import numpy as np
import shapely

from labelers.geometry import world_from_cuboid
from labelers.proofs.shared import Violation, place_of
from labelers.records import Cuboid, Sample
from scenarios.taxonomy import PEOPLE
from sim.trace import WorldTrace

RULE = "captions"
NEAR_M = 50.0
SLACK_S, STEP_S, LONGEST_S = 0.02, 0.1, 5.0
SAME, GRAZED_M = 1e-6, 1e-3


def captions(sample: Sample) -> Iterator[Violation]:
    """Counts, the nearest, the speed and the grade of criticality; and the caption's own numbers."""
    tags, place = sample.labels.tags, place_of(sample, "caption")
    if "caption" not in tags:
        return
    near = [c for c in sample.labels.cuboids if c.distance_m <= NEAR_M]
    speed = float(np.linalg.norm(sample.ego_velocity_mps))
    meant = {
        "near_actors": float(len(near)),
        "near_people": float(sum(c.actor_class in PEOPLE for c in near)),
        "ego_speed_mps": speed,
    }
    for name, value in meant.items():
        if abs(float(tags.get(name, math.nan)) - value) > SAME or name not in tags:
            yield Violation(RULE, place, f"{name} is {tags.get(name)}, {value:g} by the labels")
    words = str(tags["caption"])
    if speed > 1.0 and f"{3.6 * speed:.0f} km/h" not in words:
        yield Violation(RULE, place, f"it does not say {3.6 * speed:.0f} km/h: {words}")
    if near:
        nearest = min(near, key=lambda c: c.distance_m)
        if tags.get("nearest") not in {c.name for c in near if c.distance_m < nearest.distance_m + SAME}:
            yield Violation(RULE, place, f"the nearest is {nearest.name}, not {tags.get('nearest')}")
        kinds = {c.actor_class.replace("_", " ").split()[-1][:4] for c in near}
        if f"{nearest.distance_m:.0f} m away" not in words or any(kind not in words for kind in kinds):
            yield Violation(RULE, place, f"it leaves out who is near: {words}")
    ttc = float(tags.get("ttc_s", math.inf))
    grade = "critical" if ttc < 1.5 else "tight" if ttc < 3.0 else "calm"
    if tags.get("criticality") != grade or (grade == "calm") != ("it meets" not in words):
        yield Violation(RULE, place, f"criticality {tags.get('criticality')} at {ttc:.2f} s: {words}")


def collisions(sample: Sample, trace: WorldTrace) -> Iterator[Violation]:
    """Moved on straight, nobody touches the ego before the stated time, and the stated one does then."""
    tags = sample.labels.tags
    if "caption" not in tags:
        return
    place = place_of(sample, "caption")
    ttc = float(tags.get("ttc_s", math.inf))
    actor = trace.actors[trace.index("ego")]
    forward = sample.world_from_ego[:2, 0] / np.linalg.norm(sample.world_from_ego[:2, 0])
    own = _outline(sample.world_from_ego[:2, 3], forward, actor.size_m)
    reach_m = 0.5 * math.hypot(*actor.size_m[:2])
    near = [c for c in sample.labels.cuboids if c.distance_m <= NEAR_M]
    if math.isfinite(ttc):
        named = [c for c in near if c.name == tags.get("ttc_actor")]
        # Who only grazes a corner is past it at once: there and then a millimetre decides.
        then = ((ttc + SLACK_S, 0.0), (ttc, GRAZED_M))
        if not any(
            _touch(sample, own, reach_m, c, time_s, grown_m) for c in named for time_s, grown_m in then
        ):
            yield Violation(RULE, place, f"{tags.get('ttc_actor')} does not touch the ego in {ttc:.2f} s")
    for time_s in np.arange(0.0, min(ttc - SLACK_S, LONGEST_S), STEP_S):
        for cuboid in near:
            if _touch(sample, own, reach_m, cuboid, float(time_s), -1e-3):
                yield Violation(
                    RULE, place, f"{cuboid.name} touches the ego in {time_s:.1f} s, before {ttc:.2f} s"
                )
                return


def _outline(
    centre: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    forward: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    size_m: tuple[float, float, float],
) -> shapely.Polygon:
    side = np.array((-forward[1], forward[0]))
    long, wide = 0.5 * size_m[0] * forward, 0.5 * size_m[1] * side
    return shapely.Polygon(
        [centre + long + wide, centre + long - wide, centre - long - wide, centre - long + wide]
    )


def _touch(
    sample: Sample, own: shapely.Polygon, reach_m: float, cuboid: Cuboid, time_s: float, grown_m: float
) -> bool:
    """Whether a cuboid, moved on and grown, meets the ego, whose corners are `reach_m` from its centre."""
    way = (cuboid.velocity_mps - sample.ego_velocity_mps)[:2] * time_s
    away_m = math.dist(cuboid.centre_m[:2] + way, sample.world_from_ego[:2, 3])
    # Most are far off at most times: no outlines are asked whose corners cannot meet.
    if away_m > reach_m + 0.5 * math.hypot(*cuboid.size_m[:2]) + GRAZED_M:
        return False
    pose = world_from_cuboid(cuboid)
    forward = pose[:2, 0] / np.linalg.norm(pose[:2, 0])
    other = _outline(cuboid.centre_m[:2] + way, forward, cuboid.size_m)
    return bool(own.intersects(other.buffer(grown_m) if grown_m else other))
