"""How the path tracer's surfaces scatter: the fast path's lobes with nothing gained and nothing lost.  Renderers floor.

The lobes are those of `shade`: Lambert, GGX of the base, GGX of the coat, straight through panes, Lambert behind leaves.
What the coat sends back its base does not get (directional albedos from a table), and what GGX loses between its facets
is given back (Turquin 2019), so that a white surface under any gloss returns all the light it gets.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamplight import RETRO_LOBE
from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_F0,
    S_G,
    S_METAL,
    S_NX,
    S_NY,
    S_NZ,
    S_R,
    S_RETRO,
    S_ROUGH,
    S_THROUGH,
    of_ray,
)
from sim.kernels.jit import fast_kernel

F = np.float32
PI = np.float32(math.pi)
GLOSSES, ANGLES = 32, 32  # of the table of directional albedos, over sqrt(a) and sqrt(n.v)
LEAST_A, LEAST_COAT_A = 0.02, 0.004  # as shade clamps them
LEAST_NV = 0.02
# Columns of a prepared surface: normal, towards the viewer, widths, colours of the lobes, chances to choose them.
(Q_NX, Q_NY, Q_NZ, Q_VX, Q_VY, Q_VZ, Q_NV, Q_A, Q_COAT_A, Q_F0, Q_COAT, Q_UNDER) = range(12)
(Q_DR, Q_DG, Q_DB, Q_TR, Q_TG, Q_TB, Q_PR, Q_PG, Q_PB, Q_SR, Q_SG, Q_SB, Q_COAT_GAIN, Q_PASS) = range(12, 26)
(Q_RETRO_R, Q_RETRO_G, Q_RETRO_B, C_DIFFUSE, C_BEHIND, C_BASE, C_COAT, C_PASS, Q_COLUMNS) = range(26, 35)
GONE, SCATTERED, PASSED = 0, 1, 2


@fast_kernel
def tabulate(table):
    """Fill `table` (GLOSSES, ANGLES, 2): the GGX lobe's albedo is F0 times the first plus the second.

    Midpoints over the visible normals, whose sampling leaves a smooth integrand.
    """
    steps = 48
    for i in range(GLOSSES):
        rough = max(F(i) / F(GLOSSES - 1), F(0.05))
        a = rough * rough
        for j in range(ANGLES):
            nv = max(F(j) / F(ANGLES - 1), F(0.1))
            nv = nv * nv
            vx = math.sqrt(max(F(1) - nv * nv, F(0)))
            low = F(0)
            high = F(0)
            for p in range(steps):
                for q in range(steps):
                    hx, _, hz = visible_normal(
                        vx, F(0), nv, a, (F(p) + F(0.5)) / F(steps), (F(q) + F(0.5)) / F(steps)
                    )
                    vh = max(vx * hx + nv * hz, F(0))
                    nl = F(2) * vh * hz - nv
                    if nl <= F(0):
                        continue
                    weight = smith_ggx(a, nl, nv, hz) * nl / max(visible_pdf(a, nv, hz), F(1e-12))
                    m = F(1) - vh
                    m5 = m * m
                    m5 = m5 * m5 * m
                    low += weight * (F(1) - m5)
                    high += weight * m5
            table[i, j, 0] = low / F(steps * steps)
            table[i, j, 1] = high / F(steps * steps)


@fast_kernel
def visible_normal(vx, vy, vz, a, u0, u1):
    """A GGX normal as seen from v, in the surface's frame (Dupuy and Benyoub 2023, spherical caps)."""
    sx = vx * a
    sy = vy * a
    sz = vz
    scale = F(1) / math.sqrt(sx * sx + sy * sy + sz * sz)
    sx *= scale
    sy *= scale
    sz *= scale
    turn = F(2) * PI * u0
    z = (F(1) - u1) * (F(1) + sz) - sz
    flat = math.sqrt(max(F(1) - z * z, F(0)))
    hx = (flat * math.cos(turn) + sx) * a
    hy = (flat * math.sin(turn) + sy) * a
    hz = max(z + sz, F(1e-6))
    scale = F(1) / math.sqrt(hx * hx + hy * hy + hz * hz)
    return hx * scale, hy * scale, hz * scale


