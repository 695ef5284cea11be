"""Bodies in their clothes are whole: no limb goes through another, nothing is without area, everybody fits the box."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from renderers.assets import SHAPES_OF_PEOPLE, build
from renderers.assets.keypoints import COCO_KEYPOINTS, coco_keypoints
from renderers.assets.pose import articulate
from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset
from scenarios.bodies import BODIES, POSED, carrying_size, lying_size
from sim.trace import Gait
from tests.assets.test_pose import instant
from tests.support.proof import some

PEOPLE = [m for m in BODIES if m.startswith("pedestrian.")]


def placed(asset: Asset, gait: Gait = Gait.WALK, phase: float = 0.2, speed: float = 1.3) -> np.ndarray:
    now = instant(gait=np.array([gait], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([speed]))
    return articulate(asset, now, 0)


def points_of(asset: Asset, at: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and normals of parts, in the frame of the actor."""
    chosen = [(p.mesh, m) for p, m in zip(asset.parts, at, strict=True) if p.name in names]
    return tuple(
        np.concatenate([x @ m[:3, :3].T + shift * m[:3, 3] for x, m, shift in rows])
        for rows in (
            [(mesh.vertices_m, m, 1.0) for mesh, m in chosen],
            [(mesh.normals, m, 0.0) for mesh, m in chosen],
        )
    )  # type: ignore[return-value]


def depth(asset: Asset, at: np.ndarray, inner: tuple[str, ...], outer: tuple[str, ...]) -> float:
    """How deep points of some parts lie under the nearest surface of others, metres."""
    points, _ = points_of(asset, at, inner)
    corners = np.concatenate(
        [
            (p.mesh.vertices_m @ m[:3, :3].T + m[:3, 3])[p.mesh.triangles]
            for p, m in zip(asset.parts, at, strict=True)
            if p.name in outer
        ]
    )
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    middle = corners.mean(axis=1)
    far, near = cKDTree(middle).query(points)
    under = np.einsum("pi,pi->p", middle[near] - points, normal[near])
    # Beside an edge the nearest face may look away: only what lies under the middle of a face counts.
    return float(np.where((far < 0.045) & (under > 0.8 * far), under, 0.0).max())


# Three hundred people of consecutive seeds wear these shapes: their other differences are colours.
CROWD = [(model, seed) for model in PEOPLE for seed in range(SHAPES_OF_PEOPLE)]


@pytest.mark.parametrize(("model", "seed"), some(CROWD, 6, stratum=lambda one: one[0]))
def test_limbs_of_walkers_keep_out_of_one_another_and_of_the_trunk(model: str, seed: int) -> None:
    clothing = "business" if seed % SHAPES_OF_PEOPLE == 0 else None
    asset = build(model, seed, BODIES[model].size_m, clothing=clothing, carries="nothing")
    for phase in np.linspace(0.0, 0.9, 7):
        at = placed(asset, phase=float(phase))
        for part in ("shin", "foot"):
            assert depth(asset, at, (f"{part}_left",), (f"{part}_right",)) < 0.025, phase
        for side in ("left", "right"):
            arm = (f"forearm_{side}",)
            assert depth(asset, at, arm, ("torso", "pelvis")) < 0.035, phase
            assert depth(asset, at, arm, ("thigh_left", "thigh_right")) < 0.02, phase


@pytest.mark.parametrize("pose", ["sitting", "kneeling"])
def test_nobody_sits_in_a_skirt_that_stands_like_a_column(pose: str) -> None:
    size = lying_size(BODIES["pedestrian.child"], BODIES["pedestrian.child"].size_m, pose)
    for seed in range(12):
        mesh = build("pedestrian.child", seed, size, state=pose).parts[0].mesh
        shoes = np.isin(mesh.material, [MATERIAL_ID[m] for m in MATERIAL_ID if m.startswith("shoe")])
        low = mesh.vertices_m[mesh.triangles[shoes]][..., 2].min()
        assert low < 0.06, seed  # feet stand on the ground


