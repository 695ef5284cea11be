"""Light of lamps on the points of a tile, lane by lane as wide vector code.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import fading
from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamp_lists import LISTED, SHADOWED
from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_STREET,
    H_CELLS,
    H_SPAN,
    L_AX,
    L_AY,
    L_AZ,
    L_B,
    L_CD,
    L_G,
    L_KIND,
    L_R,
    L_REACH2,
    L_UX,
    L_UY,
    L_UZ,
    L_X,
    L_Y,
    L_Z,
    V_CELLS,
    V_SPAN,
)
from renderers.kernels.lanes import (
    ABOVE,
    ARRIVES,
    ASIDE,
    BASE,
    BASE_A,
    CELL,
    COAT,
    COAT_ROUGH,
    COSINE,
    DX,
    DY,
    DZ,
    EB,
    EG,
    ER,
    F0,
    FILM,
    FILM_A,
    FROM,
    GLOSS_B,
    GLOSS_G,
    GLOSS_R,
    HALF,
    HIGH,
    LANES,
    LIVE,
    LOW,
    MISS5,
    NV,
    NX,
    NY,
    NZ,
    OUT_B,
    OUT_G,
    OUT_R,
    PX,
    PY,
    PZ,
    ROUGH,
    SHOWN,
    TO,
    TX,
    TY,
    TZ,
    UNDER,
    WHOLE,
)
from renderers.kernels.surface import S_B, S_G, S_R, S_RETRO, of_ray
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel, fast_kernel

F = np.float32
LEAST_FILM = 0.1  # thinner films show no images of lamps
RETRO_LOBE = np.float32(
    0.011
)  # rad: sheeting returns a third of its light at 0.6 degrees, EN 12899-1 table 3


@fast_kernel
def lamplight(
    rays, tile, triangle, surface, lamps, lamp_list, lamp_seen, lamp_dim, tables, extinction_per_m, lane
):  # fmt: skip
    """Add the light of a tile's lamps to its `rays`: to rows ER to OUT_B of `lane`, which `lanes.load` has filled."""
    filmed, based = glossy_rows(lane, WHOLE)
    sheeting = any_sheeting(rays, triangle, surface, WHOLE)
    for q in range(LISTED):
        which = lamp_list[tile, q]
        if which < 0:
            break
        dim = lamp_dim[tile, q]
        if dim <= F(0):
            continue
        if q < SHADOWED:
            seen = lamp_seen[q, tile * LANES : tile * LANES + LANES]
            some = F(0)
            for k in range(LANES):
                lane[SHOWN + k] = dim * lane[LIVE + k] * seen[k]
                some = greater(some, lane[SHOWN + k])
            if some <= F(0):
                continue
        else:
            for k in range(LANES):
                lane[SHOWN + k] = dim * lane[LIVE + k]
        if not arrive(lamps, which, tables, extinction_per_m, lane, WHOLE):
            continue
        red = lamps[which, L_R]
        green = lamps[which, L_G]
        blue = lamps[which, L_B]
        for k in range(LANES):
            e = lane[ARRIVES + k] * lane[COSINE + k]
            lane[ER + k] += e * red
            lane[EG + k] += e * green
            lane[EB + k] += e * blue
        if filmed or based:
            shine(red, green, blue, based, lane, WHOLE)
        if sheeting:
            send_back(rays, red, green, blue, surface, lane, WHOLE)


@fast_inner_kernel
def any_sheeting(rays, triangle, surface, part):
    """Whether any of `rays` met sheeting."""
    begin, end = FROM[len(part)], TO[len(part)]
    sheeting = False
    for k in range(begin, end):
        sheeting = sheeting or (triangle[rays[k]] >= 0 and of_ray(surface, rays[k], S_RETRO) > F(0))
    return sheeting


