"""Base class of foreign desks: declarative settings, and what most of them do alike."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import httpx

from assistant.channels.base import ChannelSetting
from assistant.channels.http import ApiResponse
from assistant.domain.errors import RetryLater, SetupError, Unauthorized, Undeliverable
from assistant.domain.foreign_desks import DeskLink, DeskNews
from assistant.domain.messages import Author, Message

#: Longest text that is sent as one message.
MAX_TEXT_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskConfig:
    """What a desk is built from."""

    account: str
    #: Settings of this account by name.
    values: Mapping[str, str]
    client: httpx.AsyncClient


class BaseDesk:
    """The parts of the port that most desks implement alike."""

    name: ClassVar[str]
    #: What people call it.
    title: ClassVar[str]
    settings: ClassVar[tuple[ChannelSetting, ...]]
    #: Setup steps in the desk's own pages, by language; ``{webhook}`` is our address.
    steps: ClassVar[Mapping[str, str]]
    #: Base URL of its API; ``ASSISTANT_DESK_<NAME>_API_URL`` replaces it.
    api_url: ClassVar[str] = ""
    max_webhook_bytes: ClassVar[int] = 1024 * 1024
    poll_seconds: ClassVar[float] = 300.0

    def __init__(self, config: DeskConfig) -> None:
        self.account, self._values, self._client = config.account, config.values, config.client
        self._api = (config.values.get("API_URL") or self.api_url).rstrip("/")
        missing = [s.name for s in self.settings if s.required and not config.values.get(s.name)]
        if missing:
            names = ", ".join(build_desk_variable(self.name, name, self.account) for name in missing)
            raise SetupError(f"{self.name}: set {names}, or run `assistant desk add {self.name}`.")

    def get_setting(self, name: str) -> str:
        return self._values.get(name, "")

    def get_variable_name(self, name: str) -> str:
        """The environment variable of a setting."""
        return build_desk_variable(self.name, name, self.account)

    async def reconcile(self, link: DeskLink) -> DeskNews:
        """Nothing: this desk cannot be asked."""
        return DeskNews(events=(), cursor=link.cursor)


def build_desk_variable(desk: str, name: str, account: str = "") -> str:
    """``ASSISTANT_DESK_ZENDESK_TOKEN``; for another account ``…__TOKYO``."""
    return f"ASSISTANT_DESK_{desk}_{name}{f'__{account}' if account else ''}".upper()


def build_desk_name(name: str, account: str) -> str:
    """As links and settings name it: ``zendesk``, ``zendesk:tokyo``."""
    return f"{name}:{account}" if account else name


def raise_refusal(answer: ApiResponse, *, token: str) -> None:
    """Raise for a refused call; wrong credentials are tried again, as somebody will correct them.

    404 and 410: the ticket is gone. *token*: the setting with our credentials.
    """
    if answer.is_ok:
        return
    if answer.status in (401, 403):
        raise RetryLater(
            f"the desk does not accept our credentials: mend {token}; {answer.error_message}", after=60
        )
    if answer.status in (408, 409, 425):
        raise RetryLater(f"the desk is busy with it: {answer.error_message}")
    gone = answer.status in (404, 410)
    raise Undeliverable(f"the desk refuses it: {answer.error_message}", gone=gone)


def require_token(expected: str, given: str | None) -> None:
    """Unauthorized unless they are equal; compared in constant time."""
    if not (expected and given) or not hmac.compare_digest(
        expected.encode(), given.encode("utf-8", "replace")
    ):
        raise Unauthorized("The token is wrong.")


def render_message(message: Message, language: str) -> str:
    """A customer's message as people in the desk read it."""
    name = "お客様" if language == "ja" else "고객" if language == "ko" else "Customer"
    prefix = f"{name}: " if message.author is Author.CUSTOMER else ""
    return (prefix + message.text)[:MAX_TEXT_CHARACTERS]
