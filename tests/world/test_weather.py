"""Weather is physical: what instruments measured must come out of the words."""

import math
from itertools import pairwise

import pytest

from sim.conditions import osi_tags
from sim.weather import WeatherState, weather_track
from tests.world.weathers import NOON, world

S = 1_000_000_000


def state(*keys, at_s: float = 0.0, **rest) -> WeatherState:
    return weather_track(world(*keys, **rest), 10.0).at(round(at_s * S))


def sun(elevation_deg: float) -> dict:
    return {"sun": {"elevation": math.radians(elevation_deg), "azimuth": math.pi}}


# --------------------------------------------------------------------------------------------------------- the air
@pytest.mark.parametrize(
    ("rate", "per_km"), [(1, 0.365), (5, 1.005), (10, 1.556), (25, 2.771), (50, 4.288), (100, 6.636)]
)
def test_rain_extinguishes_light_as_marshall_and_palmer_say(rate, per_km):
    assert state({"rain": rate}).rain_extinction_per_m * 1e3 == pytest.approx(per_km, rel=0.015)


@pytest.mark.parametrize(
    ("rate", "weber_per_km"), [(5, 0.917), (10, 1.459), (25, 2.696), (50, 4.29), (100, 6.826)]
)
def test_rain_agrees_with_an_independent_measurement_within_15_percent(rate, weber_per_km):
    assert state({"rain": rate}).rain_extinction_per_m * 1e3 == pytest.approx(weber_per_km, rel=0.15)


def test_a_cloudburst_of_50_mm_per_h_leaves_half_a_kilometre_to_a_kilometre_of_sight():
    assert 500 < state({"rain": 50.0}).visibility_m < 1000


def test_moderate_snowfall_leaves_half_a_kilometre_to_a_kilometre_of_sight():
    assert 500 < state({"snow": 1.0}).visibility_m < 1000


def test_snow_hides_more_than_rain_of_the_same_water():
    assert state({"snow": 2.0}).extinction_per_m > 5 * state({"rain": 2.0}).extinction_per_m


@pytest.mark.parametrize("visibility", [25.0, 80.0, 400.0, 5000.0])
def test_contrast_falls_to_five_percent_at_the_stated_visibility(visibility):
    foggy = state({"fog": {"visibility": visibility}})
    assert math.exp(-foggy.extinction_per_m * visibility) == pytest.approx(0.05, abs=1e-6)
    assert foggy.fog_mor_m == pytest.approx(visibility)


def test_clear_air_lets_one_see_forty_kilometres():
    clear = state()
    assert clear.visibility_m == pytest.approx(40_000)
    assert math.isinf(clear.fog_mor_m) and math.isinf(clear.fog_top_m)


def test_fog_scatters_back_with_the_lidar_ratio_of_water_droplets():
    foggy = state({"fog": {"visibility": 100.0}})
    assert 16.0 < foggy.fog_extinction_per_m / foggy.fog_backscatter_per_m_sr < 20.0


# --------------------------------------------------------------------------------------------------------- in time
def test_a_squall_builds_up_between_its_keyframes_and_then_stays():
    track = weather_track(world({"rain": 10.0}, {"at": 4.0, "over": 3.0, "rain": 40.0}), 10.0)
    rates = [track.at(round(t * S)).rain_mm_per_h for t in (0.0, 3.9, 5.5, 7.0, 9.0)]
    assert rates == pytest.approx([10.0, 10.0, 25.0, 40.0, 40.0])


def test_a_keyframe_leaves_what_it_does_not_name():
    later = state({"rain": 10.0, "air": 4.0}, {"at": 2.0, "fog": {"visibility": 200.0}}, at_s=5.0)
    assert (later.rain_mm_per_h, later.air_degC, later.fog_mor_m) == pytest.approx((10.0, 4.0, 200.0))


def test_a_keyframe_without_over_is_a_step():
    track = weather_track(world({"rain": 0.0}, {"at": 4.0, "rain": 20.0}), 10.0)
    assert track.at(4 * S - 1).rain_mm_per_h == 0.0
    assert track.at(4 * S).rain_mm_per_h == 20.0


