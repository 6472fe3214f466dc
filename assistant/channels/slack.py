"""Slack as a place where customers write: the Events API. https://api.slack.com/apis/events-api"""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

from assistant.channels import signatures
from assistant.channels.allowed_hosts import Hosts
from assistant.channels.base import AppChannel, Setting
from assistant.channels.formatting import Look
from assistant.channels.http import Answer, call, download, each, in_time, json_of, text_of
from assistant.channels.inbound_content import Content, content_of
from assistant.domain.channels import (
    Attachment,
    Call,
    Edited,
    Event,
    Letter,
    Part,
    Said,
    Sent,
    Thread,
    Unsent,
)
from assistant.domain.errors import BadInput, NotYet, SetupError, Undeliverable

#: Somebody who is meant; the name stands behind a bar, or nowhere.
MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>\s*")
#: An address, a channel or a date in Slack's markup, and the words that are shown for it.
MARKED = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>(?=(\S?))")
#: Subtypes of messages in which a person says something.
SAID = (None, "file_share", "thread_broadcast", "me_message")
#: Slack's words for "this place is gone", and for credentials that no longer hold.
GONE = {"channel_not_found", "is_archived", "user_disabled", "cannot_dm_bot", "not_in_channel"}
REVOKED = {"invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed"}
KINDS = {"image": "image", "video": "video", "audio": "audio"}


class Slack(AppChannel):
    name = "slack"
    api_url = "https://slack.com/api"
    look = Look(longest=3000, bold="*", buttons=5, label=75)
    settings = (
        Setting(name="SIGNING_SECRET", says="Signing secret, on the app's Basic Information page"),
        Setting(
            name="BOT_TOKEN",
            says="Bot user OAuth token (xoxb-…) with chat:write, im:history, app_mentions:read",
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "api.slack.com/apps > Event Subscriptions: {webhook} を設定し、"
        "message.im と app_mention を購読します。"
        "Interactivity にも同じURLを設定します。",
        "en": "api.slack.com/apps > Event Subscriptions: enter {webhook}, subscribe to message.im and "
        "app_mention. Enter the same address under Interactivity.",
    }

    def verify_webhook(self, call: Call) -> None:
        stamp = signatures.fresh(call.headers.get("x-slack-request-timestamp"), time.time())
        expected = signatures.slack(self.value("SIGNING_SECRET"), stamp, call.body)
        signatures.same(expected, call.headers.get("x-slack-signature"))

    def answer_challenge(self, call: Call) -> str | None:
        if call.method != "POST" or b'"url_verification"' not in call.body:
            return None
        body = json_of(call.body)
        return text_of(body["challenge"]) if body.get("type") == "url_verification" else None

    def parse_webhook(self, call: Call) -> list[Event]:
        if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return list(each([_interaction(call.body)], self._tap))
        body = json_of(call.body)
        return list(each([body] if body.get("type") == "event_callback" else [], self._event))

    def _tap(self, payload: dict[str, Any]) -> Sequence[Event]:
        """A button was pressed: its words are said in the customer's name."""
        if payload.get("type") != "block_actions":
            return ()
        action, message = payload["actions"][0], payload["message"]
        stamp = text_of(action["action_ts"])
        address = self.address(
            text_of(payload["user"]["id"]),
            _thread(text_of(payload["channel"]["id"]), message),
        )
        return (
            Said(
                id=f"tap:{stamp}", address=address, message_id=f"tap:{stamp}", text=text_of(action["value"])
            ),
        )

    def _event(self, body: dict[str, Any]) -> Sequence[Event]:
        event, event_id = body["event"], text_of(body["event_id"])
        if event["type"] == "reaction_added":
            return self._reacted(event, event_id)
        if event["type"] not in ("message", "app_mention") or event.get("bot_id"):
            return ()
        changed = event.get("subtype")
        inner = event.get("message") or event.get("previous_message") or event
        if inner.get("bot_id") or (event["type"] == "message" and event.get("channel_type") != "im"):
            return ()
        channel = text_of(event["channel"])
        address = self.address(text_of(inner["user"]), _thread(channel, inner))
        message_id = f"{channel}:{text_of(inner['ts'])}"
        if changed == "message_deleted" or inner.get("subtype") == "tombstone":
            return (Unsent(id=event_id, address=address, message_id=message_id),)
        if changed == "message_changed":
            before, text = event.get("previous_message", {}), plain_text(text_of(inner.get("text", "")))
            if before.get("text") == inner.get("text"):  # a preview was added
                return ()
            return (Edited(id=event_id, address=address, message_id=message_id, text=text),)
        if changed not in SAID:
            return ()
        content = content_of(carried, inner)
        return (Said(id=event_id, address=address, message_id=message_id, **content.parts),)

    def _reacted(self, event: dict[str, Any], event_id: str) -> Sequence[Event]:
        """Only where Slack is told to tell us of them."""
        channel = text_of(event["item"]["channel"])
        if not channel.startswith("D"):
            return ()
        address, about = self.address(text_of(event["user"]), channel), f":{text_of(event['reaction'])}:"
        id_ = f"reaction:{event_id}"
        return (Said(id=event_id, address=address, message_id=id_, text="", kind="reaction", about=about),)

    # -- out

    @in_time
    async def send_part(self, letter: Letter, part: Part) -> Sent:
        channel, _, thread = letter.thread.address.thread.partition(":")
        body: dict[str, Any] = {"channel": channel, "text": part.texts[0], "unfurl_links": False}
        if thread:
            body["thread_ts"] = thread
        if part.buttons:
            buttons = [
                {
                    "type": "button",
                    "action_id": f"choice-{n}",
                    "text": {"type": "plain_text", "text": button.label[:75]},
                    "value": button.value[:2000],
                }
                for n, button in enumerate(part.buttons)
            ]
            words = {"type": "section", "text": {"type": "mrkdwn", "text": _escaped(part.texts[0])}}
            body["blocks"] = [words, {"type": "actions", "elements": buttons}]
        answer = await self._call("chat.postMessage", body | {"text": _escaped(part.texts[0])})
        self._or_raise(answer)
        stamp = answer.text("ts")
        return Sent(id=f"{answer.text('channel')}:{stamp}" if stamp else "")

    def _or_raise(self, answer: Answer) -> None:
        """Slack answers 200 and says in the body what went wrong."""
        if answer.ok and answer.data.get("ok") is not False:
            return
        error = str(answer.data.get("error") or answer.status)
        if error in (
            "ratelimited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
        ):
            raise NotYet(f"the app has trouble: {error}")
        if error in REVOKED:
            raise Undeliverable(
                f"Slack does not accept our token ({error}): mend {self.variable('BOT_TOKEN')}"
            )
        raise Undeliverable(f"Slack refuses it: {error}", gone=error in GONE)

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await call(
            self._client,
            "GET",
            f"{self._api}/users.info",
            params={"user": thread.address.peer},
            headers=self._authorization,
        )
        return answer.text("user", "real_name") or None if answer.ok else None

    async def fetch_media(self, source: str) -> bytes:
        hosts = Hosts(api=self._api, trusted=("files.slack.com",))
        return await download(self._client, source, hosts, headers=self._authorization)

    async def check_setup(self) -> Sequence[str]:
        answer = await self._call("auth.test", {})
        if not answer.data.get("ok"):
            raise SetupError(
                f"Slack refuses our token ({answer.data.get('error')}); mend {self.variable('BOT_TOKEN')}."
            )
        return [
            f"bot {answer.data.get('user')} in {answer.data.get('team')}",
            "Slack tests the webhook when saved",
        ]

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.value('BOT_TOKEN')}"}

    async def _call(self, method: str, body: dict[str, Any]) -> Answer:
        return await call(
            self._client, "POST", f"{self._api}/{method}", json=body, headers=self._authorization
        )


