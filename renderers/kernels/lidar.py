"""What a surface sends back to a laser beam.  Renderers floor, arrays only.

`echo` values are relative to a white diffuser that the beam meets face on: pi f cos(theta) of the surface's BRDF f
towards the beam itself.  An echo of rho at range R is received with the power rho exp(-2 tau) / R^2, in units in
which a model's threshold is 0.1 / R10^2.
"""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.soil import is_dirty, level_at, row_at
from renderers.kernels.surface import FIELD_PITCH_M, FILM_INSIDE, FILM_OUTSIDE, field_at
from sim.kernels.jit import kernel

# Columns of a material row.
(L_RHO, L_ROUGH, L_METAL, L_COAT, L_THROUGH, L_RETRO, L_POROUS, L_FLAT, L_SNOW, L_FILM, L_BELOW,
 L_COLUMNS) = range(12)  # fmt: skip
# Columns of the ground's state.
(Y_WET, Y_FILM_M, Y_PUDDLE, Y_SNOW_M, Y_ICE, Y_SNOW_RHO, Y_X, Y_Y, Y_COLUMNS) = range(9)

WATER_N2 = 1.33 * 1.33
TEXTURE_M = (
    1.2e-3  # depth of an asphalt's texture: a film this deep hides it (Bijelic, via Hahner et al. 2022)
)
COAT_F0 = 0.04  # n = 1.5
COAT_ALPHA = 0.03
MICRO_ALPHA = 0.04  # smoothest metal
SLOPE_OF_ROUGHNESS = 0.55  # Oren-Nayar slope sd (rad) of the roughest material: 31 degrees
SNOW_HIDES_M = 0.02  # this much snow hides what it lies on
SHEETING_GAIN = 10.0  # retro gains above it are sheeting (EN 12899), below it beads in road paint (EN 1436)


@kernel
def fresnel_water(cosine: float) -> float:
    """Share of unpolarised light that a water surface reflects; the rest passes.  Twin: naive_lidar."""
    c = min(max(cosine, 1e-6), 1.0)
    inside = math.sqrt(1.0 - (1.0 - c * c) / WATER_N2)
    n = math.sqrt(WATER_N2)
    s = (c - n * inside) / (c + n * inside)
    p = (n * c - inside) / (n * c + inside)
    return 0.5 * (s * s + p * p)


@kernel
def diffuse_echo(rho: float, roughness: float, cosine: float) -> float:
    """Oren and Nayar 1994, seen from the light, scaled to rho face on.  Twin: naive_lidar.

    Facets of rough ground face the beam even where it grazes: a sheet's "50 m on pavement" is not reached with a
    cosine alone.
    """
    slope = SLOPE_OF_ROUGHNESS * roughness * roughness
    s2 = slope * slope
    grazing = (0.45 * s2 / (s2 + 0.09)) / (1.0 - 0.5 * s2 / (s2 + 0.33))
    return rho * (cosine + grazing * (1.0 - cosine * cosine))


@kernel
def mirror_echo(f0: float, alpha: float, cosine: float) -> float:
    """GGX lobe seen from the light: only surfaces that face the beam within their lobe shine.  Twin: naive_lidar."""
    a2 = alpha * alpha
    d = cosine * cosine * (a2 - 1.0) + 1.0
    return f0 * a2 / (4.0 * d * d * max(cosine, 1e-3))


@kernel
def film_echo(rho: float, cosine: float) -> float:
    """A diffuser of `rho` under a smooth sheet of water: twice through its surface.  Twin: naive_lidar."""
    through = 1.0 - fresnel_water(cosine)
    return through * through * rho * cosine / (WATER_N2 * (1.0 - FILM_INSIDE * rho))


@kernel
def soaked_albedo(rho: float) -> float:
    """Diffuse reflectance of a rough porous surface soaked with water (Lekner and Dorf 1988).  Twin: naive_lidar."""
    return (1.0 - FILM_OUTSIDE) * (1.0 - (1.0 - rho) / (1.0 - FILM_INSIDE * rho))


