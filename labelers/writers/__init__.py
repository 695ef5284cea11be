"""Dataset formats: `FORMATS` by name."""

from labelers.writers.base import Clip, ClipWriter, Format
from labelers.writers.coco import Coco
from labelers.writers.kitti import Kitti
from labelers.writers.native import Native
from labelers.writers.nuscenes import NuScenes

__all__ = ["FORMATS", "Clip", "ClipWriter", "Format"]

FORMATS: dict[str, Format] = {form.name: form for form in (Native(), NuScenes(), Kitti(), Coco())}
