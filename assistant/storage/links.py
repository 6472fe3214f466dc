"""SQL for customer links: which customers are proven to be the same person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from assistant.domain.people import Customer, normalize_email
from assistant.storage import tables as t

#: Channels whose identities are telephone numbers, with or without a plus.
PHONES = ("sms", "whatsapp")
#: Most link candidates proposed.
MAX_SIMILAR_CUSTOMERS = 5


class SqlLinks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: str, other: str, proof: dict[str, Any], now: datetime) -> str:
        """Link two customers; *proof* is a code's proof or an agent's decision with agent and reason."""
        link = uuid4().hex
        row = {"id": link, "one": one, "other": other, "created_at": now, "agent": None, "reason": None}
        self._connection.execute(sa.insert(t.links), row | proof)
        return link

    def end_link(self, link: str, now: datetime) -> bool:
        """End a link. Returns False when it does not exist."""
        where = sa.and_(t.links.c.id == link, t.links.c.ended_at.is_(None))
        return self._connection.execute(sa.update(t.links).where(where).values(ended_at=now)).rowcount > 0

    def list_by_customer(self, customer: str) -> Sequence[dict[str, Any]]:
        """Active links of a customer, in either direction."""
        c = t.links.c
        where = sa.and_(sa.or_(c.one == customer, c.other == customer), c.ended_at.is_(None))
        query = sa.select(t.links).where(where).order_by(c.created_at)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def list_linked_customers(self, customer: str) -> Sequence[str]:
        """All customers linked to *customer*, *customer* first."""
        found, todo = [customer], [customer]
        while todo:
            for row in self.list_by_customer(todo.pop()):
                for each in (row["one"], row["other"]):
                    if each not in found:
                        found.append(each)
                        todo.append(each)
        return found

    def list_similar_customers(self, customer: Customer) -> Sequence[tuple[str, str]]:
        """(customer, why) of others who may be the same person, most likely first; no proof."""
        c, i = t.customers.c, t.identities.c
        numbers = [each.id.lstrip("+") for each in customer.identities if each.channel in PHONES]
        wanted = {
            "email": sa.select(c.id).where(sa.func.lower(c.email) == normalize_email(customer.email or "")),
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
        """The customer whose link code this is; a code can be redeemed once."""
        c = t.link_codes.c
        where = sa.and_(c.code_hash == code_hash, c.expires_at > now)
        found: str | None = self._connection.execute(sa.select(c.customer).where(where)).scalar_one_or_none()
        if found is not None:
            self._connection.execute(sa.delete(t.link_codes).where(c.code_hash == code_hash))
        return found
