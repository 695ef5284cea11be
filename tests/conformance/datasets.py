"""Datasets of synthetic samples in any format."""

from pathlib import Path

from labelers.writers import FORMATS
from tests.labels import synthetic


def write(name: str, root: Path, clips: int = 2, rate_hz: float = 2.0) -> Path:
    """Clips of four samples by night, every second one in heavy rain."""
    form, fragments = FORMATS[name], []
    for number in range(clips):
        clip = synthetic.clip(sample=number, rate_hz=rate_hz)
        writer = form.open(root, clip)
        tags: dict[str, str | float] = {"rain": ("none", "heavy")[number % 2], "light": "night"}
        for index in range(clip.sample_count):
            writer.add(synthetic.sample(index, clip_id=clip.clip_id, rate_hz=rate_hz, tags=tags))
        fragments.append((clip, writer.close()))
    form.finalize(root, fragments)
    return root