@fast_inner_kernel
def send_back(rays, red, green, blue, surface, lane, part):
    """Add to OUT_R to OUT_B what sheeting returns of a lamp's light to those who are near the lamp."""
    begin, end = FROM[len(part)], TO[len(part)]
    for k in range(begin, end):
        r = rays[k]
        if lane[ARRIVES + k] > F(0) and of_ray(surface, r, S_RETRO) > F(0):
            cosine = -(
                lane[DX + k] * lane[TX + k] + lane[DY + k] * lane[TY + k] + lane[DZ + k] * lane[TZ + k]
            )
            if cosine > F(0.98):
                apart = math.sqrt(max(F(2) - F(2) * cosine, F(0)))
                back = lane[ARRIVES + k] * lane[COSINE + k] * of_ray(surface, r, S_RETRO) / F(math.pi)
                back *= math.exp(-apart / RETRO_LOBE)
                # Sheeting filters the light it returns by its own colour.
                back /= max(
                    of_ray(surface, r, S_R), of_ray(surface, r, S_G), of_ray(surface, r, S_B), F(0.05)
                )
                lane[OUT_R + k] += back * red * of_ray(surface, r, S_R)
                lane[OUT_G + k] += back * green * of_ray(surface, r, S_G)
                lane[OUT_B + k] += back * blue * of_ray(surface, r, S_B)


@fast_inner_kernel
def glossy_rows(lane, part):
    """Fill FILM to BASE_A; whether any film shows images of lamps, and whether any base does."""
    begin, end = FROM[len(part)], TO[len(part)]
    film = F(0)
    base = F(0)
    for k in range(begin, end):
        lane[FILM + k] = lane[COAT + k] if lane[COAT + k] > F(LEAST_FILM) else F(0)
        lane[FILM_A + k] = max(lane[COAT_ROUGH + k] * lane[COAT_ROUGH + k], F(0.006))
        lane[BASE + k] = lane[UNDER + k] * lane[LIVE + k] if lane[ROUGH + k] < F(0.5) else F(0)
        lane[BASE_A + k] = max(lane[ROUGH + k] * lane[ROUGH + k], F(0.02))
        film = greater(film, lane[FILM + k])
        base = greater(base, lane[BASE + k])
    return film > F(0), base > F(0)


@fast_inner_kernel
def arrive(lamps, which, tables, extinction_per_m, lane, part):
    """Fill TX to ARRIVES for one lamp, as `lamps.lamp_intensity` has it; false where none of its light arrives.

    `tables` (3 * V_CELLS * H_CELLS,) are those of its beams, one after the other.
    """
    begin, end = FROM[len(part)], TO[len(part)]
    px = lamps[which, L_X]
    py = lamps[which, L_Y]
    pz = lamps[which, L_Z]
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    reach2 = lamps[which, L_REACH2]
    cd = lamps[which, L_CD]
    kind = int(lamps[which, L_KIND])
    some = F(0)
    for k in range(begin, end):
        x = px - lane[PX + k]
        y = py - lane[PY + k]
        z = pz - lane[PZ + k]
        far2 = x * x + y * y + z * z
        scale = F(1) / math.sqrt(max(far2, F(0.01)))
        x *= scale
        y *= scale
        z *= scale
        nl = max(lane[NX + k] * x + lane[NY + k] * y + lane[NZ + k] * z, F(0))
        e = cd * scale * scale * fading(extinction_per_m / scale) * lane[SHOWN + k]
        lane[TX + k] = x
        lane[TY + k] = y
        lane[TZ + k] = z
        lane[COSINE + k] = nl
        lane[ARRIVES + k] = e if far2 <= reach2 and nl > F(0) else F(0)
    if kind < BEAM_STREET:
        ux = lamps[which, L_UX]
        uy = lamps[which, L_UY]
        uz = lamps[which, L_UZ]
        rx = ay * uz - az * uy
        ry = az * ux - ax * uz
        rz = ax * uy - ay * ux
        for k in range(begin, end):
            x = -lane[TX + k]
            y = -lane[TY + k]
            z = -lane[TZ + k]
            along = x * ax + y * ay + z * az
            a = (x * rx + y * ry + z * rz) / max(along, F(BEAM_ENDS))
            a = (a + F(H_SPAN)) * F((H_CELLS - 1) / (2 * H_SPAN))
            b = (x * ux + y * uy + z * uz + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))
            inside = (
                (along >= F(BEAM_ENDS))
                & (a >= F(0))
                & (b >= F(0))
                & (a < F(H_CELLS - 1))
                & (b < F(V_CELLS - 1))
            )
            a = min(max(a, F(0)), F(H_CELLS - 1.01))
            b = min(max(b, F(0)), F(V_CELLS - 1.01))
            j = np.int32(a)
            i = np.int32(b)
            lane[CELL + k] = F(i * np.int32(H_CELLS) + j)
            lane[ASIDE + k] = a - F(j)
            lane[ABOVE + k] = b - F(i)
            lane[ARRIVES + k] = lane[ARRIVES + k] if inside else F(0)
        # Lookups in a loop of their own leave the rest to vectors.  Places are clamped: a lookup in vain costs
        # less than asking whether it does.
        first = np.uint32(kind * V_CELLS * H_CELLS)
        for k in range(begin, end):
            at = first + np.uint32(np.int32(lane[CELL + k]))
            fa = lane[ASIDE + k]
            lane[LOW + k] = tables[at] + (tables[at + np.uint32(1)] - tables[at]) * fa
            at += np.uint32(H_CELLS)
            lane[HIGH + k] = tables[at] + (tables[at + np.uint32(1)] - tables[at]) * fa
        for k in range(begin, end):
            lane[ARRIVES + k] *= lane[LOW + k] + (lane[HIGH + k] - lane[LOW + k]) * lane[ABOVE + k]
            some = greater(some, lane[ARRIVES + k])
    else:
        street = kind == BEAM_STREET
        for k in range(begin, end):
            along = -(lane[TX + k] * ax + lane[TY + k] * ay + lane[TZ + k] * az)
            wing = min(F(1) / (along * along + F(0.05)), F(2.6))
            edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
            share = wing * edge * edge * F(0.45) if street else along
            lane[ARRIVES + k] *= share if along > F(0) else F(0)
            some = greater(some, lane[ARRIVES + k])
    return some > F(0)


