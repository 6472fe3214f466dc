"""The command line; slow imports stay inside the commands that need them."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from assistant import __version__
from assistant.cli import (
    agents,
    backup,
    channel,
    chat,
    customer_data,
    customer_rights,
    desk,
    doctor,
    insight,
    knowledge,
    rehearse,
    serve,
    tools,
)
from assistant.domain.errors import AssistantError

app = typer.Typer(
    name="assistant",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
#: Names under which the command is installed.
COMMANDS = ("assistant", "yorisoi")

app.command()(serve.serve)
app.command()(knowledge.ingest)
app.command()(knowledge.search)
app.command()(knowledge.ask)
app.command()(chat.chat)
app.command()(chat.assess)
app.command()(rehearse.rehearse)
app.add_typer(agents.app, name="agent")
app.add_typer(channel.app, name="channel")
app.add_typer(desk.app, name="desk")
app.command()(insight.report)
app.add_typer(insight.export_app, name="export")
app.add_typer(customer_data.app, name="data")
app.add_typer(customer_rights.app, name="customer")
app.add_typer(tools.app, name="tools")
app.command()(doctor.doctor)
app.command()(doctor.migrate)
app.command()(doctor.prepare)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(backup.erase)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yorisoi {__version__}")
        raise typer.Exit


@app.callback()
def set_options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Yorisoi: answers customers from your knowledge base and hands over to people."""
    from assistant.app.logs import configure_command_logging

    configure_command_logging()


def run() -> int:
    """Run the command line. Exit code: 0 success, 1 failure with one line on stderr, 2 wrong usage."""
    _configure_utf8()
    # Databases, keys, indexes, backups: files we write are readable by their owner only.
    os.umask(0o077)
    try:
        "".join(sys.argv).encode()  # lone surrogates are bytes that are not valid UTF-8
        name = Path(sys.argv[0]).name
        app(prog_name=name if name in COMMANDS else COMMANDS[0])
    except AssistantError as exc:
        print(f"assistant: {exc}", file=sys.stderr)
        return 1
    except UnicodeError as exc:
        print(
            f"assistant: Not UTF-8: a name, or something typed ({exc}); write it in UTF-8.", file=sys.stderr
        )
        return 1
    except BrokenPipeError:
        # The reader of our output (head, less) has closed it.
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return 130
    return 0


def _configure_utf8() -> None:
    """Use UTF-8 in any locale, because JSON is UTF-8; invalid bytes become lone surrogates."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
