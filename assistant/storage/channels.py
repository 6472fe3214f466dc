"""SQL for messaging apps: threads, deliveries (outbox), and files that customers sent."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from assistant.domain.channels import Address, Delivery, DeliveryState, Media, Thread
from assistant.storage import tables as t
from assistant.storage.statements import (
    build_insert,
    build_insert_if_absent,
    build_select,
    build_update,
    build_upsert,
)
from assistant.storage.values import fit_foreign_id, fit_id

#: States in which a delivery is not finished.
UNDONE = (DeliveryState.WAITING, DeliveryState.SENDING)

HEAD = build_select(t.deliveries, "conversation").where(t.deliveries.c.state.in_(UNDONE))
HEAD = HEAD.order_by(t.deliveries.c.position).limit(1)


class SqlThreads:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def is_duplicate_event(self, channel: str, account: str, event: str, now: datetime) -> bool:
        """Dedup by the app's event id: whether this event was seen before. Marks it as seen."""
        row = {"channel": channel, "account": account, "id": fit_foreign_id(event)}
        added = self._connection.execute(
            build_insert_if_absent(self._connection, t.events), row | {"created_at": now}
        )
        return added.rowcount == 0

    def find_by_address(self, address: Address) -> Thread | None:
        return self._find_thread(
            channel=address.channel, account=address.account, peer=address.peer, thread=address.thread
        )

    def get(self, thread: str) -> Thread | None:
        return self._find_thread(id=thread)

    def find_by_conversation(self, conversation: str) -> Thread | None:
        """The thread of *conversation*; None on the web, or when it has moved to a newer conversation."""
        return self._find_thread(conversation=conversation)

    def list_by_customers(self, customers: Sequence[str]) -> Sequence[Thread]:
        """Threads of these customers, those that they last wrote in first."""
        c = t.threads.c
        query = sa.select(t.threads).where(c.customer.in_(customers)).order_by(c.heard_at.desc(), c.id)
        return [_parse_thread(row) for row in self._connection.execute(query).mappings()]

    def has_unproven_thread(self, address: Address, since: datetime) -> bool:
        """Whether another thread with this peer, active since *since*, began without proof of the sender."""
        c = t.threads.c
        there = sa.and_(c.channel == address.channel, c.account == address.account, c.peer == address.peer)
        query = sa.select(c.context).where(there, c.thread != address.thread, c.heard_at >= since)
        # Only the newest threads are checked: one sender may open thousands.
        found = self._connection.execute(query.order_by(c.heard_at.desc()).limit(50)).scalars()
        return any(context.get("unproven") for context in found)

    def save_thread(self, thread: Thread) -> None:
        """Insert or update a thread."""
        address = thread.address
        row = {
            "id": thread.id,
            "channel": address.channel,
            "account": address.account,
            "peer": address.peer,
            "thread": address.thread,
            "customer": thread.customer,
            "conversation": thread.conversation,
            "heard_at": thread.heard_at,
            "context": dict(thread.context),
            "unreachable": thread.unreachable,
            "whole": _collect_long_parts(address) or None,
        }
        self._connection.execute(build_upsert(self._connection, t.threads), row)

    def _find_thread(self, **values: str) -> Thread | None:
        row = self._connection.execute(build_select(t.threads, *values), values).mappings().first()
        return None if row is None else _parse_thread(row)


def _parse_thread(row: sa.RowMapping) -> Thread:
    found = dict(row)
    whole = found.pop("whole") or {}
    address = Address(**{field.name: found.pop(field.name) for field in fields(Address)} | whole)
    return Thread(address=address, **found)


def _collect_long_parts(address: Address) -> dict[str, str]:
    """Full values of the address parts whose columns hold only a hash."""
    parts = {"peer": address.peer, "thread": address.thread}
    return {name: value for name, value in parts.items() if fit_id(value, 255) != value}


