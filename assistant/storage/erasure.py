"""Erases customers and conversations with all dependent rows; the audit log records the erasure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.customer_data import normalize_identity
from assistant.domain.people import normalize_email
from assistant.storage import tables as t
from assistant.storage.lead_tables import invitations
from assistant.storage.personal_data import (
    BY_IDENTITY,
    LOOSE,
    build_identity_filter,
    export_rows,
    iterate_dependents,
)
from assistant.storage.proactive_tables import consents

#: Tables without personal data (`events` are ids of webhook calls, `attempts` hashes).
NOT_ABOUT_CUSTOMERS = frozenset(
    {"agents", "article_revisions", "articles", "attempts", "audit", "chunks", "collections"}
    | {
        "contradictions",
        "credentials",
        "digest_mails",
        "digests",
        "dismissals",
        "events",
        "fact_imports",
        "foreign_desks",
        "gaps",
    }
    | {
        "improvements",
        "invitations",
        "provider_subjects",
        "push_counts",
        "removed_people",
        "webhook_endpoints",
    }
    | {"knowledge", "presence_intervals", "proofs", "replacements", "saved_replies", "setting_changes"}
    | {"sources", "synonyms", "tags", "team_members", "teams", "theme_events", "theme_runs", "themes"}
    | {"rehearsals", "tracked_issues", "troubles", "vectors", "views"}
)


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
        by_mail = sa.func.lower(c.email) == normalize_email(named)
        writes = sa.select(i.customer).where(i.channel == "email", i.id.in_([named, normalize_email(named)]))
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

    def erase_customers(
        self, customers: Sequence[str], *, journal: bool = True, keep_consents: bool = False
    ) -> int:
        """Erase these customers with everything they said; returns the number of deleted rows.

        *journal*: delete their journal entries too, which scans the whole journal; it holds only ids, for two
        days. *keep_consents*: of people who did not ask for it, so that a no to messages still holds when
        they come back.
        """
        c = t.conversations.c
        theirs = self._connection.execute(sa.select(c.id).where(c.customer.in_(customers))).scalars().all()
        gone = self._delete_dead_letters(customers) + self._delete_facts(customers, keep_consents)
        gone += self.erase_conversations(theirs, journal=journal) + self._delete_loose_rows(
            customers, journal
        )
        return gone + self._delete_cascade(t.customers, t.customers.c.id.in_(customers))

    def export_customers(self, customers: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Everything that an erasure of these customers would remove: table -> rows, as JSON has them."""
        return export_rows(self._connection, customers)

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

    def _delete_facts(self, customers: Sequence[str], keep_consents: bool) -> int:
        """What is kept by these people's identities and their address."""
        return sum(
            self._delete_cascade(table, build_identity_filter(table, customers))
            for table in BY_IDENTITY
            if not (keep_consents and table is consents)
        )

    def _delete_loose_rows(self, ids: Sequence[str], journal: bool) -> int:
        columns = [column for column in LOOSE if ids and (journal or column.table is not t.journal)]
        return sum(self._delete_cascade(column.table, column.in_(ids)) for column in columns)

    def _delete_cascade(self, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
        """Delete rows, after the rows of other tables that refer to them."""
        return sum(
            self._connection.execute(sa.delete(each).where(theirs)).rowcount
            for each, theirs in iterate_dependents(table, where)
        )
