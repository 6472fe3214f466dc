"""Every channel there is, and those that the settings switch on."""

from collections.abc import Iterable, Mapping

import httpx

from assistant.channels.base import AppChannel, Wiring
from assistant.channels.email import Email
from assistant.channels.line import Line
from assistant.channels.messenger import Instagram, Messenger
from assistant.channels.slack import Slack
from assistant.channels.sms import Sms
from assistant.channels.telegram import Telegram
from assistant.channels.whatsapp import WhatsApp
from assistant.domain.errors import SetupError
from assistant.ports.channels import Channel

CHANNELS: dict[str, type[AppChannel]] = {
    kind.name: kind for kind in (Line, WhatsApp, Messenger, Instagram, Sms, Telegram, Slack, Email)
}


def open_channels(
    environment: Mapping[str, str], public_url: str, client: httpx.AsyncClient
) -> dict[tuple[str, str], Channel]:
    """Each account that has settings, by channel and account; SetupError names what one of them lacks."""
    found: dict[tuple[str, str], Channel] = {}
    for name, kind in CHANNELS.items():
        for account, values in accounts(name, environment).items():
            wiring = Wiring(account=account, values=values, client=client, public_url=public_url)
            found[name, account] = kind(wiring)  # type: ignore[assignment] # verify, parse, send are each its own
    return found


def accounts(name: str, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The settings of a channel by account; "" is the one without a suffix."""
    known = {f"ASSISTANT_{name}_{setting}".upper(): setting for setting in names(CHANNELS[name])}
    found: dict[str, dict[str, str]] = {}
    for variable, value in environment.items():
        base, _, account = variable.upper().partition("__")
        if value and base in known:
            found.setdefault(account.lower(), {})[known[base]] = value
    return {account: values for account, values in found.items() if set(values) - {"API_URL", "DATA_URL"}}


def names(kind: type[AppChannel]) -> Iterable[str]:
    return (*(setting.name for setting in kind.settings), "API_URL")


def channel_of(name: str) -> type[AppChannel]:
    """The kind of channel, or SetupError with those that there are."""
    if name not in CHANNELS:
        raise SetupError(f"There is no channel {name}; there are {', '.join(CHANNELS)}.")
    return CHANNELS[name]