def test_a_keyframe_that_comes_during_a_ramp_goes_on_from_where_the_ramp_stood():
    track = weather_track(
        world({"rain": 0.0}, {"at": 0.0, "over": 4.0, "rain": 40.0}, {"at": 2.0, "over": 2.0, "rain": 0.0}),
        10.0,
    )
    assert [track.at(t * S).rain_mm_per_h for t in (1, 2, 3, 4)] == pytest.approx([10.0, 20.0, 10.0, 0.0])


def test_fog_ramps_in_extinction_so_that_it_closes_in_evenly():
    track = weather_track(
        world({"fog": {"visibility": 300.0}}, {"at": 2.0, "over": 4.0, "fog": {"visibility": 100.0}}), 10
    )
    middle = track.at(4 * S)
    assert middle.fog_extinction_per_m == pytest.approx((2.9957 / 300 + 2.9957 / 100) / 2, rel=1e-4)
    assert middle.fog_mor_m == pytest.approx(150.0)


def test_states_between_two_stored_ones_hold_together():
    track = weather_track(
        world({"rain": 1.0}, {"at": 0.0, "over": 10.0, "rain": 60.0, "fog": {"visibility": 50.0}}), 10.0
    )
    between = track.at(3 * S + 47_000_003)
    assert between.fog_mor_m == pytest.approx(2.9957 / between.fog_extinction_per_m, rel=1e-4)
    assert between.rain_extinction_per_m == pytest.approx(0.365e-3 * between.rain_mm_per_h**0.63, rel=1e-3)


def test_the_wind_turns_the_shorter_way():
    track = weather_track(
        world(
            {"wind": {"speed": 5.0, "from": math.radians(350)}},
            {"at": 0.0, "over": 10.0, "wind": {"speed": 5.0, "from": math.radians(10)}},
        ),
        10.0,
    )
    assert math.degrees(track.at(5 * S).wind_from_rad) % 360 == pytest.approx(0.0, abs=1e-6)


# ----------------------------------------------------------------------------------------------------------- light
def test_a_clear_summer_noon_gives_80_to_110_klx_of_which_a_tenth_to_a_fifth_is_sky():
    noon = state({"clouds": 0.0}, clock={**NOON, "time": 13.2 * 3600})
    assert 80_000 < noon.illuminance_lx < 110_000
    assert 0.1 < noon.sky_illuminance_lx / noon.illuminance_lx < 0.2


def test_an_overcast_noon_gives_10_to_20_klx_and_no_shadows():
    grey = state({"clouds": 8.0})
    assert 10_000 < grey.illuminance_lx < 20_000
    assert grey.sun_illuminance_lx == 0.0


def test_a_sun_five_degrees_up_gives_5_to_8_klx():
    assert 5_000 < state({"clouds": 0.0}, clock=sun(5.0)).illuminance_lx < 8_000


@pytest.mark.parametrize(("elevation", "lux"), [(-0.8, 453.0), (-6.0, 3.4), (-12.0, 8.3e-3), (-18.0, 6.5e-4)])
def test_twilight_darkens_as_the_tables_say(elevation, lux):
    assert state({"clouds": 0.0}, clock=sun(elevation)).illuminance_lx == pytest.approx(lux, rel=0.05)


def test_light_falls_steadily_with_the_sun_and_without_jumps():
    lux = [state({"clouds": 3.0}, clock=sun(e / 4)).illuminance_lx for e in range(-80, 361)]
    for lower, higher in pairwise(lux):
        assert lower <= higher < 2.0 * lower


def test_fog_hides_the_sun_before_it_darkens_the_day():
    clear, foggy = state({"clouds": 0.0}), state({"clouds": 0.0, "fog": {"visibility": 100.0}})
    assert foggy.sun_illuminance_lx < 0.01 * clear.sun_illuminance_lx
    assert foggy.illuminance_lx > 0.4 * clear.illuminance_lx


