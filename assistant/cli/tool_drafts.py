"""Drafts of tools: what a source offers as files that wait for a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.actions import Effect, IdentityLevel
from assistant.domain.errors import BadInput, SetupError

if TYPE_CHECKING:
    import mcp_types

    from assistant.domain.actions import Tool
    from assistant.domain.tool_sources import McpServer
    from assistant.tools.drafts import Classification


@dataclass(slots=True)
class RenderedDrafts:
    """Name -> file, and a line for each operation that cannot be a tool."""

    files: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def parse_classes(words: Sequence[str]) -> Mapping[str, Classification]:
    """`get_order=read:2` as the operator's word on a tool; BadInput."""
    from assistant.tools.drafts import Classification

    found = {}
    for word in words:
        name, _, rest = word.partition("=")
        effect, _, level = rest.partition(":")
        try:
            identity = IdentityLevel(int(level)) if level else None
            found[name] = Classification(effect=Effect(effect), min_identity=identity)
        except ValueError as error:
            raise BadInput(f"--classify is NAME=read|write|irreversible[:2|3|4], not {word!r}.") from error
    return found


def render_api_drafts(
    content: bytes, source: str, classes: Mapping[str, Classification], *, server: str, token: str
) -> RenderedDrafts:
    """The operations of an OpenAPI document; BadInput, TooLarge."""
    from assistant.tools.drafts import Unusable, build_argument_block, classify_operation, render_draft
    from assistant.tools.openapi_import import OpenApiDocument, join_server

    document = OpenApiDocument(content)
    base = server or document.get_server()
    if not base.startswith(("https://", "http://")):
        raise BadInput("The document names no address of its API: give it as --server https://HOST/PATH.")
    found = RenderedDrafts()
    for method, path, row, item in document.list_operations():
        try:
            operation = classify_operation(document.read_operation(method, path, row, item), classes)
        except Unusable as why:
            found.left_out.append(f"left out: {method.upper()} {_clean_name(path)}: {why}")
            continue
        block: dict[str, Any] = {"method": method.upper(), "url": join_server(base, path)}
        block |= {"token": token} if token else {}
        block["arguments"] = build_argument_block(operation.arguments, has_places=True)
        found.files[operation.name] = render_draft(operation, source, {"api": block})
    return found


def render_server_drafts(
    server: McpServer, tools: Sequence[mcp_types.Tool], classes: Mapping[str, Classification]
) -> RenderedDrafts:
    """The tools that an MCP server offers."""
    from assistant.tools.drafts import Unusable, build_argument_block, classify_operation, render_draft
    from assistant.tools.mcp_import import read_tool

    found = RenderedDrafts()
    for tool in tools:
        try:
            operation = classify_operation(read_tool(tool), classes)
        except Unusable as why:
            found.left_out.append(f"left out: {_clean_name(tool.name)}: {why}")
            continue
        where: dict[str, Any] = {"url": server.url} if server.url else {"command": list(server.command)}
        where |= {"token": server.token} if server.token else {}
        arguments = build_argument_block(operation.arguments, has_places=False)
        block = {"mcp": where | {"tool": tool.name, "arguments": arguments}}
        found.files[operation.name] = render_draft(operation, server.place, block)
    return found


def write_drafts(found: RenderedDrafts, folder: Path, only: Sequence[str]) -> list[str]:
    """Write the files that are not there yet; a line for each operation."""
    from assistant.tools.catalogue import MAX_TOOLS

    names = {name for name in found.files if not only or name in only}
    kept = {file.stem for file in folder.glob("*.yaml")}
    if missing := sorted(set(only) - names):
        raise BadInput(f"There is no usable operation {missing[0]!r}.")
    if len(kept | names) > MAX_TOOLS:
        raise BadInput(f"That would be more than {MAX_TOOLS} tools; name those that you need with --only.")
    lines = [*found.left_out, *(f"left as it is: {name}.yaml" for name in sorted(kept & names))]
    for name in sorted(names - kept):
        tool = write_draft(folder / f"{name}.yaml", found.files[name])
        lines.append(f"wrote {name}.yaml: {tool.effect.value}; review it, then set reviewed: true")
    return lines


def write_draft(file: Path, text: str) -> Tool:
    """The file that was written; one that would stop the start is not left there."""
    from assistant.tools.catalogue import load_tool

    file.write_text(text, "utf-8")
    try:
        return load_tool(file)
    except SetupError:
        file.unlink()
        raise


def _clean_name(text: str) -> str:
    """A name of somebody else, for a terminal."""
    return "".join(character for character in text if character.isprintable())[:80]
