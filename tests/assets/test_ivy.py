"""What climbs houses stays on their fronts and leaves windows free."""

import numpy as np

from renderers.assets import buildings
from renderers.assets.ivy import MOST_LEAVES, grows_on, ivy
from renderers.assets.plans import Plan
from renderers.materials import MATERIAL_ID
from tests.assets.meshes import check_surfaces

PLANS = [p for p in (buildings.plan("townhouse", k) for k in range(40)) if grows_on(p)][:6]


def glass_behind(plan: Plan, points: np.ndarray) -> int:
    """How many points of the front have the glass of a window behind them."""
    house = buildings.build(plan)
    panes = house.vertices_m[house.triangles[house.material == MATERIAL_ID["window"]]]
    front = panes[panes[:, :, 0].min(axis=1) > -0.5]
    low, high = front[:, :, 1:].min(axis=1), front[:, :, 1:].max(axis=1)
    inside = (points[:, None] > low[None]) & (points[:, None] < high[None])
    return int(inside.all(axis=2).any(axis=1).sum())


def test_it_stays_on_its_front_and_leaves_windows_free() -> None:
    for plan in PLANS:
        made = ivy(plan, plan.look_seed, "summer")
        check_surfaces(made)
        assert len(made.triangles) < 3 * MOST_LEAVES
        low, high = made.vertices_m.min(axis=0), made.vertices_m.max(axis=0)
        assert low[0] > -0.15 and high[0] < 0.45 and high[2] < plan.eaves_m + 0.15
        assert max(-low[1], high[1]) < plan.width_m / 2 + 0.25
        leaves = made.vertices_m[made.triangles[made.material != MATERIAL_ID["bark"]]].mean(axis=1)
        assert len(leaves) > 200 and leaves[:, 2].min() < 0.5
        assert glass_behind(plan, leaves[:, 1:]) < 0.01 * len(leaves)


def test_ivy_is_green_in_winter_and_vine_red_in_autumn_and_bare_in_winter() -> None:
    autumn, winter = ([set(ivy(p, k, s).material) for k, p in enumerate(PLANS)] for s in ("autumn", "winter"))
    red, hedge = MATERIAL_ID["leaf_autumn"], MATERIAL_ID["hedge"]
    assert any(red in m for m in autumn) and any(hedge in m for m in autumn)
    for then, now in zip(autumn, winter, strict=True):
        assert red not in now and (hedge in then) == (hedge in now)