def test_street_lamps_come_on_at_dusk_unless_the_scenario_says_otherwise():
    assert not state(clock=sun(2.0)).street_lamps_lit
    assert state(clock=sun(-4.0)).street_lamps_lit
    assert state(lighting={"street_lamps": "lit"}).street_lamps_lit
    assert not state(clock=sun(-20.0), lighting={"street_lamps": "dark"}).street_lamps_lit


def test_a_full_moon_outshines_the_stars():
    night = {**NOON, "date": "2025-09-08", "time": 0.5 * 3600}
    full = state({"clouds": 0.0}, clock=night)
    assert full.moon_elevation_rad > 0.4
    assert 0.05 < full.illuminance_lx < 0.27


def test_an_hour_passes_with_the_sun_in_an_hour_of_scenario():
    track = weather_track(world(), 3600.0)
    turned = track.at(3600 * S).sun_azimuth_rad - track.at(0).sun_azimuth_rad
    assert 15.0 < math.degrees(turned) < 40.0


# -------------------------------------------------------------------------------------------------------- the road
def test_the_road_dries_from_wet_words_and_stays_dry_by_word():
    assert state({"rain": 20.0}, surface={"state": "dry"}).wetness == 0.0
    assert state().wetness == 0.0
    assert state(surface={"state": "damp"}).wetness == pytest.approx(0.5, abs=0.02)
    assert state(surface={"state": "wet"}).wetness > 0.95


def test_a_cloudburst_stands_a_millimetre_or_so_on_the_road():
    assert 0.1e-3 < state({"rain": 2.0}).water_film_m < 0.3e-3
    assert 1.0e-3 < state({"rain": 50.0}).water_film_m < 2.0e-3


def test_the_film_grows_after_the_rain_begins_and_stays_below_its_standing_depth():
    track = weather_track(world({"rain": 0.0}, {"at": 1.0, "rain": 30.0}), 300.0)
    films = [track.at(t * S).water_film_m for t in (1, 10, 60, 300)]
    assert films[0] == 0.0
    assert films == sorted(films)
    assert films[-1] == pytest.approx(state({"rain": 30.0}).water_film_m, rel=0.04)


def test_friction_meets_the_table_of_the_handbook():
    assert state().friction == pytest.approx(0.925)
    assert state(surface={"state": "wet"}).friction < 0.6
    icy = state(surface={"state": "icy"})
    assert icy.friction < 0.2
    assert 0.25 < state(surface={"state": "snowy"}).friction < 0.35


def test_water_takes_more_grip_the_faster_one_drives():
    wet = state({"rain": 30.0})
    assert wet.friction_at(130 / 3.6) < wet.friction_at(90 / 3.6) < wet.friction_at(50 / 3.6)
    assert wet.friction_at(130 / 3.6) < 0.25
    dry = state()
    assert dry.friction_at(20.0) / wet.friction_at(20.0) > 1.4


def test_snow_lies_in_the_cold_and_melts_in_the_warmth():
    cold, warm = state({"snow": 2.0, "air": -4.0}), state({"snow": 2.0, "air": 4.0})
    assert cold.snow_depth_m == pytest.approx(0.01)
    assert cold.water_film_m == 0.0
    assert warm.snow_depth_m == 0.0
    assert warm.wetness > 0.5


def test_rain_below_freezing_glazes_the_road():
    glazed = state({"rain": 1.0, "air": -2.0})
    assert glazed.ice_cover > 0.5
    assert glazed.friction < 0.2


def test_stated_puddles_and_snow_are_taken_as_stated():
    stated = state({"rain": 5.0}, surface={"puddles": {"cover": 0.12, "depth": 0.008}, "snow_depth": 0.07})
    assert (stated.puddle_cover, stated.puddle_depth_m, stated.snow_depth_m) == pytest.approx(
        (0.12, 0.008, 0.07)
    )


# ------------------------------------------------------------------------------------------------------------- tags
@pytest.mark.parametrize(
    ("rate", "word"),
    [
        (0.0, "NONE"),
        (0.2, "VERY_LIGHT"),
        (0.6, "LIGHT"),
        (3.0, "MODERATE"),
        (12.9, "HEAVY"),
        (57.5, "VERY_HEAVY"),
        (150.0, "EXTREME"),
    ],
)
def test_osi_names_the_precipitation(rate, word):
    assert osi_tags(state({"rain": rate}))["precipitation"] == f"PRECIPITATION_{word}"


