"""Quantities in their own words: a closed table of units, each of one dimension.  Language floor.

Values become SI floats (rain stays in mm/h, temperature in degC, density in /km, cloud in okta: the units their
literature uses).  A literal is scaled in exact rational arithmetic and rounded once, so `50 km/h` is the float nearest
to 50/3.6, and `text(value)` reads back as the same float.
"""

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction

from scenarios.errors import nearest

Powers = tuple[tuple[str, int], ...]  # base dimension -> exponent, sorted, without zeros

_PI = Fraction(math.pi)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What kind of thing a number measures, and how a person writes it."""

    name: str
    phrase: str = field(compare=False, repr=False)  # with its article, for messages
    example: str = field(compare=False, repr=False)
    powers: Powers = field(compare=False, repr=False)
    # unit -> size in the first unit, which is the one values are kept in
    units: dict[str, Fraction] = field(compare=False, repr=False)

    @property
    def unit(self) -> str:
        """The unit in which resolved values are kept."""
        return next(iter(self.units))


def _dimension(
    name: str, phrase: str, example: str, powers: dict[str, int], units: dict[str, Fraction | int]
) -> Dimension:
    return Dimension(
        name, phrase, example, tuple(sorted(powers.items())), {u: Fraction(f) for u, f in units.items()}
    )


DIMENSIONS: dict[str, Dimension] = {
    d.name: d
    for d in (
        _dimension(
            "length",
            "a length",
            "12 m",
            {"length": 1},
            {"m": 1, "mm": Fraction(1, 1000), "cm": Fraction(1, 100), "km": 1000},
        ),
        _dimension(
            "speed",
            "a speed",
            "50 km/h",
            {"length": 1, "time": -1},
            {"m/s": 1, "km/h": Fraction(10, 36), "mph": Fraction(44704, 100000)},
        ),
        _dimension(
            "time", "a time", "1.5 s", {"time": 1}, {"s": 1, "ms": Fraction(1, 1000), "min": 60, "h": 3600}
        ),
        _dimension("angle", "an angle", "30 deg", {"angle": 1}, {"rad": 1, "deg": _PI / 180}),
        # Rain is a length per time too, but nobody means 20 km/h of it: a base dimension of its own.
        _dimension("rain", "a rain rate", "12 mm/h", {"rain": 1}, {"mm/h": 1}),
        _dimension("temperature", "a temperature", "6 degC", {"temperature": 1}, {"degC": 1}),
        _dimension("frequency", "a rate", "10 Hz", {"time": -1}, {"Hz": 1, "kHz": 1000}),
        _dimension("acceleration", "an acceleration", "3 m/s^2", {"length": 1, "time": -2}, {"m/s^2": 1}),
        _dimension("ratio", "a plain number or a share", "0.3", {}, {"": 1, "%": Fraction(1, 100)}),
        _dimension("slope", "a slope", "2.5 %", {"angle": 1}, {"rad": 1, "deg": _PI / 180, "%": 0}),
        _dimension("density", "a density along the road", "5 /km", {"density": 1}, {"/km": 1}),
        _dimension("cloud", "a cloud cover", "6 okta", {"cloud": 1}, {"okta": 1}),
        _dimension("illuminance", "an illuminance", "400 lx", {"illuminance": 1}, {"lx": 1, "klx": 1000}),
        _dimension("pixels", "a number of pixels", "1200 px", {"pixels": 1}, {"px": 1}),
        _dimension("occurrence", "a rate per frame", "0.02 per frame", {"occurrence": 1}, {"per frame": 1}),
        _dimension("mass", "a mass", "1400 kg", {"mass": 1}, {"kg": 1, "g": Fraction(1, 1000), "t": 1000}),
        _dimension("time_of_day", "a time of day", "16:35", {"time_of_day": 1}, {}),
    )
}

# Which dimension a unit speaks of when nothing else says so; `%` is a share, and a slope only where one is asked for.
NATURAL: dict[str, Dimension] = {
    unit: dimension
    for dimension in DIMENSIONS.values()
    if dimension.name != "slope"
    for unit in dimension.units
}
UNIT_WORDS: tuple[str, ...] = tuple(sorted((u for u in NATURAL if u), key=lambda u: (-len(u), u)))
_SPELLINGS = {
    "m/s²": "m/s^2",
    "m/s2": "m/s^2",
    "°": "deg",
    "°C": "degC",
}  # unambiguous, so they are not refused

# What people write for a unit; too far from it for `nearest`, or nearer to another one.
_MEANT = {
    "kph": "km/h", "kmh": "km/h", "kmph": "km/h", "km/hr": "km/h", "mps": "m/s", "sec": "s", "secs": "s", "second": "s",
    "seconds": "s", "minutes": "min", "hour": "h", "hours": "h", "meter": "m", "meters": "m", "metre": "m",
    "metres": "m", "celsius": "degC", "Celsius": "degC", "C": "degC", "degrees": "deg", "degree": "deg", "fps": "Hz",
    "pixels": "px", "oktas": "okta", "eighths": "okta", "percent": "%",
}  # fmt: skip

# Bounded, so that no literal can ask for a number of a million digits.
_NUMBER = r"[+-]?(?:\d{1,25}(?:\.\d{1,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(.*)", re.DOTALL)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the resolved unit of its dimension."""

    value: float
    dimension: Dimension


