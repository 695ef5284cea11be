"""Bodies with a bonnet and a cabin, from a style to an asset that fills its box.  Renderers floor."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from renderers.assets.beacons import beacon_lamps
from renderers.assets.cabin import Span, cabin, seats_end
from renderers.assets.fittings import (
    MARKET,
    choose_paint,
    lamps_of,
    mirrored_body,
    plate,
    repainted,
    sound,
    wheel_well,
)
from renderers.assets.openings import (
    Opening,
    cut_out,
    engine_bay,
    hung,
    load_space,
    openings,
    pillar,
)
from renderers.assets.outfit import on_door, outfit, spare
from renderers.assets.pose import DOOR
from renderers.assets.shell import Skin, half_mesh, liner, loft_half
from renderers.assets.skinwork import cut_skin, not_glass
from renderers.assets.style import Style, flank_y
from renderers.assets.wheels import car_wheel, wheel_parts
from renderers.loft import Floats, both_sides, box_of, mirrored, translation
from renderers.mesh import Asset, LampSpec, Mesh, Part
from scenarios.bodies import BODIES, Body, opened_by, opening_shift, shut_size
from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shut:
    """What opens, before it is swung: in the actor's frame, with where its hinge is."""

    mesh: Mesh
    hinge_m: tuple[float, float, float]
    axis: str
    angle_rad: float


@dataclass(frozen=True, slots=True)
class Bare:
    """All that cars of one style share: a body, what stands open, and how far nose and tail reach at their plates."""

    body: Mesh
    doors: dict[str, Shut]
    plate_front_x_m: float
    plate_rear_x_m: float


def build_body(
    style: Style,
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    market: dict[str, float] = MARKET,
    state: str = "",
) -> Asset:
    """A car or van of the style that fills its box; a state of `scenarios.bodies` says what stands open."""
    body = BODIES[model]
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color, market)
    semantic = ACTOR_CLASSES[body.actor_class].semantic
    opened = frozenset(opened_by(state))

    def finished(mesh: Mesh) -> Mesh:
        classed = replace(mesh, semantic=np.full_like(mesh.semantic, SEMANTIC_ID[semantic]))
        return repainted(classed, {"car_paint": paint_material})

    shut = _bare(style, body, NOTHING)
    plates = [
        plate("car", (shut.plate_front_x_m + 0.004, 0.0, style.plate_front_z_m), True),
        plate("car", (shut.plate_rear_x_m - 0.004, 0.0, style.plate_rear_z_m), False),
    ]
    # Proportions are drawn for the table's box; another size stretches the finished car.
    size = shut_size(body, size_m, state)
    scale = np.array(size) / np.array(body.size_m)
    whole = Mesh.join([shut.body, *plates])
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    fit = _fit(whole, (-size[0] / 2, -size[1] / 2, low_z), (size[0] / 2, size[1] / 2, size[2]))
    shift = np.array((*(-v for v in opening_shift(body, size_m, state)), 0.0))
    fit = translation(*(float(v) for v in shift)) @ fit
    parts: list[Part] = []
    if opened:
        bare = _bare(style, body, opened)
        with_boot = "boot" in opened and _on_lid(style, bare.doors["boot"])
        whole = Mesh.join([bare.body, plates[0], *([] if with_boot else plates[1:])])
        for name, door in bare.doors.items():
            mesh = Mesh.join([door.mesh, plates[1]]) if name == "boot" and with_boot else door.mesh
            hinge = fit @ np.array((*door.hinge_m, 1.0))
            at = (float(hinge[0]), float(hinge[1]), float(hinge[2]))
            hung_up = sound(finished(mesh).moved(fit)).moved(translation(*(-v for v in at)))
            turn = (0.0, 0.0, door.angle_rad) if door.axis == "z" else (0.0, door.angle_rad, 0.0)
            part = name.replace(":", "_") if name.startswith(("boot", "bonnet")) else f"door_{name}"
            parts.append(Part(part, hung_up, f"{DOOR}{name}", -1, at, open_rad=turn))
    whole = sound(finished(whole).moved(fit))
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    wheel = finished(car_wheel(rng, radius, style.tyre_m * float(scale[1]), style.spokes, style.hubcaps))
    front = (body.size_m[0] / 2.0 - body.front_overhang_m) * float(scale[0])
    rear = front - body.wheelbase_m * float(scale[0])
    track = body.track_m * float(scale[1])
    wheels = (
        *wheel_parts(wheel, front, track, radius, "front", "steered_wheel"),
        *wheel_parts(wheel, rear, track, radius, "rear", "wheel"),
    )
    return Asset(
        model=model,
        size_m=size_m,
        parts=(Part("body", whole), *(_moved(w, shift) for w in wheels), *parts),
        lamps=(*lamps_of(whole), *beacon_lamps(whole), *_lamps_on(parts, 1 + len(wheels))),
        tints=(tint, (0.35, 0.35, 0.35), (0.4, 0.26, 0.18)),
    )


def _fit(mesh: Mesh, low_m: tuple[float, float, float], high_m: tuple[float, float, float]) -> Floats:
    """The matrix that stretches a mesh so that its bounding box is exactly the given one."""
    low, high = box_of(mesh)
    scale = (np.array(high_m) - np.array(low_m)) / (high - low)
    matrix = np.diag((*scale, 1.0))
    matrix[:3, 3] = np.array(low_m) - low * scale
    return matrix


def _moved(part: Part, by_m: Floats) -> Part:
    x, y, z = (float(v) for v in np.array(part.pivot_m) + by_m)
    return replace(part, pivot_m=(x, y, z))


def _on_lid(style: Style, boot: Shut) -> bool:
    """Whether the rear plate is carried by what opens."""
    low = float(boot.mesh.vertices_m[:, 2].min())
    return style.plate_rear_z_m - 0.05 > low


