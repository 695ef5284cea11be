"""Quantities read as what they say, and nothing else does."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import units
from scenarios.units import DIMENSIONS, UnitError

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("50 km/h", "speed", 50 / 3.6),
        ("36km/h", "speed", 10.0),
        ("30 mph", "speed", 13.4112),
        ("12 mm", "length", 0.012),
        ("80 cm", "length", 0.8),
        ("1.5 km", "length", 1500.0),
        ("250 ms", "time", 0.25),
        ("2 min", "time", 120.0),
        ("90 deg", "angle", math.pi / 2),
        ("-0.5 rad", "angle", -0.5),
        ("12 mm/h", "rain", 12.0),
        ("-4 degC", "temperature", -4.0),
        ("3 m/s^2", "acceleration", 3.0),
        ("3 m/s²", "acceleration", 3.0),
        ("10 Hz", "frequency", 10.0),
        ("0.3", "ratio", 0.3),
        ("30 %", "ratio", 0.3),
        ("2.5 %", "slope", math.atan(0.025)),
        ("2 deg", "slope", math.radians(2)),
        ("6 /km", "density", 6.0),
        ("8 okta", "cloud", 8.0),
        ("1266 px", "pixels", 1266.0),
        ("16:35", "time_of_day", 59700.0),
        ("06:05:30.5", "time_of_day", 21930.5),
        ("1e3 m", "length", 1000.0),
        (".5 m", "length", 0.5),
        ("0", "speed", 0.0),
        ("0", "temperature", 0.0),
    ],
)
def test_a_quantity_is_read_in_its_dimension(text: str, dimension: str, value: float) -> None:
    quantity = units.parse(text, DIMENSIONS[dimension])
    assert quantity.dimension.name == dimension
    assert quantity.value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "value"), [("50 km/h", 50 / 3.6), ("90 deg", math.pi / 2), ("0.1 km", 100.0), ("35 cm", 0.35)]
)
def test_scaling_rounds_once(text: str, value: float) -> None:
    assert units.parse(text).value == value  # equal, not nearly equal


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        ("50", "speed", 'a speed needs a unit: write "50 km/h"'),
        ("20 km/h", "rain", '"20 km/h" is a speed, but a rain rate is needed here (such as "12 mm/h")'),
        ("12 mm/h", "speed", '"12 mm/h" is a rain rate, but a speed is needed here (such as "50 km/h")'),
        ("16:35", "time", '"16:35" is a time of day, but a time is needed here (such as "1.5 s")'),
        ("50 kmh", "speed", '"50 kmh" has an unknown unit "kmh"; did you mean "km/h"?'),
        ("fast", "speed", '"fast" is not a speed; write it like "50 km/h"'),
        ("24:00", "time_of_day", '"24:00" is not a time of day; it lies between 00:00 and 23:59:59'),
        ("1e999 m", "length", '"1e999 m" is too large a number'),
        ("nan m", "length", '"nan m" is not a length; write it like "12 m"'),
        ("10 m m", "length", '"10 m m" is not a length; write it like "12 m"'),
    ],
)
def test_what_is_no_such_quantity_is_refused(text: str, dimension: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        units.parse(text, DIMENSIONS[dimension])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.4..1.2 m", 0.4, 1.2),
        ("80 cm..1.2 m", 0.8, 1.2),
        ("-0.8..0.8 m/s", -0.8, 0.8),
        ("1 .. 2 s", 1.0, 2.0),
        ("20..40 %", 0.2, 0.4),
        ("1..2", 1.0, 2.0),
        ("16:35..17:05", 59700.0, 61500.0),
        ("0..6 /km", 0.0, 6.0),
    ],
)
def test_a_range_has_two_ends_of_one_kind(text: str, low: float, high: float) -> None:
    ends = units.parse_range(text)
    assert ends is not None
    assert (ends[0].value, ends[1].value) == (low, high)
    assert ends[0].dimension == ends[1].dimension


def test_a_single_quantity_is_no_range() -> None:
    assert units.parse_range("0.4 m") is None


@given(FINITE, st.sampled_from([d for d in DIMENSIONS.values() if d.name != "time_of_day"]))
def test_every_value_is_written_so_that_it_reads_back_the_same(
    value: float, dimension: units.Dimension
) -> None:
    assert units.parse(units.text(value, dimension), dimension).value == value


@given(st.integers(0, 86_399_999))
def test_a_time_of_day_reads_back_the_same(milliseconds: int) -> None:
    value = milliseconds / 1000
    dimension = DIMENSIONS["time_of_day"]
    assert units.parse(units.text(value, dimension), dimension).value == pytest.approx(value, abs=1e-9)


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_a_clear_refusal(text: str) -> None:
    for dimension in (None, *DIMENSIONS.values()):
        try:
            quantity = units.parse(text, dimension)
        except UnitError as error:
            assert str(error)
        else:
            assert math.isfinite(quantity.value)


def test_units_that_look_alike_belong_to_one_dimension() -> None:
    for dimension in DIMENSIONS.values():
        for unit in dimension.units:
            if dimension.name != "slope":
                assert units.NATURAL[unit] == dimension


def test_a_share_is_a_slope_and_a_length_is_not() -> None:
    slope = DIMENSIONS["slope"]
    assert units.convert(0.04, (), slope) == math.atan(0.04)
    assert units.convert(0.04, DIMENSIONS["angle"].powers, slope) == 0.04
    assert units.convert(0.04, DIMENSIONS["length"].powers, slope) is None
