"""`serve` from the outside: how it starts, stops, is killed, and what a second one is told."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.cli.shell import CliHarness, RunningService, VisitorConversation, until

pytestmark = pytest.mark.slow

QUESTION = "返品の期限は何日ですか"
#: So long after the answer nothing more may come: a turn, and the pause before it, twice over.
AFTERWARDS = 2.0


def test_a_port_in_use_is_told_and_the_data_folder_is_not_touched(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refusal = CliHarness(tmp_path / "data").run("serve", "--port", port).refusal()
    assert f"Cannot listen on 127.0.0.1:{port} (Address already in use)" in refusal
    assert "--port" in refusal
    assert not (tmp_path / "data").exists()


def test_an_address_that_is_not_ours_is_told(tmp_path: Path) -> None:
    refusal = CliHarness(tmp_path / "data").run("serve", "--port", "0", "--host", "nowhere.invalid").refusal()
    assert "Cannot listen on nowhere.invalid:0" in refusal
    assert "Unknown error" not in refusal


def test_it_serves_refuses_a_second_and_stops_when_told(own: CliHarness) -> None:
    with own.serving() as served:
        assert httpx2.get(f"{served.url}/healthz", timeout=20).status_code == 200
        talk = served.open()
        served.say(talk, QUESTION)
        assert "30" in served.answer(talk)["text"]

        second = own.run("serve", "--port", "0").refusal()
        assert "already runs" in second
        assert "ASSISTANT_DATA_DIR" in second

        with _streaming(served, talk):
            code, seconds = served.stop()
    assert code == 0, (own.data / "serve.log").read_text()
    assert seconds < 10
    # Neither cut off nor complained about: streams end when the service does.
    assert "Traceback" not in (own.data / "serve.log").read_text()


@contextmanager
def _streaming(served: RunningService, talk: VisitorConversation) -> Iterator[None]:
    """A browser that has the conversation open."""
    connected = threading.Event()

    def follow() -> None:
        url = f"{served.url}/v1/conversations/{talk.id}/events"
        try:
            with httpx2.stream("GET", url, headers=talk.headers, timeout=20) as response:
                for _ in response.iter_lines():
                    connected.set()
        except httpx2.TransportError:
            return  # cut at the stop

    thread = threading.Thread(target=follow)
    thread.start()
    assert connected.wait(20)
    yield
    thread.join(20)


def test_what_is_indexed_beside_it_is_answered_from_within_seconds(own: CliHarness, tmp_path: Path) -> None:
    article = tmp_path / "new" / "umbrellas.md"
    article.parent.mkdir()
    article.write_text("# Lending umbrellas\n\nWe lend umbrellas for 13 days, free of charge.\n")
    with own.having(ASSISTANT_QUIET_SECONDS="0").serving() as served:
        assert own.run("ingest", str(article.parent)).code == 0
        indexed_at = time.monotonic()

        def cites_it() -> bool:
            talk = served.open("en")
            served.say(talk, "How long do you lend umbrellas?")
            return any(cited["article"] == "umbrellas.md" for cited in served.answer(talk)["citations"])

        until(cites_it, seconds=10)
        assert time.monotonic() - indexed_at < 5
        assert httpx2.get(f"{served.url}/readyz", timeout=20).status_code == 200


def test_a_message_survives_a_kill_and_is_answered_exactly_once(own: CliHarness) -> None:
    """Killed at once, at random moments of the pause and the turn, and after it."""
    pauses = [0.0, *sorted(random.uniform(0.3, 0.9) for _ in range(3))]
    asked: list[tuple[VisitorConversation, str]] = []
    for pause in pauses:
        with own.serving() as served:
            _answered_once(served, asked)
            talk, message = served.open(), str(uuid4())
            stored = served.say(talk, QUESTION, message)
            assert stored["id"] == message
            asked.append((talk, message))
            time.sleep(pause)
            served.kill()
    with own.serving() as served:
        _answered_once(served, asked)
        for talk, message in asked:
            served.say(talk, QUESTION, message)  # a client that never saw the 202 sends it again
        time.sleep(AFTERWARDS)
        _answered_once(served, asked)


def _answered_once(served: RunningService, asked: list[tuple[VisitorConversation, str]]) -> None:
    for talk, message in asked:
        served.answer(talk)
        found = served.look(talk)
        said = [(m["author"], m["seq"]) for m in found["messages"]]
        assert (found["state"], said) == ("assistant", [("customer", 1), ("assistant", 2)]), found
        assert (found["messages"][0]["id"], found["messages"][0]["text"]) == (message, QUESTION)
        assert "30" in found["messages"][1]["text"]


def test_a_turn_that_was_in_hand_when_killed_is_answered_soon_after_the_start(own: CliHarness) -> None:
    with _silent_server() as address:
        thinking = own.having(OPENAI_API_KEY="sk-none", OPENAI_BASE_URL=f"{address}/v1")
        with thinking.serving() as served:
            talk, message = served.open(), str(uuid4())
            served.say(talk, QUESTION, message)
            time.sleep(2.5)
            assert served.answers(talk) == []
            served.kill()
    with own.serving() as served:
        ready_at = time.monotonic()
        _answered_once(served, [(talk, message)])
        # Neither the lease (45 s) nor the watchdog (30 s) is waited for.
        assert time.monotonic() - ready_at < 15


def test_when_the_process_that_thinks_dies_messages_are_taken_in_and_answered_later(own: CliHarness) -> None:
    # A start on a busy machine takes longer than the usual deadline, and then a person is right.
    with own.having(ASSISTANT_TURN_DEADLINE_SECONDS="300").serving() as served:
        talk = served.open()
        os.kill(_worker(served), signal.SIGKILL)
        served.say(talk, QUESTION)
        assert "30" in served.answer(talk)["text"]
        assert httpx2.get(f"{served.url}/readyz", timeout=20).status_code == 200
        code, _ = served.stop()
    assert code == 0
    assert "worker ended" in (own.data / "serve.log").read_text()


def test_when_serve_is_killed_the_process_that_thinks_ends_too(own: CliHarness) -> None:
    with own.serving() as served:
        worker = _worker(served)
        served.kill()
        until(lambda: not Path(f"/proc/{worker}").exists(), seconds=5)


def _worker(served: RunningService) -> int:
    """The id of the process beside it."""
    pid = served.process.pid
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


@contextmanager
def _silent_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
