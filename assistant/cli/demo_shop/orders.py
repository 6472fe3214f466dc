"""Orders, shipments, addresses and returns of the sample shop."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

#: Who brings the parcels, by language.
CARRIERS = {"ja": "はやて急便", "en": "Hayate Express"}
#: Days after delivery in which a return can be asked for.
RETURN_DAYS = 30
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, status TEXT NOT NULL, items TEXT NOT NULL,
    total INTEGER NOT NULL, placed_at TEXT NOT NULL, promised TEXT NOT NULL, eta TEXT NOT NULL,
    delivered_on TEXT, carrier TEXT NOT NULL, tracking TEXT,
    address TEXT NOT NULL, postcode TEXT NOT NULL, phone TEXT NOT NULL, email TEXT NOT NULL,
    return_number TEXT, return_reason TEXT, changes INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS operations (
    key TEXT PRIMARY KEY, status INTEGER NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """Why the shop does not do it."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    id: str
    customer: str
    status: str
    items: Sequence[str]
    total: int
    postcode: str
    phone: str
    address: str
    email: str = "customer@example.jp"
    #: The items in English; empty: they have no other names.
    items_en: Sequence[str] = ()


class ShopDatabase:
    """Every method is one transaction; calls may come from several threads."""

    def __init__(
        self, path: Path | str, today: Callable[[], date] = lambda: datetime.now(UTC).date()
    ) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._lock, self._today = threading.RLock(), today
        self._connection.executescript(SCHEMA)

    @contextmanager
    def _transact(self) -> Iterator[None]:
        """One transaction, or the part of one that is open."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield

    def add_order(self, order: NewOrder) -> None:
        """An order with the dates that fit its status."""
        today = self._today()
        is_late = order.status == "delayed"
        gone = order.status in ("shipped", "delayed", "delivered")
        promised = today - timedelta(days=2) if is_late else today + timedelta(days=2)
        delivered = today - timedelta(days=3) if order.status == "delivered" else None
        row = {
            "id": order.id,
            "customer": order.customer,
            "status": order.status,
            "items": json.dumps({"ja": order.items, "en": order.items_en or order.items}, ensure_ascii=False),
            "total": order.total,
            "placed_at": str(today - timedelta(days=4)),
            "promised": str(promised),
            "eta": str(today + timedelta(days=1 if is_late else 2)),
            "delivered_on": str(delivered) if delivered else None,
            "carrier": CARRIERS["ja"],
            "tracking": f"4821{int(order.id[-6:]):08d}" if gone else None,
            "address": order.address,
            "postcode": order.postcode,
            "phone": order.phone,
            "email": order.email,
        }
        names = ", ".join(row)
        holes = ", ".join(f":{name}" for name in row)
        with self._transact():
            self._connection.execute(f"INSERT OR IGNORE INTO orders ({names}) VALUES ({holes})", row)

    def find_order(self, order: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._connection.execute("SELECT * FROM orders WHERE id = ?", (order,)).fetchone()
        return None if row is None else {**dict(row), "items": json.loads(row["items"])}

    def list_orders(self, customer: str) -> list[dict[str, Any]]:
        query = "SELECT id FROM orders WHERE customer = ? ORDER BY placed_at DESC, id"
        with self._lock:
            ids = [row["id"] for row in self._connection.execute(query, (customer,))]
        return [order for one in ids if (order := self.find_order(one)) is not None]

    def matches_proof(self, order: str, proof: Mapping[str, Any]) -> bool:
        """Whether postcode or phone end belong to the order; an unknown order is a wrong one."""
        found = self.find_order(order) or {"postcode": "", "phone": ""}
        postcode, end = str(proof.get("postcode", "")), str(proof.get("phone_end", ""))
        by_postcode = len(postcode) == 7 and found["postcode"].replace("-", "") == postcode
        return by_postcode or (len(end) == 4 and found["phone"].endswith(end))

    def apply_change(self, key: str, change: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Status and body of a change: made once for a key, afterwards remembered; both or neither."""
        with self._transact():
            known = self.find_operation(key)
            if known is not None:
                return known
            answer: dict[str, Any]
            try:
                status, answer = 200, {"result": change()}
            except Refusal as refusal:
                status, answer = 409, {"code": refusal.code}
            row = (key, status, json.dumps(answer, ensure_ascii=False), datetime.now(UTC).isoformat())
            self._connection.execute("INSERT INTO operations VALUES (?, ?, ?, ?)", row)
            return status, answer

    def find_operation(self, key: str) -> tuple[int, dict[str, Any]] | None:
        with self._lock:
            row = self._connection.execute("SELECT * FROM operations WHERE key = ?", (key,)).fetchone()
        return None if row is None else (row["status"], json.loads(row["answer"]))

    def update_order(self, order: str, **values: str) -> None:
        """Change an order; `changes` counts how often that was done."""
        names = ", ".join(f"{name} = :{name}" for name in values)
        with self._transact():
            self._connection.execute(
                f"UPDATE orders SET {names}, changes = changes + 1 WHERE id = :at", {**values, "at": order}
            )

    def clear(self) -> None:
        """No orders, no operations, no mail."""
        with self._transact():
            for table in ("orders", "operations", "outbox"):
                self._connection.execute(f"DELETE FROM {table}")

    def add_mail(self, recipient: str, text: str) -> None:
        with self._transact():
            row = (recipient, text, datetime.now(UTC).isoformat())
            self._connection.execute("INSERT INTO outbox (recipient, text, at) VALUES (?, ?, ?)", row)

    def find_last_mail(self) -> str | None:
        query = "SELECT text FROM outbox ORDER BY id DESC LIMIT 1"
        with self._lock:
            row = self._connection.execute(query).fetchone()
        return None if row is None else str(row["text"])

    # -- what customers can have done

    def describe_order(self, order: str) -> dict[str, Any]:
        return self._load_order(order) | {"carrier": CARRIERS}

    def cancel_order(self, order: str, *, is_dry_run: bool) -> dict[str, Any]:
        found = self._load_order(order, open_to=("accepted",))
        if not is_dry_run:
            self.update_order(order, status="cancelled")
        return {"items": found["items"], "total": f"{found['total']:,}"}

    def change_address(self, order: str, address: str, *, is_dry_run: bool) -> dict[str, Any]:
        found = self._load_order(order, open_to=("accepted",))
        if not is_dry_run:
            self.update_order(order, address=address)
        return {"items": found["items"]}

    def request_return(self, order: str, reason: str, *, is_dry_run: bool) -> dict[str, Any]:
        found = self._load_order(order, open_to=("delivered",))
        if self._today() - date.fromisoformat(found["delivered_on"]) > timedelta(days=RETURN_DAYS):
            raise Refusal("too_late")
        number = f"R-{order[-6:]}"
        if not is_dry_run:
            self.update_order(order, status="returning", return_number=number, return_reason=reason)
        return {"items": found["items"], "return_number": number}

    def _load_order(self, order: str, open_to: Sequence[str] | None = None) -> dict[str, Any]:
        found = self.find_order(order)
        if found is None:
            raise Refusal("not_found")
        if open_to is not None and found["status"] not in open_to:
            raise Refusal("shipped" if found["status"] == "delayed" else found["status"])
        return found
