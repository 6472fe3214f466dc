"""What all channels have in common: their settings as data, and the answers of those that lack a feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import httpx

from assistant.channels.formatting import TextLimits, render_parts
from assistant.domain.channels import Address, MessagePart, OutboundMessage, Thread, WebhookRequest
from assistant.domain.errors import SetupError, Undeliverable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSetting:
    """One environment variable of a channel, without ``ASSISTANT_<CHANNEL>_``."""

    name: str
    #: What it is and where it is found.
    description: str
    secret: bool = True
    required: bool = True
    #: Made up by us, not given by the app.
    is_generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """What a channel is built from."""

    account: str
    #: Settings by name, those of this account.
    values: Mapping[str, str]
    client: httpx.AsyncClient
    #: Where the app finds us.
    public_url: str


class BaseChannel:
    """The part of the port that most apps answer alike."""

    name: ClassVar[str]
    text_limits: ClassVar[TextLimits]
    settings: ClassVar[tuple[ChannelSetting, ...]]
    #: What is done in the app's own console, by language; ``{webhook}`` is our address.
    steps: ClassVar[Mapping[str, str]]
    #: The app's own address; ``ASSISTANT_<CHANNEL>_API_URL`` replaces it.
    api_url: ClassVar[str] = ""
    #: Bytes of a webhook call; none of the documented ones comes near it.
    max_webhook_bytes: ClassVar[int] = 2 * 1024 * 1024

    def __init__(self, wiring: ChannelConfig) -> None:
        self.account, self._values, self._client = wiring.account, wiring.values, wiring.client
        self._public_url = wiring.public_url
        self._api = (wiring.values.get("API_URL") or self.api_url).rstrip("/")
        missing = [s.name for s in self.settings if s.required and not wiring.values.get(s.name)]
        if missing:
            names = ", ".join(build_variable_name(self.name, name, self.account) for name in missing)
            raise SetupError(f"{self.name}: set {names}, or run `assistant channel add {self.name}`.")

    def get_setting(self, name: str) -> str:
        return self._values.get(name, "")

    def get_variable_name(self, name: str) -> str:
        """The environment variable that holds a setting."""
        return build_variable_name(self.name, name, self.account)

    def build_address(self, peer: str, thread: str = "") -> Address:
        return Address(channel=self.name, account=self.account, peer=peer, thread=thread)

    def answer_challenge(self, call: WebhookRequest) -> str | None:
        return None

    def split_message(self, letter: OutboundMessage) -> Sequence[MessagePart]:
        return render_parts(letter, self.text_limits)

    async def send_typing_indicator(self, thread: Thread) -> None:
        """Nothing to show."""

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        return None

    async def fetch_media(self, source: str) -> bytes:
        raise Undeliverable("this channel carries no files")

    async def refresh_limits(self, now: datetime) -> None:
        """Nothing about its limits has to be asked for."""

    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]:
        return ()


def build_variable_name(channel: str, name: str, account: str = "") -> str:
    """``ASSISTANT_LINE_CHANNEL_SECRET``; for another account of the same app ``…__TOKYO``."""
    return f"ASSISTANT_{channel}_{name}{f'__{account}' if account else ''}".upper()
