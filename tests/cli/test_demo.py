"""The demo says one thing about when people answer: its help, its pages and its policy."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.app.policy_file import load_policy
from assistant.app.settings import Settings
from assistant.cli.demo import SAMPLE, with_demo_policy

PAGES = Path(__file__).parents[2] / "web" / "demo" / "text.ts"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-12-01T08:59", False),
        ("2026-12-01T09:00", True),
        ("2026-12-06T20:59", True),
        ("2026-12-06T21:00", False),
        ("2026-12-30T18:00", False),
        ("2027-01-01T12:00", False),
        ("2027-01-04T09:00", True),
    ],
)
def test_people_are_there_when_the_sample_help_says_so(moment: str, is_open: bool) -> None:
    policy = load_policy(with_demo_policy(Settings(_env_file=None)).policy)  # type: ignore[call-arg]
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert policy.hours.is_open(at) is is_open
    assert "毎日9:00〜21:00" in (SAMPLE / "ja/support/contact-hours.md").read_text("utf-8")
    assert "毎日9:00〜21:00" in PAGES.read_text("utf-8")


def test_a_policy_of_ones_own_stays(tmp_path: Path) -> None:
    own = tmp_path / "policy.yaml"
    settings = Settings(_env_file=None, policy=own)  # type: ignore[call-arg]
    assert with_demo_policy(settings).policy == own
