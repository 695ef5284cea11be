"""What a sweep looks like: each point where it is, in the colour that was asked for."""

import numpy as np
import pytest

from renderers.frames import Cause, LidarSweep
from renderers.lidar import scan
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTICS
from sim.app.lidar_pictures import CAUSES, COLORINGS, colors_of, range_image, sweep_sheet, top_view
from tests.support.small_stage import Mover, block, mounted, plain, small_stage, wall


def street(model: str) -> LidarSweep:
    car = Mover(block((4.0, 2.0, 1.6), "concrete", "car"), (10.0, 5.0, 0.0))
    return scan(small_stage([plain(), wall(30.0)], [car]), "top", mounted(model), 500_000_000)


def test_every_cause_and_class_has_a_colour_of_its_own() -> None:
    assert set(CAUSES) == set(Cause) and len(set(CAUSES.values())) == len(Cause)
    sweep = street("VLP-16")
    car = next(s for s in SEMANTICS if s.name == "car")
    assert (colors_of(sweep, "class")[sweep.instance == 2] == np.maximum(car.color, 40)).all()


def test_a_car_ahead_on_the_left_is_there_in_both_pictures() -> None:
    sweep = street("VLP-16")
    color = colors_of(sweep, "class")[sweep.instance == 2][0]
    above = (top_view(sweep, "class", 400, 20.0) == color).all(axis=2)
    row, column = np.argwhere(above).mean(axis=0)
    assert 200 - 13 * 10 < row < 200 - 7 * 10 and 200 - 7 * 10 < column < 200 - 3 * 10  # 10 px are a metre
    ahead = (range_image(sweep, "class", 720) == color).all(axis=2)
    assert 360 - 2 * 45 < np.argwhere(ahead)[:, 1].mean() < 360 - 2 * 15  # 2 px are a degree


@pytest.mark.parametrize("model", ["Mid-40", "Flash"])
@pytest.mark.parametrize("by", COLORINGS)
def test_sweeps_that_are_no_turn_are_drawn_too(model: str, by: str) -> None:
    picture = sweep_sheet(street(model), by, 400)
    assert picture.shape[1] == 400 and (picture.max(axis=2) > 60).sum() > 500


@pytest.mark.parametrize(("model", "more"), [("Flash", {}), ("OS1-32", {"columns": 512})])
def test_a_wall_has_no_stripes_where_beams_stand_wider_than_columns(model: str, more: dict[str, int]) -> None:
    sweep = scan(
        small_stage([plain(), wall(6.0)]),
        "top",
        Lidar[float].model_validate({"mount": {"z": 1.8}, "model": model} | more),
        500_000_000,
    )
    picture = range_image(sweep, "class", 1400)
    middle = picture[picture.shape[0] // 2, 600:800].max(axis=1)
    assert (middle > 20).mean() > 0.99
