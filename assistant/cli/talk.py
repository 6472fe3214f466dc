"""`chat` and `assess`: conversations in the terminal, and reading recorded ones."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from assistant.cli.output import batch, print_json
from assistant.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.app import Service
    from assistant.domain.messages import Message
    from assistant.domain.turns import Meaning, ReadTurn
    from assistant.ports import Embedder
    from assistant.settings import Settings

#: How long the terminal waits for the next thing to be said.
PATIENCE_SECONDS = 60.0


def chat(
    lang: Annotated[str, typer.Option(help="Language to begin in.")] = "",
) -> None:
    """Talk with the assistant here; an empty line or Ctrl-D ends it."""
    from assistant.cli.alone import place
    from assistant.settings import load_settings, prepare_data_dir

    settings = load_settings()
    prepare_data_dir(settings.data_dir)
    # It works like a small service of its own; beside a real one, two would answer.
    with place(settings):
        asyncio.run(_chat(settings, lang))


async def _chat(settings: Settings, lang: str) -> None:
    from assistant.app import make_service
    from assistant.conversation.opening import Visitor, open_conversation
    from assistant.conversation.reception import close
    from assistant.conversation.wording import say
    from assistant.library import now

    service = await make_service(settings)
    async with service.running():
        database = service.knowledge.database
        visitor, key = Visitor(locale=lang or None), settings.identity_key()
        opened = await database.write(
            lambda store: open_conversation(store, visitor, key, settings.languages, now())
        )
        conversation = opened.conversation
        print(say("greeting", conversation.language))
        seen = 0
        while text := await asyncio.to_thread(_line):
            seen = await _exchange(service, conversation.id, text, seen)
        await database.write(lambda store: close(store, conversation.id, now()))


async def _exchange(service: Service, conversation: str, text: str, seen: int) -> int:
    """Say *text*, print what is answered; the seq of the last message that was printed."""
    from assistant.conversation.receive import receive
    from assistant.domain.messages import Author, Inbound
    from assistant.library import now

    database = service.knowledge.database
    inbound = Inbound(conversation=conversation, message_id=str(uuid4()), text=text)
    with service.wire.follow(conversation) as follower:
        await database.write(lambda store: receive(store, inbound, service.timing, now()))
        service.wire.ring(conversation)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            await follower.news(1.0)
            found = await database.read(lambda store: store.messages.public(conversation, after=seen))
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


def _line() -> str:
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
    """Signals and decision per customer turn of recorded dialogues (stdin, or --batch FILE)."""
    from assistant.settings import load_settings

    asyncio.run(_assess_all(load_settings(), policy, file, as_json))


async def _assess_all(settings: Settings, policy: str | None, file: str | None, as_json: bool) -> None:
    from assistant.library import open_embedder
    from assistant.llm.turn_encoder import turn_reading
    from assistant.settings import prepare_data_dir
    from assistant.signals.assess import assess as replayed
    from assistant.signals.reader import Reader

    rules = _policy(settings.policy)
    other = _policy(policy) if policy else None
    prepare_data_dir(settings.data_dir)
    embedder = open_embedder(settings)
    reader = Reader(languages=settings.languages)
    read_turn = turn_reading(settings.embeddings, settings.models_dir)
    for item in batch(file or "-"):
        turns = _turns(item)
        meanings = await _meanings(embedder, turns)
        labels = await _labels(read_turn, turns)
        before = replayed(turns, reader, rules, meanings, labels)
        if other is None:
            _print_assessment(item.get("id"), before, as_json or file is not None)
        else:
            _print_changes(item.get("id"), before, replayed(turns, reader, other, meanings, labels), as_json)


def _policy(path: Path | str | None) -> Any:
    from pathlib import Path

    from assistant.domain.policy import Policy
    from assistant.signals.policy_file import load_policy

    return load_policy(Path(path)) if path else Policy()


def _turns(item: dict[str, Any]) -> list[dict[str, Any]]:
    turns = item.get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise BadInput(f'Dialogue {item.get("id")!r} has no list of "turns"; give {{"author", "text"}} each.')
    return turns


async def _meanings(embedder: Embedder, turns: list[dict[str, Any]]) -> dict[str, Meaning]:
    """What each thing that the customer said means, as the reader takes it; none where that fails."""
    from assistant.conversation.think import MEANT
    from assistant.domain.errors import Unavailable
    from assistant.llm.embeddings import meant

    texts = {
        turn["text"]
        for turn in turns
        if turn.get("author") == "customer" and isinstance(turn.get("text"), str)
    }
    try:
        return {text: await meant(embedder, text[:MEANT]) for text in texts}
    except Unavailable:
        return {}


async def _labels(read_turn: ReadTurn | None, turns: list[dict[str, Any]]) -> dict[int, Mapping[str, float]]:
    """What each customer's line tells in its context, by its index; none where that cannot be read."""
    from assistant.signals.assess import said

    lines, found = said(turns), dict[int, Mapping[str, float]]()
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
    """What another policy would have decided differently."""
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
