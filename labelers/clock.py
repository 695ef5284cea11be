"""The clip's time as a calendar date, from the scenario's own clock.  Labels floor.

Datasets want absolute times.  Taking the scenario's makes the bytes a function of the scenario alone: no file ever
says when it was rendered.
"""

from datetime import UTC, datetime, timedelta

from scenarios.resolved import Concrete

DEFAULT_DATE = "2025-01-01"  # for scenarios that give the sun directly
DEFAULT_TIME_S = 12 * 3600.0


def clip_start(concrete: Concrete) -> datetime:
    """UTC at time zero of the clip."""
    clock = concrete.scenario.world.clock
    day = datetime.fromisoformat(clock.date or DEFAULT_DATE).replace(tzinfo=UTC)
    sign = -1 if clock.zone.startswith("-") else 1
    hours, minutes = (int(part) for part in clock.zone.lstrip("+-").split(":"))
    local_s = DEFAULT_TIME_S if clock.time_s is None else clock.time_s
    return day + timedelta(seconds=round(local_s, 6)) - sign * timedelta(hours=hours, minutes=minutes)


def clip_start_us(concrete: Concrete) -> int:
    """Microseconds from 1970 to time zero of the clip."""
    return (clip_start(concrete) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
