"""Where each model is built: names, not imports, so that a scene of cars never pays for animals.  Renderers floor.

A builder of an actor is a function (model, look_seed, size_m, color, clothing) -> Asset that fills the box of
`scenarios.bodies`.  A builder of scenery, what stands beside roads and is no actor, is a function (look_seed) -> Mesh
with its foot at the origin and its front towards +x; words behind its name are handed to it before the seed.
"""

VEHICLES: dict[str, str] = {
    "car.sedan": "renderers.assets.cars:build_car",
    "car.hatchback": "renderers.assets.cars:build_car",
    "car.compact": "renderers.assets.cars:build_car",
    "car.suv": "renderers.assets.cars:build_car",
    "car.estate": "renderers.assets.cars:build_car",
    "car.city": "renderers.assets.cars:build_car",
    "car.coupe": "renderers.assets.cars:build_car",
    "car.convertible": "renderers.assets.cars:build_car",
    "car.sports": "renderers.assets.cars:build_car",
    "car.large_saloon": "renderers.assets.cars:build_car",
    "car.mpv": "renderers.assets.cars:build_car",
    "car.crossover": "renderers.assets.cars:build_car",
    "car.offroader": "renderers.assets.cars:build_car",
    "car.estate_roof_box": "renderers.assets.cars:build_car",
    "car.taxi": "renderers.assets.cars:build_car",
    "car.police": "renderers.assets.cars:build_car",
    "pickup.double_cab": "renderers.assets.cars:build_car",
    "van.delivery": "renderers.assets.vans:build_van",
    "truck.box": "renderers.assets.trucks:build_box_truck",
    "truck.flatbed": "renderers.assets.trucks:build_flatbed",
    "bus.city": "renderers.assets.buses:build_bus",
    "truck.curtain": "renderers.assets.lorries:build_lorry",
    "truck.tanker": "renderers.assets.lorries:build_lorry",
    "truck.mixer": "renderers.assets.lorries:build_lorry",
    "truck.refuse": "renderers.assets.lorries:build_lorry",
    "truck.dump": "renderers.assets.lorries:build_lorry",
    "truck.tractor_unit": "renderers.assets.lorries:build_lorry",
    "trailer.curtain": "renderers.assets.trailers:build_trailer",
    "trailer.tank": "renderers.assets.trailers:build_trailer",
    "trailer.small": "renderers.assets.trailers:build_trailer",
    "bus.coach": "renderers.assets.coaches:build_coach",
    "bus.midi": "renderers.assets.coaches:build_coach",
    "tram": "renderers.assets.trams:build_tram",
    "tractor.farm": "renderers.assets.tractors:build_tractor",
    "excavator.wheeled": "renderers.assets.machines:build_excavator",
    "caravan": "renderers.assets.campers:build_caravan",
    "motorhome": "renderers.assets.campers:build_motorhome",
    "motorcycle.road": "renderers.assets.two_wheelers:build_motorcycle",
    "bicycle.city": "renderers.assets.two_wheelers:build_bicycle",
}

PEOPLE: dict[str, str] = {
    "pedestrian.adult": "renderers.assets.people:build_person",
    "pedestrian.child": "renderers.assets.people:build_person",
    "pedestrian.teenager": "renderers.assets.people:build_person",
    "pedestrian.elderly": "renderers.assets.people:build_person",
    "pedestrian.worker": "renderers.assets.people:build_person",
    "pedestrian.police": "renderers.assets.people:build_person",
}

ANIMALS: dict[str, str] = {
    "animal.deer": "renderers.assets.animals:build_animal",
    "animal.moose": "renderers.assets.animals:build_animal",
    "animal.boar": "renderers.assets.animals:build_animal",
    "animal.fox": "renderers.assets.animals:build_animal",
    "animal.dog": "renderers.assets.animals:build_animal",
    "animal.cat": "renderers.assets.animals:build_animal",
    "animal.cow": "renderers.assets.animals:build_animal",
    "animal.horse": "renderers.assets.animals:build_animal",
    "animal.sheep": "renderers.assets.animals:build_animal",
    "animal.goose": "renderers.assets.birds:build_bird",
    "animal.pigeon": "renderers.assets.birds:build_bird",
}

