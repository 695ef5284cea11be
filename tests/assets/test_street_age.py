"""Asphalt of several ages: stated or drawn, and unpatched while it is new."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from renderers.materials import MATERIAL_ID
from renderers.stage import static_set
from renderers.street_age import AGES, age_of
from scenarios import load_text, resolve
from scenarios.resolved import Concrete
from sim.simulate import simulate

SCENARIO = """\
scenario: age
world:
  clock: {{sun: {{elevation: 40 deg, azimuth: 180 deg}}}}
  road: {{preset: urban_street, length: 120 m, surroundings: suburb{}}}
actors:
  ego: {{model: car.sedan, start: {{lane: right, s: 20 m}}}}
capture: {{duration: 0.1 s, rate: 10 Hz}}
"""


def sample(age: str = "", seed: int = 0, number: int = 0) -> Concrete:
    word = f", asphalt: {age}" if age else ""
    return resolve(load_text(SCENARIO.format(word), Path("age.scenario.yaml")), seed, number)


@pytest.mark.parametrize("age", AGES)
def test_a_stated_age_is_what_the_road_is_made_of(age: str) -> None:
    mesh = static_set(simulate(sample(age))).mesh
    corners = mesh.vertices_m[mesh.triangles].astype(np.float64)
    area = 0.5 * np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )

    def square_metres(name: str) -> float:
        return float(area[mesh.material == MATERIAL_ID[name]].sum())

    assert square_metres(AGES[age][0]) > 120 * 6
    others = [material for other, (material, _) in AGES.items() if other != age]
    assert sum(square_metres(material) for material in others) < 60  # patches
    if age == "new":
        assert square_metres("tar") < 1.0  # around covers


def test_ages_are_drawn_as_often_as_they_are_met() -> None:
    drawn = Counter(age_of(sample(seed=seed)) for seed in range(300))
    for age, (_, share) in AGES.items():
        assert drawn[age] / 300 == pytest.approx(share, abs=0.08)
    assert len({age_of(sample(number=number)) for number in range(20)}) > 1
