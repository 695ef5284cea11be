"""Signs and traffic lights: where they hang, what they say, what cameras see of them, and that pictures agree."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from labelers.native_reader import read_samples
from labelers.proofs import signs as proof
from labelers.records import ImageSign, Sample, Sign
from labelers.signs import _silhouette, all_signs, image_signs
from labelers.verify import check_samples, summary
from labelers.writers import FORMATS
from renderers.assets.signs import FACES, sign
from renderers.frames import CameraFrame, CameraModel
from renderers.optics import lit_pixels, pixel_rays, project
from renderers.sign_facts import meaning, official_code
from renderers.street_faces import Face, light_face, sign_faces
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.batch import render_batch
from tests.labels import synthetic

RIG = """\
rig: small
cameras: {cam_front: {width: 480, height: 270, fov: 50 deg, mount: {x: 0.6 m, z: 1.4 m}}}
lidars: {}
"""
SCENARIO = """\
scenario: lights
world:
  clock: {sun: {elevation: 30 deg, azimuth: 200 deg}}
  weather: [{clouds: 6 okta, air: 8 degC}]
  road: {opendrive: maps/town_junction.xodr}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {road: 1, lane: -1, s: 92 m, speed: 36 km/h}
    do: [{drive: {speed: 36 km/h, driver: steady}}]
