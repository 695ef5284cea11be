"""One peer at work: reads the street's arrays, then answers orders, a JSON line each, with its seconds.

Runs in the peers' own environment, so it imports nothing of ours.  An order names a task, a frame and perhaps a file
for the results; the answer holds wall seconds and processor seconds of the task alone.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Work = Callable[[int], Any]
WIDTH, HEIGHT = 1280, 720
HALF_FOV_RAD = np.radians(35.0)
NEAR_M, FAR_M = 0.1, 400.0


class Arrays:
    """The street as one peer needs it: points in the world, and what moves where in a frame."""

    def __init__(self, path: str) -> None:
        held = np.load(path)
        self.points, self.triangles = held["points"], held["triangles"]
        self.first_point, self.first_triangle = held["first_point"], held["first_triangle"]
        self.pose, self.moving, self.poses = held["pose"], held["moving"], held["poses"]
        self.things = len(self.pose)
        self.thing_of_point = np.repeat(np.arange(self.things), np.diff(self.first_point))
        self.thing_of_triangle = np.repeat(np.arange(self.things), np.diff(self.first_triangle)).astype(
            np.int32
        )
        moves = np.zeros(self.things, bool)
        moves[self.moving] = True
        self.moves = moves[self.thing_of_triangle]
        self.own = np.flatnonzero(moves[self.thing_of_point])  # points of what moves
        row = np.full(self.things, -1)
        row[self.moving] = np.arange(len(self.moving))
        self.own_row = row[self.thing_of_point[self.own]]
        self.own_points = self.points[self.own]
        self.world = self._placed(self.points, self.pose, self.thing_of_point)

    def moved(self, frame: int) -> Any:
        """World positions of the points that move."""
        return self._placed(self.own_points, self.poses[frame % len(self.poses)], self.own_row)

    def all_poses(self, frame: int) -> Any:
        pose = self.pose.copy()
        pose[self.moving] = self.poses[frame % len(self.poses)]
        return pose

    @staticmethod
    def _placed(points: Any, pose: Any, row: Any) -> Any:
        c, s = np.cos(pose[:, 3]).astype(np.float32)[row], np.sin(pose[:, 3]).astype(np.float32)[row]
        shift = pose[:, :3].astype(np.float32)[row]
        out = np.empty_like(points)
        out[:, 0] = c * points[:, 0] - s * points[:, 1] + shift[:, 0]
        out[:, 1] = s * points[:, 0] + c * points[:, 1] + shift[:, 1]
        out[:, 2] = points[:, 2] + shift[:, 2]
        return out


def open3d(street: Arrays, rays: dict[str, Any], threads: int) -> tuple[str, dict[str, Work]]:
    """Embree behind Open3D: the whole scene rebuilt, what moves rebuilt beside a kept static scene, a frozen scene."""
    import open3d as o3d

    tensor = o3d.core.Tensor
    packed = {name: tensor(np.concatenate([np.broadcast_to(origin, d.shape), d], axis=1).astype(np.float32))
              for name, (origin, d) in rays.items()}  # fmt: skip
    triangles = street.triangles.astype(np.uint32)
    rows_still, rows_own = np.flatnonzero(~street.moves), np.flatnonzero(street.moves)
    place = np.full(len(street.points), -1, np.int64)
    place[street.own] = np.arange(len(street.own))
    own_triangles = place[triangles[street.moves]].astype(np.uint32)

    def scene_of(points: Any, corners: Any) -> Any:
        scene = o3d.t.geometry.RaycastingScene(nthreads=threads)
        scene.add_triangles(tensor(np.ascontiguousarray(points)), tensor(np.ascontiguousarray(corners)))
        return scene

    def asked(scene: Any, name: str) -> tuple[Any, Any]:
        answer = scene.cast_rays(packed[name], nthreads=threads)
        return answer["t_hit"].numpy(), answer["primitive_ids"].numpy()

    def things(t: Any, triangle: Any) -> Any:
        return np.where(
            np.isfinite(t), street.thing_of_triangle[np.minimum(triangle, len(triangles) - 1)] + 1, 0
        )

    still = scene_of(street.world, triangles[~street.moves])
    everything = street.world.copy()
    everything[street.own] = street.moved(0)
    frozen = scene_of(everything, triangles)

    def trace(name: str) -> Work:
        return lambda frame: asked(frozen, name)

    def full(name: str) -> Work:
        def work(frame: int) -> Any:
            everything[street.own] = street.moved(frame)
            t, triangle = asked(scene_of(everything, triangles), name)
            return t, things(t, triangle)

        return work

    def split(name: str) -> Work:
        def work(frame: int) -> Any:
            own = scene_of(street.moved(frame), own_triangles)
            (t, a), (t_own, b) = asked(still, name), asked(own, name)
            nearer = t_own < t
            triangle = np.where(nearer, rows_own[np.minimum(b, len(rows_own) - 1)],
                                rows_still[np.minimum(a, len(rows_still) - 1)])  # fmt: skip
            t = np.where(nearer, t_own, t)
            return t, things(t, triangle)

        return work

    makers = {"trace": trace, "full": full, "split": split}
    work = {f"{mode} {name}": make(name) for mode, make in makers.items() for name in rays}
    return f"Open3D {o3d.__version__} (Embree)", work


def moderngl(street: Arrays, rays: dict[str, Any], threads: int) -> tuple[str, dict[str, Work]]:
    """OpenGL on llvmpipe: instance ids and depth, without a colour, things outside the view left out."""
    os.environ["LP_NUM_THREADS"] = str(threads)
    import moderngl as mgl

    context = mgl.create_context(standalone=True, backend="egl", require=430)
    program = context.program(
        vertex_shader="""#version 430
        in vec3 point; in int thing;
        uniform mat4 clip_from_world;
        layout(std430, binding=0) buffer Poses { mat4 world_from_thing[]; };
        flat out uint id;
        void main() {
            gl_Position = clip_from_world * (world_from_thing[thing] * vec4(point, 1));
            id = uint(thing + 1);
        }""",
        fragment_shader="""#version 430
        flat in uint id;
        layout(location=0) out uint instance;
        void main() { instance = id; }""",
    )
    points = context.buffer(street.points.tobytes())
    owner = context.buffer(street.thing_of_point.astype(np.int32).tobytes())
    corners = context.buffer(street.triangles.astype(np.int32).tobytes())
    drawn = context.vertex_array(program, [(points, "3f", "point"), (owner, "1i", "thing")], corners)
    poses = context.buffer(reserve=street.things * 64)
    poses.bind_to_storage_buffer(0)
    origin = rays["camera"][0]
    tangent = np.tan(HALF_FOV_RAD)
    projection = np.zeros((4, 4))
    projection[0, 0], projection[1, 1] = 1 / tangent, WIDTH / HEIGHT / tangent
    projection[2, 2] = -(FAR_M + NEAR_M) / (FAR_M - NEAR_M)
    projection[2, 3], projection[3, 2] = -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M), -1
    view = np.eye(4)
    view[:3, :3] = ((0, -1, 0), (0, 0, 1), (-1, 0, 0))  # x ahead becomes -z
    view[:3, 3] = -view[:3, :3] @ origin
    program["clip_from_world"].write(np.ascontiguousarray((projection @ view).T, np.float32).tobytes())
    ids, depth = context.texture((WIDTH, HEIGHT), 1, dtype="u4"), context.depth_texture((WIDTH, HEIGHT))
    target = context.framebuffer([ids], depth)
    context.enable(mgl.DEPTH_TEST)
    spheres = np.array(
        [
            _sphere(street.points[a:b])
            for a, b in zip(street.first_point, street.first_point[1:], strict=False)
        ]
    )
    id_bytes, depth_bytes = np.empty(WIDTH * HEIGHT * 4, np.uint8), np.empty(WIDTH * HEIGHT * 4, np.uint8)

    def matrices(frame: int) -> Any:
        pose = street.all_poses(frame)
        out = np.zeros((street.things, 4, 4), np.float32)
        c, s = np.cos(pose[:, 3]), np.sin(pose[:, 3])
        out[:, 0, 0], out[:, 0, 1], out[:, 1, 0], out[:, 1, 1] = c, -s, s, c
        out[:, 2, 2] = out[:, 3, 3] = 1
        out[:, :3, 3] = pose[:, :3]
        return out

    def picture(frame: int) -> Any:
        placed = matrices(frame)
        poses.write(np.ascontiguousarray(placed.transpose(0, 2, 1)).tobytes())
        middle = np.einsum("nij,nj->ni", placed[:, :3, :3], spheres[:, :3]) + placed[:, :3, 3] - origin
        radius = spheres[:, 3]
        seen = middle[:, 0] > -radius
        for across, t in ((middle[:, 1], tangent), (middle[:, 2], tangent * HEIGHT / WIDTH)):
            seen &= (t * middle[:, 0] - np.abs(across)) / np.sqrt(1 + t * t) > -radius
        target.use()
        target.clear(depth=1.0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], seen, [0]])))
        for first, last in edges.reshape(-1, 2):  # runs of things that stand together in the buffer
            a, b = street.first_triangle[first], street.first_triangle[last]
            drawn.render(vertices=int(3 * (b - a)), first=int(3 * a))
        ids.read_into(id_bytes)
        depth.read_into(depth_bytes)
        z = depth_bytes.view(np.float32)
        metres = np.float32(2 * NEAR_M * FAR_M) / (
            np.float32(FAR_M + NEAR_M) - (2 * z - 1) * np.float32(FAR_M - NEAR_M)
        )
        metres[z >= 1.0] = np.inf
        up = (slice(None, None, -1), slice(None))
        return metres.reshape(HEIGHT, WIDTH)[up], id_bytes.view(np.uint32).reshape(HEIGHT, WIDTH)[up]

    name = f"moderngl {mgl.__version__} on {context.info['GL_RENDERER']}, {context.info['GL_VERSION']}"
    return name, {"picture camera": picture}


def pybullet(street: Arrays, rays: dict[str, Any], threads: int) -> tuple[str, dict[str, Work]]:
    """PyBullet's TinyRenderer: colour, depth and segmentation, without shadows."""
    import pybullet as pb

    pb.connect(pb.DIRECT)
    bodies = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(street.things):
            path = Path(folder) / f"{k}.obj"
            a, b = street.first_point[k], street.first_point[k + 1]
            c, d = street.first_triangle[k], street.first_triangle[k + 1]
            with path.open("w") as file:
                np.savetxt(file, street.points[a:b], "v %.5f %.5f %.5f")
                np.savetxt(file, street.triangles[c:d] - a + 1, "f %d %d %d")
            shape = pb.createVisualShape(pb.GEOM_MESH, fileName=str(path), rgbaColor=(0.5, 0.5, 0.5, 1))
            x, y, z, yaw = (float(p) for p in street.pose[k])
            bodies.append(pb.createMultiBody(0, -1, shape, (x, y, z), pb.getQuaternionFromEuler((0, 0, yaw))))
    origin = [float(c) for c in rays["camera"][0]]
    view = pb.computeViewMatrix(origin, [origin[0] + 1, *origin[1:]], (0, 0, 1))
    up_fov = 2 * np.degrees(np.arctan(np.tan(HALF_FOV_RAD) * HEIGHT / WIDTH))
    projection = pb.computeProjectionMatrixFOV(float(up_fov), WIDTH / HEIGHT, NEAR_M, FAR_M)
    id_of = np.zeros(max(bodies) + 2, np.int32)
    id_of[bodies] = np.arange(1, street.things + 1)

    def picture(frame: int) -> Any:
        for k, (x, y, z, yaw) in zip(
            street.moving, street.poses[frame % len(street.poses)].tolist(), strict=True
        ):
            pb.resetBasePositionAndOrientation(bodies[k], (x, y, z), pb.getQuaternionFromEuler((0, 0, yaw)))
        shot = pb.getCameraImage(WIDTH, HEIGHT, view, projection, renderer=pb.ER_TINY_RENDERER, shadow=0)
        z = np.asarray(shot[3], np.float32).reshape(HEIGHT, WIDTH)
        body = np.asarray(shot[4]).reshape(HEIGHT, WIDTH)
        metres = FAR_M * NEAR_M / (FAR_M - (FAR_M - NEAR_M) * z)
        return np.where(body >= 0, metres, np.inf).astype(np.float32), np.where(body >= 0, id_of[body], 0)

    return f"PyBullet API {pb.getAPIVersion()} TinyRenderer", {"picture camera": picture}


PEERS = {"open3d": open3d, "moderngl": moderngl, "pybullet": pybullet}


def _sphere(points: Any) -> Any:
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return np.append(middle, np.linalg.norm(points - middle, axis=1).max())


def main() -> None:
    peer, street_file, ray_file, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the peers' libraries print goes to the error stream
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    def say(**words: Any) -> None:
        print(json.dumps(words), file=answers, flush=True)

    held = np.load(ray_file)
    rays = {
        name: (held["origin_" + name], held["rays_" + name].reshape(-1, 3))
        for name in ("camera", "lidar 64", "lidar 128")
    }
    try:
        version, tasks = PEERS[peer](Arrays(street_file), rays, threads)
    except Exception as error:
        say(absent=f"{type(error).__name__}: {error}".splitlines()[0])
        return
    say(name=version, tasks=sorted(tasks))
    for line in sys.stdin:
        order = json.loads(line)
        work = tasks[order["task"]]
        wall, cpu = time.perf_counter(), time.process_time()
        result = work(order["frame"])
        took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        if "keep" in order:
            np.savez(order["keep"], range_m=result[0].reshape(-1), thing=np.asarray(result[1]).reshape(-1))
        say(**took)


if __name__ == "__main__":
    main()
