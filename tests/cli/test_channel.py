"""`channel add`, `check` and `list`, typed as an operator types them."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.cli.channel import write_env
from assistant.domain.errors import AssistantError


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_PUBLIC_URL", "https://shop.example")
    return CliRunner()


def test_add_writes_settings_and_says_what_to_do(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ASSISTANT_LANGUAGES=ja\nASSISTANT_LINE_ACCESS_TOKEN=old\n")
    found = runner.invoke(app, ["channel", "add", "line"], input="my secret\nmy token\n\n")
    assert found.exit_code == 0, found.output
    kept = (tmp_path / ".env").read_text()
    assert "ASSISTANT_LANGUAGES=ja" in kept
    assert "ASSISTANT_LINE_ACCESS_TOKEN='my token'" in kept
    assert "old" not in kept
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert "https://shop.example/v1/channels/line" in found.output
    assert "LINE Developersコンソール" in found.output
    assert "LINE Developers console" in found.output
    assert "my secret" not in found.output


def test_what_is_ours_is_made(runner: CliRunner, tmp_path: Path) -> None:
    found = runner.invoke(app, ["channel", "add", "telegram", "--account", "tokyo"], input="123:abc\n\n")
    assert found.exit_code == 0, found.output
    kept = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert len(kept["ASSISTANT_TELEGRAM_SECRET_TOKEN__TOKYO"]) > 20
    shown = runner.invoke(app, ["channel", "list"]).output
    assert "on  telegram   tokyo      https://shop.example/v1/channels/telegram/tokyo" in shown
    assert "off line" in shown


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (["add", "icq"], "", "There is no channel icq"),
        (["add", "line"], "", "ASSISTANT_LINE_CHANNEL_SECRET is needed"),
        (["add", "line", "--account", "a b"], "", "letters, digits and _"),
        (["check", "line"], "", "run `assistant channel add line`"),
    ],
)
def test_mistakes_are_said_in_one_line(
    runner: CliRunner, arguments: list[str], typed: str, says: str
) -> None:
    found = runner.invoke(app, ["channel", *arguments], input=typed)
    assert isinstance(found.exception, AssistantError)
    assert says in str(found.exception)


def test_half_a_set_up_is_said_by_name(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LINE_CHANNEL_SECRET", "x")
    found = runner.invoke(app, ["channel", "check", "line"])
    assert "set ASSISTANT_LINE_ACCESS_TOKEN" in str(found.exception)


def test_env_keeps_comments_and_others(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# a comment\nexport A=1\nB=2\n")
    write_env(path, {"A": "3"})
    assert path.read_text() == "# a comment\nB=2\nA='3'\n"
