"""Trunk and seat in the clothes of an outfit: patterns, bands, fronts, bags.  Renderers floor.

Everything is in the frame of the person standing, origin on the ground.
"""

from dataclasses import replace

import numpy as np

from renderers.assets import carried
from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats, tower
from renderers.assets.limbs import LEGS
from renderers.assets.skins import inlaid
from renderers.assets.trunks import seat_mesh, skirt_mesh, top_mesh
from renderers.assets.wardrobe import Outfit
from renderers.loft import box
from renderers.mesh import Mesh
from scenarios.chance import stream

BAND_M = 0.05  # EN ISO 20471: retro-reflective bands are at least 50 mm wide


def torso_mesh(body: Frame, worn: Outfit, look_seed: int, semantic: str) -> Mesh:
    """The upper garment with all that is printed, sewn or slung on it."""
    h, rise = body.height, body.shoulder - body.waist
    mesh = top_mesh(body, worn.top, semantic)

    def paint(value: Floats, material: str, only: str = "cloth_a") -> None:
        nonlocal mesh
        mesh = inlaid(mesh, value, material, only)

    def v() -> tuple[Floats, Floats, Floats]:
        x, y, z = mesh.vertices_m.astype(float).T
        return x, y, z

    if worn.top in ("blazer", "coat"):
        x, y, z = v()
        low = body.waist + (0.30 if worn.top == "blazer" else 0.66) * rise
        opening = np.where(x > 0.01 * h + body.bent(body.shoulder) * 0.6, (z - low) * 0.34 - np.abs(y), -1.0)
        paint(opening, "cloth_light")
        x, y, z = v()
        if not body.female:
            tie = np.where(
                x > 0.01 * h, 0.011 * h * (1.0 + 1.5 * (body.neck - z) / rise * 0.3) - np.abs(y), -1.0
            )
            paint(tie, "cloth_navy" if look_seed % 2 else "cloth_red", "cloth_light")
    if worn.top in ("jacket", "puffer", "coat", "blazer"):
        x, y, z = v()
        paint(np.where(x > 0.0, 0.0035 - np.abs(y), -1.0), "cloth_dark")
    if worn.pattern == "stripes":
        for k in range(7):
            x, y, z = v()
            at = body.hip + 0.03 * h + 0.040 * h * k
            paint(np.minimum(z - at, at + 0.017 * h - z), "cloth_light")
    if worn.pattern == "block":
        x, y, z = v()
        paint(z - body.waist - 0.66 * rise, "cloth_dark")
    if worn.top in ("tee", "hoodie") and not worn.pattern and not worn.costume and look_seed % 3 == 0:
        x, y, z = v()
        logo = np.minimum(0.045 * h - np.abs(y), 0.028 * h - np.abs(z - body.waist - 0.55 * rise))
        paint(np.where(x > 0.0, logo, -1.0), "cloth_light")
    if worn.vest:
        x, y, z = v()
        neckline = np.where(x > 0, (z - body.waist - 0.55 * rise) * 0.30 - np.abs(y), -1.0)
        paint(
            np.minimum(
                0.80 * body.shoulder_half + 0.35 * (body.shoulder - 0.2 * rise - z) - np.abs(y), -neckline
            ),
            "hi_vis",
        )
    if worn.bands or worn.vest:
        cloth = "hi_vis" if worn.vest else "cloth_a"
        for low in (body.waist - 0.035 * h, body.waist + 0.36 * rise):
            x, y, z = v()
            paint(np.minimum(z - low, low + BAND_M - z), "retro_band", cloth)
        if worn.vest:
            x, y, z = v()
            brace = BAND_M / 2 - np.abs(np.abs(y) - 0.058 * h)
            paint(np.minimum(brace, z - body.waist - 0.36 * rise), "retro_band", cloth)
    if worn.pattern == "police":
        x, y, z = v()
        badge = np.minimum(0.060 * h - np.abs(y), 0.016 * h - np.abs(z - body.waist - 0.72 * rise))
        for cloth in ("cloth_a", "hi_vis"):
            x, y, z = v()
            badge = np.minimum(0.060 * h - np.abs(y), 0.016 * h - np.abs(z - body.waist - 0.74 * rise))
            paint(badge, "retro_band" if cloth == "cloth_a" else "cloth_navy", cloth)
    pieces = [mesh]
    if worn.pattern == "police":
        pieces += _duty_belt(body, mesh, semantic)
    bag = str(
        stream(look_seed, "person", "bag").choice(
            ("cloth_dark", "cloth_navy", "cloth_red", "cloth_green", "leather")
        )
    )
    if "backpack" in worn.carries:
        pieces += carried.backpack(body, mesh, worn.bands, semantic, bag)
    if "handbag" in worn.carries:
        pieces += carried.handbag(
            body, mesh, 1.0 if look_seed % 2 else -1.0, semantic, "leather" if bag == "cloth_green" else bag
        )
    return Mesh.join(pieces)


