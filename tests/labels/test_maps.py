"""Maps from above, free space, voxels and scene flow: against shapes worked out by hand, and with planted faults."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from labelers.birdseye import BIT, birdseye, layer_of, road_areas
from labelers.definitions import OCCUPANCY_CELL_M, OCCUPANCY_CLASSES, OCCUPANCY_SHAPE
from labelers.native_reader import read_samples
from labelers.nuscenes_terms import token
from labelers.occupancy import OF_SEMANTIC
from labelers.records import Birdseye, FreeSpace, Occupancy, Sample
from labelers.verify import check_samples, summary
from labelers.writers import FORMATS
from scenarios.schema import Road
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.batch import render_batch
from sim.roads import network_for
from tests.labels import synthetic
from tests.labels.test_planted import RIG, SCENARIO
from tests.support.naive_voxels import beams


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    folder = tmp_path_factory.mktemp("maps")
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "planted.scenario.yaml"
    asked = "duration: 0.3 s, rate: 10 Hz, also: [birdseye, free_space, occupancy, scene_flow]"
    path.write_text(
        SCENARIO.replace("duration: 0.4 s, rate: 10 Hz, also: [flow, flow_3d]", asked), encoding="utf-8"
    )
    root = folder / "data"
    assert render_batch([path], root, samples=1, seed=3, workers=1, format_name="native", quiet=True)
    assert next(root.glob("clips/*/road_areas.json")).is_file()
    return list(read_samples(root))


def test_the_clip_is_right_and_has_all_of_it(clip: list[Sample]) -> None:
    assert check_samples(clip) == []
    labels = clip[0].labels
    assert labels.birdseye is not None
    assert labels.occupancy is not None
    assert labels.birdseye.bits.shape == (200, 200)
    for name in ("drivable", "lane", "divider", "sidewalk", "vehicle", "person"):
        assert (labels.birdseye.bits & BIT[name]).any(), name
    kinds = {OCCUPANCY_CLASSES[k] for k in np.unique(labels.occupancy.semantics)}
    assert kinds >= {"car", "truck", "pedestrian", "driveable_surface", "sidewalk", "free"}
    [flow] = labels.scene_flow.values()
    assert 0.5 < np.nanmax(np.linalg.norm(flow, axis=1)) < 1.5  # at 30 to 36 km/h, 0.1 s


def test_every_surface_that_a_beam_meets_lies_in_an_occupied_observed_cube(clip: list[Sample]) -> None:
    for sample in clip:
        found = sample.labels.occupancy
        assert found is not None
        [sweep] = sample.lidars.values()
        _, ends = beams(sweep, sample.ego_velocity_mps)
        local = (ends - sample.world_from_ego[:3, 3]) @ sample.world_from_ego[:3, :3]
        at = (local - (-40.0, -40.0, -1.0)) / 0.4
        cube = np.floor(at).astype(int)
        inside = ((cube >= 0) & (cube < OCCUPANCY_SHAPE)).all(axis=1)
        inside &= (sweep.cause == 0) & (sweep.instance == 0) & (np.abs(at - np.rint(at)) > 0.01).all(axis=1)
        assert np.count_nonzero(inside) > 5000
        assert (found.semantics[tuple(cube[inside].T)] != 17).all()
        assert found.mask_lidar[tuple(cube[inside].T)].all()


def test_occ3d_is_laid_out_as_its_loaders_expect(clip: list[Sample], tmp_path: Path) -> None:
    """With the loader's own steps: annotations, then gt_path of each frame of a scene."""
    about = synthetic.clip()
    writer = FORMATS["occ3d"].open(tmp_path, replace(about, rate_hz=2.0))
    for sample in clip[:2]:
        writer.add(sample)
    FORMATS["occ3d"].finalize(tmp_path, [(about, writer.close())])
    listed = json.loads((tmp_path / "annotations.json").read_text())
    assert listed["train_split"] == [about.clip_id]
    frames = listed["scene_infos"][about.clip_id]
    first, second = frames
    assert (frames[first]["next"], frames[second]["prev"]) == (second, first)
    assert first == token(about.clip_id, "sample", clip[0].index)
    for key, sample in zip(frames, clip, strict=False):
        assert frames[key]["gt_path"] == f"gts/{about.clip_id}/{key}/labels.npz"
        with np.load(tmp_path / frames[key]["gt_path"]) as gt:
            found = sample.labels.occupancy
            assert found is not None
            assert np.array_equal(gt["semantics"], found.semantics)
            assert gt["mask_lidar"].dtype == gt["mask_camera"].dtype == gt["semantics"].dtype == np.uint8
            assert np.array_equal(gt["mask_camera"], found.mask_camera)
        for camera in frames[key]["camera_sensor"].values():
            assert (tmp_path / camera["img_path"]).is_file()


