"""Build hooks: front end, prompts, tools and sample help go into the wheel; its README has whole links."""

import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

#: Content beside the code; `assistant/app/resources.py` looks for it there.
CONTENT = ("prompts", "tools", "knowledge_base")


class ContentHook(BuildHookInterface[Any]):
    """Builds the front end where it is missing or older than its sources, and adds the content."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if is_front_end_old(root):
            subprocess.run([root / "scripts" / "build-web"], check=True)
        if self.target_name == "wheel":
            build_data["force_include"] |= {
                str(root / name): f"assistant/resources/{name}" for name in CONTENT
            }


class ReadmeHook(MetadataHookInterface):
    """The long description of the package: README.md as it reads outside the repository."""

    def update(self, metadata: dict[str, Any]) -> None:
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": make_readme_standalone(text)}


def is_front_end_old(root: Path) -> bool:
    built = root / "assistant" / "api" / "static" / "widget.js"
    if not built.exists():
        return True
    sources = (
        path
        for path in (root / "web").rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(root).parts
    )
    return any(path.stat().st_mtime > built.stat().st_mtime for path in sources)


def make_readme_standalone(text: str) -> str:
    """*text* without diagrams, without tables of images, and with relative links as plain text."""
    text = re.sub(r"```mermaid\n.*?```\n\n?", "", text, flags=re.DOTALL)
    text = re.sub(
        r"(?:^\|.*\n)+", lambda table: "" if "![" in table[0] else table[0], text, flags=re.MULTILINE
    )
    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?://)[^)]+\)", r"\1", text)
