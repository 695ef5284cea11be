"""Perception tests: a test marked with a scenario receives its rendered, labelled samples.  Roof.

    @pytest.mark.scenario("child_behind_van", samples=4, seed=3, set=["world.weather.0.rain=0 mm/h"])
    def test_expectations(scenario_expectations):
        scenario_expectations.check(my_detector)

    @pytest.mark.scenario("child_behind_van")
    def test_the_child_is_found(scenario_samples):
        for sample in scenario_samples:
            found = my_detector(sample.cameras["cam_front"].image)
            ...

The samples are rendered once and kept below the cache folder by a hash of everything they depend on.  Nothing heavy is
imported until a marked test runs, so the plugin costs other people's test runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from labelers.detections import Detector
    from labelers.expectations import Judgement
    from labelers.records import Sample

MARKER = (
    "scenario(file, samples=1, seed=0, set=()): render a scenario file (relative to the test, or a catalogue name) once "
    "and hand its samples to the test through the fixtures scenario_samples and scenario_expectations"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that --strict-markers accepts it."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def scenario_samples(request: pytest.FixtureRequest) -> list[Sample]:
    """Samples of the scenario that the test is marked with, in order of clip and time."""
    from labelers.native_reader import read_samples

    return list(read_samples(_rendered(request, "scenario_samples")))


@pytest.fixture
def scenario_expectations(request: pytest.FixtureRequest) -> Expectations:
    """What the scenario that the test is marked with expects of a system under test."""
    return Expectations(_rendered(request, "scenario_expectations"))


class Expectations:
    """The `expect` of a scenario, over all of its rendered samples."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __iter__(self) -> Iterator[Sample]:
        """The samples, one after the other: for looking, or for running a detector beforehand."""
        from labelers.native_reader import read_samples

        return read_samples(self._root)

    def judge(self, detector: Detector, min_score: float = 0.0) -> list[Judgement]:
        """What becomes of every expectation when a detector is shown all samples."""
        from labelers.expectations import judge, read_expectations

        return judge(self, read_expectations(self._root), detector, min_score)

    def check(self, detector: Detector, min_score: float = 0.0) -> list[Judgement]:
        """Fail the test with one line for every expectation that is broken, or that never applied to any clip."""
        judgements = self.judge(detector, min_score)
        if not judgements:
            pytest.fail("this scenario expects nothing; give it an expect: list", pytrace=False)
        broken = [j.line for j in judgements if j.outcome != "passed"]
        if broken:
            pytest.fail("\n".join(broken), pytrace=False)
        return judgements


def _rendered(request: pytest.FixtureRequest, fixture: str) -> Path:
    """The folder with the samples of the scenario that a test is marked with."""
    marker = request.node.get_closest_marker("scenario")
    if marker is None:
        raise pytest.UsageError(
            f"{request.node.nodeid} asks for {fixture} but has no @pytest.mark.scenario(...)"
        )
    return _kept(request.node.path.parent, *marker.args, **marker.kwargs)


def _kept(
    folder: Path, file: str, samples: int = 1, seed: int = 0, set: list[str] | tuple[str, ...] = ()
) -> Path:  # the marker's word
    from scenarios.errors import StormlaneError
    from sim.app.kept import rendered

    try:
        return rendered(folder, file, samples, seed, tuple(set))
    except StormlaneError as error:
        pytest.fail(str(error), pytrace=False)
