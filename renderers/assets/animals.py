"""Four-footed animals as jointed bodies: deer, moose, boar, foxes, dogs, cats, cows, horses, sheep.  Renderers floor.

Side views stand in `animal_builds.py`, coats in `coats.py`; here they become skin, horns, hooves and hair, stretched
to the box that is asked for.
"""

from dataclasses import replace

import numpy as np

from renderers.assets.animal_builds import BUILDS, Build, Ear, Leg, Row
from renderers.assets.animal_heads import head
from renderers.assets.animal_skin import ANIMAL, At, skin, strands
from renderers.assets.breeds import COATS
from renderers.assets.carried import lead
from renderers.assets.coats import Coat, dyed
from renderers.assets.forms import ellipsoid, tower, tube, unit
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies.company import led_from
from scenarios.chance import stream

ROOM = (0.965, 0.97, 0.98)  # of the box that a standing animal may fill: tails wag and heads nod in the rest


def build_animal(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
) -> Asset:
    """The asset of a model of `BUILDS`, standing; colour and clothing words do not apply to animals.

    A dog on a lead wears a collar and the last piece of the lead, up to where that leaves its box.
    """
    del color, clothing
    rng = stream(look_seed, "animal", model)
    nominal = BUILDS[model]
    coat = COATS[model](rng)
    body = _stretched(_individual(nominal, model, rng), nominal, size_m)
    broad = size_m[1] / nominal.size_m[1] * float(rng.uniform(0.92, 1.04))
    parts = within(_parts(model, body, broad, coat, rng), size_m)
    hook = led_from(state)
    if hook is not None:
        parts = (*parts, *_collar(body, parts, hook, broad, rng))
    return Asset(model, size_m, parts, tints=coat.tints)


def _collar(
    body: Build,
    parts: tuple[Part, ...],
    hook: tuple[float, float, float],
    broad: float,
    rng: np.random.Generator,
) -> tuple[Part, Part]:
    """A collar about the neck, half way up, and the lead from it to `hook`."""
    row = next(k for k, part in enumerate(parts) if part.joint == "neck")
    (x, z, _, _), (head_x, head_z, _, _) = body.neck[0], body.neck[-1]
    deep, wide = (0.5 * (body.neck[1][k] + body.neck[2][k]) for k in (2, 3))
    share = 0.62
    at = (share * (head_x - x), 0.0, share * (head_z - z))
    along = unit(np.array((head_x - x, 0.0, head_z - z)))
    over = np.array((-along[2], 0.0, along[0]))
    turn = np.linspace(0.0, 2.0 * np.pi, 17)
    ring = [
        over * (deep + 0.006) * np.cos(a) + np.array((0.0, (wide + 0.006) * broad, 0.0)) * np.sin(a)
        for a in turn
    ]
    material = str(rng.choice(("cloth_red", "cloth_navy", "leather", "leather", "cloth_dark")))
    collar = tube(ring, [0.011] * len(ring), 6, material, ANIMAL)
    placed = np.zeros(3)
    for part in (parts[row], parts[parts[row].parent]):
        placed += part.pivot_m
    far = float(np.linalg.norm(placed + at + over * deep - np.array(hook)))
    return (
        Part("collar", collar, "grip", row, at),
        Part("lead", lead(far, ANIMAL), "lead", -1, hook),
    )


def within(parts: tuple[Part, ...], size_m: tuple[float, float, float]) -> tuple[Part, ...]:
    """The resting body in the middle of its box, shrunk where nose, tail, ears or antlers would leave no room."""
    at = np.zeros((len(parts), 3))
    points = []
    for row, part in enumerate(parts):
        at[row] = np.asarray(part.pivot_m) + (at[part.parent] if part.parent >= 0 else 0.0)
        points.append(part.mesh.vertices_m + at[row])
    low, high = np.concatenate(points).min(axis=0), np.concatenate(points).max(axis=0)
    room = np.array(size_m) * ROOM
    scale = np.minimum(1.0, room / np.array((high[0] - low[0], 2 * max(high[1], -low[1]), high[2])))
    shift = -0.5 * (low[0] + high[0]) * scale[0]
    matrix = np.diag((*scale, 1.0))
    made = []
    for part in parts:
        x, y, z = (float(a * b) for a, b in zip(part.pivot_m, scale, strict=True))
        pivot = (x + shift if part.parent < 0 else x, y, z)
        made.append(replace(part, mesh=part.mesh.moved(matrix), pivot_m=pivot))
    return tuple(made)


