"""A sample's picture with its labels at another size, drawn over at the size that is shown.  Roof."""

from dataclasses import replace

import cv2
import numpy as np

from labelers.records import Box, Sample


def resized(sample: Sample, camera: str, width_px: int) -> Sample:
    """The sample whose picture of this camera, and all that is labelled in it, is so wide."""
    frame = sample.cameras[camera]
    height, width = frame.image.shape[:2]
    tall = max(round(width_px * height / width), 1)
    across, down = width_px / width, tall / height
    if (width_px, tall) == (width, height):
        return sample
    way = cv2.INTER_AREA if width_px < width else cv2.INTER_CUBIC
    image = np.asarray(cv2.resize(frame.image, (width_px, tall), interpolation=way), np.uint8)
    scale = np.array((across, down))

    def bounds(box: Box | None) -> Box | None:
        return None if box is None else (box[0] * across, box[1] * down, box[2] * across, box[3] * down)

    labels = sample.labels
    boxes = labels.boxes.get(camera, ())
    lines, people = labels.image_lines.get(camera, ()), labels.image_skeletons.get(camera, ())
    signs = labels.image_signs.get(camera, ())
    return replace(
        sample,
        cameras=sample.cameras | {camera: replace(frame, image=image)},
        labels=replace(
            labels,
            boxes=labels.boxes
            | {camera: tuple(replace(b, visible=bounds(b.visible), amodal=bounds(b.amodal)) for b in boxes)},
            image_lines=labels.image_lines
            | {camera: tuple(replace(one, uv_px=(one.uv_px + 0.5) * scale - 0.5) for one in lines)},
            image_skeletons=labels.image_skeletons
            | {camera: tuple(replace(one, uv_px=(one.uv_px + 0.5) * scale - 0.5) for one in people)},
            image_signs=labels.image_signs
            | {camera: tuple(replace(one, visible=bounds(one.visible)) for one in signs)},
        ),
    )
