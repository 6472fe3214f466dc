"""`chat` and `assess`: conversations in the terminal, and analysis of recorded ones."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from assistant.cli.output import print_json, read_batch
from assistant.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.app.settings import Settings
    from assistant.app.worker_app import AssistantService
    from assistant.domain.messages import Message
    from assistant.domain.turns import ReadTurn, TextEmbedding
    from assistant.ports.models import Embedder

#: Seconds that the terminal waits for the next message.
PATIENCE_SECONDS = 60.0


def chat(
    lang: Annotated[str, typer.Option(help="Language to begin in.")] = "",
) -> None:
    """Chat with the assistant in the terminal; an empty line or Ctrl-D ends it."""
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.settings import load_settings
    from assistant.cli.instance_lock import hold_instance_lock

    settings = load_settings()
    prepare_data_dir(settings.data_dir)
    # It runs a worker of its own; beside `serve`, two workers would answer.
    with hold_instance_lock(settings):
        asyncio.run(_run_chat(settings, lang))


async def _run_chat(settings: Settings, lang: str) -> None:
    from assistant.app.knowledge_base import utc_now
    from assistant.app.worker_app import build_service
    from assistant.conversation.inbound.conversation_start import Visitor, open_conversation
    from assistant.conversation.inbound.customer_actions import close_conversation
    from assistant.conversation.templates import render_template

    service = await build_service(settings)
    async with service.run_tasks():
        database = service.knowledge.database
        visitor, key = Visitor(locale=lang or None), settings.load_identity_key()
        opened = await database.write(
            lambda store: open_conversation(store, visitor, key, settings.languages, utc_now())
        )
        conversation = opened.conversation
        print(render_template("greeting", conversation.language))
        seen = 0
        while text := await asyncio.to_thread(_read_line):
            seen = await _exchange_messages(service, conversation.id, text, seen)
        policy, pick_facts = service.dependencies.policy, service.assistant.pick_facts
        await database.write(
            lambda store: close_conversation(store, conversation.id, policy, pick_facts, utc_now())
        )


async def _exchange_messages(service: AssistantService, conversation: str, text: str, seen: int) -> int:
    """Send *text* and print the replies; returns the seq of the last printed message."""
    from assistant.app.knowledge_base import utc_now
    from assistant.conversation.inbound.receive import receive_inbound
    from assistant.domain.messages import Author, InboundMessage

    database = service.knowledge.database
    inbound = InboundMessage(conversation=conversation, message_id=str(uuid4()), text=text)
    with service.notifier.subscribe(conversation) as follower:
        await database.write(lambda store: receive_inbound(store, inbound, service.timing, utc_now()))
        service.notifier.notify(conversation)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            await follower.next_events(1.0)
            found = await database.read(lambda store: store.messages.list_public(conversation, after=seen))
            answers = [message for message in found if message.author is not Author.CUSTOMER]
            if answers:
                for message in answers:
                    _print_message(message)
                return answers[-1].seq
    return seen


def _print_message(message: Message) -> None:
    print(f"\n{message.text}")
    for cited in message.citations:
        print(f"  [{cited.n}] {cited.title}  {cited.url}")
    if message.buttons:
        print("  " + "  ".join(f"( {button.label} )" for button in message.buttons))


def _read_line() -> str:
    try:
        return input("\n> ").strip()
    except EOFError:
        return ""


def assess(
    policy: Annotated[
        str | None, typer.Option(help="A policy file to decide by instead; prints what would change.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--batch", metavar="FILE", help="JSON lines (- is stdin).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print signals and decision per customer turn of recorded dialogues (stdin, or --batch FILE)."""
    from assistant.app.settings import load_settings

    asyncio.run(_replay_dialogues(load_settings(), policy, file, as_json))


