"""What samples between pixels see, told from the triangles at the pixels, is what rays meet."""

import numpy as np

from renderers.kernels.between import seen_between
from renderers.kernels.paths import OFFSET_U, OFFSET_V, SAMPLES
from renderers.optics import world_directions
from renderers.tracer import Hits, prepare
from renderers.view import view_of
from tests.sensors.test_frusta import AHEAD, pinhole
from tests.support.naive_trace import box, scene_of


def test_samples_at_the_edges_of_boxes_are_those_of_rays() -> None:
    poses = [np.eye(4), np.eye(4)]
    poses[0][:3, 3], poses[1][:3, 3] = (10.0, -1.5, -1.0), (13.0, 1.0, -0.6)
    scene = scene_of(box((400.0, 60.0, 0.2)), [box((2.0, 2.0, 2.5)), box((1.0, 5.0, 1.7))], poses)
    origin = np.array([0.0, 0.0, 1.2])
    model = pinhole(160, 96, 120.0)
    view, world_from_camera = view_of(model), np.eye(4)
    world_from_camera[:3, :3] = AHEAD
    direction = world_directions(view.rays, world_from_camera)
    prepared, hits = prepare(scene, origin), Hits.empty(len(direction))
    prepared.trace_into(hits, direction)
    turn = world_from_camera[:3, :3].T.astype(np.float32)
    right, down = np.ascontiguousarray(view.right @ turn), np.ascontiguousarray(view.down @ turn)
    index = np.arange(len(direction), dtype=np.int32)
    told, many = Hits.empty(SAMPLES * len(index)), np.empty(len(index), np.bool_)
    seen_between(
        0, len(index), index, 160, 96, view.tiles_across, direction, right, down,
        hits.range_m, hits.placement, hits.triangle, scene.geometry.corners_m, prepared.turn,
        told.range_m, told.placement, told.triangle, many,
    )  # fmt: skip
    u, v = np.array(OFFSET_U, np.float32)[:, None], np.array(OFFSET_V, np.float32)[:, None]
    ahead = (direction[:, None] + u * right[:1] + v * down[:1]).reshape(-1, 3)
    traced = prepared.trace(ahead)
    few = np.repeat(~many, SAMPLES)
    assert few.mean() > 0.95
    # What shows at no centre near by has no light to lend, and is left out.
    centres = np.empty((96, 160), np.int32)
    tile, lane = np.divmod(index, 64)
    row, column = tile // view.tiles_across * 8 + lane // 8, tile % view.tiles_across * 8 + lane % 8
    centres[row, column] = hits.triangle
    padded = np.pad(centres, 1, mode="edge")
    shown = np.stack([padded[j : j + 96, i : i + 160] for j in range(3) for i in range(3)], axis=-1)[
        row, column
    ]
    lends = few & (np.repeat(shown, SAMPLES, axis=0) == traced.triangle[:, None]).any(axis=1)
    edges = lends & (np.repeat(hits.triangle, SAMPLES) != traced.triangle)
    assert lends.mean() > 0.95 and edges.sum() > 150
    # A ray within rounding of an edge may fall to either side.
    assert (told.triangle == traced.triangle)[lends].mean() > 0.999
    assert (told.triangle == traced.triangle)[edges].mean() > 0.98