THINGS: dict[str, str] = {
    "prop.cone": "renderers.assets.props:build_cone",
    "prop.barrier": "renderers.assets.props:build_barrier",
    "prop.drum": "renderers.assets.works:build_drum",
    "prop.barricade": "renderers.assets.works:build_barricade",
    "prop.chevron_board": "renderers.assets.works:build_chevron_board",
    "prop.guide_board": "renderers.assets.works:build_guide_board",
    "prop.warning_triangle": "renderers.assets.litter:build_warning_triangle",
    "prop.sign_fallen": "renderers.assets.litter:build_fallen_sign",
    "box.cardboard": "renderers.assets.debris:build_box",
    "pallet.wood": "renderers.assets.debris:build_pallet",
    "tyre.truck": "renderers.assets.debris:build_truck_tyre",
    "tyre.tread": "renderers.assets.debris:build_tread",
    "mattress": "renderers.assets.debris:build_mattress",
    "ladder": "renderers.assets.debris:build_ladder",
    "branch": "renderers.assets.litter:build_branch",
    "bag.plastic": "renderers.assets.litter:build_bag",
    "ball.football": "renderers.assets.litter:build_ball",
}

BUILDERS: dict[str, str] = {**VEHICLES, **PEOPLE, **ANIMALS, **THINGS}

# What a state of `sim.trace.Actor` makes of a model: another builder.
BUILDERS_OF_STATE: dict[tuple[str, str], str] = {
    ("truck.flatbed", "laden"): "renderers.assets.trucks:build_laden_flatbed",
}

# Tables of colours that buyers choose from; other vehicles have the MARKET of their builder's module or of all cars.
MARKETS: dict[str, str] = {
    "bicycle.city": "BIKE_MARKET",
    "motorcycle.road": "MOTOR_MARKET",
    "truck.refuse": "MUNICIPAL",
    "car.taxi": "TAXI_MARKET",
    "car.police": "POLICE_MARKET",
}

