"""How legs and arms swing: joint angles over a stride, for people and for animals.  World floor.

Phases count strides: at phase 0 the right (hind right) foot strikes, the left leg follows half a stride later.
"""

import math

from scenarios.bodies import Body
from sim.trace import Gait

# Sagittal joint angles in degrees over one stride: mean, then (cosine, sine) of four harmonics.  A Fourier fit of
# published motion capture (DeepMimic's walk, 0.98 m/s, and run, 3.56 m/s, of an adult); flexion of hip and shoulder
# is forward and positive, flexion of the knee is negative, as recorded.
Series = tuple[float, tuple[tuple[float, float], ...]]
WALK: dict[str, Series] = {
    "hip": (14.87, ((17.34, -10.73), (-3.63, 0.58), (1.30, 1.94), (-0.77, 0.39))),
    "knee": (-30.70, ((9.28, 24.25), (12.93, -14.44), (-3.14, -5.22), (0.34, -2.26))),
    "ankle": (4.96, ((-3.79, 10.24), (1.78, -5.15), (-4.82, 1.57), (2.44, 1.73))),
    "shoulder": (-0.70, ((-15.17, 6.76), (-0.39, -1.25), (0.21, 0.98), (-0.29, -0.35))),
}
RUN: dict[str, Series] = {
    "hip": (35.38, ((18.99, -35.31), (-5.36, 14.08), (2.79, 3.38), (-0.96, 1.94))),
    "knee": (-48.18, ((26.40, 16.62), (-18.97, -22.29), (-3.09, -7.70), (2.81, -0.66))),
    "ankle": (7.96, ((19.50, -6.59), (1.28, 15.27), (-4.95, 3.68), (-2.39, -1.22))),
    "shoulder": (-7.39, ((-7.77, 59.64), (-2.98, 10.42), (-2.99, 0.47), (0.07, 3.12))),
}
ADULT_M = 1.75
RECORDED_SPEED_MPS = {Gait.WALK: 1.239 / 1.2667, Gait.RUN: 2.845 / 0.8}
RECORDED_STRIDE_M = {Gait.WALK: 1.239, Gait.RUN: 2.845}
RUN_ABOVE_MPS = 2.0  # an adult breaks into a run at a Froude number near 0.5: Alexander 1989


def gait_for(speed_mps: float, height_m: float, word: str = "auto") -> Gait:
    """How somebody of this height moves at this speed, unless a word says."""
    if speed_mps < 0.05:
        return Gait.STAND
    if word != "auto":
        return Gait.RUN if word == "run" else Gait.WALK
    return Gait.RUN if speed_mps > RUN_ABOVE_MPS * math.sqrt(height_m / ADULT_M) else Gait.WALK


def stride_m(gait: Gait, speed_mps: float, height_m: float) -> float:
    """Length of a stride (two steps): grows with the root of the speed and with the leg; through the recorded gaits."""
    if gait not in (Gait.WALK, Gait.RUN):
        return 1.0
    scale = height_m / ADULT_M
    # Speeds of bodies of different size compare by Froude number, v^2 / (g leg).
    relative = max(speed_mps, 0.2) / (RECORDED_SPEED_MPS[gait] * math.sqrt(scale))
    return RECORDED_STRIDE_M[gait] * scale * math.sqrt(relative)


# Part of the stride during which the right foot carries, and body proportions (Drillis and Contini 1966), of height.
STANCE = {Gait.WALK: (0.08, 0.52), Gait.RUN: (0.07, 0.33)}
STANCE_EASE = 0.06  # of the stride, to let the foot go
STANCE_MIDDLE_M = {
    Gait.WALK: -0.045,
    Gait.RUN: -0.12,
}  # where the recorded ankle is in mid-stance, of an adult
THIGH, SHANK, ANKLE = 0.245, 0.246, 0.039
ELBOW_RAD = {Gait.WALK: 0.30, Gait.RUN: 1.45}
BOUNCE_M = 0.04  # of a runner's hips


def joint_angles(
    gait: Gait,
    phase: float,
    speed_mps: float,
    height_m: float,
    own_stride_m: float | None = None,
    swing: float = 1.0,
) -> dict[str, float]:
    """Angles in rad of hip, knee, ankle, shoulder and elbow, `_left` and `_right`, and `pelvis_m` above the ground.

    While a foot carries, its hip is turned so that the ankle goes back exactly as fast as the body goes forward:
    feet do not slide.  The rest of the stride is as recorded, or narrower by `swing`.
    """
    scale = height_m / ADULT_M
    if gait not in (Gait.WALK, Gait.RUN):
        still = {
            f"{joint}_{side}": 0.0
            for joint in ("hip", "knee", "ankle", "shoulder")
            for side in ("left", "right")
        }
        return still | {
            "elbow_left": 0.15,
            "elbow_right": 0.15,
            "pelvis_m": (THIGH + SHANK + ANKLE) * height_m,
        }
    series = RUN if gait == Gait.RUN else WALK
    stride = (
        own_stride_m or stride_m(gait, speed_mps, height_m)
    ) / scale  # as an adult's, whose limbs the series are of
    angles: dict[str, float] = {}
    depths = []
    for side, p in (("right", phase % 1.0), ("left", (phase + 0.5) % 1.0)):
        knee = -_series(series["knee"], p)
        hip = _carrying_hip(gait, p, swing * _series(series["hip"], p), knee, stride)
        arm = math.sqrt(swing) * _series(series["shoulder"], p)
        angles[f"hip_{side}"], angles[f"knee_{side}"] = hip, knee
        angles[f"ankle_{side}"] = _series(series["ankle"], p)
        angles[f"shoulder_{side}"] = arm
        angles[f"elbow_{side}"] = ELBOW_RAD[gait] + 0.35 * arm
        depths.append(THIGH * math.cos(hip) + SHANK * math.cos(hip - knee))
    if gait == Gait.RUN:
        # The hips of a runner are lowest in the middle of each step's support.
        middle = sum(STANCE[gait]) / 2
        bounce = -BOUNCE_M * scale * math.cos(4.0 * math.pi * (phase - middle))
        angles["pelvis_m"] = 0.95 * (THIGH + SHANK + ANKLE) * height_m + bounce
    else:
        angles["pelvis_m"] = (max(depths) + ANKLE) * height_m
    return angles


