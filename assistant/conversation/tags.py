"""Tags of conversations: made by writing them, found by searching, taken away for all at once."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from assistant.domain.audit import format_actor as actor
from assistant.domain.desk_items import Tag
from assistant.domain.errors import BadInput
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

MAX_TAGS_PER_CONVERSATION = 20
#: Of all conversations together.
MAX_TAGS = 2_000
MAX_NAME_CHARACTERS = 60


def tag_conversation(
    store: Store, conversation_id: str, agent: Agent, names: Sequence[str], now: datetime
) -> Sequence[Tag]:
    """The conversation has exactly these tags from now on; new names become tags."""
    conversation = store.conversations.get(conversation_id)
    wanted = list(dict.fromkeys(normalize_tag_name(name) for name in names))
    if len(wanted) > MAX_TAGS_PER_CONVERSATION:
        raise BadInput(f"A conversation has {MAX_TAGS_PER_CONVERSATION} tags at most.")
    tags = find_or_add_tags(store, wanted, now)
    before = {tag.id for tag in store.tags.load_by_conversation([conversation.id]).get(conversation.id, ())}
    after = {tag.id for tag in tags}
    if before != after:
        store.tags.replace_tags(conversation.id, sorted(after))
        store.audit.append_entry(
            actor(agent.id),
            "tags",
            now,
            conversation=conversation.id,
            added=sorted(after - before),
            removed=sorted(before - after),
        )
        store.journal.append_entry(conversation.id, None, now)
    return tags


def find_or_add_tags(store: Store, names: Sequence[str], now: datetime) -> list[Tag]:
    """The tags of normalized names; those that do not exist are made."""
    return [store.tags.find_by_name(name) or _add_tag(store, name, now) for name in names]


def normalize_tag_name(name: str) -> str:
    """The name in one line; BadInput when nothing is left or too much is."""
    name = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", name).split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise BadInput(f"A tag has 1 to {MAX_NAME_CHARACTERS} characters.")
    return name


def _add_tag(store: Store, name: str, now: datetime) -> Tag:
    if len(store.tags.list_all()) >= MAX_TAGS:
        raise BadInput(f"There are {MAX_TAGS} tags already; remove some first.")
    store.tags.add(Tag(id=uuid4().hex, name=name), now)
    found = store.tags.find_by_name(name)  # another transaction may have been first
    assert found is not None
    return found
