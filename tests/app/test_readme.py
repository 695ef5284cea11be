"""What the front page shows is so."""

import re
from pathlib import Path

import pytest

import scenarios
from sim.simulate import simulate
from sim.verdict import judge

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_edge_case_on_the_front_page_happens_as_it_says(tmp_path: Path) -> None:
    example, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "child_in_fog.scenario.yaml"
    path.write_text(example, encoding="utf-8")
    file = scenarios.load(path)
    verdicts = [judge(simulate(scenarios.resolve(file, 0, sample))) for sample in range(2)]
    assert len(file.draft.valid) == 2
    assert not verdicts[0].broken and not verdicts[1].broken
    assert scenarios.load(path, variant="clear").name == "child_in_fog"


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_page_and_picture_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / name).exists(), f"{page} names {name}"
