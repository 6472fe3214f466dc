"""Slack: the Events API, for customers who write in Slack.

https://api.slack.com/apis/events-api
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

from assistant.channels import signatures
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel, ChannelSetting
from assistant.channels.file_limits import ANY_FILE
from assistant.channels.formatting import TextLimits
from assistant.channels.http import (
    FILE_SECONDS,
    ApiResponse,
    call_api,
    download_file,
    parse_each,
    parse_json_object,
    require_text,
    with_send_deadline,
)
from assistant.channels.inbound_content import MessageContent, try_parse_content
from assistant.channels.slack_markup import escape_text, parse_markup
from assistant.domain.channels import (
    Attachment,
    ChannelEvent,
    MessageDeleted,
    MessageEdited,
    MessagePart,
    MessageReceived,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Thread,
    WebhookRequest,
)
from assistant.domain.errors import BadInput, RetryLater, SetupError, Undeliverable

#: Message subtypes with a person's text.
SAID = (None, "file_share", "thread_broadcast", "me_message")
#: Slack's errors for a channel that no longer exists, and for invalid credentials.
GONE = {"channel_not_found", "is_archived", "user_disabled", "cannot_dm_bot", "not_in_channel"}
REVOKED = {"invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed"}
KINDS = {"image": "image", "video": "video", "audio": "audio"}


class SlackChannel(BaseChannel):
    name = "slack"
    api_url = "https://slack.com/api"
    file_limits = ANY_FILE
    text_limits = TextLimits(max_length=3000, bold="*", buttons=5, label=75)
    settings = (
        ChannelSetting(
            name="SIGNING_SECRET", description="Signing secret, on the app's Basic Information page"
        ),
        ChannelSetting(
            name="BOT_TOKEN",
            description="Bot user OAuth token (xoxb-…) with chat:write, im:history, app_mentions:read, "
            "files:write",
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "api.slack.com/apps > Event Subscriptions: {webhook} を設定し、"
        "message.im と app_mention を購読します。"
        "Interactivity にも同じURLを設定します。",
        "en": "api.slack.com/apps > Event Subscriptions: enter {webhook}, subscribe to message.im and "
        "app_mention. Enter the same address under Interactivity.",
    }

    def verify_webhook(self, call: WebhookRequest) -> None:
        stamp = signatures.verify_timestamp(call.headers.get("x-slack-request-timestamp"), time.time())
        expected = signatures.sign_slack(self.get_setting("SIGNING_SECRET"), stamp, call.body)
        signatures.verify_signature(expected, call.headers.get("x-slack-signature"))

    def answer_challenge(self, call: WebhookRequest) -> str | None:
        if call.method != "POST" or b'"url_verification"' not in call.body:
            return None
        body = parse_json_object(call.body)
        return require_text(body["challenge"]) if body.get("type") == "url_verification" else None

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return list(parse_each([_parse_interaction(call.body)], self._parse_button_press))
        body = parse_json_object(call.body)
        return list(parse_each([body] if body.get("type") == "event_callback" else [], self._parse_event))

    def _parse_button_press(self, payload: dict[str, Any]) -> Sequence[ChannelEvent]:
        """A pressed button counts as a message with its text."""
        if payload.get("type") != "block_actions":
            return ()
        action, message = payload["actions"][0], payload["message"]
        stamp = require_text(action["action_ts"])
        address = self.build_address(
            require_text(payload["user"]["id"]),
            _build_thread_id(require_text(payload["channel"]["id"]), message),
        )
        return (
            MessageReceived(
                id=f"tap:{stamp}",
                address=address,
                message_id=f"tap:{stamp}",
                text=require_text(action["value"]),
            ),
        )

    def _parse_event(self, body: dict[str, Any]) -> Sequence[ChannelEvent]:
        event, event_id = body["event"], require_text(body["event_id"])
        if event["type"] == "reaction_added":
            return self._parse_reaction(event, event_id)
        if event["type"] not in ("message", "app_mention") or event.get("bot_id"):
            return ()
        changed = event.get("subtype")
        inner = event.get("message") or event.get("previous_message") or event
        if inner.get("bot_id") or (event["type"] == "message" and event.get("channel_type") != "im"):
            return ()
        channel = require_text(event["channel"])
        address = self.build_address(require_text(inner["user"]), _build_thread_id(channel, inner))
        message_id = f"{channel}:{require_text(inner['ts'])}"
        if changed == "message_deleted" or inner.get("subtype") == "tombstone":
            return (MessageDeleted(id=event_id, address=address, message_id=message_id),)
        if changed == "message_changed":
            before, text = (
                event.get("previous_message", {}),
                parse_markup(require_text(inner.get("text", ""))),
            )
            if before.get("text") == inner.get("text"):  # a preview was added
                return ()
            return (MessageEdited(id=event_id, address=address, message_id=message_id, text=text),)
        if changed not in SAID:
            return ()
        content = try_parse_content(parse_content, inner)
        return (MessageReceived(id=event_id, address=address, message_id=message_id, **content.event_fields),)

    def _parse_reaction(self, event: dict[str, Any], event_id: str) -> Sequence[ChannelEvent]:
        """Only if the Slack app subscribes to reactions."""
        channel = require_text(event["item"]["channel"])
        if not channel.startswith("D"):
            return ()
        address, about = (
            self.build_address(require_text(event["user"]), channel),
            f":{require_text(event['reaction'])}:",
        )
        id_ = f"reaction:{event_id}"
        return (
            MessageReceived(
                id=event_id, address=address, message_id=id_, text="", kind="reaction", about=about
            ),
        )

    # -- sending

    @with_send_deadline
    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        channel, _, thread = outbound.thread.address.thread.partition(":")
        if outbound.file:
            return await self._send_file(outbound.file, channel, thread)
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
            words = {"type": "section", "text": {"type": "mrkdwn", "text": escape_text(part.texts[0])}}
            body["blocks"] = [words, {"type": "actions", "elements": buttons}]
        answer = await self._call_method("chat.postMessage", body | {"text": escape_text(part.texts[0])})
        self._raise_on_error(answer)
        stamp = answer.find_text("ts")
        return SendResult(id=f"{answer.find_text('channel')}:{stamp}" if stamp else "")

    async def _send_file(self, file: OutboundFile, channel: str, thread: str) -> SendResult:
        """Three calls: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/"""
        wanted = {"filename": file.name, "length": str(len(file.data))}
        url = f"{self._api}/files.getUploadURLExternal"
        place = await call_api(self._client, "POST", url, data=wanted, headers=self._auth_headers)
        self._raise_on_error(place)
        upload_url, id_ = place.find_text("upload_url"), place.find_text("file_id")
        if not FileHosts(api=self._api, trusted=("files.slack.com",)).is_allowed(upload_url):
            raise Undeliverable("Slack names a server that we do not call")
        stored = await call_api(self._client, "POST", upload_url, content=file.data, seconds=FILE_SECONDS)
        if not stored.is_ok:
            raise Undeliverable(f"Slack does not take the file: {stored.error_message}")
        shared: dict[str, Any] = {"files": [{"id": id_, "title": file.name}], "channel_id": channel}
        done = await self._call_method(
            "files.completeUploadExternal", shared | ({"thread_ts": thread} if thread else {})
        )
        self._raise_on_error(done)
        return SendResult(id=f"{channel}:{id_}")

    def _raise_on_error(self, answer: ApiResponse) -> None:
        """Slack responds 200 and reports errors in the body."""
        if answer.is_ok and answer.data.get("ok") is not False:
            return
        error = str(answer.data.get("error") or answer.status)
        if error in (
            "ratelimited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
        ):
            raise RetryLater(f"the app has trouble: {error}")
        if error in REVOKED:
            raise Undeliverable(
                f"Slack does not accept our token ({error}): mend {self.get_variable_name('BOT_TOKEN')}"
            )
        raise Undeliverable(f"Slack refuses it: {error}", gone=error in GONE)

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await call_api(
            self._client,
            "GET",
            f"{self._api}/users.info",
            params={"user": thread.address.peer},
            headers=self._auth_headers,
        )
        return answer.find_text("user", "real_name") or None if answer.is_ok else None

    async def fetch_media(self, source: str) -> bytes:
        hosts = FileHosts(api=self._api, trusted=("files.slack.com",))
        return await download_file(self._client, source, hosts, headers=self._auth_headers)

    async def check_setup(self) -> Sequence[str]:
        answer = await self._call_method("auth.test", {})
        if not answer.data.get("ok"):
            raise SetupError(
                f"Slack refuses our token ({answer.data.get('error')}); "
                f"mend {self.get_variable_name('BOT_TOKEN')}."
            )
        return [
            f"bot {answer.data.get('user')} in {answer.data.get('team')}",
            "Slack tests the webhook when saved",
        ]

    @property
    def _auth_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.get_setting('BOT_TOKEN')}"}

    async def _call_method(self, method: str, body: dict[str, Any]) -> ApiResponse:
        return await call_api(
            self._client, "POST", f"{self._api}/{method}", json=body, headers=self._auth_headers
        )


def _build_thread_id(channel: str, message: dict[str, Any]) -> str:
    """A direct chat is one thread; in a channel each thread is a conversation of its own."""
    if channel.startswith("D"):
        return channel
    return f"{channel}:{require_text(message.get('thread_ts') or message['ts'])}"


def _parse_interaction(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=20)
        return parse_json_object(fields["payload"][0].encode())
    except (ValueError, KeyError) as exc:
        raise BadInput("There is no payload.") from exc


def _parse_file(file: dict[str, Any]) -> list[Attachment]:
    kind = KINDS.get(str(file.get("mimetype", "")).partition("/")[0], "file")
    return [Attachment(kind=kind, source=require_text(file["url_private"]), name=str(file.get("name", "")))]


def parse_content(message: dict[str, Any]) -> MessageContent:
    files = tuple(parse_each(message.get("files"), _parse_file))
    return MessageContent(text=parse_markup(require_text(message.get("text", ""))), attachments=files)
