"""Flat pictures: outlines of colour on a plate, cut so that none lies under another.  Renderers floor.

A picture is drawn in (right, up) as its reader sees it and looks along +x, so that to the reader's right is +y.  What
is hidden is cut away rather than laid deeper: all colours share one plane, which neither flickers nor adds an edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from renderers.assets.forms import quads
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID

Points = Sequence[tuple[float, float]]
End = Literal["round", "flat", "square"]
Join = Literal["round", "mitre", "bevel"]
GRID_M = 1e-4  # corners lie on a grid of a tenth of a millimetre, so that cuts leave no slivers
SMALLEST_M2 = 4e-7  # specks under a square of 0.6 mm are left out
FINE = 6  # segments of a quarter circle


@dataclass(frozen=True, slots=True)
class Layer:
    """An area of one material."""

    shape: BaseGeometry
    material: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Layers, the lowest first; whatever reaches out of the lowest is cut off."""

    layers: tuple[Layer, ...]

    @property
    def outline(self) -> BaseGeometry:
        return self.layers[0].shape

    def seen(self) -> list[Layer]:
        """What is left of each layer under those above it, without overlaps.

        All outlines are crossed with one another once, and each face between them goes to the highest layer that
        covers it: a third of the time of cutting layer after layer out of what the ones above have left.
        """
        shapes = np.array([_areas(layer.shape) for layer in self.layers], object)
        lines = shapely.union_all(shapely.boundary(shapes), grid_size=GRID_M)
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        layer, face = shapely.STRtree(shapely.point_on_surface(faces)).query(shapes, predicate="intersects")
        highest = np.full(len(faces), -1)
        np.maximum.at(highest, face, layer)
        within = np.zeros(len(faces), np.bool_)
        within[face[layer == 0]] = True
        highest[~within] = -1
        left = [shapely.coverage_union_all(faces[highest == k]) for k in range(len(shapes))]
        # Lines that are hidden leave points on the edges that they cross.
        plain = shapely.simplify(np.array(left, object), GRID_M)
        return [Layer(shape, layer.material) for shape, layer in zip(plain, self.layers, strict=True)]

    def mesh(self, x_m: float, semantic: str, strip_m: float = 0.0) -> Mesh:
        """The picture at `x_m`, looking along +x; cut into upright strips where it will be bent."""
        return _faces([_stripped(layer, strip_m) for layer in self.seen()], x_m, semantic)

    def back(self, x_m: float, material: str, semantic: str) -> Mesh:
        """The bare other side of the plate, looking along -x."""
        other = _faces(
            [Layer(shapely.set_precision(mirrored(self.outline), GRID_M), material)], 0.0, semantic
        )
        half_turn = np.diag((-1.0, -1.0, 1.0, 1.0))
        half_turn[0, 3] = x_m
        return other.moved(half_turn)

    def rim(self, near_m: float, far_m: float, material: str, semantic: str) -> Mesh:
        """The edge of the plate between two depths."""
        strips = []
        for polygon in _polygons(shapely.set_precision(self.outline, GRID_M)):
            ring_ = np.asarray(shapely.geometry.polygon.orient(polygon, 1.0).exterior.coords)[:, :2]
            a, b = ring_[:-1], ring_[1:]
            near, far = np.full(len(a), near_m), np.full(len(a), far_m)
            strips.append(
                np.stack(
                    [
                        np.column_stack([near, a]), np.column_stack([far, a]),
                        np.column_stack([far, b]), np.column_stack([near, b]),
                    ],
                    axis=1,
                )
            )  # fmt: skip
        return quads(np.concatenate(strips), material, semantic)


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > SMALLEST_M2]


def _stripped(layer: Layer, strip_m: float) -> Layer:
    """A layer in strips of about that width."""
    if strip_m <= 0.0 or layer.shape.is_empty:
        return layer
    u0, _, u1, _ = layer.shape.bounds
    left = np.arange(np.floor(u0 / strip_m), np.ceil(u1 / strip_m)) * strip_m
    strips = shapely.box(left, np.full(len(left), -1e3), left + strip_m, np.full(len(left), 1e3))
    cut = shapely.get_parts(shapely.intersection(layer.shape, strips))
    return Layer(shapely.GeometryCollection(list(cut)), layer.material)


def _areas(shape: BaseGeometry) -> BaseGeometry:
    """The shape without the lines and points that mending a polygon may leave beside its areas."""
    if shape.geom_type != "GeometryCollection":
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area > 0.0])


