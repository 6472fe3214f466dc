"""`agent add`, `agent list`, `agent token`."""

import pytest

from tests.cli.conftest import Terminal

PASSWORD = "correct horse battery\n"


def test_an_account_is_made_and_listed(type_: Terminal) -> None:
    added = type_("agent", "add", "Mori@Shop.example", "--name", "森 みどり", "--admin", stdin=PASSWORD)
    assert (added.code, added.err) == (0, "")
    assert "mori@shop.example" in added.out
    assert type_("agent", "list").out == "mori@shop.example  森 みどり  (admin)\n"


def test_the_list_as_json_holds_no_secret(type_: Terminal) -> None:
    type_("agent", "add", "mori@shop.example", stdin=PASSWORD)
    outcome = type_("agent", "list", "--json")
    (agent,) = outcome.json
    assert (agent["email"], agent["name"], agent["admin"]) == ("mori@shop.example", "mori", False)
    assert "password" not in outcome.out
    assert "argon" not in outcome.out


def test_a_token_is_one_line_and_another_every_time(type_: Terminal) -> None:
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
def test_an_account_that_cannot_be_is_not_made(type_: Terminal, email: str, password: str, says: str) -> None:
    assert says in type_("agent", "add", email, stdin=password).refusal()
    assert type_("agent", "list", "--json").json == []


def test_an_address_has_one_account(type_: Terminal) -> None:
    type_("agent", "add", "mori@shop.example", "--name", "Mori", stdin=PASSWORD)
    again = type_("agent", "add", "MORI@shop.example", "--name", "Other", stdin=PASSWORD)
    assert "has an account already" in again.refusal()
    assert [agent["name"] for agent in type_("agent", "list", "--json").json] == ["Mori"]


def test_a_token_for_nobody_says_how_to_make_an_account(type_: Terminal) -> None:
    assert (
        "assistant agent add nobody@shop.example" in type_("agent", "token", "nobody@shop.example").refusal()
    )
