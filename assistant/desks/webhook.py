"""A desk of the firm's own, by signed webhooks in both directions (Standard Webhooks 1.0.0).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from assistant.channels.base import ChannelSetting
from assistant.channels.http import ApiResponse, call_api, parse_each, parse_json_object, require_text
from assistant.conversation.foreign_desks.packet_text import FIELDS
from assistant.desks.base import BaseDesk, DeskConfig, raise_refusal
from assistant.domain.channels import WebhookRequest
from assistant.domain.errors import BadInput, SetupError, Unauthorized
from assistant.domain.foreign_desks import (
    DeskCall,
    DeskDelivery,
    DeskEvent,
    DeskEventKind,
    DeskLink,
    DeskNews,
    DeskReceipt,
    DeskStep,
)
from assistant.domain.webhook_signatures import decode_secret, is_signed, sign_payload

TYPES = {
    DeskStep.OPEN: "handoff.opened",
    DeskStep.MESSAGE: "message.created",
    DeskStep.CLOSE: "handoff.closed",
}
#: Digits of a position, so that texts sort as numbers do.
DIGITS = 20
MAX_FILES = 20


class WebhookDesk(BaseDesk):
    name = "webhook"
    title = "Webhook"
    settings = (
        ChannelSetting(name="URL", description="https address that gets handoffs and messages", secret=False),
        ChannelSetting(
            name="SECRET", description="Shared secret that signs both directions (whsec_…)", is_generated=True
        ),
        ChannelSetting(
            name="EVENTS_URL",
            description="https address that lists what happened (GET, signed), for what callbacks missed",
            secret=False,
            required=False,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "貴社のシステムから {webhook} へ、Standard Webhooks 方式で署名した"
        "返信・クローズなどを送ってください。",
        "en": "Have your system send replies, closings and so on to {webhook}, signed by Standard Webhooks.",
    }

    def __init__(self, config: DeskConfig) -> None:
        super().__init__(config)
        try:
            self._key = decode_secret(self.get_setting("SECRET"))
        except ValueError as exc:
            raise SetupError(f"{self.get_variable_name('SECRET')} {exc}.") from exc

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt:
        """The webhook-id is the same on every try: the other side drops what it has."""
        body = {
            "type": TYPES[delivery.step],
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "data": _build_data(delivery),
        }
        answer = await self._call("POST", self.get_setting("URL"), delivery.key, body)
        if answer.status != 409:  # it has this already
            raise_refusal(answer, token=self.get_variable_name("SECRET"))
        if delivery.step is not DeskStep.OPEN:
            return DeskReceipt()
        url = answer.find_text("url")
        return DeskReceipt(
            remote=delivery.link.id,
            remote_url=url if urlsplit(url).scheme in ("http", "https") else None,
            label=answer.find_text("label")[:40] or None,
            fields=len(FIELDS),
        )

    async def _call(self, method: str, url: str, key: str, body: Any = None) -> ApiResponse:
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        headers = sign_payload(self._key, key, datetime.now(UTC), data)
        headers |= {"Content-Type": "application/json", "User-Agent": "Yorisoi-desk/1"}
        return await call_api(self._client, method, url, content=data, headers=headers)

    def inbound(self, call: WebhookRequest) -> DeskCall:
        if not is_signed((self._key,), call.headers, call.body, datetime.now(UTC)):
            raise Unauthorized("The signature is wrong.")
        body = parse_json_object(call.body)
        events = parse_each([body], lambda one: [_parse_event(one, call.headers["webhook-id"])])
        return DeskCall(events=tuple(events))

    async def reconcile(self, link: DeskLink) -> DeskNews:
        url = self.get_setting("EVENTS_URL")
        if not url:
            return await super().reconcile(link)
        joint = "&" if urlsplit(url).query else "?"
        asked = f"{url}{joint}handoff={link.id}&after={link.cursor or '0'}"
        answer = await self._call("GET", asked, f"{link.id}-events")
        raise_refusal(answer, token=self.get_variable_name("SECRET"))
        found = answer.data.get("events")
        events = tuple(
            event for event in parse_each(found, lambda one: [_parse_event(one)]) if event.remote == link.id
        )
        return DeskNews(events=events, cursor=max([link.cursor, *(e.position for e in events)]))

    async def health(self) -> Sequence[str]:
        url = self.get_setting("URL")
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in ("localhost", "127.0.0.1"):
            raise SetupError(f"{self.get_variable_name('URL')} must be an https address.")
        body = {"type": "ping", "timestamp": datetime.now(UTC).isoformat(), "data": {}}
        answer = await self._call("POST", url, f"ping-{int(datetime.now(UTC).timestamp())}", body)
        if not answer.is_ok:
            raise SetupError(f"{url} answered {answer.status} to a signed ping; it must answer 2xx.")
        return [f"{url} takes signed calls"]


def _build_data(delivery: DeskDelivery) -> dict[str, Any]:
    data: dict[str, Any] = {"handoff": delivery.link.id, "conversation": delivery.link.conversation}
    if delivery.step is DeskStep.OPEN:
        data |= {"packet": dict(delivery.packet), "packet_url": delivery.packet_url}
    if delivery.step is not DeskStep.CLOSE:
        data["messages"] = [
            {
                "id": message.id,
                "sequence": message.seq,
                "author": str(message.author),
                "text": message.text,
                "at": message.created_at.isoformat().replace("+00:00", "Z"),
            }
            for message in delivery.messages
        ]
    return data | ({"note": delivery.note} if delivery.note else {})


def _parse_event(body: Mapping[str, Any], webhook_id: str = "") -> DeskEvent:
    """``{type, timestamp, data: {handoff, id, sequence, text, author, files}}``."""
    data = body["data"]
    if not isinstance(data, Mapping):
        raise BadInput("The event has no data.")
    kind = DeskEventKind(body["type"])
    if kind is DeskEventKind.CHANGED:
        raise ValueError("not from outside")
    return DeskEvent(
        id=require_text(data.get("id") or webhook_id),
        kind=kind,
        remote=require_text(data["handoff"]),
        position=_build_position(data.get("sequence"), require_text(body["timestamp"])),
        text=require_text(data.get("text", "")),
        author=require_text(data.get("author", "")),
        files=tuple(parse_each(data.get("files"), _parse_file))[:MAX_FILES],
    )


def _build_position(sequence: Any, timestamp: str) -> str:
    """By number where the desk counts, else by time."""
    if isinstance(sequence, int) and 0 <= sequence < 10**DIGITS:
        return f"{sequence:0{DIGITS}d}"
    moment = datetime.fromisoformat(timestamp)
    return f"{int(moment.timestamp() * 1_000_000):0{DIGITS}d}"


def _parse_file(file: Any) -> Sequence[tuple[str, str]]:
    url = require_text(file["url"])
    return [(require_text(file.get("name", ""))[:200], url)] if urlsplit(url).scheme == "https" else []
