"""`rehearse`: simulated customers as a release gate."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import AsJson, print_json, show_progress_bar
from assistant.domain.errors import BadInput, SetupError

if TYPE_CHECKING:
    from assistant.app.settings import Settings

DEFAULT_CUSTOMERS = 300
STAGE = "Simulated customers"
#: A line of progress where stderr is no terminal, every so many customers.
PRINTED_EVERY = 5


def rehearse(
    policy: Annotated[Path | None, typer.Option(help="A policy file; without it, what is in force.")] = None,
    knowledge: Annotated[
        Path | None, typer.Option(help="A folder of articles; without it, what is ingested.")
    ] = None,
    most: Annotated[int, typer.Option(help="So many customers.", min=1, max=20_000)] = DEFAULT_CUSTOMERS,
    seed: Annotated[int, typer.Option(help="Another number, other customers.")] = 1,
    html: Annotated[Path | None, typer.Option(help="Write all transcripts to this page.")] = None,
    as_json: AsJson = False,
) -> None:
    """Talk to the assistant as simulated customers; exit code 1 when a gate fails."""
    from assistant.app.settings import load_settings

    settings = load_settings()
    if policy is not None:
        settings = settings.model_copy(update={"policy": policy})
    last = _find_last_file(settings, knowledge)
    before = _load_result(last)
    result = asyncio.run(_rehearse(settings, knowledge, most, seed))
    _print_result(result, before, html, as_json=as_json)
    _save_result(last, result)
    if not result["passed"]:
        raise typer.Exit(1)


async def _rehearse(settings: Settings, folder: Path | None, most: int, seed: int) -> dict[str, Any]:
    from assistant.app import rehearsal
    from assistant.app.knowledge_base import build_policy
    from assistant.cli.knowledge import open_knowledge_session

    with show_progress_bar(otherwise=_print_stage) as steps:
        if folder is None:
            opened = open_knowledge_session(settings, beside_serve=True)
        else:
            opened = rehearsal.open_folder_knowledge(settings, folder)
        async with opened as knowledge:
            if folder is None:
                policy = await rehearsal.load_policy_in_force(settings, knowledge)
            else:
                policy = build_policy(settings)
            tools = rehearsal.load_simulated_tools(settings)
            options = rehearsal.RehearsalOptions(policy=policy, most=most, seed=seed, tools=tools)
            return await rehearsal.rehearse(
                settings, knowledge, options, lambda done, total: steps(STAGE, done, total)
            )


def _print_stage(_stage: str, done: int, total: int) -> None:
    if done % PRINTED_EVERY == 0 or done == total:
        print(f"{done}/{total} customers", file=sys.stderr, flush=True)


def _print_result(
    result: Mapping[str, Any], before: Mapping[str, Any] | None, html: Path | None, *, as_json: bool
) -> None:
    from assistant.rehearsal.html_report import render_html
    from assistant.rehearsal.rendering import render_conversation, render_flips, render_summary
    from assistant.rehearsal.report import list_flips, load_conversations

    conversations = load_conversations(result)
    flips = list_flips(load_conversations(before), conversations) if before else None
    if html is not None:
        _write_file(html, render_html(result, conversations, flips))
    if as_json:
        print_json(
            {**result, "flips": [{"key": one.after.key, "worse": one.is_worse} for one in flips or ()]}
        )
        return
    failed = [render_conversation(one) for one in conversations if one.failures]
    parts = [*failed, *([render_flips(flips)] if flips is not None else []), render_summary(result)]
    print("\n\n".join(parts))


def _find_last_file(settings: Settings, folder: Path | None) -> Path:
    """Where the last run is kept: one for what is ingested, one for each folder."""
    name = f"-{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}" if folder else ""
    return settings.data_dir / f"rehearsal{name}.json"


def _load_result(file: Path) -> Mapping[str, Any] | None:
    """None where there is no run before, or none that this version of the program can read."""
    from assistant.rehearsal.report import load_conversations

    try:
        found = json.loads(file.read_text("utf-8"))
        load_conversations(found)
    except (OSError, ValueError, RecursionError, BadInput):
        return None
    return dict(found)


def _save_result(file: Path, result: Mapping[str, Any]) -> None:
    from assistant.app.data_folder import prepare_data_dir

    prepare_data_dir(file.parent)
    new = file.with_suffix(".new")
    _write_file(new, json.dumps(result, ensure_ascii=False))
    new.replace(file)


def _write_file(file: Path, text: str) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as exc:
        raise SetupError(f"{file} cannot be written ({exc.strerror}); name another place.") from exc
