"""Commands and the service on PostgreSQL, as an operator types them."""

from pathlib import Path

import pytest

from tests.cli.shell import CliHarness
from tests.postgres import new_database

pytestmark = pytest.mark.slow


@pytest.fixture
def shell(postgres: str, indexed: CliHarness, tmp_path: Path) -> CliHarness:
    """A new database; the prepared language model is there already."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(indexed.data / "models")
    return CliHarness(tmp_path / "data", {"ASSISTANT_DATABASE_URL": new_database(postgres)})


def test_from_an_empty_database_to_an_answer(shell: CliHarness, library: Path) -> None:
    assert "assistant migrate" in shell.run("search", "返品").refusal()
    assert shell.run("migrate").code == 0
    assert shell.run("ingest", str(library)).code == 0
    hits = shell.run("search", "返品の期限", "--json").json
    assert hits[0]["article"].startswith("ja/returns/")
    doctor = shell.run("doctor")
    assert "PostgreSQL" in doctor.out
    with shell.serving() as served:
        talk = served.open()
        served.say(talk, "未開封の商品の返品期限は何日ですか")
        assert "30" in served.answer(talk)["text"]
        assert "embedded" in shell.run("serve", "--port", "0").refusal()
        code, seconds = served.stop()
        assert (code, seconds < 10) == (0, True)


def test_a_database_that_does_not_answer_is_said_in_one_line(shell: CliHarness) -> None:
    away = shell.having(ASSISTANT_DATABASE_URL="postgresql://yorisoi:hush-hush@127.0.0.1:1/help")
    for command in (["serve", "--port", "0"], ["migrate"], ["search", "返品"]):
        said = away.run(*command).refusal()
        assert "does not answer" in said
        assert "hush-hush" not in said
