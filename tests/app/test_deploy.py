"""`deploy/` and the Dockerfile, as far as can be checked where no container runs: `scripts/check-deploy`."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from assistant import __version__
from assistant.api import build_routes
from assistant.app.environment import list_unknown_settings
from assistant.app.policy_file import load_policy, parse_policy
from assistant.app.settings import Settings
from assistant.cli import app
from tests.test_house import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
MANIFESTS = [
    (file.name, manifest)
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text("utf-8"))
]
UNITS = sorted((DEPLOY / "systemd").iterdir())
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
#: Of the Compose specification, as far as we use it.
SERVICE_KEYS = {
    *("build", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck", "image"),
    *("ports", "profiles", "restart", "security_opt", "stop_grace_period", "volumes"),
}


def list_commands() -> Iterator[str]:
    """Every `assistant …` that somebody's machine would run."""
    texts = [DOCKERFILE, *(file.read_text("utf-8") for file in (*DEPLOY.rglob("*.*ml"), *UNITS))]
    for text in texts:
        text = re.sub(r"\$*\(date [^)]*\)", "DATE", text)
        yield from re.findall(r"(?:^|[ /])(assistant [a-z][^&;`'\n]*)", text, re.MULTILINE)
        for words in re.findall(r"\[(\"?assistant\"?,[^\]]*)\]", text):
            yield " ".join(part.strip().strip('"') for part in words.split(","))


@pytest.mark.parametrize("command", sorted(set(list_commands())))
def test_every_command_parses(command: str) -> None:
    words = shlex.split(command)[1:]
    group: Any = typer.main.get_command(app)
    outer = group.make_context("assistant", words[:1], resilient_parsing=True)
    assert words[0] in group.commands
    group.commands[words[0]].make_context(words[0], words[1:], outer)


def test_the_commands_are_found() -> None:
    found = {command.split()[1] for command in list_commands()}
    assert found == {"serve", "migrate", "backup", "prepare"}


def test_every_variable_is_a_setting() -> None:
    """Of the image, of Compose, of Kubernetes, of systemd, and those that are commented out."""
    files = [ROOT / "Dockerfile", *(path for path in DEPLOY.rglob("*") if path.is_file())]
    text = "\n".join(file.read_text("utf-8") for file in files)
    found = dict.fromkeys(re.findall(r"ASSISTANT_[A-Z_]+[A-Z]", text), "x")
    assert len(found) > 12
    assert list_unknown_settings(found, Settings.model_fields) == []


def test_what_the_image_copies_is_there_and_what_it_asks_exists() -> None:
    sources = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)]
    assert [name for line in sources for name in line if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert [name for line in sources for name in line if name.strip("/") in ignored] == []
    asked = re.findall(r"127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
    assert asked == ["/readyz"]
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["10001"]
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) + [
        service["image"] for service in SERVICES.values()
    ]
    assert [image for image in images if not re.search(r":\d+\.\d+[.\d]*|@sha256:", image)] == []


def test_what_is_ours_has_the_version_of_the_package() -> None:
    texts = (file.read_text("utf-8") for file in DEPLOY.rglob("*.yaml"))
    assert {version for text in texts for version in re.findall(r"yorisoi:([\d.]+)", text)} == {__version__}


@pytest.mark.parametrize("name", SERVICES)
def test_compose_names_only_what_it_defines(name: str) -> None:
    service = SERVICES[name]
    assert service.keys() <= SERVICE_KEYS
    assert set(service.get("depends_on", {})) <= SERVICES.keys()
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        there = (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        assert there, source
    env = (DEPLOY / "env.example").read_text("utf-8")
    wanted = set(re.findall(r"\$\{(\w+)", json.dumps(service)))
    assert [each for each in wanted if not re.search(rf"^#?{each}=", env, re.MULTILINE)] == []


def test_the_policies_can_be_used() -> None:
    assert load_policy(DEPLOY / "policy.yaml").hours.days
    data = next(each["data"] for _, each in MANIFESTS if "policy.yaml" in each.get("data", {}))
    assert parse_policy(yaml.safe_load(data["policy.yaml"])).hours.days


@pytest.mark.slow
def test_kubernetes_knows_every_field() -> None:
    models: Any = pytest.importorskip("kubernetes.client.models", reason="comes with chromadb")
    for file, manifest in MANIFESTS:
        group = manifest["apiVersion"].rpartition("/")[2].capitalize()
        unknown = list(list_unknown_fields(models, f"{group}{manifest['kind']}", manifest))
        assert (file, unknown) == (file, [])


def list_unknown_fields(models: Any, kind: str, value: Any) -> Iterator[str]:
    """Fields that the type *kind* does not have, or that it needs and are missing."""
    if found := re.fullmatch(r"list\[(.+)\]", kind):
        for each in value:
            yield from list_unknown_fields(models, found[1], each)
    elif found := re.fullmatch(r"dict\(str, (.+)\)", kind):
        for each in value.values():
            yield from list_unknown_fields(models, found[1], each)
    elif hasattr(models, kind):
        names = {theirs: ours for ours, theirs in getattr(models, kind).attribute_map.items()}
        for name, inner in value.items():
            if name not in names:
                yield f"{kind}.{name}"
            else:
                yield from list_unknown_fields(
                    models, getattr(models, kind).openapi_types[names[name]], inner
                )
        local = {names[name]: inner for name, inner in value.items() if name in names}
        try:
            getattr(models, kind)(**local)
        except ValueError as error:
            yield f"{kind}: {error}"


def test_kubernetes_manifests_refer_to_what_is_there() -> None:
    text = json.dumps([manifest for _, manifest in MANIFESTS])
    names = {(each["kind"], each["metadata"]["name"]) for _, each in MANIFESTS}
    for kind, pattern in {
        "ConfigMap": r'"(?:configMapRef|configMap)": {"name": "([^"]+)"',
        "PersistentVolumeClaim": r'"claimName": "([^"]+)"',
        "Service": r'"service": {"name": "([^"]+)"',
    }.items():
        wanted = set(re.findall(pattern, text))
        assert wanted
        assert {(kind, name) for name in wanted} <= names
    paths = build_routes().openapi()["paths"].keys()
    probes = set(re.findall(r'"path": "(/(?:readyz|healthz))', text))
    assert probes == {"/readyz", "/healthz"}
    assert probes <= paths


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_its_units(unit: Path, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not there: units were not checked")
    for each in UNITS:  # the program is not installed here
        text = each.read_text("utf-8").replace("/opt/yorisoi/bin/assistant", "/bin/true")
        (tmp_path / each.name).write_text(text, "utf-8")
    command = [verify, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    own = [
        line
        for line in (done.stdout + done.stderr).splitlines()
        if str(tmp_path) in line or unit.name in line
    ]
    assert own == []
