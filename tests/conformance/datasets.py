"""Datasets of synthetic samples in any format."""

from dataclasses import replace
from pathlib import Path

from labelers.writers import FORMATS
from tests.labels import synthetic
from tests.labels.synthetic_signs import hanging


def write(name: str, root: Path, clips: int = 2, rate_hz: float = 2.0, signs: bool = False) -> Path:
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
            writer.add(sample)
        fragments.append((clip, writer.close()))
    form.finalize(root, fragments)
    return root