PLANT_KINDS = (
    "broadleaf", "linden", "maple", "birch", "poplar", "autumn", "autumn_oak", "autumn_birch", "bare", "bare_linden",
    "bare_birch", "bare_poplar", "conifer", "pine", "palm", "bush", "bush_autumn", "reeds", "grass", "maize", "wheat",
)  # fmt: skip
PLANTS: dict[str, str] = {f"plant.{kind}": f"renderers.assets.plants:plant:{kind}" for kind in PLANT_KINDS}
# Signs have the names of `signs_vienna.FACES` and `signs_us.FACES`, which a test holds them to.
SIGN_FACES = (
    "warning", "curve_right", "curve_left", "double_bend", "slippery", "narrow_road", "bump", "roadworks", "queue",
    "two_way", "signals", "pedestrians", "children", "cyclists", "animals", "cattle", "level_crossing",
    "tram_crossing", "priority_next", "merge", "roundabout_ahead", "yield", "stop", "priority", "priority_end",
    "no_entry", "no_vehicles", "no_trucks", "no_cars", "no_motorcycles", "no_cycling", "no_walking",
    "no_overtaking", "no_overtaking_trucks", "no_u_turn", "no_left_turn", "no_stopping", "no_parking",
    "speed_limit", "speed_limit_end", "limits_end", "no_overtaking_end", "height_limit", "weight_limit", "straight",
    "right", "left", "straight_or_right", "keep_right", "keep_left", "roundabout", "cycle_way", "foot_way",
    "shared_way", "crossing", "parking", "motorway", "motorway_end", "motor_road", "dead_end", "bus_stop",
    "tram_stop", "zone", "play_street", "play_street_end", "one_way", "hospital", "fuel", "first_aid", "town",
    "town_end", "street_name", "direction", "pointer", "pointer_white", "chevron_right", "chevron_left", "plate",
    "plain", "stop_us", "yield_us", "speed_limit_us", "do_not_enter_us", "wrong_way_us", "one_way_us",
    "keep_right_us", "no_left_turn_us", "no_u_turn_us", "no_parking_us", "crossbuck_us", "curve_right_us",
    "curve_left_us", "turn_right_us", "winding_us", "pedestrians_us", "deer_us", "bicycle_us", "slippery_us",
    "merge_us", "two_way_us", "cattle_us", "signal_ahead_us", "stop_ahead_us", "school_us", "chevron_right_us",
    "chevron_left_us", "advisory_us", "road_work_us", "one_lane_us", "workers_us", "guide_us", "interstate_us",
    "street_name_us",
)  # fmt: skip
STREET: dict[str, str] = {
    **{f"sign.{face}": f"renderers.assets.signs:by_the_road:{face}" for face in SIGN_FACES},
    "house.detached": "renderers.assets.buildings:any_of:house",
    "house.terraced": "renderers.assets.buildings:any_of:terraced",
    "house.shop": "renderers.assets.buildings:any_of:shop",
    "house.block": "renderers.assets.buildings:any_of:block",
    "house.office": "renderers.assets.buildings:any_of:office",
    "house.hall": "renderers.assets.buildings:any_of:hall",
    "house.barn": "renderers.assets.buildings:any_of:barn",
    "house.shed": "renderers.assets.buildings:shed",
    "house.church": "renderers.assets.landmarks:church",
    "house.petrol_station": "renderers.assets.landmarks:petrol_station",
    "signal.mast": "renderers.assets.signals:by_the_road:mast",
    "signal.arm": "renderers.assets.signals:by_the_road:arm",
    "signal.walkers": "renderers.assets.signals:by_the_road:walkers",
    "signal.mast_us": "renderers.assets.signals:by_the_road:mast_us",
    "lamp.arm": "renderers.assets.lamp_posts:alone:arm",
    "lamp.led": "renderers.assets.lamp_posts:alone:led",
    "lamp.swan": "renderers.assets.lamp_posts:alone:swan",
    "lamp.cobra": "renderers.assets.lamp_posts:alone:cobra",
    "lamp.twin": "renderers.assets.lamp_posts:alone:twin",
    "lamp.lantern": "renderers.assets.lamp_posts:alone:lantern",
    "street.bench": "renderers.assets.pavement:plain:bench",
    "street.litter_bin": "renderers.assets.pavement:plain:litter_bin",
    "street.wheelie_bin": "renderers.assets.furniture:wheelie_bin",
    "street.bollard": "renderers.assets.pavement:plain:bollard",
    "street.cabinet": "renderers.assets.pavement:plain:cabinet",
    "street.utility_pole": "renderers.assets.pavement:plain:utility_pole",
    "street.planter": "renderers.assets.pavement:planted",
    "street.fence": "renderers.assets.pavement:fenced",
    "board.billboard": "renderers.assets.hoardings:billboard",
    "board.bulletin": "renderers.assets.hoardings:bulletin",
    "board.city_light": "renderers.assets.hoardings:city_light",
    "board.column": "renderers.assets.hoardings:advertising_column",
    "board.hoarding": "renderers.assets.hoardings:site_fence",
    "board.post_plate": "renderers.assets.hoardings:post_plate",
    "street.bus_shelter": "renderers.assets.shelters:bus_shelter",
    "street.kiosk": "renderers.assets.shelters:kiosk",
    "street.phone_box": "renderers.assets.shelters:phone_box",
    "street.cafe": "renderers.assets.shelters:cafe",
    "street.parasol": "renderers.assets.shelters:parasol",
    "street.hydrant_us": "renderers.assets.pavement:hydrant_us",
    "street.hydrant": "renderers.assets.pavement:hydrant_eu",
    "street.parking_meter": "renderers.assets.pavement:parking_meter",
    "street.post_box": "renderers.assets.pavement:post_box",
    "street.container": "renderers.assets.pavement:container",
    "street.bottle_bank": "renderers.assets.pavement:bottle_bank",
    "street.bicycle": "renderers.assets.pavement:bicycle",
    "street.bicycle_rack": "renderers.assets.pavement:bicycle_rack",
    "street.news_box": "renderers.assets.pavement:news_box",
    "street.speed_bump": "renderers.assets.pavement:bump_alone",
    "works.drum": "renderers.assets.works:drum",
    "works.barricade": "renderers.assets.works:barricade",
    "works.guide_board": "renderers.assets.works:guide_board",
    "works.chevron_board": "renderers.assets.works:chevron_board",
    "works.fence": "renderers.assets.works:site_fence",
    "works.skip": "renderers.assets.works:skip",
    "works.cabin": "renderers.assets.works:cabin",
    "works.scaffold": "renderers.assets.works:scaffold_alone",
}
SCENERY: dict[str, str] = {**PLANTS, **STREET}
