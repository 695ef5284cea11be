"""Passenger cars by model: their styles, and what is special about some of them.  Renderers floor.

They follow current cars of each class: the windscreen's foot lies a little behind the front axle, the belt
line rises to the rear, a third of the height is glass.
"""

from dataclasses import replace

from renderers.assets.bodywork import build_body
from renderers.assets.cars_low import CITY, CONVERTIBLE, CONVERTIBLE_OPEN, COUPE, LARGE_SALOON, SPORTS
from renderers.assets.cars_middle import COMPACT, ESTATE, HATCHBACK, SEDAN, SUV
from renderers.assets.cars_tall import CROSSOVER, MPV, OFFROADER, PICKUP
from renderers.assets.fittings import MARKET
from renderers.assets.liveries import police, taxi_door
from renderers.assets.style import Style
from renderers.mesh import Asset

POLICE = replace(ESTATE, roof_rails=False, roof_bar_m=2.62, livery=police, spokes=(5,), hubcaps=0.5)
TAXI = replace(SEDAN, roof_sign_m=2.72, livery=taxi_door, hubcaps=0.4)
ESTATE_LOADED = replace(ESTATE, roof_box=True)

STYLES: dict[str, Style] = {
    "car.sedan": SEDAN,
    "car.hatchback": HATCHBACK,
    "car.compact": COMPACT,
    "car.suv": SUV,
    "car.estate": ESTATE,
    "car.city": CITY,
    "car.coupe": COUPE,
    "car.convertible": CONVERTIBLE,
    "car.sports": SPORTS,
    "car.large_saloon": LARGE_SALOON,
    "car.mpv": MPV,
    "car.crossover": CROSSOVER,
    "car.offroader": OFFROADER,
    "car.estate_roof_box": ESTATE_LOADED,
    "car.taxi": TAXI,
    "car.police": POLICE,
    "pickup.double_cab": PICKUP,
}
# Cabs are as their town wants them: cream, yellow, black, white.
TAXI_MARKET = {"yellow": 45.0, "white": 25.0, "black": 20.0, "silver": 10.0}
POLICE_MARKET = {"white": 70.0, "silver": 30.0}
MARKET_OF = {"car.taxi": TAXI_MARKET, "car.police": POLICE_MARKET}
# Convertibles are open on every second day without rain; a few buyers of other cars choose rails, bright trim, towbars.
OPEN_OF_SIX = (0, 2, 4)


def styled(model: str, look_seed: int) -> Style:
    """The style of a model with what its buyer chose."""
    style = STYLES[model]
    number = look_seed % 6
    if style is CONVERTIBLE:
        return CONVERTIBLE_OPEN if number in OPEN_OF_SIX else style
    return replace(
        style,
        chrome=number not in (1, 4),
        chrome_windows=style.chrome_windows or (number in (0, 3) and not style.cladding),
        muddy=number == 5 and (style.cladding or style.bed is not None),
        side_glass="glass_dark" if style.cladding and number in (2, 5) else style.side_glass,
    )


def build_car(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
) -> Asset:
    """A passenger car that fills its box."""
    market = MARKET_OF.get(model, MARKET)
    return build_body(styled(model, look_seed), model, look_seed, size_m, color, market, state)
