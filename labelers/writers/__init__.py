"""Dataset formats: `FORMATS` by name."""

from labelers.writers.argoverse2 import Argoverse2
from labelers.writers.base import Clip, ClipWriter, Format
from labelers.writers.cityscapes import Cityscapes
from labelers.writers.coco import Coco
from labelers.writers.kitti import Kitti
from labelers.writers.kitti_raw import KittiRaw
from labelers.writers.kitti_tracking import KittiTracking
from labelers.writers.mcap import Mcap
from labelers.writers.native import Native
from labelers.writers.nuimages import NuImages
from labelers.writers.nuscenes import NuScenes
from labelers.writers.occ3d import Occ3d
from labelers.writers.openlabel import OpenLabel
from labelers.writers.openlane import OpenLane
from labelers.writers.osi import Osi
from labelers.writers.point_clouds import PointClouds
from labelers.writers.scalabel import Scalabel
from labelers.writers.semantickitti import SemanticKitti
from labelers.writers.waymo import Waymo
from labelers.writers.webdataset import WebDataset
from labelers.writers.yolo import Yolo

__all__ = ["FORMATS", "Clip", "ClipWriter", "Format"]

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Native(),
        NuScenes(),
        Kitti(),
        Coco(),
        KittiTracking(),
        SemanticKitti(),
        Cityscapes(),
        OpenLabel(),
        Yolo(),
        Scalabel(),
        NuImages(),
        WebDataset(),
        Argoverse2(),
        OpenLane(),
        Occ3d(),
        Waymo(),
        KittiRaw(),
        Mcap(),
        Osi(),
        PointClouds("pcd"),
        PointClouds("las"),
    )
}
