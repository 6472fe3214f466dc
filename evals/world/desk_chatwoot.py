"""A Chatwoot server with an API inbox; its callbacks come once, with a token in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket, encode_json, parse_body

TOKEN = "token-in-the-address"
KEY = "yorisoi_key"


@dataclass
class SimulatedChatwoot(SimulatedDesk):
    name: ClassVar[str] = "chatwoot"
    settings: ClassVar[Mapping[str, str]] = {
        "ASSISTANT_DESK_CHATWOOT_API_URL": "https://chat.example.jp",
        "ASSISTANT_DESK_CHATWOOT_ACCOUNT_ID": "1",
        "ASSISTANT_DESK_CHATWOOT_INBOX_ID": "5",
        "ASSISTANT_DESK_CHATWOOT_API_TOKEN": "t1",
        "ASSISTANT_DESK_CHATWOOT_WEBHOOK_TOKEN": TOKEN,
    }
    contacts: list[dict[str, Any]] = field(default_factory=list)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def query(self) -> Mapping[str, str]:
        return {"token": TOKEN}

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("api_access_token") != "t1":
            return httpx.Response(401, json={"error": "Invalid Access Token"})
        path = request.url.path.removeprefix("/api/v1/accounts/1/").split("/")
        match request.method, path:
            case "GET", ["contacts", "search"]:
                wanted = request.url.params["q"]
                found = [one for one in self.contacts if one["identifier"] == wanted]
                return httpx.Response(200, json={"payload": found})
            case "POST", ["contacts"]:
                return self._add_contact(parse_body(request))
            case "GET", ["contacts", _, "conversations"]:
                return httpx.Response(200, json={"payload": list(self.conversations.values())})
            case "POST", ["conversations"]:
                return self._add_conversation(parse_body(request))
            case _, ["conversations", number, *rest] if number in self.conversations:
                return self._answer_conversation(request, number, rest)
        return httpx.Response(404, json={"error": "Resource could not be found"})

    def _answer_conversation(self, request: httpx.Request, number: str, rest: list[str]) -> httpx.Response:
        one = self.conversations[number]
        if rest == ["toggle_status"]:
            one["status"] = parse_body(request)["status"]
            self.tickets[number].is_open = one["status"] == "open"
        elif rest == ["messages"] and request.method == "POST":
            return self._add_message(number, parse_body(request))
        elif rest == ["messages"]:
            after = int(request.url.params["after"])
            page = [message for message in self.messages[number] if message["id"] > after][:20]
            return httpx.Response(200, json={"payload": page})
        return httpx.Response(200, json=one)

    def _add_contact(self, asked: dict[str, Any]) -> httpx.Response:
        if any(one["identifier"] == asked["identifier"] for one in self.contacts):
            return httpx.Response(422, json={"message": "Identifier has already been taken"})
        source = {"source_id": f"s{self.next_id()}", "inbox": {"id": asked["inbox_id"]}}
        self.contacts.append(asked | {"id": self.next_id(), "contact_inboxes": [source]})
        return httpx.Response(200, json={"payload": {"contact": self.contacts[-1]}})

    def _add_conversation(self, asked: dict[str, Any]) -> httpx.Response:
        number = str(self.next_id())
        self.conversations[number] = asked | {"id": int(number), "status": "open"}
        self.messages[number] = []
        key = asked["custom_attributes"][KEY]
        self.tickets[number] = SimulatedTicket(id=number, key=key, opening="")
        return httpx.Response(200, json=self.conversations[number])

    def _add_message(self, number: str, asked: dict[str, Any]) -> httpx.Response:
        ticket, incoming = self.tickets[number], asked["message_type"] == "incoming"
        if self.refusal and incoming:
            status, self.refusal = self.refusal, None
            return httpx.Response(status, json={"error": "no"})
        kind = 0 if incoming else 1
        self.messages[number].append(asked | {"id": self.next_id(), "message_type": kind})
        if incoming:
            ticket.messages.append((asked["content_attributes"][KEY], asked["content"]))
        elif not ticket.opening:
            assert asked["private"] is True
            ticket.opening = asked["content"]
        return httpx.Response(200, json=self.messages[number][-1])

    def _say(self, ticket: SimulatedTicket, text: str, author: str, *, private: bool) -> Callback:
        message = {"id": self.next_id(), "message_type": 1, "private": private, "content": text}
        message |= {"sender": {"name": author, "type": "user"}, "content_attributes": {}}
        self.messages[ticket.id].append(message)
        return self._call("message_created", ticket, message)

    def _call(self, event: str, ticket: SimulatedTicket, about: Mapping[str, Any]) -> Callback:
        body = encode_json({"event": event, "conversation": {"id": int(ticket.id)}} | dict(about))
        return body, self.sign(body)

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._say(ticket, text, author, private=False)

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._say(ticket, text, author, private=True)

    def close(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open, self.conversations[ticket.id]["status"] = False, "resolved"
        return self._call("conversation_status_changed", ticket, {"status": "resolved"})

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open, self.conversations[ticket.id]["status"] = True, "open"
        return self._call("conversation_status_changed", ticket, {"status": "open"})

    def sign(self, body: bytes) -> Mapping[str, str]:
        return {}
