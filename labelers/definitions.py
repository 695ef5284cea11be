"""What each label means, in words and numbers that are written into every dataset.  Labels floor."""

from renderers.assets.keypoints import COCO_KEYPOINTS
from renderers.projection import NEAR_M, PADDING
from renderers.vehicle_points import VEHICLE_KEYPOINTS

VERSION = 2  # raised when a definition changes its meaning

OCCLUSION_LEVELS = (
    0.10,
    0.50,
    0.90,
)  # KITTI publishes no limits: below -> 0, 1, 2; from the last on unlabelled
VISIBILITY_BINS = (0.40, 0.60, 0.80)  # nuScenes v0-40, v40-60, v60-80, v80-100

MOVING_MPS = 0.3  # faster than this a vehicle is moving and a walker is not standing

# Contrast and what can be detected.
RING_SHARE, RING_MOST_PX = 0.2, 16  # width of the ring about a mask, of the root of its area; from 2 px
DETECTABLE_PX = 25  # visible pixels that an image has to show
ROSE = 5.0  # contrast-to-noise times the root of the pixels; Rose 1948: 5 is seen nearly always
DETECTABLE_POINTS = 5  # of the actor's own in a sweep; Waymo's level 1 begins there

LINE_REACH_M = 150.0  # of lane lines from the ego
LINE_SLACK_M, LINE_SLACK_PX = (
    0.15,
    1.5,
)  # what a line may lie behind its pixel's depth, and pixels of a level road

SIGN_REACH_M = 150.0  # of signs and traffic lights from the ego
SIGN_SLACK_M, SIGN_SLACK = 0.03, 0.002  # what a sign's pixel may lie off its box, and share of the distance
FACING_COS = 0.17  # within ten degrees of edge-on a face is seen from the side

BIRDSEYE_LAYERS = (
    "drivable",
    "lane",
    "divider",
    "crossing",
    "sidewalk",
    "stop_line",
    "vehicle",
    "person",
    "other_actor",
)

OCCUPANCY_LOW_M = (-40.0, -40.0, -1.0)  # Occ3D-nuScenes' grid, in the ego's frame
OCCUPANCY_CELL_M = 0.4
OCCUPANCY_SHAPE = (200, 200, 16)
OCCUPANCY_CLASSES = (
    "others",
    "barrier",
    "bicycle",
    "bus",
    "car",
    "construction_vehicle",
    "motorcycle",
    "pedestrian",
    "traffic_cone",
    "trailer",
    "truck",
    "driveable_surface",
    "other_flat",
    "sidewalk",
    "terrain",
    "manmade",
    "vegetation",
    "free",
)

PERSON, VEHICLE = "person", "vehicle"  # kinds of skeletons
KEYPOINTS: dict[str, tuple[str, ...]] = {PERSON: COCO_KEYPOINTS, VEHICLE: VEHICLE_KEYPOINTS}
# How far behind its own surface a point may lie and still be seen, metres: half of what is thickest there, in clothes.
# People's are those of somebody with shins of MEAN_SHIN_M, and go with their shins.
OWN_BODY_M: dict[str, tuple[float, ...]] = {
    PERSON: (
        0.05,
        0.05,
        0.05,
        0.07,
        0.07,
        0.15,
        0.15,
        0.10,
        0.10,
        0.09,
        0.09,
        0.18,
        0.18,
        0.14,
        0.14,
        0.11,
        0.11,
    ),
    VEHICLE: (0.12, 0.12, 0.12, 0.12, 0.15, 0.15, 0.15, 0.15, 0.08, 0.08, 0.08, 0.08, 0.20, 0.20, 0.06, 0.06),
}
MEAN_SHIN_M = 0.41  # of grown-ups (knee to ankle, ANSUR II)
SHIN = ((13, 15), (14, 16))  # knee and ankle, left and right

