"""LINE: the Messaging API, as https://developers.line.biz/en/reference/messaging-api/ describes it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels import signatures
from assistant.channels.allowed_hosts import Hosts
from assistant.channels.base import AppChannel, Setting, Wiring
from assistant.channels.formatting import Look, utf16_units
from assistant.channels.http import Answer, call, download, each, in_time, json_of, refused, text_of
from assistant.channels.inbound_content import Content, content_of, is_words, listed
from assistant.channels.limit_notes import pushes
from assistant.channels.line_messages import addressed, carried, token_of
from assistant.conversation.templates import say
from assistant.domain.channels import (
    Call,
    Event,
    Letter,
    Part,
    Reachable,
    Said,
    Sent,
    Thread,
    Unsent,
)
from assistant.domain.errors import NotYet, SetupError, Undeliverable
from assistant.domain.messages import Author

#: A reply token is promised for a minute after the webhook; the answer needs some of it on the way.
TOKEN_HOLDS = timedelta(seconds=50)
#: The loading animation ends by itself or with the next message.
LOADING_SECONDS = 30
#: How old the quota that agents see may be.
QUOTA_HOLDS = timedelta(minutes=10)
#: Asking for it must not make a message late that has gone out.
QUOTA_SECONDS = 2.0


class Line(AppChannel):
    name = "line"
    api_url = "https://api.line.me"
    look = Look(longest=5000, measure=utf16_units, texts=5, buttons=13, label=20)
    settings = (
        Setting(name="CHANNEL_SECRET", says="Channel secret, on the Basic settings tab"),
        Setting(name="ACCESS_TOKEN", says="Long-lived channel access token, on the Messaging API tab"),
        Setting(
            name="DATA_URL",
            says="Address of the server for files, where API_URL is replaced",
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

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self._data = (self.value("DATA_URL") or self.value("API_URL") or "https://api-data.line.me").rstrip(
            "/"
        )
        self._headers = {"Authorization": f"Bearer {self.value('ACCESS_TOKEN')}"}
        #: Messages left this month and when we asked; None: unlimited, or not known.
        self._left: int | None = None
        self._asked: datetime | None = None

    # -- in

    def verify_webhook(self, call: Call) -> None:
        signatures.same(
            signatures.line(self.value("CHANNEL_SECRET"), call.body), call.headers.get("x-line-signature")
        )

    def parse_webhook(self, call: Call) -> list[Event]:
        return list(each(json_of(call.body).get("events"), self._event))

    def _event(self, event: dict[str, Any]) -> Sequence[Event]:
        """What one event says; in standby another module holds the chat, and we keep out of it."""
        if event.get("mode") == "standby":
            return ()
        source = event["source"]
        group = source.get("groupId") or source.get("roomId") or ""
        about: dict[str, Any] = {
            "id": text_of(event["webhookEventId"]),
            "address": self.address(text_of(source["userId"]), text_of(group)),
        }
        match event["type"]:
            case "message":
                return self._message(event, group, about)
            case "postback" if not group:
                return self._pressed(event["postback"], about)
            case "unsend":
                return (Unsent(**about, message_id=text_of(event["unsend"]["messageId"])),)
            case "follow":
                return (Reachable(**about, greet=not event.get("follow", {}).get("isUnblocked")),)
            case "unfollow":
                return (Reachable(**about, why="the customer has blocked this account on LINE"),)
        return ()  # members, beacons, a video watched to its end: nobody has said anything

    def _message(self, event: dict[str, Any], group: str, about: dict[str, Any]) -> Sequence[Event]:
        message = event["message"]
        content = content_of(carried, message)
        if group:  # only what is said to us; the rest is theirs
            words = addressed(content.text, message) if content.text else None
            if words is None:
                return ()
            content = Content(text=words)
        said = Said(**about, message_id=text_of(message["id"]), **content.parts, context=token_of(event))
        return (said,)

    def _pressed(self, postback: dict[str, Any], about: dict[str, Any]) -> Sequence[Event]:
        """A button of a menu or a picker of dates; a change of menus says nothing."""
        params = postback.get("params") or {}
        if "newRichMenuAliasId" in params:
            return ()
        data = text_of(postback["data"])
        content = Content(kind="button", about=listed(data, *params.values()))
        if is_words(data):
            content = Content(text=data)
        return (Said(**about, message_id=f"postback:{about['id']}", **content.parts),)

    # -- out

    @in_time
    async def send_part(self, letter: Letter, part: Part) -> Sent:
        """By reply token while it holds, which costs nothing; else by push."""
        messages = [self._text(text, letter) for text in part.texts]
        if items := [_quick_reply(b.label, b.value) for b in part.buttons]:
            messages[-1]["quickReply"] = {"items": items}
        if token := _fresh_token(letter):
            answer = await self._post("reply", {"replyToken": token, "messages": messages})
            if answer.ok:
                return Sent(id=_id(answer), spent=("reply_token", "token_at"))
            if answer.status == 400 and "reply token" in answer.says.lower():
                # Used up by an earlier try of this message, of which we never heard? Then it has arrived.
                if letter.tries:
                    return Sent(id="", spent=("reply_token", "token_at"))
            else:
                raise refused(answer, token=self.variable("ACCESS_TOKEN"))
        sent = await self._push(letter, messages)
        return Sent(id=sent, spent=("reply_token", "token_at"))

    async def _push(self, letter: Letter, messages: list[dict[str, Any]]) -> str:
        address = letter.thread.address
        to = {"to": address.thread or address.peer, "messages": messages}
        answer = await self._post("push", to, {"X-Line-Retry-Key": letter.key})
        if not answer.ok and answer.status != 409:  # 409: an earlier try with this key was accepted
            raise refused(answer, token=self.variable("ACCESS_TOKEN"))
        await self._ask_quota(letter.now)
        return _id(answer)

    async def _post(self, way: str, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        return await call(
            self._client,
            "POST",
            f"{self._api}/v2/bot/message/{way}",
            json=body,
            headers={**self._headers, **(headers or {})},
            final=("monthly limit",),
        )

    def _text(self, text: str, letter: Letter) -> dict[str, Any]:
        """With the name of who speaks: an agent's own, or the assistant's."""
        message = letter.message
        name = (
            message.agent_name
            if message.author is Author.AGENT
            else say("assistant_name", message.language or "en")
        )
        return {"type": "text", "text": text, **({"sender": {"name": name[:20]}} if name else {})}

    async def send_typing_indicator(self, thread: Thread) -> None:
        if not thread.address.thread:
            body = {"chatId": thread.address.peer, "loadingSeconds": LOADING_SECONDS}
            await call(
                self._client,
                "POST",
                f"{self._api}/v2/bot/chat/loading/start",
                json=body,
                headers=self._headers,
            )

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await self._get(f"/v2/bot/profile/{thread.address.peer}")
        return answer.text("displayName") or None if answer.ok else None

    async def fetch_media(self, source: str) -> bytes:
        if source.startswith(("http://", "https://")):
            raise Undeliverable("the file is on another server, which we do not call")
        url = f"{self._data}/v2/bot/message/{quote(source, safe='')}/content"
        return await download(self._client, url, Hosts(api=self._data), headers=self._headers)

    # -- how it stands

    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]:
        since = thread.context.get("token_at") if "reply_token" in thread.context else None
        free = since is not None and now - datetime.fromisoformat(since) < TOKEN_HOLDS
        return pushes(free=free, left=self._left)

    async def refresh_limits(self, now: datetime) -> None:
        await self._ask_quota(now)

    async def check_setup(self) -> Sequence[str]:
        """Credentials, the webhook, and LINE's own test call to it."""
        info = await self._get("/v2/bot/info")
        if not info.ok:
            raise SetupError(f"LINE refuses our token: {info.says}; mend {self.variable('ACCESS_TOKEN')}.")
        found = [f"account {info.data.get('displayName')} ({info.data.get('basicId')})"]
        if info.data.get("chatMode") == "chat":
            found.append("chat mode is on: LINE's own manager answers too; switch it to bot")
        await self._ask_quota(datetime.now(UTC))
        found.append("quota: none" if self._left is None else f"quota: {self._left} messages left this month")
        webhook = await self._get("/v2/bot/channel/webhook/endpoint")
        if not webhook.data.get("active"):
            raise SetupError("The webhook is off; switch Use webhook on in the console.")
        test = await call(
            self._client, "POST", f"{self._api}/v2/bot/channel/webhook/test", json={}, headers=self._headers
        )
        if not test.data.get("success"):
            why = test.data.get("detail") or test.data.get("reason") or test.says
            raise SetupError(f"LINE's test call to {webhook.data.get('endpoint')} failed: {why}.")
        return [*found, f"webhook {webhook.data.get('endpoint')} answers LINE's test call"]

    async def _ask_quota(self, now: datetime) -> None:
        if self._asked and now - self._asked < QUOTA_HOLDS:
            return
        self._asked = now
        try:
            async with asyncio.timeout(QUOTA_SECONDS):
                quota = await self._get("/v2/bot/message/quota")
                used = await self._get("/v2/bot/message/quota/consumption")
        except (NotYet, TimeoutError):
            return
        of, spent = quota.find("value"), used.find("totalUsage")
        if quota.find("type") == "limited" and isinstance(of, int) and isinstance(spent, int):
            self._left = of - spent

    async def _get(self, path: str) -> Answer:
        return await call(self._client, "GET", self._api + path, headers=self._headers)


def _quick_reply(label: str, value: str) -> dict[str, Any]:
    short = label if utf16_units(label) <= 20 else label[:19] + "…"
    return {"type": "action", "action": {"type": "message", "label": short, "text": value[:300]}}


def _fresh_token(letter: Letter) -> str | None:
    context = letter.thread.context
    if "reply_token" not in context:
        return None
    since = datetime.fromisoformat(context["token_at"])
    return context["reply_token"] if letter.now - since < TOKEN_HOLDS else None


def _id(answer: Answer) -> str:
    return answer.text("sentMessages", 0, "id") or str(answer.headers.get("x-line-accepted-request-id", ""))