@kernel
def echoes(
    direction: NDArray[np.float32],  # (R, 3) unit, world axes
    offset: NDArray[np.float32],  # (R, 3) start of each ray from the prepared origin
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    rotation: NDArray[np.float32],  # (P, 9) world_from_part
    corners: NDArray[np.float32],
    normals: NDArray[np.float32],
    material: NDArray[np.int16],
    dirt: NDArray[np.uint8],  # (T, 3) see mesh.Mesh
    table: NDArray[np.float64],  # (M, L_COLUMNS)
    ground: NDArray[np.float64],  # (Y_COLUMNS,)
    field: NDArray[np.uint8],
    start: int,
    stop: int,
    echo: NDArray[np.float32],  # (R,) out
    cosine: NDArray[np.float32],  # (R,) out: of the angle of incidence
    through: NDArray[np.float32],  # (R,) out: share of the beam that goes on behind the surface
    mirror: NDArray[np.float32],  # (R,) out: share that standing water reflects
    normal: NDArray[np.float32],  # (R, 3) out: towards the beam
) -> None:
    """Echo of what rays [start, stop) met; 0 where they met nothing.  Twin: naive_lidar.echo."""
    for r in range(start, stop):
        echo[r] = np.float32(0.0)
        cosine[r] = np.float32(0.0)
        through[r] = np.float32(0.0)
        mirror[r] = np.float32(0.0)
        k = triangle[r]
        if k < 0:
            continue
        p = placement[r]
        # Plane of the triangle and smooth normal, in the part's frame.
        ax = corners[k, 3] - corners[k, 0]
        ay = corners[k, 4] - corners[k, 1]
        az = corners[k, 5] - corners[k, 2]
        bx = corners[k, 6] - corners[k, 0]
        by = corners[k, 7] - corners[k, 1]
        bz = corners[k, 8] - corners[k, 2]
        gx = float(ay * bz - az * by)
        gy = float(az * bx - ax * bz)
        gz = float(ax * by - ay * bx)
        w = np.float32(1.0) - u[r] - v[r]
        sx = float(w * normals[k, 0] + u[r] * normals[k, 3] + v[r] * normals[k, 6])
        sy = float(w * normals[k, 1] + u[r] * normals[k, 4] + v[r] * normals[k, 7])
        sz = float(w * normals[k, 2] + u[r] * normals[k, 5] + v[r] * normals[k, 8])
        # Turned into the world.
        wx = rotation[p, 0] * gx + rotation[p, 1] * gy + rotation[p, 2] * gz
        wy = rotation[p, 3] * gx + rotation[p, 4] * gy + rotation[p, 5] * gz
        wz = rotation[p, 6] * gx + rotation[p, 7] * gy + rotation[p, 8] * gz
        length = math.sqrt(wx * wx + wy * wy + wz * wz)
        if length <= 0.0:
            continue
        wx /= length
        wy /= length
        wz /= length
        nx = rotation[p, 0] * sx + rotation[p, 1] * sy + rotation[p, 2] * sz
        ny = rotation[p, 3] * sx + rotation[p, 4] * sy + rotation[p, 5] * sz
        nz = rotation[p, 6] * sx + rotation[p, 7] * sy + rotation[p, 8] * sz
        length = math.sqrt(nx * nx + ny * ny + nz * nz)
        facing = wx * direction[r, 0] + wy * direction[r, 1] + wz * direction[r, 2]
        if facing > 0.0:  # the back of a leaf or a pane
            wx, wy, wz, facing = -wx, -wy, -wz, -facing
        if length > 0.5:
            turned = 1.0 if nx * wx + ny * wy + nz * wz >= 0.0 else -1.0
            c = -turned * (nx * direction[r, 0] + ny * direction[r, 1] + nz * direction[r, 2]) / length
        else:
            c = -facing
        # A smooth normal may look away where the facet does not.
        c = min(max(c, -0.5 * facing, 1e-4), 1.0)
        m = int(material[k])
        below = int(table[m, L_BELOW])
        if is_dirty(dirt, k, below):
            m = row_at(m, below, int(level_at(dirt, corners, k, u[r], v[r]) + np.float32(0.5)))
        rho = table[m, L_RHO]
        rough = table[m, L_ROUGH]
        coat = table[m, L_COAT]
        retro = table[m, L_RETRO]
        see = table[m, L_THROUGH]
        flat = table[m, L_FLAT]
        up = max(wz, 0.0)
        water = 0.0
        pool = 0.0
        lump = 0.5
        wet = ground[Y_WET]
        if up > 0.7 and flat > 0.0 and (ground[Y_PUDDLE] > 0.0 or ground[Y_ICE] > 0.0):
            x = ground[Y_X] + offset[r, 0] + range_m[r] * direction[r, 0]
            y = ground[Y_Y] + offset[r, 1] + range_m[r] * direction[r, 1]
            lump = field_at(field, np.float32(x / FIELD_PITCH_M), np.float32(y / FIELD_PITCH_M))  # type: ignore[no-untyped-call]
        if wet > 0.0:
            soaked = wet * table[m, L_POROUS] * (0.45 + 0.55 * up)
            rho += (soaked_albedo(rho) - rho) * soaked
            if up > 0.7 and flat > 0.0:
                water = min(ground[Y_FILM_M] / TEXTURE_M, 1.0) * wet * flat
                if ground[Y_PUDDLE] > 0.0:
                    pool = min(max((lump - (1.0 - ground[Y_PUDDLE])) * 14.0, 0.0), 1.0) * flat
        if ground[Y_ICE] > 0.0 and flat > 0.0 and up > 0.7:
            pool = max(pool, min(max((lump - (1.0 - ground[Y_ICE])) * 6.0, 0.0), 1.0) * flat)
        if up > 0.7:
            water = max(water, table[m, L_FILM])
        snow = 0.0
        if ground[Y_SNOW_M] > 0.0:
            lies = min(max((wz - 0.25) * 2.5, 0.0), 1.0) * table[m, L_SNOW]
            snow = lies * min(ground[Y_SNOW_M] / SNOW_HIDES_M, 1.0)
        sheet = max(water, pool)
        metal = table[m, L_METAL]
        bare = diffuse_echo(rho * (1.0 - metal), rough, c)
        if coat > 0.0:
            bare += mirror_echo(COAT_F0 * coat, COAT_ALPHA, c)
        if metal > 0.0:
            bare += mirror_echo(rho * metal, max(rough * rough, MICRO_ALPHA), c)
        if retro > 0.0:  # sheeting is measured facing the light, beads where the light grazes the road
            bare += retro * (c * c if retro > SHEETING_GAIN else 1.0 - c)
        value = bare
        if sheet > 0.0:
            value = (1.0 - sheet) * bare + sheet * (film_echo(rho, c) + mirror_echo(0.02, 0.1, c))
        if snow > 0.0:
            value = (1.0 - snow) * value + snow * diffuse_echo(ground[Y_SNOW_RHO], 0.9, c)
        echo[r] = np.float32(value)
        cosine[r] = np.float32(c)
        if see > 0.0:  # glass lets less pass where it is seen at an angle; 0.04 is what it reflects face on
            passing = (1.0 - COAT_F0 - (1.0 - COAT_F0) * (1.0 - c) ** 5) / (1.0 - COAT_F0)
            through[r] = np.float32(see * passing * (1.0 - snow))
        if sheet > 0.0:  # a rough film scatters what it reflects; only deep water holds a picture
            mirror[r] = np.float32(fresnel_water(c) * max(pool, water * water) * (1.0 - snow))
        normal[r, 0] = np.float32(wx)
        normal[r, 1] = np.float32(wy)
        normal[r, 2] = np.float32(wz)
