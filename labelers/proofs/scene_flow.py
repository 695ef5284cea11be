"""Points moved by their scene flow are on the same actor a frame later; what stands still has none.  Labels floor."""

from collections.abc import Iterator

import numpy as np

from labelers.geometry import world_from_cuboid
from labelers.proofs.shared import SLACK_M, Violation, in_cuboid_frame, limb_mps, limbed, place_of
from labelers.records import Sample
from scenarios.taxonomy import SEMANTIC_ID

RULE = "scene flow"
AIRBORNE = SEMANTIC_ID["airborne"]
INSIDE = 0.98  # of an actor's points: the rest is noise of range, and limbs
ASKED = 10  # points of an actor
NOISE_M = 0.06
SPEED_MPS = 0.5  # slower than that, ways are shorter than what is allowed for


def scene_flows(before: Sample, after: Sample) -> Iterator[Violation]:
    """Of two neighbouring samples."""
    later = {cuboid.instance_id: cuboid for cuboid in after.labels.cuboids}
    earlier = {cuboid.instance_id: cuboid for cuboid in before.labels.cuboids}
    dt_s = 1e-9 * (after.time_ns - before.time_ns)
    for name, flow in sorted(before.labels.scene_flow.items()):
        sweep, place = before.lidars[name], place_of(before, name)
        if flow.shape != (len(sweep.xyz_m), 3):
            yield Violation(RULE, place, f"{len(flow)} flows for {len(sweep.xyz_m)} points")
            continue
        air = sweep.semantic == AIRBORNE
        if np.isfinite(flow[air]).any() or not np.isfinite(flow[~air]).all():
            yield Violation(RULE, place, "finite flow in the air, or none on a surface")
            continue
        if flow[~air & (sweep.instance == 0)].any():
            yield Violation(RULE, place, "what stands still flows")
        world = sweep.xyz_m @ sweep.world_from_lidar[:3, :3].T + sweep.world_from_lidar[:3, 3]
        for number in np.unique(sweep.instance[(sweep.instance > 0) & ~air]).tolist():
            mine = (sweep.instance == number) & ~air
            cuboid, old = later.get(number), earlier.get(number)
            if cuboid is None or old is None or np.count_nonzero(mine) < ASKED:
                continue
            # A point's own time is not the sweep's: its actor is that much further on at both ends.
            ends = world[mine] + flow[mine] - (1e-9 * sweep.offset_ns[mine])[:, None] * cuboid.velocity_mps
            local = in_cuboid_frame(ends, world_from_cuboid(cuboid))
            speed = float(np.linalg.norm(cuboid.velocity_mps))
            swing = limb_mps(cuboid) * dt_s if limbed(cuboid) else 0.0
            half = 0.5 * np.asarray(cuboid.size_m) + SLACK_M + NOISE_M + 0.01 * speed + swing
            share = float((np.abs(local) <= half).all(axis=1).mean())
            if share < INSIDE:
                yield Violation(
                    RULE, place_of(before, name, number), f"{100 * share:.0f} % of its points end in its box"
                )
            if max(speed, float(np.linalg.norm(old.velocity_mps))) > SPEED_MPS:
                mean = flow[mine].mean(axis=0)
                way = 0.5 * (cuboid.velocity_mps + old.velocity_mps) * dt_s
                off = float(np.linalg.norm(mean - way))
                if off > 0.1 + 0.25 * float(np.linalg.norm(way)):
                    yield Violation(RULE, place_of(before, name, number), f"flows {off:.2f} m beside its way")
