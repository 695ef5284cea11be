"""The lobes of glossy surfaces that all lights share.  Renderers floor: numbers only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel
from sim.kernels.loose_sixteen import Loose

F = np.float32
PI = np.float32(math.pi)


@fast_kernel
def smith_ggx(a: F | Loose, nl: F | Loose, nv: F | Loose, nh: F | Loose) -> F | Loose:
    """D V of the GGX lobe (Walter 2007; Hammon's 2017 fit of the height-correlated Smith term); a is roughness^2."""
    a2 = a * a
    d = (nh * nh) * (a2 - F(1)) + F(1)
    return F(0.5) * a2 / (PI * d * d * max(nl * (nv * (F(1) - a) + a) + nv * (nl * (F(1) - a) + a), F(1e-4)))


@fast_kernel
def bent(nx, ny, nz, dx, dy, dz):
    """A normal and its cosine to the eye, turned until it is seen: interpolated ones look away at silhouettes."""
    nv = -(nx * dx + ny * dy + nz * dz)
    away = nv < F(0.02)
    bend = F(0.02) - nv if away else F(0)
    nx -= dx * bend
    ny -= dy * bend
    nz -= dz * bend
    scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz + F(1e-12)) if away else F(1)
    return nx * scale, ny * scale, nz * scale, max(nv, F(0.02))


@fast_kernel
def film_share(coat, f0, coat_rough, nv):
    """Share of the light that a clear coat or a film of water sends back towards the eye."""
    miss = F(1) - nv
    miss5 = miss * miss
    miss5 = miss5 * miss5 * miss
    grazing = F(1) - coat_rough * F(0.8)  # a rough film never becomes a full mirror
    return coat * (f0 + max(grazing - f0, F(0)) * miss5)
