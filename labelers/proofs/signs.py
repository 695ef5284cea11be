"""Signs and lights hang where their pixels lie, face as stated, and show what they are said to.  Labels floor."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelers.pixels import pixel_points
from labelers.proofs.shared import Violation, place_of
from labelers.records import ImageSign, Sample, Sign
from renderers.frames import CameraFrame
from renderers.optics import project
from scenarios.taxonomy import SEMANTIC_ID
from sim.trace import pose_matrix

RULE = "signs"
CLASS = {"sign": SEMANTIC_ID["traffic_sign"], "light": SEMANTIC_ID["traffic_light"]}
SLACK_M, SLACK = 0.03, 0.003  # about a face, and share of the distance
COUNT_PX, COUNT = 4, 0.05  # pixels that two ways of counting may differ by
OFF_PX = 1.5
NEAR_M, REACH_M = 3.0, 120.0  # between which every pixel of these classes belongs to somebody
UNCLAIMED_PX, UNCLAIMED = 6, 0.02
SIDE_COS, SIDE_SLACK = 0.17, 0.01
LIT = {
    "red": {"red"}, "red_amber": {"red", "amber"}, "amber": {"amber"}, "green": {"green"}, "off": set(),
    "flashing_amber": {"amber"}, "flashing_green": {"green"},
}  # fmt: skip
FLASH_NS = 1_000_000_000  # alight in the first half of it
SHOWN_PX = 2.0  # radius of a lens that a picture is asked about
CHANNEL = {"red": (0, 1), "green": (1, 0), "amber": (0, 2)}  # brighter and darker of a lit lens
LENS_COS = (
    0.7  # lenses sit in hoods and shine forward: from farther aside a picture shows little of their light
)
LEAST_CODE = 20.0  # by which a lit lens is brighter there
BURNT_CODE = 180.0  # at night a lens burns out to white, and its halo colours those beside it
GLEAM_CODE = 60.0  # by which a dark one may be


def lenses(sample: Sample) -> Iterator[Violation]:
    """What is lit is what the state says, and lenses lie on the front of their head."""
    for sign in sample.labels.signs:
        place = place_of(sample, "sign", sign.sign_id)
        if (sign.kind == "light") != (sign.state in LIT) or (sign.kind == "light") != bool(sign.lenses):
            yield Violation(RULE, place, f"a {sign.kind} in state {sign.state!r}")
            continue
        lit = {lens.color for lens in sign.lenses if lens.lit}
        dark = sign.state.startswith("flashing") and sample.time_ns % FLASH_NS >= FLASH_NS // 2
        if lit != (set() if dark else LIT.get(sign.state, set())):
            yield Violation(RULE, place, f"state {sign.state}, lit are {sorted(lit)}")
        half = 0.5 * np.asarray(sign.size_m)
        if any((np.abs(lens.at_m) > half).any() for lens in sign.lenses):
            yield Violation(RULE, place, "a lens lies beside its head")
        if sign.value and sign.value not in sign.meaning and any(c.isdigit() for c in sign.meaning):
            yield Violation(RULE, place, f"shows {sign.value}, means {sign.meaning!r}")


def same_signs(before: Sample, after: Sample) -> Iterator[Violation]:
    """A sign stays what it is and where it is."""
    known = {sign.sign_id: sign for sign in before.labels.signs}
    for sign in after.labels.signs:
        old = known.get(sign.sign_id)
        if old is None:
            continue
        same = (old.kind, old.code, old.official, old.value, old.size_m, old.lanes) == (
            sign.kind,
            sign.code,
            sign.official,
            sign.value,
            sign.size_m,
            sign.lanes,
        )
        if (
            not same
            or not np.array_equal(old.centre_m, sign.centre_m)
            or not np.array_equal(old.rotation_rad, sign.rotation_rad)
        ):
            yield Violation(RULE, place_of(after, "sign", sign.sign_id), "another than in the sample before")


def image_signs(sample: Sample, camera: str) -> Iterator[Violation]:
    """Visible pixels are those whose points lie on the face; nothing of these classes is left over."""
    frame = sample.cameras[camera]
    known = {sign.sign_id: sign for sign in sample.labels.signs}
    wanted = np.isin(frame.semantic, list(CLASS.values())) & (frame.instance == 0)
    wanted &= np.isfinite(frame.depth_m)
    row, column = np.nonzero(wanted)
    local = pixel_points(frame, column, row, frame.depth_m[row, column])
    world = local @ frame.world_from_camera[:3, :3].T + frame.world_from_camera[:3, 3]
    far = np.linalg.norm(local, axis=1)
    kinds = frame.semantic[row, column]
    all_seen = sample.labels.image_signs.get(camera, ())
    # Of heads that hang one over the other the nearest has a pixel: slack is wider than the gap between them far off.
    beyond = np.array([_beyond(known.get(seen.sign_id), world, far, kinds) for seen in all_seen])
    owner = beyond.argmin(axis=0) if len(all_seen) else np.zeros(len(row), int)
    claimed = np.isfinite(beyond).any(axis=0) if len(all_seen) else np.zeros(len(row), bool)
    for number, seen in enumerate(all_seen):
        place = place_of(sample, camera, "sign", seen.sign_id)
        sign = known.get(seen.sign_id)
        if sign is None:
            yield Violation(RULE, place, "in the image and nowhere in the world")
            continue
        mine = claimed & (owner == number)
        yield from _counted(place, seen, column[mine], row[mine])
        yield from _facing(place, frame, sign, seen)
        if sign.kind == "light":
            yield from _shines(place, sample, frame, sign, seen)
    plane = frame.world_from_camera[:3, :3].T @ (
        sample.world_from_ego[:3, 3] - frame.world_from_camera[:3, 3]
    )
    within = (far > NEAR_M) & (far + float(np.linalg.norm(plane)) < REACH_M)
    left = int(np.count_nonzero(~claimed & within))
    if left > UNCLAIMED_PX + UNCLAIMED * len(row):
        yield Violation(RULE, place_of(sample, camera), f"{left} pixels of signs and lights belong to none")


def _beyond(
    sign: Sign | None, world: NDArray[np.float64], far: NDArray[np.float64], kinds: NDArray[np.integer]
) -> NDArray[np.float64]:
    """(P,) how far points lie outside a face's box; inf where that is too far, or they are of the other class."""
    if sign is None:
        return np.full(len(far), np.inf)
    pose = pose_matrix(sign.centre_m, sign.rotation_rad)
    outside = (np.abs((world - pose[:3, 3]) @ pose[:3, :3]) - 0.5 * np.asarray(sign.size_m)).max(axis=1)
    return np.where((kinds == CLASS[sign.kind]) & (outside <= SLACK_M + SLACK * far), outside, np.inf)


