"""`tools import` and `tools check`: what can be done for customers, from an OpenAPI document."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.domain.errors import BadInput, SetupError, TooLarge

if TYPE_CHECKING:
    from assistant.app.settings import Settings
    from assistant.domain.actions import Tool
    from assistant.tools.openapi_import import OpenApiDocument

app = typer.Typer(help="What can be done for customers.", no_args_is_help=True)

FETCH_SECONDS = 30.0


@app.command("import")
def import_tools(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="An OpenAPI 3 document.")],
    only: Annotated[list[str], typer.Option(help="Names to import; without it all that can be.")] = [],  # noqa: B006
    server: Annotated[str, typer.Option(help="Address of the API, if not as the document says.")] = "",
    token: Annotated[str, typer.Option(help="Variable with its bearer token: TOOL_TOKEN_…")] = "",
    folder: Annotated[
        Path | None, typer.Option(help="Where the files go; without it ASSISTANT_TOOLS.")
    ] = None,
) -> None:
    """Write a file for each operation, to be reviewed; files that are there stay as they are."""
    from assistant.app.settings import load_settings
    from assistant.domain.tool_sources import TOKEN_NAME

    settings = load_settings()
    if token and not TOKEN_NAME.fullmatch(token):
        raise BadInput("--token is the name of a variable TOOL_TOKEN_…; its value stays in the environment.")
    target = select_folder(settings, folder)
    content = read_document(source, allow_private=settings.ingest_private)
    for line in write_drafts(content, source, target, only=only, server=server, token=token):
        print(line)


@app.command("check")
def check_tools(
    folder: Annotated[Path | None, typer.Option(help="Without it ASSISTANT_TOOLS.")] = None,
) -> None:
    """Read all tools, those too that nobody has reviewed; exit 1 at the first mistake."""
    from assistant.app.settings import load_settings
    from assistant.tools.catalogue import load_all_tools

    for tool in load_all_tools(select_folder(load_settings(), folder)).values():
        print(describe_tool(tool))


def describe_tool(tool: Tool) -> str:
    where = tool.source.url if tool.source else "business's system"
    state = "in use" if tool.is_reviewed else "not reviewed, not used"
    return f"{tool.name}: {tool.effect.value}, identity {int(tool.min_identity)}, {where}: {state}"


def select_folder(settings: Settings, folder: Path | None) -> Path:
    found = folder or settings.tools
    if found is None:
        raise SetupError("Name the folder of your tools: --folder, or ASSISTANT_TOOLS.")
    if not found.is_dir():
        raise SetupError(f"tools {found}: no such folder")
    return found


def read_document(source: str, *, allow_private: bool) -> bytes:
    """The bytes of a file or of an address; BadInput, TooLarge."""
    from assistant.tools.openapi_import import MAX_DOCUMENT_BYTES

    if source.startswith(("http://", "https://")):
        return asyncio.run(fetch_document(source, allow_private=allow_private))
    try:
        with Path(source).open("rb") as file:
            content = file.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{source} cannot be read ({error.strerror}).") from error
    if len(content) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"{source} is larger than {MAX_DOCUMENT_BYTES // 1024 // 1024} MB.")
    return content


async def fetch_document(url: str, *, allow_private: bool, inner: Any = None) -> bytes:
    """The document at an address that may lead anywhere; *inner*: instead of the network."""
    import httpx

    from assistant.knowledge.ingest.addresses import resolve_public_addresses
    from assistant.tools.http_answers import read_body
    from assistant.tools.openapi_import import MAX_DOCUMENT_BYTES
    from assistant.trackers.http import build_client

    async def resolve_host(host: str, port: int) -> list[str]:
        return await resolve_public_addresses(host, port, allow_private=allow_private)

    try:
        async with (
            asyncio.timeout(FETCH_SECONDS),
            build_client(resolve_host, inner) as client,
            client.stream("GET", url) as response,
        ):
            content = await read_body(response, MAX_DOCUMENT_BYTES)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise BadInput(f"{url} does not answer ({type(error).__name__}).") from error
    if response.status_code != 200:
        raise BadInput(f"{url} answers {response.status_code}; give the final address of the document.")
    if content is None:
        raise TooLarge(f"{url} is larger than {MAX_DOCUMENT_BYTES // 1024 // 1024} MB.")
    return content


def write_drafts(
    content: bytes, source: str, folder: Path, *, only: list[str], server: str, token: str
) -> list[str]:
    """Write the files that are not there yet; a line for each operation."""
    from assistant.tools.catalogue import MAX_TOOLS
    from assistant.tools.openapi_import import OpenApiDocument

    document = OpenApiDocument(content)
    base = server or document.get_server()
    if not base.startswith(("https://", "http://")):
        raise BadInput("The document names no address of its API: give it as --server https://HOST/PATH.")
    lines, drafts = _render_drafts(document, source, base, token, only)
    kept = {file.stem for file in folder.glob("*.yaml")}
    if missing := sorted(set(only) - drafts.keys()):
        raise BadInput(f"There is no usable operation {missing[0]!r}.")
    if len(kept | drafts.keys()) > MAX_TOOLS:
        raise BadInput(f"That would be more than {MAX_TOOLS} tools; name those that you need with --only.")
    lines += [f"left as it is: {name}.yaml" for name in sorted(kept & drafts.keys())]
    for name in sorted(drafts.keys() - kept):
        tool = write_draft(folder / f"{name}.yaml", drafts[name])
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


def _render_drafts(
    document: OpenApiDocument, source: str, base: str, token: str, only: list[str]
) -> tuple[list[str], dict[str, str]]:
    """Why operations are left out, and name -> file of the others."""
    from assistant.tools.drafts import build_argument_block, render_draft
    from assistant.tools.openapi_import import Unusable, join_server

    lines, drafts = [], {}
    for method, path, row, item in document.list_operations():
        try:
            operation = document.read_operation(method, path, row, item)
        except Unusable as why:
            lines.append(f"left out: {method.upper()} {_clean_path(path)}: {why}")
            continue
        if only and operation.name not in only:
            continue
        block: dict[str, Any] = {"method": method.upper(), "url": join_server(base, path)}
        block |= {"token": token} if token else {}
        block["arguments"] = build_argument_block(operation.arguments, has_places=True)
        drafts[operation.name] = render_draft(operation, source, {"api": block})
    return lines, drafts


def _clean_path(text: str) -> str:
    """A path of the document, for a terminal."""
    return "".join(character for character in text if character.isprintable())[:80]