class UnitError(ValueError):
    """A text is not the quantity that was asked for; the message teaches how to write it."""


def example(dimension: Dimension, number: str | None = None) -> str:
    """The dimension's example, with the author's own number when there is one."""
    if number is None or " " not in dimension.example:
        return dimension.example
    return f"{number} {dimension.example.partition(' ')[2]}"


def needs(dimension: Dimension) -> str:
    """`a rain rate is needed here (such as "12 mm/h")`."""
    return f'{dimension.phrase} is needed here (such as "{dimension.example}")'


def _wanted(dimension: Dimension | None) -> str:
    return dimension.phrase if dimension is not None else "a quantity"


def parse(text: str, dimension: Dimension | None = None) -> Quantity:
    """One quantity; with a dimension given, anything else is refused.  `a..b` is not for here."""
    shown = text.strip()
    clock = _CLOCK.fullmatch(shown)
    if clock:
        return _checked(shown, _time_of_day(shown, clock), dimension)
    match = _QUANTITY.fullmatch(shown)
    if not match:
        if dimension is None:
            raise UnitError(f'"{shown}" is not a quantity; write a number and a unit, such as "50 km/h"')
        raise UnitError(f'"{shown}" is not {dimension.phrase}; write it like "{dimension.example}"')
    number, unit = match[1], _SPELLINGS.get(match[2], match[2])
    if not math.isfinite(float(number)):
        raise UnitError(f'"{shown}" is too large a number')
    if unit == "" and (dimension is None or dimension.name != "ratio"):
        return _bare(number, dimension)
    if dimension is not None and unit in dimension.units:
        if unit == "%" and dimension.name == "slope":
            return Quantity(math.atan(float(Fraction(number) / 100)), dimension)
        return Quantity(float(Fraction(number) * dimension.units[unit]), dimension)
    if unit in NATURAL:
        natural = NATURAL[unit]
        return _checked(shown, Quantity(float(Fraction(number) * natural.units[unit]), natural), dimension)
    if dimension is not None and " " in unit:
        raise UnitError(f'"{shown}" is not {dimension.phrase}; write it like "{dimension.example}"')
    if re.match(r"-\s*\d", unit):
        raise UnitError(f'"{shown}" is not {_wanted(dimension)}; a range has two dots, such as "0.4..1.2 m"')
    meant = _MEANT.get(unit)
    if meant is not None and (dimension is None or meant in dimension.units):
        raise UnitError(f'"{shown}" has an unknown unit "{match[2]}"; did you mean "{meant}"?')
    known = list(dimension.units) if dimension is not None and dimension.units else list(UNIT_WORDS)
    raise UnitError(f'"{shown}" has an unknown unit "{match[2]}"; {nearest(unit, [u for u in known if u])}')


