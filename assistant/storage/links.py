"""Which customers are one person, as far as it was proven."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from assistant.domain.people import Customer
from assistant.storage import tables as t

#: Channels whose identities are telephone numbers, with a plus or without.
PHONES = ("sms", "whatsapp")
#: So many others are proposed at most.
MAX_SIMILAR_CUSTOMERS = 5


class SqlLinks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: str, other: str, proof: dict[str, Any], now: datetime) -> str:
        """Join two customers; *proof* has proof, and for an agent's decision agent and reason."""
        link = uuid4().hex
        row = {"id": link, "one": one, "other": other, "created_at": now, "agent": None, "reason": None}
        self._connection.execute(sa.insert(t.links), row | proof)
        return link

    def end_link(self, link: str, now: datetime) -> bool:
        """Take a link back; False: there is none."""
        where = sa.and_(t.links.c.id == link, t.links.c.ended_at.is_(None))
        return self._connection.execute(sa.update(t.links).where(where).values(ended_at=now)).rowcount > 0

    def list_by_customer(self, customer: str) -> Sequence[dict[str, Any]]:
        """The links that hold for a customer, in either direction."""
        c = t.links.c
        where = sa.and_(sa.or_(c.one == customer, c.other == customer), c.ended_at.is_(None))
        query = sa.select(t.links).where(where).order_by(c.created_at)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def list_linked_customers(self, customer: str) -> Sequence[str]:
        """Everybody who is the same person, the customer first."""
        found, todo = [customer], [customer]
        while todo:
            for row in self.list_by_customer(todo.pop()):
                for each in (row["one"], row["other"]):
                    if each not in found:
                        found.append(each)
                        todo.append(each)
        return found

    def list_similar_customers(self, customer: Customer) -> Sequence[tuple[str, str]]:
        """(customer, why) of others who may be the same person, surest first; it proves nothing."""
        c, i = t.customers.c, t.identities.c
        numbers = [each.id.lstrip("+") for each in customer.identities if each.channel in PHONES]
        wanted = {
            "email": sa.select(c.id).where(sa.func.lower(c.email) == (customer.email or "").lower()),
            "number": sa.select(i.customer).where(
                i.channel.in_(PHONES), i.id.in_([*numbers, *(f"+{each}" for each in numbers)])
            ),
            "name": sa.select(c.id).where(c.name == (customer.name or "")),
        }
        found = {
            other: why
            for why, query in reversed(wanted.items())
            for other in self._connection.execute(query.limit(MAX_SIMILAR_CUSTOMERS + 1)).scalars()
        }
        surest = sorted(found.items(), key=lambda one: list(wanted).index(one[1]))
        return [one for one in surest if one[0] != customer.id][:MAX_SIMILAR_CUSTOMERS]

    def save_link_code(self, code_hash: str, customer: str, expires_at: datetime) -> None:
        self._connection.execute(sa.delete(t.link_codes).where(t.link_codes.c.customer == customer))
        row = {"code_hash": code_hash, "customer": customer, "expires_at": expires_at}
        self._connection.execute(sa.insert(t.link_codes), row)

    def redeem_link_code(self, code_hash: str, now: datetime) -> str | None:
        """Whose code it is; it holds once."""
        c = t.link_codes.c
        where = sa.and_(c.code_hash == code_hash, c.expires_at > now)
        found: str | None = self._connection.execute(sa.select(c.customer).where(where)).scalar_one_or_none()
        if found is not None:
            self._connection.execute(sa.delete(t.link_codes).where(c.code_hash == code_hash))
        return found
