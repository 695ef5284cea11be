"""Pictures for people: boxes and masks over a camera image, a lidar sweep from above.  Roof."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import KEYPOINTS, PERSON
from labelers.records import Box2D, Cuboid, ImageLine, ImageSign, ImageSkeleton, Line, Sample, Sign
from labelers.writers.files import write_bytes
from renderers.frames import Cause, LidarSweep
from scenarios.errors import StormlaneError
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID, SEMANTICS
from sim.app.resized import resized
from sim.app.tags import FONT, Image, Tags

PICTURES = {".png": [], ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 88], ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, 88]}
# Pairs of COCO's key points between which a body is drawn.
LIMBS = (
    (5, 7), (7, 9), (6, 8), (8, 10), (11, 13), (13, 15), (12, 14), (14, 16), (5, 6), (11, 12), (5, 11), (6, 12), (0, 1),
    (0, 2), (1, 3), (2, 4),
)  # fmt: skip
LINE_COLORS = {"": (64, 224, 208), "white": (255, 255, 255), "yellow": (255, 210, 0), "orange": (255, 140, 0)}
LIMBS_PX = 40  # whoever is smaller in a picture would be covered by his own key points
BROAD_PX = 1200
SIGN_COLOR = (255, 214, 60)
SIGN_WORDS_PX = 10  # narrower ones would be lost below their words
BEHIND = 1 / 3  # share of the top view that lies behind the sensor
PALETTE = np.array([c.color for c in SEMANTICS], np.uint8)


def class_color(actor_class: str) -> tuple[int, int, int]:
    """sRGB colour of an actor class: the hue of its surfaces at full strength, so that it shows on a night image."""
    color = np.array(SEMANTICS[SEMANTIC_ID[ACTOR_CLASSES[actor_class].semantic]].color, np.float64)
    bright = 0.7 * 255.0 * color / max(color.max(), 1.0) + 0.3 * 255.0
    red, green, blue = (int(v) for v in bright)
    return (red, green, blue)


def with_boxes(
    image: Image,
    boxes: tuple[Box2D, ...],
    cuboids: tuple[Cuboid, ...],
    smallest_px: int = 12,
    tags: Tags | None = None,  # to which their words go; None: they are drawn as well
) -> Image:
    """The image with visible boxes (solid), amodal boxes (thin) and what they hold."""
    drawn: Image = image.copy()
    said = Tags() if tags is None else tags
    names = {c.instance_id: c for c in cuboids}
    for box in sorted(boxes, key=lambda b: b.visible_px):
        if box.visible is None or box.visible_px < smallest_px:
            continue
        color = class_color(box.actor_class)
        x0, y0, x1, y1 = (round(v) for v in box.visible)
        if box.amodal is not None:
            a0, b0, a1, b1 = (round(v) for v in box.amodal)
            cv2.rectangle(drawn, (a0, b0), (a1 - 1, b1 - 1), color, 1, cv2.LINE_AA)
        cv2.rectangle(drawn, (x0, y0), (x1 - 1, y1 - 1), color, 2)
        cuboid = names.get(box.instance_id)
        words = [box.actor_class.replace("_", " ")]
        if cuboid is not None:
            words.append(f"{cuboid.distance_m:.0f} m")
        if box.occlusion > 0.02:
            words.append(f"occ {box.occlusion:.0%}")
        if x1 - x0 >= 18:
            said.add(words, (x0 - 1, y0 - 1, x1 + 1, y1 + 1), color)
    if tags is None:
        said.draw(drawn)
    return drawn


def with_keypoints(image: Image, skeletons: tuple[ImageSkeleton, ...]) -> Image:
    """The image with limbs drawn, left warm and right cold; rings are key points that are hidden."""
    drawn: Image = image.copy()
    for skeleton in skeletons:
        names = KEYPOINTS[skeleton.kind]
        at = [tuple(map(int, uv)) for uv in np.rint(np.nan_to_num(skeleton.uv_px))]
        for a, b in LIMBS if skeleton.kind == PERSON else ():
            if skeleton.visibility[a] and skeleton.visibility[b]:
                cv2.line(drawn, at[a], at[b], _side_color(names[b]), 1, cv2.LINE_AA)
        for name, place, visibility in zip(names, at, skeleton.visibility.tolist(), strict=True):
            if visibility:
                cv2.circle(drawn, place, 2, _side_color(name), -1 if visibility == 2 else 1, cv2.LINE_AA)
    return drawn


def with_lines(image: Image, lines: tuple[Line, ...], seen: tuple[ImageLine, ...]) -> Image:
    """The image with lane lines in their own colour, kerbs in turquoise; thin dashes where something hides them."""
    drawn: Image = image.copy()
    colors = {line.line_id: LINE_COLORS.get(line.color, (255, 255, 255)) for line in lines}
    for line in seen:
        at = np.rint(np.nan_to_num(line.uv_px, nan=-1e4) * 16).clip(-(2**20), 2**20).astype(int)
        color = colors.get(line.line_id, (255, 255, 255))
        for k in range(len(at) - 1):
            if np.isfinite(line.uv_px[k : k + 2]).all():
                shown = bool(line.visible[k] and line.visible[k + 1])
                if not shown and (line.first + k) % 3:
                    continue
                thick = 2 if shown else 1
                ends = (int(at[k, 0]), int(at[k, 1])), (int(at[k + 1, 0]), int(at[k + 1, 1]))
                cv2.line(drawn, *ends, color, thick, cv2.LINE_AA, 4)
    return drawn


def with_signs(
    image: Image, signs: tuple[Sign, ...], seen: tuple[ImageSign, ...], tags: Tags | None = None
) -> Image:
    """The image with the visible boxes of signs and lights, the larger ones with what they say."""
    drawn: Image = image.copy()
    said = Tags() if tags is None else tags
    known = {sign.sign_id: sign for sign in signs}
    for entry in seen:
        if entry.visible is None:
            continue
        x0, y0, x1, y1 = (round(v) for v in entry.visible)
        cv2.rectangle(drawn, (x0 - 1, y0 - 1), (x1, y1), SIGN_COLOR, 1)
        sign = known.get(entry.sign_id)
        if sign is not None and x1 - x0 >= SIGN_WORDS_PX:
            says = sign.state if sign.kind == "light" else f"{sign.code} {sign.value}".strip()
            said.add([says.replace("_", " ")], (x0 - 1, y0 - 1, x1 + 1, y1 + 1), SIGN_COLOR)
    if tags is None:
        said.draw(drawn)
    return drawn


def _side_color(name: str) -> tuple[int, int, int]:
    return (255, 120, 30) if "left" in name else (40, 170, 255) if "right" in name else (255, 255, 90)


def with_masks(image: Image, semantic: NDArray[np.uint8], instance: NDArray[np.int32]) -> Image:
    """The semantic classes laid over the image, instances outlined in white."""
    mixed = 0.35 * image.astype(np.float32) + 0.65 * PALETTE[semantic].astype(np.float32)
    edge = np.zeros(instance.shape, bool)
    edge[:, 1:] |= instance[:, 1:] != instance[:, :-1]
    edge[1:, :] |= instance[1:, :] != instance[:-1, :]
    mixed[edge] = 255
    drawn: Image = mixed.astype(np.uint8)
    return drawn


def from_above(
    sweep: LidarSweep, cuboids: tuple[Cuboid, ...], size_px: tuple[int, int], reach_m: float = 60.0
) -> Image:
    """The sweep from above, forward to the right, coloured by intensity; weather returns in magenta, boxes by class.

    `size_px` is (width, height); `reach_m` is what is shown ahead of the sensor, which stands at a third of the width.
    """
    width, height = size_px
    scale = width * (1 - BEHIND) / reach_m
    centre = (round(width * BEHIND), height // 2)
    drawn: Image = np.full((height, width, 3), 12, np.uint8)
    for ring_m in range(10, int(reach_m) + 1, 10):
        cv2.circle(drawn, centre, round(ring_m * scale), (38, 38, 42), 1, cv2.LINE_AA)

    def pixel(xy_m: NDArray[np.float64]) -> NDArray[np.int32]:
        flat: NDArray[np.int32] = np.stack(
            [centre[0] + xy_m[..., 0] * scale, centre[1] - xy_m[..., 1] * scale], -1
        ).astype(np.int32)
        return flat

    at = pixel(sweep.xyz_m[:, :2].astype(np.float64))
    inside = (at[:, 0] >= 0) & (at[:, 0] < width) & (at[:, 1] >= 0) & (at[:, 1] < height)
    shade = np.clip(70 + 185 * np.sqrt(np.clip(sweep.intensity, 0, 1)), 0, 255).astype(np.uint8)
    colors = cv2.applyColorMap(shade[:, None], cv2.COLORMAP_VIRIDIS)[:, 0, ::-1]
    airborne = np.isin(
        sweep.cause, [Cause.RAIN, Cause.SNOW, Cause.FOG, Cause.SPRAY, Cause.DUST, Cause.SMOKE, Cause.EXHAUST]
    )
    colors = np.where(airborne[:, None], np.array([255, 60, 220], np.uint8), colors)
    drawn[at[inside, 1], at[inside, 0]] = colors[inside]
    if width >= BROAD_PX:  # a point a pixel would be lost on a large screen
        drawn = np.maximum(drawn, cv2.dilate(drawn, np.ones((2, 2), np.uint8))).astype(np.uint8)
    cv2.circle(drawn, centre, 4, (255, 255, 255), -1, cv2.LINE_AA)
    lidar_from_world = np.linalg.inv(sweep.world_from_lidar)
    for cuboid in cuboids:
        if cuboid.distance_m > 2 * reach_m:
            continue
        length, wide, _ = cuboid.size_m
        yaw = cuboid.rotation_rad[0]
        ahead = np.array([np.cos(yaw), np.sin(yaw), 0.0])
        left = np.array([-ahead[1], ahead[0], 0.0])
        corners = [
            cuboid.centre_m + ahead * length / 2 * a + left * wide / 2 * b
            for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
        ]
        corners.append(cuboid.centre_m + ahead * length * 0.75)
        local = np.array(corners) @ lidar_from_world[:3, :3].T + lidar_from_world[:3, 3]
        points = pixel(local[:, :2])
        color = class_color(cuboid.actor_class)
        cv2.polylines(drawn, [points[:4]], True, color, 2, cv2.LINE_AA)
        cv2.line(
            drawn,
            tuple(map(int, (points[0] + points[1]) // 2)),
            tuple(map(int, points[4])),
            color,
            2,
            cv2.LINE_AA,
        )
    return drawn


def labelled(sample: Sample, camera: str, width_px: int) -> Image:
    """A camera's picture with lane lines, signs, boxes and key points, all drawn at the width that is shown."""
    sample = resized(sample, camera, width_px)
    labels = sample.labels
    drawn = with_lines(sample.cameras[camera].image, labels.lines, labels.image_lines.get(camera, ()))
    tags = Tags()
    drawn = with_signs(drawn, labels.signs, labels.image_signs.get(camera, ()), tags)
    boxes = labels.boxes.get(camera, ())
    drawn = with_boxes(drawn, boxes, labels.cuboids, tags=tags)
    tall = {
        box.instance_id
        for box in boxes
        if box.visible is not None and box.visible[3] - box.visible[1] >= LIMBS_PX
    }
    skeletons = labels.image_skeletons.get(camera, ())
    drawn = with_keypoints(drawn, tuple(one for one in skeletons if one.instance_id in tall))
    tags.draw(drawn)
    return drawn