capture: {duration: 0.4 s, rate: 5 Hz, outputs: [camera, boxes2d, boxes3d, semantic, instance, depth]}
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    folder = tmp_path_factory.mktemp("signs")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    (folder / "lights.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    root = folder / "data"
    path = folder / "lights.scenario.yaml"
    assert render_batch([path], root, samples=1, seed=3, workers=1, format_name="native", quiet=True)
    return list(read_samples(root))


def test_the_clip_is_right_and_shows_lights_from_all_sides(clip: list[Sample]) -> None:
    assert check_samples(clip) == []
    for sample in clip:
        seen = sample.labels.image_signs["cam_front"]
        assert {entry.facing for entry in seen} >= {"front", "back", "side"}
        assert sum(entry.visible_px > 20 for entry in seen) >= 4
    known = {entry.sign_id: entry for entry in clip[0].labels.signs}
    own = next(s for s in known.values() if s.kind == "light" and s.lanes == ("1/-1",))
    assert (own.state, own.meaning) == ("green", "go")
    assert [(lens.color, lens.lit) for lens in own.lenses] == [
        ("red", False),
        ("amber", False),
        ("green", True),
    ]
    assert own.stop_line_m is not None
    assert abs(own.stop_line_m[:, 0] - own.centre_m[0]).max() < 1.0
    others = [s for s in known.values() if s.kind == "light" and s.lanes in {("3/-1",), ("4/-1",)}]
    assert [s.state for s in others] == ["red", "red"]
    limits = [s for s in known.values() if s.code == "speed_limit"]
    assert {(s.official, s.value, s.meaning) for s in limits} == {("DE:274", "50", "no faster than 50 km/h")}


def test_walkers_who_would_cross_green_traffic_wait(clip: list[Sample]) -> None:
    """Lights of walkers on the ego's arm look across it."""
    lights = [s for s in clip[0].labels.signs if s.code == "walkers"]
    assert len(lights) >= 4
    for light in lights:
        across = abs(np.sin(light.rotation_rad[0])) > 0.7
        assert light.state == ("red" if across else "green")


def test_the_lit_lens_is_bright_and_of_its_colour_in_the_picture(clip: list[Sample]) -> None:
    frame = clip[0].cameras["cam_front"]
    own = next(s for s in clip[0].labels.signs if s.lanes == ("1/-1",) and s.kind == "light")
    shown = {}
    for lens in own.lenses:
        at = synthetic.pose_matrix(own.centre_m, own.rotation_rad) @ np.array((*lens.at_m, 1.0))
        local = (at[:3] - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
        u, v = np.rint(project(frame.model, local[None])[0]).astype(int)
        shown[lens.color] = frame.image[v, u].astype(int)
    red, green, _ = shown["green"]
    assert green > 150
    assert green > red + 60
    assert shown["red"].max() < 90
    assert shown["amber"].max() < 90


def test_lenses_are_not_judged_from_aside_where_hoods_hide_them(
    clip: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "SHOWN_PX", 0.0)  # as in a larger picture
    asked = 0
    for sample in clip:
        frame = sample.cameras["cam_front"]
        known = {entry.sign_id: entry for entry in sample.labels.signs}
        for seen in sample.labels.image_signs["cam_front"]:
            light = known[seen.sign_id]
            away = frame.world_from_camera[:3, 3] - light.centre_m
            ahead = synthetic.pose_matrix(light.centre_m, light.rotation_rad)[:3, 0] @ away
            if light.lenses and seen.facing == "front" and ahead < 0.6 * np.linalg.norm(away):
                asked += 1
                plain = replace(seen, occlusion=0.0, truncation=0.0)
                assert not list(proof._shines("here", sample, frame, light, plain))
    assert asked


@pytest.mark.parametrize("kind", ["speed_limit", "stop", "yield", "priority", "crossbuck_us", "guide_us"])
def test_faces_of_signs_are_their_plates_however_they_are_turned(kind: str) -> None:
    width, height = (np.ptp(np.array(FACES[kind]("50").outline.bounds).reshape(2, 2), axis=0)).tolist()
    for seed in (None, 0, 1, 2, 3):
        [face] = sign_faces(sign(kind, "50", look_seed=seed), kind, "50")
        assert face.size_m[1:] == pytest.approx((width, height), abs=0.004)
        assert face.world_from_face[0, 0] > 0.98
        turned = face.world_from_face[:3, :3]
        assert turned @ turned.T == pytest.approx(np.eye(3), abs=1e-9)
        assert np.abs(face.outline_m.reshape(-1, 3)).max(axis=0) == pytest.approx(
            0.5 * np.array(face.size_m), abs=0.004
        )


def test_a_plate_on_edge_is_as_wide_as_it_is_thick() -> None:
    [face] = sign_faces(sign("priority", ""), "priority", "")
    frame = synthetic.sample(0).cameras["cam_front"]
    look = np.array(((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)))  # world from camera: along x
    camera, plate = np.eye(4), np.eye(4)
    camera[:3, :3] = look
    plate[:3, :3] = np.array(((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))  # it looks along y
    focal = float(frame.model.matrix[0, 0])
    away = 0.5 * max(face.size_m) + face.size_m[0] * focal / 8.0  # its nearest corner is eight pixels wide
    plate[:3, 3] = (away, 0.0, 0.0)
    drawn = _silhouette(replace(frame, world_from_camera=camera), replace(face, world_from_face=plate))
    assert drawn is not None
    mask = drawn[1]
    assert mask.sum(axis=1).max() == pytest.approx(8, abs=1)
    rows = mask.sum(axis=1) > 0
    assert rows.sum() > 0.2 * len(frame.image)


def test_a_light_has_its_lenses_one_over_the_other() -> None:
    face = light_face("red_amber", 2.3, 3)
    assert [(b.color, b.lit) for b in face.bulbs] == [("red", True), ("amber", True), ("green", False)]
    heights = [b.at_m[2] for b in face.bulbs]
    assert np.diff(heights) == pytest.approx([-0.3, -0.3])
    grown = face.moved(np.diag((2.0, 2.0, 2.0, 1.0)))
    assert grown.size_m == pytest.approx(2.0 * np.array(face.size_m))
    assert grown.bulbs[0].at_m == pytest.approx(2.0 * np.array(face.bulbs[0].at_m))
    assert grown.world_from_face[:3, :3] == pytest.approx(np.eye(3))


def test_every_face_has_a_meaning_and_codes_are_the_catalogues() -> None:
    assert meaning("speed_limit", "70") == "no faster than 70 km/h"
    assert meaning("no_overtaking") == "no overtaking"
    assert (official_code("stop"), official_code("stop_us")) == ("DE:206", "US:R1-1")
    for kind in FACES:
        assert kind == "plain" or meaning(kind, "50")
        assert "{" not in meaning(kind, "50")
        assert kind in ("plain", "plate") or official_code(kind)


# ------------------------------------------------------------------------------------------------- planted faults
def _signs(change: Callable[[Sign], Sign]) -> Callable[[list[Sample]], list[Sample]]:
    return lambda samples: [
        replace(s, labels=replace(s.labels, signs=tuple(map(change, s.labels.signs)))) for s in samples
    ]


def _image_signs(change: Callable[[ImageSign], ImageSign]) -> Callable[[list[Sample]], list[Sample]]:
    return lambda samples: [
        replace(
            s,
            labels=replace(
                s.labels,
                image_signs={n: tuple(map(change, kept)) for n, kept in s.labels.image_signs.items()},
            ),
        )
        for s in samples
    ]


def _other_state(entry: Sign) -> Sign:
    if entry.code != "vehicles":
        return entry
    state = "red" if entry.state == "green" else "green"
    return replace(entry, state=state, lenses=tuple(replace(n, lit=n.color == state) for n in entry.lenses))


def _late(samples: list[Sample]) -> list[Sample]:
    return [
        replace(now, labels=replace(now.labels, image_signs=before.labels.image_signs))
        for before, now in pairwise(samples)
    ]


def _backwards(seen: ImageSign) -> ImageSign:
    return replace(seen, facing={"front": "back", "back": "front"}.get(seen.facing, seen.facing))


def _left_out(samples: list[Sample]) -> list[Sample]:
    return [replace(s, labels=replace(s.labels, image_signs={})) for s in samples]


def _shifted(seen: ImageSign) -> ImageSign:
    if seen.visible is None:
        return seen
    x0, y0, x1, y1 = seen.visible
    return replace(seen, visible=(x0 + 2, y0, x1 + 2, y1))


PLANTED: dict[str, Callable[[list[Sample]], list[Sample]]] = {
    "green lights for red ones": _signs(_other_state),
    "lights in another state than their lenses": _signs(
        lambda s: replace(s, state="amber") if s.kind == "light" else s
    ),
    "signs a frame late": _late,
    "signs a metre to the side": _signs(lambda s: replace(s, centre_m=s.centre_m + np.array((0.0, 1.0, 0.0)))),
    "signs by the height of their foot": _signs(lambda s: replace(s, centre_m=s.centre_m - (0.0, 0.0, 2.3))),
    "signs left out": _left_out,
    "signs seen from the other side": _image_signs(_backwards),
    "signs turned by a right angle": _signs(
        lambda s: replace(s, rotation_rad=s.rotation_rad + np.array((np.pi / 2, 0.0, 0.0)))
    ),
    "boxes of signs two pixels off": _image_signs(_shifted),
    "hidden signs called visible": _image_signs(
        lambda s: replace(s, visible_px=s.unoccluded_px, occlusion=0.0, visible=s.amodal)
    ),
    "signs renumbered": lambda samples: [
        replace(
            s,
            labels=replace(
                s.labels, signs=tuple(replace(n, sign_id=n.sign_id + s.index) for n in s.labels.signs)
            ),
        )
        for s in samples
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_fault_is_caught(clip: list[Sample], name: str) -> None:
    found = check_samples(PLANTED[name](clip))
    assert proof.RULE in summary(found), summary(found)
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {proof.RULE} |" in text


def test_bdd_and_openlabel_say_what_the_light_shows(clip: list[Sample], tmp_path: Path) -> None:
    about = synthetic.clip()
    for name in ("scalabel", "openlabel"):
        writer = FORMATS[name].open(tmp_path / name, about)
        for sample in clip:
            writer.add(sample)
        FORMATS[name].finalize(tmp_path / name, [(about, writer.close())])
    frames = json.loads((tmp_path / "scalabel/labels/all.json").read_text())["frames"]
    lights = [n for n in frames[0]["labels"] if n["category"] == "traffic light"]
    assert {n["attributes"]["trafficLightColor"] for n in lights} >= {"G", "NA"}
    assert any(n["category"] == "traffic sign" for f in frames for n in f["labels"])
    [document] = (tmp_path / "openlabel/openlabel").glob("*.json")
    words = json.loads(document.read_text())["openlabel"]
    light = next(number for number, o in words["objects"].items() if o["type"] == "traffic_light")
    data = words["frames"]["0"]["objects"][light]["object_data"]
    assert {t["name"] for t in data["text"]} == {"meaning", "state"}
    assert len(data["cuboid"][0]["val"]) == 10


def test_a_sign_across_the_rim_of_a_fisheye_keeps_what_is_within() -> None:
    """Half a plate beyond 100 degrees off the axis: the other half is in the picture, whatever its triangles are."""
    square = np.array([[240 / np.radians(200), 0, 119.5], [0, 240 / np.radians(200), 119.5], [0, 0, 1]])
    model = CameraModel(240, 240, square, np.zeros(4), True, np.radians(200))
    rim = 0.5 * model.field_rad - 0.03  # the plate's middle, just within
    middle, normal = (
        3.0 * np.array([np.sin(rim), 0.0, np.cos(rim)]),
        np.array([-np.sin(rim), 0.0, -np.cos(rim)]),
    )
    pose = np.eye(4)
    pose[:3, :3] = np.stack([normal, np.cross([0.0, -1.0, 0.0], normal), [0.0, -1.0, 0.0]], axis=1)
    pose[:3, 3] = middle
    corners = 0.4 * np.array([(0, -1, -1), (0, 1, -1), (0, 1, 1), (0, -1, 1)], np.float32)
    plate = Face("sign", "stop", "", "", pose, (0.003, 0.8, 0.8), corners[[[0, 1, 2], [0, 2, 3]]])

    v, u = np.mgrid[:240, :240]
    rays = pixel_rays(model, np.stack([u, v], axis=-1))
    far = (middle @ normal) / (rays @ normal)
    on_plate = (rays * far[..., None] - middle) @ pose[:3, 1:3]
    shown = (far > 0.0) & (np.abs(on_plate) <= 0.4).all(axis=-1) & np.asarray(lit_pixels(model))
    frame = CameraFrame(
        sensor="fish",
        time_ns=0,
        model=model,
        world_from_camera=np.eye(4),
        ego_from_camera=np.eye(4),
        image=np.zeros((240, 240, 3), np.uint8),
        instance=np.zeros((240, 240), np.int32),
        semantic=np.where(shown, SEMANTIC_ID["traffic_sign"], 0).astype(np.uint8),
        depth_m=np.where(shown, far, np.inf).astype(np.float32),
        transmittance=np.ones((240, 240), np.float32),
    )
    (seen,) = image_signs(frame, [plate], all_signs((plate,), None))
    rows, columns = np.nonzero(shown)
    assert abs(seen.visible_px - len(rows)) <= 4
    assert seen.occlusion < 0.05
    bounds = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert seen.visible == pytest.approx(bounds, abs=1.0)
    assert 0.2 < seen.truncation < 0.5
