"""One small knowledge base, indexed once, for every test that searches."""

import gc
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog

from assistant.cli import run
from assistant.models.embeddings.factory import build_embedder
from assistant.ports.models import Embedder
from tests.cli.shell import CliHarness, CommandResult

SAMPLE = Path(__file__).parents[2] / "knowledge_base"
FOLDERS = ("ja/returns", "en/returns", "ja/points", "en/points")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of articles."""
    folder = tmp_path_factory.mktemp("library") / "help"
    for name in FOLDERS:
        shutil.copytree(SAMPLE / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, library: Path) -> CliHarness:
    """A shell whose data folder holds the library; not to be changed."""
    shell = CliHarness(tmp_path_factory.mktemp("indexed") / "data")
    outcome = shell.run("ingest", str(library), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return shell


@pytest.fixture
def own(indexed: CliHarness, tmp_path: Path) -> CliHarness:
    """A shell with a copy of the indexed data folder, to be changed; the model is the same."""
    shutil.copytree(indexed.data, tmp_path / "data", ignore=shutil.ignore_patterns("models", "serve.log"))
    (tmp_path / "data" / "models").symlink_to(indexed.data / "models")
    return CliHarness(tmp_path / "data")


class InProcessCli:
    """Types commands in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str, stdin: str = "", **settings: str) -> CommandResult:
        for name, value in settings.items():
            self._monkeypatch.setenv(name, value)
        self._monkeypatch.setattr(sys, "argv", ["assistant", *words])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = run()
        except SystemExit as exc:
            code = int(exc.code or 0)
        gc.enable()  # serve starts without it
        return CommandResult(code, *self._capsys.readouterr())

    def batch(self, *words: str, items: Sequence[object]) -> list[Any]:
        """The lines that a command answers to *items*."""
        outcome = self(*words, "--batch", "-", stdin="".join(json.dumps(item) + "\n" for item in items))
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.lines


@pytest.fixture(autouse=True)
def default_logging() -> Iterator[None]:
    """Every command configures its log to the stderr of its test, which is closed when the test is over."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def type_(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> InProcessCli:
    """A terminal where nothing is indexed."""
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    return InProcessCli(monkeypatch, capsys)


@pytest.fixture(scope="session")
def embedder(indexed: CliHarness) -> Embedder:
    """The real model, loaded once for all commands that are typed in this process."""
    return build_embedder("local", indexed.data / "models")


@pytest.fixture
def asks(
    type_: InProcessCli, indexed: CliHarness, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> InProcessCli:
    """A terminal where the library is indexed; not to be changed."""
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(indexed.data))
    monkeypatch.setattr("assistant.app.embedder.open_embedder", lambda *_: embedder)
    return type_


@pytest.fixture
def changes(asks: InProcessCli, own: CliHarness, monkeypatch: pytest.MonkeyPatch) -> InProcessCli:
    """A terminal where the library is indexed, in a folder of this test's own."""
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(own.data))
    return asks
