"""Chatwoot: a conversation in an inbox of the API channel for each handoff.

Its callbacks come once and are never repeated (chatwoot#15920), so they only say that something happened;
what it was is read from the conversation, and read again from time to time.
https://developers.chatwoot.com/api-reference/introduction
"""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from assistant.channels.base import ChannelSetting
from assistant.channels.http import ApiResponse, call_api, parse_each, parse_json_object
from assistant.channels.signatures import verify_signature, verify_timestamp
from assistant.conversation.foreign_desks.packet_text import FIELDS, render_packet
from assistant.desks.base import BaseDesk, raise_refusal, render_message, require_token
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

MAX_MESSAGE_CHARACTERS = 100_000
#: A private note is text: what belongs into panels of an agent's screen is behind the link.
WITHOUT = ("actions", "suggested")
PRIORITIES = ("urgent", "high", "low")
#: message_type of what agents say.
OUTGOING = 1
#: Name of our key in the attributes of a message or a conversation.
KEY = "yorisoi_key"
MAX_PAGES = 20
EVENTS = ("message_created", "conversation_status_changed", "conversation_updated", "conversation_resolved")


class ChatwootDesk(BaseDesk):
    name = "chatwoot"
    title = "Chatwoot"
    #: Nothing is repeated there, so it is asked often.
    poll_seconds = 60.0
    settings = (
        ChannelSetting(name="API_URL", description="https address of the Chatwoot server", secret=False),
        ChannelSetting(
            name="ACCOUNT_ID", description="Number of the account (/app/accounts/1)", secret=False
        ),
        ChannelSetting(name="INBOX_ID", description="Number of the API inbox", secret=False),
        ChannelSetting(name="API_TOKEN", description="Access token of an agent, in Profile settings"),
        ChannelSetting(
            name="WEBHOOK_TOKEN",
            description="Token in the webhook's address, for versions that do not sign",
            is_generated=True,
        ),
        ChannelSetting(
            name="WEBHOOK_SECRET",
            description="Secret that signs callbacks, from 4.13; then an unsigned one is refused",
            required=False,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "設定 > 受信トレイ > API: コールバック URL に {webhook} を設定します。",
        "en": "Settings > Inboxes > API: enter {webhook} as the callback URL.",
    }

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt:
        if delivery.step is DeskStep.OPEN:
            return await self._open_conversation(delivery)
        remote = delivery.link.remote or ""
        if not (delivery.may_have_arrived and await self._find_message(remote, delivery.key)):
            message = delivery.messages[0] if delivery.messages else None
            text = render_message(message, delivery.language) if message else delivery.note
            kind = "incoming" if message else "outgoing"
            await self._post_message(remote, delivery.key, text, message_type=kind, private=message is None)
        if delivery.step is DeskStep.CLOSE:
            await self._call("POST", f"/conversations/{remote}/toggle_status", json={"status": "resolved"})
        return DeskReceipt()

    async def _open_conversation(self, delivery: DeskDelivery) -> DeskReceipt:
        """Three calls, each found again before it is repeated."""
        contact, source = await self._ensure_contact(delivery)
        number = await self._find_conversation(contact, delivery.key) if delivery.may_have_arrived else None
        if number is None:
            urgency = (delivery.packet.get("issue") or {}).get("urgency")
            body = {
                "source_id": source,
                "inbox_id": int(self.get_setting("INBOX_ID")),
                "contact_id": contact,
                "status": "open",
                "custom_attributes": {KEY: delivery.key},
            }
            created = await self._call("POST", "/conversations", json=body)
            number = created.find_text("id") or created.find_text("display_id")
            if urgency in PRIORITIES and number:
                await self._set_priority(number, str(urgency))
        if not number:
            raise RetryLater("Chatwoot did not say which conversation it is")
        rendered = render_packet(delivery, most=MAX_MESSAGE_CHARACTERS, without=WITHOUT)
        if not (delivery.may_have_arrived and await self._find_message(number, delivery.key)):
            await self._post_message(
                number, delivery.key, rendered.text, message_type="outgoing", private=True
            )
        return DeskReceipt(
            remote=number,
            remote_url=f"{self._api}/app/accounts/{self.get_setting('ACCOUNT_ID')}/conversations/{number}",
            label=f"#{number}",
            loss=rendered.loss,
            fields=len(FIELDS),
        )

    async def _set_priority(self, number: str, urgency: str) -> None:
        """A courtesy: the note says it too."""
        try:
            await self._call("POST", f"/conversations/{number}/toggle_priority", json={"priority": urgency})
        except (RetryLater, Undeliverable):
            return

    async def _ensure_contact(self, delivery: DeskDelivery) -> tuple[int, str]:
        """The contact of our conversation and its id in the inbox; an identifier is there once."""
        identifier = f"yorisoi-{delivery.link.conversation}"
        found = await self._call("GET", "/contacts/search", params={"q": identifier})
        contacts = [one for one in found.data.get("payload") or () if one.get("identifier") == identifier]
        if not contacts:
            body = {
                "inbox_id": int(self.get_setting("INBOX_ID")),
                "name": delivery.customer or ("お客様" if delivery.language == "ja" else "Customer"),
                "identifier": identifier,
            }
            created = await self._call("POST", "/contacts", json=body)
            contacts = [created.find_value("payload", "contact") or {}]
        inboxes = contacts[0].get("contact_inboxes") or ()
        source = next((one.get("source_id") for one in inboxes if one.get("source_id")), None)
        if not contacts[0].get("id") or not source:
            raise RetryLater("Chatwoot did not say which contact it is")
        return int(contacts[0]["id"]), str(source)

    async def _find_conversation(self, contact: int, key: str) -> str | None:
        answer = await self._call("GET", f"/contacts/{contact}/conversations")
        for one in answer.data.get("payload") or ():
            if (one.get("custom_attributes") or {}).get(KEY) == key:
                return str(one["id"])
        return None

    async def _find_message(self, number: str, key: str) -> bool:
        messages = await self._list_messages(number, 0)
        return any((one.get("content_attributes") or {}).get(KEY) == key for one in messages)

    async def _list_messages(self, number: str, after: int) -> list[dict[str, Any]]:
        """Messages after an id, oldest first."""
        found: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            answer = await self._call(
                "GET", f"/conversations/{number}/messages", params={"after": str(after)}
            )
            page = [one for one in answer.data.get("payload") or () if isinstance(one.get("id"), int)]
            page = sorted((one for one in page if one["id"] > after), key=lambda one: one["id"])
            if not page:
                break
            found += page
            after = page[-1]["id"]
        return found

    async def _post_message(self, number: str, key: str, text: str, **kind: Any) -> None:
        body = {"content": text, "content_attributes": {KEY: key}} | kind
        await self._call("POST", f"/conversations/{number}/messages", json=body)

    async def _call(self, method: str, path: str, **how: Any) -> ApiResponse:
        url = f"{self._api}/api/v1/accounts/{self.get_setting('ACCOUNT_ID')}{path}"
        headers = {"api_access_token": self.get_setting("API_TOKEN")}
        answer = await call_api(self._client, method, url, headers=headers, **how)
        raise_refusal(answer, token=self.get_variable_name("API_TOKEN"))
        return answer

    # -- coming in

    def inbound(self, call: WebhookRequest) -> DeskCall:
        if secret := self.get_setting("WEBHOOK_SECRET"):
            stamp = verify_timestamp(call.headers.get("x-chatwoot-timestamp"), time.time())
            digest = hmac.new(secret.encode(), f"{stamp}.".encode() + call.body, hashlib.sha256).hexdigest()
            verify_signature(f"sha256={digest}", call.headers.get("x-chatwoot-signature"))
        else:
            require_token(self.get_setting("WEBHOOK_TOKEN"), call.query.get("token"))
        body = parse_json_object(call.body)
        return DeskCall(events=tuple(parse_each([body], _parse_callback)))

    async def reconcile(self, link: DeskLink) -> DeskNews:
        """Status first: whatever was said before it closed is among the messages then."""
        number, (last, before) = link.remote or "", _parse_cursor(link.cursor)
        status = (await self._call("GET", f"/conversations/{number}")).find_text("status") or before
        later = await self._list_messages(number, last)
        events = list(parse_each(later, lambda one: _parse_message(one, number)))
        last = max([last, *(one["id"] for one in later)])
        if (kind := _compare_status(before, status)) is not None:
            place = f"{last:020d}.999"
            events.append(DeskEvent(id=f"{status}:{last}", kind=kind, remote=number, position=place))
        return DeskNews(events=tuple(events), cursor=f"{last}|{status}")

    async def health(self) -> Sequence[str]:
        try:
            answer = await self._call("GET", f"/inboxes/{self.get_setting('INBOX_ID')}")
        except (RetryLater, Undeliverable) as exc:
            raise SetupError(f"Chatwoot: {exc}.") from exc
        if answer.find_text("channel_type") != "Channel::Api":
            raise SetupError(f"{self.get_variable_name('INBOX_ID')} is no inbox of the API channel.")
        return [f"API inbox {answer.find_text('name')}", "callbacks are made up for by asking every minute"]


def _parse_cursor(cursor: str) -> tuple[int, str]:
    last, _, status = cursor.partition("|")
    return int(last or 0), status or "open"


def _compare_status(before: str, status: str) -> DeskEventKind | None:
    if status == "resolved" and before != "resolved":
        return DeskEventKind.CLOSED
    if status == "open" and before == "resolved":
        return DeskEventKind.REOPENED
    return None


def _parse_callback(body: Mapping[str, Any]) -> Sequence[DeskEvent]:
    if body.get("event") not in EVENTS:
        return ()
    about = body.get("conversation") or body
    number = str(about.get("display_id") or about["id"])
    if not number.isdigit():
        raise ValueError("no conversation")
    return (DeskEvent(id="", kind=DeskEventKind.CHANGED, remote=number, position=""),)


def _parse_message(message: Mapping[str, Any], number: str) -> Sequence[DeskEvent]:
    """What an agent wrote; our own messages carry our key, and activities are nothing."""
    if message.get("message_type") != OUTGOING or KEY in (message.get("content_attributes") or {}):
        return ()
    is_note = message.get("private") is True
    files = message.get("attachments") or ()
    addresses = [(str(one.get("file_name") or ""), str(one.get("data_url") or "")) for one in files]
    return (
        DeskEvent(
            id=f"message:{message['id']}",
            kind=DeskEventKind.NOTE if is_note else DeskEventKind.REPLY,
            remote=number,
            position=f"{message['id']:020d}",
            text=str(message.get("content") or ""),
            author=str((message.get("sender") or {}).get("name") or ""),
            files=tuple(one for one in addresses if urlsplit(one[1]).scheme == "https"),
        ),
    )
