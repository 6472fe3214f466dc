"""All channels, and those that the settings enable."""

from collections.abc import Iterable, Mapping

import httpx

from assistant.channels import list_channel_names
from assistant.channels.base import BaseChannel, ChannelConfig
from assistant.channels.email import EmailChannel
from assistant.channels.line import LineChannel
from assistant.channels.messenger import InstagramChannel, MessengerChannel
from assistant.channels.slack import SlackChannel
from assistant.channels.sms import SmsChannel
from assistant.channels.telegram import TelegramChannel
from assistant.channels.whatsapp import WhatsAppChannel
from assistant.domain.errors import SetupError
from assistant.plugins import CHANNELS as PLUGINS
from assistant.plugins import list_plugins, load_plugin
from assistant.ports.channels import Channel

CHANNELS: dict[str, type[BaseChannel]] = {
    kind.name: kind
    for kind in (
        LineChannel,
        WhatsAppChannel,
        MessengerChannel,
        InstagramChannel,
        SmsChannel,
        TelegramChannel,
        SlackChannel,
        EmailChannel,
    )
}


def open_channels(
    environment: Mapping[str, str], public_url: str, client: httpx.AsyncClient, link_key: bytes = b""
) -> dict[tuple[str, str], Channel]:
    """Each configured account, by channel and account; SetupError names what is missing."""
    found: dict[tuple[str, str], Channel] = {}
    for name, kind in list_channel_classes().items():
        for account, values in list_accounts(name, environment).items():
            wiring = ChannelConfig(
                account=account, values=values, client=client, public_url=public_url, link_key=link_key
            )
            found[name, account] = kind(wiring)  # type: ignore[assignment] # verify, parse, send are each its own
    return found


def list_accounts(name: str, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The settings of a channel by account; "" is the account without a suffix."""
    known = {
        f"ASSISTANT_{name}_{setting}".upper(): setting
        for setting in list_setting_names(get_channel_class(name))
    }
    found: dict[str, dict[str, str]] = {}
    for variable, value in environment.items():
        base, _, account = variable.upper().partition("__")
        if value and base in known:
            found.setdefault(account.lower(), {})[known[base]] = value
    return {account: values for account, values in found.items() if set(values) - {"API_URL", "DATA_URL"}}


def list_channel_classes() -> dict[str, type[BaseChannel]]:
    """All channels by name: ours, and those that plug-ins add."""
    return {name: get_channel_class(name) for name in list_channel_names()}


def list_setting_names(kind: type[BaseChannel]) -> Iterable[str]:
    return (*(setting.name for setting in kind.settings), "API_URL")


def get_channel_class(name: str) -> type[BaseChannel]:
    """The channel's class, or SetupError that lists the channels."""
    if name in CHANNELS:
        return CHANNELS[name]
    if name not in list_plugins(PLUGINS):
        raise SetupError(f"There is no channel {name}; there are {', '.join(list_channel_names())}.")
    kind = load_plugin(PLUGINS, name)
    if not (isinstance(kind, type) and issubclass(kind, BaseChannel) and kind.name == name):
        raise SetupError(f"The plug-in {name} is no channel: derive a class with that name from BaseChannel.")
    return kind
