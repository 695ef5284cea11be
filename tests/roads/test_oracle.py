"""Places on real roads against the states that another player of the same maps printed (corpus ORACLE_states.csv)."""

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.roads import RoadNetwork, read_opendrive
from tests.support.corpus import corpus_root

STATES = "esmini+esmini/ORACLE_states.csv"


def rows(root: Path) -> list[dict[str, str]]:
    path = root / STATES
    if not path.is_file():
        pytest.skip(f"the corpus has no {STATES}")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def network_of(root: Path, scenario: str) -> RoadNetwork | None:
    """The map that a scenario file of the corpus drives on, None when either is not there."""
    file = root / scenario
    if not file.is_file():
        return None
    named = re.search(
        r'LogicFile\s+filepath\s*=\s*"([^"]+)"', file.read_text(encoding="utf-8", errors="replace")
    )
    if named is None:
        return None
    collection = scenario.split("/", maxsplit=1)[0]
    beside = (file.parent / named[1]).resolve()
    found = [beside] if beside.is_file() else sorted((root / collection).rglob(Path(named[1]).name))
    return read_opendrive(found[0].read_bytes(), found[0].name) if found else None


def test_heights_headings_and_lane_centres_agree_with_the_states_of_another_player() -> None:
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    heights, centred = [], []
    for row in rows(root):
        network = network_of(root, row["file"])
        if network is None:
            continue
        x, y, z, heading = (float(row[k]) for k in ("x", "y", "z", "h"))
        place = network.locate(x, y)
        road = network.roads[place.road]
        at = np.array([place.s_m])
        surface = network.point(*place)  # sidewalks are raised there as well
        assert np.hypot(surface[0] - x, surface[1] - y) < 1e-3
        heights.append(abs(surface[2] - z))
        section = road.section_at(place.s_m)
        offset = [abs(place.t_m - road.centre(section, k, at)[0]) for k in road.sections[section].lanes if k]
        turned = (heading - road.surface.frame(at).heading_rad[0] + np.pi / 2) % np.pi - np.pi / 2
        if min(offset) < 0.02:
            centred.append(abs(turned))
    if len(heights) < 200:
        pytest.skip("too few states of maps that are in the corpus")
    # states are printed to a millimetre; its lane followers sample the road, ours is the road
    assert np.mean(np.array(heights) < 0.015) > 0.99  # two rows follow a trajectory that ignores the sidewalk
    assert len(centred) > 0.6 * len(heights)
    assert np.mean(np.array(centred) < 0.01) > 0.97