def _duty_belt(body: Frame, torso: Mesh, semantic: str) -> list[Mesh]:
    """A belt with pouches, holster and radio."""
    h, z = body.height, body.hip + 0.035 * body.height
    near = torso.vertices_m[np.abs(torso.vertices_m[:, 2] - z) < 0.03].astype(float)
    deep, wide = float(np.abs(near[:, 0]).max()) + 0.006, float(np.abs(near[:, 1]).max()) + 0.006
    belt = tower([(z - 0.025, 0, 0, deep - 0.01, wide - 0.01), (z - 0.024, 0, 0, deep, wide),
        (z + 0.024, 0, 0, deep, wide),
                  (z + 0.025, 0, 0, deep - 0.01, wide - 0.01)], 20, "cloth_dark", semantic, square=2.3)  # fmt: skip
    pieces = [belt]
    for degrees, size in (
        (55.0, (0.05, 0.09, 0.10)),
        (95.0, (0.10, 0.05, 0.19)),
        (-60.0, (0.05, 0.09, 0.09)),
        (-100.0, (0.07, 0.045, 0.13)),
        (150.0, (0.05, 0.09, 0.09)),
    ):
        a = np.radians(degrees)
        at = (deep * float(np.cos(a)), (wide + 0.01) * float(np.sin(a)), z - 0.25 * size[2])
        pieces.append(box(size, "cloth_dark", semantic, 0.01, at))
    chest = (deep * 0.9, 0.075 * h, body.waist + 0.72 * (body.shoulder - body.waist))
    pieces.append(box((0.04, 0.06, 0.11), "car_trim", semantic, 0.008, chest))
    return pieces


def hem_m(body: Frame, worn: Outfit) -> float:
    """Height of the hem of a coat, a skirt or a dress over the ground."""
    h = body.height
    if worn.top == "coat":
        return body.knee + 0.055 * h
    if worn.top == "robe":
        return body.knee - 0.08 * h
    return body.knee + (0.01 if worn.top == "dress" else 0.035) * h


def pelvis_mesh(body: Frame, worn: Outfit, semantic: str) -> Mesh:
    """The seat, and the skirts of coats, dresses and robes."""
    h = body.height
    if worn.bottom in LEGS:
        pieces = [seat_mesh(body, LEGS[worn.bottom][0] + 0.003, "cloth_b", semantic, worn.top)]
    elif worn.bottom == "shorts":
        pieces = [seat_mesh(body, 0.013, "cloth_b", semantic, worn.top)]
    else:
        pieces = [seat_mesh(body, 0.003, "tights", semantic, worn.top)]
    if worn.bottom in ("skirt", "tights"):
        pieces.append(
            skirt_mesh(body, hem_m(body, replace(worn, top="")), 0.17, 0, "cloth_b", semantic, 0.007)
        )
    if worn.top == "coat":
        pieces.append(
            skirt_mesh(body, hem_m(body, worn), 0.13, 0, "cloth_a", semantic, 0.024, body.waist + 0.01 * h)
        )
    if worn.top == "dress":
        pieces.append(skirt_mesh(body, hem_m(body, worn), 0.26, 8, "cloth_a", semantic, 0.008))
    if worn.top == "robe":
        pieces.append(skirt_mesh(body, hem_m(body, worn), 0.14, 6, "cloth_a", semantic, 0.022))
    return Mesh.join(pieces)