class SqlDeliveries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, epoch: int, message: str, now: datetime) -> bool:
        """Queue *message* for delivery in its conversation's thread.

        Returns False on the web, where nothing is delivered.
        """
        thread = SqlThreads(self._connection).find_by_conversation(conversation)
        if thread is None:
            return False
        delivery = Delivery(
            id=str(uuid4()),
            conversation=conversation,
            message=message,
            thread=thread.id,
            epoch=epoch,
            created_at=now,
        )
        self._connection.execute(build_insert(t.deliveries), _build_row(delivery))
        return True

    def find_next(self, conversation: str) -> Delivery | None:
        """The first unfinished delivery: later ones wait for it."""
        row = self._connection.execute(HEAD, {"conversation": conversation}).mappings().first()
        return None if row is None else _parse_delivery(row)

    def save(self, delivery: Delivery) -> None:
        row = _build_row(delivery) | {"at_id": delivery.id}
        self._connection.execute(build_update(t.deliveries, "id"), row)

    def add_receipt(self, channel: str, delivery: str, platform_id: str) -> None:
        """Store the app's id of a sent part; later delivery reports refer to it."""
        row = {"channel": channel, "platform_id": fit_foreign_id(platform_id)}
        self._connection.execute(
            build_insert_if_absent(self._connection, t.receipts), row | {"delivery": delivery}
        )

    def find_by_platform_id(self, channel: str, platform_id: str) -> Delivery | None:
        c = t.receipts.c
        query = sa.select(t.deliveries).join(t.receipts, c.delivery == t.deliveries.c.id)
        query = query.where(c.channel == channel, c.platform_id == fit_foreign_id(platform_id))
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _parse_delivery(row)

    def list_by_conversation(self, conversation: str) -> Mapping[str, Delivery]:
        """Message id -> delivery, oldest first."""
        c = t.deliveries.c
        query = sa.select(t.deliveries).where(c.conversation == conversation).order_by(c.position)
        return {row["message"]: _parse_delivery(row) for row in self._connection.execute(query).mappings()}

    def find_by_message(self, conversation: str, message: str) -> Delivery | None:
        c = t.deliveries.c
        query = sa.select(t.deliveries).where(c.conversation == conversation, c.message == message)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _parse_delivery(row)

    def count_by_state(self) -> Mapping[tuple[str, str], int]:
        """(channel, state) -> number of deliveries."""
        c = t.deliveries.c
        query = sa.select(t.threads.c.channel, c.state, sa.func.count())
        query = query.join(t.threads, c.thread == t.threads.c.id).group_by(t.threads.c.channel, c.state)
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}


class SqlMedia:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, media: Media) -> None:
        row = {field.name: getattr(media, field.name) for field in fields(Media)}
        self._connection.execute(build_insert(t.media), row)

    def list_pending(self, conversation: str) -> Sequence[Media]:
        """Files that are not downloaded yet, oldest first."""
        c = t.media.c
        return self._list_media(sa.and_(c.conversation == conversation, c.type.is_(None), c.why.is_(None)))

    def list_by_conversation(self, conversation: str) -> Sequence[Media]:
        return self._list_media(t.media.c.conversation == conversation)

    def get(self, media: str) -> Media | None:
        found = self._list_media(t.media.c.id == media)
        return found[0] if found else None

    def save_data(self, media: str, type_: str, data: bytes) -> None:
        # The source is no longer needed, and may be the whole file in base64.
        values = {"type": type_, "size": len(data), "data": data, "source": ""}
        self._connection.execute(sa.update(t.media).where(t.media.c.id == media).values(values))

    def mark_failed(self, media: str, why: str) -> None:
        self._connection.execute(sa.update(t.media).where(t.media.c.id == media).values(why=why, source=""))

    def delete_by_message(self, conversation: str, message: str) -> None:
        """Delete the files of a message that its sender deleted."""
        c = t.media.c
        self._connection.execute(
            sa.delete(t.media).where(c.conversation == conversation, c.message == message)
        )

    def load_data(self, media: str) -> bytes | None:
        query = sa.select(t.media.c.data).where(t.media.c.id == media)
        found: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def _list_media(self, where: sa.ColumnElement[bool]) -> Sequence[Media]:
        columns = [t.media.c[field.name] for field in fields(Media)]
        query = sa.select(*columns).where(where).order_by(t.media.c.position)
        return [Media(**dict(row)) for row in self._connection.execute(query).mappings()]


def _build_row(delivery: Delivery) -> dict[str, Any]:
    row = {field.name: getattr(delivery, field.name) for field in fields(Delivery)}
    return row | {"platform_ids": list(delivery.platform_ids)}


def _parse_delivery(row: sa.RowMapping) -> Delivery:
    values = {field.name: row[field.name] for field in fields(Delivery)}
    values["state"] = DeliveryState(values["state"])
    values["platform_ids"] = tuple(values["platform_ids"])
    return Delivery(**values)
