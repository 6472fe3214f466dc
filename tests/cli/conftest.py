"""One small knowledge base, indexed once, for every test that searches."""

import gc
import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import run
from tests.cli.shell import Outcome, Shell

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
def indexed(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Shell:
    """A shell whose data folder holds the library; not to be changed."""
    shell = Shell(tmp_path_factory.mktemp("indexed") / "data")
    outcome = shell.run("ingest", str(library), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return shell


@pytest.fixture
def own(indexed: Shell, tmp_path: Path) -> Shell:
    """A shell with a copy of the indexed data folder, to be changed; the model is the same."""
    shutil.copytree(indexed.data, tmp_path / "data", ignore=shutil.ignore_patterns("models", "serve.log"))
    (tmp_path / "data" / "models").symlink_to(indexed.data / "models")
    return Shell(tmp_path / "data")


Type = Callable[..., Outcome]


@pytest.fixture
def type_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command in this process: for those that need no model. The data folder is empty."""
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def typed(*words: str, stdin: str = "", **settings: str) -> Outcome:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["assistant", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = run()
        except SystemExit as exc:
            code = int(exc.code or 0)
        gc.enable()  # serve starts without it
        return Outcome(code, *capsys.readouterr())

    return typed