async def _replay_dialogues(settings: Settings, policy: str | None, file: str | None, as_json: bool) -> None:
    from assistant.answering.reader.turn_encoder import build_turn_reader
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.embedder import open_embedder
    from assistant.signals.replay import replay_transcript as replayed
    from assistant.signals.signal_reader import RuleSignalReader

    rules = _load_policy_file(settings.policy)
    other = _load_policy_file(policy) if policy else None
    prepare_data_dir(settings.data_dir)
    embedder = open_embedder(settings)
    reader = RuleSignalReader(languages=settings.languages)
    read_turn = build_turn_reader(settings.embeddings, settings.models_dir)
    for item in read_batch(file or "-"):
        turns = _parse_turns(item)
        meanings = await _embed_turns(embedder, turns)
        labels = await _read_turns(read_turn, turns)
        before = replayed(turns, reader, rules, meanings, labels)
        if other is None:
            _print_assessment(item.get("id"), before, as_json or file is not None)
        else:
            after = replayed(turns, reader, other, meanings, labels)
            _print_changes(item.get("id"), before, after, as_json)


def _load_policy_file(path: Path | str | None) -> Any:
    from pathlib import Path

    from assistant.app.policy_file import load_policy
    from assistant.domain.policy import Policy

    return load_policy(Path(path)) if path else Policy()


def _parse_turns(item: dict[str, Any]) -> list[dict[str, Any]]:
    turns = item.get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise BadInput(f'Dialogue {item.get("id")!r} has no list of "turns"; give {{"author", "text"}} each.')
    return turns


async def _embed_turns(embedder: Embedder, turns: list[dict[str, Any]]) -> dict[str, TextEmbedding]:
    """Text of each customer turn -> its vector; empty when embedding fails."""
    from assistant.conversation.turn.think import MAX_EMBEDDED_CHARACTERS
    from assistant.domain.errors import Unavailable
    from assistant.models.embeddings.factory import compute_meaning

    texts = {
        turn["text"]
        for turn in turns
        if turn.get("author") == "customer" and isinstance(turn.get("text"), str)
    }
    try:
        return {text: await compute_meaning(embedder, text[:MAX_EMBEDDED_CHARACTERS]) for text in texts}
    except Unavailable:
        return {}


async def _read_turns(
    read_turn: ReadTurn | None, turns: list[dict[str, Any]]
) -> dict[int, Mapping[str, float]]:
    """Index of each customer line -> the turn encoder's logits; empty when it cannot be opened."""
    from assistant.signals.replay import parse_transcript

    lines = parse_transcript(turns)
    found: dict[int, Mapping[str, float]] = {}
    for index, line in enumerate(lines):
        if read_turn is not None and line.author == "customer":
            labels = await read_turn(line.text, lines[:index])
            found |= {index: labels} if labels else {}
    return found


def _print_assessment(id_: Any, turns: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"id": id_, "turns": turns})
        return
    print(f"dialogue {id_}")
    for turn in turns:
        numbers = f"frustration {turn['frustration']:.2f}  unfamiliarity {turn['unfamiliarity']:.2f}"
        reason = f" ({turn['reason']})" if turn["reason"] else ""
        print(f"  turn {turn['turn']}: {numbers}  -> {turn['decision']}{reason}")


def _print_changes(
    id_: Any, before: list[dict[str, Any]], after: list[dict[str, Any]], as_json: bool
) -> None:
    """Print the turns that another policy would have decided differently."""
    changes = [
        {"turn": a["turn"], "from": [a["decision"], a["reason"]], "to": [b["decision"], b["reason"]]}
        for a, b in zip(before, after, strict=True)
        if (a["decision"], a["reason"]) != (b["decision"], b["reason"])
    ]
    if as_json:
        print_json({"id": id_, "changes": changes})
        return
    for change in changes:
        was, now = (" ".join(str(part) for part in change[key] if part) for key in ("from", "to"))
        print(f"dialogue {id_} turn {change['turn']}: {was} -> {now}")
    if not changes:
        print(f"dialogue {id_}: no change", file=sys.stderr)