def _lamps_on(parts: list[Part], first: int) -> Iterator[LampSpec]:
    """Lamps on a lid, in its own frame: they shine where it takes them."""
    for row, part in enumerate(parts, start=first):
        if part.name == "boot":
            yield from lamps_of(part.mesh, row)


@lru_cache(maxsize=32)
def _bare(style: Style, body: Body, opened: frozenset[str]) -> Bare:
    """A body in the actor's frame with some of its doors apart."""
    half = body.size_m[0] / 2.0
    whole = loft_half(style.shape)
    uncut = deepcopy(whole) if opened else whole
    inside = [] if opened else [both_sides(liner(whole, "car", lambda s: not_glass(s, style), half))]
    cut_skin(whole, style, body)
    doors: dict[str, Shut] = {}
    rims: list[Mesh] = []
    halves: dict[str, Skin] = {"left": whole, "right": whole}
    known = openings(style, whole) if opened else {}
    for name, opening in known.items():
        if (opening.across or opening.leaves) and name in opened:
            mesh, rim = hung(cut_out(whole, opening), opening, "car", half)
            if opening.leaves:
                doors[name] = _shut(mesh, opening, half, 1.0)
                doors[f"{name}:right"] = _shut(mirrored(mesh), opening, half, -1.0)
            else:
                carried = [spare(style, body, half)] if style.spare_wheel and name == "boot" else []
                doors[name] = _shut(Mesh.join([both_sides(mesh), *carried]), opening, half, 1.0)
            rims.append(both_sides(rim))
    for flip in (1.0, -1.0) if opened else ():
        gone = [known[n] for n in ("front", "rear") if f"{n}_{'left' if flip > 0 else 'right'}" in opened]
        left = liner(uncut, "car", lambda s, g=gone: _clear_of(not_glass(s, style), s, g), half)  # type: ignore[misc]
        inside.append(left if flip > 0 else mirrored(left))
    gaps: dict[str, tuple[Span, ...]] = {"left": (), "right": ()}
    for side, flip in (("left", 1.0), ("right", -1.0)):
        names = [n for n in ("front", "rear") if f"{n}_{side}" in opened]
        if not names:
            continue
        halves[side] = deepcopy(whole)
        for name in names:
            opening, k = known[name], ("front", "rear").index(name)
            mesh, rim = hung(cut_out(halves[side], opening), opening, "car", half)
            mesh = Mesh.join([mesh, on_door(style, body, half, k)])
            gaps[side] = (*gaps[side], (style.doors[k][0] + 0.03, style.doors[k + 1][0] - 0.03))
            slides = style.sliding and k > 0  # the body itself is behind it
            posts = rim if slides else Mesh.join([rim, pillar(style, k, half)])
            rims.append(posts if flip > 0 else mirrored(posts))
            doors[f"{name}_{side}"] = _shut(mesh if flip > 0 else mirrored(mesh), opening, half, flip)
    pieces = [
        mirrored_body(half_mesh(halves["left"], "car", half), half_mesh(halves["right"], "car", half)),
        *inside,
        cabin(style, body, half, (gaps["left"], gaps["right"]), "boot" in opened),
        _wells(style, body, half),
        outfit(style, body, half, opened),
        *rims,
    ]
    if "bonnet" in opened:
        pieces.append(engine_bay(style, half))
    if "boot" in opened and style.bed is None and style.bulkhead_m is None:
        pieces.append(load_space(style, half, seats_end(style)))
    front = end_of(whole, style.plate_front_z_m, 0.26, 0.055, True) + half
    rear = end_of(whole, style.plate_rear_z_m, 0.26, 0.055, False) + half
    return Bare(Mesh.join(pieces), doors, front, rear)


def _clear_of(lined: Floats, skin: Skin, gone: list[Opening]) -> Floats:
    """Negative where the skin is lined and no door that stands open has taken the lining with it."""
    for opening in gone:
        lined = np.maximum(lined, -np.max([line(skin) for line in opening.lines], axis=0))
    return lined


def _shut(mesh: Mesh, opening: Opening, half: float, flip: float) -> Shut:
    station, y, z = opening.hinge_m
    angle = opening.angle_rad * (flip if opening.axis == "z" else 1.0)
    return Shut(mesh, (half - station, flip * y, z), opening.axis, angle)


def end_of(skin: Skin, z_m: float, half_width_m: float, half_height_m: float, ahead: bool) -> float:
    """How far the nose (or tail) reaches over a patch about the middle at height z."""
    rear = float(skin.position[:, 0].min())
    this_end = skin.position[:, 0] > -1.0 if ahead else skin.position[:, 0] < 0.5 * rear
    for wider in (1.0, 2.0, 4.0):  # a smooth tail has few points
        near = skin.position[
            this_end & (skin.y < half_width_m) & (np.abs(skin.z - z_m) < wider * half_height_m)
        ]
        if len(near):
            break
    end = near if ahead else near[near[:, 0] < near[:, 0].min() + 0.3]
    return float(end[:, 0].max() if ahead else end[:, 0].min())


def _wells(style: Style, body: Body, half: float) -> Mesh:
    radius = body.wheel_radius_m + 0.052
    inner = style.shape.half_width_m - 0.30
    angle = np.linspace(-0.35, np.pi + 0.35, 15)
    wells = []
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        outer = [
            flank_y(style, axle - radius * float(np.cos(a)), body.wheel_radius_m + radius * float(np.sin(a)))
            - 0.004
            for a in angle
        ]
        wells.append(wheel_well(half - axle, radius, body.wheel_radius_m, inner, outer, "car"))
    return both_sides(Mesh.join(wells))
