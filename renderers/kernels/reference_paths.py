"""One step of many light paths: what each met sends light on, from lamps, sky and sun, and sends the path on.

Renderers floor, arrays only.  Rows are paths; a step comes after `follow` and `resolve`.  Every number that is drawn
belongs to (pixel, sample, draw), so neither threads nor the order of samples can be told from the result.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.air import A_EYE_M, optical_depth
from renderers.kernels.lamps import BEAM_STREET, L_B, L_G, L_KIND, L_R, L_X, L_Y, L_Z, lamp_intensity
from renderers.kernels.reference_gloss import (
    C_PASS,
    GONE,
    PASSED,
    Q_COLUMNS,
    Q_NX,
    Q_NY,
    Q_NZ,
    Q_RETRO_R,
    choose,
    frame_of,
    ready,
    returned,
    scattered,
)
from renderers.kernels.reference_light import (
    NEAREST_LAMP2,
    aim_at_map,
    beyond,
    chance,
    deflected,
    extinction_at,
    flight,
    found,
    phase,
    pick_halo,
    pick_lamp,
    sky_pdf,
)
from renderers.kernels.reference_rays import H_COLUMNS, H_RANGE, H_THROUGH, STACK, cast
from renderers.kernels.shade import SUN_COS
from renderers.kernels.sky import DISC, SUN_B, SUN_G, SUN_R, SUN_X, SUN_Y, SUN_Z
from renderers.kernels.surface import BIAS_M, M_GLOW, S_EB, S_EG, S_ER, of_ray
from sim.kernels.jit import fast_kernel

F = np.float32
PI = np.float32(math.pi)
NATURAL, LAMPLIGHT = 1, 2  # bits: which light a path gathers
IN_AIR = -2  # stands for a triangle where a path was scattered by air
SUN_RADIUS = 0.0047  # rad
STREET_LENS_M, VEHICLE_LENS_M = 0.08, 0.04  # radius of what shines
BEFORE_LAMP_M = 0.25  # the lamp's own lens must not shade it
BLURRED = 0.25  # least width of lobes behind a scattering bounce: sunlight thrown by car paint is spread, not a firefly
SHARP_PDF = 8.0  # per steradian: a bounce with more counts as a mirror
DRAWS = 24  # numbers drawn at each step
(D_CHOOSE, D_U, D_V, D_SUN_U, D_SUN_V, D_SKY, D_SKY_U, D_SKY_V, D_LAMP, D_LAMP_U, D_LAMP_V) = range(11)
(D_PANE, D_PANE_U, D_PANE_V, D_GO_ON, D_HALO, D_HALO_U, D_FLIGHT) = range(11, 18)
# Columns of a path's numbers: what it carries, what it has gathered, probability of its direction, width of its blur.
(T_R, T_G, T_B, T_LR, T_LG, T_LB, T_PDF, T_BLUR, T_COLUMNS) = range(9)


@fast_kernel
def left_from(behind, hx, hy, hz, ox, oy, oz, lx, ly, lz):
    """Where a ray leaves a surface: its lifted point, or just beyond it where light goes through a leaf."""
    if behind:
        return hx + lx * F(BIAS_M), hy + ly * F(BIAS_M), hz + lz * F(BIAS_M)
    return ox, oy, oz


@fast_kernel
def fly(start, stop, kinds, step, seed, sample, pixel, air, direction, begin, limit, path, range_m, triangle):
    """Let air end the flight of paths [start, stop): the scattered ones get the triangle IN_AIR.

    Light of sun and sky is stated where it arrives, behind all air: on its way there it is not scattered again.
    """
    for r in range(start, stop):
        if limit[r] <= F(0):
            continue
        first = path[r, T_PDF] < F(0)
        if not first and (kinds & NATURAL) and triangle[r] < 0:
            continue
        end = range_m[r] if triangle[r] >= 0 else F(1e30)
        t = flight(
            air,
            begin[r, 2],
            direction[r, 2],
            end,
            first,
            triangle[r] < 0,
            seed,
            pixel[r],
            sample,
            step * DRAWS + D_FLIGHT,
        )
        if t < F(1e29):
            range_m[r] = t
            triangle[r] = IN_AIR


@fast_kernel
def advance(
    start, stop, kinds, step, seed, sample, pixel, world, lights, emitters, tuning,
    rotation, surface, offset, direction, begin, limit, path, range_m, placement, triangle,
):  # fmt: skip
    """Gather light at what paths [start, stop) met and send them on; a path without a length is over."""
    (
        nodes, links, corners, material, materials, root, turn, box, mask, order, always, top_nodes, top_links, top_root,
        ray_mask,
    ) = world  # fmt: skip
    sky, numbers, airlight, air, cell_steps, cell_pdf, lamps, tables, gloss = lights
    pane_steps, pane_triangle, pane_light, pane_pdf, pane_shift, glows = emitters
    fog_depth, fog_gain, g, held, air_albedo, least_ext, last = tuning
    stack = np.empty(STACK, np.int32)
    hit = np.zeros(H_COLUMNS, np.float32)
    q = np.empty(Q_COLUMNS, np.float32)
    natural = (kinds & NATURAL) != 0
    lamplight = (kinds & LAMPLIGHT) != 0 and lamps.shape[0] > 0
    sunny = natural and numbers[SUN_G] > F(0) and numbers[SUN_Z] > F(0)
    s1x, s1y, s1z, s2x, s2y, s2z = frame_of(numbers[SUN_X], numbers[SUN_Y], numbers[SUN_Z])
    base = step * DRAWS
    for r in range(start, stop):
        if limit[r] <= F(0):
            continue
        limit[r] = F(0)
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        k = triangle[r]
        who = pixel[r]
        tr = path[r, T_R]
        tg = path[r, T_G]
        tb = path[r, T_B]
        sent_r = F(0)
        sent_g = F(0)
        sent_b = F(0)
        if k == IN_AIR:
            tr *= F(air_albedo)
            tg *= F(air_albedo)
            tb *= F(air_albedo)
        direct = path[r, T_PDF] < F(0)  # from the eye, perhaps through panes
        blur = path[r, T_BLUR]
        if lamplight and least_ext > F(0):
            # Halo of one lamp along the segment, once scattered: equiangular (Kulla and Fajardo 2012).
            end = min(range_m[r], F(300)) if k != -1 else F(300)
            which, over = pick_halo(
                lamps, begin[r, 0], begin[r, 1], begin[r, 2], dx, dy, dz, end, least_ext,
                chance(seed, who, sample, base + D_HALO),
            )  # fmt: skip
            if which >= 0:
                lx = lamps[which, L_X] - begin[r, 0]
                ly = lamps[which, L_Y] - begin[r, 1]
                lz = lamps[which, L_Z] - begin[r, 2]
                along = dx * lx + dy * ly + dz * lz
                away = math.sqrt(max(lx * lx + ly * ly + lz * lz - along * along, F(0.01)))
                low = math.atan2(-along, away)
                high = math.atan2(end - along, away)
                angle = low + (high - low) * chance(seed, who, sample, base + D_HALO_U)
                t = min(max(along + away * math.tan(angle), F(0)), end)
                x = begin[r, 0] + dx * t
                y = begin[r, 1] + dy * t
                z = begin[r, 2] + dz * t
                lx = lamps[which, L_X] - x
                ly = lamps[which, L_Y] - y
                lz = lamps[which, L_Z] - z
                far2 = max(lx * lx + ly * ly + lz * lz, F(NEAREST_LAMP2))
                far = math.sqrt(far2)
                e = lamp_intensity(lamps, which, tables, -lx / far, -ly / far, -lz / far)
                here = (F(1) if k == IN_AIR else F(air_albedo)) * F(extinction_at(air, z, t, direct, False))
                if e > F(0) and here > F(0):
                    hit[H_RANGE] = max(F(1) - F(BEFORE_LAMP_M) / far, F(1e-6))
                    hit[H_THROUGH] = F(1)
                    cast(
                        nodes, links, corners, material, materials, root, turn, box, mask, order, always,
                        top_nodes, top_links, top_root, ray_mask, x, y, z, lx, ly, lz, True, stack, hit,
                    )  # fmt: skip
                    eye = air[A_EYE_M]
                    depth = optical_depth(eye + begin[r, 2], eye + z, t, air)
                    depth += optical_depth(eye + z, eye + lamps[which, L_Z], far, air)
                    # 1 / far2 and the equiangular density, away / (angle (away2 + off2)), nearly cancel.
                    density = away / ((high - low) * max(away * away + (t - along) * (t - along), F(1e-6)))
                    value = e / far2 * here * F(math.exp(-depth)) * hit[H_THROUGH] * over / density
                    value *= phase((lx * dx + ly * dy + lz * dz) / far, g)
                    sent_r += value * lamps[which, L_R]
                    sent_g += value * lamps[which, L_G]
                    sent_b += value * lamps[which, L_B]
        if k == -1:
            if natural:
                if direct:
                    # Air on the way from the eye has been flown through.
                    red, green, blue = beyond(sky, numbers, airlight, F(0), F(1), dx, dy, dz)
                    if sunny and dx * numbers[SUN_X] + dy * numbers[SUN_Y] + dz * numbers[SUN_Z] > SUN_COS:
                        red += numbers[SUN_R] * numbers[DISC]
                        green += numbers[SUN_G] * numbers[DISC]
                        blue += numbers[SUN_B] * numbers[DISC]
                else:
                    red, green, blue = beyond(sky, numbers, airlight, fog_depth, fog_gain, dx, dy, dz)
                    pdf = path[r, T_PDF]
                    share = F(1) if pdf < F(0) else pdf / (pdf + sky_pdf(cell_pdf, dx, dy, dz))
                    red *= share
                    green *= share
                    blue *= share
                sent_r += red
                sent_g += green
                sent_b += blue
        else:
            air_here = k == IN_AIR
            t = range_m[r]
            hx = begin[r, 0] + dx * t
            hy = begin[r, 1] + dy * t
            hz = begin[r, 2] + dz * t
            ox = hx
            oy = hy
            oz = hz
            if not air_here:
                ox = offset[r, 0]
                oy = offset[r, 1]
                oz = offset[r, 2]
                ready(surface, r, dx, dy, dz, gloss, blur, q)
                if (
                    of_ray(surface, r, S_EG) > F(0)
                    or of_ray(surface, r, S_ER) > F(0)
                    or of_ray(surface, r, S_EB) > F(0)
                ):
                    kind = int(material[k])
                    column = int(materials[kind, M_GLOW])
                    # Lenses of lamps are what the eye sees of them; their light comes from the lamps themselves.
                    share = F(0)
                    if natural and direct:
                        share = F(1)
                    elif natural and column >= 0 and glows[column]:
                        share = F(1)
                        pdf = path[r, T_PDF]
                        if placement[r] == 0 and pane_pdf[k] > F(0):
                            ax = corners[k, 3] - corners[k, 0]
                            ay = corners[k, 4] - corners[k, 1]
                            az = corners[k, 5] - corners[k, 2]
                            bx = corners[k, 6] - corners[k, 0]
                            by = corners[k, 7] - corners[k, 1]
                            bz = corners[k, 8] - corners[k, 2]
                            nx = ay * bz - az * by
                            ny = az * bx - ax * bz
                            nz = ax * by - ay * bx
                            cosine = abs(nx * dx + ny * dy + nz * dz) / max(
                                math.sqrt(nx * nx + ny * ny + nz * nz), F(1e-20)
                            )
                            share = pdf / (pdf + pane_pdf[k] * t * t / max(cosine, F(1e-4)))
                    sent_r += of_ray(surface, r, S_ER) * share
                    sent_g += of_ray(surface, r, S_EG) * share
                    sent_b += of_ray(surface, r, S_EB) * share
            glossy = not air_here and q[C_PASS] < F(0.999)
            if sunny and (air_here or glossy):
                u = F(SUN_RADIUS) * math.sqrt(chance(seed, who, sample, base + D_SUN_U))
                v = F(2) * PI * chance(seed, who, sample, base + D_SUN_V)
                a = u * math.cos(v)
                b = u * math.sin(v)
                lx = numbers[SUN_X] + a * s1x + b * s2x
                ly = numbers[SUN_Y] + a * s1y + b * s2y
                lz = numbers[SUN_Z] + a * s1z + b * s2z
                scale = F(1) / math.sqrt(lx * lx + ly * ly + lz * lz)
                lx *= scale
                ly *= scale
                lz *= scale
                if air_here:
                    fr = phase(lx * dx + ly * dy + lz * dz, g)
                    fg = fr
                    fb = fr
                    behind = False
                else:
                    fr, fg, fb, _ = scattered(q, lx, ly, lz)
                    behind = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz < F(0)
                if fr + fg + fb > F(0):
                    hit[H_RANGE] = F(1e30)
                    hit[H_THROUGH] = F(1)
                    x, y, z = left_from(behind, hx, hy, hz, ox, oy, oz, lx, ly, lz)
                    cast(
                        nodes, links, corners, material, materials, root, turn, box, mask, order, always,
                        top_nodes, top_links, top_root, ray_mask, x, y, z, lx, ly, lz, True, stack, hit,
                    )  # fmt: skip
                    sent_r += fr * numbers[SUN_R] * hit[H_THROUGH]
                    sent_g += fg * numbers[SUN_G] * hit[H_THROUGH]
                    sent_b += fb * numbers[SUN_B] * hit[H_THROUGH]
            if natural and (air_here or glossy):
                lx, ly, lz = aim_at_map(
                    cell_steps,
                    chance(seed, who, sample, base + D_SKY),
                    chance(seed, who, sample, base + D_SKY_U),
                    chance(seed, who, sample, base + D_SKY_V),
                )
                behind = False
                if air_here:
                    fr = phase(lx * dx + ly * dy + lz * dz, g)
                    fg = fr
                    fb = fr
                    pdf = fr
                else:
                    fr, fg, fb, pdf = scattered(q, lx, ly, lz)
                    behind = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz < F(0)
                likely = sky_pdf(cell_pdf, lx, ly, lz)
                if fr + fg + fb > F(0) and likely > F(0):
                    hit[H_RANGE] = F(1e30)
                    hit[H_THROUGH] = F(1)
                    x, y, z = left_from(behind, hx, hy, hz, ox, oy, oz, lx, ly, lz)
                    cast(
                        nodes, links, corners, material, materials, root, turn, box, mask, order, always,
                        top_nodes, top_links, top_root, ray_mask, x, y, z, lx, ly, lz, True, stack, hit,
                    )  # fmt: skip
                    if hit[H_THROUGH] > F(0):
                        red, green, blue = beyond(sky, numbers, airlight, fog_depth, fog_gain, lx, ly, lz)
                        share = hit[H_THROUGH] / (likely + pdf)
                        sent_r += fr * red * share
                        sent_g += fg * green * share
                        sent_b += fb * blue * share
            if natural and pane_steps.shape[0] > 0 and (air_here or glossy):
                row = found(pane_steps, chance(seed, who, sample, base + D_PANE))
                j = pane_triangle[row]
                u = math.sqrt(chance(seed, who, sample, base + D_PANE_U))
                v = chance(seed, who, sample, base + D_PANE_V) * u
                u = F(1) - u
                ax = corners[j, 3] - corners[j, 0]
                ay = corners[j, 4] - corners[j, 1]
                az = corners[j, 5] - corners[j, 2]
                bx = corners[j, 6] - corners[j, 0]
                by = corners[j, 7] - corners[j, 1]
                bz = corners[j, 8] - corners[j, 2]
                nx = ay * bz - az * by
                ny = az * bx - ax * bz
                nz = ax * by - ay * bx
                scale = F(1) / max(math.sqrt(nx * nx + ny * ny + nz * nz), F(1e-20))
                lx = corners[j, 0] + u * ax + v * bx + pane_shift[0] - ox
                ly = corners[j, 1] + u * ay + v * by + pane_shift[1] - oy
                lz = corners[j, 2] + u * az + v * bz + pane_shift[2] - oz
                far2 = max(lx * lx + ly * ly + lz * lz, F(1e-6))
                far = math.sqrt(far2)
                lx /= far
                ly /= far
                lz /= far
                cosine = abs(nx * lx + ny * ly + nz * lz) * scale
                if air_here:
                    fr = phase(lx * dx + ly * dy + lz * dz, g)
                    fg = fr
                    fb = fr
                    pdf = F(0)
                    behind = False
                else:
                    fr, fg, fb, pdf = scattered(q, lx, ly, lz)
                    behind = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz < F(0)
                if fr + fg + fb > F(0) and cosine > F(1e-4):
                    hit[H_RANGE] = far * F(0.999)
                    hit[H_THROUGH] = F(1)
                    x, y, z = left_from(behind, hx, hy, hz, ox, oy, oz, lx, ly, lz)
                    cast(
                        nodes, links, corners, material, materials, root, turn, box, mask, order, always,
                        top_nodes, top_links, top_root, ray_mask, x, y, z, lx, ly, lz, True, stack, hit,
                    )  # fmt: skip
                    likely = pane_pdf[j] * far2 / cosine
                    share = hit[H_THROUGH] / (likely + pdf)
                    sent_r += fr * pane_light[row, 0] * share
                    sent_g += fg * pane_light[row, 1] * share
                    sent_b += fb * pane_light[row, 2] * share
            if lamplight and (glossy or (air_here and least_ext <= F(0))):
                which, over = pick_lamp(lamps, tables, ox, oy, oz, chance(seed, who, sample, base + D_LAMP))
                if which >= 0:
                    lx = lamps[which, L_X] - ox
                    ly = lamps[which, L_Y] - oy
                    lz = lamps[which, L_Z] - oz
                    far = math.sqrt(max(lx * lx + ly * ly + lz * lz, F(NEAREST_LAMP2)))
                    lx /= far
                    ly /= far
                    lz /= far
                    e = lamp_intensity(lamps, which, tables, -lx, -ly, -lz) / (far * far) * over
                    # A lens of some size: its shadows are soft, its mirror image is a disc.
                    radius = F(STREET_LENS_M) if lamps[which, L_KIND] == BEAM_STREET else F(VEHICLE_LENS_M)
                    u = radius * math.sqrt(chance(seed, who, sample, base + D_LAMP_U)) / far
                    v = F(2) * PI * chance(seed, who, sample, base + D_LAMP_V)
                    ax, ay, az, bx, by, bz = frame_of(lx, ly, lz)
                    lx += u * (math.cos(v) * ax + math.sin(v) * bx)
                    ly += u * (math.cos(v) * ay + math.sin(v) * by)
                    lz += u * (math.cos(v) * az + math.sin(v) * bz)
                    scale = F(1) / math.sqrt(lx * lx + ly * ly + lz * lz)
                    lx *= scale
                    ly *= scale
                    lz *= scale
                    behind = False
                    if air_here:
                        fr = phase(lx * dx + ly * dy + lz * dz, g)
                        fg = fr
                        fb = fr
                    else:
                        fr, fg, fb, _ = scattered(q, lx, ly, lz)
                        behind = q[Q_NX] * lx + q[Q_NY] * ly + q[Q_NZ] * lz < F(0)
                        if q[Q_RETRO_R] > F(0):
                            br, bg, bb = returned(q, lx, ly, lz)
                            fr += br
                            fg += bg
                            fb += bb
                    if fr + fg + fb > F(0):
                        hit[H_RANGE] = max(far - F(BEFORE_LAMP_M), F(1e-6))
                        hit[H_THROUGH] = F(1)
                        x, y, z = left_from(behind, hx, hy, hz, ox, oy, oz, lx, ly, lz)
                        cast(
                            nodes, links, corners, material, materials, root, turn, box, mask, order, always,
                            top_nodes, top_links, top_root, ray_mask, x, y, z, lx, ly, lz, True, stack, hit,
                        )  # fmt: skip
                        eye = air[A_EYE_M]
                        depth = optical_depth(eye + oz, eye + lamps[which, L_Z], far, air)
                        e *= hit[H_THROUGH] * F(math.exp(-depth))
                        sent_r += fr * e * lamps[which, L_R]
                        sent_g += fg * e * lamps[which, L_G]
                        sent_b += fb * e * lamps[which, L_B]
            if not last:
                u = chance(seed, who, sample, base + D_CHOOSE)
                u0 = chance(seed, who, sample, base + D_U)
                u1 = chance(seed, who, sample, base + D_V)
                if air_here:
                    ax, ay, az, bx, by, bz = frame_of(dx, dy, dz)
                    nx, ny, nz, cosine = deflected(dx, dy, dz, ax, ay, az, bx, by, bz, g, u0, u1)
                    what = 1
                    pdf = phase(cosine, g)
                    fr = F(1)
                    fg = F(1)
                    fb = F(1)
                else:
                    what, nx, ny, nz, fr, fg, fb, pdf = choose(q, u, u0, u1)
                ntr = tr * fr
                ntg = tg * fg
                ntb = tb * fb
                most = max(ntr, ntg, ntb)
                if what != GONE and most > F(1e-7):
                    alive = True
                    if step >= 3:
                        # Russian roulette.
                        stays = min(most, F(0.95))
                        if chance(seed, who, sample, base + D_GO_ON) < stays:
                            ntr /= stays
                            ntg /= stays
                            ntb /= stays
                        else:
                            alive = False
                    if alive:
                        limit[r] = F(1e30)
                        path[r, T_R] = ntr
                        path[r, T_G] = ntg
                        path[r, T_B] = ntb
                        if what == PASSED:
                            beyond_it = F(BIAS_M)
                            begin[r, 0] = hx + dx * beyond_it
                            begin[r, 1] = hy + dy * beyond_it
                            begin[r, 2] = hz + dz * beyond_it
                        else:
                            path[r, T_PDF] = pdf
                            if pdf < F(SHARP_PDF) or air_here:
                                path[r, T_BLUR] = F(BLURRED)
                            behind = not air_here and q[Q_NX] * nx + q[Q_NY] * ny + q[Q_NZ] * nz < F(0)
                            x, y, z = left_from(behind, hx, hy, hz, ox, oy, oz, nx, ny, nz)
                            begin[r, 0] = x
                            begin[r, 1] = y
                            begin[r, 2] = z
                        direction[r, 0] = nx
                        direction[r, 1] = ny
                        direction[r, 2] = nz
        sent_r *= tr
        sent_g *= tg
        sent_b *= tb
        if step > 0:
            bright = max(sent_r, sent_g, sent_b)
            if bright > held:
                dim = held / bright
                sent_r *= dim
                sent_g *= dim
                sent_b *= dim
        path[r, T_LR] += sent_r
        path[r, T_LG] += sent_g
        path[r, T_LB] += sent_b