@pytest.mark.parametrize("model", [*PEOPLE, "wheelchair.manual", "stroller.pram"])
def test_no_triangle_is_without_area_and_surfaces_look_outwards(model: str) -> None:
    for seed in (3, 8):
        for part in build(model, seed, BODIES[model].size_m).parts:
            corner = part.mesh.vertices_m[part.mesh.triangles].astype(float)
            face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
            area = np.linalg.norm(face, axis=1) / 2
            assert area.min() > 1e-10, (model, seed, part.name)
            shaded = np.einsum("ti,ti->t", face, part.mesh.normals[part.mesh.triangles].mean(axis=1))
            assert area[shaded < 0].sum() < 0.03 * area.sum(), (model, seed, part.name)


@pytest.mark.parametrize("pose", POSED)
def test_whoever_poses_fills_the_box_of_the_pose(pose: str) -> None:
    size = lying_size(BODIES["pedestrian.police"], BODIES["pedestrian.police"].size_m, pose)
    asset = build("pedestrian.police", 2, size, state=pose)
    points, _ = points_of(asset, articulate(asset, instant(), 0), tuple(p.name for p in asset.parts))
    assert np.ptp(points, axis=0) == pytest.approx(size, abs=0.01)
    assert points[:, 2].min() == pytest.approx(0.0, abs=1e-3)


def test_who_directs_traffic_waves_from_the_elbow_inside_the_box() -> None:
    size = lying_size(BODIES["pedestrian.police"], BODIES["pedestrian.police"].size_m, "directing")
    asset = build("pedestrian.police", 2, size, state="directing")
    wrists = []
    for time_s in np.linspace(0.0, 1.4, 8):
        now = instant(time_ns=int(1e9 * time_s))
        points, _ = points_of(asset, articulate(asset, now, 0), tuple(p.name for p in asset.parts))
        assert np.all(np.abs(points[:, :2]).max(axis=0) <= np.array(size[:2]) / 2 + 0.01)
        assert points[:, 2].max() <= size[2] + 0.01
        wrists.append(coco_keypoints(asset, now, 0)[COCO_KEYPOINTS.index("left_wrist")])
    assert np.ptp(wrists, axis=0)[2] > 0.2  # the hand rises by more than a head


@pytest.mark.parametrize(
    "thing", ["umbrella", "suitcase", "phone", "stick", "shopping_bag", "backpack", "child"]
)
def test_what_is_carried_stays_inside_the_box_of_its_walker(thing: str) -> None:
    size = carrying_size(BODIES["pedestrian.adult"].size_m, thing)
    asset = build("pedestrian.adult", 5, size, carries=thing)
    bare = build("pedestrian.adult", 5, BODIES["pedestrian.adult"].size_m, carries="nothing")
    assert sum(len(p.mesh.triangles) for p in asset.parts) > sum(len(p.mesh.triangles) for p in bare.parts)
    for phase in (0.0, 0.3, 0.6):
        points, _ = points_of(asset, placed(asset, phase=phase), tuple(p.name for p in asset.parts))
        assert np.all(np.abs(points[:, :2]).max(axis=0) <= np.array(size[:2]) / 2 + 0.01), phase
        assert points[:, 2].max() <= size[2] + 0.01 and points[:, 2].min() > -0.01


def test_build_is_slim_or_stout() -> None:
    def waist(word: str) -> float:
        torsos = [
            build("pedestrian.adult", s, BODIES["pedestrian.adult"].size_m, physique=word).parts[1]
            for s in range(4)
        ]
        return float(
            np.mean([np.ptp(t.mesh.vertices_m[np.abs(t.mesh.vertices_m[:, 2]) < 0.04, 0]) for t in torsos])
        )

    assert waist("slim") < waist("average") < 0.93 * waist("stout")


@pytest.mark.parametrize("model", ["wheelchair.manual", "stroller.pram"])
def test_wheelchairs_and_prams_fill_their_boxes_and_stand_on_their_wheels(model: str) -> None:
    for seed in range(3):
        size = BODIES[model].size_m
        asset = build(model, seed, size)
        points, _ = points_of(asset, placed(asset, Gait.STAND, 0.0, 0.0), tuple(p.name for p in asset.parts))
        assert np.ptp(points, axis=0) == pytest.approx(size, abs=0.021)
        wheels = [p for p in asset.parts if p.joint == "wheel"]
        assert len(wheels) == (2 if model.startswith("wheelchair") else 4)
        assert all(p.pivot_m[2] == pytest.approx(p.radius_m) for p in wheels)
