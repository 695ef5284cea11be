"""The words of the sky, the air and what lies on the ground.  Language floor."""

from typing import Annotated, Generic

from pydantic import Field

from scenarios.draft import measure, word
from scenarios.schema.base import Part, Q, W


class Sun(Part, Generic[Q]):
    """The sun given directly instead of by clock; azimuth clockwise from north."""

    elevation_rad: Annotated[
        Q,
        measure("angle", "-90 deg", "90 deg"),
        Field(
            alias="elevation", description="height above the horizon; negative below it", examples=["12 deg"]
        ),
    ]
    azimuth_rad: Annotated[
        Q,
        measure("angle", "-360 deg", "360 deg"),
        Field(alias="azimuth", description="clockwise from north", examples=["140 deg"]),
    ]


class Clock(Part, Generic[Q]):
    """Local date, time and place, from which the sun and the moon follow; or the sun itself."""

    date: str | None = Field(None, description="calendar day, such as 2025-11-12", examples=["2025-11-12"])
    time_s: Annotated[
        Q | None, measure("time_of_day"), Field(alias="time", description="local time, 16:35 or 16:35..17:05")
    ] = None
    zone: str = Field("+00:00", description="offset from UTC, such as +01:00", examples=['"+01:00"'])
    latitude_rad: Annotated[
        Q | None,
        measure("angle", "-90 deg", "90 deg"),
        Field(alias="latitude", description="north of the equator", examples=["48.14 deg"]),
    ] = None
    longitude_rad: Annotated[
        Q | None,
        measure("angle", "-180 deg", "180 deg"),
        Field(alias="longitude", description="east of Greenwich", examples=["11.58 deg"]),
    ] = None
    sun: Annotated[
        Sun[Q] | None,
        Field(
            description="the sun itself, instead of date, time and place",
            examples=["{elevation: 12 deg, azimuth: 140 deg}"],
        ),
    ] = None


class Fog(Part, Generic[Q]):
    """Fog by its meteorological optical range (the distance at which contrast falls to 5 %)."""

    visibility_m: Annotated[
        Q,
        measure("length", "5 m", "100 km"),
        Field(
            alias="visibility", description="meteorological optical range inside the fog", examples=["80 m"]
        ),
    ]
    top_m: Annotated[
        Q | None,
        measure("length", "0.5 m", "2000 m"),
        Field(
            alias="top",
            description="height above ground where it ends; without it, very high",
            examples=["30 m"],
        ),
    ] = None


class Dust(Part, Generic[Q]):
    """Dust in the air by its meteorological optical range; less than 1 km is a dust storm."""

    visibility_m: Annotated[
        Q,
        measure("length", "5 m", "100 km"),
        Field(
            alias="visibility", description="meteorological optical range inside the dust", examples=["200 m"]
        ),
    ]
    top_m: Annotated[
        Q | None,
        measure("length", "0.5 m", "2000 m"),
        Field(
            alias="top",
            description="height above ground where it ends, for blowing dust; without it, very high",
            examples=["3 m"],
        ),
    ] = None


class Wind(Part, Generic[Q]):
    """Mean wind at 10 m; `from` is the compass direction it blows from."""

    speed_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "60 m/s"),
        Field(alias="speed", description="mean at 10 m above ground", examples=["4 m/s"]),
    ]
    from_rad: Annotated[
        Q,
        measure("angle", "-360 deg", "360 deg"),
        Field(
            alias="from",
            description="compass direction it blows from, clockwise from north",
            examples=["250 deg"],
        ),
    ]


