"""How old a road's asphalt is: what it is made of, and whether anybody has patched it yet.  Renderers floor."""

from dataclasses import replace

import numpy as np

from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.chance import stream
from scenarios.resolved import Concrete

# Materials by age, and how often each is met where a scenario leaves it open.  German state roads are surveyed in four
# classes of condition; about a tenth are in the best and a fifth in the worst one (BMDV, ZEB of federal roads).
AGES: dict[str, tuple[str, float]] = {
    "new": ("asphalt_new", 0.12),
    "used": ("asphalt", 0.48),
    "old": ("asphalt_old", 0.25),
    "cracked": ("asphalt_cracked", 0.15),
}


def age_of(concrete: Concrete) -> str:
    """The age that the scenario states, or one of its seed's; a twin's road is that of its base."""
    stated = concrete.base_world.road.asphalt
    if stated != "auto":
        return stated
    drawn = stream(concrete.seed, "street", "age", concrete.sample)
    return str(drawn.choice(list(AGES), p=[share for _, share in AGES.values()]))


def aged(mesh: Mesh, age: str) -> Mesh:
    """The street with its common asphalt that old."""
    material = AGES[age][0]
    if material == "asphalt":
        return mesh
    row = np.where(mesh.material == MATERIAL_ID["asphalt"], MATERIAL_ID[material], mesh.material)
    return replace(mesh, material=row.astype(np.int16))