DEFINITIONS: dict[str, str] = {
    "frames": (
        "World: x east, y north, z up, metres. Actor and ego: x forward, y left, z up, origin on the ground below the "
        "centre of the model's box. Camera: x right, y down, z forward. Lidar, radar and inertial sensor: x forward, "
        "y left, z up. Matrices are named target_from_source and multiply column vectors."
    ),
    "image_coordinates": (
        "Pixel centres lie at integers. Boxes are half-open (x0, y0, x1, y1): the mask of the single pixel (3, 5) has "
        "the box (3, 5, 4, 6)."
    ),
    "instance": (
        "Instance id 0 is no actor. Ids are stable over time, sensors, and clear and foul-weather twins of a clip."
    ),
    "truth": (
        "Instance, semantic and depth planes are unfiltered: one ray through each pixel centre, before air, rain, "
        "snow, lens and noise. Particles of rain, snow and fog never write to them; `transmittance` says how much of "
        "a surface's light reaches the lens. Glass is part of the thing that it belongs to."
    ),
    "box2d_visible": "Tight bounds of the visible instance mask; absent when no pixel is visible.",
    "box2d_amodal": "Bounds of the silhouette the actor would have without anything in front of it, cut at the image.",
    "box2d_amodal_full": (
        "The same, not cut at the image but at a frustum that reaches "
        f"{PADDING:g} image width and height beyond each border, in the undistorted image plane."
    ),
    "box2d_cuboid": f"Bounds of the projected cuboid, cut at z = {NEAR_M:g} m before projection, then at the image.",
    "visible_px": "Pixels of the visible instance mask.",
    "unoccluded_px": "Pixels of the silhouette inside the image, traced with the same rays as the image.",
    "occlusion": "1 - visible_px / unoccluded_px.",
    "truncation": (
        "1 - area of the silhouette inside the image / area of the full silhouette, both in the undistorted image "
        "plane and within the frustum of box2d_amodal_full."
    ),
    "visible_fraction": (
        "Over all cameras of the rig: visible pixels / unoccluded pixels; a surface point that several cameras have "
        "in view counts in the first of them only. 0 when no camera has the actor in view."
    ),
    "transmittance": "Mean over the visible pixels of the share of light that passes the air; 1 in clear air.",
    "window": (
        "Mean over the visible pixels of the share of light that passes what sticks on the camera's window; 1 when it "
        "is clean. Boxes, masks and visibilities do not know of faults."
    ),
    "missing": (
        "A frame that never arrived is absent, and so are its boxes and points; the sample's tag names its sensor. "
        "visible_fraction and lidar_points then count the frames that did arrive."
    ),
    "calibration": (
        "ego_from_sensor is what the calibration states. Where a sensor is mounted otherwise, poses of its frames, "
        "image boxes, masks and lidar_points are those of the true mount; cuboids are in the world, untouched by it."
    ),
    "cuboid": (
        "Tight box along the actor's axes of the whole actor as it stands at the sample's time, mirrors and limbs "
        "included: constant for what is rigid; of people, riders and animals it breathes with every step about the "
        "actor's origin. Size is length, width, height; rotation is yaw about z, pitch about y (positive nose down), "
        "roll about x, applied z-y-x."
    ),
    "lidar_points": (
        "Points of the written sweep (de-skewed, float32, in the lidar's frame at the sweep's time) inside the cuboid "
        "at the sample's time: closed intervals, float64, airborne points included, as the nuScenes devkit counts."
    ),
    "radar": (
        "Cause, instance and class of a detection are those of the strongest echo in its resolution cell; true range, "
        "azimuth and rate are that echo's, without noise and not folded. A ghost's instance is who is mirrored. "
        "num_radar_pts counts detections whose cause is the actor itself, ghosts not."
    ),
    "readings": (
        "A sample has the readings of inertial sensors and satellite receivers since the sample before. Turn rates and "
        "specific forces are means over the interval up to their time, in the sensor's frame, +g upwards at rest. "
        "Fixes are places of the antenna in the world."
    ),
    "velocity": "Of the actor's origin at the sample's time, in the world's frame.",
    "attribute": (
        f"Vehicles: moving (> {MOVING_MPS:g} m/s), parked (placed as parked and not moved since), otherwise stopped. "
        "Walkers: standing, walking, running, lying. Two-wheelers: with_rider, without_rider. Props: none."
    ),
    "amodal_rle": "Mask of the silhouette inside the image, run-length encoded as COCO's compressed text.",
    "occluders": (
        "By instance id: pixels of the silhouette that show that actor instead; 0 is what is no actor. Together they "
        "are unoccluded_px - visible_px."
    ),
    "contrast": (
        "Contrast-to-noise: distance of the mean colours (code values before JPEG) of the visible mask and of a ring "
        f"around it, {RING_SHARE:g} of the root of its area wide (2 to {RING_MOST_PX} px), over the root of half the "
        "sum of both variances and of rounding. Occluders are part of the ring. 0 when no pixel is visible."
    ),
    "detectable": (
        f"In an image: at least {DETECTABLE_PX} visible pixels, and contrast times the root of visible_px at least "
        f"{ROSE:g} (Rose 1948). Of a cuboid: in any image, or with at least {DETECTABLE_POINTS} points of its own in "
        "any sweep."
    ),
    "lane_lines": (
        "Borders of lanes where they are painted, whole (dashes joined, of a double line its middle), and kerbs; "
        f"none on junctions, which bear no paint. Within {LINE_REACH_M:g} m of the ego. A point is visible where its "
        f"pixel shows ground, and none that is nearer by more than {LINE_SLACK_M:g} m and {LINE_SLACK_PX:g} pixels "
        "of a level road. line_id is the track. side: of the ego's lane, 2 left, 3 right, 1 and 4 the next; 0 others."
    ),
    "drivable": (
        "Pixels that show ground inside a lane for vehicles of the road model (driving, ramps, bus, taxi, parking and "
        "connecting lanes); none that show an actor. Not from appearance: snow and water lie on it."
    ),
    "signs": (
        f"Plates of traffic signs and heads of traffic lights within {SIGN_REACH_M:g} m of the ego. Of the face: x out "
        "of it, y to its reader's right, z up; size is depth, width, height; a light's head includes hoods and board. "
        "sign_id stays. In an image: those with a pixel in their silhouette; visible are its pixels that show their "
        "class within the face's depths. truncation: share of the front, sampled evenly, outside the image. facing: "
        "front or back, or side within ten degrees of edge-on. lanes are those whose traffic reads the face, as far as "
        "the road knows."
    ),
    "birdseye": (
        "Square about the ego's origin in its heading: row 0 ahead, column 0 left; a cell's bit k is layer k of the "
        "manifest's birdseye_layers at the middle of the cell. drivable: lanes for vehicles and parking; lane: lanes "
        "for vehicles; divider: painted borders of lanes and stop_line: stop lines, in each cell that they touch; "
        "crossing and sidewalk: their areas; actors: the rectangles of their cuboids, the ego left out."
    ),
    "free_space": (
        "Of each image column: the lowest row that shows neither ground (road, markings, parking, sidewalk, kerb, "
        "terrain, water) nor the ego, its distance from the camera in the ground plane, its class and instance."
    ),
    "occupancy": (
        "Occ3D-nuScenes: cubes of 0.4 m in [-40, 40] x [-40, 40] x [-1, 5.4] m of the ego's frame at the sample's "
        "time, indexed [x, y, z]. A cube that a triangle of the scene touches has the class of most of the surface in "
        "it, of an actor the actor's; others are free (17), insides of bodies too. mask_lidar: cubes that beams with "
        "an echo from a surface passed, and where they ended. mask_camera: cubes to whose middle nothing stops the ray "
        "of a camera, and those in which a pixel shows a surface. The ego itself is left out."
    ),
    "scene_flow": (
        "Of each lidar point: metres that the surface which it lies on moves from the point's own time until as much "
        "later as the next frame is, in the world's axes, taken as rigid with its actor. 0 where nothing moves, NaN for "
        "what is in the air. With the ego's motion: subtract how the ego moves."
    ),
    "keypoints": (
        "Of people on foot, seated, lying and riding: COCO's seventeen; joints where the skeleton turns, inside the "
        "limbs, points of the face on the skin; left and right are the person's own. Of vehicles on four wheels and "
        "more: hubs on the outer faces of the foremost and hindmost axle, middles of low beams, tail lamps, mirror "
        "glasses and number plates, corners of the roof (of a lorry's cab); absent where a vehicle has none. Pixel "
        "centres lie at integers. Visibility: 0 not in the image; 2 where the pixel shows the same actor, no further "
        "in front of the point than its own body is thick there (own_body_m); 1 otherwise. Whoever sits in a vehicle "
        "belongs to it and has none."
    ),
    "kitti_occluded": (
        f"occluded 0 below {OCCLUSION_LEVELS[0]:g} occlusion, 1 below {OCCLUSION_LEVELS[1]:g}, 2 below "
        f"{OCCLUSION_LEVELS[2]:g}, from there on DontCare."
    ),
    "nuscenes_visibility": "visible_fraction in bins 0-40, 40-60, 60-80, 80-100 %.",
}
