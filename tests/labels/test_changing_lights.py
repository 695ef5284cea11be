"""Traffic lights that change within a clip: pictures show the instant, and labels follow picture by picture."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from labelers.native_reader import read_samples
from labelers.proofs import signs as proof
from labelers.records import Sample, Sign
from labelers.verify import check_samples, summary
from labelers.writers import FORMATS
from renderers.assets.signals import SECTION_M, lens_plates, signal_head, traffic_light
from renderers.optics import project
from renderers.surroundings_map import lower_edges
from sim.app.batch import render_batch
from sim.roads import read_opendrive
from tests.labels import synthetic
from tests.roads.town_map import MAP
from tests.support.corpus import corpus

RIG = """\
rig: small
cameras: {cam_front: {width: 240, height: 136, fov: 30 deg, mount: {x: 0.6 m, z: 1.4 m}}}
lidars: {}
"""
SCENARIO = """\
scenario: changing
world:
  clock: {sun: {elevation: 30 deg, azimuth: 200 deg}}
  weather: [{clouds: 6 okta, air: 8 degC}]
  road: {opendrive: maps/town_junction.xodr}
  traffic_lights:
    all:
      phases:
        - {for: 0.3 s, ahead: green, across: red}
        - {for: 0.2 s, ahead: amber, across: red}
        - {for: 0.2 s, ahead: red, across: red}
        - {for: 0.2 s, ahead: red_amber, across: red}
        - {ahead: flashing_amber, across: flashing_amber}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {road: 1, lane: -1, s: 96 m, speed: 5 km/h}
    do: [{drive: {speed: 5 km/h, driver: steady}}]
capture: {duration: 1.6 s, rate: 5 Hz, outputs: [camera, boxes2d, boxes3d, semantic, instance, depth]}
"""
SHOWN = [
    ("green", {"green"}),
    ("amber", {"amber"}),
    ("red", {"red"}),
    ("red_amber", {"red", "amber"}),
    ("flashing_amber", {"amber"}),
    ("flashing_amber", {"amber"}),
    ("flashing_amber", {"amber"}),
    ("flashing_amber", set()),
]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    folder = tmp_path_factory.mktemp("changing")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "changing.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    root = folder / "data"
    assert render_batch([path], root, samples=1, seed=3, workers=1, format_name="native", quiet=True)
    return list(read_samples(root))


def own(sample: Sample) -> Sign:
    return next(s for s in sample.labels.signs if s.kind == "light" and s.lanes == ("1/-1",))


def test_labels_follow_the_program_picture_by_picture(clip: list[Sample]) -> None:
    assert check_samples(clip) == []
    told = [(own(s).state, {lens.color for lens in own(s).lenses if lens.lit}) for s in clip]
    times = [s.time_ns // 1_000_000 for s in clip]
    assert times == [200, 400, 600, 800, 1000, 1200, 1400, 1600]
    assert told == SHOWN
    for before, after in pairwise(clip):
        assert {s.sign_id for s in before.labels.signs} & {s.sign_id for s in after.labels.signs}
        assert own(before).sign_id == own(after).sign_id


def test_the_picture_has_the_lenses_of_its_instant(clip: list[Sample]) -> None:
    for sample, (_, lit) in zip(clip, SHOWN, strict=True):
        frame, sign = sample.cameras["cam_front"], own(sample)
        for lens in sign.lenses:
            at = synthetic.pose_matrix(sign.centre_m, sign.rotation_rad) @ np.array((*lens.at_m, 1.0))
            local = (at[:3] - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
            u, v = np.rint(project(frame.model, local[None])[0]).astype(int)
            assert (frame.image[v, u].max() > 140) == (lens.color in lit), (sample.index, lens.color)


def _late(samples: list[Sample]) -> list[Sample]:
    """What lights show, from the sample before."""
    changed = []
    for before, now in pairwise(samples):
        old = {s.sign_id: s for s in before.labels.signs}
        signs = tuple(
            replace(
                s, state=old[s.sign_id].state, meaning=old[s.sign_id].meaning, lenses=old[s.sign_id].lenses
            )
            if s.sign_id in old
            else s
            for s in now.labels.signs
        )
        changed.append(replace(now, labels=replace(now.labels, signs=signs)))
    return changed


def test_states_a_frame_late_are_caught_by_the_picture(clip: list[Sample]) -> None:
    name = "states of lights a frame late"
    found = [f for f in check_samples(_late(clip)) if f.rule == proof.RULE]
    assert {f.place.split("/")[1] for f in found} >= {"000001", "000002", "000003", "000004"}, summary(found)
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {proof.RULE} |" in text


def test_formats_say_what_lights_show_in_each_frame(clip: list[Sample], tmp_path: Path) -> None:
    about = synthetic.clip()
    for name in ("scalabel", "openlabel"):
        writer = FORMATS[name].open(tmp_path / name, about)
        for sample in clip:
            writer.add(sample)
        FORMATS[name].finalize(tmp_path / name, [(about, writer.close())])
    number = own(clip[0]).sign_id
    frames = json.loads((tmp_path / "scalabel/labels/all.json").read_text())["frames"]
    letters = [
        next(n for n in f["labels"] if n["id"] == f"sign_{number}")["attributes"]["trafficLightColor"]
        for f in frames
    ]
    assert letters == ["G", "Y", "R", "R", "Y", "Y", "Y", "NA"]
    [document] = (tmp_path / "openlabel/openlabel").glob("*.json")
    words = json.loads(document.read_text())["openlabel"]
    key = next(n for n, o in words["objects"].items() if o["name"] == f"sign_{number}")
    said = [
        next(t["val"] for t in f["objects"][key]["object_data"]["text"] if t["name"] == "state")
        for f in words["frames"].values()
    ]
    assert said == [state for state, _ in SHOWN]


def test_a_head_and_its_lenses_are_the_whole_head() -> None:
    for lenses in (2, 3):
        whole = traffic_light("red", 2.3, lenses)
        bare, plates = traffic_light(None, 2.3, lenses), lens_plates("red", 2.3, lenses)
        assert len(bare.triangles) + len(plates.triangles) == len(whole.triangles)
        corners = {tuple(c) for c in np.round(whole.vertices_m[whole.triangles].reshape(-1, 9), 5).tolist()}
        parts = np.concatenate([m.vertices_m[m.triangles].reshape(-1, 9) for m in (bare, plates)])
        assert {tuple(c) for c in np.round(parts, 5).tolist()} == corners
    assert len(signal_head(None).triangles) < len(signal_head("off").triangles)


def test_heads_and_signs_of_one_mast_hang_one_over_the_other() -> None:
    path = corpus("esmini+esmini/resources/xodr/multi_intersections.xodr")
    signals = read_opendrive(path.read_bytes(), path.name).signals
    low = {s.id: edge for s, edge in zip(signals, lower_edges(signals), strict=True)}
    walkers, vehicles, priority = low["305"], low["290"], low["293"]
    assert walkers == pytest.approx(2.3)
    assert vehicles > walkers + 2 * SECTION_M + 0.2
    assert priority > vehicles + 3 * SECTION_M + 0.2
    town = read_opendrive(MAP.read_bytes(), MAP.name).signals
    assert lower_edges(town) == [s.height_m for s in town]  # as the map says, where nothing is in the way
