"""How commands print: data as JSON lines, progress as a bar on a terminal, everything else as plain lines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.domain.errors import BadInput, SetupError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Batch = Annotated[
    str | None, typer.Option("--batch", metavar="FILE", help="Read JSON lines from FILE (- is stdin).")
]

Steps = Callable[[str, int, int], None]


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def batch(file: str) -> Iterator[dict[str, Any]]:
    """The JSON lines of *file* (`-` is stdin); BadInput names the line that is none."""
    try:
        with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8") as source:
            for number, line in enumerate(source, start=1):
                if line.strip():
                    yield _object(line, file, number)
    except (OSError, UnicodeDecodeError) as exc:
        raise SetupError(f"{file} cannot be read ({exc}).") from exc


def _object(line: str, file: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{file}, line {number}: not a JSON object ({exc}).") from exc
    if not isinstance(value, dict):
        raise BadInput(f"{file}, line {number}: not a JSON object.")
    return value


def text_of(item: dict[str, Any]) -> str:
    text = item.get("text")
    if not isinstance(text, str):
        raise BadInput(f'Item {item.get("id")!r} has no "text".')
    return text


@contextmanager
def bar() -> Iterator[Steps]:
    """A progress bar per stage, on stderr; on something that is no terminal a line per stage."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def steps(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield steps


def _lines() -> Steps:
    """Says each stage when it begins and when it ends."""
    said: set[tuple[str, bool]] = set()

    def steps(stage: str, done: int, total: int) -> None:
        ended = total > 0 and done >= total
        if (stage, ended) not in said and (ended or not done):
            said.add((stage, ended))
            print(f"{stage}: {done}/{total}" if ended else f"{stage} …", file=sys.stderr, flush=True)

    return steps
