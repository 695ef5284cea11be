"""Light of lamps on the points of a tile, lane by lane as wide vector code.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import dimming, fading
from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamp_lists import LISTED
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
    ARRIVES,
    BASE,
    BASE_A,
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
    FACING,
    FILM,
    FILM_A,
    FLAT,
    FROM,
    GLOSS_B,
    GLOSS_G,
    GLOSS_R,
    LANES,
    LIVE,
    LOBE,
    NARROW,
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
    STEEP,
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
from sim.kernels.loose_sixteen import COUNT, amid, any_above, load, store, where, whole

F = np.float32
U = np.uintp
# Cells of a table for each unit of the tangent to the right, and of the sine up.
PER_WIDTH, PER_HEIGHT = (H_CELLS - 1) / (2 * H_SPAN), (V_CELLS - 1) / (2 * V_SPAN)
LEAST_FILM = 0.1  # thinner films show no images of lamps
LOBE_ENDS = 4.0  # times alpha: 1 - nh^2 of a GGX lobe from which on D is less than 0.02
RETRO_LOBE = np.float32(
    0.011
)  # rad: sheeting returns a third of its light at 0.6 degrees, EN 12899-1 table 3


@fast_kernel
def lamplight(
    rays, tile, triangle, surface, lamps, lamp_list, lamp_asked, lamp_seen, lamp_dim, tables, extinction_per_m, lane
):  # fmt: skip
    """Add the light of a tile's lamps to its `rays`: to rows ER to OUT_B of `lane`, which `lanes.load` has filled.

    `lamp_seen` (SHADOWED * N,) is flat, and tells of the first `lamp_asked` (tiles,) of a tile's lamps.
    """
    filmed, based, aside = glossy_rows(lane, WHOLE)
    sheeting = any_sheeting(rays, triangle, surface)
    across = U(triangle.shape[0])
    asked = lamp_asked[tile]
    for q in range(LISTED):
        which = lamp_list[tile, q]
        if which < 0:
            break
        dim = lamp_dim[tile, q]
        if dim <= F(0):
            continue
        lamp = of_lamp(lamps, which)
        red = lamps[which, L_R]
        green = lamps[which, L_G]
        blue = lamps[which, L_B]
        for begin in range(0, LANES, COUNT):
            part = U(begin)
            shown = row(lane, LIVE, part) * dim
            if q < asked:
                shown *= load(lamp_seen, U(q) * across + U(tile) * U(LANES) + part)
            if sheeting:
                store(lane, U(ARRIVES) + part, shown * F(0))
            if not any_above(shown, F(0)):
                continue
            x, y, z, nl, e = arrive(lamp, tables, extinction_per_m, shown, lane, part)
            if not any_above(e, F(0)):
                continue
            met = e * nl
            add(lane, ER, part, met * red)
            add(lane, EG, part, met * green)
            add(lane, EB, part, met * blue)
            if not (filmed or based):
                nh, miss5 = x, x
                shows = False
            else:
                nh, miss5 = halfway(x, y, z, nl, lane, part)
                shows = based or any_above(nh, aside)
            if shows:
                film = in_film(nl, nh, miss5, lane, part) * met
                if based:
                    base = smith_ggx(row(lane, BASE_A, part), nl, row(lane, NV, part), nh)
                    base *= row(lane, BASE, part) * met
                    film += base * miss5
                    base *= F(1) - miss5
                    add(lane, OUT_R, part, red * (film + base * row(lane, GLOSS_R, part)))
                    add(lane, OUT_G, part, green * (film + base * row(lane, GLOSS_G, part)))
                    add(lane, OUT_B, part, blue * (film + base * row(lane, GLOSS_B, part)))
                else:
                    add(lane, OUT_R, part, red * film)
                    add(lane, OUT_G, part, green * film)
                    add(lane, OUT_B, part, blue * film)
            if sheeting:
                keep(x, y, z, nl, e, lane, part)
        if sheeting:
            send_back(rays, red, green, blue, surface, lane, WHOLE)


@fast_inner_kernel
def row(lane, which, part):
    """Sixteen lanes of a row, from lane `part` on."""
    return load(lane, U(which) + part)


@fast_inner_kernel
def add(lane, which, part, numbers):
    """Add to sixteen lanes of a row."""
    store(lane, U(which) + part, load(lane, U(which) + part) + numbers)


@fast_inner_kernel
def keep(x, y, z, nl, e, lane, part):
    """Write the rows TX to ARRIVES that `send_back` reads."""
    store(lane, U(TX) + part, x)
    store(lane, U(TY) + part, y)
    store(lane, U(TZ) + part, z)
    store(lane, U(COSINE) + part, nl)
    store(lane, U(ARRIVES) + part, e)


@fast_inner_kernel
def any_sheeting(rays, triangle, surface):
    """Whether any of `rays` (LANES,) met sheeting."""
    sheeting = False
    for k in range(LANES):
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
                back *= fading(apart * F(1 / RETRO_LOBE))
                # Sheeting filters the light it returns by its own colour.
                back /= max(
                    of_ray(surface, r, S_R), of_ray(surface, r, S_G), of_ray(surface, r, S_B), F(0.05)
                )
                lane[OUT_R + k] += back * red * of_ray(surface, r, S_R)
                lane[OUT_G + k] += back * green * of_ray(surface, r, S_G)
                lane[OUT_B + k] += back * blue * of_ray(surface, r, S_B)


@fast_inner_kernel
def glossy_rows(lane, part):
    """Fill FILM to BASE_A and FACING to FLAT; whether films show images of lamps, whether bases do, where films' end.

    Up to that cosine between a film's normal and the half vector its lobe is less than 0.02.
    """
    begin, end = FROM[len(part)], TO[len(part)]
    film = F(0)
    widest = F(0)
    base = F(0)
    for k in range(begin, end):
        lane[FILM + k] = lane[COAT + k] if lane[COAT + k] > F(LEAST_FILM) else F(0)
        lane[FILM_A + k] = max(lane[COAT_ROUGH + k] * lane[COAT_ROUGH + k], F(0.006))
        lane[BASE + k] = lane[UNDER + k] * lane[LIVE + k] if lane[ROUGH + k] < F(0.5) else F(0)
        lane[BASE_A + k] = max(lane[ROUGH + k] * lane[ROUGH + k], F(0.02))
        alpha, nv = lane[FILM_A + k], lane[NV + k]
        lane[LOBE + k] = F(0.5) * alpha * alpha * lane[FILM + k] / F(math.pi)
        lane[NARROW + k] = alpha * alpha - F(1)
        lane[STEEP + k] = F(2) * nv * (F(1) - alpha) + alpha
        lane[FLAT + k] = nv * alpha
        # NV is the least that counts, where surfaces were bent.
        lane[FACING + k] = F(0) - (
            lane[NX + k] * lane[DX + k] + lane[NY + k] * lane[DY + k] + lane[NZ + k] * lane[DZ + k]
        )
        film = greater(film, lane[FILM + k])
        widest = greater(widest, lane[FILM_A + k] if lane[FILM + k] > F(0) else F(0))
        base = greater(base, lane[BASE + k])
    return film > F(0), base > F(0), math.sqrt(max(F(1) - F(LOBE_ENDS) * widest, F(0)))


@fast_inner_kernel
def of_lamp(lamps, which):
    """What `arrive` asks about a lamp: place, axis, the ways to its right and up, candelas, squared reach and kind.

    The last two ways are as long as their table has cells for each unit.
    """
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    ux = lamps[which, L_UX]
    uy = lamps[which, L_UY]
    uz = lamps[which, L_UZ]
    a, b = F(PER_WIDTH), F(PER_HEIGHT)
    return (
        lamps[which, L_X], lamps[which, L_Y], lamps[which, L_Z], ax, ay, az,
        a * (ay * uz - az * uy), a * (az * ux - ax * uz), a * (ax * uy - ay * ux), b * ux, b * uy, b * uz,
        lamps[which, L_CD], lamps[which, L_REACH2], lamps[which, L_KIND],
    )  # fmt: skip


@fast_inner_kernel
def arrive(lamp, tables, extinction_per_m, shown, lane, part):
    """The way from sixteen lanes to a lamp, its cosine, and what arrives, as `lamps.lamp_intensity` has it.

    `lamp` is what `of_lamp` tells, `shown` the share of the lamp that they see, `tables` (3 * V_CELLS * H_CELLS,) are
    those of beams, one after the other.
    """
    lx, ly, lz, ax, ay, az, rx, ry, rz, ux, uy, uz, candela, reach2, kind = lamp
    x = lx - row(lane, PX, part)
    y = ly - row(lane, PY, part)
    z = lz - row(lane, PZ, part)
    far2 = x * x + y * y + z * z
    scale = F(1) / math.sqrt(max(far2, F(0.01)))
    x *= scale
    y *= scale
    z *= scale
    nl = max(row(lane, NX, part) * x + row(lane, NY, part) * y + row(lane, NZ, part) * z, F(0))
    e = candela * scale * scale * dimming(extinction_per_m * (far2 * scale)) * shown
    e = where(far2, reach2, e, F(0))
    e = where(nl, F(0), F(0), e)
    along = F(0) - (x * ax + y * ay + z * az)
    if kind < F(BEAM_STREET):
        a = F(H_SPAN * PER_WIDTH) - (x * rx + y * ry + z * rz) / max(along, F(BEAM_ENDS))
        b = F(V_SPAN * PER_HEIGHT) - (x * ux + y * uy + z * uz)
        e = where(F(BEAM_ENDS), along, e, F(0))
        e = where(F(0), min(a, b), e, F(0))
        e = where(F(H_CELLS - 1), a, F(0), e)
        e = where(F(V_CELLS - 1), b, F(0), e)
        if any_above(e, F(0)):
            # Places are clamped: a lookup in vain costs less than asking whether it is.
            a = min(max(a, F(0)), F(H_CELLS - 1.01))
            b = min(max(b, F(0)), F(V_CELLS - 1.01))
            j = whole(a)
            i = whole(b)
            at = i * F(H_CELLS) + j + kind * F(V_CELLS * H_CELLS)
            e *= amid(tables, at, U(H_CELLS), a - j, b - i)
    elif kind == F(BEAM_STREET):
        wing = min(F(1) / (along * along + F(0.05)), F(2.6))
        edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
        e *= where(along, F(0), F(0), wing * edge * edge * F(0.45))
    else:
        e *= max(along, F(0))
    return x, y, z, nl, e


@fast_inner_kernel
def halfway(x, y, z, nl, lane, part):
    """Cosine between the normal and the half vector of a lamp's light, and what Schlick's Fresnel term grows with.

    `nl` is the normal's cosine to the light; the half vector is as far from it as from the way to the eye.
    """
    hx = x - row(lane, DX, part)
    hy = y - row(lane, DY, part)
    hz = z - row(lane, DZ, part)
    apart2 = hx * hx + hy * hy + hz * hz + F(1e-12)
    scale = F(1) / math.sqrt(apart2)
    miss = F(1) - min(F(0.5) * (apart2 * scale), F(1))
    miss2 = miss * miss
    return (nl + row(lane, FACING, part)) * scale, miss2 * miss2 * miss


@fast_inner_kernel
def in_film(nl, nh, miss5, lane, part):
    """What a film sends to the eye of a lux that falls on it: `gloss.smith_ggx` with what does not go by the lamp."""
    f0 = row(lane, F0, part)
    d = (nh * nh) * row(lane, NARROW, part) + F(1)
    spread = d * d * max(nl * row(lane, STEEP, part) + row(lane, FLAT, part), F(1e-4))
    return row(lane, LOBE, part) * (f0 + (F(1) - f0) * miss5) / spread
