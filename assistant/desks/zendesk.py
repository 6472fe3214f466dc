"""Zendesk tickets: opened with a private comment, followed by audits, which have everything in order.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/,
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/,
https://developer.zendesk.com/documentation/webhooks/verifying/
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from assistant.channels.base import ChannelSetting
from assistant.channels.http import ApiResponse, call_api, parse_each, parse_json_object
from assistant.channels.signatures import verify_signature
from assistant.conversation.foreign_desks.packet_text import FIELDS, render_packet, render_subject
from assistant.desks.base import BaseDesk, DeskConfig, raise_refusal, render_message
from assistant.domain.channels import WebhookRequest
from assistant.domain.errors import RetryLater, SetupError, Unauthorized
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

#: A comment has 64 kB; agents read the first screen of it.
MAX_COMMENT_CHARACTERS = 20_000
#: What a comment for people has no place for; the link shows it.
WITHOUT = ("actions", "feelings", "suggested")
PRIORITIES = ("urgent", "high", "normal", "low")
DONE = ("solved", "closed")
#: Name of our key in the custom metadata of an update.
KEY = "yorisoi_key"
MAX_PAGES = 20
MAX_AGE_SECONDS = 600


class ZendeskDesk(BaseDesk):
    name = "zendesk"
    title = "Zendesk"
    settings = (
        ChannelSetting(name="SUBDOMAIN", description="example, of example.zendesk.com", secret=False),
        ChannelSetting(name="EMAIL", description="E-mail address of the API user", secret=False),
        ChannelSetting(
            name="API_TOKEN", description="API token, in Admin Center > Apps and integrations > APIs"
        ),
        ChannelSetting(
            name="WEBHOOK_SECRET", description="Signing secret of the webhook, on the webhook's page"
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "管理センター > Webhook: {webhook} を POST・JSON で作成し、署名シークレットを設定に写します。"
        "トリガ（チケットが更新された、タグに yorisoi を含む）から "
        '{{"ticket_id": "{{{{ticket.id}}}}"}} を送ります。'
        "依頼者への通知トリガは、タグ yorisoi のチケットを除外してください。",
        "en": "Admin Center > Webhooks: create {webhook} (POST, JSON) and copy its signing secret into the "
        'settings. A trigger (ticket is updated, tags contain yorisoi) sends {{"ticket_id": '
        '"{{{{ticket.id}}}}"}} there. Leave tickets tagged yorisoi out of the triggers that mail requesters.',
    }

    def __init__(self, config: DeskConfig) -> None:
        super().__init__(config)
        self._api = self._api or f"https://{self.get_setting('SUBDOMAIN')}.zendesk.com"
        credentials = f"{self.get_setting('EMAIL')}/token:{self.get_setting('API_TOKEN')}"
        self._auth = {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt:
        if delivery.step is DeskStep.OPEN:
            return await self._open_ticket(delivery)
        if delivery.may_have_arrived and await self._find_update(delivery):
            return DeskReceipt()
        link = delivery.link
        ticket: dict[str, Any] = {"metadata": {"custom": {KEY: delivery.key}}}
        if delivery.step is DeskStep.MESSAGE:
            text = render_message(delivery.messages[0], delivery.language)
            comment: dict[str, Any] = {"body": text, "public": True}
            if requester := link.context.get("requester"):
                comment["author_id"] = int(requester)
            ticket |= {"comment": comment}
        else:
            ticket |= {"comment": {"body": delivery.note, "public": False}, "status": "solved"}
        await self._call("PUT", f"/api/v2/tickets/{link.remote}.json", json={"ticket": ticket})
        return DeskReceipt()

    async def _open_ticket(self, delivery: DeskDelivery) -> DeskReceipt:
        rendered = render_packet(delivery, most=MAX_COMMENT_CHARACTERS, without=WITHOUT)
        found = await self._find_ticket(delivery) if delivery.may_have_arrived else None
        if found is None:
            body = {"ticket": _build_ticket(delivery, rendered.text)}
            headers = {"Idempotency-Key": delivery.key}
            answer = await self._call("POST", "/api/v2/tickets.json", json=body, headers=headers)
            found = answer.data.get("ticket")
        if not isinstance(found, dict) or not found.get("id"):
            raise RetryLater("Zendesk did not say which ticket it is")
        ticket = str(found["id"])
        return DeskReceipt(
            remote=ticket,
            remote_url=f"{self._api}/agent/tickets/{ticket}",
            label=f"#{ticket}",
            context={"requester": str(found.get("requester_id") or "")},
            loss=rendered.loss,
            fields=len(FIELDS),
        )

    async def _find_ticket(self, delivery: DeskDelivery) -> dict[str, Any] | None:
        """The ticket that an earlier try has opened; an Idempotency-Key is forgotten after two hours."""
        asked = {"external_id": delivery.key}
        answer = await self._call("GET", "/api/v2/tickets.json", params=asked)
        return next(
            (one for one in answer.data.get("tickets") or () if one.get("external_id") == delivery.key), None
        )

    async def _find_update(self, delivery: DeskDelivery) -> bool:
        async for audit in self._iterate_audits(delivery.link.remote or "", ""):
            if _get_key(audit) == delivery.key:
                return True
        return False

    async def _iterate_audits(self, ticket: str, after: str, names: dict[str, str] | None = None) -> Any:
        """Audits in order; *names*: is filled with their authors'."""
        asked: dict[str, str] = {"page[size]": "100", "include": "users"}
        for _ in range(MAX_PAGES):
            if after:
                asked["page[after]"] = after
            answer = await self._call("GET", f"/api/v2/tickets/{ticket}/audits.json", params=asked)
            for user in answer.data.get("users") or ():
                if names is not None and isinstance(user, dict):
                    names[str(user.get("id"))] = str(user.get("name") or "")
            for audit in answer.data.get("audits") or ():
                if isinstance(audit, dict):
                    yield audit
            after = answer.find_text("meta", "after_cursor")
            if answer.find_value("meta", "has_more") is not True or not after:
                return

    async def _call(self, method: str, path: str, **how: Any) -> ApiResponse:
        headers = self._auth | how.pop("headers", {})
        answer = await call_api(self._client, method, self._api + path, headers=headers, **how)
        raise_refusal(answer, token=self.get_variable_name("API_TOKEN"))
        return answer

    # -- coming in

    def inbound(self, call: WebhookRequest) -> DeskCall:
        """A callback names the ticket; what happened is read from its audits, in order."""
        stamp = call.headers.get("x-zendesk-webhook-signature-timestamp", "")
        secret = self.get_setting("WEBHOOK_SECRET").encode()
        digest = hmac.digest(secret, stamp.encode() + call.body, hashlib.sha256)
        verify_signature(base64.b64encode(digest).decode(), call.headers.get("x-zendesk-webhook-signature"))
        _verify_age(stamp)
        body = parse_json_object(call.body)
        return DeskCall(events=tuple(parse_each([body], _parse_callback)))

    async def reconcile(self, link: DeskLink) -> DeskNews:
        names: dict[str, str] = {}
        audits = [audit async for audit in self._iterate_audits(link.remote or "", "", names)]
        last = int(link.cursor or 0)
        later = [one for one in audits if isinstance(one.get("id"), int) and one["id"] > last]
        requester = link.context.get("requester", "")
        events = parse_each(
            later, lambda audit: list(_parse_audit(audit, link.remote or "", names, requester))
        )
        cursor = str(max([last, *(one["id"] for one in later)]))
        return DeskNews(events=tuple(events), cursor=cursor)

    async def health(self) -> Sequence[str]:
        try:
            answer = await call_api(
                self._client, "GET", f"{self._api}/api/v2/users/me.json", headers=self._auth
            )
        except RetryLater as exc:
            raise SetupError(f"{self._api}: {exc}.") from exc
        role = answer.find_text("user", "role")
        if not answer.is_ok or role not in ("agent", "admin"):
            names = f"{self.get_variable_name('EMAIL')} and {self.get_variable_name('API_TOKEN')}"
            raise SetupError(f"Zendesk does not know us as an agent ({answer.status}); mend {names}.")
        return [f"{answer.find_text('user', 'email')} is {role} at {urlsplit(self._api).netloc}"]


