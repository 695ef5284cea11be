"""Paint on the road: thin bands above the surface, chipped where they are worn.  Renderers floor."""

from dataclasses import replace

import numpy as np

from renderers.street_sheets import Array, Sheets, band_triangles
from scenarios.chance import stream
from sim.roads.network import MarkStrip, RoadNetwork

PAINT_M = 0.003  # paint lies this much above the surface (thermoplastic is 2-3 mm thick)
WORN = 0.02  # paint that is worn less than this is whole
CHIPS_PER_M = 0.9  # chips per metre of half a line at wear 1
CHIP_M = (0.04, 0.40)  # shortest and longest chip at wear 1


def lay_paint(sheets: Sheets, network: RoadNetwork, seed: int) -> None:
    """All paint, pieces of equally many points at a time: a motorway has thousands of dashes."""
    marks = [m for m in network.marks() if m.junction is None or m.kind in ("crosswalk", "stop_line")]
    # (the lines of connecting roads are left out: they would cross each other on the junction's surface)
    if network.wear > WORN:
        rng = stream(seed, "street", "paint")
        marks = [piece for mark in marks for piece in _chipped(mark, network.wear, rng)]
    groups: dict[tuple[int, str], list[MarkStrip]] = {}
    for mark in marks:
        material = "paint_yellow" if mark.color in ("yellow", "orange") else "paint_white"
        groups.setdefault((len(mark.centre_m), material), []).append(mark)
    for (count, material), row in groups.items():
        _lay_bands(sheets, row, count, material)


def _lay_bands(sheets: Sheets, marks: list[MarkStrip], count: int, material: str) -> None:
    """Marks of equally many points."""
    centre, left = np.stack([m.centre_m for m in marks]), np.stack([m.left for m in marks])
    along = np.gradient(centre, axis=1)
    up = np.cross(along, left)
    # the way along a mark may run with its `left` on either hand; paint faces up in both cases
    mirrored = up[:, 0, 2] < 0.0
    left[mirrored], up[mirrored] = -left[mirrored], -up[mirrored]
    up /= np.maximum(np.linalg.norm(up, axis=2), 1e-12)[..., None]
    half = 0.5 * np.array([m.width_m for m in marks])
    side = half[:, None, None] * left
    u = np.zeros((len(marks), count))
    u[:, 1:] = np.cumsum(np.linalg.norm(np.diff(centre, axis=1), axis=2), axis=1)
    v = np.broadcast_to(half[:, None], u.shape)
    points = np.concatenate([centre - side + PAINT_M * up, centre + side + PAINT_M * up], 1)
    uv = np.concatenate([np.stack([u, -v], 2), np.stack([u, v], 2)], 1)
    triangles = band_triangles(count)[None] + 2 * count * np.arange(len(marks))[:, None, None]
    sheets.add(
        points.reshape(-1, 3),
        triangles.reshape(-1, 3).astype(np.int64),
        np.concatenate([up, up], 1).reshape(-1, 3),
        uv.reshape(-1, 2),
        material,
        "road_marking",
    )


def _chipped(mark: MarkStrip, wear: float, rng: np.random.Generator) -> list[MarkStrip]:
    """What is left of a mark: its two halves lose chips of their own."""
    u = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(mark.centre_m, axis=0), axis=1))])
    spans: list[tuple[float, float, float]] = []  # from, to, and where the middle lies in widths to the left
    whole = True
    for side in (-0.25, 0.25):
        chips = int(rng.poisson(CHIPS_PER_M * wear * u[-1]))
        whole = whole and chips == 0
        begin = np.sort(rng.uniform(0.0, u[-1], chips))
        end = begin + rng.uniform(CHIP_M[0], CHIP_M[0] + wear * (CHIP_M[1] - CHIP_M[0]), chips)
        start = 0.0
        for a, b in [*zip(begin.tolist(), end.tolist(), strict=True), (float(u[-1]), float(u[-1]))]:
            if a - start > 1e-3:
                spans.append((start, a, side))
            start = max(start, b)
    return [mark] if whole else _pieces(mark, u, np.array(spans).reshape(-1, 3))


def _pieces(mark: MarkStrip, u: Array, spans: Array) -> list[MarkStrip]:
    """Halves of a mark between pairs of distances along it; looked up all at once, as a motorway has thousands."""
    first = np.searchsorted(u, spans[:, 0] + 1e-6, side="right")
    last = np.maximum(np.searchsorted(u, spans[:, 1] - 1e-6, side="left"), first)
    at = [
        np.concatenate([[a], u[i:j], [b]])
        for a, b, i, j in zip(spans[:, 0], spans[:, 1], first, last, strict=True)
    ]
    counts = [len(row) for row in at]
    where = np.concatenate(at)
    centre = np.stack([np.interp(where, u, mark.centre_m[:, k]) for k in range(3)], 1)
    left = np.stack([np.interp(where, u, mark.left[:, k]) for k in range(3)], 1)
    left /= np.linalg.norm(left, axis=1)[:, None]
    centre += np.repeat(spans[:, 2] * mark.width_m, counts)[:, None] * left
    width = 0.5 * mark.width_m
    found = []
    stop = 0
    for count in counts:
        start, stop = stop, stop + count
        found.append(replace(mark, width_m=width, centre_m=centre[start:stop], left=left[start:stop]))
    return found