def _faces(layers: Sequence[Layer], x_m: float, semantic: str) -> Mesh:
    """Triangles of layers that do not overlap, in one plane."""
    shapes = np.array([layer.shape for layer in layers], object)
    parts, layer = shapely.get_parts(shapes, return_index=True)
    kept = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > SMALLEST_M2)
    rings, part = shapely.get_coordinates(
        shapely.constrained_delaunay_triangles(parts[kept]), return_index=True
    )
    flat, layer = rings.reshape(-1, 4, 2)[:, :3], layer[kept][part[::4]]
    ab, ac = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    twice = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    broad = np.abs(twice) > 2e-8
    flat = np.where((twice < 0.0)[:, None, None], flat[:, ::-1], flat)[broad]
    # A point as one complex number: numpy finds equal rows by sorting them as bytes, which takes five times as long.
    found, back = np.unique(np.ascontiguousarray(flat).view(np.complex128).ravel(), return_inverse=True)
    points = found.view(np.float64).reshape(-1, 2)
    return Mesh(
        np.column_stack([np.full(len(points), x_m), points]).astype(np.float32),
        back.reshape(-1, 3).astype(np.int32),
        np.tile(np.array((1.0, 0.0, 0.0), np.float32), (len(points), 1)),
        points.astype(np.float32),
        np.array([MATERIAL_ID[one.material] for one in layers], np.int16)[layer[broad]],
        np.full(int(broad.sum()), SEMANTIC_ID[semantic], np.uint8),
    )


# ----------------------------------------------------------------------------------------------------- outlines
def area(points: Points) -> BaseGeometry:
    """A polygon; one that crosses itself is mended."""
    return shapely.make_valid(shapely.Polygon(points))


def disc(radius: float, at: tuple[float, float] = (0.0, 0.0), fine: int = FINE) -> BaseGeometry:
    return shapely.Point(at).buffer(radius, quad_segs=fine)


def ring(radius: float, width: float, at: tuple[float, float] = (0.0, 0.0), fine: int = FINE) -> BaseGeometry:
    """A circle's line of that width, its middle at the radius."""
    return disc(radius + width / 2, at, fine).difference(disc(radius - width / 2, at, fine))


def block(width: float, height: float, middle: tuple[float, float], corner: float = 0.0) -> BaseGeometry:
    """A rectangle with rounded corners."""
    u, v = middle
    c = corner
    sharp = shapely.box(u - width / 2 + c, v - height / 2 + c, u + width / 2 - c, v + height / 2 - c)
    return sharp.buffer(c, quad_segs=3) if c > 0.0 else sharp


def pen(
    lines: Sequence[Points], width: float, end: End = "round", join: Join = "round", fine: int = 3
) -> BaseGeometry:
    """Lines drawn with a pen; `end` is round, flat or square."""
    drawn = [
        shapely.LineString(line).buffer(
            width / 2, quad_segs=fine, cap_style=end, join_style=join, mitre_limit=4.0
        )
        for line in lines
    ]
    return shapely.union_all(drawn)


def merged(*shapes: BaseGeometry) -> BaseGeometry:
    return shapely.union_all(list(shapes))


def grown(shape: BaseGeometry, by_m: float, round_: bool = False) -> BaseGeometry:
    """The shape with its outline moved outwards (or inwards, below zero)."""
    return shape.buffer(by_m, quad_segs=4, join_style="round" if round_ else "mitre", mitre_limit=3.0)


def softened(shape: BaseGeometry, radius: float) -> BaseGeometry:
    """The shape with its corners rounded, in and out."""
    return shape.buffer(radius, quad_segs=3).buffer(-2 * radius, quad_segs=3).buffer(radius, quad_segs=3)


def moved(shape: BaseGeometry, right: float, up: float) -> BaseGeometry:
    return affinity.translate(shape, right, up)


def scaled(shape: BaseGeometry, by: float, tall: float | None = None) -> BaseGeometry:
    """Scaled about the origin; `tall` scales the height by another factor."""
    return affinity.scale(shape, by, by if tall is None else tall, origin=(0.0, 0.0))


def turned(shape: BaseGeometry, angle_deg: float, about: tuple[float, float] = (0.0, 0.0)) -> BaseGeometry:
    """Counter-clockwise."""
    return affinity.rotate(shape, angle_deg, origin=about)


def mirrored(shape: BaseGeometry) -> BaseGeometry:
    """Left for right about up = 0."""
    return affinity.scale(shape, -1.0, 1.0, origin=(0.0, 0.0))