def _build_ticket(delivery: DeskDelivery, text: str) -> dict[str, Any]:
    """The first comment is private: the requester must not see what it says of them."""
    issue = delivery.packet.get("issue") or {}
    trigger = delivery.packet.get("trigger") or {}
    urgency = issue.get("urgency")
    return {
        "subject": render_subject(delivery),
        "comment": {"body": text, "public": False},
        # Without an address, or Zendesk would mail what we deliver too.
        "requester": {"name": delivery.customer or ("お客様" if delivery.language == "ja" else "Customer")},
        "external_id": delivery.key,
        "priority": urgency if urgency in PRIORITIES else "normal",
        "tags": ["yorisoi", *(str(one) for one in (trigger.get("reason"), issue.get("sensitive")) if one)],
        "metadata": {"custom": {KEY: delivery.key}},
    }


def _get_key(audit: Mapping[str, Any]) -> str | None:
    custom = (audit.get("metadata") or {}).get("custom") or {}
    key = custom.get(KEY) if isinstance(custom, Mapping) else None
    return key if isinstance(key, str) else None


def _parse_callback(body: Mapping[str, Any]) -> Sequence[DeskEvent]:
    """Of a trigger (``ticket_id``) or of an event subscription (``detail.id``)."""
    detail = body.get("detail") or {}
    ticket = str(body.get("ticket_id") or detail.get("id") or "")
    if not ticket.isdigit():
        raise ValueError("no ticket")
    return (DeskEvent(id="", kind=DeskEventKind.CHANGED, remote=ticket, position=""),)


