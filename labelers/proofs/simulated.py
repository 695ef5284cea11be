"""Labels are those of the simulated world that a dataset keeps beside them.  Labels floor."""

from collections.abc import Iterator

import numpy as np

from labelers.proofs.shared import Violation, place_of
from labelers.records import Sample
from labelers.tags import frame_tags
from sim.trace import WorldTrace

SAME_M = 1e-6  # places and velocities are written as they are
SAME_RAD = 1e-9
ENVELOPE_M = 0.02  # boxes are the meshes', envelopes the models', which agree to a centimetre on each side


def simulated(sample: Sample, trace: WorldTrace) -> Iterator[Violation]:
    """Whoever is there has a cuboid and nobody else; places, turns, speeds, names and weather are the world's.

    What this sees and no other rule can: a yaw off by half a turn, all labels late by one and the same frame, the ego's
    pose wrong together with everything else, a number that passes from one actor to another.
    """
    instant = trace.at(sample.time_ns)
    place = place_of(sample)
    ego = trace.index("ego")
    gap = float(np.abs(sample.world_from_ego - instant.world_from_actor(ego)).max())
    if gap > SAME_M:
        yield Violation("world", place, f"the ego's pose is {gap:.3g} off the world's")
    if float(np.abs(sample.ego_velocity_mps - instant.velocity_mps[ego]).max()) > SAME_M:
        yield Violation("world", place, "the ego's velocity is not the world's")
    present = {
        actor.instance_id: column
        for column, actor in enumerate(trace.actors)
        if instant.present[column] and not actor.is_ego
    }
    given = [cuboid.instance_id for cuboid in sample.labels.cuboids]
    for number in sorted(set(given)):
        if given.count(number) > 1:
            yield Violation("world", place_of(sample, number), f"{given.count(number)} cuboids of one actor")
        if number not in present:
            yield Violation("world", place_of(sample, number), "a cuboid of nobody who is there")
    for number in sorted(present.keys() - set(given)):
        name = trace.actors[present[number]].name
        yield Violation("world", place_of(sample, number), f"{name} is there and has no cuboid")
    for cuboid in sample.labels.cuboids:
        column = present.get(cuboid.instance_id)
        if column is None:
            continue
        actor = trace.actors[column]
        told = place_of(sample, cuboid.instance_id)
        if (cuboid.name, cuboid.model, cuboid.actor_class) != (actor.name, actor.model, actor.actor_class):
            yield Violation(
                "world", told, f"{cuboid.name}, a {cuboid.model}, is {actor.name}, a {actor.model}"
            )
        if np.any(np.subtract(cuboid.size_m, actor.size_m) > ENVELOPE_M):
            yield Violation("world", told, f"size {cuboid.size_m} is more than it ever takes, {actor.size_m}")
        away = float(np.linalg.norm(cuboid.origin_m - instant.position_m[column]))
        if away > SAME_M:
            yield Violation("world", told, f"stands {away:.3f} m from where it is")
        turned = np.asarray(cuboid.rotation_rad) - instant.rotation_rad[column]
        wrong = float(np.abs((turned + np.pi) % (2 * np.pi) - np.pi).max())
        if wrong > SAME_RAD:
            yield Violation("world", told, f"is turned by {np.degrees(wrong):.3f} degrees")
        if abs(cuboid.acceleration_mps2 - float(instant.acceleration_mps2[column])) > SAME_M:
            yield Violation("world", told, "the acceleration is not the world's")
        if float(np.abs(cuboid.velocity_mps - instant.velocity_mps[column]).max()) > SAME_M:
            yield Violation(
                "world", told, f"velocity {cuboid.velocity_mps} is {instant.velocity_mps[column]}"
            )
    weather = frame_tags(trace.weather.at(sample.time_ns))
    for name in sorted(weather.keys() - {"missing"}):
        if sample.labels.tags.get(name) != weather[name]:
            fact = f"{name} is {sample.labels.tags.get(name)!r}, and {weather[name]!r} in the world"
            yield Violation("world", place, fact)
