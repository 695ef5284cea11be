"""Places on real roads against the states that another player of the same maps printed (corpus ORACLE_states.csv)."""

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

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


def test_lane_positions_of_scenario_files_lead_to_the_places_another_player_put_them() -> None:
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    found = 0
    for row in rows(root):
        network = network_of(root, row["file"]) if float(row["t"]) == 0.0 else None
        if network is None:
            continue
        scenario = etree.parse(
            str(root / row["file"]), etree.XMLParser(resolve_entities=False, no_network=True)
        )
        places = scenario.xpath(
            "//Init//Private[@entityRef=$name]//TeleportAction//LanePosition", name=row["name"]
        )
        for place in places:
            words = [place.get(word, "0") for word in ("roadId", "laneId", "s", "offset")]
            if any(word.startswith("$") for word in words) or words[0] not in network.roads:
                continue  # a parameter that stands elsewhere
            road, lane = network.roads[words[0]], int(words[1])
            s, offset = float(words[2]), float(words[3])
            t = float(road.centre(road.section_at(s), lane, np.array([s]))[0]) + offset
            here = network.point(road.id, s, t)
            assert here == pytest.approx([float(row[k]) for k in ("x", "y", "z")], abs=1e-3)
            found += 1
    if found == 0:
        pytest.skip("no scenario of the corpus begins on a lane by number")


def test_our_lane_paths_are_as_long_as_the_ways_another_player_drove() -> None:
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    last: dict[tuple[str, ...], dict[str, str]] = {}
    errors = []
    for row in rows(root):
        key = tuple(row[k] for k in ("test", "file", "extra_args", "name"))
        before, last[key] = last.get(key), row
        if before is None or float(before["t"]) < 0.0:
            continue
        time_s, speed = float(row["t"]) - float(before["t"]), float(row["speed"])
        network = network_of(root, row["file"])
        if network is None or time_s < 0.2 or speed < 1.0 or abs(speed - float(before["speed"])) > 1e-3:
            continue
        place = network.locate(float(before["x"]), float(before["y"]))
        road = network.roads[place.road]
        section = road.section_at(place.s_m)
        centre = {
            k: road.centre(section, k, np.array([place.s_m]))[0] for k in road.sections[section].lanes if k
        }
        lanes = [k for k, t in centre.items() if abs(t - place.t_m) < 0.02]
        if not lanes:
            continue
        path = network.path(place.road, lanes[0], place.s_m, speed * time_s + 30.0)
        along, aside = path.locate(float(row["x"]), float(row["y"]))
        if np.cos(float(before["h"]) - path.yaw_rad[0]) > 0.9 and abs(aside) < 0.05:  # it kept this lane
            errors.append(abs(along - speed * time_s))
    if len(errors) < 20:
        pytest.skip("too few states of maps that are in the corpus")
    # one of them left the world and came back elsewhere
    assert np.mean(np.array(errors) < 0.15) > 0.95
    assert np.median(errors) < 0.005