def _counted(
    place: str, seen: ImageSign, column: NDArray[np.int64], row: NDArray[np.int64]
) -> Iterator[Violation]:
    count = len(row)
    if abs(count - seen.visible_px) > COUNT_PX + COUNT * count:
        yield Violation(RULE, place, f"{count} pixels lie on it, {seen.visible_px} stated")
    elif seen.visible is None and seen.visible_px:
        yield Violation(RULE, place, "visible pixels without a box")
    elif seen.visible is not None and count:
        bounds = np.array((column.min(), row.min(), column.max() + 1, row.max() + 1), float)
        gap = float(np.abs(bounds - np.array(seen.visible)).max())
        if gap > OFF_PX:
            yield Violation(RULE, place, f"its pixels end {gap:.1f} px from its visible box")
    if seen.visible_px > seen.unoccluded_px or not math.isclose(
        seen.occlusion, 1.0 - seen.visible_px / max(seen.unoccluded_px, 1), abs_tol=1e-9
    ):
        yield Violation(RULE, place, f"occlusion {seen.occlusion:.3f} of {seen.visible_px} px")
    if not 0.0 <= seen.truncation <= 1.0:
        yield Violation(RULE, place, f"truncation {seen.truncation:.3f}")


def _facing(place: str, frame: CameraFrame, sign: Sign, seen: ImageSign) -> Iterator[Violation]:
    away = frame.world_from_camera[:3, 3] - sign.centre_m
    cosine = float(pose_matrix(sign.centre_m, sign.rotation_rad)[:3, 0] @ away / np.linalg.norm(away))
    told = {"front": 1.0, "back": -1.0, "side": 0.0}.get(seen.facing)
    meant = 0.0 if abs(cosine) < SIDE_COS else math.copysign(1.0, cosine)
    if told is None or (told != meant and abs(abs(cosine) - SIDE_COS) > SIDE_SLACK):
        yield Violation(RULE, place, f"seen from the {seen.facing} at a cosine of {cosine:.2f}")


def _shines(
    place: str, sample: Sample, frame: CameraFrame, sign: Sign, seen: ImageSign
) -> Iterator[Violation]:
    """In a clear picture, the lit lens has its colour and the others do not."""
    spoilt = f"fault_{frame.sensor}" in sample.labels.tags or not frame.image.any() or frame.rows is not None
    if (
        spoilt
        or seen.facing != "front"
        or seen.occlusion > 0.05
        or seen.truncation
        or seen.transmittance < 0.9
    ):
        return
    pose = pose_matrix(sign.centre_m, sign.rotation_rad)
    away = frame.world_from_camera[:3, 3] - sign.centre_m
    if float(pose[:3, 0] @ away) < LENS_COS * float(np.linalg.norm(away)):
        return
    gains = {}
    for lens in sign.lenses:
        at = pose[:3, :3] @ np.array(lens.at_m) + pose[:3, 3]
        spots = np.stack([at, at + lens.radius_m * pose[:3, 1]])
        uv = project(frame.model, (spots - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3])
        radius = float(np.linalg.norm(uv[1] - uv[0]))
        if not radius >= SHOWN_PX:
            return
        reach = max(0.5 * radius, 1.0)
        v, u = np.mgrid[: frame.image.shape[0], : frame.image.shape[1]]
        disc = (u - uv[0, 0]) ** 2 + (v - uv[0, 1]) ** 2 <= reach**2
        color = frame.image[disc].astype(float).mean(axis=0)
        more, less = CHANNEL[lens.color]
        burnt = float(color.min()) > BURNT_CODE
        gains[lens.color] = (255.0 if burnt else float(color[more] - color[less]), lens.lit)
    lit = [gain for gain, on in gains.values() if on]
    dark = [gain for gain, on in gains.values() if not on]
    # Where nothing is lit, no lens has a colour of its own; the sky in a dark lens is pale.
    wrong = dark and (min(lit) < max(dark) + LEAST_CODE if lit else max(dark) > GLEAM_CODE)
    if wrong:
        told = {name: round(gain) for name, (gain, _) in gains.items()}
        yield Violation(RULE, place, f"state {sign.state}, but its lenses shine {told}")
