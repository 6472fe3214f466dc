"""Output of commands: data as JSON lines, progress as a bar on a terminal, everything else as plain lines."""

import json
import re
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

StageProgress = Callable[[str, int, int], None]

#: Lone surrogates: JSON can express them, but no encoding can write them.
HALF = re.compile("[\ud800-\udfff]")


def print_json(value: Any) -> None:
    line = json.dumps(value, ensure_ascii=False)
    sys.stdout.write(HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", line) + "\n")
    sys.stdout.flush()


def read_batch(file: str) -> Iterator[dict[str, Any]]:
    """The JSON lines of *file* (`-` is stdin); BadInput names the invalid line."""
    try:
        with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8-sig") as source:
            for number, line in enumerate(source, start=1):
                if line.strip():
                    yield _parse_object(line, file, number)
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise SetupError(f"{file} cannot be read ({why}); give JSON lines in UTF-8.") from exc


def _parse_object(line: str, file: str, number: int) -> dict[str, Any]:
    if HALF.search(line):
        raise BadInput(f"{file}, line {number}: not UTF-8; save it as UTF-8.")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{file}, line {number}: not JSON ({exc}); give one object a line.") from exc
    if not isinstance(value, dict):
        raise BadInput(f'{file}, line {number}: not an object; write {{"id": …, …}}.')
    return value


def get_item_text(item: dict[str, Any]) -> str:
    text = item.get("text")
    if not isinstance(text, str):
        raise BadInput(f'Item {item.get("id")!r} has no "text"; give every line one, a string.')
    return text


def ignore_progress(_stage: str, _done: int, _total: int) -> None:
    """No progress where stderr is for failures only."""


@contextmanager
def show_progress_bar(otherwise: StageProgress = ignore_progress) -> Iterator[StageProgress]:
    """A progress bar per stage on a terminal's stderr; without a terminal *otherwise* is called."""
    if not sys.stderr.isatty():
        yield otherwise
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def update_bar(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield update_bar


def build_stage_printer() -> StageProgress:
    """Prints each stage when it begins and when it ends."""
    said: set[tuple[str, bool]] = set()

    def print_stage(stage: str, done: int, total: int) -> None:
        ended = total > 0 and done >= total
        if (stage, False) not in said:
            print(f"{stage} …", file=sys.stderr, flush=True)
        elif ended and (stage, True) not in said:
            print(f"{stage}: {done}/{total}", file=sys.stderr, flush=True)
        said.add((stage, ended))
        said.add((stage, False))

    return print_stage
