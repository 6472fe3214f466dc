"""What every tracker must do, against simulated servers with the errors of the real ones."""

import asyncio
import logging
from datetime import date

import httpx
import pytest

from assistant.domain.errors import BadInput, SetupError
from assistant.domain.trackers import IssueTrouble
from assistant.ports.trackers import IssueDraft, TrackerFailed
from assistant.trackers import NAMES
from assistant.trackers.http import build_client, fetch_json
from assistant.trackers.registry import TRACKERS, open_trackers
from tests.trackers.simulated import SIMULATED, TOKEN, open_simulated, resolve_public

MARKER = "yorisoi-0123456789abcdef"
HOSTILE = "@everyone see #1 <img src=x onerror=alert(1)> [x](javascript:1) `rm`"
DRAFT = IssueDraft(
    marker=MARKER, title="箱を丈夫に", lines=("対応：二重の箱", HOSTILE), due=date(2026, 12, 24)
)
EVERY = pytest.mark.parametrize("name", NAMES)


def test_every_tracker_is_simulated() -> None:
    assert tuple(SIMULATED) == tuple(TRACKERS) == NAMES


@EVERY
async def test_an_issue_is_created_found_by_its_marker_and_followed_until_done(name: str) -> None:
    server = SIMULATED[name]()
    tracker = open_simulated(name, server)
    assert await tracker.find_issue(MARKER) is None
    made = await tracker.create_issue(DRAFT)
    assert (made.is_done, made.is_dropped) == (False, False)
    assert made.url.startswith("https://")
    assert all(part in server.read_text() for part in (MARKER, "二重の箱"))
    assert await tracker.find_issue(MARKER) == made
    assert await tracker.find_issue(MARKER + "0") is None
    assert await tracker.load_issue(made.key) == made
    server.close(done=True)
    assert (await tracker.load_issue(made.key)).is_done
    assert len(server.issues) == 1


@EVERY
async def test_what_is_closed_without_being_done_is_not_done(name: str) -> None:
    server = SIMULATED[name]()
    tracker = open_simulated(name, server)
    made = await tracker.create_issue(DRAFT)
    server.close(done=False)
    found = await tracker.load_issue(made.key)
    assert not found.is_done
    assert found.is_dropped is (name != "kintone")  # a record is just in another state


HTML = httpx.Response(200, html="<html>Sign in</html>")
TROUBLES: list[tuple[httpx.Response | Exception, IssueTrouble, float | None]] = [
    (httpx.Response(401, json={"message": "Bad credentials"}), IssueTrouble.UNAUTHORIZED, None),
    (httpx.Response(403, json={"message": "Forbidden"}), IssueTrouble.UNAUTHORIZED, None),
    (httpx.Response(404, json={"message": "Not Found"}), IssueTrouble.NOT_FOUND, None),
    (httpx.Response(301, headers={"location": "https://elsewhere.example/"}), IssueTrouble.NOT_FOUND, None),
    (httpx.Response(400, json={"errors": {"priority": "no"}}), IssueTrouble.REFUSED, None),
    (httpx.Response(422, json={"message": "Validation Failed"}), IssueTrouble.REFUSED, None),
    (httpx.Response(429, headers={"retry-after": "7200"}), IssueTrouble.BUSY, 7200),
    (httpx.Response(403, headers={"x-ratelimit-remaining": "0"}), IssueTrouble.BUSY, None),
    (httpx.Response(403, headers={"retry-after": "60"}), IssueTrouble.BUSY, 60),
    (httpx.Response(503, text="down"), IssueTrouble.UNAVAILABLE, None),
    (HTML, IssueTrouble.UNAVAILABLE, None),
    (httpx.Response(200, json={"what": ["is", "this"]}), IssueTrouble.UNAVAILABLE, None),
    (httpx.Response(200, json=None), IssueTrouble.UNAVAILABLE, None),
    (httpx.Response(200, content=b"[" * 100_000), IssueTrouble.UNAVAILABLE, None),
    (httpx.Response(200, content=b" " * (5 * 1024 * 1024)), IssueTrouble.UNAVAILABLE, None),
    (httpx.ReadTimeout("slow"), IssueTrouble.UNAVAILABLE, None),
    (httpx.ConnectError("refused"), IssueTrouble.UNAVAILABLE, None),
]


@EVERY
async def test_trouble_is_told_apart_and_never_quotes_the_token(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = SIMULATED[name]()
    tracker = open_simulated(name, server)
    caplog.set_level(logging.DEBUG)
    for answer, trouble, after in TROUBLES:
        server.faults = [answer]
        with pytest.raises(TrackerFailed) as failed:
            await tracker.find_issue(MARKER)
        assert (failed.value.trouble, failed.value.after) == (trouble, after), answer
        assert failed.value.is_final is (trouble not in (IssueTrouble.BUSY, IssueTrouble.UNAVAILABLE))
        assert TOKEN not in repr(failed.value)
    assert await tracker.find_issue(MARKER) is None
    assert "HTTP Request" in caplog.text
    assert TOKEN not in caplog.text + repr(tracker)
    assert server.issues == []


@EVERY
async def test_what_people_typed_mentions_nobody_and_is_no_markup(name: str) -> None:
    server = SIMULATED[name]()
    await open_simulated(name, server).create_issue(DRAFT)
    if name in ("github", "backlog"):  # Jira's text nodes and kintone's fields are plain
        assert "@everyone" not in server.read_text()
        assert "#1" not in server.read_text()
    if name == "github":
        body = server.issues[0]["body"]
        assert all(escaped in body for escaped in ("\\<img", "\\[x\\]", "\\`rm\\`"))
    if name in ("backlog", "kintone"):
        assert "2026-12-24" in server.read_text()


async def test_a_slow_answer_is_given_up() -> None:
    async def answer(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    client = build_client(resolve_public, httpx.MockTransport(answer))
    with pytest.raises(TrackerFailed, match="no answer in time"):
        await fetch_json(client, "GET", "https://api.github.com/", seconds=0.02)


async def test_no_private_address_is_called() -> None:
    async def refuse(host: str, _port: int) -> list[str]:
        raise BadInput(f"{host} is in a private network")

    def answer(_request: httpx.Request) -> httpx.Response:
        raise AssertionError

    client = build_client(refuse, httpx.MockTransport(answer))
    with pytest.raises(TrackerFailed, match="private network"):
        await fetch_json(client, "GET", "https://inside.example/")


async def test_a_kintone_app_without_the_marker_field_gets_no_record() -> None:
    """It would ignore the marker without a word, and every retry would add a record."""
    server = SIMULATED["kintone"]()
    tracker = open_simulated("kintone", server, MARKER_FIELD="目印")
    with pytest.raises(TrackerFailed) as failed:
        await tracker.find_issue(MARKER)
    assert failed.value.trouble is IssueTrouble.REFUSED


async def test_settings_that_are_missing_are_named_and_a_github_server_of_ones_own_is_linked_to() -> None:
    client = build_client(resolve_public)
    with pytest.raises(SetupError, match="ASSISTANT_TRACKER_JIRA_EMAIL, ASSISTANT_TRACKER_JIRA_TOKEN"):
        open_trackers(
            {"ASSISTANT_TRACKER_JIRA_URL": "https://x", "ASSISTANT_TRACKER_JIRA_PROJECT": "X"}, client
        )
    assert open_trackers({"ASSISTANT_TRACKER_GITHUB_TOKEN": ""}, client) == {}
    server = SIMULATED["github"]()
    server.host = "git.shop.example"  # type: ignore[misc]
    assert await open_simulated("github", server, URL="https://git.shop.example").find_issue(MARKER) is None
