"""The npm package that loads the widget: what would be published."""

import json
import re
import subprocess

import assistant
from tests.test_house import ROOT

LOADER = ROOT / "web" / "loader"


def test_the_loader_packs_with_its_types_and_nothing_else() -> None:
    command = ["npm", "pack", "./loader", "--dry-run", "--json", "--offline"]
    done = subprocess.run(
        [ROOT / "scripts" / "with-node", *command], capture_output=True, text=True, check=True, timeout=120
    )
    (packed,) = json.loads(done.stdout[done.stdout.index("[") :])
    assert packed["id"] == f"@yorisoi/widget@{assistant.__version__}"
    assert sorted(file["path"] for file in packed["files"]) == [
        "README.md",
        "index.d.ts",
        "index.js",
        "package.json",
    ]


def test_the_loader_types_every_command_and_event_of_the_widget() -> None:
    commands = (ROOT / "web" / "widget" / "commands.ts").read_text("utf-8")
    types = (LOADER / "index.d.ts").read_text("utf-8")
    events = re.search(r"const listeners.*= \{(.*)\};", commands)
    assert events
    taken = re.findall(r"^    (\w+): \(", commands, re.MULTILINE) + re.findall(r"(\w+): \[\]", events[1])
    assert len(taken) > 10
    assert [name for name in taken if not re.search(rf'"{name}"|^  {name}:', types, re.MULTILINE)] == []