@fast_kernel
def visible_pdf(a, nv, nh):
    """Probability per steradian of the light direction that `visible_normal` leads to."""
    a2 = a * a
    d = (nh * nh) * (a2 - F(1)) + F(1)
    return a2 / (PI * d * d) / (F(2) * (nv + math.sqrt(a2 + (F(1) - a2) * nv * nv)))


@fast_kernel
def albedo_of(table, a, nv):
    """The two parts of the GGX lobe's albedo, bilinear in the table."""
    x = math.sqrt(a) * F(GLOSSES - 1)
    y = math.sqrt(nv) * F(ANGLES - 1)
    i = min(int(x), GLOSSES - 2)
    j = min(int(y), ANGLES - 2)
    fx = min(x - F(i), F(1))
    fy = min(y - F(j), F(1))
    low = (table[i, j, 0] * (F(1) - fy) + table[i, j + 1, 0] * fy) * (F(1) - fx)
    low += (table[i + 1, j, 0] * (F(1) - fy) + table[i + 1, j + 1, 0] * fy) * fx
    high = (table[i, j, 1] * (F(1) - fy) + table[i, j + 1, 1] * fy) * (F(1) - fx)
    high += (table[i + 1, j, 1] * (F(1) - fy) + table[i + 1, j + 1, 1] * fy) * fx
    return low, high


@fast_kernel
def ready(surface, r, dx, dy, dz, table, least_a, q):
    """Work out the lobes of surface row `r` for a ray along the unit direction (dx, dy, dz), into `q`."""
    nx = of_ray(surface, r, S_NX)
    ny = of_ray(surface, r, S_NY)
    nz = of_ray(surface, r, S_NZ)
    nv = -(nx * dx + ny * dy + nz * dz)
    if nv < F(LEAST_NV):
        bend = F(LEAST_NV) - nv
        nx -= dx * bend
        ny -= dy * bend
        nz -= dz * bend
        scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
        nx *= scale
        ny *= scale
        nz *= scale
        nv = max(-(nx * dx + ny * dy + nz * dz), F(0.01))
    nv = min(nv, F(1))
    q[Q_NX] = nx
    q[Q_NY] = ny
    q[Q_NZ] = nz
    q[Q_VX] = -dx
    q[Q_VY] = -dy
    q[Q_VZ] = -dz
    q[Q_NV] = nv
    rough = of_ray(surface, r, S_ROUGH)
    metal = of_ray(surface, r, S_METAL)
    coat = of_ray(surface, r, S_COAT)
    f0 = of_ray(surface, r, S_F0)
    a = max(rough * rough, F(LEAST_A), least_a)
    coat_a = max(
        of_ray(surface, r, S_COAT_ROUGH) * of_ray(surface, r, S_COAT_ROUGH), F(LEAST_COAT_A), least_a
    )
    q[Q_A] = a
    q[Q_COAT_A] = coat_a
    q[Q_F0] = f0
    q[Q_COAT] = coat
    low, high = albedo_of(table, coat_a, nv)
    gain = F(1) + f0 * (F(1) / max(low + high, F(0.05)) - F(1))
    coated = coat * min((f0 * low + high) * gain, F(1))
    q[Q_COAT_GAIN] = gain
    under = F(1) - coated
    q[Q_UNDER] = under
    low, high = albedo_of(table, a, nv)
    lost = F(1) / max(low + high, F(0.05)) - F(1)
    through = of_ray(surface, r, S_THROUGH)
    passing = max(through, F(0))
    back = min(F(-3) * through, F(1)) if through < F(0) else F(0)
    chance_d = F(0)
    chance_t = F(0)
    chance_s = F(0)
    most = max(of_ray(surface, r, S_R), of_ray(surface, r, S_G), of_ray(surface, r, S_B), F(0.05))
    for c in range(3):
        colour = of_ray(surface, r, S_R + c)
        f = F(0.04) + (colour - F(0.04)) * metal
        gain = F(1) + f * lost
        # Glass is a pane with its own coat; what little it scatters has no gloss of its own.
        mirrored = min((f * low + high) * gain, F(1))
        body = colour * (F(1) - metal) * (F(1) - passing) * (F(1) - mirrored) * under
        # A thin leaf cannot send out more than it gets.
        share = F(1) / max(F(1), colour * (F(1) + back))
        q[Q_DR + c] = body * share
        q[Q_TR + c] = body * back * share
        q[Q_PR + c] = f
        q[Q_SR + c] = gain * under * (F(1) - passing)
        q[Q_RETRO_R + c] = of_ray(surface, r, S_RETRO) * colour / most
        chance_d += q[Q_DR + c]
        chance_t += q[Q_TR + c]
        chance_s += mirrored * under * (F(1) - passing)
    chance_c = F(3) * coated
    q[Q_PASS] = passing * under
    chance_p = F(3) * q[Q_PASS]
    by = F(1) / max(chance_d + chance_t + chance_s + chance_c + chance_p, F(1e-9))
    q[C_DIFFUSE] = chance_d * by
    q[C_BEHIND] = chance_t * by
    q[C_BASE] = chance_s * by
    q[C_COAT] = chance_c * by
    q[C_PASS] = chance_p * by


