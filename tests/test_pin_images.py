"""Base images are pinned by the digest that a registry gives, and by nothing else."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.test_house import ROOT

DIGEST = "sha256:" + "a1" * 32


def run(tmp_path: Path, answer: str) -> subprocess.CompletedProcess[str]:
    """The script on a copy of our files, with a stand-in for docker."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(f"#!/bin/sh\necho '{answer}'\n")
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"
    command = [ROOT / "scripts" / "pin-images", tmp_path]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)


def read_images(folder: Path) -> list[str]:
    files = [
        folder / "Dockerfile",
        folder / "deploy" / "compose.yaml",
        *folder.glob("deploy/kubernetes/*.yaml"),
    ]
    text = "\n".join(file.read_text("utf-8") for file in files)
    return [
        image
        for image in re.findall(r"^(?:FROM| *image:) (\S+)", text, re.MULTILINE)
        if "yorisoi" not in image
    ]


def test_every_base_image_gets_its_digest_and_twice_changes_nothing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Dockerfile", tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    tags = [image.partition("@")[0] for image in read_images(tmp_path)]
    assert len(tags) >= 6
    for _ in range(2):
        assert run(tmp_path, DIGEST).returncode == 0
        assert read_images(tmp_path) == [f"{tag}@{DIGEST}" for tag in tags]
    assert " AS web\n" in (tmp_path / "Dockerfile").read_text("utf-8")
    refused = run(tmp_path, "not found")
    assert refused.returncode == 1
    assert "No digest for" in refused.stderr
    assert read_images(tmp_path) == [f"{tag}@{DIGEST}" for tag in tags]
