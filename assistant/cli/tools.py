"""`tools import`, `import-mcp` and `check`: what can be done for customers."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.domain.errors import BadInput, SetupError, TooLarge

if TYPE_CHECKING:
    from assistant.app.settings import Settings
    from assistant.domain.actions import Tool
    from assistant.domain.tool_sources import McpServer

app = typer.Typer(help="What can be done for customers.", no_args_is_help=True)

FETCH_SECONDS = 30.0
Only = Annotated[list[str], typer.Option(help="Names to import; without it all that can be.")]
Classify = Annotated[
    list[str],
    typer.Option(metavar="NAME=EFFECT[:IDENTITY]", help="Your word: read, write, irreversible; 2 to 4."),
]
Token = Annotated[str, typer.Option(help="Variable with its bearer token: TOOL_TOKEN_…")]
Folder = Annotated[Path | None, typer.Option(help="Where the files go; without it ASSISTANT_TOOLS.")]


@app.command("import")
def import_tools(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="An OpenAPI 3 document.")],
    only: Only = [],  # noqa: B006
    classify: Classify = [],  # noqa: B006
    server: Annotated[str, typer.Option(help="Address of the API, if not as the document says.")] = "",
    token: Token = "",
    folder: Folder = None,
) -> None:
    """Write a file for each operation, to be reviewed; files that are there stay as they are."""
    from assistant.app.settings import load_settings
    from assistant.cli.tool_drafts import parse_classes, render_api_drafts, write_drafts

    settings = load_settings()
    check_token(token)
    target, classes = select_folder(settings, folder), parse_classes(classify)
    content = read_document(source, allow_private=settings.ingest_private)
    found = render_api_drafts(content, source, classes, server=server, token=token)
    for line in write_drafts(found, target, only):
        print(line)


@app.command("import-mcp")
def import_server_tools(
    source: Annotated[str, typer.Argument(metavar="URL|COMMAND", help="An MCP server: HTTP or stdio.")],
    only: Only = [],  # noqa: B006
    classify: Classify = [],  # noqa: B006
    token: Token = "",
    folder: Folder = None,
) -> None:
    """Write a file for each tool of an MCP server, to be reviewed; files that are there stay as they are."""
    from assistant.app.settings import load_settings
    from assistant.cli.tool_drafts import parse_classes, render_server_drafts, write_drafts

    check_token(token)
    target, classes = select_folder(load_settings(), folder), parse_classes(classify)
    server = parse_server(source, token)
    from assistant.tools.mcp_import import list_server_tools  # its package may be missing

    tools = asyncio.run(list_server_tools(server, read_tokens()))
    found = render_server_drafts(server, tools, classes)
    for line in write_drafts(found, target, only):
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
    where = describe_source(tool)
    state = "in use" if tool.is_reviewed else "not reviewed, not used"
    return f"{tool.name}: {tool.effect.value}, identity {int(tool.min_identity)}, {where}: {state}"


def describe_source(tool: Tool) -> str:
    from assistant.domain.tool_sources import McpOperation

    if tool.source is None:
        return "business's system"
    if isinstance(tool.source, McpOperation):
        return f"mcp {tool.source.server.place}"
    return f"api {tool.source.url}"


def parse_server(source: str, token: str) -> McpServer:
    """The server at an address or behind a command; SetupError."""
    from assistant.domain.tool_sources import McpServer
    from assistant.tools.source_blocks import check_server

    is_address = source.startswith(("https://", "http://"))
    try:
        command = () if is_address else tuple(shlex.split(source))
    except ValueError as error:
        raise BadInput(f"{source[:80]!r} is no command ({error}).") from error
    server = McpServer(url=source if is_address else "", command=command, token=token)
    check_server(server, "import-mcp")
    return server


def check_token(token: str) -> None:
    from assistant.domain.tool_sources import TOKEN_NAME

    if token and not TOKEN_NAME.fullmatch(token):
        raise BadInput("--token is the name of a variable TOOL_TOKEN_…; its value stays in the environment.")


def read_tokens() -> dict[str, str]:
    from assistant.app.environment import load_environment
    from assistant.domain.tool_sources import TOKEN_NAME

    return {name: value for name, value in load_environment().items() if TOKEN_NAME.fullmatch(name)}


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
