"""What the front page shows is so."""

import re
from pathlib import Path

import scenarios
from sim.simulate import simulate
from sim.verdict import judge

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_edge_case_on_the_front_page_happens_as_it_says(tmp_path: Path) -> None:
    example, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "child_in_fog.scenario.yaml"
    path.write_text(example, encoding="utf-8")
    file = scenarios.load(path)
    verdicts = [judge(simulate(scenarios.resolve(file, 0, sample))) for sample in range(2)]
    assert len(file.draft.valid) == 2
    assert not verdicts[0].broken and not verdicts[1].broken
    assert scenarios.load(path, variant="clear").name == "child_in_fog"


def test_every_page_that_the_front_page_names_is_there() -> None:
    root = Path(__file__).parents[2]
    for name in re.findall(r"\]\((docs/[^)]+)\)", PAGE):
        assert (root / name).is_file(), name