@pytest.mark.parametrize(
    ("visibility", "word"),
    [
        (25, "DENSE"),
        (125, "THICK"),
        (300, "LIGHT"),
        (600, "MIST"),
        (1500, "POOR_VISIBILITY"),
        (3000, "MODERATE_VISIBILITY"),
        (7000, "GOOD_VISIBILITY"),
        (25000, "EXCELLENT_VISIBILITY"),
        (60000, "NONE"),
    ],
)
def test_osi_names_the_fog(visibility, word):
    assert osi_tags(state({"fog": {"visibility": visibility}}))["fog"] == f"FOG_{word}"


def test_osi_names_the_light():
    levels = [
        osi_tags(state({"clouds": 0}, clock=sun(e)))["ambient_illumination"][-1] for e in (-18, -9, -6, 0, 50)
    ]
    assert levels == ["1", "2", "4", "7", "9"]


# ------------------------------------------------------------------------------------------- keyframes of the ground
def test_a_road_freezes_over_between_its_keyframes():
    then = [{"at": 2.0, "over": 4.0, "state": "icy"}]
    track = weather_track(world(surface={"state": "wet", "then": then}), 10.0)
    ice = [track.at(round(t * S)).ice_cover for t in (0.0, 2.0, 3.0, 4.0, 6.0, 9.0)]
    assert ice == pytest.approx([0.0, 0.0, 0.225, 0.45, 0.9, 0.9], abs=1e-9)
    films = [track.at(round(t * S)).water_film_m for t in (2.0, 4.0, 6.0)]
    assert films == pytest.approx([0.3e-3, 0.15e-3, 0.0], abs=1e-9)
    grips = [track.at(round(t * S)).friction for t in (1.0, 4.0, 7.0)]
    assert grips[0] > 0.5 > grips[1] > grips[2] and grips[2] < 0.2


def test_a_keyframe_without_a_ramp_is_a_step_and_a_stated_word_holds_against_rain():
    then = [{"at": 3.0, "state": "dry"}]
    track = weather_track(world({"rain": 20.0}, surface={"then": then}), 10.0)
    assert track.at(3 * S - 1).wetness > 0.9
    assert track.at(3 * S).wetness == track.at(9 * S).wetness == 0.0


def test_puddles_and_snow_ramp_by_themselves_and_a_later_keyframe_interrupts_an_earlier_one():
    then = [
        {"at": 1.0, "over": 8.0, "puddles": {"cover": 0.8, "depth": 0.008}, "snow_depth": 0.08},
        {"at": 5.0, "over": 2.0, "puddles": {"cover": 0.0, "depth": 0.0}},
    ]
    track = weather_track(world(surface={"state": "wet", "then": then}), 10.0)
    start = track.at(0).puddle_cover
    middle = track.at(5 * S)
    assert middle.puddle_cover == pytest.approx(0.5 * (start + 0.8), abs=1e-9)
    assert track.at(6 * S).puddle_cover == pytest.approx(0.5 * middle.puddle_cover, abs=1e-9)
    assert track.at(7 * S).puddle_cover == track.at(9 * S).puddle_depth_m == 0.0
    assert [track.at(t * S).snow_depth_m for t in (1, 3, 9)] == pytest.approx([0.0, 0.02, 0.08], abs=1e-9)


def test_street_lamps_go_on_and_out_when_told():
    then = [
        {"at": 2.0, "street_lamps": "lit"},
        {"at": 4.5, "street_lamps": "dark"},
        {"at": 6.0, "street_lamps": "auto"},
    ]
    track = weather_track(world(lighting={"street_lamps": "dark", "then": then}, clock=sun(-12.0)), 10.0)
    lit = [
        track.at(t).street_lamps_lit for t in (0, 2 * S - 1, 2 * S, round(4.5 * S) - 1, round(4.5 * S), 6 * S)
    ]
    assert lit == [False, False, True, True, False, True]
