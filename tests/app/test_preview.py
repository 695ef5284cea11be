"""`stormlane preview`: which sample of a scenario it shows."""

from pathlib import Path

from sim.app.catalogue import find_scenario
from sim.app.preview import Moment
from sim.simulate import simulate
from sim.verdict import judge


def test_a_preview_shows_the_first_sample_that_is_valid() -> None:
    told: list[str] = []
    story = find_scenario(Path("dog_between_cars_snow"))
    assert judge(simulate(Moment(sample=0).of(story))).broken
    shown = Moment(tell=told.append).of(story)
    assert shown.sample > 0
    assert not judge(simulate(shown)).broken
    assert told == [f"dog_between_cars_snow: sample {shown.sample}, the first that is valid"]
    assert Moment(sample=0).of(story).sample == 0
