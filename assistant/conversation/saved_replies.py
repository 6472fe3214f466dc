"""Saved replies: checked when they are written, filled in when they are used, imported from CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from assistant.conversation.tags import (
    MAX_TAGS_PER_CONVERSATION,
    find_or_add_tags,
    normalize_tag_name,
    tag_conversation,
)
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import MAX_TEXT
from assistant.domain.conversation import Conversation
from assistant.domain.desk_items import SavedReply, fill_variables, validate_variables
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

MAX_IMPORT_ROWS = 1_000
MAX_REPLIES = 5_000
MAX_NAME_CHARACTERS = 60
#: The columns of an import; language and tags may be missing.
COLUMNS = ("name", "text", "language", "tags")


def validate_reply(reply: SavedReply) -> SavedReply:
    """The reply as it is stored; BadInput when customers would read something wrong."""
    name, text = " ".join(reply.name.split()), reply.text.replace("\x00", "").strip()
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise BadInput(f"The name of a saved reply has 1 to {MAX_NAME_CHARACTERS} characters.")
    if not 1 <= len(text) <= MAX_TEXT:
        raise BadInput(f"The text of a saved reply has 1 to {MAX_TEXT} characters.")
    validate_variables(text)
    tags = tuple(dict.fromkeys(normalize_tag_name(tag) for tag in reply.tags))
    if len(tags) > MAX_TAGS_PER_CONVERSATION:
        raise BadInput(f"A saved reply has {MAX_TAGS_PER_CONVERSATION} tags at most.")
    if sum(value is not None for value in (reply.snooze_minutes, reply.team, reply.outcome)) > 1:
        raise BadInput("Sending a reply puts aside, gives to a team or ends: one of the three.")
    return replace(reply, name=name, text=text, tags=tags)


def save_reply(store: Store, reply: SavedReply, now: datetime) -> SavedReply:
    reply = validate_reply(reply)
    if store.saved_replies.get(reply.id) is None and store.saved_replies.count_all() >= MAX_REPLIES:
        raise BadInput(f"There are {MAX_REPLIES} saved replies already; remove some first.")
    _require_team(store, reply)
    find_or_add_tags(store, reply.tags, now)
    store.saved_replies.save(reply, now)
    return reply


def _require_team(store: Store, reply: SavedReply) -> None:
    if reply.team is not None and all(team.id != reply.team for team in store.teams.list_all()):
        raise BadInput(
            "The team of this saved reply does not exist any more; choose another.", team=reply.team
        )


def use_reply(
    store: Store, reply_id: str, conversation_id: str, agent: Agent, now: datetime
) -> tuple[str, Conversation]:
    """Its text for this customer; its tags are added, and the use is counted."""
    reply = find_reply(store, reply_id, agent)
    _require_team(store, reply)
    conversation = store.conversations.get(conversation_id)
    if reply.tags:
        present = store.tags.load_by_conversation([conversation.id]).get(conversation.id, ())
        names = [*(tag.name for tag in present), *reply.tags]
        tag_conversation(store, conversation.id, agent, names, now)
    store.saved_replies.count_use(reply.id, now)
    return render_reply(store, reply, conversation, agent), conversation


def find_reply(store: Store, reply_id: str, agent: Agent) -> SavedReply:
    """A reply of everybody or of the agent; NotFound for another's."""
    reply = store.saved_replies.get(reply_id)
    if reply is None or reply.agent not in (None, agent.id):
        raise NotFound("There is no such saved reply.")
    return reply


def render_reply(store: Store, reply: SavedReply, conversation: Conversation, agent: Agent) -> str:
    """The text with the variables filled in; a customer without a name is addressed without one."""
    language = reply.language or conversation.language
    name = store.customers.get(conversation.customer).name
    customer = words("customer_by_name", language, name=name) if name else words("customer_unnamed", language)
    return fill_variables(
        reply.text,
        {
            "customer_name": customer,
            "agent_name": agent.name,
            "channel": conversation.channel,
            "conversation_id": conversation.id,
        },
    )


def parse_replies_csv(text: str, owner: str | None) -> list[SavedReply]:
    """Replies of a CSV text with a header; BadInput names the first row that cannot be used.

    Its *line* is the number of the row, the header being 1: a row may have line breaks.
    """
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as exc:
        raise BadInput(f"Row {len(rows) + 1} is no CSV: {exc}.", line=len(rows) + 1) from exc
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if not {"name", "text"} <= set(header) or not set(header) <= set(COLUMNS):
        raise BadInput(f"The first row must name the columns: {', '.join(COLUMNS)}.", line=1)
    if len(rows) > MAX_IMPORT_ROWS + 1:
        raise BadInput(f"An import has {MAX_IMPORT_ROWS} rows at most.")
    found = []
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        try:
            found.append(_parse_row(dict(zip(header, row, strict=False)), owner))
        except BadInput as exc:
            raise BadInput(f"Row {number}: {exc}", **exc.details | {"line": number}) from exc
    return found


def _parse_row(row: dict[str, str], owner: str | None) -> SavedReply:
    tags = tuple(tag for tag in row.get("tags", "").split(";") if tag.strip())
    return validate_reply(
        SavedReply(
            id=uuid4().hex,
            agent=owner,
            name=row.get("name", ""),
            text=row.get("text", ""),
            language=row.get("language", "").strip()[:35] or None,
            tags=tags,
        )
    )


def import_replies(
    store: Store, replies: Sequence[SavedReply], agent: Agent, now: datetime
) -> tuple[int, int]:
    """Add them, or change those of the same name and language; how many of each."""
    known = {
        (one.agent, one.name, one.language): one.id for one in store.saved_replies.list_visible(agent.id)
    }
    changed = 0
    for reply in replies:
        before = known.get((reply.agent, reply.name, reply.language))
        changed += before is not None
        save_reply(store, replace(reply, id=before or reply.id), now)
        known[(reply.agent, reply.name, reply.language)] = before or reply.id
    return len(replies) - changed, changed