class WeatherKey(Part, Generic[Q]):
    """A keyframe: what is named changes from the previous value, beginning at `at`, during `over`."""

    at_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="at", description="when the change begins", examples=["4 s"]),
    ] = 0.0  # type: ignore[assignment]
    over_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="over", description="how long it takes; 0 is at once", examples=["3 s"]),
    ] = 0.0  # type: ignore[assignment]
    rain_mm_per_h: Annotated[
        Q | None, measure("rain", "0 mm/h", "200 mm/h"), Field(alias="rain", description="rain rate")
    ] = None
    snow_mm_per_h: Annotated[
        Q | None,
        measure("rain", "0 mm/h", "20 mm/h"),
        Field(alias="snow", description="water equivalent", examples=["2 mm/h"]),
    ] = None
    fog: Annotated[Fog[Q] | None, Field(description="fog", examples=["{visibility: 80 m}"])] = None
    dust: Annotated[Dust[Q] | None, Field(description="dust", examples=["{visibility: 200 m}"])] = None
    clouds_okta: Annotated[
        Q | None,
        measure("cloud", "0 okta", "8 okta"),
        Field(alias="clouds", description="eighths of the sky that are covered"),
    ] = None
    wind: Annotated[Wind[Q] | None, Field(description="wind", examples=["{speed: 4 m/s, from: 250 deg}"])] = (
        None
    )
    air_degC: Annotated[  # noqa: N815
        Q | None,
        measure("temperature", "-40 degC", "50 degC"),
        Field(alias="air", description="air temperature at 2 m"),
    ] = None


class Puddles(Part, Generic[Q]):
    """Standing water in the hollows of the road."""

    cover: Annotated[Q, measure("ratio", "0", "1"), Field(description="share of the road", examples=["0.1"])]
    depth_m: Annotated[
        Q,
        measure("length", "0 mm", "50 mm"),
        Field(alias="depth", description="in their middle", examples=["5 mm"]),
    ]


class SurfaceKey(Part, Generic[Q, W]):
    """A keyframe of the surface: what is named changes, beginning `at`, during `over`."""

    at_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="at", description="when the change begins", examples=["4 s"]),
    ]
    over_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="over", description="how long it takes; 0 is at once", examples=["3 s"]),
    ] = 0.0  # type: ignore[assignment]
    state: Annotated[
        W | None,
        word("dry", "damp", "wet", "snowy", "icy"),
        Field(description="what the road is from then on"),
    ] = None
    puddles: Annotated[
        Puddles[Q] | None, Field(description="standing water", examples=["{cover: 0.1, depth: 5 mm}"])
    ] = None
    snow_depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "0.5 m"),
        Field(alias="snow_depth", description="fresh snow on the road", examples=["3 cm"]),
    ] = None


class Surface(Part, Generic[Q, W]):
    """State of the road surface; `from_weather` derives film, snow and ice from the weather."""

    state: Annotated[
        W,
        word("from_weather", "dry", "damp", "wet", "snowy", "icy"),
        Field(description="what the road is; from_weather lets it follow from rain, snow and frost"),
    ] = "from_weather"  # type: ignore[assignment]
    puddles: Annotated[
        Puddles[Q] | None, Field(description="standing water", examples=["{cover: 0.1, depth: 5 mm}"])
    ] = None
    snow_depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "0.5 m"),
        Field(alias="snow_depth", description="fresh snow on the road", examples=["3 cm"]),
    ] = None
    then: Annotated[
        list[SurfaceKey[Q, W]],
        Field(description="how the surface changes during the clip, in order of time"),
    ] = Field(default_factory=list, examples=["[{at: 4 s, over: 3 s, state: wet}]"])


class LightingKey(Part, Generic[Q, W]):
    """A moment from which the street lamps are lit or dark."""

    at_s: Annotated[
        Q, measure("time", "0 s", "1 h"), Field(alias="at", description="from when on", examples=["4 s"])
    ]
    street_lamps: Annotated[
        W,
        word("auto", "lit", "dark"),
        Field(description="whether they are lit; auto at dusk", examples=["dark"]),
    ]


class Lighting(Part, Generic[Q, W]):
    """Lamps along the road; `auto` lights them at dusk."""

    street_lamps: Annotated[
        W, word("auto", "lit", "dark"), Field(description="whether they are lit; auto at dusk")
    ] = "auto"  # type: ignore[assignment]
    then: Annotated[
        list[LightingKey[Q, W]],
        Field(description="when lamps go on or out during the clip, in order of time"),
    ] = Field(default_factory=list, examples=["[{at: 4 s, street_lamps: dark}]"])
