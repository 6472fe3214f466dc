"""The house rules that a machine can check: sizes, what is public is documented, nothing names a registry."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.app.settings import Settings

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for top in ("assistant", "evals") for p in (ROOT / top).rglob("*.py"))
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
CONTRACT = (ROOT / "docs" / "contract.md").read_text("utf-8")

#: Raise one only with a reason in the same commit.
MAX_FILE = 300
MAX_FUNCTION = 50
MAX_FUNCTION_OF_TESTS = 40
#: Members of a protocol.
MAX_PORT = 7
MEMBERS = ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign
#: Written by a generator, one line for each column.
GENERATED = {"0001_the_first_schema.py", "0003_messaging_apps.py"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name not in GENERATED], ids=relative)
def test_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_FILE
    assert [name for name, size in functions(text) if size > MAX_FUNCTION] == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=relative)
def test_tests_stay_small(path: Path) -> None:
    assert [name for name, size in functions(path.read_text("utf-8")) if size > MAX_FUNCTION_OF_TESTS] == []


def functions(text: str) -> list[tuple[str, int]]:
    """Name and lines of every function."""
    nodes = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in nodes]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_every_module_says_what_lives_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_a_wide_port_says_why_it_is_wide() -> None:
    """More than seven members are a reason to split, or are given one."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "assistant" / "ports").rglob("*.py")]
    ports = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
    ]
    assert len(ports) > 30
    wide = [port for port in ports if sum(isinstance(n, MEMBERS) for n in port.body) > MAX_PORT]
    assert [port.name for port in wide if " because " not in (ast.get_docstring(port) or "")] == []


def test_only_the_worker_loop_catches_everything() -> None:
    broad = [
        relative(path)
        for path in SOURCES
        if path.parts[-3:-1] != ("evals",)
        and re.search(r"except (Base)?Exception\b|except:", path.read_text("utf-8"))
    ]
    assert broad == ["assistant/jobs/worker_loop.py"]


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    imported = set()
    for path in (ROOT / "assistant" / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names | {"assistant"}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    variable = name.upper() if name.startswith("openai") else f"ASSISTANT_{name.upper()}"
    assert f"`{variable}`" in SETTINGS


def test_every_command_is_documented() -> None:
    from assistant.cli import app

    names = [
        command.name or (command.callback and command.callback.__name__)
        for command in app.registered_commands
    ]
    assert [name for name in names if f"assistant {name}" not in CONTRACT] == []


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(targets) == sorted(described)


def test_nothing_names_a_package_registry() -> None:
    hosts = re.compile(
        "|".join(("py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian"))
    )
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.splitlines()]
    small = (file for file in files if file.is_file() and file.stat().st_size < 3_000_000)
    assert [relative(file) for file in small if hosts.search(file.read_text("utf-8", "replace"))] == []
