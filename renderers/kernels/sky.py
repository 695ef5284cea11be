"""Looking up a baked sky.  Renderers floor: arrays and numbers only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_inner_kernel, fast_kernel

F = np.float32
# Columns of a daylight's numbers: towards the sun, its light in lx, the sky's, the ground's radiance, the disc's gain.
SUN_X, SUN_Y, SUN_Z, SUN_R, SUN_G, SUN_B, SKY_LX, GROUND_R, GROUND_G, GROUND_B, DISC = range(11)
TOWN_R, TOWN_G, TOWN_B = range(11, 14)  # glow of a lit town overhead, cd/m2
STREET_R, STREET_G, STREET_B, NUMBERS = range(14, 18)  # mean light of street lamps on the ground, lx


@fast_kernel
def turn(y: float, x: float) -> float:
    """atan2 / (2 pi) in [0, 1) within 2e-5; a polynomial because the library call costs a third of a sky pixel."""
    ax = abs(x)
    ay = abs(y)
    big = max(ax, ay)
    a = min(ax, ay) / max(big, F(1e-20))
    s = a * a
    # Odd minimax polynomial for atan on [0, 1] (Abramowitz and Stegun 4.4.47), divided by 2 pi.
    r = a * (
        F(0.15913368) + s * (F(-0.0525688) + s * (F(0.02867033) + s * (F(-0.01354934) + s * F(0.00331601))))
    )
    if ay > ax:
        r = F(0.25) - r
    if x < F(0.0):
        r = F(0.5) - r
    if y < F(0.0):
        r = F(1.0) - r
    return r if r < F(1.0) else F(0.0)


@fast_kernel
def sky_radiance(sky, x, y, z):
    """RGB of the upper sky per lux of its horizontal illuminance, bilinear; z below the horizon reads the horizon.

    Rows run with sqrt(z), columns with the azimuth from x towards y.  Twin: naive_camera.sky_radiance.
    """
    v = math.sqrt(max(z, F(0.0))) * F(sky.shape[0] - 1)
    return sky_at(sky, v, turn(y, x) * F(sky.shape[1]) - F(0.5))


@fast_kernel
def sky_at(sky, v, u):
    """RGB of a sky at row `v` and column `u` of its table, bilinear; columns go round."""
    columns = np.int32(sky.shape[1])
    i = min(np.int32(v), np.int32(sky.shape[0] - 2))
    fv = v - F(i)
    whole = np.floor(u)  # math's is a call of the library
    fu = u - whole
    j = np.int32(whole)
    j0 = np.uintp(j if j >= np.int32(0) else columns - np.int32(1))
    j1 = np.uintp(j + np.int32(1) if j + np.int32(1) < columns else np.int32(0))
    top = np.uintp(i)
    low = np.uintp(i + np.int32(1))
    a = (F(1.0) - fv) * (F(1.0) - fu)
    b = (F(1.0) - fv) * fu
    c = fv * (F(1.0) - fu)
    d = fv * fu
    red = a * sky[top, j0, 0] + b * sky[top, j1, 0] + c * sky[low, j0, 0] + d * sky[low, j1, 0]
    green = a * sky[top, j0, 1] + b * sky[top, j1, 1] + c * sky[low, j0, 1] + d * sky[low, j1, 1]
    blue = a * sky[top, j0, 2] + b * sky[top, j1, 2] + c * sky[low, j0, 2] + d * sky[low, j1, 2]
    return red, green, blue


@fast_inner_kernel
def irradiance(sh, x, y, z):
    """RGB irradiance of a surface with normal (x, y, z) from nine coefficients (Ramamoorthi and Hanrahan 2001).

    `sh` (9, 3) already holds the cosine lobe and the constants of the basis.  Twin: naive_camera.irradiance.
    """
    xy = x * y
    yz = y * z
    zz = F(3.0) * z * z - F(1.0)
    xz = x * z
    xx = x * x - y * y
    red = (
        sh[0, 0] + sh[1, 0] * y + sh[2, 0] * z + sh[3, 0] * x + sh[4, 0] * xy + sh[5, 0] * yz + sh[6, 0] * zz
    ) + (sh[7, 0] * xz + sh[8, 0] * xx)
    green = (
        sh[0, 1] + sh[1, 1] * y + sh[2, 1] * z + sh[3, 1] * x + sh[4, 1] * xy + sh[5, 1] * yz + sh[6, 1] * zz
    ) + (sh[7, 1] * xz + sh[8, 1] * xx)
    blue = (
        sh[0, 2] + sh[1, 2] * y + sh[2, 2] * z + sh[3, 2] * x + sh[4, 2] * xy + sh[5, 2] * yz + sh[6, 2] * zz
    ) + (sh[7, 2] * xz + sh[8, 2] * xx)
    return max(red, F(0.0)), max(green, F(0.0)), max(blue, F(0.0))