def sheet(sample: Sample, title: str, width_px: int = 1920) -> Image:
    """One picture of a sample: every camera with boxes and with masks, every lidar from above, a line of text."""
    half = width_px // 2
    rows: list[Image] = []
    for name, frame in sorted(sample.cameras.items()):
        boxed = labelled(sample, name, half)
        masked = with_masks(frame.image, frame.semantic, frame.instance)
        row_height = round(half * frame.image.shape[0] / frame.image.shape[1])
        halves = [
            cv2.resize(picture, (half, row_height), interpolation=cv2.INTER_AREA)
            for picture in (boxed, masked)
        ]
        rows.append(np.hstack(halves))
    for sweep in sample.lidars.values():
        rows.append(from_above(sweep, sample.labels.cuboids, (2 * half, round(half * 0.62))))
    if not rows:
        rows.append(np.zeros((80, 2 * half, 3), np.uint8))
    footer: Image = np.full((34, 2 * half, 3), 24, np.uint8)
    cv2.putText(footer, title, (12, 23), FONT, 0.55, (230, 230, 230), 1, cv2.LINE_AA)
    stacked: Image = np.vstack([*rows, footer])
    return stacked


def contacts(
    taken: Sequence[tuple[str, Sample]], width_px: int = 2400, columns: int = 4, boxes: bool = True
) -> Image:
    """One picture of many samples, named: the first camera of each, row by row, with or without visible boxes."""
    wide = width_px // columns
    tiles: list[Image] = []
    for name, sample in taken:
        frame = next((f for _, f in sorted(sample.cameras.items())), None)
        if frame is None:
            tile: Image = np.zeros((round(wide * 9 / 16), wide, 3), np.uint8)
        else:
            first = min(sample.cameras)
            shown = resized(sample, first, wide)
            seen = shown.labels.boxes.get(first, ()) if boxes else ()
            boxed = with_boxes(shown.cameras[first].image, seen, shown.labels.cuboids)
            tile = cv2.resize(boxed, (wide, round(wide * 9 / 16)), interpolation=cv2.INTER_AREA).astype(
                np.uint8
            )
        band: Image = np.full((26, wide, 3), 24, np.uint8)
        cv2.putText(band, name, (8, 18), FONT, 0.5, (230, 230, 230), 1, cv2.LINE_AA)
        tiles.append(np.vstack([tile, band]))
    while len(tiles) % columns:
        tiles.append(np.full_like(tiles[0], 24))
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    stacked: Image = np.vstack(rows)
    return stacked


def write_picture(path: Path, image: Image) -> None:
    """Write an sRGB image as PNG, or as JPEG where the name says so."""
    suffix = path.suffix.lower()
    if suffix not in PICTURES:
        raise StormlaneError(f"{path}: a picture is written as {', '.join(PICTURES)}; give it such a name")
    ok, data = cv2.imencode(suffix, image[..., ::-1], PICTURES[suffix])
    assert ok, "an 8-bit RGB image always encodes"
    write_bytes(path, data.tobytes())
