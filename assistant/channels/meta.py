"""Meta's core for WhatsApp, Messenger and Instagram: signature, verification, Graph API calls.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from assistant.channels import signatures
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel, ChannelSetting
from assistant.channels.http import (
    ApiResponse,
    build_refusal,
    call_api,
    download_file,
    parse_each,
    parse_json_object,
)
from assistant.channels.limit_notes import describe_reply_window
from assistant.domain.channels import ChannelEvent, OutboundMessage, Thread, WebhookRequest
from assistant.domain.errors import Forbidden, SetupError, Undeliverable
from assistant.domain.messages import Author

#: How long after the customer's last message we may write; agents longer where the app has a tag for it.
WINDOW = timedelta(hours=24)
#: Hosts of files sent through Meta's apps.
FILE_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com", "whatsapp.net", "facebook.com")
VERIFY_TOKEN = ChannelSetting(
    name="VERIFY_TOKEN",
    description="Verify token: a word of your own, given to Meta with the webhook address",
    is_generated=True,
)
APP_SECRET = ChannelSetting(name="APP_SECRET", description="App secret, on Settings > Basic of the Meta app")


class MetaChannel(BaseChannel):
    """The base class of the three channels."""

    api_url = "https://graph.facebook.com/v25.0"
    max_webhook_bytes = 4 * 1024 * 1024  # Meta puts up to a thousand events, or 3 MB, into a call
    #: The setting that holds the access token.
    token_setting: ClassVar[str] = "ACCESS_TOKEN"
    #: How long an agent may write after the customer's last message.
    agents_window: ClassVar[timedelta] = WINDOW
    #: File hosts that need our token.
    trusted: ClassVar[tuple[str, ...]] = ()

    def answer_challenge(self, call: WebhookRequest) -> str | None:
        """Answer Meta's verification request with its challenge."""
        if call.method != "GET":
            return None
        if call.query.get("hub.mode") != "subscribe":
            raise Forbidden("This is no verification.")
        signatures.verify_signature(
            self.get_setting("VERIFY_TOKEN"), call.query.get("hub.verify_token"), error=Forbidden
        )
        return call.query.get("hub.challenge", "")

    def verify_webhook(self, call: WebhookRequest) -> None:
        expected = signatures.sign_meta(self.get_setting("APP_SECRET"), call.body)
        signatures.verify_signature(expected, call.headers.get("x-hub-signature-256"))

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        return list(
            parse_each(
                parse_json_object(call.body).get("entry"), lambda entry: list(self._parse_entry(entry))
            )
        )

    def _parse_entry(self, entry: dict[str, Any]) -> Iterator[ChannelEvent]:
        raise NotImplementedError

    async def _post_json(self, path: str, body: dict[str, Any]) -> ApiResponse:
        answer = await call_api(
            self._client, "POST", f"{self._api}/{path}", json=body, headers=self._auth_headers
        )
        if answer.is_ok:
            return answer
        raise self._build_refusal(answer)

    def _build_refusal(self, answer: ApiResponse) -> Undeliverable:
        return build_refusal(answer, token=self.get_variable_name(self.token_setting))

    async def _get_json(self, path: str) -> ApiResponse:
        return await call_api(self._client, "GET", f"{self._api}/{path}", headers=self._auth_headers)

    @property
    def _auth_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.get_setting(self.token_setting)}"}

    async def _download_file(self, url: str) -> bytes:
        """A file on Meta's hosts; other hosts are not called, and few get our token."""
        hosts = FileHosts(api=self._api, trusted=self.trusted, plain=FILE_HOSTS)
        return await download_file(self._client, url, hosts, headers=self._auth_headers)

    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]:
        return describe_reply_window(self.agents_window - (now - thread.heard_at))

    async def check_setup(self) -> Sequence[str]:
        answer = await self._get_json(self._own_node)
        if not answer.is_ok:
            raise SetupError(
                f"Meta refuses our token: {answer.error_message}; "
                f"mend {self.get_variable_name(self.token_setting)}."
            )
        who = next(
            (name for k in ("verified_name", "name", "username") if (name := answer.find_text(k))), "?"
        )
        return [
            f"account {who}",
            f"webhook {self._public_url}/v1/channels/{self.name}: Meta tests it when saved",
        ]

    @property
    def _own_node(self) -> str:
        """Our own node in the Graph API."""
        return "me"


def is_from_agent(outbound: OutboundMessage) -> bool:
    return outbound.message.author is Author.AGENT


def check_reply_window(outbound: OutboundMessage, window: timedelta) -> None:
    """Undeliverable when the reply window has closed."""
    if outbound.now - outbound.thread.heard_at > window:
        hours = int(window.total_seconds() // 3600)
        raise Undeliverable(f"the window of {hours} hours after the customer's last message has closed")
