"""Faults hide, move and lose what they say, and leave the truth beside it as it is."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from labelers.label import label
from renderers.camera import render
from renderers.faults import ActiveFaults, window_of
from renderers.frames import CameraFrame, LidarSweep
from renderers.lidar import scan
from renderers.lidar_models import lidar_model
from renderers.optics import mount_matrix
from renderers.stage import Stage
from scenarios.resolved import Concrete
from scenarios.schema import Camera, Capture, Fault
from tests.support.small_stage import Mover, block, mounted, plain, small_stage, wall

CAMERA = Camera[float].model_validate(
    {"mount": {"x": 0.5, "z": 1.4}, "width": 320, "height": 200, "fov": 1.2}
)  # fmt: skip
TIME_NS = 500_000_000
TRUTH = ("instance", "semantic", "depth_m", "transmittance")


def stage() -> Stage:
    made = small_stage([plain(), wall(40.0), wall(-40.0)], [Mover(block((4.0, 1.8, 1.5)), (12.0, 2.0, 0.0))])
    told = SimpleNamespace(seed=1, sample=0, scenario=SimpleNamespace(actors={}, capture=Capture[float]()))
    made.trace = replace(made.trace, concrete=cast(Concrete, told))
    return made


def faults(*words: dict[str, Any], sensor: str = "cam", seed: int = 7, at_s: float = 0.5) -> ActiveFaults:
    """The faults of a sensor as a scenario says them, at an instant."""
    listed = [Fault[float, str].model_validate(word) for word in words]
    concrete = SimpleNamespace(seed=seed, sample=0, scenario=SimpleNamespace(faults={sensor: listed}))
    return ActiveFaults.at(cast(Concrete, concrete), sensor, round(at_s * 1e9))


def exposed(active: ActiveFaults | None = None) -> CameraFrame:
    return render(stage(), "cam", CAMERA, TIME_NS, faults=active)


def swept(active: ActiveFaults | None = None) -> LidarSweep:
    return scan(stage(), "top", mounted("HDL-32E"), TIME_NS, faults=active)


# ---------------------------------------------------------------------------------------------------------- cameras
@pytest.mark.parametrize("side", ["left", "right", "top", "bottom", "centre"])
def test_a_blocked_window_hides_its_share_on_its_side_and_no_truth(side: str):
    clean, dirty = exposed(), exposed(faults({"blocked": {"side": side, "share": 0.3}}))
    assert dirty.window is not None and clean.window is None
    assert np.mean(dirty.window < 0.5) == pytest.approx(0.3, abs=0.04)
    ys, xs = np.nonzero(dirty.window < 0.5)
    centre = {"left": xs < 200, "right": xs > 120, "top": ys < 130, "bottom": ys > 70}.get(
        side, np.hypot(xs - 160, ys - 100) < 110
    )
    assert np.mean(centre) > 0.95
    # Opaque in the middle of the cover, untouched far from it, soft in between.
    assert dirty.image[dirty.window < 0.02].mean() < 0.35 * clean.image[dirty.window < 0.02].mean()
    assert 0.03 < np.mean((dirty.window > 0.05) & (dirty.window < 0.95)) < 0.35
    for name in TRUTH:
        assert getattr(dirty, name).tobytes() == getattr(clean, name).tobytes()


def test_dirt_covers_its_share_dims_and_blurs():
    clean, dirty = exposed(), exposed(faults({"dirt": {"cover": 0.4, "size": 30}}))
    assert dirty.window is not None
    assert np.mean(dirty.window < 0.97) == pytest.approx(0.4, abs=0.2)
    assert dirty.window.min() > 0.3  # dried splashes are no mud
    window = window_of(faults({"dirt": {"cover": 0.4, "size": 30}}), dirty.model)
    assert window is not None
    spots, rest = window.clear < 0.7, window.clear > 0.999
    noise = np.random.default_rng(1).uniform(0.0, 2.0, (*spots.shape, 3)).astype(np.float32)
    seen = window.seen_through(noise)
    assert seen[spots].std() < 0.75 * noise[spots].std()  # fine detail is washed out
    assert seen[spots].mean() < 0.97 * noise[spots].mean()
    assert np.allclose(seen[rest], noise[rest], atol=0.02)
    for name in TRUTH:
        assert getattr(dirty, name).tobytes() == getattr(clean, name).tobytes()


def test_labels_do_not_know_of_dirt_but_say_how_much_light_came_through():
    world = stage()
    clean = label(world, TIME_NS, {"cam": render(world, "cam", CAMERA, TIME_NS)}, {})
    active = faults({"blocked": {"side": "left", "share": 0.6}})
    hidden = label(world, TIME_NS, {"cam": render(world, "cam", CAMERA, TIME_NS, faults=active)}, {})
    (one,), (other,) = clean.boxes["cam"], hidden.boxes["cam"]
    assert one.window == 1.0 and other.window < 0.6  # the car stands to the left
    for name in ("visible", "amodal", "visible_px", "occlusion", "transmittance"):
        assert getattr(one, name) == getattr(other, name)
    assert clean.cuboids[0].visible_fraction == hidden.cuboids[0].visible_fraction


def test_patterns_are_the_same_in_every_frame_and_differ_by_seed_and_sensor():
    words = {"dirt": {"cover": 0.3}}
    one = exposed(faults(words)).window
    later = render(stage(), "cam", CAMERA, TIME_NS + 100_000_000, faults=faults(words, at_s=0.6)).window
    assert one is not None and later is not None and one.tobytes() == later.tobytes()
    for other in (faults(words, seed=8), faults(words, sensor="cam_left")):
        window = exposed(other).window
        assert window is not None and window.tobytes() != one.tobytes()


def test_a_fault_begins_and_ends_when_it_says():
    words = {"blocked": {"share": 0.3}, "at": 1.0, "until": 2.0}
    kinds = [faults(words, at_s=t).words for t in (0.99, 1.0, 1.99, 2.0)]
    assert kinds == ["", "blocked", "blocked", ""]


def test_a_camera_that_was_knocked_sees_from_where_it_is_and_states_where_it_should_be():
    active = faults({"miscalibrated": {"yaw": 0.05, "z": 0.1}})
    frame, clean = exposed(active), exposed()
    stated = mount_matrix(CAMERA.mount, optical=True)
    assert np.array_equal(frame.calibration, stated) and np.array_equal(clean.calibration, stated)
    assert not np.allclose(frame.ego_from_camera, stated)
    assert frame.world_from_camera[2, 3] == pytest.approx(1.5)
    # The picture turned right by 0.05 rad times the focal length: labels in the image follow it.
    world = stage()
    boxes = [label(world, TIME_NS, {"cam": f}, {}).boxes["cam"][0].visible for f in (clean, frame)]
    assert boxes[0] is not None and boxes[1] is not None
    focal = float(frame.model.matrix[0, 0])
    assert boxes[1][0] - boxes[0][0] == pytest.approx(0.05 * focal, rel=0.15)
    again = exposed(faults())
    assert again.image.tobytes() == clean.image.tobytes()


def test_frames_drop_by_their_share_each_by_its_own_draw():
    some = faults({"dropped_frames": {"share": 0.25}})
    times = [k * 100_000_000 for k in range(800)]
    dropped = [some.drops(t) for t in times]
    assert np.mean(dropped) == pytest.approx(0.25, abs=0.05)
    assert dropped == [some.drops(t) for t in times]
    assert not any(faults({"dropped_frames": {"share": 0.0}}).drops(t) for t in times)
    assert all(faults({"dropped_frames": {"share": 1.0}}).drops(t) for t in times)


# ----------------------------------------------------------------------------------------------------------- lidars
def points(sweep: LidarSweep) -> dict[tuple[int, int], bytes]:
    """Every point by (ring, time): what it says."""
    rows = np.column_stack([sweep.xyz_m, sweep.intensity, sweep.instance])
    keys = zip(sweep.ring.tolist(), sweep.offset_ns.tolist(), strict=True)
    return {key: row.tobytes() for key, row in zip(keys, rows, strict=True)}


def test_dead_beams_return_nothing_and_the_others_what_they_always_did():
    clean = swept()
    dead = swept(faults({"dead_beams": {"rings": [3, 17]}}, sensor="top"))
    expected = {key: row for key, row in points(clean).items() if key[0] not in (3, 17)}
    assert points(dead) == expected
    assert dead.lost["dead"] == 2 * lidar_model("HDL-32E").steps
    assert dead.fired == clean.fired == len(dead.ring) + sum(dead.lost.values())
    share = swept(faults({"dead_beams": {"share": 0.25}}, sensor="top"))
    assert share.lost["dead"] == 8 * lidar_model("HDL-32E").steps


def test_a_covered_sector_of_a_lidar_is_empty():
    clean = swept()
    blocked = swept(faults({"blocked": {"side": "left", "share": 0.25}}, sensor="top"))

    def in_sector(sweep: LidarSweep, half_rad: float) -> int:
        azimuth = np.arctan2(sweep.raw_xyz_m[:, 1], sweep.raw_xyz_m[:, 0])
        return int(np.count_nonzero(np.abs(azimuth - 0.5 * np.pi) < half_rad))

    assert in_sector(clean, 0.25 * np.pi) > 1000
    assert in_sector(blocked, 0.25 * np.pi - 0.01) == 0
    assert blocked.lost["blocked"] == pytest.approx(0.25 * blocked.fired, rel=0.02)
    # What is left is what was there, but for the few beams at the cover's soft edge.
    before, after = points(clean), points(blocked)
    assert set(after) <= set(before)
    assert sum(before[key] != row for key, row in after.items()) < 0.05 * len(after)
    assert blocked.fired == len(blocked.ring) + sum(blocked.lost.values())


def test_a_lidar_that_was_knocked_measures_in_its_own_frame():
    sweep = swept(faults({"miscalibrated": {"yaw": 0.1}}, sensor="top"))
    assert np.array_equal(sweep.calibration, mount_matrix(mounted("HDL-32E").mount, optical=False))
    true = sweep.world_from_lidar
    assert np.arctan2(true[1, 0], true[0, 0]) == pytest.approx(0.1)
    # The wall at x = 40 m: in the true frame points lie on it, in the stated one they do not.
    far = np.abs(sweep.range_m * 1.0) > 35.0
    world = sweep.xyz_m[far] @ true[:3, :3].T + true[:3, 3]
    front = world[:, 0] > 39.0
    assert front.sum() > 100 and np.abs(world[front, 0] - 40.0).max() < 0.3


def test_cracks_run_from_the_chip_as_far_as_they_reach_and_leave_truth_alone():
    clean, short, long = (
        exposed(),
        exposed(faults({"cracked": {"lines": 6, "reach": 0.1}})),
        exposed(faults({"cracked": {"lines": 6, "reach": 0.8}})),
    )
    assert short.window is not None and long.window is not None
    broken = [float(np.mean(frame.window < 0.9)) for frame in (short, long)]
    assert 0.0 < broken[0] < broken[1] < 0.35
    assert np.median(long.window) > 0.98
    hurt = long.window < 0.8
    assert np.abs(long.image.astype(int) - clean.image)[hurt].mean() > 5.0
    for name in ("instance", "semantic", "depth_m"):
        assert getattr(long, name).tobytes() == getattr(clean, name).tobytes()
    again = exposed(faults({"cracked": {"lines": 6, "reach": 0.8}}))
    assert again.window.tobytes() == long.window.tobytes()
