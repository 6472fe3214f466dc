"""Erases customers and conversations with all dependent rows; the audit log records the erasure."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.customer_data import normalize_identity
from assistant.storage import tables as t
from assistant.storage.lead_tables import invitations
from assistant.storage.schema import metadata

#: Tables without personal data (`events` are ids of webhook calls, `attempts` hashes).
NOT_ABOUT_CUSTOMERS = frozenset(
    {"agents", "article_revisions", "articles", "attempts", "audit", "chunks", "collections"}
    | {"contradictions", "credentials", "dismissals", "events", "fact_imports", "foreign_desks", "gaps"}
    | {"improvements", "invitations", "webhook_endpoints"}
    | {"knowledge", "presence_intervals", "proofs", "replacements", "saved_replies", "setting_changes"}
    | {"sources", "synonyms", "tags", "team_members", "teams", "theme_events", "theme_runs", "themes"}
    | {"troubles", "vectors", "views"}
)
#: Columns that hold the id of a conversation or customer without a foreign key.
LOOSE = (t.journal.c.conversation, t.dead_letters.c.conversation, t.spending.c.key)
#: Facts by an identity, whoever has it; emptied with the customer.
BY_IDENTITY = (t.customer_facts, t.fact_import_changes)


class SqlErasure:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_customers(self, named: str) -> Sequence[str]:
        """Ids of customers by id, e-mail address, or CHANNEL:ID of an identity."""
        c, i = t.customers.c, t.identities.c
        channel, _, identity = named.partition(":")
        theirs = sa.select(i.customer).where(
            i.channel == channel.lower(), i.id.in_([identity, identity.lower()])
        )
        by_mail = sa.func.lower(c.email) == named.lower()
        writes = sa.select(i.customer).where(i.channel == "email", i.id.in_([named, named.lower()]))
        where = sa.or_(c.id == named, by_mail, c.id.in_(theirs), c.id.in_(writes))
        return self._connection.execute(sa.select(c.id).where(where).order_by(c.id)).scalars().all()

    def list_closed_before(self, moment: datetime, *, limit: int) -> Sequence[str]:
        """Conversations that were closed before *moment*, oldest first."""
        c = t.conversations.c
        query = sa.select(c.id).where(c.closed_at < moment).order_by(c.closed_at).limit(limit)
        return self._connection.execute(query).scalars().all()

    def list_idle_customers(self, moment: datetime, *, limit: int) -> Sequence[str]:
        """Customers created before *moment* who have no conversation left."""
        c = t.customers.c
        has = sa.exists().where(t.conversations.c.customer == c.id)
        query = sa.select(c.id).where(c.created_at < moment, ~has).limit(limit)
        return self._connection.execute(query).scalars().all()

    def erase_customers(self, customers: Sequence[str], *, journal: bool = True) -> int:
        """Erase these customers with everything they said; returns the number of deleted rows.

        *journal*: delete their journal entries too, which scans the whole journal; it holds only ids, for two
        days.
        """
        c = t.conversations.c
        theirs = self._connection.execute(sa.select(c.id).where(c.customer.in_(customers))).scalars().all()
        gone = self._delete_dead_letters(customers) + self._delete_facts(customers)
        gone += self.erase_conversations(theirs, journal=journal) + self._delete_loose_rows(
            customers, journal
        )
        return gone + self._delete_cascade(t.customers, t.customers.c.id.in_(customers))

    def erase_facts(self, named: str) -> int:
        """What other systems told of an e-mail address or CHANNEL:ID, whether or not anybody here has it."""
        kind, _, identity = named.partition(":")
        ours = [(kind.strip().lower(), normalize_identity(kind.strip(), identity))]
        ours.append(("email", normalize_identity("email", named)))
        return sum(
            self._delete_cascade(table, sa.tuple_(table.c.identity_type, table.c.identity).in_(ours))
            for table in BY_IDENTITY
        )

    def erase_conversations(self, conversations: Sequence[str], *, journal: bool = True) -> int:
        """Erase these conversations with all dependent rows; returns the number of deleted rows."""
        return self._delete_loose_rows(conversations, journal) + self._delete_cascade(
            t.conversations, t.conversations.c.id.in_(conversations)
        )

    def delete_journal_before(self, moment: datetime, *, limit: int) -> int:
        """Delete journal entries that no stream resumes from any more, oldest first; returns how many."""
        c = t.journal.c
        oldest = sa.select(c.id).order_by(c.id).limit(limit).subquery()
        where = sa.and_(c.id.in_(sa.select(oldest.c.id)), c.created_at < moment)
        return self._connection.execute(sa.delete(t.journal).where(where)).rowcount

    def delete_events_before(self, moment: datetime, *, limit: int) -> int:
        """Delete old event ids of messaging apps: none is delivered again so late."""
        c = t.events.c
        query = sa.select(c.channel, c.account, c.id).where(c.created_at < moment).limit(limit)
        rows = self._connection.execute(query).all()
        statement = sa.delete(t.events).where(sa.tuple_(c.channel, c.account, c.id).in_(rows))
        return self._connection.execute(statement).rowcount if rows else 0

    def delete_dead_letters_before(self, moment: datetime) -> int:
        """Forget what failed, and what it said, with the conversations of that time."""
        return self._delete_cascade(t.dead_letters, t.dead_letters.c.created_at < moment)

    def delete_expired(self, now: datetime) -> int:
        """Delete expired sessions, tokens and codes."""
        tables = (t.credentials, t.link_codes, t.attempts, t.one_time_codes, invitations)
        return sum(self._delete_cascade(table, table.c.expires_at < now) for table in tables)

    def _delete_dead_letters(self, customers: Sequence[str]) -> int:
        """What these people sent and we failed to take in."""
        i, c = t.identities.c, t.dead_letters.c
        # The place is the channel, or the channel and an account.
        place = sa.or_(c.conversation == i.channel, c.conversation.like(i.channel + " %"))
        theirs = sa.exists().where(i.customer.in_(customers), i.id == c.peer, place)
        return self._delete_cascade(t.dead_letters, theirs)

    def _delete_facts(self, customers: Sequence[str]) -> int:
        """What other systems told of these people, by their identities and their address."""
        i, c = t.identities.c, t.customers.c
        gone = 0
        for table in BY_IDENTITY:
            same = sa.or_(
                i.id == table.c.identity,
                sa.and_(i.channel == "email", sa.func.lower(i.id) == table.c.identity),
            )
            by_identity = sa.exists().where(
                i.customer.in_(customers), i.channel == table.c.identity_type, same
            )
            by_mail = sa.exists().where(
                c.id.in_(customers),
                table.c.identity_type == "email",
                sa.func.lower(c.email) == table.c.identity,
            )
            gone += self._delete_cascade(table, sa.or_(by_identity, by_mail))
        return gone

    def _delete_loose_rows(self, ids: Sequence[str], journal: bool) -> int:
        columns = [column for column in LOOSE if ids and (journal or column.table is not t.journal)]
        return sum(self._delete_cascade(column.table, column.in_(ids)) for column in columns)

    def _delete_cascade(self, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
        """Delete rows, after the rows of other tables that refer to them."""
        gone = 0
        for other in metadata.sorted_tables:
            for key in other.foreign_keys:
                if key.column.table is table:
                    gone += self._delete_cascade(other, key.parent.in_(sa.select(key.column).where(where)))
        return gone + self._connection.execute(sa.delete(table).where(where)).rowcount
