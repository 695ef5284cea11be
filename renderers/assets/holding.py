"""How people hold what they carry: arms turned for good, and things hung on the parts they go with.  Renderers floor."""

from dataclasses import replace

import numpy as np

from renderers.assets import carried
from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats
from renderers.assets.pose import place, two_bone_reach
from renderers.assets.wardrobe import Outfit
from renderers.mesh import Mesh, Part
from scenarios.bodies.company import ARM, PUSHED, Handle, held_as, leaves_m
from scenarios.chance import stream

Turns = dict[str, tuple[float, float, float]]
Point = tuple[float, float, float]
PUSHING = {held_as(model): model for model in PUSHED}
LEAN_RAD = 0.07  # of who pushes
UMBRELLA_OVER_M, UMBRELLA_RADIUS_M = 0.16, 0.50


def grip_of(worn: Outfit, side: str) -> str:
    """How a hand is closed: `forearm`'s word."""
    if any(thing in PUSHING for thing in worn.carries):
        return "bar"
    held = {"left": ("shopping_bag", "lead"), "right": ("stick", "suitcase", "umbrella", "phone")}[side]
    return "fist" if any(thing in held for thing in worn.carries) else ""


def hold(
    body: Frame, worn: Outfit, parts: list[Part], look_seed: int, semantic: str, size_m: Point
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
        elif thing == "lead":
            held |= _reach(parts, "left", (0.075 * h, body.shoulder_half + 0.035 * h, body.hip + 0.005 * h))
            parts = _with_lead(parts, held, size_m, semantic)
        elif thing in PUSHING:
            held |= _pushing(parts, PUSHED[PUSHING[thing]], h)
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


def _pushing(parts: list[Part], handle: Handle, height_m: float) -> Turns:
    """Both hands on a handle ahead; the trunk leans and does not twist, as the hands keep it."""
    held: Turns = {"pelvis": (0.0, 0.0, 0.0), "torso": (0.0, LEAN_RAD, 0.0), "head": (0.0, -LEAN_RAD, 0.0)}
    both: Turns = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        at = (ARM * height_m, sign * handle.half_m, handle.height_m)
        both |= _reach(parts, side, at, (-0.3, 0.45, -0.85), held)
    return held | both


def _with_lead(parts: list[Part], held: Turns, size_m: Point, semantic: str) -> list[Part]:
    """A loop in the left hand and the lead up to where it leaves the box; a dog of this company has the rest."""
    palm = np.array(_palm(parts, held, "left"))
    row = next(k for k, part in enumerate(parts) if part.name == "forearm_left")
    grip = np.linalg.inv(_placed(parts, held, "forearm_left")) @ np.append(palm, 1.0)
    end = np.array(leaves_m(size_m))
    loop = carried.lead_loop(semantic)
    rope = carried.lead(float(np.linalg.norm(palm - end)), semantic)
    at = (float(grip[0]), float(grip[1]), float(grip[2]))
    return [
        *parts,
        Part("loop", loop, "grip", row, at),
        Part("lead", rope, "lead", -1, (float(end[0]), float(end[1]), float(end[2]))),
    ]


def _reach(
    parts: list[Part], side: str, at: Point, towards: Point | None = None, turns: Turns | None = None
) -> Turns:
    root = np.array(parts[0].pivot_m)
    target = tuple(float(v) for v in np.array(at) - root)
    both = two_bone_reach(parts, turns or {}, "shoulder", "elbow", (target, target), -1.0, towards)
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
