"""The benchmark street: 300 m of town with 265 things, 70 of which move, at three levels of detail.

Peers read it as one file of arrays; our engine builds its own trees from the same arrays.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapes import Shape, car, cuboid, field, house, joined, lamp_post, person, sign, tree

LENGTH_M = 300.0
EGO_M = (120.0, -1.75)  # where the sensors stand; they look along x
CAMERA_M, LIDAR_M = 1.5, 1.8  # above the ground
FRAMES = 64
# Factors of the subdivision of things and of the ground; triangles that come of it.
DETAILS = {"25k": (0.2, 0.3), "250k": (0.93, 1.65), "1m": (1.9, 3.5)}
KINDS = ("road", "sidewalk", "kerb", "house", "tree", "lamp_post", "sign", "car", "person")


@dataclass(frozen=True, slots=True)
class Thing:
    """A shape in its own frame and where it stands; its id is its place in the list, counted from one."""

    shape: Shape
    kind: str
    pose: tuple[float, float, float, float]  # x, y, z, yaw
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Street:
    """N things, and where those that move stand in each of FRAMES frames."""

    name: str
    things: list[Thing]
    moving: NDArray[np.int64]  # (M,) indices of `things`
    poses: NDArray[np.float64]  # (FRAMES, M, 4)

    @property
    def triangles(self) -> int:
        return sum(len(thing.shape.triangles) for thing in self.things)

    def write(self, path: Path) -> None:
        """All arrays in one file, points in the frames of their things."""
        shapes = [thing.shape for thing in self.things]
        whole = joined(shapes)
        np.savez(
            path,
            points=whole.points_m.astype(np.float32),
            triangles=whole.triangles,
            first_point=np.cumsum([0] + [len(s.points_m) for s in shapes]),
            first_triangle=np.cumsum([0] + [len(s.triangles) for s in shapes]),
            pose=np.array([thing.pose for thing in self.things]),
            kind=np.array([KINDS.index(thing.kind) for thing in self.things]),
            moving=self.moving,
            poses=self.poses,
        )


def street_of(name: str, seed: int = 7) -> Street:
    """The street at one of DETAILS."""
    detail, ground = DETAILS[name]
    rng = np.random.default_rng(seed)
    things = [
        *_ground(detail, ground),
        *_houses(detail, rng),
        *_greenery(detail, rng),
        *_traffic(detail, rng),
    ]
    moving = np.array([k for k, thing in enumerate(things) if thing.moves])
    start = np.array([things[k].pose for k in moving])
    poses = np.repeat(start[None], FRAMES, axis=0)
    frame = np.arange(FRAMES)[:, None]
    poses[:, :, 0] += 0.1 * frame * np.cos(start[:, 3])
    poses[:, :, 1] += 0.02 * np.sin(frame + np.arange(len(moving)))
    return Street(name, things, moving, poses)


def lidar_rays(beams: int) -> NDArray[np.float32]:
    """(beams, columns, 3) unit directions of a scanner of 64 beams and 1800 columns, or of 128 and 2048."""
    low, high, columns = {64: (-24.8, 2.0, 1800), 128: (-25.0, 15.0, 2048)}[beams]
    rise = np.radians(np.linspace(low, high, beams))[:, None]
    turn = ((np.arange(columns) + 0.5) / columns * 2.0 * np.pi)[None, :]
    across = np.cos(rise)
    rays = np.stack([across * np.cos(turn), across * np.sin(turn), np.sin(rise) + 0.0 * turn], axis=-1)
    return np.asarray(rays, np.float32)


def _ground(detail: float, ground: float) -> list[Thing]:
    here = (0.0, 0.0, 0.0, 0.0)
    road = field((0.0, LENGTH_M), (-7.0, 7.0), (int(200 * ground), int(20 * ground)),
                 np.array((0.015, 0.15, 0.4, -0.006)))  # fmt: skip
    walk = field((0.0, LENGTH_M), (7.2, 40.0), (int(150 * ground), int(14 * ground)),
                 np.array((0.01, 1.0, 2.0, 0.0))).moved(z=0.12)  # fmt: skip
    cells = max(1, round(1.5 * detail))
    stones = [
        cuboid(np.array((x, 7.0, -0.2)), np.array((x + 2.95, 7.2, 0.15)), cells)
        for x in np.arange(0, LENGTH_M, 3.0)
    ]
    kerb = joined(stones)
    things = [Thing(road, "road", here)]
    for left in (False, True):
        things.append(Thing(walk if left else walk.mirrored(), "sidewalk", here))
        things.append(Thing(kerb if left else kerb.mirrored(), "kerb", here))
    return things


def _houses(detail: float, rng: np.random.Generator) -> list[Thing]:
    things = []
    for k in range(40):
        side = 1 if k % 2 else -1
        shape = house(detail, rng)
        at = (k // 2 * 15.0 + rng.uniform(0.0, 1.0), side * (12.0 + rng.uniform(0.0, 1.5)), 0.05, 0.0)
        things.append(Thing(shape if side > 0 else shape.mirrored(), "house", at))
    return things


def _greenery(detail: float, rng: np.random.Generator) -> list[Thing]:
    things = []
    for k in range(60):
        at = (k // 2 * 10.0 + rng.uniform(0.0, 3.0), 8.6 if k % 2 else -8.6, 0.1, rng.uniform(0.0, 6.0))
        things.append(Thing(tree(detail, rng), "tree", at))
    for k in range(40):
        side = 1 if k % 2 else -1
        things.append(
            Thing(lamp_post(detail, side), "lamp_post", (k // 2 * 15.0 + 7.3, side * 7.7, 0.1, 0.0))
        )
    for k in range(40):
        things.append(Thing(sign(detail), "sign", (k // 2 * 15.0 + 3.1, 7.5 if k % 2 else -7.5, 0.1, 0.0)))
    return things


def _traffic(detail: float, rng: np.random.Generator) -> list[Thing]:
    def some_car() -> Shape:
        return car(rng.uniform(4.0, 4.9), rng.uniform(1.75, 1.95), detail)

    things = []
    for k in range(30):  # at the kerb; twenty of them are about to leave
        side = 1 if k % 2 else -1
        at = (k // 2 * 19.0 + rng.uniform(2.0, 12.0), side * 5.9, -0.03, np.pi if side > 0 else 0.0)
        things.append(Thing(some_car(), "car", at, moves=k < 20))
    for k in range(20):
        side = 1 if k % 2 else -1
        x = 8.0 + k // 2 * 29.0 + rng.uniform(0.0, 8.0)
        if side < 0 and abs(x - EGO_M[0]) < 7.0:
            x += 14.0  # nobody stands where the sensors are
        yaw = (np.pi if side > 0 else 0.0) + 0.02 * rng.normal()
        things.append(Thing(some_car(), "car", (x, side * 1.9, -0.01, yaw), moves=True))
    for k in range(30):
        side = 1 if k % 2 else -1
        walks = k % 5 > 0  # the fifth crosses the road
        x = rng.uniform(60.0, 220.0) if k < 24 else rng.uniform(0.0, LENGTH_M)
        y = side * rng.uniform(9.8, 11.5) if walks else rng.uniform(-6.0, 6.0)
        if not walks and abs(x - EGO_M[0]) < 3.0:
            x += 6.0
        at = (x, y, 0.12 if walks else 0.0, rng.uniform(0.0, 6.0))
        things.append(Thing(person(detail), "person", at, moves=True))
    return things
