"""Tunnels leave their bore free, parapets stand beside the road, and nothing hangs low over a motorway."""

import numpy as np
import pytest

from renderers import surroundings_spans as spans
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads import read_opendrive
from tests.assets.test_street import VIEWS, insides_seen
from tests.roads.test_opendrive import one_road

S = np.linspace(0.0, 60.0, 31)
RIGHT, LEFT = (np.stack([S, np.full(31, t), np.zeros(31)], axis=1) for t in (-5.0, 6.0))


def centres(mesh: Mesh) -> np.ndarray:
    found: np.ndarray = mesh.vertices_m[mesh.triangles].astype(float).mean(axis=1)
    return found


def test_a_tunnel_leaves_its_bore_free_and_closes_around_it():
    mesh = spans.tunnel(RIGHT, LEFT)
    corner = mesh.vertices_m.astype(float)
    inside = (corner[:, 1] > -5.0) & (corner[:, 1] < 6.0)
    assert corner[inside, 2].min() > 4.7  # what traffic may be high (StVZO 4.0 m) and lamps
    assert set(mesh.semantic) == {SEMANTIC_ID["tunnel"]}
    middle = centres(mesh)
    for low, high, column in ((-5.2, -5.0, 1), (6.0, 6.2, 1)):
        assert ((middle[:, column] > low) & (middle[:, column] < high)).sum() >= 60
    assert middle[:, 2].max() > spans.BORE_M + spans.SHELL_M


@pytest.mark.parametrize("kind", ["concrete", "steel", "brick"])
def test_parapets_stand_outside_the_edges(kind):
    mesh = spans.bridge(RIGHT, LEFT, kind)
    y = mesh.vertices_m[:, 1]
    assert ((y < -5.0) | (y > 6.0)).all()
    assert mesh.vertices_m[:, 2].max() == pytest.approx(spans.PARAPET_M, abs=0.05)


@pytest.mark.parametrize(
    "mesh", [spans.tunnel(RIGHT, LEFT), spans.bridge(RIGHT, LEFT, ""), spans.bridge(RIGHT, LEFT, "steel")]
)
def test_spans_show_their_outsides(mesh):
    rng = np.random.default_rng(0)
    found = np.array([insides_seen(mesh, np.array(view), rng) for view in VIEWS]).sum(axis=0)
    assert found[0] <= 0.02 * found[1]


def test_a_driver_in_a_tunnel_looks_at_its_walls_and_roof():
    mesh = spans.tunnel(RIGHT, LEFT)
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    eye = np.array((30.0, 0.5, 1.5))
    near = (np.abs(centres(mesh)[:, 1] - 0.5) < 5.75) & (centres(mesh)[:, 2] < spans.BORE_M + 0.01)
    near &= (centres(mesh)[:, 0] > 1.0) & (centres(mesh)[:, 0] < 59.0)
    lamps = np.abs(centres(mesh)[:, 1] - 0.5) < 0.5
    facing = np.einsum("ij,ij->i", normal, eye - corner[:, 0]) > 0.0
    assert near.sum() > 100
    assert facing[near & ~lamps].all()


def test_maps_state_bridges_and_tunnels():
    rest = (
        '<objects><tunnel s="10" length="40" name="hill" type="standard"/>'
        '<bridge s="60" length="30" name="mill" type="brick"/><bridge s="99.8" length="3"/></objects>'
    )
    network = read_opendrive(one_road(rest=rest), "a.xodr")
    tunnel, bridge = (next(t for t in network.objects if t.kind == kind) for kind in ("tunnel", "bridge"))
    assert tunnel.size_m[0] == pytest.approx(40.0) and bridge.size_m[0] == pytest.approx(30.0)
    assert bridge.name == "brick"
    assert len([t for t in network.objects if t.kind == "bridge"]) == 1
    assert any("covers nothing" in str(note) for note in network.diagnostics)
    for thing in (tunnel, bridge):
        right, left = np.split(thing.outline_m, 2)
        across = np.linalg.norm(right - left[::-1], axis=1)
        assert across == pytest.approx(thing.size_m[1], abs=0.01)
        for edge in (right, left):
            assert np.ptp(edge[:, 0]) == pytest.approx(thing.size_m[0], abs=0.05)
