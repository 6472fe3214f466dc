"""Pages of the manual that are made from elsewhere: commands of the program, files beside the code."""

import re
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any

ROOT = Path(__file__).parents[1]
#: Page -> the file that it is.
COPIES = {
    "leads/articles.md": "knowledge_base/README.md",
    "widget.md": "web/README.md",
    "decisions.md": "DECISIONS.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Name headings as GitHub does, so that links hold in both places (an event of MkDocs)."""
    from pymdownx.slugs import slugify

    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages (an event of MkDocs)."""
    from mkdocs.structure.files import File

    for page, source in COPIES.items():
        text = (ROOT / source).read_text("utf-8")
        files.append(File.generated(config, page, content=text))
    files.append(File.generated(config, "cli.md", content=render_commands()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Let links point to pages of the manual; what is none of them is named as a path of the repository."""
    here = page.file.src_uri
    source = COPIES.get(here, f"docs/{here}")
    pages = {made: name for name, made in COPIES.items()}

    def replace_link(found: re.Match[str]) -> str:
        target = normpath(f"{dirname(source)}/{found[2]}").lstrip("/")
        name = pages.get(target, target.removeprefix("docs/") if target.startswith("docs/") else "")
        if here not in COPIES and files.get_file_from_path(normpath(f"{dirname(here)}/{found[2]}")):
            return found[0]
        if name and files.get_file_from_path(name):
            return f"[{found[1]}]({relpath(name, dirname(here) or '.')}{found[3] or ''})"
        return f"{found[1]} (`{target}`)" if found[1].strip("`") != target else f"`{target}`"

    return LINK.sub(replace_link, markdown)


def render_commands() -> str:
    """Every command with its help, as the program prints it."""
    import typer

    from assistant.cli import app

    group: Any = typer.main.get_command(app)
    top = group.make_context("assistant", [], resilient_parsing=True)
    parts = ["# Commands\n", "As `--help` prints them; `yorisoi` is the same program.\n"]
    parts += list_help(group, top, "assistant")
    return "\n".join(parts)


def list_help(command: Any, context: Any, name: str) -> list[str]:
    inner = getattr(command, "commands", {})
    if not inner:
        return [f"## {name}\n", f"```text\n{command.get_help(context)}\n```\n"]
    parts: list[str] = []
    for word, one in inner.items():
        child = one.make_context(word, [], parent=context, resilient_parsing=True)
        parts += list_help(one, child, f"{name} {word}")
    return parts
