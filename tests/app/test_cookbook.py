"""Every recipe of the cookbook is a file that loads, happens, and does what its heading says."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import scenarios
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, draw
from scenarios.suite import load_suite
from sim.simulate import simulate
from sim.trace import WorldTrace
from sim.verdict import judge

PAGE = (Path(__file__).parents[2] / "docs/cookbook.md").read_text()
FILES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
RECIPES = [name.removesuffix(".scenario.yaml") for name in FILES if name.endswith(".scenario.yaml")]


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all files of the page and the table that one of them reads."""
    folder = tmp_path_factory.mktemp("kitchen")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "speeds.csv").write_text("v\n" + "\n".join(str(30 + k % 17) for k in range(50)) + "\n")
    return folder


def test_there_are_fifteen() -> None:
    headings = re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)
    assert [int(number) for number in headings] == list(range(1, 16))
    assert len(RECIPES) == 14  # the base among them; one recipe is a suite, one is about commands


def passes(trace: WorldTrace, name: str) -> bool:
    return any(event.name == name for event in trace.events)


def slides(concrete: Concrete, trace: WorldTrace) -> bool:
    """On ice a car brakes with a tenth of its weight, whatever its driver asks for."""
    lead = trace.index("lead")
    began_ns = next(event.time_ns for event in trace.events if event.name == "slides")
    first = (trace.time_ns > began_ns + 200_000_000) & (trace.time_ns < began_ns + 1_000_000_000)
    return 0.5 < float(-trace.acceleration_mps2[first, lead].min()) < 1.5


def comes_closer(concrete: Concrete, trace: WorldTrace) -> bool:
    ghost = trace.index("ghost")
    toward = trace.velocity_mps[0, ghost] @ trace.velocity_mps[0, trace.index("ego")]
    return bool(toward < 0.0)


def crosses_in_front(concrete: Concrete, trace: WorldTrace) -> bool:
    """The walker is on the road when the ego comes to the crossing."""
    walker, ego = trace.index("walker"), trace.index("ego")
    apart = np.linalg.norm(trace.position_m[:, walker, :2] - trace.position_m[:, ego, :2], axis=1)
    return bool(apart.min() < 12.0)


DOES: dict[str, Callable[[Concrete, WorldTrace], bool]] = {
    "child": lambda c, t: passes(t, "reveal"),
    "cut_in": lambda c, t: passes(t, "cut_in"),
    "black_ice": slides,
    "lost_cargo": lambda c, t: passes(t, "drop"),
    "meeting": crosses_in_front,
    "measured": lambda c, t: 30 / 3.6 <= float(c.params["pace"]) <= 46 / 3.6,
    "downpour": lambda c, t: c.scenario.world.weather[0].fog is not None,
    "dirty": lambda c, t: set(c.scenario.faults) == {"cam_front", "lidar_top"},
    "wrong_way": comes_closer,
    "covered": lambda c, t: c.params["lamps"] in ("lit", "dark"),
    "expected": lambda c, t: [e.id for e in c.scenario.expect] == ["child_found_in_time", "no_ghosts"],
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_happens_as_it_says(kitchen: Path, recipe: str) -> None:
    file = scenarios.load(kitchen / f"{recipe}.scenario.yaml")
    concrete = next(iter(_legal(file)))
    trace = simulate(concrete)
    assert DOES.get(recipe, lambda c, t: True)(concrete, trace)
    assert judge(trace).broken == ()


def _legal(file: scenarios.ScenarioFile) -> list[Concrete]:
    return list(draw(file, Spread("random", 1, 4)))


def test_the_suite_finds_its_scenarios(kitchen: Path) -> None:
    suite = load_suite(kitchen / "hidden.suite.yaml")
    assert suite.name == "hidden"


def test_rain_hides_more_the_more_it_rains(kitchen: Path) -> None:
    file = scenarios.load(kitchen / "downpour.scenario.yaml")
    drawn = [scenarios.resolve(file, 0, k).params for k in range(200)]
    rain = np.log([float(p["rain"]) for p in drawn])
    visibility = np.log([float(p["visibility"]) for p in drawn])
    assert -0.9 < np.corrcoef(rain, visibility)[0, 1] < -0.6


def test_a_twin_happens_exactly_as_its_base(kitchen: Path) -> None:
    base, fog = (
        simulate(scenarios.resolve(member, 0, 0))
        for member in scenarios.Family.load(kitchen / "twins.scenario.yaml").members(["all"])
    )
    assert np.array_equal(base.position_m, fog.position_m)
    assert fog.weather.at(0).visibility_m < base.weather.at(0).visibility_m


def test_the_lock_of_the_page_is_the_sample(kitchen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(kitchen)
    exec(compile(code, "cookbook", "exec"), {})