@fast_kernel
def scattered(q, lx, ly, lz):
    """Share of light from unit direction l that is sent to the viewer (rgb, cosine included), and l's probability."""
    nl = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz
    if nl <= F(0):
        k = -nl / PI
        return q[Q_TR] * k, q[Q_TG] * k, q[Q_TB] * k, q[C_BEHIND] * k
    k = nl / PI
    red = q[Q_DR] * k
    green = q[Q_DG] * k
    blue = q[Q_DB] * k
    pdf = q[C_DIFFUSE] * k
    hx = lx + q[Q_VX]
    hy = ly + q[Q_VY]
    hz = lz + q[Q_VZ]
    scale = F(1) / max(math.sqrt(hx * hx + hy * hy + hz * hz), F(1e-9))
    nh = min((q[Q_NX] * hx + q[Q_NY] * hy + q[Q_NZ] * hz) * scale, F(1))
    miss = F(1) - min(max((q[Q_VX] * hx + q[Q_VY] * hy + q[Q_VZ] * hz) * scale, F(0)), F(1))
    miss5 = miss * miss
    miss5 = miss5 * miss5 * miss
    if q[C_BASE] > F(0):
        lobe = smith_ggx(q[Q_A], nl, q[Q_NV], nh) * nl
        red += lobe * q[Q_SR] * (q[Q_PR] + (F(1) - q[Q_PR]) * miss5)
        green += lobe * q[Q_SG] * (q[Q_PG] + (F(1) - q[Q_PG]) * miss5)
        blue += lobe * q[Q_SB] * (q[Q_PB] + (F(1) - q[Q_PB]) * miss5)
        pdf += q[C_BASE] * visible_pdf(q[Q_A], q[Q_NV], nh)
    if q[C_COAT] > F(0):
        lobe = smith_ggx(q[Q_COAT_A], nl, q[Q_NV], nh) * nl * q[Q_COAT] * q[Q_COAT_GAIN]
        lobe *= q[Q_F0] + (F(1) - q[Q_F0]) * miss5
        red += lobe
        green += lobe
        blue += lobe
        pdf += q[C_COAT] * visible_pdf(q[Q_COAT_A], q[Q_NV], nh)
    return red, green, blue, pdf


@fast_kernel
def returned(q, lx, ly, lz):
    """What sheeting sends back of a lamp's light from direction l (rgb, cosine included), as shade has it."""
    cosine = q[Q_VX] * lx + q[Q_VY] * ly + q[Q_VZ] * lz
    nl = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz
    if cosine < F(0.98) or nl <= F(0):
        return F(0), F(0), F(0)
    apart = math.sqrt(max(F(2) - F(2) * cosine, F(0)))
    back = math.exp(-apart / RETRO_LOBE) * nl / PI
    return back * q[Q_RETRO_R], back * q[Q_RETRO_G], back * q[Q_RETRO_B]


