"""Procedural assets: every model an actor can have, made from its box and a seed.  Renderers floor."""

from importlib import import_module

from renderers.mesh import Asset

# Where each model is built: a function (model, look_seed, size_m, color, clothing) -> Asset.  Named, not imported, so
# that a scene of cars never pays for animals.
BUILDERS: dict[str, str] = {
    "car.sedan": "renderers.assets.cars:build_car",
    "car.hatchback": "renderers.assets.cars:build_car",
    "car.compact": "renderers.assets.cars:build_car",
    "car.suv": "renderers.assets.cars:build_car",
    "car.estate": "renderers.assets.cars:build_car",
    "van.delivery": "renderers.assets.vans:build_van",
    "truck.box": "renderers.assets.trucks:build_box_truck",
    "truck.flatbed": "renderers.assets.trucks:build_flatbed",
    "bus.city": "renderers.assets.buses:build_bus",
    "motorcycle.road": "renderers.assets.two_wheelers:build_motorcycle",
    "bicycle.city": "renderers.assets.two_wheelers:build_bicycle",
    "pedestrian.adult": "renderers.assets.people:build_person",
    "pedestrian.child": "renderers.assets.people:build_person",
    "animal.deer": "renderers.assets.animals:build_animal",
    "animal.dog": "renderers.assets.animals:build_animal",
    "prop.cone": "renderers.assets.props:build_cone",
    "prop.barrier": "renderers.assets.props:build_barrier",
}


def build(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """The asset of a model: it fills the box `size_m`, and `look_seed` draws its variety.

    `color` and `clothing` are the words of `scenarios.schema.Look`; None leaves them to the seed.
    """
    if model not in BUILDERS:
        raise KeyError(f"no asset for model {model!r}; there are {', '.join(BUILDERS)}")
    module, function = BUILDERS[model].split(":")
    asset: Asset = getattr(import_module(module), function)(model, look_seed, size_m, color, clothing)
    return asset
