"""`report` and `export conversations`."""

import json
from pathlib import Path

from tests.cli.conftest import InProcessCli


def test_a_report_of_nothing_is_a_report(type_: InProcessCli, tmp_path: Path) -> None:
    found = type_("report", "--days", "3")
    assert (found.code, found.err) == (0, "")
    report = json.loads(found.out)
    assert report["ended"] == 0
    assert report["contained"] == {"count": 0, "total": 0, "rate": None, "low": None, "high": None}


def test_conversations_are_written_for_their_owner_only(type_: InProcessCli, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    found = type_("export", "conversations", str(file))
    assert (found.code, found.out) == (0, f"0 conversation(s) written to {file}.\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfconversation,customer,")
    assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_day_is_one_line(type_: InProcessCli, tmp_path: Path) -> None:
    found = type_("report", "--from", "yesterday")
    assert found.code == 1
    assert found.err.count("\n") == 1
    lost = type_(
        "export", "conversations", str(tmp_path / "no" / "x.csv"), ASSISTANT_DATA_DIR=str(tmp_path / "d")
    )
    assert lost.code == 1
    assert "cannot be written" in lost.err
