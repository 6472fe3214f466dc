"""`desk add`, `check` and `list`, typed as an operator types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.domain.errors import AssistantError


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_PUBLIC_URL", "https://shop.example")
    return CliRunner()


def test_add_writes_settings_and_makes_it_the_target(runner: CliRunner, tmp_path: Path) -> None:
    typed = "shop\napi@shop.example\nmy token\nmy secret\n"
    found = runner.invoke(app, ["desk", "add", "zendesk", "--lang", "ja"], input=typed)
    assert found.exit_code == 0, found.output
    kept = (tmp_path / ".env").read_text()
    assert "ASSISTANT_DESK_ZENDESK_API_TOKEN='my token'" in kept
    assert "ASSISTANT_HANDOFF_DESK='zendesk'" in kept
    assert "https://shop.example/v1/desks/zendesk を POST" in found.output
    assert '{"ticket_id": "{{ticket.id}}"}' in found.output
    assert "my token" not in found.output
    shown = runner.invoke(app, ["desk", "list"]).output
    assert "handoffs zendesk               https://shop.example/v1/desks/zendesk" in shown
    assert "off      slack" in shown


def test_a_token_that_is_ours_is_made_and_stands_in_the_address(runner: CliRunner, tmp_path: Path) -> None:
    typed = "https://chat.example\n1\n5\ntoken\n\n\n"
    found = runner.invoke(
        app, ["desk", "add", "chatwoot", "--account", "tokyo", "--no-handoffs"], input=typed
    )
    assert found.exit_code == 0, found.output
    kept = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    token = kept["ASSISTANT_DESK_CHATWOOT_WEBHOOK_TOKEN__TOKYO"].strip("'")
    assert f"/v1/desks/chatwoot/tokyo?token={token}" in found.output
    assert "ASSISTANT_HANDOFF_DESK" not in kept


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "remedy"], "There is no desk remedy"),
        (["add", "slack"], "ASSISTANT_DESK_SLACK_SIGNING_SECRET is needed"),
        (["check", "email"], "run `assistant desk add email`"),
    ],
)
def test_mistakes_are_said_in_one_line(runner: CliRunner, arguments: list[str], says: str) -> None:
    found = runner.invoke(app, ["desk", *arguments], input="")
    assert isinstance(found.exception, AssistantError)
    assert says in str(found.exception)