def _individual(build: Build, model: str, rng: np.random.Generator) -> Build:
    """The build of one animal: somewhat leaner or heavier, ears of a breed."""
    if model == "animal.dog" and rng.uniform() < 0.45:  # half of all breeds carry their ears hanging
        return replace(build, ear=Ear(0.095, 0.62, (0.0, 0.42, 0.15), 1.1))
    return build


def _stretched(build: Build, nominal: Build, size_m: tuple[float, float, float]) -> Build:
    along, _, up = (a / b for a, b in zip(size_m, nominal.size_m, strict=True))

    def grown(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple((x * along, z * up, d * up, w * up) for x, z, d, w in rows)

    def leg(old: Leg) -> Leg:
        return replace(
            old,
            x=old.x * along,
            half=old.half * up,
            joint=old.joint * up,
            fetlock=old.fetlock * up,
            foot=old.foot * up,
        )

    return replace(
        build,
        size_m=size_m,
        withers=build.withers * up,
        trunk=grown(build.trunk),
        neck=grown(build.neck),
        head=grown(build.head),
        tail=tuple((x * along, z * up, r * up) for x, z, r in build.tail),
        front=leg(build.front),
        hind=leg(build.hind),
        ear=replace(build.ear, length=build.ear.length * up),
        eye=(build.eye[0], build.eye[1], build.eye[2] * up),
    )


def _from(at: At, parent: At, y: float = 0.0) -> tuple[float, float, float]:
    return (at[0] - parent[0], y, at[1] - parent[1])


def _parts(model: str, body: Build, broad: float, coat: Coat, rng: np.random.Generator) -> tuple[Part, ...]:
    plain = coat.material(0)
    root = (0.0, 0.82 * body.withers)
    lumps = 0.05 * rng.normal(size=(26, 20)) if model == "animal.sheep" else None
    wool = "wool" if model == "animal.sheep" else plain
    rows = [(x, (top + low) / 2, (top - low) / 2, half) for x, top, low, half in body.trunk]
    trunk = [
        skin(rows, root, wool, 26, 20, broad, body.square, lumps),
        *_extras(model, body, root, broad, coat, rng),
    ]
    neck_at, head_at, tail_at = body.neck[0][:2], body.neck[-1][:2], body.tail[0][:2]
    neck = [skin(body.neck, neck_at, wool, 9, 16, broad, 2.2), *_mane(model, body, neck_at, coat, rng)]
    made: list[tuple[Part, At, float]] = [
        (Part("trunk", Mesh.join(trunk), "pelvis", -1, (root[0], 0.0, root[1])), root, 0.0),
        (Part("neck", Mesh.join(neck), "neck", 0, _from(neck_at, root)), neck_at, 0.0),
        (
            Part("head", head(model, body, head_at, coat, rng), "head", 1, _from(head_at, neck_at)),
            head_at,
            0.0,
        ),
        (Part("tail", _tail(model, body, tail_at, coat, rng), "tail", 0, _from(tail_at, root)), tail_at, 0.0),
    ]
    for name, leg in (("front", body.front), ("hind", body.hind)):
        for side, sign in (("left", 1.0), ("right", -1.0)):
            made.extend(_leg(f"{name}_{side}", leg, sign * leg.half * broad, root, len(made), body, plain))
    return tuple(
        replace(part, mesh=dyed(part.mesh, np.array((at[0], y, at[1])), part.name, coat))
        for part, at, y in made
    )


# Legs as shares of the withers' height: (x, z, half depth, half width) from the trunk down; x from the foot.
FRONT = ((-0.02, 0.76, 0.10, 0.045), (0.00, 0.68, 0.125, 0.066), (0.005, 0.58, 0.088, 0.060))
HIND = (
    (0.02, 0.86, 0.09, 0.05),
    (0.035, 0.77, 0.165, 0.080),
    (0.05, 0.64, 0.150, 0.082),
    (0.045, 0.53, 0.098, 0.062),
)


def _leg(
    name: str, leg: Leg, y: float, root: At, first: int, body: Build, fur: str
) -> list[tuple[Part, At, float]]:
    """Shoulder or thigh down to the carpus or hock, the cannon below it, and the foot."""
    tall, thick = body.withers, leg.thick
    front = name.startswith("front")
    top = FRONT if front else HIND
    knee = (leg.x + (0.0 if front else -0.055 * tall), leg.joint)
    hoof = (leg.x + (0.0 if front else -0.022 * tall), leg.fetlock)
    bulk = 0.75 + 0.25 * thick

    def row(x: float, z: float, deep: float, wide: float) -> Row:
        return (x, z, deep * tall * thick, wide * tall * thick)

    upper = [
        (
            leg.x + x * tall,
            knee[1] + (z - 0.375) / 0.485 * (0.86 * tall - knee[1]),
            d * tall * bulk,
            w * tall * bulk,
        )
        for x, z, d, w in top
    ]
    over = 0.10 * tall
    upper += [row(knee[0] * 0.55 + upper[-1][0] * 0.45, knee[1] + over, 0.052 if front else 0.050, 0.041)]
    upper += [row(*knee, 0.037 if front else 0.040, 0.033), row(knee[0], knee[1] - 0.02 * tall, 0.026, 0.024)]
    lower = [
        row(knee[0] + 0.004, knee[1] + 0.022 * tall, 0.028, 0.026), row(*knee, 0.037 if front else 0.041, 0.034),
        row(knee[0], knee[1] - 0.04 * tall, 0.029, 0.025),
        row((knee[0] + hoof[0]) / 2, (knee[1] + hoof[1]) / 2, 0.022, 0.020), row(*hoof, 0.027, 0.026),
        row(hoof[0] + 0.006 * tall, hoof[1] - 0.02 * tall, 0.022, 0.022),
    ]  # fmt: skip
    at = upper[1][:2]
    return [
        (Part(f"leg_{name}", skin(upper, at, fur, 10, 10), f"leg_{name}", 0, _from(at, root, y)), at, y),
        (
            Part(f"cannon_{name}", skin(lower, knee, fur, 8, 8), f"knee_{name}", first, _from(knee, at)),
            knee,
            y,
        ),
        (
            Part(
                f"foot_{name}", _foot(leg, tall, body.paws, fur), f"hoof_{name}", first + 1, _from(hoof, knee)
            ),
            hoof,
            y,
        ),
    ]


def _foot(leg: Leg, tall: float, paws: bool, fur: str) -> Mesh:
    """Pastern and hoof, or paw; its origin is the fetlock, its sole at the ground."""
    f, s, bone = leg.fetlock, leg.foot, 0.024 * tall * leg.thick
    if paws:
        rows = ((-f, 0.45 * s, 0, 1.15 * s, 0.92 * s), (-f + 0.35 * s, 0.5 * s, 0, 1.35 * s, 1.02 * s),
                (-f + 0.9 * s, 0.35 * s, 0, 1.15 * s, 0.92 * s), (-f + 1.4 * s, 0.1 * s, 0, 0.85 * s, 0.78 * s),
                (0.0, 0, 0, bone, bone))  # fmt: skip
        return tower(rows, 10, fur, ANIMAL, 2.4)
    high = min(1.15 * s, 0.62 * f)
    toe = 0.30 * f + 0.25 * s
    pastern = tower(
        ((-f + 0.8 * high, toe - 0.25 * s, 0, 0.85 * s, 0.8 * s), (-f + 1.25 * high, 0.12 * f, 0, 0.72 * s, 0.7 * s),
         (0.0, 0, 0, 1.08 * bone, 1.05 * bone), (0.4 * bone, 0, 0, 0.7 * bone, 0.7 * bone)), 8, fur, ANIMAL)  # fmt: skip
    horn = tower(
        ((-f, toe, 0, 1.15 * s, s), (-f + high, toe - 0.30 * s, 0, 0.82 * s, 0.80 * s)),
        10,
        "hoof",
        ANIMAL,
        2.3,
    )
    return Mesh.join([pastern, horn])


# ---------------------------------------------------------------------------------------------------- hair
def _mane(model: str, body: Build, at: At, coat: Coat, rng: np.random.Generator) -> list[Mesh]:
    """A horse's mane hangs to one side, a boar's bristles stand."""
    if model not in ("animal.horse", "animal.boar"):
        return []
    neck = np.asarray(body.neck)
    count = 74 if model == "animal.horse" else 40
    share = np.linspace(0.15, 1.0, count)
    rows = np.stack([np.interp(share, np.linspace(0, 1, len(neck)), neck[:, k]) for k in range(3)], 1)
    along = unit(np.gradient(rows[:, :2], axis=0))
    crest = np.column_stack([rows[:, 0] - along[:, 1] * rows[:, 2] * 0.97 - at[0], np.zeros(count),
                             rows[:, 1] + along[:, 0] * rows[:, 2] * 0.97 - at[1]])  # fmt: skip
    material = coat.material(coat.hair)
    tall = body.size_m[2]
    if model == "animal.boar":
        tips = crest + np.column_stack([-0.05 + 0.02 * rng.normal(size=count), 0.012 * rng.normal(size=count),
                                        0.035 + 0.012 * rng.normal(size=count)])  # fmt: skip
        return [strands(rng, crest, tips, 0.016, material)]
    main = -1.0 if rng.uniform() < 0.5 else 1.0
    side = np.where(rng.uniform(size=count) < 0.68, main, -main)  # most of it falls to one side
    long = rng.uniform(0.085, 0.125, count) * tall
    drop = np.column_stack([-0.15 * long, side * (0.6 * rows[:, 2] * 0.45 + 0.042 * tall), -long])
    return [
        strands(
            rng,
            crest + np.array((0, 0, 0.01)),
            crest + drop + 0.012 * rng.normal(size=(count, 3)),
            0.022,
            material,
            0.03,
        )
    ]


def _tail(model: str, body: Build, at: At, coat: Coat, rng: np.random.Generator) -> Mesh:
    rows = np.asarray([(x, z, r, 0.9 * r) for x, z, r in body.tail])
    material = coat.material(coat.hair if model == "animal.horse" else 0)
    pieces = [skin(rows, at, material, 12, 10)]
    if model == "animal.horse":
        start, end = rows[1], rows[-1]
        count = 26
        roots = np.column_stack(
            [np.full(count, start[0]), 0.03 * rng.normal(size=count), np.full(count, start[1])]
        )
        bulge = 0.065 * rng.normal(size=(count, 2))
        ends = np.column_stack(
            [end[0] + 0.35 * bulge[:, 0] + 0.02, bulge[:, 1], end[1] + rng.uniform(-0.05, 0.25, count)]
        )
        ends[:, 0] = np.maximum(ends[:, 0], -body.size_m[0] / 2 + 0.035)
        shift = np.array((at[0], 0.0, at[1]))
        pieces.append(strands(rng, roots - shift, ends - shift, 0.024, material))
    return Mesh.join(pieces)


def _extras(
    model: str, body: Build, root: At, broad: float, coat: Coat, rng: np.random.Generator
) -> list[Mesh]:
    """What the trunk carries: a cow's udder, the bristles on a boar's back."""
    if model == "animal.boar":
        return [_bristles(body, root, coat, rng)]
    return _udder(body, root, broad) if model == "animal.cow" else []


def _bristles(body: Build, root: At, coat: Coat, rng: np.random.Generator) -> Mesh:
    count = 150
    share = np.sort(rng.uniform(-0.32, 0.33, count))  # of the length
    x = share * body.size_m[0]
    top = np.interp(x, [row[0] for row in body.trunk], [row[1] for row in body.trunk])
    crest = np.column_stack([x - root[0], 0.022 * rng.normal(size=count), top - root[1] - 0.012])
    # Longest over the shoulders, and laid backwards.
    long = (0.045 + 0.089 * np.clip(share + 0.3, 0.0, 0.45)) * rng.uniform(0.7, 1.2, count)
    tips = crest + np.column_stack([-0.75 * long, 0.2 * long * rng.normal(size=count), 0.62 * long])
    return strands(rng, crest, tips, 0.014, coat.material(coat.hair))


def _udder(body: Build, root: At, broad: float) -> list[Mesh]:
    nominal = BUILDS["animal.cow"].size_m
    up, along = body.size_m[2] / nominal[2], body.size_m[0] / nominal[0]
    x, z = -0.56 * along, 0.60 * up - root[1]
    pieces = [ellipsoid((x, 0, z), (0.25, 0.165 * broad, 0.145 * up), "udder", ANIMAL, 8, 14)]
    for dx in (-0.09, 0.09):
        for y in (-0.075, 0.075):
            foot = np.array((x + dx, y, z - 0.11 * up))
            pieces.append(tube([foot, foot - (0, 0, 0.07 * up)], (0.020, 0.012), 6, "udder", ANIMAL))
    return pieces