def parse_range(text: str, dimension: Dimension | None = None) -> tuple[Quantity, Quantity] | None:
    """Both ends of `0.4..1.2 m` (or `80 cm..1.2 m`); None when the text is no range."""
    low_text, dots, high_text = (part.strip() for part in text.partition(".."))
    if not dots:
        return None
    if not high_text or not low_text or (high_text[0] == "." or not re.match(r"[-+.\d]", high_text)):
        raise UnitError(f'"{text.strip()}" is not a range; write it like "0.4..1.2 m"')
    high = parse(high_text, dimension)
    match = _QUANTITY.fullmatch(low_text)
    unit = _QUANTITY.fullmatch(high_text)
    if match and match[2] == "" and unit is not None:
        low_text = f"{low_text} {unit[2]}"  # the unit behind the range speaks for both ends
    low = parse(low_text, dimension)
    if low.dimension != high.dimension:
        raise UnitError(f'"{text.strip()}" mixes {low.dimension.phrase} and {high.dimension.phrase}')
    if low.value > high.value:
        raise UnitError(f'"{text.strip()}" runs backwards; write the smaller end first')
    return low, high


def text(value: float, dimension: Dimension) -> str:
    """The value in the dimension's own unit; `parse` gives back the same float."""
    if dimension.name == "time_of_day":
        hours, rest = divmod(value, 3600)
        minutes, seconds = divmod(rest, 60)
        clock = f"{int(hours):02d}:{int(minutes):02d}"
        return clock if seconds == 0 else f"{clock}:{seconds:012.9f}".rstrip("0").rstrip(".")
    number = repr(float(value)).removesuffix(".0")
    return f"{number} {dimension.unit}".strip()


def describe(powers: Powers) -> str:
    """What a combination of base dimensions is called: `a speed`, or `m^2/s`-like powers when it has no name."""
    for dimension in DIMENSIONS.values():
        if dimension.powers == powers:
            return dimension.phrase
    symbols = {
        d.powers[0][0]: d.unit
        for d in DIMENSIONS.values()
        if len(d.powers) == 1 and d.powers[0][1] == 1 and d.units
    }
    parts = [symbols.get(base, base) + (f"^{power}" if power != 1 else "") for base, power in powers]
    return "a quantity in " + " ".join(parts)


def by_powers(powers: Powers) -> Dimension | None:
    """The dimension with these powers; None for a combination without a name."""
    return next((d for d in DIMENSIONS.values() if d.powers == powers), None)


def combine(left: Powers, right: Powers, sign: int) -> Powers:
    """Powers of a product (sign 1) or a quotient (sign -1)."""
    total = dict(left)
    for base, power in right:
        total[base] = total.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in total.items() if power))


def convert(value: float, powers: Powers, dimension: Dimension) -> float | None:
    """A value of these powers where `dimension` is asked for; None when it does not fit.

    A share is a slope (rise over run), so that `$grade` may be written `4 %`.
    """
    if powers == dimension.powers:
        return value
    if dimension.name == "slope" and powers == ():
        return math.atan(value)
    return None


def _checked(shown: str, quantity: Quantity, dimension: Dimension | None) -> Quantity:
    if dimension is None or quantity.dimension == dimension:
        return quantity
    raise UnitError(f'"{shown}" is {quantity.dimension.phrase}, but {needs(dimension)}')


def _bare(number: str, dimension: Dimension | None) -> Quantity:
    if dimension is None:
        return Quantity(float(Fraction(number)), DIMENSIONS["ratio"])
    if Fraction(number) == 0 and dimension.name != "time_of_day":
        return Quantity(0.0, dimension)
    if dimension.name == "time_of_day":
        raise UnitError(f'{dimension.phrase} is written "{dimension.example}", not {number}')
    raise UnitError(f'{dimension.phrase} needs a unit: write "{example(dimension, number)}"')


def _time_of_day(shown: str, clock: re.Match[str]) -> Quantity:
    hours, minutes, seconds = int(clock[1]), int(clock[2]), Fraction(clock[3] or 0)
    if hours > 23 or minutes > 59 or seconds >= 60:
        raise UnitError(f'"{shown}" is not a time of day; it lies between 00:00 and 23:59:59')
    return Quantity(float(hours * 3600 + minutes * 60 + seconds), DIMENSIONS["time_of_day"])
