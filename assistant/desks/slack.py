"""Slack as a desk: a thread in a channel for each handoff, answered by whoever is there.

https://api.slack.com/methods/chat.postMessage, https://api.slack.com/events/message.channels
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from assistant.channels import signatures
from assistant.channels.base import ChannelSetting
from assistant.channels.http import ApiResponse, call_api, parse_each, parse_json_object, require_text
from assistant.channels.slack import GONE, REVOKED, SAID
from assistant.channels.slack_markup import parse_markup
from assistant.conversation.foreign_desks.packet_text import FIELDS, render_packet, render_subject
from assistant.desks.base import BaseDesk, render_message
from assistant.domain.channels import WebhookRequest
from assistant.domain.errors import RetryLater, SetupError, Undeliverable
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

#: Of a section's text, and how many are sent.
MAX_SECTION_CHARACTERS = 2_900
MAX_SECTIONS = 8
#: Threads are asked for rarely: apps that are distributed may ask once a minute.
POLL_SECONDS = 900.0
TROUBLE = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
#: What makes a message a note, and what ends or reopens the conversation.
NOTE = re.compile(r"(//|note[:：]|メモ[:：])\s*", re.IGNORECASE)
CLOSE = re.compile(r"!(close|終了)", re.IGNORECASE)
REOPEN = re.compile(r"!(reopen|再開)", re.IGNORECASE)
DONE_REACTIONS = ("white_check_mark", "heavy_check_mark")
HELP = {
    "ja": "このスレッドへの返信はお客様に届きます。`//` で始めると社内メモになり、"
    "`!終了` または :white_check_mark: で会話を終了します。",
    "en": "Replies in this thread go to the customer. Begin with `//` for a note; `!close` or "
    ":white_check_mark: closes the conversation.",
}


class SlackDesk(BaseDesk):
    name = "slack"
    title = "Slack"
    api_url = "https://slack.com/api"
    poll_seconds = POLL_SECONDS
    settings = (
        ChannelSetting(
            name="SIGNING_SECRET", description="Signing secret, on the app's Basic Information page"
        ),
        ChannelSetting(
            name="BOT_TOKEN",
            description="Bot user OAuth token (xoxb-…) with chat:write, channels:history, groups:history, "
            "reactions:read, users:read",
        ),
        ChannelSetting(name="CHANNEL", description="Id of the channel for handoffs (C…)", secret=False),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "api.slack.com/apps > Event Subscriptions: {webhook} を設定し、message.channels（非公開なら "
        "message.groups）、reaction_added、reaction_removed を購読し、アプリをチャンネルに招待します。",
        "en": "api.slack.com/apps > Event Subscriptions: enter {webhook}, subscribe to message.channels "
        "(message.groups if it is private), reaction_added and reaction_removed, and invite the app to the "
        "channel.",
    }

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt:
        if delivery.step is DeskStep.OPEN:
            return await self._open_thread(delivery)
        if delivery.may_have_arrived and await self._find_in_thread(delivery):
            return DeskReceipt()
        message = delivery.messages[0] if delivery.messages else None
        text = render_message(message, delivery.language) if message else delivery.note
        thread = (delivery.link.remote or "").partition(":")[2]
        await self._post(delivery.key, {"text": escape_text(text), "thread_ts": thread})
        return DeskReceipt()

    async def _open_thread(self, delivery: DeskDelivery) -> DeskReceipt:
        rendered = render_packet(delivery, most=MAX_SECTION_CHARACTERS * MAX_SECTIONS)
        stamp = await self._find_thread(delivery) if delivery.may_have_arrived else None
        if stamp is None:
            title, help_text = render_subject(delivery), HELP.get(delivery.language, HELP["en"])
            text = escape_text(rendered.text) + "\n\n" + help_text
            sections = [
                text[n : n + MAX_SECTION_CHARACTERS] for n in range(0, len(text), MAX_SECTION_CHARACTERS)
            ]
            blocks = [_build_section(f"*{escape_text(title)}*"), *map(_build_section, sections)]
            answer = await self._post(delivery.key, {"text": escape_text(title), "blocks": blocks})
            stamp = require_stamp(answer)
        remote = f"{self.get_setting('CHANNEL')}:{stamp}"
        url = await self._find_permalink(stamp)
        return DeskReceipt(remote=remote, remote_url=url, loss=rendered.loss, fields=len(FIELDS))

    async def _post(self, key: str, body: dict[str, Any]) -> ApiResponse:
        """Slack has no idempotency key: ours travels as metadata, and is looked for before a retry."""
        metadata = {"event_type": "yorisoi_handoff", "event_payload": {"key": key}}
        common = {"channel": self.get_setting("CHANNEL"), "unfurl_links": False, "metadata": metadata}
        return await self._call("chat.postMessage", common | body)

    async def _find_thread(self, delivery: DeskDelivery) -> str | None:
        """The thread that an earlier try has opened, if it has."""
        oldest = f"{delivery.link.created_at.timestamp() - 60:.6f}"
        asked = {"channel": self.get_setting("CHANNEL"), "oldest": oldest, "limit": 200}
        return await self._find_key("conversations.history", asked, delivery.key)

    async def _find_in_thread(self, delivery: DeskDelivery) -> str | None:
        channel, _, thread = (delivery.link.remote or "").partition(":")
        asked = {"channel": channel, "ts": thread, "limit": 200}
        return await self._find_key("conversations.replies", asked, delivery.key)

    async def _find_key(self, method: str, asked: dict[str, Any], key: str) -> str | None:
        answer = await self._call(method, asked | {"include_all_metadata": True})
        for message in answer.data.get("messages") or ():
            payload = ((message.get("metadata") or {}).get("event_payload")) or {}
            if payload.get("key") == key:
                return str(message.get("ts"))
        return None

    async def _find_permalink(self, stamp: str) -> str | None:
        """A courtesy: without it the thread is found by its text."""
        asked = {"channel": self.get_setting("CHANNEL"), "message_ts": stamp}
        try:
            answer = await self._call("chat.getPermalink", asked)
        except (RetryLater, Undeliverable):
            return None
        return answer.find_text("permalink") or None

    async def _call(self, method: str, body: dict[str, Any]) -> ApiResponse:
        """Slack reads arguments of its reading methods from forms only."""
        reading = not method.startswith("chat.post")
        how: dict[str, Any] = {"data": _encode_form(body)} if reading else {"json": body}
        token = {"Authorization": f"Bearer {self.get_setting('BOT_TOKEN')}"}
        answer = await call_api(self._client, "POST", f"{self._api}/{method}", headers=token, **how)
        error = str(answer.data.get("error") or "")
        if answer.is_ok and answer.data.get("ok") is True:
            return answer
        if error in REVOKED or answer.status in (401, 403):
            mend = self.get_variable_name("BOT_TOKEN")
            raise RetryLater(f"Slack does not accept our token ({error}): mend {mend}", after=60)
        if error in TROUBLE or not answer.is_ok or not error:  # it refuses with 200 and an error
            raise RetryLater(f"Slack has trouble: {error or answer.status}")
        gone = error in GONE | {"thread_not_found", "message_not_found"}
        raise Undeliverable(f"Slack refuses it: {error}", gone=gone)

    # -- coming in

    def inbound(self, call: WebhookRequest) -> DeskCall:
        stamp = signatures.verify_timestamp(call.headers.get("x-slack-request-timestamp"), time.time())
        expected = signatures.sign_slack(self.get_setting("SIGNING_SECRET"), stamp, call.body)
        signatures.verify_signature(expected, call.headers.get("x-slack-signature"))
        body = parse_json_object(call.body)
        if body.get("type") == "url_verification":
            return DeskCall(answer=str(body.get("challenge", ""))[:500])
        wanted = [body["event"]] if body.get("type") == "event_callback" and "event" in body else []
        return DeskCall(events=tuple(parse_each(wanted, self._parse_event)))

    def _parse_event(self, event: dict[str, Any]) -> Sequence[DeskEvent]:
        if event["type"] in ("reaction_added", "reaction_removed"):
            return self._parse_reaction(event)
        if event["type"] != "message" or event.get("channel") != self.get_setting("CHANNEL"):
            return ()
        return tuple(parse_thread_message(event, self.get_setting("CHANNEL")))

    def _parse_reaction(self, event: dict[str, Any]) -> Sequence[DeskEvent]:
        """A check mark on the first message of the thread."""
        item, stamp = event["item"], require_text(event["event_ts"])
        if event["reaction"] not in DONE_REACTIONS or item.get("channel") != self.get_setting("CHANNEL"):
            return ()
        added = event["type"] == "reaction_added"
        kind = DeskEventKind.CLOSED if added else DeskEventKind.REOPENED
        remote = f"{require_text(item['channel'])}:{require_text(item['ts'])}"
        return (DeskEvent(id=f"reaction:{stamp}", kind=kind, remote=remote, position=build_position(stamp)),)

    async def reconcile(self, link: DeskLink) -> DeskNews:
        """The thread since the last message that is known: Slack stops repeating a callback after an hour."""
        channel, _, thread = (link.remote or "").partition(":")
        oldest = link.cursor or thread
        asked = {"channel": channel, "ts": thread, "oldest": oldest, "limit": 200}
        answer = await self._call("conversations.replies", asked)
        found = answer.data.get("messages")
        events = list(parse_each(found, lambda one: list(parse_thread_message(one, channel))))
        later = [event for event in events if event.position > build_position(oldest)]
        cursor = max([oldest, *(event.position.lstrip("0") for event in later)], key=float)
        return DeskNews(events=tuple(later), cursor=cursor)

    async def health(self) -> Sequence[str]:
        try:
            who = await self._call("auth.test", {})
            channel = await self._call("conversations.info", {"channel": self.get_setting("CHANNEL")})
        except (RetryLater, Undeliverable) as exc:
            raise SetupError(f"Slack: {exc}.") from exc
        if channel.find_value("channel", "is_member") is not True:
            raise SetupError("Invite the app to the channel: /invite @yorisoi")
        name = channel.find_text("channel", "name")
        return [f"bot {who.find_text('user')} in {who.find_text('team')}", f"member of #{name}"]


def parse_thread_message(event: Mapping[str, Any], channel: str) -> Iterator[DeskEvent]:
    """What a person wrote in a thread; our own messages and those outside of threads are nothing."""
    thread, stamp = event.get("thread_ts"), require_text(event["ts"])
    if event.get("bot_id") or event.get("subtype") not in SAID or not thread or thread == stamp:
        return
    text = parse_markup(require_text(event.get("text", "")))
    author = str((event.get("user_profile") or {}).get("real_name") or "")
    base = DeskEvent(
        id=f"{channel}:{stamp}",
        kind=DeskEventKind.REPLY,
        remote=f"{channel}:{require_text(thread)}",
        position=build_position(stamp),
        author=author,
        text=text,
    )
    note = NOTE.match(text)
    if CLOSE.fullmatch(text.strip()):
        yield replace(base, kind=DeskEventKind.CLOSED, text="")
    elif REOPEN.fullmatch(text.strip()):
        yield replace(base, kind=DeskEventKind.REOPENED, text="")
    elif note:
        yield replace(base, kind=DeskEventKind.NOTE, text=text[note.end() :])
    elif text.strip():
        yield base
    if names := [str(file.get("name", "")) for file in event.get("files") or ()]:
        # Files in Slack open for members only.
        told = f"{', '.join(names)[:500]} (Slack)"
        yield replace(base, id=f"{base.id}:files", kind=DeskEventKind.NOTE, text=told)


def build_position(stamp: str) -> str:
    """Slack's time of a message as a text that sorts."""
    return f"{float(stamp):020.6f}"


def require_stamp(answer: ApiResponse) -> str:
    stamp = answer.find_text("ts")
    if not stamp:
        raise RetryLater("Slack did not say where the message is")
    return stamp


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _build_section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _encode_form(body: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in body.items()
    }
