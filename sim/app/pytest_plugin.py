"""Perception tests: a test marked with a scenario receives its rendered, labelled samples.  Roof.

    @pytest.mark.scenario("child_behind_van", seed=3, set=["world.weather.0.rain=0 mm/h"])
    def test_the_child_is_found(scenario_samples):
        for sample in scenario_samples:
            found = my_detector(sample.cameras["cam_front"].image)
            ...

The samples are rendered once and kept below the cache folder by a hash of everything they depend on.  Nothing heavy is
imported until a marked test runs, so the plugin costs other people's test runs nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from labelers.records import Sample

MARKER = (
    "scenario(file, samples=1, seed=0, set=()): render a scenario file (relative to the test, or a catalogue name) once "
    "and hand its samples to the test through the fixture scenario_samples"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that --strict-markers accepts it."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def scenario_samples(request: pytest.FixtureRequest) -> list[Sample]:
    """Samples of the scenario that the test is marked with, in order of clip and time."""
    marker = request.node.get_closest_marker("scenario")
    if marker is None:
        raise pytest.UsageError(
            f"{request.node.nodeid} asks for scenario_samples but has no @pytest.mark.scenario(...)"
        )
    return _samples(request.node.path.parent, *marker.args, **marker.kwargs)


def _samples(
    folder: Path, file: str, samples: int = 1, seed: int = 0, set: list[str] | tuple[str, ...] = ()
) -> list[Sample]:  # the marker's word
    from labelers.native_reader import read_samples
    from scenarios.errors import StormlaneError
    from sim.app.kept import rendered

    try:
        return list(read_samples(rendered(folder, file, samples, seed, tuple(set))))
    except StormlaneError as error:
        pytest.fail(str(error), pytrace=False)
