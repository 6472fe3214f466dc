"""Every command from the outside, as far as it needs no model: help, wrong usage, wrong settings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from tests.cli.conftest import InProcessCli
from tests.cli.shell import CliHarness

COMMANDS = [
    ("serve",), ("ingest",), ("search",), ("ask",), ("chat",), ("assess",), ("doctor",), ("migrate",),
    ("prepare",),
    ("agent",), ("agent", "add"), ("agent", "list"), ("agent", "token"),
    ("agent", "password"), ("agent", "revoke"), ("agent", "remove"),
]  # fmt: skip
HEAVY = ["chromadb", "onnxruntime", "openai", "langchain", "numpy", "sqlalchemy", "fastapi", "sudachipy"]
#: Of these, what the web process is made of.
NEEDED = ["sqlalchemy", "fastapi"]
LOUD = {"ASSISTANT_LOG_LEVEL": "warning"}


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=" ".join)
def test_every_command_has_help(type_: InProcessCli, words: tuple[str, ...]) -> None:
    outcome = type_(*words, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: assistant")


def test_help_lists_every_command(type_: InProcessCli) -> None:
    helped = type_("--help").out + type_("agent", "--help").out
    assert [name for words in COMMANDS for name in words if f"  {name} " not in helped] == []


def test_help_loads_nothing_heavy() -> None:
    look = f"import sys, assistant.cli; print([n for n in {HEAVY} if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_web_process_starts_without_what_only_some_installations_need() -> None:
    rare = ("authlib", "joserfc", *(name for name in HEAVY if name not in NEEDED))
    start = "import sys, assistant.app.web_app; from assistant.api import build_routes; build_routes()"
    look = f"{start}; print([n for n in {rare} if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("settings", "shown"), [({}, ["two"]), (LOUD, ["one", "two"])], ids=["quiet", "loud"]
)
def test_commands_log_to_stderr_and_only_errors_unless_told(
    type_: InProcessCli, capsys: pytest.CaptureFixture[str], settings: dict[str, str], shown: list[str]
) -> None:
    assert type_("doctor", "--help", **settings).err == ""
    log = structlog.get_logger()
    log.warning("one")
    log.error("two")
    said = capsys.readouterr()
    assert said.out == ""
    assert [json.loads(line)["event"] for line in said.err.splitlines()] == shown


def test_the_module_and_the_command_are_the_same(tmp_path: Path) -> None:
    outcome = CliHarness(tmp_path / "data").run("--help")
    assert (outcome.code, outcome.err) == (0, "")
    command = Path(sys.executable).with_name("assistant")
    typed = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert typed.stdout == outcome.out


@pytest.mark.parametrize(
    "words",
    [
        (), ("frobnicate",), ("--frobnicate",), ("agent",), ("agent", "frobnicate"), ("agent", "add"),
        ("agent", "token"), ("ingest",), ("search",), ("ask",), ("search", "x", "--batch", "-"),
        ("ask", "x", "--batch", "-"), ("search", "x", "-k", "0"), ("search", "x", "-k", "many"),
        ("search", "x", "y"), ("serve", "--port", "99999"), ("serve", "--port", "http"), ("assess", "x"),
        ("migrate", "now"), ("doctor", "--mend"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_exits_2_and_touches_nothing(
    type_: InProcessCli, tmp_path: Path, words: tuple[str, ...]
) -> None:
    outcome = type_(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage: assistant" in outcome.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ASSISTANT_SECRET_KEY", "changeme", "ASSISTANT_SECRET_KEY: is a placeholder or too short; use at"),
        ("ASSISTANT_SECRET_KEY", "short", "ASSISTANT_SECRET_KEY: is a placeholder or too short; use at"),
        ("ASSISTANT_IDENTITY_SECRET", "secret", "ASSISTANT_IDENTITY_SECRET: is a placeholder"),
        ("ASSISTANT_LANGUAGES", " , ", "ASSISTANT_LANGUAGES: name at least one language, for example ja,en"),
        ("ASSISTANT_DATABASE_URL", "mysql://x", "ASSISTANT_DATABASE_URL: begin it with postgresql://"),
        (
            "ASSISTANT_TRUSTED_PROXIES",
            "10.0.0.1/8",
            "ASSISTANT_TRUSTED_PROXIES: '10.0.0.1/8' is no address and",
        ),
        (
            "ASSISTANT_METRICS_TOKEN",
            "short",
            "ASSISTANT_METRICS_TOKEN: is a placeholder or too short; use at",
        ),
        ("ASSISTANT_API_DOCS", "all", "ASSISTANT_API_DOCS: Input should be 'public' or 'local'"),
        ("ASSISTANT_QUIET_SECONDS", "soon", "ASSISTANT_QUIET_SECONDS: Input should be a valid number"),
        ("ASSISTANT_QUIET_SECONDS", "-1", "ASSISTANT_QUIET_SECONDS: Input should be greater than or equal"),
        ("ASSISTANT_TURN_DEADLINE_SECONDS", "0", "ASSISTANT_TURN_DEADLINE_SECONDS: Input should be greater"),
    ],
)
def test_a_wrong_setting_is_named_with_its_mend(
    type_: InProcessCli, name: str, value: str, says: str
) -> None:
    assert type_("agent", "list", **{name: value}).refusal().startswith(f"assistant: {says}")


def test_a_refused_secret_is_not_printed(type_: InProcessCli) -> None:
    outcome = type_("serve", ASSISTANT_SECRET_KEY="hunter2hunter2")
    assert "hunter2" not in outcome.refusal()


def test_several_wrong_settings_are_one_line(type_: InProcessCli) -> None:
    outcome = type_("agent", "list", ASSISTANT_SECRET_KEY="changeme", ASSISTANT_LANGUAGES=",")
    assert "ASSISTANT_SECRET_KEY" in outcome.refusal()
    assert "ASSISTANT_LANGUAGES" in outcome.err


def test_settings_may_stand_in_a_file(type_: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ASSISTANT_LANGUAGES=,\n")
    assert "ASSISTANT_LANGUAGES" in type_("agent", "list").refusal()


def test_a_settings_file_that_is_not_utf_8_is_named(type_: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("ASSISTANT_PUBLIC_URL=http://店.example\n".encode("cp932"))
    assert ".env is not UTF-8; save it as UTF-8" in type_("agent", "list").refusal()


@pytest.mark.parametrize(
    "command", ["search x", "ask x", "ingest x", "serve --port 0", "agent list", "migrate"]
)
def test_a_file_in_place_of_the_data_folder_is_told(
    type_: InProcessCli, tmp_path: Path, command: str
) -> None:
    (tmp_path / "data").write_text("mine")
    refusal = type_(*command.split()).refusal()
    assert "cannot be written to" in refusal
    assert "set ASSISTANT_DATA_DIR" in refusal
    assert (tmp_path / "data").read_text() == "mine"


def test_a_data_folder_where_nothing_can_be_made_is_told(type_: InProcessCli) -> None:
    # Not even root can make a folder in /proc.
    assert "cannot be written to" in type_("migrate", ASSISTANT_DATA_DIR="/proc/yorisoi").refusal()


@pytest.mark.parametrize(
    "command", ["search x", "ask x", "ingest x", "serve --port 0", "agent list", "migrate"]
)
def test_a_database_that_is_garbage_is_told_and_left_alone(
    type_: InProcessCli, tmp_path: Path, command: str
) -> None:
    (tmp_path / "data").mkdir()
    garbage = b"no database " * 1_000
    (tmp_path / "data" / "yorisoi.db").write_bytes(garbage)
    refusal = type_(*command.split()).refusal()
    assert "yorisoi.db is not a usable database" in refusal
    assert "restore a backup" in refusal
    assert (tmp_path / "data" / "yorisoi.db").read_bytes() == garbage


def test_doctor_names_the_part_that_is_not_well(type_: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "yorisoi.db").write_bytes(b"no database " * 1_000)
    outcome = type_("doctor", "--json")
    assert "Not well: database" in outcome.refusal()
    found = {finding["part"]: finding for finding in outcome.lines}
    assert not found["database"]["well"]
    assert "restore a backup" in found["database"]["says"]


def test_migrate_makes_the_database_and_may_be_called_again(type_: InProcessCli, tmp_path: Path) -> None:
    for _ in range(2):
        assert type_("migrate").code == 0
    assert (tmp_path / "data" / "yorisoi.db").exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ASSISTANT_EMBEDDINGS": "/nowhere"}, "is no folder; set it to local, openai:NAME or a model's"),
        ({"ASSISTANT_EMBEDDINGS": "openai:x"}, "needs OPENAI_API_KEY"),
    ],
)
def test_an_embedding_model_that_cannot_be_had_is_told(
    type_: InProcessCli, settings: dict[str, str], says: str
) -> None:
    assert says in type_("search", "x", **settings).refusal()


@pytest.mark.parametrize("command", ["search", "ask"])
def test_an_empty_question_is_refused(type_: InProcessCli, command: str) -> None:
    assert "empty" in type_(command, "  ").refusal()


@pytest.mark.slow
def test_what_is_typed_in_another_encoding_is_told(tmp_path: Path) -> None:
    outcome = CliHarness(tmp_path / "data").run("agent", "add", "山田@店.example".encode("cp932"))
    assert "UTF-8" in outcome.refusal()


@pytest.mark.slow
def test_everything_is_utf_8_in_every_locale(tmp_path: Path) -> None:
    shell = CliHarness(tmp_path / "data").having(PYTHONIOENCODING="latin-1")
    added = shell.run("agent", "add", "mori@shop.example", "--name", "森 みどり", stdin="correct horse\n")
    assert (added.code, added.err) == (0, "")
    assert [agent["name"] for agent in shell.run("agent", "list", "--json").json] == ["森 みどり"]


def test_a_language_without_sentences_is_refused_with_those_that_exist(type_: InProcessCli) -> None:
    refusal = type_("agent", "list", ASSISTANT_LANGUAGES="ja,fr").refusal()
    assert "ASSISTANT_LANGUAGES: there are no sentences in 'fr'; there are en, ja, ko" in refusal


def test_doctor_names_unknown_settings(type_: InProcessCli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def examine_nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr("assistant.cli.doctor._examine_knowledge", examine_nothing)
    said = type_("doctor", ASSISTANT_LANGUGES="en").out
    assert "ASSISTANT_LANGUGES is no setting; ASSISTANT_LANGUAGES is" in said