@fast_kernel
def frame_of(nx, ny, nz):
    """Two unit vectors that make a frame with the unit normal (Duff et al., JCGT 6(1), 2017)."""
    sign = F(1) if nz >= F(0) else F(-1)
    a = F(-1) / (sign + nz)
    b = nx * ny * a
    return (
        F(1) + sign * nx * nx * a,
        sign * b,
        -sign * nx,
        b,
        sign + ny * ny * a,
        -ny,
    )


@fast_kernel
def choose(q, u, u0, u1):
    """A direction by the lobes' chances: what happened, the direction, its weight (rgb) and its probability.

    A ray that passes straight on has the probability -1: no light sampling can find it.
    """
    ux, uy, uz, wx, wy, wz = frame_of(q[Q_NX], q[Q_NY], q[Q_NZ])
    if u < q[C_PASS]:
        weight = q[Q_PASS] / q[C_PASS]
        return PASSED, -q[Q_VX], -q[Q_VY], -q[Q_VZ], weight, weight, weight, F(-1)
    u -= q[C_PASS]
    if u < q[C_DIFFUSE] + q[C_BEHIND]:
        turn = F(2) * PI * u0
        flat = math.sqrt(u1)
        x = flat * math.cos(turn)
        y = flat * math.sin(turn)
        z = math.sqrt(max(F(1) - u1, F(1e-8)))
        if u >= q[C_DIFFUSE]:
            z = -z
    else:
        u -= q[C_DIFFUSE] + q[C_BEHIND]
        a = q[Q_A] if u < q[C_BASE] else q[Q_COAT_A]
        vx = q[Q_VX] * ux + q[Q_VY] * uy + q[Q_VZ] * uz
        vy = q[Q_VX] * wx + q[Q_VY] * wy + q[Q_VZ] * wz
        hx, hy, hz = visible_normal(vx, vy, q[Q_NV], a, u0, u1)
        twice = F(2) * (vx * hx + vy * hy + q[Q_NV] * hz)
        x = twice * hx - vx
        y = twice * hy - vy
        z = twice * hz - q[Q_NV]
        if z <= F(0):
            return GONE, F(0), F(0), F(1), F(0), F(0), F(0), F(0)
    lx = x * ux + y * wx + z * q[Q_NX]
    ly = x * uy + y * wy + z * q[Q_NY]
    lz = x * uz + y * wz + z * q[Q_NZ]
    scale = F(1) / math.sqrt(lx * lx + ly * ly + lz * lz)
    lx *= scale
    ly *= scale
    lz *= scale
    red, green, blue, pdf = scattered(q, lx, ly, lz)
    if pdf <= F(0):
        return GONE, F(0), F(0), F(1), F(0), F(0), F(0), F(0)
    by = F(1) / pdf
    return SCATTERED, lx, ly, lz, red * by, green * by, blue * by, pdf


@fast_kernel
def furnace(surface, direction, table, draws, sent):
    """Mean weight (N, 3) of `draws` (K, 3) uniform numbers for each ray's surface: the albedo that paths play."""
    q = np.empty(Q_COLUMNS, np.float32)
    for r in range(direction.shape[0]):
        ready(surface, r, direction[r, 0], direction[r, 1], direction[r, 2], table, F(0), q)
        red = 0.0
        green = 0.0
        blue = 0.0
        for k in range(draws.shape[0]):
            what, _, _, _, wr, wg, wb, _ = choose(q, draws[k, 0], draws[k, 1], draws[k, 2])
            if what != GONE:
                red += wr
                green += wg
                blue += wb
        sent[r, 0] = red / draws.shape[0]
        sent[r, 1] = green / draws.shape[0]
        sent[r, 2] = blue / draws.shape[0]
