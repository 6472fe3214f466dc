"""All foreign desks, and those that the settings enable."""

from collections.abc import Iterable, Mapping

import httpx

from assistant.desks import list_desk_names
from assistant.desks.base import BaseDesk, DeskConfig, build_desk_name
from assistant.desks.chatwoot import ChatwootDesk
from assistant.desks.email import EmailDesk
from assistant.desks.slack import SlackDesk
from assistant.desks.webhook import WebhookDesk
from assistant.desks.zendesk import ZendeskDesk
from assistant.domain.errors import SetupError
from assistant.plugins import DESKS as PLUGINS
from assistant.plugins import list_plugins, load_plugin
from assistant.ports.foreign_desks import ForeignDesk

DESKS: dict[str, type[BaseDesk]] = {
    kind.name: kind for kind in (ZendeskDesk, ChatwootDesk, SlackDesk, EmailDesk, WebhookDesk)
}


def open_desks(environment: Mapping[str, str], client: httpx.AsyncClient) -> dict[str, ForeignDesk]:
    """Each configured desk by its name; SetupError names what is missing."""
    found: dict[str, ForeignDesk] = {}
    for name, kind in list_desk_classes().items():
        for account, values in list_desk_accounts(name, environment).items():
            config = DeskConfig(account=account, values=values, client=client)
            found[build_desk_name(name, account)] = kind(config)  # type: ignore[assignment] # deliver, inbound
    return found


def list_desk_accounts(name: str, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The settings of a desk by account; "" is the account without a suffix."""
    kind = get_desk_class(name)
    known = {f"ASSISTANT_DESK_{name}_{setting}".upper(): setting for setting in list_desk_settings(kind)}
    found: dict[str, dict[str, str]] = {}
    for variable, value in environment.items():
        base, _, account = variable.upper().partition("__")
        if value and base in known:
            found.setdefault(account.lower(), {})[known[base]] = value
    return {account: values for account, values in found.items() if set(values) - {"API_URL"}}


def list_desk_classes() -> dict[str, type[BaseDesk]]:
    """All desks by name: ours, and those that plug-ins add."""
    return {name: get_desk_class(name) for name in list_desk_names()}


def list_desk_settings(kind: type[BaseDesk]) -> Iterable[str]:
    return dict.fromkeys((*(setting.name for setting in kind.settings), "API_URL"))


def get_desk_class(name: str) -> type[BaseDesk]:
    """The desk's class, or SetupError that lists the desks."""
    if name in DESKS:
        return DESKS[name]
    if name not in list_plugins(PLUGINS):
        raise SetupError(f"There is no desk {name}; there are {', '.join(list_desk_names())}.")
    kind = load_plugin(PLUGINS, name)
    if not (isinstance(kind, type) and issubclass(kind, BaseDesk) and kind.name == name):
        raise SetupError(f"The plug-in {name} is no desk: derive a class with that name from BaseDesk.")
    return kind
