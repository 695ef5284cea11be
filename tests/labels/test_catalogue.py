"""The labels of every shipped scenario pass every proof: frames in the middle of the clip, tracks around it.

`make test` takes every other story.  Houses and trees take most of the time and carry no labels, so they stand around
one of each kind of place only; `make proof` takes all stories and puts them around all.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import scenarios
from labelers.label import label
from labelers.records import Sample
from labelers.verify import check_samples
from renderers.stage import Stage
from sim.app.clip import ClipPlan, render_sample
from sim.simulate import simulate
from tests.support.proof import WHOLE

CATALOGUE = Path(scenarios.__file__).parent / "catalogue"
NAMES = sorted(path.name.removesuffix(".scenario.yaml") for path in CATALOGUE.glob("*.scenario.yaml"))
SMALL = (
    "rig.cameras.cam_front.width=320",
    "rig.cameras.cam_front.height=180",
    "rig.lidars.lidar_top.model=VLP-16",
)
BARE = "world.road.surroundings=bare"
WINDOW = 10  # samples before and after the middle of a clip whose tracks are proved; all in `make proof`
# A town, a motorway, a country road with its woods, and a junction of a map.
FURNISHED = {"child_behind_van", "highway_cutin_fog", "deer_snow", "town_crossing"}
PROVED = [name for k, name in enumerate(NAMES) if WHOLE or k % 2 == 0 or name in FURNISHED]


def bare(sample: Sample, stage: Stage, times_ns: tuple[int, ...]) -> Iterator[Sample]:
    """Every sample of the clip without its frames: where everybody is, and how fast."""
    for index, time_ns in enumerate(times_ns):
        yield replace(
            sample,
            index=index,
            time_ns=time_ns,
            cameras={},
            lidars={},
            labels=label(stage, time_ns, {}, {}),
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", PROVED)
def test_labels_of_the_catalogue_are_proved(name: str) -> None:
    sets = SMALL if WHOLE or name in FURNISHED else (*SMALL, BARE)
    concrete = scenarios.resolve(scenarios.load(CATALOGUE / f"{name}.scenario.yaml", sets), seed=1)
    stage = Stage(simulate(concrete))
    road = stage.trace.road
    times_ns = ClipPlan.of(concrete).times_ns
    middle = len(times_ns) // 2
    sample = render_sample(stage, concrete.clip_id, middle, times_ns[middle])

    ground = road.height
    assert sample.labels.boxes["cam_front"]
    assert check_samples([sample], ground) == []
    # A ball that is kicked, falls off a kerb or meets one changes its speed at once: tests/world hold it to mechanics.
    balls = tuple(f"/{a.instance_id}" for a in stage.trace.actors if a.actor_class == "ball")
    around = times_ns if WHOLE else times_ns[max(middle - WINDOW, 0) : middle + WINDOW]
    found = check_samples(bare(sample, stage, around), ground)
    assert [v for v in found if not (balls and v.place.endswith(balls))] == []


@pytest.mark.slow
def test_labels_of_four_fisheyes_are_proved() -> None:
    small = [
        f"rig.cameras.{name}.{side}"
        for name in ("fish_front", "fish_left", "fish_right", "fish_back")
        for side in ("width=320", "height=240")
    ]
    words = ("actors.ego.rig=fisheye_surround", *small, *SMALL[:2], *(() if WHOLE else (BARE,)))
    concrete = scenarios.resolve(scenarios.load(CATALOGUE / "child_behind_van.scenario.yaml", words), seed=1)
    stage = Stage(simulate(concrete))
    times_ns = ClipPlan.of(concrete).times_ns
    middle = len(times_ns) // 2
    sample = render_sample(stage, concrete.clip_id, middle, times_ns[middle])
    assert sum(bool(boxes) for boxes in sample.labels.boxes.values()) >= 4
    # A roof's lidar looks behind the car that fills a fisheye below the mirror: fewer than half of its points agree.
    assert [v for v in check_samples([sample]) if not v.fact.endswith("points agree")] == []


def test_the_furnished_places_are_of_the_catalogue() -> None:
    assert set(NAMES) >= FURNISHED


@pytest.mark.slow
def test_labels_of_a_rolling_shutter_are_proved() -> None:
    words = (*SMALL, "rig.cameras.cam_front.readout=30 ms")
    concrete = scenarios.resolve(scenarios.load(CATALOGUE / "town_crossing.scenario.yaml", words), seed=0)
    stage = Stage(simulate(concrete))
    sample = render_sample(stage, concrete.clip_id, 0, 2_000_000_000)
    assert sample.labels.boxes["cam_front"] and sample.cameras["cam_front"].rows is not None
    assert check_samples([sample]) == []
    # The same picture with the poses of its rows forgotten is found out.
    flat = replace(sample.cameras["cam_front"], rows=None)
    assert check_samples([replace(sample, cameras={"cam_front": flat})]) != []
