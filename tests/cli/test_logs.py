"""What a whole run writes to its log: nothing that customers said, nothing that opens a door."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from evals.fakes.chat_server import answer_honestly, create_fake, serve_app
from tests.cli.shell import CliHarness, RunningService

pytestmark = pytest.mark.slow

PERSONAL = {
    "e-mail": "taro.canary@private.example",
    "phone": "090-8765-4321",
    "card": "4111 1111 1111 1111",
    "name": "加奈理 太郎",
    "order": "A-998877",
    "key of somebody": "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34",
}
SECRETS = {
    "OPENAI_API_KEY": "sk-canary-0123456789abcdef",
    "ASSISTANT_SECRET_KEY": "canary-secret-key-0123456789",
    "ASSISTANT_IDENTITY_SECRET": "canary-identity-0123456789",
    "ASSISTANT_LINE_CHANNEL_SECRET": "canary-line-secret",
    "ASSISTANT_LINE_ACCESS_TOKEN": "canary-line-token",
}
SAID = "返品の期限は何日ですか。" + "、".join(f"{kind}は{value}" for kind, value in PERSONAL.items())
PASSWORD = "canary password 1234"


def test_the_log_of_a_whole_run_holds_no_secret_and_nothing_personal(own: CliHarness) -> None:
    prompts: list[str] = []

    def overheard(body: Any) -> str:
        prompts.append(str(body["messages"]))
        return answer_honestly(body)

    assert own.run("agent", "add", "mori@shop.example", stdin=f"{PASSWORD}\n").code == 0
    token = own.run("agent", "token", "mori@shop.example").out.strip()
    tokens = [token]
    with serve_app(create_fake(overheard)) as model:
        for path in ("", "/cut"):
            known = SECRETS | {
                "OPENAI_BASE_URL": f"{model}{path}/v1",
                "ASSISTANT_CHAT_MODEL": "openai:fake",
            }
            with own.having(**known).serving() as service:
                tokens += _conversation(service, token)
                _mishaps(service)
                _errors_of_the_database(service, own.data / "yorisoi.db")
            _is_clean(own.data / "serve.log", tokens)
    assert prompts
    hidden = [PERSONAL[kind] for kind in ("e-mail", "phone", "card", "key of somebody")]
    assert not [value for value in hidden for prompt in prompts if value in prompt]


def _conversation(service: RunningService, token: str) -> list[str]:
    """A customer asks, is answered, wants a person; an agent reads and replies. The customer's token."""
    who = {"id": "c-canary-1", "name": PERSONAL["name"], "email": PERSONAL["e-mail"]}
    opened = httpx2.post(f"{service.url}/v1/conversations", json={"customer": who}, timeout=20).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    talk = type(service.open())(opened["id"], opened["token"])
    service.say(talk, SAID)
    service.answer(talk)
    httpx2.post(f"{service.url}/v1/conversations/{talk.id}/handoff", headers=headers, timeout=20)
    desk, agent = f"{service.url}/v1/agent/conversations/{talk.id}", {"Authorization": f"Bearer {token}"}
    assert httpx2.post(f"{desk}/claim", headers=agent, timeout=20).status_code == 200
    reply = {"id": "a-canary", "text": f"{PERSONAL['name']}様"}
    httpx2.post(f"{desk}/messages", json=reply, headers=agent, timeout=20)
    return [opened["token"]]


def _mishaps(service: RunningService) -> None:
    """Wrong passwords, broken bodies, forged webhooks: each carries something private."""
    login = {"email": "mori@shop.example", "password": PASSWORD + "x"}
    assert httpx2.post(f"{service.url}/v1/agent/login", json=login, timeout=20).status_code == 401
    broken = SAID.encode() + b'{"\xff'
    for path in ("/v1/conversations", "/v1/agent/login", "/v1/channels/line"):
        refused = httpx2.post(f"{service.url}{path}", content=broken, timeout=20)
        assert 400 <= refused.status_code < 500
        assert PERSONAL["e-mail"] not in refused.text


def _errors_of_the_database(service: RunningService, path: Path) -> None:
    """A fault of ours while somebody's words are stored: the log says what failed, not with which values."""
    talk = service.open()
    headers, message = {"Authorization": f"Bearer {talk.token}"}, {"id": str(uuid4()), "text": SAID}
    url = f"{service.url}/v1/conversations/{talk.id}/messages"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
        assert httpx2.post(url, json=message, headers=headers, timeout=20).status_code == 500
        other.execute("DROP TRIGGER broken")


def _is_clean(log: Path, tokens: list[str]) -> None:
    text = log.read_text("utf-8")
    private = [*PERSONAL.values(), *SECRETS.values(), PASSWORD, SAID[:20], *tokens]
    assert [value for value in private if value in text] == []
