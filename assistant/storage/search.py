"""The agents' search over messages, customers and tags of all time, and what keeps it complete."""

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.domain.confidential import mask_secrets
from assistant.domain.inbox import InboxFilter, SearchHit
from assistant.domain.messages import Message
from assistant.storage import tables as t
from assistant.storage.fulltext import build_entry_match
from assistant.storage.inbox import build_conditions
from assistant.storage.statements import build_insert, build_update
from assistant.text.search_terms import SearchPhrase, extract_search_terms, parse_search_query

E = t.search_entries.c
#: Entries read at first; twice as many each time after.
FIRST_BATCH = 100
#: Identities that nobody types: the ids that we give to visitors.
OWN_ID_PREFIX = "visitor:"


def index_message(connection: sa.Connection, message: Message) -> None:
    """Make a new message found; card numbers and secrets in it are not."""
    words = extract_search_terms(mask_secrets(message.text))
    row = {"conversation": message.conversation, "message": message.id, "words": words}
    connection.execute(build_insert(t.search_entries), row)


def reindex_message(connection: sa.Connection, conversation: str, message: str, text: str) -> None:
    """Find an edited or deleted message by its present text only."""
    values = {"at_conversation": conversation, "at_message": message}
    values["words"] = extract_search_terms(mask_secrets(text))
    connection.execute(build_update(t.search_entries, "conversation", "message"), values)


def index_conversation(connection: sa.Connection, conversation: str) -> None:
    """Make a conversation found by its customer's names, addresses and attributes, its tags and its id;
    card numbers and secrets in what people wrote are not."""
    words = extract_search_terms("\n".join(_list_facts(connection, conversation)))
    where = sa.and_(E.conversation == conversation, E.message.is_(None))
    changed = connection.execute(sa.update(t.search_entries).where(where).values(words=words))
    if changed.rowcount == 0:
        row = {"conversation": conversation, "message": None, "words": words}
        connection.execute(build_insert(t.search_entries), row)


def index_customer(connection: sa.Connection, customer: str) -> None:
    """The customer's facts have changed."""
    c = t.conversations.c
    for conversation in connection.execute(sa.select(c.id).where(c.customer == customer)).scalars().all():
        index_conversation(connection, conversation)


def _list_facts(connection: sa.Connection, conversation: str) -> list[str]:
    c, p, i, g = t.conversations.c, t.customers.c, t.identities.c, t.tags.c
    person = connection.execute(
        sa.select(p.id, p.name, p.email, p.attributes)
        .join(c.customer.table, c.customer == p.id)
        .where(c.id == conversation)
    ).one()
    identities = sa.select(i.id).where(i.customer == person.id, ~i.id.startswith(OWN_ID_PREFIX))
    tagged = t.conversation_tags.c
    tags = sa.select(g.name).join(t.conversation_tags, tagged.tag == g.id)
    written = [
        person.name,
        person.email,
        *map(str, person.attributes.values()),
        *connection.execute(tags.where(tagged.conversation == conversation)).scalars(),
    ]
    ids = [conversation, *connection.execute(identities).scalars()]
    return [*ids, *(mask_secrets(fact) for fact in written if fact)]


class SqlSearch:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_conversations(
        self, query: str, wanted: InboxFilter, *, before: int | None, limit: int
    ) -> Sequence[SearchHit]:
        """Conversations with an entry that has all of *query*, latest entry first; *before*: a position."""
        phrases = parse_search_query(query)
        if not phrases:
            return []
        found: dict[str, SearchHit] = {}
        shown: set[str] = set()
        place, batch = before, FIRST_BATCH
        while len(found) < limit:
            entries = self._load_entries(phrases, wanted, place, batch)
            if before is not None:
                new = {entry.conversation for entry in entries} - shown - found.keys()
                shown |= self._find_shown(phrases, new, before)
            for entry in entries:
                if entry.conversation not in shown:
                    found.setdefault(entry.conversation, SearchHit(**entry._mapping))
            if len(entries) < batch:
                break
            place, batch = entries[-1].position, batch * 2
        return list(found.values())[:limit]

    def _load_entries(
        self, phrases: Sequence[SearchPhrase], wanted: InboxFilter, before: int | None, limit: int
    ) -> Sequence[sa.Row[tuple[int, str, str | None]]]:
        matched = build_entry_match(self._connection, phrases)
        position = matched.selected_columns[0]
        query = matched.add_columns(E.conversation, E.message)
        if self._connection.dialect.name == "sqlite":
            query = query.join(t.search_entries, E.position == position)
        if conditions := build_conditions(wanted):
            query = query.join(t.conversations, t.conversations.c.id == E.conversation).where(*conditions)
        if before is not None:
            query = query.where(position < before)
        return self._connection.execute(query.order_by(position.desc()).limit(limit)).all()

    def _find_shown(self, phrases: Sequence[SearchPhrase], conversations: set[str], before: int) -> set[str]:
        """Those of *conversations* that stand on an earlier page, by an entry from *before* on."""
        query = sa.select(E.conversation, E.words).where(
            E.conversation.in_(conversations), E.position >= before
        )
        return {
            row.conversation
            for row in self._connection.execute(query)
            if all(phrase.is_in(row.words) for phrase in phrases)
        }
