"""`agent add`, `list`, `token`, `password`, `revoke` and `remove`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import uuid4

import typer

from assistant.cli.output import AsJson, print_json
from assistant.domain.errors import BadInput, Conflict, NotFound
from assistant.domain.people import MIN_PASSWORD_CHARACTERS

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.domain.people import Agent
    from assistant.ports.storage.store import Store

T = TypeVar("T")

app = typer.Typer(help="Agents: the people of the support team.", no_args_is_help=True)


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str | None, typer.Option(help="The name that customers see.")] = None,
    admin: Annotated[bool, typer.Option(help="Looks after accounts, and does what leads do.")] = False,
    lead: Annotated[bool, typer.Option(help="May change articles and settings in the console.")] = False,
) -> None:
    """Create an agent account; the password is asked for, or read from stdin."""
    from assistant.api.password_hashing import hash_password
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.audit import OPERATOR
    from assistant.domain.people import Agent, normalize_email
    from assistant.text.characters import clean_line

    email = normalize_email(email)
    if "@" not in email:
        raise BadInput(f"{email!r} is not an e-mail address.")
    database = open_database(load_settings())
    shown = clean_line(name or email.partition("@")[0])
    if not shown:
        raise BadInput("Write a name that can be seen.")
    agent = Agent(id=uuid4().hex, email=email, name=shown, admin=admin, lead=lead)
    if asyncio.run(database.read(lambda store: store.agents.get(email))):
        raise Conflict(f"{email} has an account already.")
    password_hash = hash_password(_read_password())

    def save_agent(store: Store) -> None:
        store.agents.add(agent, password_hash, utc_now())
        store.sign_ins.readmit(email)
        store.audit.append_entry(OPERATOR, "agent", utc_now(), agent=agent.id, admin=admin, lead=lead)

    asyncio.run(database.write(save_agent))
    print(f"{agent.name} can sign in at /console as {email}.")


@app.command("list")
def list_agents(as_json: AsJson = False) -> None:
    """List the accounts."""
    from assistant.api.schemas import serialize_agent
    from assistant.app.knowledge_base import open_database
    from assistant.app.settings import load_settings

    database = open_database(load_settings())
    agents = asyncio.run(database.read(lambda store: store.agents.list_all()))
    if as_json:
        print_json([serialize_agent(agent) for agent in agents])
        return
    for agent in agents:
        role = f"  ({agent.role})" if agent.is_lead else ""
        print(f"{agent.email}  {agent.name}{role}{'  disabled' if agent.disabled_at else ''}")


@app.command()
def token(
    email: Annotated[str, typer.Argument(help="Whose token.")],
    days: Annotated[int, typer.Option(help="For how many days it is good.", min=1, max=3650)] = 365,
) -> None:
    """Create an API token and print it once."""
    from assistant.api.auth import create_api_token

    print(_change_agent(email, lambda store, agent, now: create_api_token(store, agent, now, days)))


@app.command()
def password(email: Annotated[str, typer.Argument(help="Whose password.")]) -> None:
    """Change a password, asked for or read from stdin; sessions of the old one end."""
    from assistant.api.password_hashing import hash_password
    from assistant.conversation.agent_access import change_password

    _change_agent(email, lambda *_: None)  # do not ask for a password if there is no account
    hashed = hash_password(_read_password())
    ended = _change_agent(email, lambda store, agent, now: change_password(store, agent, hashed, now))
    print(f"The password is changed; {ended} session(s) ended.")


@app.command()
def revoke(email: Annotated[str, typer.Argument(help="Whose sessions and tokens.")]) -> None:
    """Revoke every session and API token of an agent."""
    from assistant.conversation.agent_access import revoke_credentials as end_all

    print(f"{_change_agent(email, end_all)} session(s) and token(s) ended.")


@app.command()
def remove(email: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Remove an account; the agent's conversations return to the queue."""
    from assistant.conversation.agent_access import remove_agent as remove_agent

    print(f"Removed; {_change_agent(email, remove_agent)} conversation(s) went back to the queue.")


def _change_agent(email: str, change: Callable[[Store, Agent, datetime], T]) -> T:
    """The result of *change* for the agent; NotFound."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.people import normalize_email

    def apply_change(store: Store) -> T:
        agent = store.agents.find_by_email(normalize_email(email))
        if agent is None:
            raise NotFound(f"Nobody has an account as {email}; make one with `assistant agent add {email}`.")
        return change(store, agent, utc_now())

    return asyncio.run(open_database(load_settings()).write(apply_change))


def _read_password() -> str:
    if sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise BadInput(f"The password needs at least {MIN_PASSWORD_CHARACTERS} characters.")
    return password
