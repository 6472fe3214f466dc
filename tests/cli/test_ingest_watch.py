"""`ingest --watch` from the outside: a terminal, a folder that changes, Ctrl-C."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import InProcessCli
from tests.cli.shell import ASSISTANT, CliHarness, until


@contextmanager
def watching(shell: CliHarness, log: Path, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("w") as out:
        process = subprocess.Popen(
            [*ASSISTANT, "ingest", *words, "--watch"],
            stdout=out,
            stderr=out,
            cwd=log.parent,
            env=shell.environment,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest.mark.slow
def test_what_changes_is_taken_in_and_told_line_by_line(own: CliHarness, tmp_path: Path) -> None:
    folder, log = tmp_path / "kb", tmp_path / "log"
    folder.mkdir()
    (folder / "parrots.md").write_text("# Parrots\n\nThey may be returned within 77 days.\n")
    with watching(own, log, str(folder), "--prune") as process:

        def says(line: str) -> None:
            until(lambda: line in log.read_text())

        says("Ctrl-C ends it")
        (folder / "bad.pdf").write_bytes(b"%PDF-1.4\n1 0 obj <</Type /Catalog")
        says("failed: bad.pdf: it is a broken PDF")
        (folder / "owls.md").write_text("# Owls\n\nThey may be returned within 99 days.\n")
        says("added: owls.md")
        (folder / "parrots.md").write_text("# Parrots\n\nThey may be returned within 55 days.\n")
        says("updated: parrots.md")
        (folder / "parrots.md").unlink()
        says("removed: parrots.md")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert log.read_text().count("bad.pdf") == 1
    assert "Traceback" not in log.read_text()
    assert log.read_text().endswith("stopped; what was read is stored\n")
    (hit, *_) = own.run("search", "may owls be returned", "--json").json
    assert hit["article"] == "owls.md"


@pytest.mark.slow
def test_with_json_each_run_is_a_line(own: CliHarness, tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nFirst.\n")
    log = tmp_path / "log"
    with watching(own, log, str(tmp_path / "one.md"), "--json"):
        until(lambda: "Ctrl-C ends it" in log.read_text())
        (tmp_path / "one.md").write_text("# One\n\nSecond.\n")
        found = until(lambda: [line for line in log.read_text().splitlines() if line[0] == "{"][1:])
    assert json.loads(found[0])["updated"] == 1


def test_web_addresses_alone_cannot_be_watched(type_: InProcessCli) -> None:
    outcome = type_("ingest", "https://help.example.jp/", "--watch")
    assert outcome.code == 2
    assert "`serve` reads web addresses again" in outcome.err


def test_a_path_that_is_not_there_is_said_at_once(type_: InProcessCli) -> None:
    assert "no such file or folder" in type_("ingest", "nowhere", "--watch").refusal()
