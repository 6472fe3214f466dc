"""Zendesk Support with tickets, audits and a webhook that only names the ticket."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket, encode_json, parse_body

SECRET = "zendesk-signing-secret"
AUTH = "Basic " + base64.b64encode(b"api@shop.example/token:t1").decode()
REQUESTER = 77
AGENT = 9


@dataclass
class SimulatedZendesk(SimulatedDesk):
    name: ClassVar[str] = "zendesk"
    settings: ClassVar[Mapping[str, str]] = {
        "ASSISTANT_DESK_ZENDESK_SUBDOMAIN": "shop",
        "ASSISTANT_DESK_ZENDESK_EMAIL": "api@shop.example",
        "ASSISTANT_DESK_ZENDESK_API_TOKEN": "t1",
        "ASSISTANT_DESK_ZENDESK_WEBHOOK_SECRET": SECRET,
    }
    audits: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    #: Idempotency keys -> tickets.
    keys: dict[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] != AUTH:
            return httpx.Response(401, json={"error": "Couldn't authenticate you"})
        path = request.url.path
        if path == "/api/v2/tickets.json":
            return self._create(request) if request.method == "POST" else self._search(request)
        ticket = path.split("/")[4].removesuffix(".json")
        if ticket not in self.tickets:
            return httpx.Response(404, json={"error": "RecordNotFound"})
        return self._list_audits(ticket) if path.endswith("audits.json") else self._update(ticket, request)

    def _create(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["idempotency-key"]
        asked = parse_body(request)["ticket"]
        if key not in self.keys:
            assert asked["comment"]["public"] is False
            assert "email" not in asked["requester"]
            number = str(self.next_id())
            self.keys[key], self.status[number], self.audits[number] = number, "new", []
            opening = asked["subject"] + asked["comment"]["body"]
            self.tickets[number] = SimulatedTicket(id=number, key=asked["external_id"], opening=opening)
            self._audit(number, asked)
        return httpx.Response(201, json={"ticket": self._show(self.keys[key])})

    def _show(self, number: str) -> dict[str, Any]:
        return {"id": int(number), "external_id": self.tickets[number].key, "requester_id": REQUESTER}

    def _search(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.params["external_id"]
        found = [self._show(number) for number, one in self.tickets.items() if one.key == wanted]
        return httpx.Response(200, json={"tickets": found})

    def _update(self, number: str, request: httpx.Request) -> httpx.Response:
        asked, ticket = parse_body(request)["ticket"], self.tickets[number]
        if self.refusal and "status" not in asked:
            status, self.refusal = self.refusal, None
            return httpx.Response(status, json={"error": "RecordInvalid"})
        if asked.get("status") == "solved":
            ticket.is_open = False
        else:
            assert asked["comment"]["author_id"] == REQUESTER
            ticket.messages.append((asked["metadata"]["custom"]["yorisoi_key"], asked["comment"]["body"]))
        self._audit(number, asked)
        return httpx.Response(200, json={"ticket": self._show(number)})

    def _audit(self, number: str, asked: Mapping[str, Any], author: int = AGENT) -> None:
        events: list[dict[str, Any]] = []
        if status := asked.get("status"):
            before, self.status[number] = self.status[number], status
            change = {"type": "Change", "field_name": "status", "value": status, "previous_value": before}
            events.append(change | {"id": self.next_id()})
        if comment := asked.get("comment"):
            events.append({"type": "Comment", "id": self.next_id(), "attachments": []} | dict(comment))
        audit = {"id": self.next_id(), "author_id": author, "events": events}
        self.audits[number].append(audit | {"metadata": asked.get("metadata") or {"custom": {}}})

    def _list_audits(self, number: str) -> httpx.Response:
        users = [{"id": user, "name": name} for user, name in self.names.items()]
        meta = {"has_more": False, "after_cursor": "x"}
        return httpx.Response(200, json={"audits": self.audits[number], "users": users, "meta": meta})

    def _act(self, ticket: SimulatedTicket, author: str = "Aiko", **asked: Any) -> Callback:
        user = 1_000 + len(self.names)
        self.names[user] = author
        self._audit(ticket.id, asked, user)
        body = encode_json({"ticket_id": ticket.id})
        return body, self.sign(body)

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._act(ticket, author, comment={"body": text, "public": True})

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._act(ticket, author, comment={"body": text, "public": False})

    def close(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = False
        return self._act(ticket, status="solved")

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = True
        return self._act(ticket, status="open")

    def sign(self, body: bytes) -> Mapping[str, str]:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = hmac.digest(SECRET.encode(), stamp.encode() + body, hashlib.sha256)
        return {
            "x-zendesk-webhook-signature": base64.b64encode(digest).decode(),
            "x-zendesk-webhook-signature-timestamp": stamp,
        }
