"""Echoes of actors: straight, lifted by the road, and as ghosts in mirrors.  Renderers floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.radar_echoes import Echoes, filled, fluctuating
from renderers.radar_mirrors import Mirror
from renderers.radar_model import RadarModel
from renderers.radar_paths import (
    azimuth_elevation,
    bounce_points,
    lobing,
    range_rate,
    unblocked,
)
from renderers.radar_scan import RadarCause
from renderers.radar_targets import Centres, centres_of
from renderers.scene import Scene
from renderers.stage import Stage
from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID
from sim.trace import WorldInstant

Floats = NDArray[np.float64]

LIKELY_SNR = 0.02  # of the threshold: fainter centres are not asked for
GHOST_CENTRES = 4  # strongest of an actor, that are mirrored
WALL_M = 0.3  # before and behind a mirror's face that rays do not ask


@dataclass(frozen=True, slots=True)
class Post:
    """A radar at work: where it is, how it moves, what it can."""

    stage: Stage
    scene: Scene
    now: WorldInstant
    later: WorldInstant
    name: str
    model: RadarModel
    world_from_radar: Floats  # (4, 4)
    velocity_mps: Floats  # (3,) world
    ground_m: float  # height of the road below the ego
    threads: int

    @property
    def place_m(self) -> Floats:
        place: Floats = self.world_from_radar[:3, 3]
        return place

    def chance(self, *names: str | int) -> np.random.Generator:
        """A stream of this scan: weather twins draw the same."""
        return stream(self.stage.seed, "radar", self.name, self.scene.time_ns, *names)

    def columns(self) -> list[int]:
        """Actors within its range."""
        reach = self.model.facts.far_m
        listed = []
        for column, actor in enumerate(self.stage.trace.actors):
            away = float(np.hypot(*(self.now.position_m[column, :2] - self.place_m[:2])))
            if self.now.present[column] and not actor.is_ego and away - max(actor.size_m) < reach:
                listed.append(column)
        return listed

    def centres(self, columns: Sequence[int], eye_m: Floats) -> Centres | None:
        return centres_of(self.stage, self.scene, self.now, self.later, columns, eye_m)


def targets(post: Post, bounces: bool) -> Echoes:
    """What actors send back on straight ways and over the road."""
    seen = post.centres(post.columns(), post.place_m)
    if seen is None:
        return Echoes.none()
    model, eye = post.model, post.place_m
    range_m, azimuth, elevation = azimuth_elevation(post.world_from_radar, seen.position_m)
    free = model.snr(seen.rcs_m2, range_m, azimuth, elevation)
    likely = free * 16.0 > LIKELY_SNR * model.threshold  # lobing makes 12 dB more at the most
    straight = np.zeros(len(free), np.bool_)
    start = np.broadcast_to(eye, seen.position_m.shape)
    straight[likely] = unblocked(
        post.scene, start[likely], seen.position_m[likely], seen.column[likely], post.threads
    )
    factor = straight.astype(np.float64)
    if bounces:
        bounced = np.zeros(len(free), np.bool_)
        foot = bounce_points(eye, post.ground_m, seen.position_m[likely], seen.ground_m[likely])
        own = seen.column[likely]
        bounced[likely] = unblocked(
            post.scene, start[likely], foot, own, post.threads, flat_blocks=False
        ) & unblocked(post.scene, foot, seen.position_m[likely], own, post.threads, flat_blocks=False)
        height = np.full(len(free), max(eye[2] - post.ground_m, 0.01))
        along = np.linalg.norm(seen.position_m[:, :2] - eye[:2], axis=1)
        factor = lobing(
            straight, bounced, height, seen.position_m[:, 2] - seen.ground_m, along, seen.spread_m,
            model.wave_number, post.scene.weather,
        )  # fmt: skip
    rate = range_rate(eye, post.velocity_mps, seen.position_m, seen.velocity_mps)
    return _echoes(post, seen, range_m, azimuth, rate, free * factor, RadarCause.TARGET, "target")


def ghosts(post: Post, mirrors: Sequence[Mirror]) -> Echoes:
    """Actors in mirrors: the mirrored radar looks at them, or one of the two ways goes straight."""
    columns, some = post.columns(), [Echoes.none()]
    direct = post.centres(columns, post.place_m)
    if direct is None:
        return some[0]
    model, eye = post.model, post.place_m
    for number, mirror in enumerate(mirrors):
        image_eye, image_mps = mirror.image(eye), mirror.turned(post.velocity_mps)
        aside = post.centres(columns, image_eye)
        assert aside is not None
        passes, at = mirror.crossing(eye, aside.position_m)
        # Ghosts of a few centres are an actor's ghost; asking for all would take most of a scan's time.
        passes &= _strongest(aside, GHOST_CENTRES)
        image = mirror.image(aside.position_m)
        far, far_azimuth, far_elevation = azimuth_elevation(post.world_from_radar, image)
        near, near_azimuth, near_elevation = azimuth_elevation(post.world_from_radar, direct.position_m)
        twice = model.snr(aside.rcs_m2 * mirror.left**2, far, far_azimuth, far_elevation)
        passes &= (far < model.facts.far_m) & (twice / mirror.left > LIKELY_SNR * model.threshold)
        kept = np.flatnonzero(passes)
        if not len(kept):
            continue
        own = aside.column[kept]
        before, behind = _beside(eye, at[kept]), _beside(aside.position_m[kept], at[kept])
        nobody = np.full(len(kept), -1)
        by_wall = unblocked(
            post.scene, np.broadcast_to(eye, before.shape), before, nobody, post.threads
        ) & unblocked(post.scene, behind, aside.position_m[kept], own, post.threads)
        straight = unblocked(
            post.scene, np.broadcast_to(eye, before.shape), direct.position_m[kept], own, post.threads
        )
        far_rate = range_rate(image_eye, image_mps, aside.position_m, aside.velocity_mps)[kept]
        near_rate = range_rate(eye, post.velocity_mps, direct.position_m, direct.velocity_mps)[kept]
        chosen = aside.those(kept)
        some.append(
            _echoes(
                post,
                chosen,
                far[kept],
                far_azimuth[kept],
                far_rate,
                twice[kept] * by_wall,
                RadarCause.GHOST,
                f"twice{number}",
            )
        )
        middle = 0.5 * (far[kept] + near[kept])
        mixed_rcs = np.sqrt(aside.rcs_m2 * direct.rcs_m2)[kept] * mirror.left
        # Out by one way and back by the other, both ways round: the spreading is that of both lengths.
        spread = middle**4 / (far[kept] ** 2 * near[kept] ** 2)
        for azimuth, elevation, word in (
            (far_azimuth[kept], far_elevation[kept], "far"),
            (near_azimuth[kept], near_elevation[kept], "near"),
        ):
            power = model.snr(mixed_rcs * spread, middle, azimuth, elevation) * (by_wall & straight)
            rate = 0.5 * (far_rate + near_rate)
            some.append(
                _echoes(post, chosen, middle, azimuth, rate, power, RadarCause.GHOST, f"{word}{number}")
            )
    return Echoes.joined(some)


def _beside(from_m: Floats, at_m: Floats) -> Floats:
    """Places on a mirror, moved a little towards who looks at them."""
    way = np.broadcast_to(from_m, at_m.shape) - at_m
    length = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    moved: Floats = at_m + way / length * np.minimum(WALL_M, 0.5 * length)
    return moved


def _strongest(seen: Centres, count: int) -> NDArray[np.bool_]:
    """The strongest few centres of each actor."""
    order = np.lexsort((-seen.rcs_m2, seen.column))
    column = seen.column[order]
    rank = np.arange(len(order)) - np.searchsorted(column, column)
    kept = np.zeros(len(order), np.bool_)
    kept[order] = rank < count
    return kept


def _echoes(
    post: Post,
    seen: Centres,
    range_m: Floats,
    azimuth: Floats,
    rate: Floats,
    snr: Floats,
    cause: RadarCause,
    word: str,
) -> Echoes:
    """Amplitudes drawn by actor, so that nobody changes another's."""
    actors = post.stage.trace.actors
    amplitude = np.zeros(len(snr), complex)
    for column in np.unique(seen.column):
        mine = seen.column == column
        chance = post.chance(word, actors[column].instance_id)
        amplitude[mine] = fluctuating(snr[mine], seen.kind[mine], chance)
    instance = np.array([a.instance_id for a in actors], np.int32)[seen.column]
    semantic = np.array([SEMANTIC_ID[ACTOR_CLASSES[a.actor_class].semantic] for a in actors], np.uint8)
    return Echoes(
        range_m, azimuth, rate, amplitude, filled(len(snr), cause), instance, semantic[seen.column]
    ).those(snr > 0.0)