def _thread(channel: str, message: dict[str, Any]) -> str:
    """A direct chat is one thread; in a channel each thread is a conversation of its own."""
    if channel.startswith("D"):
        return channel
    return f"{channel}:{text_of(message.get('thread_ts') or message['ts'])}"


def _interaction(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=20)
        return json_of(fields["payload"][0].encode())
    except (ValueError, KeyError) as exc:
        raise BadInput("There is no payload.") from exc


def _file(file: dict[str, Any]) -> list[Attachment]:
    kind = KINDS.get(str(file.get("mimetype", "")).partition("/")[0], "file")
    return [Attachment(kind=kind, source=text_of(file["url_private"]), name=str(file.get("name", "")))]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def carried(message: dict[str, Any]) -> Content:
    files = tuple(each(message.get("files"), _file))
    return Content(text=plain_text(text_of(message.get("text", ""))), attachments=files)


def plain_text(text: str) -> str:
    """Slack's markup as text: ``<https://a.jp|ここ>`` is 「ここ (https://a.jp)」, a mention of us is nothing.

    https://api.slack.com/reference/surfaces/formatting#retrieving-messages
    """
    text = MARKED.sub(_shown, MENTION.sub("", text)).strip()
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(marked: re.Match[str]) -> str:
    target, label = marked[1], (marked[2] or "").strip()
    if target[0] in "#!":  # a channel, a group, a date: the words for it, or its name
        return label or target[:1].replace("!", "@") + target[1:].partition("^")[0]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if label.rstrip("/") not in ("", bare, address.rstrip("/")):
        return f"{label} ({address})"
    return f"{address} " if marked[3] else address  # or the next word would belong to the address
