"""How people hold what they carry: arms turned for good, and things hung on the parts they go with.  Renderers floor."""

from dataclasses import replace

import numpy as np

from renderers.assets import carried
from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats
from renderers.assets.pose import place, two_bone_reach
from renderers.assets.wardrobe import Outfit
from renderers.mesh import Mesh, Part
from scenarios.chance import stream

Turns = dict[str, tuple[float, float, float]]
Point = tuple[float, float, float]
UMBRELLA_OVER_M, UMBRELLA_RADIUS_M = 0.16, 0.50


def hold(
    body: Frame, worn: Outfit, parts: list[Part], look_seed: int, semantic: str, model: str
) -> tuple[Turns, list[Part]]:
    """Turns of the joints that hold something, and the parts with what is held."""
    held: Turns = {}
    h = body.height
    rng = stream(look_seed, "person", "hold")
    bag = str(rng.choice(("cloth_light", "cloth_sand", "cloth_red", "cloth_dark", "cloth_navy")))
    for thing in worn.carries:
        if thing == "phone":
            ear = bool(rng.uniform() < 0.5)
            x = body.bent(body.chin)
            at = (
                (x + 0.030 * h, -0.062 * h, body.chin + 0.025 * h)
                if ear
                else (x + 0.170 * h, -0.045 * h, body.shoulder - 0.055 * h)
            )
            held |= _reach(parts, "right", at, (0.5, 0.25, -0.8))
            palm = _palm(parts, held, "right")
            spot = (
                (palm[0] + 0.015, palm[1] + 0.018, palm[2] + 0.02)
                if ear
                else (palm[0] - 0.01, palm[1] + 0.01, palm[2] + 0.04)
            )
            parts = _hang(parts, held, "forearm_right", carried.phone(spot, ear, semantic))
        elif thing == "stick":
            held |= _reach(parts, "right", (0.085 * h, -body.shoulder_half - 0.045 * h, body.hip - 0.015 * h))
            x, y, z = _palm(parts, held, "right")
            parts = _hang(parts, held, "forearm_right", carried.stick((x + 0.005, y, z - 0.01), semantic))
        elif thing == "shopping_bag":
            held["shoulder_left"] = (0.05, 0.0, 0.0)
            held["elbow_left"] = (0.0, -0.12, 0.0)
            x, y, z = _palm(parts, held, "left")
            long = min(0.36, z - 0.30)
            parts = _hang(
                parts, held, "forearm_left", carried.shopping_bag((x, y, z - 0.035), semantic, bag, long)
            )
        elif thing == "suitcase":
            grip = (-0.155 * h, -body.shoulder_half - 0.035 * h, body.hip - 0.045 * h)
            held |= _reach(parts, "right", grip)
            x, y, z = _palm(parts, held, "right")
            mesh = carried.suitcase(x - 0.34, y, (x - 0.01, y, z - 0.04), semantic, bag)
            parts = [*parts, Part("suitcase", mesh, "ground", -1, (0.0, 0.0, 0.0))]
        elif thing == "umbrella":
            held |= _reach(
                parts, "right", (0.130 * h, -0.070 * h, body.shoulder - 0.075 * h), (0.0, 0.45, -0.9)
            )
            grip = _palm(parts, held, "right")
            top = h + UMBRELLA_OVER_M
            mesh = carried.umbrella(grip, top, UMBRELLA_RADIUS_M, (grip[0] - 0.08, grip[1] + 0.03), semantic)
            parts = _hang(parts, held, "forearm_right", mesh)
        elif thing == "child":
            parts = _with_child(body, parts, held, look_seed, semantic)
    return held, parts


def _with_child(body: Frame, parts: list[Part], held: Turns, look_seed: int, semantic: str) -> list[Part]:
    """A toddler on both arms before the chest, looking back over the shoulder of whoever carries it."""
    from renderers.assets.people import figure  # noqa: PLC0415  # a child is a person too

    turns = {f"hip_{s}": (r, -1.15, 0.0) for s, r in (("left", 0.5), ("right", -0.5))}
    turns |= {f"knee_{s}": (0.0, 1.1, 0.0) for s in ("left", "right")}
    turns |= {f"shoulder_{s}": (r, -0.7, 0.0) for s, r in (("left", 0.15), ("right", -0.15))}
    turns |= {f"elbow_{s}": (0.0, -0.9, 0.0) for s in ("left", "right")}
    small = figure(0.82, look_seed + 7, turns, None, "bright", "", semantic, model="pedestrian.child")
    matrix = np.diag((-1.0, -1.0, 1.0, 1.0))
    h = body.height
    reach = float(parts[1].mesh.vertices_m[:, 0].max())
    matrix[:3, 3] = (reach + 0.07, 0.02 * h, body.waist + 0.055 * h)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        held |= _reach(
            parts, side, (reach + 0.10, sign * 0.035 * h, body.waist + (0.03 if sign > 0 else 0.13) * h)
        )
    return _hang(parts, held, "torso", small.mesh.moved(matrix))


def _reach(parts: list[Part], side: str, at: Point, towards: Point | None = None) -> Turns:
    root = np.array(parts[0].pivot_m)
    target = tuple(float(v) for v in np.array(at) - root)
    both = two_bone_reach(parts, {}, "shoulder", "elbow", (target, target), -1.0, towards)
    return {name: turn for name, turn in both.items() if name.endswith(side)}


def _placed(parts: list[Part], held: Turns, name: str) -> Floats:
    row = next(k for k, part in enumerate(parts) if part.name == name)
    matrix: Floats = place(parts, held)[row]
    return matrix


def _palm(parts: list[Part], held: Turns, side: str) -> Point:
    matrix = _placed(parts, held, f"forearm_{side}")
    row = next(k for k, part in enumerate(parts) if part.name == f"forearm_{side}")
    low = float(parts[row].mesh.vertices_m[:, 2].min())
    x, y, z = matrix[:3, :3] @ np.array((0.006, 0.0, 0.90 * low)) + matrix[:3, 3]
    return float(x), float(y), float(z)


def _hang(parts: list[Part], held: Turns, name: str, thing: Mesh) -> list[Part]:
    """A thing in the frame of the person becomes a piece of a part, in its place while the arms are held."""
    inverse = np.linalg.inv(_placed(parts, held, name)).astype(np.float64)
    return [
        replace(p, mesh=Mesh.join([p.mesh, thing.moved(inverse)])) if p.name == name else p for p in parts
    ]
