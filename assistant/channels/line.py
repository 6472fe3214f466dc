"""LINE Messaging API: https://developers.line.biz/en/reference/messaging-api/"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels import signatures
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel, ChannelConfig, ChannelSetting
from assistant.channels.file_limits import LINE_FILES
from assistant.channels.formatting import TextLimits, count_utf16_units
from assistant.channels.http import (
    ApiResponse,
    build_refusal,
    call_api,
    download_file,
    parse_each,
    parse_json_object,
    require_text,
    with_send_deadline,
)
from assistant.channels.inbound_content import MessageContent, is_sentence, join_words, try_parse_content
from assistant.channels.limit_notes import describe_push_quota
from assistant.channels.line_messages import extract_mention_text, extract_reply_token, parse_content
from assistant.conversation.templates import render_template
from assistant.domain.channels import (
    ChannelEvent,
    MessageDeleted,
    MessagePart,
    MessageReceived,
    OutboundMessage,
    ReachabilityChanged,
    SendResult,
    Thread,
    WebhookRequest,
)
from assistant.domain.errors import RetryLater, SetupError, Undeliverable
from assistant.domain.messages import Author

#: Seconds a reply token is used: it is valid for a minute after the webhook, less the time of the call.
TOKEN_HOLDS = timedelta(seconds=50)
#: Seconds of the loading animation, which ends earlier with the next message.
LOADING_SECONDS = 30
#: Age at which the quota shown to agents is refreshed.
QUOTA_HOLDS = timedelta(minutes=10)
#: Timeout of the quota request, which must not delay a sent message.
QUOTA_SECONDS = 2.0


class LineChannel(BaseChannel):
    name = "line"
    api_url = "https://api.line.me"
    file_limits = LINE_FILES
    text_limits = TextLimits(max_length=5000, measure=count_utf16_units, texts=5, buttons=13, label=20)
    settings = (
        ChannelSetting(name="CHANNEL_SECRET", description="Channel secret, on the Basic settings tab"),
        ChannelSetting(
            name="ACCESS_TOKEN", description="Long-lived channel access token, on the Messaging API tab"
        ),
        ChannelSetting(
            name="DATA_URL",
            description="Address of the server for files, where API_URL is replaced",
            secret=False,
            required=False,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "LINE Developersコンソール > Messaging API設定: Webhook URLに {webhook} を設定し、"
        "「Webhookの利用」をオンにして「検証」を押します。応答メッセージはオフ、「Webhookの再送」はオンにします。",
        "en": "LINE Developers console > Messaging API: set the webhook URL to {webhook}, switch Use webhook "
        "on, press Verify. Switch auto-reply messages off and Webhook redelivery on.",
    }

    def __init__(self, wiring: ChannelConfig) -> None:
        super().__init__(wiring)
        self._data = (
            self.get_setting("DATA_URL") or self.get_setting("API_URL") or "https://api-data.line.me"
        ).rstrip("/")
        self._headers = {"Authorization": f"Bearer {self.get_setting('ACCESS_TOKEN')}"}
        #: Messages left this month and the time of the request; None: unlimited or unknown.
        self._left: int | None = None
        self._asked: datetime | None = None

    # -- receiving

    def verify_webhook(self, call: WebhookRequest) -> None:
        signatures.verify_signature(
            signatures.sign_line(self.get_setting("CHANNEL_SECRET"), call.body),
            call.headers.get("x-line-signature"),
        )

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        return list(parse_each(parse_json_object(call.body).get("events"), self._parse_event))

    def _parse_event(self, event: dict[str, Any]) -> Sequence[ChannelEvent]:
        """The events of one LINE event; in standby mode another module holds the chat."""
        if event.get("mode") == "standby":
            return ()
        source = event["source"]
        group = source.get("groupId") or source.get("roomId") or ""
        about: dict[str, Any] = {
            "id": require_text(event["webhookEventId"]),
            "address": self.build_address(require_text(source["userId"]), require_text(group)),
        }
        match event["type"]:
            case "message":
                return self._parse_message(event, group, about)
            case "postback" if not group:
                return self._parse_postback(event["postback"], about)
            case "unsend":
                return (MessageDeleted(**about, message_id=require_text(event["unsend"]["messageId"])),)
            case "follow":
                return (ReachabilityChanged(**about, greet=not event.get("follow", {}).get("isUnblocked")),)
            case "unfollow":
                return (ReachabilityChanged(**about, why="the customer has blocked this account on LINE"),)
        return ()  # members, beacons, end of a video: not a message

    def _parse_message(
        self, event: dict[str, Any], group: str, about: dict[str, Any]
    ) -> Sequence[ChannelEvent]:
        message = event["message"]
        content = try_parse_content(parse_content, message)
        if group:  # in a group only messages that mention us
            words = extract_mention_text(content.text, message) if content.text else None
            if words is None:
                return ()
            content = MessageContent(text=words)
        said = MessageReceived(
            **about,
            message_id=require_text(message["id"]),
            **content.event_fields,
            context=extract_reply_token(event),
        )
        return (said,)

    def _parse_postback(self, postback: dict[str, Any], about: dict[str, Any]) -> Sequence[ChannelEvent]:
        """A menu button or date picker; a change of menus has no content."""
        params = postback.get("params") or {}
        if "newRichMenuAliasId" in params:
            return ()
        data = require_text(postback["data"])
        content = MessageContent(kind="button", about=join_words(data, *params.values()))
        if is_sentence(data):
            content = MessageContent(text=data)
        return (MessageReceived(**about, message_id=f"postback:{about['id']}", **content.event_fields),)

    # -- sending

    @with_send_deadline
    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        """By reply token while it is valid, which is free of charge; else by push."""
        if outbound.file:
            image = {"originalContentUrl": outbound.file.url, "previewImageUrl": outbound.file.url}
            messages = [{"type": "image", **image, **_build_sender(outbound)}]
        else:
            messages = [{"type": "text", "text": text, **_build_sender(outbound)} for text in part.texts]
        if items := [_build_quick_reply(b.label, b.value) for b in part.buttons]:
            messages[-1]["quickReply"] = {"items": items}
        if token := _get_valid_token(outbound):
            answer = await self._post_messages("reply", {"replyToken": token, "messages": messages})
            if answer.is_ok:
                return SendResult(id=_get_message_id(answer), spent=("reply_token", "token_at"))
            if answer.status == 400 and "reply token" in answer.error_message.lower():
                # If an earlier try whose response was lost has used the token, the message was delivered.
                if outbound.tries:
                    return SendResult(id="", spent=("reply_token", "token_at"))
            else:
                raise build_refusal(answer, token=self.get_variable_name("ACCESS_TOKEN"))
        sent = await self._push_messages(outbound, messages)
        return SendResult(id=sent, spent=("reply_token", "token_at"), is_push=True)

    async def _push_messages(self, outbound: OutboundMessage, messages: list[dict[str, Any]]) -> str:
        address = outbound.thread.address
        to = {"to": address.thread or address.peer, "messages": messages}
        answer = await self._post_messages("push", to, {"X-Line-Retry-Key": outbound.key})
        if not answer.is_ok and answer.status != 409:  # 409: an earlier try with this key was accepted
            raise build_refusal(answer, token=self.get_variable_name("ACCESS_TOKEN"))
        await self._refresh_quota(outbound.now)
        return _get_message_id(answer)

    async def _post_messages(
        self, way: str, body: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        return await call_api(
            self._client,
            "POST",
            f"{self._api}/v2/bot/message/{way}",
            json=body,
            headers={**self._headers, **(headers or {})},
            final=("monthly limit",),
        )

    async def send_typing_indicator(self, thread: Thread) -> None:
        if not thread.address.thread:
            body = {"chatId": thread.address.peer, "loadingSeconds": LOADING_SECONDS}
            await call_api(
                self._client,
                "POST",
                f"{self._api}/v2/bot/chat/loading/start",
                json=body,
                headers=self._headers,
            )

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await self._get_json(f"/v2/bot/profile/{thread.address.peer}")
        return answer.find_text("displayName") or None if answer.is_ok else None

    async def fetch_media(self, source: str) -> bytes:
        if source.startswith(("http://", "https://")):
            raise Undeliverable("the file is on another server, which we do not call")
        url = f"{self._data}/v2/bot/message/{quote(source, safe='')}/content"
        return await download_file(self._client, url, FileHosts(api=self._data), headers=self._headers)

    # -- status

    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]:
        since = thread.context.get("token_at") if "reply_token" in thread.context else None
        free = since is not None and now - datetime.fromisoformat(since) < TOKEN_HOLDS
        return describe_push_quota(free=free, left=self._left)

    async def refresh_limits(self, now: datetime) -> None:
        await self._refresh_quota(now)

    async def check_setup(self) -> Sequence[str]:
        """Check credentials and webhook, and run LINE's webhook test."""
        info = await self._get_json("/v2/bot/info")
        if not info.is_ok:
            raise SetupError(
                f"LINE refuses our token: {info.error_message}; "
                f"mend {self.get_variable_name('ACCESS_TOKEN')}."
            )
        found = [f"account {info.data.get('displayName')} ({info.data.get('basicId')})"]
        if info.data.get("chatMode") == "chat":
            found.append("chat mode is on: LINE's own manager answers too; switch it to bot")
        await self._refresh_quota(datetime.now(UTC))
        found.append("quota: none" if self._left is None else f"quota: {self._left} messages left this month")
        webhook = await self._get_json("/v2/bot/channel/webhook/endpoint")
        if not webhook.data.get("active"):
            raise SetupError("The webhook is off; switch Use webhook on in the console.")
        test = await call_api(
            self._client, "POST", f"{self._api}/v2/bot/channel/webhook/test", json={}, headers=self._headers
        )
        if not test.data.get("success"):
            why = test.data.get("detail") or test.data.get("reason") or test.error_message
            raise SetupError(f"LINE's test call to {webhook.data.get('endpoint')} failed: {why}.")
        return [*found, f"webhook {webhook.data.get('endpoint')} answers LINE's test call"]

    async def _refresh_quota(self, now: datetime) -> None:
        if self._asked and now - self._asked < QUOTA_HOLDS:
            return
        self._asked = now
        try:
            async with asyncio.timeout(QUOTA_SECONDS):
                quota = await self._get_json("/v2/bot/message/quota")
                used = await self._get_json("/v2/bot/message/quota/consumption")
        except (RetryLater, TimeoutError):
            return
        of, spent = quota.find_value("value"), used.find_value("totalUsage")
        if quota.find_value("type") == "limited" and isinstance(of, int) and isinstance(spent, int):
            self._left = of - spent

    async def _get_json(self, path: str) -> ApiResponse:
        return await call_api(self._client, "GET", self._api + path, headers=self._headers)


def _build_sender(outbound: OutboundMessage) -> dict[str, Any]:
    """The sender's name above a message: the agent's own, or the assistant's."""
    message = outbound.message
    name = (
        message.agent_name
        if message.author is Author.AGENT
        else render_template("assistant_name", message.language or "en")
    )
    return {"sender": {"name": name[:20]}} if name else {}


def _build_quick_reply(label: str, value: str) -> dict[str, Any]:
    short = label if count_utf16_units(label) <= 20 else label[:19] + "…"
    return {"type": "action", "action": {"type": "message", "label": short, "text": value[:300]}}


def _get_valid_token(outbound: OutboundMessage) -> str | None:
    context = outbound.thread.context
    if "reply_token" not in context:
        return None
    since = datetime.fromisoformat(context["token_at"])
    return context["reply_token"] if outbound.now - since < TOKEN_HOLDS else None


def _get_message_id(answer: ApiResponse) -> str:
    return answer.find_text("sentMessages", 0, "id") or str(
        answer.headers.get("x-line-accepted-request-id", "")
    )
