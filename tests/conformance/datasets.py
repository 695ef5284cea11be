"""Datasets of synthetic samples in any format."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelers.records import Sample
from labelers.writers import FORMATS
from tests.labels import synthetic
from tests.labels.synthetic_signs import hanging


def write(
    name: str, root: Path, clips: int = 2, rate_hz: float = 2.0, signs: bool = False, flow: bool = False
) -> Path:
    """Clips of four samples by night, every second one in heavy rain; with signs a light goes through its states."""
    form, fragments = FORMATS[name], []
    for number in range(clips):
        clip = synthetic.clip(sample=number, rate_hz=rate_hz)
        writer = form.open(root, clip)
        tags: dict[str, str | float] = {"rain": ("none", "heavy")[number % 2], "light": "night"}
        for index in range(clip.sample_count):
            sample = synthetic.sample(index, clip_id=clip.clip_id, rate_hz=rate_hz, tags=tags)
            if signs:
                shown = hanging(("green", "amber", "red", "red_amber")[index % 4])
                sample = replace(sample, labels=replace(sample.labels, signs=shown))
            if flow:
                sample = replace(
                    sample, labels=replace(sample.labels, scene_flow=scene_flow(sample, 1.0 / rate_hz))
                )
            writer.add(sample)
        fragments.append((clip, writer.close()))
    form.finalize(root, fragments)
    return root


def scene_flow(sample: Sample, gap_s: float) -> dict[str, NDArray[np.float32]]:
    """What every point of somebody moves meanwhile, along his way."""
    sweep = sample.lidars["lidar_top"]
    flow = np.zeros((len(sweep.xyz_m), 3), np.float32)
    for cuboid in sample.labels.cuboids:
        flow[sweep.instance == cuboid.instance_id] = gap_s * cuboid.velocity_mps
    return {"lidar_top": flow}
