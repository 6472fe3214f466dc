"""Slack with one channel: threads, metadata, callbacks with the signing secret."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx

from assistant.channels.signatures import sign_slack
from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket, encode_json, parse_body

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHANNEL = "C024BE91L"
BASE = 1_700_000_000


@dataclass
class SimulatedSlack(SimulatedDesk):
    name: ClassVar[str] = "slack"
    settings: ClassVar[Mapping[str, str]] = {
        "ASSISTANT_DESK_SLACK_SIGNING_SECRET": SECRET,
        "ASSISTANT_DESK_SLACK_BOT_TOKEN": "xoxb-1",
        "ASSISTANT_DESK_SLACK_CHANNEL": CHANNEL,
    }
    #: Everything in the channel, as Slack stores it.
    stored: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        if request.headers["authorization"] != "Bearer xoxb-1":
            return _answer(ok=False, error="invalid_auth")
        if method == "chat.postMessage":
            return self._post(parse_body(request))
        asked = dict(parse_qsl(request.content.decode()))
        if method == "conversations.history":
            return _answer(messages=[one for one in self.stored if "thread_ts" not in one])
        if method == "conversations.replies":
            oldest = float(asked.get("oldest", 0))
            found = [one for one in self.stored if asked["ts"] in (one["ts"], one.get("thread_ts"))]
            return _answer(messages=[one for one in found if float(one["ts"]) >= oldest])
        if method == "chat.getPermalink":
            return _answer(permalink=f"https://shop.slack.com/archives/{CHANNEL}/p1")
        return _answer(ok=False, error="unknown_method")

    def changes(self, request: httpx.Request) -> bool:
        return request.url.path.endswith("chat.postMessage")

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        thread, key = body.get("thread_ts"), body["metadata"]["event_payload"]["key"]
        if thread and self.refusal and not key.endswith("close"):
            refusal, self.refusal = self.refusal, None
            return _answer(ok=False, error="thread_not_found" if refusal == 404 else "msg_too_long")
        stamp = self._store(body.get("text", ""), thread, bot_id="B1", metadata=body["metadata"])
        if not thread:
            assert len(body["blocks"]) <= 50
            sections = [block["text"]["text"] for block in body["blocks"]]
            assert all(len(one) <= 3000 for one in sections)
            opening = "".join(sections)
            self.tickets[stamp] = SimulatedTicket(id=stamp, key=key, opening=opening)
        elif key.endswith("close"):
            self.tickets[thread].is_open = False
        else:
            self.tickets[thread].messages.append((key, body["text"]))
        return _answer(ts=stamp, channel=CHANNEL)

    def _store(self, text: str, thread: str | None, **more: Any) -> str:
        stamp = f"{BASE + self.next_id()}.000100"
        message = {"type": "message", "ts": stamp, "text": text, "channel": CHANNEL} | more
        self.stored.append(message | ({"thread_ts": thread} if thread else {}))
        return stamp

    def _say(self, ticket: SimulatedTicket, text: str, author: str) -> Callback:
        self._store(text, ticket.id, user="U1", user_profile={"real_name": author})
        return self._call(self.stored[-1])

    def _call(self, event: dict[str, Any]) -> Callback:
        body = encode_json({"type": "event_callback", "event_id": f"Ev{self.next_id()}", "event": event})
        return body, self.sign(body)

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._say(ticket, text, author)

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._say(ticket, f"// {text}", author)

    def close(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = False
        return self._say(ticket, "!close", "Aiko")

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = True
        return self._call(
            {
                "type": "reaction_removed",
                "reaction": "white_check_mark",
                "item": {"type": "message", "channel": CHANNEL, "ts": ticket.id},
                "event_ts": f"{BASE + self.next_id()}.000200",
            }
        )

    def sign(self, body: bytes) -> Mapping[str, str]:
        stamp = str(int(time.time()))
        signature = sign_slack(SECRET, stamp, body)
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}


def _answer(*, ok: bool = True, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"ok": ok} | more)
