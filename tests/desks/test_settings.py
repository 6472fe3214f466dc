"""Foreign desks by their settings: documented, named before they are imported, and wrong ones are refused."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assistant.app.settings import Settings
from assistant.app.wiring import build_desks, build_packet_url
from assistant.desks import NAMES, has_desk_settings
from assistant.desks.registry import DESKS, list_desk_accounts, open_desks
from assistant.domain.errors import SetupError
from assistant.domain.jobs import JobKind
from assistant.jobs.worker_loop import LANES

ROOT = Path(__file__).parents[2]


def test_every_desk_setting_is_documented() -> None:
    page = (ROOT / "docs" / "desks.md").read_text("utf-8")
    wanted = [
        f"`ASSISTANT_DESK_{name}_{one.name}`".upper() for name, kind in DESKS.items() for one in kind.settings
    ]
    assert [one for one in wanted if one not in page] == []


def test_every_desk_is_named_before_it_is_imported() -> None:
    assert set(NAMES) == set(DESKS)
    assert has_desk_settings({"ASSISTANT_DESK_ZENDESK_API_TOKEN__second": "x"})
    assert not has_desk_settings({"ASSISTANT_SLACK_BOT_TOKEN": "x"})


def test_a_second_account_has_a_name_of_its_own() -> None:
    known = {
        "ASSISTANT_DESK_WEBHOOK_URL__TOKYO": "https://a.jp",
        "ASSISTANT_DESK_WEBHOOK_SECRET__TOKYO": "s" * 24,
    }
    assert list_desk_accounts("webhook", known) == {"tokyo": {"URL": "https://a.jp", "SECRET": "s" * 24}}
    assert list(open_desks(known, httpx.AsyncClient())) == ["webhook:tokyo"]


def test_missing_settings_and_an_unknown_target_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SetupError, match="ASSISTANT_DESK_SLACK_BOT_TOKEN"):
        open_desks({"ASSISTANT_DESK_SLACK_CHANNEL": "C1"}, httpx.AsyncClient())
    with pytest.raises(SetupError, match="ASSISTANT_HANDOFF_DESK is zendesk"):
        build_desks(Settings(data_dir=tmp_path, handoff_desk="zendesk"))  # type: ignore[call-arg]


def test_the_address_of_a_file_is_inside_its_packets(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://shop.example/")  # type: ignore[call-arg]
    url = build_packet_url(settings, "l1", datetime(2026, 12, 1, tzinfo=UTC), "m1")
    assert url.startswith("https://shop.example/v1/desks/packets/l1/files/m1?until=1797292800&signature=")


def test_the_worker_takes_every_kind_of_job() -> None:
    assert {kind for lane in LANES for kind in lane} == set(JobKind)
