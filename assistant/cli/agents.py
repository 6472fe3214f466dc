"""`agent add`, `agent list` and `agent token`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from assistant.cli.output import AsJson, print_json
from assistant.domain.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from assistant.stores import Store

app = typer.Typer(help="Agents: the people of the support team.", no_args_is_help=True)

SHORTEST_PASSWORD = 10


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str | None, typer.Option(help="The name that customers see.")] = None,
    admin: Annotated[bool, typer.Option(help="May manage other agents.")] = False,
) -> None:
    """Make an agent account; the password is asked, or read from stdin."""
    from assistant.api.passwords import hash_password
    from assistant.domain.audit import OPERATOR
    from assistant.domain.people import Agent
    from assistant.library import now, open_database
    from assistant.settings import load_settings

    email = email.strip().lower()
    if "@" not in email:
        raise BadInput(f"{email!r} is not an e-mail address.")
    database = open_database(load_settings())
    agent = Agent(id=uuid4().hex, email=email, name=name or email.partition("@")[0], admin=admin)
    if asyncio.run(database.read(lambda store: store.agents.get(email))):
        raise Conflict(f"{email} has an account already.")
    password_hash = hash_password(_password())

    def step(store: Store) -> None:
        store.agents.add(agent, password_hash, now())
        store.audit.note(OPERATOR, "agent", now(), agent=agent.id, admin=admin)

    asyncio.run(database.write(step))
    print(f"{agent.name} can sign in at /console as {email}.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Who has an account."""
    from assistant.api.shapes import agent_out
    from assistant.library import open_database
    from assistant.settings import load_settings

    database = open_database(load_settings())
    agents = asyncio.run(database.read(lambda store: store.agents.all()))
    if as_json:
        print_json([agent_out(agent) for agent in agents])
        return
    for agent in agents:
        print(f"{agent.email}  {agent.name}{'  (admin)' if agent.admin else ''}")


@app.command()
def token(email: Annotated[str, typer.Argument(help="Whose token.")]) -> None:
    """Make an API token and print it, once."""
    from assistant.api.doors import new_token
    from assistant.library import now, open_database
    from assistant.settings import load_settings

    database = open_database(load_settings())
    agent = asyncio.run(database.read(lambda store: store.agents.get(email.strip().lower())))
    if agent is None:
        raise NotFound(f"Nobody has an account as {email}; make one with `assistant agent add {email}`.")
    print(asyncio.run(database.write(lambda store: new_token(store, agent, now()))))


def _password() -> str:
    if sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    return password
