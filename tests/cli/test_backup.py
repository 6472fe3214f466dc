"""`backup`, `restore` and `erase`, as an operator types them."""

from pathlib import Path

import pytest

from tests.cli.conftest import InProcessCli
from tests.cli.shell import CliHarness


def test_a_backup_comes_back_in_an_empty_folder(type_: InProcessCli, tmp_path: Path) -> None:
    assert type_("agent", "add", "mori@shop.example", stdin="a long password\n").code == 0
    kept = tmp_path / "kept.zip"
    assert type_("backup", str(kept)).code == 0
    assert kept.stat().st_mode & 0o077 == 0
    refused = type_("restore", str(kept))
    assert (refused.code, "holds something already" in refused.err) == (1, True)
    elsewhere = {"ASSISTANT_DATA_DIR": str(tmp_path / "new")}
    assert type_("restore", str(kept), **elsewhere).code == 0
    assert "mori@shop.example" in type_("agent", "list", **elsewhere).out


def test_what_is_kept_is_for_the_operator_alone(own: CliHarness) -> None:
    assert own.run("agent", "add", "mori@shop.example", stdin="a long password\n").code == 0
    own.data.chmod(0o755)  # as an earlier version made it
    (own.data / "yorisoi.db").chmod(0o644)
    assert own.run("agent", "list").code == 0
    assert own.data.stat().st_mode & 0o077 == 0
    assert [path.name for path in own.data.glob("*.db*") if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_refused(type_: InProcessCli, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "kept.zip"
    if content is not None:
        file.write_bytes(content)
    assert "is no backup of ours" in type_("restore", str(file)).refusal()


def test_a_place_that_cannot_be_written_is_named(type_: InProcessCli, tmp_path: Path) -> None:
    assert "cannot be written" in type_("backup", str(tmp_path / "no" / "such" / "folder.zip")).refusal()


def test_erasing_nobody_says_so(type_: InProcessCli) -> None:
    assert "Nobody is known as" in type_("erase", "nobody@example.com").refusal()


@pytest.mark.slow
def test_a_backup_is_taken_while_it_serves_and_a_customer_is_erased(own: CliHarness, tmp_path: Path) -> None:
    canary = "カナリア4711"
    with own.serving() as served:
        talk = served.open()
        served.say(talk, f"返品の期限は何日ですか {canary}")
        served.answer(talk)
        assert own.run("backup", str(tmp_path / "kept.zip")).code == 0
        customer = own.run("erase", "nobody")
        assert customer.code == 1
    back = CliHarness(tmp_path / "new", own.settings)
    back.data.mkdir()
    (back.data / "models").symlink_to(own.data / "models")
    assert back.run("restore", str(tmp_path / "kept.zip")).code == 0
    with back.serving() as again:
        found = again.look(talk)["messages"]
        assert canary in found[0]["text"]
        assert again.say(talk, "送料は？")["seq"] == len(found) + 1
