"""Whom a note names: names as people type them, and nobody by accident."""

import pytest

from assistant.domain.mentions import find_mentioned_agents
from assistant.domain.people import Agent


def build_agent(name: str, address: str = "") -> Agent:
    return Agent(id=address or name, email=f"{address or name}@shop.example", name=name)


TEAM = [build_agent(name) for name in ("森", "森田", "佐藤 葵", "Mori", "Mori Aoi", "Mo")]
TEAM.append(build_agent("佐藤 葵", "sato2"))


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("@森さん、お願いします", {"森"}),
        ("@森田さん、お願いします", {"森田"}),
        ("確認を＠佐藤葵 さん", {"佐藤 葵", "sato2"}),
        ("@佐藤 葵", {"佐藤 葵", "sato2"}),
        ("@mori please look, and @MORI AOI too", {"Mori", "Mori Aoi"}),
        ("@Mori's turn", {"Mori"}),
        ("see @sato2@shop.example", {"sato2"}),
        ("@Morimoto knows", set()),
        ("reply to a@mori.example", set()),
        ("森さん、@ だけ", set()),
    ],
)
def test_a_note_names(note: str, named: set[str]) -> None:
    assert {agent.id for agent in find_mentioned_agents(note, TEAM)} == named