# --------------------------------------------------------------------------------------------------- analytic truth
def test_a_map_has_the_cells_whose_middles_lie_in_its_areas() -> None:
    words = {"build": [{"arc": {"length": 90.0, "radius": 70.0, "turn": "left"}}], "sidewalks": "both"}
    road = network_for(Road[float].model_validate(words))
    here = road.point(road.main, 40.0, -1.5)
    pose = synthetic.pose_matrix(here, np.array((0.8, 0.0, 0.0)))
    found = birdseye(pose, road, (), (), 60.0, 0.25)
    assert found.bits.shape == (240, 240)
    middle = 30.0 - (np.arange(240) + 0.5) * 0.25
    ahead, left = np.meshgrid(middle, middle, indexing="ij")
    world = np.stack([ahead, left], axis=-1).reshape(-1, 2) @ pose[:2, :2].T + here[:2]
    for layer in ("drivable", "sidewalk"):
        polygons = [shapely.Polygon(a.outline_m[:, :2]) for a in road_areas(road) if layer in a.layers]
        meant = np.zeros(len(world), bool)
        for polygon in polygons:
            meant |= shapely.contains_xy(polygon, world[:, 0], world[:, 1])
        stated = (found.bits & BIT[layer]).ravel() > 0
        assert meant.any()
        assert np.count_nonzero(meant != stated) <= 2, layer


def test_classes_are_the_benchmark_s() -> None:
    assert len(OCCUPANCY_CLASSES) == 18
    told = {
        "road": 11,
        "sidewalk": 13,
        "terrain": 14,
        "building": 15,
        "vegetation": 16,
        "person": 7,
        "car": 4,
    }
    assert {name: int(OF_SEMANTIC[SEMANTIC_ID[name]]) for name in told} == told
    assert layer_of(synthetic.sample(0).labels.cuboids[0]) == "vehicle"
    assert OCCUPANCY_CELL_M * np.array(OCCUPANCY_SHAPE) == pytest.approx((80.0, 80.0, 6.4))


# --------------------------------------------------------------------------------------------------- planted faults
Fault = Callable[[Sample], Sample]


def _labelled(sample: Sample, **changes: Any) -> Sample:
    return replace(sample, labels=replace(sample.labels, **changes))


def _map(change: Callable[[Any], Any]) -> Fault:
    def spoilt(sample: Sample) -> Sample:
        found = sample.labels.birdseye
        assert isinstance(found, Birdseye)
        return _labelled(sample, birdseye=replace(found, bits=np.ascontiguousarray(change(found.bits))))

    return spoilt


def _voxels(change: Callable[[Occupancy], Occupancy]) -> Fault:
    def spoilt(sample: Sample) -> Sample:
        assert sample.labels.occupancy is not None
        return _labelled(sample, occupancy=change(sample.labels.occupancy))

    return spoilt


def _space(change: Callable[[FreeSpace], FreeSpace]) -> Fault:
    return lambda s: _labelled(s, free_space={n: change(f) for n, f in s.labels.free_space.items()})


def _flow(change: Callable[[Any, Sample], Any]) -> Fault:
    return lambda s: _labelled(
        s, scene_flow={n: change(f, s).astype(np.float32) for n, f in s.labels.scene_flow.items()}
    )


def _turned(o: Occupancy, change: Callable[[Any], Any]) -> Occupancy:
    return Occupancy(change(o.semantics), change(o.mask_lidar), change(o.mask_camera))


PLANTED: dict[str, tuple[Fault, str]] = {
    "maps from above mirrored": (_map(lambda b: b[:, ::-1]), "bird's-eye map"),
    "maps from above transposed": (_map(lambda b: b.T), "bird's-eye map"),
    "maps from above one cell off": (_map(lambda b: np.roll(b, 1, axis=0)), "bird's-eye map"),
    "people in the layer of vehicles": (
        _map(lambda b: np.where(b & BIT["person"], b ^ (BIT["person"] | BIT["vehicle"]), b)),
        "bird's-eye map",
    ),
    "sidewalks for lanes": (
        _map(lambda b: np.where(b & BIT["sidewalk"], b | 1, b & ~np.uint16(1))),
        "bird's-eye map",
    ),
    "free space from above": (_space(lambda f: replace(f, row=np.zeros_like(f.row))), "free space"),
    "free space a row too high": (
        _space(lambda f: replace(f, row=np.maximum(f.row - 1, -1).astype(np.int16))),
        "free space",
    ),
    "free space along the ray": (_space(lambda f: replace(f, distance_m=f.distance_m * 1.05)), "free space"),
    "voxels with x and y swapped": (
        _voxels(lambda o: _turned(o, lambda v: np.swapaxes(v, 0, 1))),
        "occupancy",
    ),
    "voxels mirrored": (_voxels(lambda o: _turned(o, lambda v: v[:, ::-1])), "occupancy"),
    "voxels one layer too high": (
        _voxels(lambda o: _turned(o, lambda v: np.roll(v, 1, axis=2))),
        "occupancy",
    ),
    "masks of voxels exchanged": (
        _voxels(lambda o: Occupancy(o.semantics, o.mask_camera, o.mask_lidar)),
        "occupancy",
    ),
    "cars in voxels where there is road": (
        _voxels(lambda o: replace(o, semantics=np.where(o.semantics == 11, 4, o.semantics))),
        "occupancy",
    ),
    "scene flow backwards": (_flow(lambda f, s: -f), "scene flow"),
    "scene flow for a second": (_flow(lambda f, s: 10.0 * f), "scene flow"),
    "scene flow left at zero": (_flow(lambda f, s: 0.0 * f), "scene flow"),
    "scene flow with the ego's motion": (
        _flow(lambda f, s: f - 0.1 * s.ego_velocity_mps),
        "scene flow",
    ),
}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_fault_is_caught(clip: list[Sample], name: str) -> None:
    spoil, rule = PLANTED[name]
    found = check_samples([spoil(sample) for sample in clip])
    assert rule in summary(found), summary(found)
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | {rule} |" in text