def _series(series: Series, phase: float) -> float:
    total = series[0]
    for order, (a, b) in enumerate(series[1], start=1):
        total += a * math.cos(2 * math.pi * order * phase) + b * math.sin(2 * math.pi * order * phase)
    return math.radians(total)


def _carrying_hip(gait: Gait, p: float, hip: float, knee: float, stride: float) -> float:
    """The hip angle at phase p: in stance such that the ankle moves evenly, eased into the recorded one outside."""
    start, stop = STANCE[gait]
    outside = max(start - p, p - stop, 0.0)
    if outside >= STANCE_EASE:
        return hip
    along = STANCE_MIDDLE_M[gait] - stride * (p - (start + stop) / 2)
    # The ankle seen from the hip with the thigh hanging straight down, then turned until it is `along` ahead.
    ahead, below = -SHANK * math.sin(knee) * ADULT_M, (THIGH + SHANK * math.cos(knee)) * ADULT_M
    reach = math.hypot(ahead, below)
    carrying = math.asin(max(-1.0, min(1.0, along / reach))) - math.atan2(ahead, below)
    ease = 0.5 * (1.0 + math.cos(math.pi * outside / STANCE_EASE))
    return hip + (carrying - hip) * ease


# Lag of each leg of an animal in strides: left hind, right hind, left fore, right fore (Hildebrand 1965, 1977).
FOOTFALLS = {
    "walk": (0.0, 0.5, 0.25, 0.75),  # lateral sequence
    "trot": (0.0, 0.5, 0.5, 0.0),
    "gallop": (0.0, 0.1, 0.45, 0.55),
}
LEGS = ("hind_left", "hind_right", "front_left", "front_right")


# Share of a stride that a foot is on the ground: Alexander 1984.
DUTY = {"walk": 0.60, "trot": 0.45, "gallop": 0.30}
TROT, GALLOP = 0.35, 2.5  # Froude numbers: Griffin, Kram, Wickler and Hoyt 2004; Alexander and Jayes 1983


def froude(speed_mps: float, hip_m: float) -> float:
    """Speed squared over gravity and height of the hips: bodies of any size move alike at the same one."""
    return speed_mps**2 / (9.81 * hip_m)


def quadruped_gait(speed_mps: float, hip_m: float) -> str:
    """Walk, trot or gallop by Froude number."""
    number = froude(speed_mps, hip_m)
    return "walk" if number < TROT else "trot" if number < GALLOP else "gallop"


def quadruped_stride_m(speed_mps: float, hip_m: float, step_m: float = math.inf) -> float:
    """Length of an animal's stride by Alexander and Jayes 1983: 2.4 hips F^0.34, 1.9 hips F^0.40 in a gallop.

    `step_m` is how far a foot goes back on the ground at most; who is short of leg, or of room, steps more often.
    """
    number = max(froude(speed_mps, hip_m), 1e-3)
    most_m = step_m / DUTY[quadruped_gait(speed_mps, hip_m)]
    return min(hip_m * max(2.4 * math.pow(min(number, GALLOP), 0.34), 1.9 * math.pow(number, 0.40)), most_m)


def stride_of(body: Body, gait: Gait, speed_mps: float, height_m: float) -> float:
    """Length of a stride of somebody on foot with this body, `height_m` tall; animals and people alike."""
    if gait not in (Gait.WALK, Gait.RUN):
        return 1.0
    scale = height_m / body.size_m[2]
    if body.hip_m > 0.0:
        return quadruped_stride_m(speed_mps, body.hip_m * scale, body.step_m * scale)
    start, stop = STANCE[gait]
    most_m = body.step_m * scale / (stop - start) if body.step_m > 0.0 else math.inf
    return min(body.stride * stride_m(gait, speed_mps, height_m), most_m)


def quadruped_phases(gait: str, phase: float) -> dict[str, float]:
    """Phase in [0, 1) of each leg's own stride."""
    return {leg: (phase - lag) % 1.0 for leg, lag in zip(LEGS, FOOTFALLS[gait], strict=True)}
