"""Materials for eyes and lasers: one row serves camera, 905 and 1550 nm lidar.  Renderers floor.

Colours are linear RGB albedo, laser numbers are diffuse reflectances.  The two do not follow from one
another: the chlorophyll of a leaf is dark green to the eye and bright at 905 nm, most textile dyes are
transparent there, water bands darken everything living (and snow) at 1550 nm, and carbon black is black
everywhere.  That is why each row carries all three instead of a grey value.

Retro-reflection is a gain over a perfect white diffuser: pi times the coefficient R_A in cd/lx/m2 of EN
12899-1 for sheeting and of EN ISO 20471 for clothing, pi times R_L of EN 1436 for road paint.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.materials.built import BUILT
from renderers.materials.debris import DEBRIS
from renderers.materials.films import under_films
from renderers.materials.ground import GROUND
from renderers.materials.heavy import HEAVY
from renderers.materials.living import LIVING
from renderers.materials.print import PRINT
from renderers.materials.record import GLOW, TINTS, Material
from renderers.materials.signs import SIGNS
from renderers.materials.soiled import LEVELS, SOILS, soiled, soiled_name
from renderers.materials.vehicles import VEHICLES

__all__ = ["BELOW_DIRT", "GLOW", "MATERIALS", "MATERIAL_ID", "SOILED", "TINTS", "Material"]

_PLAIN: tuple[Material, ...] = (*BUILT, *GROUND, *SIGNS, *VEHICLES, *LIVING, *DEBRIS, *HEAVY, *PRINT)
MATERIALS: tuple[Material, ...] = (*_PLAIN, *under_films(_PLAIN), *soiled(_PLAIN))
MATERIAL_ID: dict[str, int] = {m.name: row for row, m in enumerate(MATERIALS)}
# Rows of materials under each soil, (levels + 1, M): level 0 is as it is, and so is what no dirt sticks to.
SOILED: dict[str, NDArray[np.int16]] = {
    soil: np.array(
        [
            [MATERIAL_ID.get(soiled_name(m.name, soil, level), row) for row, m in enumerate(MATERIALS)]
            for level in range(LEVELS + 1)
        ],
        np.int16,
    )
    for soil in SOILS
}
# (M,) the clean row of those under the thinnest dirt, -1 of all others.  Thicker ones follow it row by row.
BELOW_DIRT: NDArray[np.int16] = np.full(len(MATERIALS), -1, np.int16)
for _rows in SOILED.values():
    _dirty = np.flatnonzero(_rows[1] != _rows[0])
    BELOW_DIRT[_rows[1][_dirty]] = _dirty
