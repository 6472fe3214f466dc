"""Agents' accounts from the command line."""

import asyncio
from datetime import timedelta

import pytest

from assistant.storage.store import SqlStore
from tests.cli.conftest import InProcessCli

PASSWORD = "correct horse battery\n"


def test_an_account_is_made_and_listed(type_: InProcessCli) -> None:
    added = type_("agent", "add", "Mori@Shop.example", "--name", "森 みどり", "--admin", stdin=PASSWORD)
    assert (added.code, added.err) == (0, "")
    assert "mori@shop.example" in added.out
    assert type_("agent", "list").out == "mori@shop.example  森 みどり  (admin)\n"


def test_the_list_as_json_holds_no_secret(type_: InProcessCli) -> None:
    type_("agent", "add", "mori@shop.example", stdin=PASSWORD)
    outcome = type_("agent", "list", "--json")
    (agent,) = outcome.json
    assert (agent["email"], agent["name"], agent["admin"]) == ("mori@shop.example", "mori", False)
    assert "password" not in outcome.out
    assert "argon" not in outcome.out


def test_a_token_is_one_line_and_another_every_time(type_: InProcessCli) -> None:
    type_("agent", "add", "mori@shop.example", stdin=PASSWORD)
    tokens = [type_("agent", "token", "MORI@shop.example").out.splitlines() for _ in range(2)]
    assert [len(lines) for lines in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    assert len(tokens[0][0]) >= 32


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("not-an-address", PASSWORD, "not an e-mail address"),
        ("mori@shop.example", "short\n", "at least 10 characters"),
        ("mori@shop.example", "", "at least 10 characters"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(
    type_: InProcessCli, email: str, password: str, says: str
) -> None:
    assert says in type_("agent", "add", email, stdin=password).refusal()
    assert type_("agent", "list", "--json").json == []


def test_an_address_has_one_account(type_: InProcessCli) -> None:
    type_("agent", "add", "mori@shop.example", "--name", "Mori", stdin=PASSWORD)
    again = type_("agent", "add", "MORI@shop.example", "--name", "Other", stdin=PASSWORD)
    assert "has an account already" in again.refusal()
    assert [agent["name"] for agent in type_("agent", "list", "--json").json] == ["Mori"]


def test_a_token_for_nobody_says_how_to_make_an_account(type_: InProcessCli) -> None:
    assert (
        "assistant agent add nobody@shop.example" in type_("agent", "token", "nobody@shop.example").refusal()
    )


def _doors(type_: InProcessCli) -> list[str]:
    """A session and a token of Mori's, and whose they are."""
    from assistant.api.auth import create_session
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings

    type_("agent", "add", "mori@shop.example", stdin=PASSWORD)
    token = type_("agent", "token", "mori@shop.example").out.strip()
    database = open_database(load_settings())
    agent = asyncio.run(database.read(lambda store: store.agents.find_by_email("mori@shop.example")))
    assert agent is not None
    session, _ = asyncio.run(database.write(lambda store: create_session(store, agent, utc_now())))
    return [session, token]


def _open(doors: list[str], later: timedelta = timedelta()) -> list[bool]:
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.conversation.inbound.conversation_start import hash_secret

    database = open_database(load_settings())

    def find_agents(store: SqlStore) -> list[bool]:
        found = [store.agents.find_by_secret(hash_secret(door), utc_now() + later) for door in doors]
        return [agent is not None for agent in found]

    return asyncio.run(database.read(find_agents))


@pytest.mark.parametrize(
    ("words", "stdin", "left"),
    [
        (("password", " MORI@shop.example"), "another long password\n", [False, True]),
        (("revoke", "mori@shop.example"), "", [False, False]),
        (("remove", "mori@shop.example"), "", [False, False]),
    ],
)
def test_ways_in_end_at_once(
    type_: InProcessCli, words: tuple[str, ...], stdin: str, left: list[bool]
) -> None:
    doors = _doors(type_)
    assert _open(doors) == [True, True]
    done = type_("agent", *words, stdin=stdin)
    assert (done.code, done.err) == (0, "")
    assert _open(doors) == left
    assert (type_("agent", "list").out == "") == (words[0] == "remove")
    again = type_("agent", *words, stdin=stdin)
    assert (again.code == 0) == (words[0] != "remove")


def test_tokens_end(type_: InProcessCli) -> None:
    session, token = _doors(type_)
    assert _open([session, token], timedelta(days=15)) == [False, True]
    assert _open([token], timedelta(days=366)) == [False]
    short = type_("agent", "token", "mori@shop.example", "--days", "2").out.strip()
    assert _open([short], timedelta(days=3)) == [False]


def test_the_demo_agent_does_not_survive_the_demo(type_: InProcessCli) -> None:
    from assistant.app.knowledge_base import open_database
    from assistant.app.settings import load_settings
    from assistant.cli.demo import EMAIL, ensure_demo_agent, remove_demo_agent

    settings = load_settings()
    database = open_database(settings)
    type_("agent", "add", "mori@shop.example", stdin=PASSWORD)
    asyncio.run(ensure_demo_agent(settings, database))
    assert EMAIL in type_("agent", "list").out
    for _ in range(2):
        asyncio.run(remove_demo_agent(settings, database))
        assert [agent["email"] for agent in type_("agent", "list", "--json").json] == ["mori@shop.example"]
