"""The reference picture: a path tracer over the scene, the materials and the light of the fast path.  Renderers floor.

It stands in for the camera's radiance: what it returns is exposed by the same film, so that two pictures differ by how
light travels and by nothing else.  Samples are added in passes; every number that is drawn belongs to (pixel, sample,
draw) and sums run in the order of samples, so the result is the same for any threads and any cut into passes.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light, material_table
from renderers.frames import CameraModel
from renderers.kernels.air import A_DRAWN, A_EVEN, A_EYE_M, A_FOG, A_LAYER_M
from renderers.kernels.reference_gloss import ANGLES, GLOSSES, tabulate
from renderers.kernels.reference_light import AROUND, LOWER, UPPER, map_cells
from renderers.kernels.reference_paths import (
    LAMPLIGHT,
    NATURAL,
    T_B,
    T_COLUMNS,
    T_LB,
    T_LR,
    T_PDF,
    T_R,
    advance,
    fly,
)
from renderers.kernels.reference_rays import follow
from renderers.kernels.sky import SKY_LX, TOWN_B, TOWN_R
from renderers.kernels.surface import G_LIT, M_GLOW, S_EB, S_ER, by_ray, room_for_surfaces
from renderers.lamps import beam_tables
from renderers.mirrors import LENS
from renderers.optics import pixel_rays
from renderers.passes import resolve_hits
from renderers.scene import CASTS_SHADOW, SEEN_BY_SENSORS
from renderers.sky import LUMINANCE
from renderers.tracer import Hits, PreparedScene
from sim.slices import in_slices

Floats = NDArray[np.float32]

BLOCK = 1024  # rays of one piece of work
STEPS = 10  # surfaces or scatterings of one path; roulette ends most long before
LEAST_HALO_PER_M = 2e-4  # as lens: clearer air shows no halos
FOG_G, HAZE_G = 0.85, 0.7  # mean cosine of scattering by droplets (Mie) and by haze
HAZE_ALBEDO = 0.9  # as atmosphere
PANE_NEAR_M = 30.0  # lit panes farther from the camera are drawn less often, by the square of their distance
HELD_TIMES = 40.0  # light that has been scattered twice is held back to this many times the picture's median


@dataclass(frozen=True, slots=True)
class Panes:
    """Lit panes of the static world: E triangles to draw light from."""

    steps: Floats  # (E,) cumulative chance
    triangle: NDArray[np.int32]  # (E,)
    radiance: Floats  # (E, 3) cd/m2
    density: Floats  # (T,) chance per m2 of each triangle of the geometry; 0: not among them
    shift_m: Floats  # (3,) static frame to origin


class PathTracer:
    """Paths of light through one camera's scene; `add` makes the picture better."""

    def __init__(
        self,
        prepared: PreparedScene,
        light: Light,
        static_triangles: int,
        seed: int,
        air: bool = True,
        held: float = np.inf,
        steps: int = STEPS,
    ):
        """`air` False leaves out what floats and falls; `held` bounds what a path gathers after its first surface."""
        self.prepared, self.light, self.seed, self.steps = prepared, light, seed & 0x3FFFFFFF, steps
        scene, day = prepared.scene, light.day
        numbers = light.air.copy()
        if not air:
            numbers[A_EVEN] = numbers[A_FOG] = numbers[A_DRAWN] = 0.0
        self.air = numbers
        haze = scene.weather.haze_extinction_per_m / max(scene.weather.extinction_per_m, 1e-12)
        fog_depth = np.float32(numbers[A_FOG] * max(numbers[A_LAYER_M] - numbers[A_EYE_M], 0.0))
        halos = air and len(light.lamps) > 0 and scene.weather.extinction_per_m >= LEAST_HALO_PER_M
        # Light of lamps is scattered as often as it happens; the sun's and the sky's is stated behind all scattering.
        self.passes = ((NATURAL, 0.0), (LAMPLIGHT, scene.weather.extinction_per_m)) if halos else ((3, 0.0),)
        weight = np.empty((LOWER + UPPER, AROUND), np.float32)
        gain = np.float32(1.0)
        map_cells(day.sky.radiance, day.numbers, day.air, fog_depth, gain, weight)
        v = np.concatenate([np.linspace(-1, 0, LOWER + 1)[:-1], np.linspace(0, 1, UPPER + 1)])
        sine = v * np.abs(v)
        if fog_depth > 0.0:
            level = (
                float(weight.sum(axis=1)[LOWER:] @ (0.5 * (sine[1:] + sine[:-1]))[LOWER:])
                * 2
                * np.pi
                / AROUND
            )
            town = float(day.numbers[TOWN_R : TOWN_B + 1] @ LUMINANCE)
            gain = np.float32((float(day.numbers[SKY_LX]) + np.pi * town) / max(level, 1e-12))
            map_cells(day.sky.radiance, day.numbers, day.air, fog_depth, gain, weight)
        share = weight.astype(np.float64) + 1e-3 * max(float(weight.mean()), 1e-9)
        share /= share.sum()
        solid = np.diff(sine)[:, None] * (2 * np.pi / AROUND)
        panes = self._panes(static_triangles)
        self.lights = (
            day.sky.radiance, day.numbers, day.air, numbers, _steps(share.ravel()),
            np.ascontiguousarray(share / solid, np.float32), light.lamps, beam_tables(), gloss_table(),
        )  # fmt: skip
        self.emitters = (
            panes.steps, panes.triangle, panes.radiance, panes.density, panes.shift_m,
            np.logical_not(LENS[:-1]),
        )  # fmt: skip
        g = HAZE_G * haze + FOG_G * (1 - haze)
        albedo = HAZE_ALBEDO * haze + (1 - haze)
        self.tuning = (fog_depth, gain, np.float32(g), np.float32(min(held, 1e30)), np.float32(albedo))
        geometry, tree = scene.geometry, prepared.placements.tree()
        self.world = (
            geometry.nodes, geometry.links, geometry.corners_m, geometry.material, material_table(), prepared.root,
            prepared.turn, prepared.box, scene.mask, tree.order, tree.always, tree.nodes, tree.links, tree.root,
        )  # fmt: skip

    def radiance(
        self,
        direction: Floats,
        pixel: NDArray[np.int32],
        sample: int,
        begin_m: Floats | None = None,
    ) -> Floats:
        """(N, 3) radiance that comes back along rays (N, 3), by one path each; `pixel` (N,) names their chances."""
        total = np.zeros((len(direction), 3))
        for kinds, extinction in self.passes:
            total += self._walk(direction, pixel, sample, begin_m, kinds, extinction)
        return np.asarray(total, np.float32)

    def _walk(
        self,
        direction: Floats,
        pixel: NDArray[np.int32],
        sample: int,
        begin_m: Floats | None,
        kinds: int,
        extinction: float,
    ) -> Floats:
        count = len(direction)
        heading = direction / np.linalg.norm(direction, axis=1, keepdims=True)
        # A fisheye's corners see nothing: they have no direction.
        limit = np.where(np.isfinite(heading).all(axis=1), 1e30, 0.0).astype(np.float32)
        heading = np.ascontiguousarray(np.nan_to_num(heading), np.float32)
        begin = np.zeros((count, 3), np.float32) if begin_m is None else begin_m.copy()
        path = np.zeros((count, T_COLUMNS), np.float32)
        path[:, T_R : T_B + 1] = 1.0
        path[:, T_PDF] = -1.0
        hits = Hits.empty(count)
        surface = room_for_surfaces(count)
        offset = np.empty((count, 3), np.float32)
        seed = self.seed ^ (0x5BD1E995 * (kinds & 1) & 0x3FFFFFFF)
        found = (hits.range_m, hits.placement, hits.triangle)
        for step in range(self.steps):
            mask = SEEN_BY_SENSORS if step == 0 else CASTS_SHADOW
            follow(0, count, *self.world, mask, heading, begin, limit, *found, hits.u, hits.v)
            fly(
                0, count, kinds, step, seed, sample, pixel, self.air, heading, begin, limit, path, *found[::2]
            )
            resolve_hits(0, count, heading, begin, hits, self.prepared.scene, self.light, surface, offset)
            tuning = (*self.tuning, np.float32(extinction), step == self.steps - 1)
            advance(
                0, count, kinds, step, seed, sample, pixel, (*self.world, CASTS_SHADOW), self.lights, self.emitters,
                tuning, self.light.rotation, surface, offset, heading, begin, limit, path, *found,
            )  # fmt: skip
            if not (limit > 0).any():
                break
        return path[:, T_LR : T_LB + 1]

    def _panes(self, static_triangles: int) -> Panes:
        scene, light = self.prepared.scene, self.light
        geometry = scene.geometry
        column = material_table()[geometry.material[:static_triangles], M_GLOW].astype(np.int64)
        listed = (column >= 0) & ~LENS[column]
        lit = (scene.glow[0][np.maximum(column, 0)] > 0) | (light.ground[G_LIT] > 0)
        rows = np.flatnonzero(listed & lit).astype(np.int32)
        shift = (scene.world_from_part[0, :, 3] - self.prepared.origin_m).astype(np.float32)
        density = np.zeros(len(geometry.corners_m), np.float32)
        none = Panes(
            np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros((0, 3), np.float32), density, shift
        )
        if len(rows) == 0:
            return none
        corners = geometry.corners_m[rows].reshape(-1, 3, 3).astype(np.float64)
        middle = corners.mean(axis=1) + shift
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = 0.5 * np.linalg.norm(normal, axis=1)
        emitted = self._emitted(rows, middle, normal, area)
        power = (emitted @ LUMINANCE) * area / (PANE_NEAR_M**2 + np.square(middle).sum(axis=1))
        if not (power > 0).any():
            return none
        keep = power > 0
        rows, emitted, area, power = rows[keep], emitted[keep], area[keep], power[keep]
        share = power / power.sum()
        density[rows] = share / area
        return Panes(_steps(share), rows, np.ascontiguousarray(emitted, np.float32), density, shift)

    def _emitted(
        self,
        rows: NDArray[np.int32],
        middle: NDArray[np.float64],
        normal: NDArray[np.float64],
        area: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """(E, 3) radiance of static triangles, as a ray that meets them face on would find it.

        From so far off that textures show their mean: a pane lights a street as a whole.
        """
        count = len(rows)
        direction = np.ascontiguousarray(-normal / np.maximum(2 * area, 1e-12)[:, None], np.float32)
        third = np.full(count, 1 / 3, np.float32)
        far = np.full(count, 1e5, np.float32)
        hits = Hits(far, np.zeros(count, np.int32), rows, third, third)
        surface, offset = room_for_surfaces(count), np.empty((count, 3), np.float32)
        begin = np.ascontiguousarray(middle - 1e5 * direction, np.float32)
        resolve_hits(0, count, direction, begin, hits, self.prepared.scene, self.light, surface, offset)
        return by_ray(surface)[:count, S_ER : S_EB + 1].astype(np.float64)


class ReferencePicture:
    """The mean of so many samples of every pixel of a camera."""

    def __init__(self, tracer: PathTracer, model: CameraModel, world_from_camera: NDArray[np.float64]):
        self.tracer, self.model = tracer, model
        self.turn = np.ascontiguousarray(world_from_camera[:3, :3])
        self.samples = 0
        self._sum = np.zeros((model.height_px * model.width_px, 3))
        # Tiles of eight by eight, so that a block's rays share their caches.
        row, column = np.divmod(np.arange(len(self._sum)), model.width_px)
        key = ((row // 8) * (-(-model.width_px // 8)) + column // 8) * 64 + (row % 8) * 8 + column % 8
        self._order = np.argsort(key, kind="stable").astype(np.int32)

    def add(self, samples: int, threads: int = 1, progress: Callable[[float], Any] | None = None) -> None:
        """Add samples to every pixel; `progress` hears the share that is done."""
        blocks = -(-len(self._order) // BLOCK)
        done = [0] * blocks

        def work(start: int, stop: int) -> None:
            for block in range(start, stop):
                pixel = self._order[block * BLOCK : (block + 1) * BLOCK]
                for sample in range(self.samples, self.samples + samples):
                    self._sum[pixel] += self.tracer.radiance(self._rays(pixel, sample), pixel, sample)
                done[block] = 1
                if progress is not None:
                    progress(sum(done) / blocks)

        in_slices(work, blocks, threads, 1)
        self.samples += samples

    @property
    def image(self) -> Floats:
        """(H, W, 3) cd/m2."""
        shape = (self.model.height_px, self.model.width_px, 3)
        return np.asarray((self._sum / max(self.samples, 1)).reshape(shape), np.float32)

    def _rays(self, pixel: NDArray[np.int32], sample: int) -> Floats:
        """Rays through points that are spread over the pixels: R2's low-discrepancy sequence from a start of each."""
        v, u = np.divmod(pixel.astype(np.int64), self.model.width_px)
        start = np.stack([(pixel * 0.618033988749895) % 1.0, (pixel * 0.7320508075688772) % 1.0], axis=-1)
        # Roberts 2018: powers of the plastic number.
        spot = (start + (sample + 1) * np.array([0.7548776662466927, 0.5698402909980532])) % 1.0
        rays = pixel_rays(self.model, np.stack([u, v], axis=-1) + spot - 0.5)
        return np.asarray(rays @ self.turn.T, np.float32)


def picture(
    prepared: PreparedScene,
    light: Light,
    model: CameraModel,
    world_from_camera: NDArray[np.float64],
    static_triangles: int,
    seed: int,
    paths: int,
    air: bool,
    threads: int,
) -> Floats:
    """(H, W, 3) cd/m2 with so many paths a pixel, without fireflies.

    One path a pixel tells how bright the picture is; what a path gathers after its first surface is then held back to
    `HELD_TIMES` its median, which costs a little light of caustics and saves thousands of paths.
    """
    pilot = ReferencePicture(
        PathTracer(prepared, light, static_triangles, seed, air), model, world_from_camera
    )
    pilot.add(1, threads)
    bright = HELD_TIMES * max(float(np.median(pilot.image @ LUMINANCE.astype(np.float32))), 1e-3)
    tracer = PathTracer(prepared, light, static_triangles, seed, air, bright)
    whole = ReferencePicture(tracer, model, world_from_camera)
    whole.add(paths, threads)
    return whole.image


@lru_cache(maxsize=1)
def gloss_table() -> Floats:
    """(GLOSSES, ANGLES, 2) directional albedos of the GGX lobe."""
    table = np.zeros((GLOSSES, ANGLES, 2), np.float32)
    tabulate(table)
    return table


def _steps(share: NDArray[np.float64]) -> Floats:
    """Cumulative chances whose last is just above every uniform number."""
    steps = np.cumsum(share).astype(np.float32)
    steps[-1] = 2.0
    return steps
