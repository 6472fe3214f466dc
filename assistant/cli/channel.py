"""`channel add`, `channel check` and `channel list`: set up messaging apps."""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import AsJson, print_json
from assistant.domain.errors import BadInput, SetupError

if TYPE_CHECKING:
    from httpx import AsyncClient

    from assistant.channels.base import ChannelSetting
    from assistant.ports.channels import Channel

app = typer.Typer(help="Messaging apps: LINE, WhatsApp, e-mail and others.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CHANNEL", help="line, whatsapp, messenger, instagram, sms, …")]
Account = Annotated[str, typer.Option(help="A second account of the same app, by a name of your own.")]
ENV = Path(".env")


@app.command()
def add(name: Name, account: Account = "", lang: Annotated[str, typer.Option(help="ja or en.")] = "") -> None:
    """Ask for a channel's settings, write them to .env, and print the steps in the app's console."""
    from assistant.app.environment import load_environment
    from assistant.app.settings import load_settings
    from assistant.channels.base import build_variable_name
    from assistant.channels.registry import get_channel_class

    kind, known = get_channel_class(name), load_environment()
    if account and not account.isidentifier():
        raise BadInput("An account's name has letters, digits and _ only.")
    values = {}
    for setting in kind.settings:
        key = build_variable_name(name, setting.name, account)
        if value := ask_setting(key, setting, known.get(key, "")):
            values[key] = value
    write_env(ENV, values)
    print(f"\nWritten to {ENV}: {', '.join(values)}. Restart `assistant serve` to use it.\n")
    settings = load_settings()
    webhook = build_webhook_url(settings.public_url, name, account)
    print(f"Webhook: {webhook}\n")
    for language in (lang,) if lang in kind.steps else tuple(kind.steps):
        print(kind.steps[language].format(webhook=webhook) + "\n")
    print(f"Then: assistant channel check {name}{f' --account {account}' if account else ''}")
    if not settings.public_url.startswith("https://"):
        print("The app can only call an https address: set ASSISTANT_PUBLIC_URL to yours.", file=sys.stderr)


@app.command()
def check(name: Name, account: Account = "") -> None:
    """Verify credentials and webhook with the app's own test calls."""
    for line in asyncio.run(_check_channel(name, account)):
        print(f"ok   {line}")


@app.command("list")
def list_channels(as_json: AsJson = False) -> None:
    """List every channel: whether it is set up, and its webhook address."""
    from assistant.app.environment import load_environment
    from assistant.app.settings import load_settings
    from assistant.channels.registry import list_accounts, list_channel_classes

    known, public_url = load_environment(), load_settings().public_url
    for name in list_channel_classes():
        on = list_accounts(name, known)
        rows = [
            {"channel": name, "account": a, "on": True, "webhook": build_webhook_url(public_url, name, a)}
            for a in on
        ]
        for row in rows or [{"channel": name, "account": "", "on": False, "webhook": None}]:
            if as_json:
                print_json(row)
            else:
                state = "on " if row["on"] else "off"
                print(f"{state} {name:<10} {row['account']:<10} {row['webhook'] or ''}".rstrip())


async def _check_channel(name: str, account: str) -> list[str]:
    channel, client = open_channel(name, account)
    async with client:
        return list(await channel.check_setup())


def open_channel(name: str, account: str) -> tuple[Channel, AsyncClient]:
    """The channel of the settings, with an HTTP client that is closed afterwards."""
    from assistant.app.environment import load_environment
    from assistant.app.settings import load_settings
    from assistant.channels.http import build_client
    from assistant.channels.registry import get_channel_class, open_channels

    get_channel_class(name)
    client = build_client()
    found = open_channels(load_environment(), load_settings().public_url, client).get((name, account.lower()))
    if found is None:
        raise SetupError(f"{name} is not set up; run `assistant channel add {name}`.")
    return found, client


def build_webhook_url(public_url: str, name: str, account: str) -> str:
    return f"{public_url.rstrip('/')}/v1/channels/{name}" + (f"/{account}" if account else "")


def ask_setting(key: str, setting: ChannelSetting, before: str) -> str:
    """The answer, or the next line of stdin; empty keeps the current value, or generates a secret."""
    made = secrets.token_urlsafe(24) if setting.is_generated else ""
    if not sys.stdin.isatty():
        value = sys.stdin.readline().strip() or before or made
    else:
        hint = (
            " [keep]" if before else " [made for you]" if made else "" if setting.required else " [optional]"
        )
        print(f"{setting.description}")
        typed = typer.prompt(f"  {key}{hint}", default="", show_default=False, hide_input=setting.secret)
        value = typed or before or made
    if setting.required and not value:
        raise BadInput(f"{key} is needed: {setting.description}.")
    if any(sign in value for sign in "\r\n\0'"):
        raise BadInput(f"{key} has a sign in it that no such value has.")
    return value


def write_env(path: Path, values: dict[str, str]) -> None:
    """Set variables in a `.env` file, keeping others; readable by its owner only."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.partition("=")[0].removeprefix("export ").strip() not in values]
    fresh = path.with_name(f".env-{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(
        "\n".join([*kept, *(f"{key}='{value}'" for key, value in values.items())]) + "\n", "utf-8"
    )
    fresh.replace(path)
