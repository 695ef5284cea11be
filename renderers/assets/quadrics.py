"""What each point of a mesh is missed by when it moves: planes of its faces, borders and seams.  Renderers floor.

Garland and Heckbert 1997, sections 4 and 6: the quadric of a point is the sum of the squared distances from its planes.
Sums are made pass by pass in the order of faces, so they are the same everywhere to the last bit.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.kernels.quadrics import add_edges, add_faces, hold_side
from renderers.loft import Floats
from renderers.materials import MATERIALS

Longs = NDArray[np.int64]

GLOWS = np.array([m.glow >= 0 for m in MATERIALS])


def quadrics(point_m: Floats, face: Longs, mesh: Longs, code: Longs) -> tuple[Floats, NDArray[np.bool_]]:
    """(P, 11) of each point: xx xy xz xw yy yz yw zz zw ww of its planes, and their weight; and which are held.

    `mesh` and `code` (T,) are what each face belongs to and is made of.
    """
    out = np.zeros((len(point_m), 11))
    add_faces(point_m, face, out)
    add_edges(point_m, face, code, GLOWS, out)
    return out, _hold_bounds(out, point_m, face, mesh)


def _hold_bounds(out: Floats, point_m: Floats, face: Longs, mesh: Longs) -> NDArray[np.bool_]:
    """What reaches a side of its mesh's bounding box stays there; which points do."""
    held = np.zeros(len(point_m), np.bool_)
    of_point = np.zeros(len(point_m), np.int64)
    of_point[face] = mesh[:, None]
    for axis in range(3):
        for sign in (1.0, -1.0):
            hold_side(out, point_m, of_point, axis, sign, np.full(int(mesh.max()) + 1, -np.inf), held)
    return held
