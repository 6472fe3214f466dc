"""The package as somebody gets it: built, installed on its own, used outside the checkout."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest
from markdown_it import MarkdownIt

from assistant import __version__
from tests.cli.conftest import InProcessCli
from tests.cli.shell import CliHarness
from tests.test_house import ROOT

#: Installed by every environment of this Python; the packages come from the one that runs the tests.
PACKAGES = sysconfig.get_path("purelib")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution: both are complete, or this fails."""
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, "sdist", folder)
    with tarfile.open(folder / f"yorisoi-{__version__}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    build(folder / f"yorisoi-{__version__}", "wheel", folder)
    return folder / f"yorisoi-{__version__}-py3-none-any.whl"


def build(source: Path, target: str, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> CliHarness:
    """The command `yorisoi` in an empty folder; what it needs is installed, the checkout is not."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", symlinks=True)
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    install = [sys.executable, "-m", "pip", "--python", str(folder / "venv" / "bin" / "python"), "install"]
    subprocess.run([*install, "--no-deps", "--no-index", "-q", str(wheel)], check=True, timeout=120)
    # Paths named in a .pth file are not searched for .pth files, such as the one of the checkout.
    (packages / "tests.pth").write_text(PACKAGES)
    (folder / "empty" / "data").mkdir(parents=True)
    return CliHarness(folder / "empty" / "data", command=(str(folder / "venv" / "bin" / "yorisoi"),))


def read_metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"yorisoi-{__version__}.dist-info/METADATA"))


@pytest.mark.slow
def test_a_wheel_serves_the_demo_and_answers_outside_the_checkout(installed: CliHarness) -> None:
    with installed.serving("--demo") as service:
        talk = service.open("en")
        service.say(talk, "How much is delivery to Okinawa?")
        assert "1,320" in service.answer(talk)["text"]
        console = httpx2.get(f"{service.url}/console")
        assert console.status_code == 200
        assert "/console/assets/" in console.text
        for script in ("widget.js", "widget-panel.js"):
            loaded = httpx2.get(f"{service.url}/{script}")
            assert loaded.headers["content-type"].startswith("text/javascript")
        service.stop()
    asked = installed.run("ask", "未開封の商品の返品期限は何日ですか")
    assert asked.code == 0, asked.err
    assert "30日" in asked.out.replace(" ", "")


@pytest.mark.slow
def test_an_installed_program_uses_nothing_of_the_checkout(installed: CliHarness) -> None:
    python = Path(installed.command[0]).with_name("python")
    look = "import assistant.app.wiring as w, assistant.cli.demo as d; print(w.__file__, w.PROMPTS, d.SAMPLE)"
    done = subprocess.run([python, "-I", "-c", look], capture_output=True, text=True, check=True)
    own = str(python.parent.parent)
    assert all(path.startswith(own) and Path(path).exists() for path in done.stdout.split()), done.stdout


@pytest.mark.slow
def test_the_long_description_reads_outside_the_repository(wheel: Path) -> None:
    text = str(read_metadata(wheel).get_payload())
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<h1>Yorisoi" in html
    assert "<h2>Two commands</h2>" in html
    assert 'href="' not in html.replace('href="http', "")
    assert "<img" not in html
    assert "mermaid" not in html


@pytest.mark.slow
def test_the_package_names_its_version_and_what_it_runs_on(wheel: Path, installed: CliHarness) -> None:
    metadata = read_metadata(wheel)
    assert metadata["Version"] == __version__
    assert "Programming Language :: Python :: 3.13" in metadata.get_all("Classifier", [])
    assert installed.run("--version").out == f"yorisoi {__version__}\n"


def test_the_version_is_printed(type_: InProcessCli) -> None:
    outcome = type_("--version")
    assert (outcome.code, outcome.out) == (0, f"yorisoi {__version__}\n")


def test_completion_knows_the_commands(type_: InProcessCli) -> None:
    typed = type_("", _ASSISTANT_COMPLETE="complete_bash", COMP_WORDS="assistant re", COMP_CWORD="1")
    assert typed.out.split() == ["rehearse", "report", "restore"]
