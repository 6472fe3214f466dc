"""`desk add`, `desk check` and `desk list`: set up the desk that handoffs go to."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from assistant.cli.channel import ENV, ask_setting, write_env
from assistant.cli.output import AsJson, print_json
from assistant.domain.errors import BadInput, SetupError

app = typer.Typer(help="Desks that people answer in: Zendesk, Chatwoot, Slack, e-mail.", no_args_is_help=True)

TARGET = "ASSISTANT_HANDOFF_DESK"

Name = Annotated[str, typer.Argument(metavar="DESK", help="zendesk, chatwoot, slack, email or webhook.")]
Account = Annotated[str, typer.Option(help="A second account of the same desk, by a name of your own.")]


@app.command()
def add(
    name: Name,
    account: Account = "",
    lang: Annotated[str, typer.Option(help="ja or en.")] = "",
    handoffs: Annotated[bool, typer.Option(help="Handoffs go there from now on.")] = True,
) -> None:
    """Ask for a desk's settings, write them to .env, and print the steps in the desk's own pages."""
    from assistant.app.environment import load_environment
    from assistant.app.settings import load_settings
    from assistant.desks.base import build_desk_name, build_desk_variable
    from assistant.desks.registry import get_desk_class

    kind, known = get_desk_class(name), load_environment()
    if account and not account.isidentifier():
        raise BadInput("An account's name has letters, digits and _ only.")
    values = {}
    for setting in kind.settings:
        key = build_desk_variable(name, setting.name, account)
        if value := ask_setting(key, setting, known.get(key, "")):
            values[key] = value
    target = {TARGET: build_desk_name(name, account.lower())} if handoffs else {}
    write_env(ENV, values | target)
    print(f"\nWritten to {ENV}: {', '.join(values | target)}. Restart `assistant serve` to use it.\n")
    public_url = load_settings().public_url
    token = values.get(build_desk_variable(name, "WEBHOOK_TOKEN", account), "")
    webhook = build_desk_url(public_url, name, account) + (f"?token={token}" if token else "")
    for language in (lang,) if lang in kind.steps else tuple(kind.steps):
        print(kind.steps[language].format(webhook=webhook) + "\n")
    print(f"Then: assistant desk check {name}{f' --account {account}' if account else ''}")
    if not public_url.startswith("https://"):
        print("The desk can only call an https address: set ASSISTANT_PUBLIC_URL to yours.", file=sys.stderr)


@app.command()
def check(name: Name, account: Account = "") -> None:
    """Verify credentials with the desk's own test calls."""
    for line in asyncio.run(_check_desk(name, account)):
        print(f"ok   {line}")


@app.command("list")
def list_desks(as_json: AsJson = False) -> None:
    """List every desk: whether it is set up, whether handoffs go there, and its webhook address."""
    from assistant.app.environment import load_environment
    from assistant.app.settings import load_settings
    from assistant.desks import list_desk_names
    from assistant.desks.base import build_desk_name
    from assistant.desks.registry import list_desk_accounts

    known, settings = load_environment(), load_settings()
    for name in list_desk_names():
        accounts: list[str | None] = list(list_desk_accounts(name, known))
        for account in accounts or [None]:
            target = account is not None and build_desk_name(name, account) == settings.handoff_desk
            webhook = None if account is None else build_desk_url(settings.public_url, name, account)
            row = {"desk": name, "account": account or "", "on": account is not None, "handoffs": target}
            if as_json:
                print_json(row | {"webhook": webhook})
            else:
                state = "handoffs" if target else "on" if account is not None else "off"
                print(f"{state:<8} {name:<10} {account or '':<10} {webhook or ''}".rstrip())


async def _check_desk(name: str, account: str) -> list[str]:
    from assistant.app.environment import load_environment
    from assistant.channels.http import build_client
    from assistant.desks.base import build_desk_name
    from assistant.desks.registry import get_desk_class, open_desks

    get_desk_class(name)
    async with build_client() as client:
        found = open_desks(load_environment(), client).get(build_desk_name(name, account.lower()))
        if found is None:
            raise SetupError(f"{name} is not set up; run `assistant desk add {name}`.")
        return list(await found.health())


def build_desk_url(public_url: str, name: str, account: str) -> str:
    return f"{public_url.rstrip('/')}/v1/desks/{name}" + (f"/{account}" if account else "")