@fast_inner_kernel
def shine(red, green, blue, based, lane, part):
    """Add the lamp's images in glossy bases and in films to OUT_R to OUT_B; `based` where any base is glossy."""
    begin, end = FROM[len(part)], TO[len(part)]
    for k in range(begin, end):
        hx = lane[TX + k] - lane[DX + k]
        hy = lane[TY + k] - lane[DY + k]
        hz = lane[TZ + k] - lane[DZ + k]
        scale = F(1) / math.sqrt(hx * hx + hy * hy + hz * hz + F(1e-12))
        nh = (lane[NX + k] * hx + lane[NY + k] * hy + lane[NZ + k] * hz) * scale
        vh = (lane[DX + k] * hx + lane[DY + k] * hy + lane[DZ + k] * hz) * scale
        vh = F(1) - min(-vh, F(1))
        vh5 = vh * vh
        vh5 = vh5 * vh5 * vh
        nl = lane[COSINE + k]
        e = lane[ARRIVES + k] * nl
        f0 = lane[F0 + k]
        film = (
            smith_ggx(lane[FILM_A + k], nl, lane[NV + k], nh) * lane[FILM + k] * (f0 + (F(1) - f0) * vh5) * e
        )
        lane[HALF + k] = nh
        lane[MISS5 + k] = vh5
        lane[OUT_R + k] += red * film
        lane[OUT_G + k] += green * film
        lane[OUT_B + k] += blue * film
    if not based:
        return
    for k in range(begin, end):
        nl = lane[COSINE + k]
        vh5 = lane[MISS5 + k]
        base = smith_ggx(lane[BASE_A + k], nl, lane[NV + k], lane[HALF + k]) * lane[BASE + k]
        base *= lane[ARRIVES + k] * nl
        pr = lane[GLOSS_R + k]
        pg = lane[GLOSS_G + k]
        pb = lane[GLOSS_B + k]
        lane[OUT_R + k] += red * base * (pr + (F(1) - pr) * vh5)
        lane[OUT_G + k] += green * base * (pg + (F(1) - pg) * vh5)
        lane[OUT_B + k] += blue * base * (pb + (F(1) - pb) * vh5)