def _parse_audit(
    audit: Mapping[str, Any], ticket: str, names: Mapping[str, str], requester: str
) -> Iterator[DeskEvent]:
    """What one update means; ours mean nothing."""
    if _get_key(audit) is not None:
        return
    author = str(audit.get("author_id") or "")
    # The comments of an update come before its change of status.
    for place, event in enumerate(
        sorted(audit.get("events") or (), key=lambda one: one.get("type") != "Comment")
    ):
        kind, text = _select_kind(event, is_requester=bool(requester) and author == requester)
        if kind is not None:
            yield DeskEvent(
                id=f"audit:{audit['id']}:{event.get('id', place)}",
                kind=kind,
                remote=ticket,
                position=f"{audit['id']:020d}.{place:03d}",
                text=text,
                author=names.get(author, ""),
                files=_list_files(event) if kind is DeskEventKind.REPLY else (),
            )


def _select_kind(event: Mapping[str, Any], *, is_requester: bool) -> tuple[DeskEventKind | None, str]:
    if event.get("type") == "Comment":
        text = str(event.get("body") or "")
        is_reply = event.get("public") is True and not is_requester
        return (DeskEventKind.REPLY if is_reply else DeskEventKind.NOTE), text
    if event.get("type") == "Change" and event.get("field_name") == "status":
        was_done, is_done = event.get("previous_value") in DONE, event.get("value") in DONE
        if is_done and not was_done:
            return DeskEventKind.CLOSED, ""
        if was_done and not is_done:
            return DeskEventKind.REOPENED, ""
    return None, ""


def _list_files(event: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    files = event.get("attachments") or ()
    found = [(str(one.get("file_name", ""))[:200], str(one.get("content_url", ""))) for one in files]
    return tuple((name, url) for name, url in found if urlsplit(url).scheme == "https")


def _verify_age(stamp: str) -> None:
    """Unauthorized unless the signed time, in ISO 8601, is about now."""
    try:
        age = (datetime.now(UTC) - datetime.fromisoformat(stamp)).total_seconds()
    except (ValueError, TypeError) as exc:
        raise Unauthorized("The signed time is missing.") from exc
    if abs(age) > MAX_AGE_SECONDS:
        raise Unauthorized("The signed time is not about now.")
