"""A firm's own desk behind our signed webhook, which drops what it has by its webhook-id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from assistant.domain.webhook_signatures import decode_secret, is_signed, sign_payload
from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket, encode_json, parse_body

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
KEY = decode_secret(SECRET)


@dataclass
class SimulatedWebhookDesk(SimulatedDesk):
    name: ClassVar[str] = "webhook"
    settings: ClassVar[Mapping[str, str]] = {
        "ASSISTANT_DESK_WEBHOOK_URL": "https://desk.example.jp/hook",
        "ASSISTANT_DESK_WEBHOOK_SECRET": SECRET,
        "ASSISTANT_DESK_WEBHOOK_EVENTS_URL": "https://desk.example.jp/events",
    }
    seen: set[str] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_signed((KEY,), headers, request.content, datetime.now(UTC)):
            return httpx.Response(401, json={"error": "signature"})
        if request.url.path == "/events":
            return self._list_events(request)
        body, key = parse_body(request), headers["webhook-id"]
        if key in self.seen:
            return httpx.Response(409, json={"error": "known"})
        data = body["data"]
        if self.refusal and body["type"] == "message.created":
            status, self.refusal = self.refusal, None
            return httpx.Response(status, json={"error": "no"})
        self.seen.add(key)
        self._take(body["type"], key, data)
        return httpx.Response(200, json={"url": "https://desk.example.jp/t/1", "label": "#1"})

    def _take(self, kind: str, key: str, data: dict[str, Any]) -> None:
        if kind == "handoff.opened":
            opening = f"{data['packet_url']} {data['packet']['issue']['summary']} {data['messages']}"
            self.tickets[data["handoff"]] = SimulatedTicket(id=data["handoff"], key=key, opening=opening)
        elif kind == "message.created":
            self.tickets[data["handoff"]].messages.append((key, data["messages"][0]["text"]))
        elif kind == "handoff.closed":
            self.tickets[data["handoff"]].is_open = False

    def _list_events(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        found = [
            one
            for one in self.events
            if one["data"]["handoff"] == asked["handoff"]
            and f"{one['data']['sequence']:020d}" > asked["after"]
        ]
        return httpx.Response(200, json={"events": found})

    def _tell(self, kind: str, ticket: SimulatedTicket, text: str = "", author: str = "") -> Callback:
        number = self.next_id()
        data = {"handoff": ticket.id, "id": f"e{number}", "sequence": number, "text": text, "author": author}
        event = {"type": kind, "timestamp": datetime.now(UTC).isoformat(), "data": data}
        self.events.append(event)
        body = encode_json(event)
        return body, self.sign(body)

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._tell("reply", ticket, text, author)

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._tell("note", ticket, text, author)

    def close(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = False
        return self._tell("closed", ticket)

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = True
        return self._tell("reopened", ticket)

    def sign(self, body: bytes) -> Mapping[str, str]:
        return sign_payload(KEY, f"msg_{self.next_id()}", datetime.now(UTC), body)
