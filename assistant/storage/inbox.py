"""SQL of the inbox: which conversations a filter takes, in which order, and a page of them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.callbacks import OPEN_CALLBACKS
from assistant.domain.conversation import State
from assistant.domain.inbox import PRIORITY_RANK, InboxFilter, InboxPlace
from assistant.storage import tables as t
from assistant.storage.desk_tables import callbacks, followers, mentions

C = t.conversations.c
RANK = sa.case(dict(PRIORITY_RANK.items()), value=C.priority)
WAITED_FROM = sa.func.coalesce(C.waiting_since, C.updated_at)


def build_conditions(wanted: InboxFilter) -> list[sa.ColumnElement[bool]]:
    """What a conversation must fulfil."""
    found: list[sa.ColumnElement[bool]] = [
        C[name] == value
        for name in ("state", "channel", "language", "reason", "priority")
        if (value := getattr(wanted, name)) is not None
    ]
    found += _build_membership(wanted)
    if wanted.begun_before is not None:
        found.append(C.created_at <= wanted.begun_before)
    if wanted.waiting_since is not None:
        found.append(C.waiting_since <= wanted.waiting_since)
    if wanted.snoozed is not None:
        found.append(C.snoozed_until.is_not(None) if wanted.snoozed else C.snoozed_until.is_(None))
    if wanted.sla is not None:
        near = sa.and_(C.sla_warn_at <= wanted.now, C.sla_due_at > wanted.now)
        found.append(near if wanted.sla == "at_risk" else C.sla_due_at <= wanted.now)
    return found


def _build_membership(wanted: InboxFilter) -> list[sa.ColumnElement[bool]]:
    """Whose they are, and what hangs on them."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.agent is not None:
        found += [C.agent == wanted.agent, C.state == State.AGENT]
    if wanted.tag is not None:
        tagged = t.conversation_tags.c
        found.append(C.id.in_(sa.select(tagged.conversation).where(tagged.tag == wanted.tag)))
    if wanted.team is not None:
        members = t.team_members.c
        ours = sa.select(members.agent).where(members.team == wanted.team)
        found += [C.agent.in_(ours), C.state == State.AGENT]
    if wanted.mentioned is not None:
        named = mentions.c
        found.append(C.id.in_(sa.select(named.conversation).where(named.agent == wanted.mentioned)))
    if wanted.followed_by is not None:
        followed = followers.c
        found.append(C.id.in_(sa.select(followed.conversation).where(followed.agent == wanted.followed_by)))
    if wanted.callback:
        called = callbacks.c
        found.append(C.id.in_(sa.select(called.conversation).where(called.state.in_(OPEN_CALLBACKS))))
    return found


def build_inbox_page(wanted: InboxFilter, after: InboxPlace | None) -> sa.Select[Any]:
    """The conversations of *wanted* behind the place *after*, in the order of the list."""
    query = sa.select(t.conversations).where(*build_conditions(wanted))
    if wanted.is_queue:
        query = query.order_by(RANK, WAITED_FROM, C.id)
        return query if after is None else query.where(_is_behind_in_queue(after))
    query = query.order_by(C.updated_at.desc(), C.id.desc())
    if after is None:
        return query
    # The first condition alone is enough for an index; the second is exact.
    place = sa.tuple_(C.updated_at, C.id) < sa.tuple_(_bind_moment(after.moment), after.conversation)
    return query.where(C.updated_at <= after.moment, place)


def _is_behind_in_queue(after: InboxPlace) -> sa.ColumnElement[bool]:
    place = sa.tuple_(RANK, WAITED_FROM, C.id)
    return place > sa.tuple_(sa.literal(after.rank), _bind_moment(after.moment), after.conversation)


def _bind_moment(value: datetime) -> sa.BindParameter[datetime]:
    return sa.literal(value, C.updated_at.type)
