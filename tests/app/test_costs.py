"""What a frame cost is said in seconds, frames and money, at a price that anybody can state."""

from dataclasses import dataclass

import pytest

from scenarios.errors import StormlaneError
from sim.app.progress import BatchProgress


@dataclass(frozen=True)
class Counted:
    clip_id: str
    frames: int


def costs(monkeypatch: pytest.MonkeyPatch, price: str | None) -> list[str]:
    if price is None:
        monkeypatch.delenv("STORMLANE_CORE_HOUR", raising=False)
    else:
        monkeypatch.setenv("STORMLANE_CORE_HOUR", price)
    progress = BatchProgress([Counted("a", 30), Counted("b", 10)], [], quiet=True)
    progress.put(("a", "cost of standard", 54_000))
    progress.put(("b", "cost of standard", 18_000))
    return progress.costs()


def test_a_thousand_frames_have_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = costs(monkeypatch, None)  # 72 s for 40 frames: 2,000 frames an hour, half an hour a thousand
    assert "1.8 s of one core a frame" in line and "2,000 frames an hour and core" in line
    assert "1,000 frames cost 0.02 at 0.04 a core-hour" in line
    assert "1,000 frames cost 0.1 at 0.2 a core-hour" in costs(monkeypatch, "0.2")[0]


@pytest.mark.parametrize("price", ["cheap", "-1", "nan", "inf"])
def test_a_price_that_is_none_is_told_before_anything_is_rendered(
    monkeypatch: pytest.MonkeyPatch, price: str
) -> None:
    with pytest.raises(StormlaneError, match="STORMLANE_CORE_HOUR"):
        costs(monkeypatch, price)
