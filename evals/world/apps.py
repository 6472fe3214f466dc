"""Realistic app messages: kinds without text, a yes to our own offer, opening hours."""

import asyncio
import json
import random
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2

from assistant.app.policy_file import load_policy
from assistant.channels import signatures
from evals.bench.channels import SETTINGS
from evals.bench.phones import SECRET, SimulatedPhones, sign_form, sign_meta, sign_slack
from evals.bench.service import ASSISTANT, build_environment, serve_product
from evals.world.app_kinds import generate_contents
from evals.world.cases import CasePlace, SiblingResult, WorldCase

#: Seconds until an answer arrives at a phone, at most.
PATIENCE = 30
KNOWLEDGE = Path(__file__).parents[2] / "knowledge_base"
Signed = tuple[str, bytes, dict[str, str]]


class SteadyRandom(random.Random):
    """Never refuses a send."""

    def random(self) -> float:
        return 1.0


@dataclass
class AppCounter:
    """The service as an operator starts it, the phones of its customers, and an agent's account."""

    http: httpx2.AsyncClient
    phones: SimulatedPhones
    seen: set[str] = field(default_factory=set)
    people: int = 0

    async def send_webhook(self, peer: str, call: Signed) -> list[str]:
        """Send a webhook; returns what is new on the phone after it."""
        name, body, headers = call
        before = len(self.phones.arrived[peer])
        (await self.http.post(f"/v1/channels/{name}", content=body, headers=headers)).raise_for_status()
        end = time.monotonic() + PATIENCE
        while len(self.phones.arrived[peer]) == before and time.monotonic() < end:
            await asyncio.sleep(0.1)
        return self.phones.arrived[peer][before:]

    async def fetch_newest(self) -> dict[str, Any]:
        """The newest conversation since the last call, as agents see it."""
        page = (await self.http.get("/v1/agent/conversations")).json()["conversations"]
        new = [one["id"] for one in page if one["id"] not in self.seen]
        self.seen |= set(new)
        found: dict[str, Any] = {"messages": []}
        if new:
            found = (await self.http.get(f"/v1/agent/conversations/{new[0]}")).json()
        return found

    def create_peer(self, first: str) -> str:
        self.people += 1
        return f"{first}{self.people:08}"


@asynccontextmanager
async def open_counter(folder: Path) -> AsyncIterator[AppCounter]:
    phones = SimulatedPhones(chance=SteadyRandom())
    server = await asyncio.start_server(phones.handle_session, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings: dict[str, str] = {}
    for name, needed in SETTINGS.items():
        settings |= {f"ASSISTANT_{name}_{one}".upper(): SECRET for one in needed}
        settings[f"ASSISTANT_{name}_API_URL".upper()] = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    token = await asyncio.to_thread(_prepare_data, folder, settings)
    place = serve_product(folder, **settings)
    url, _ = await asyncio.to_thread(place.__enter__)
    phones.known_as = url.replace("127.0.0.1", "localhost")
    try:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=url, timeout=30, headers=headers) as http:
            yield AppCounter(http=http, phones=phones)
    finally:
        await asyncio.to_thread(place.__exit__, None, None, None)
        server.close()


def _prepare_data(folder: Path, settings: dict[str, str]) -> str:
    """The sample articles, and an API token of a new agent."""
    known = build_environment(ASSISTANT_DATA_DIR=str(folder), **settings)

    def run_command(*words: str | Path, said: bytes = b"") -> str:
        done = subprocess.run(
            [ASSISTANT, *words], input=said, check=True, env=known, cwd=folder, capture_output=True
        )
        return done.stdout.decode()

    run_command("ingest", KNOWLEDGE)
    run_command("agent", "add", "world@shop.example", said=b"a long enough password\n")
    return run_command("agent", "token", "world@shop.example").split()[-1]


async def _get_counter(place: CasePlace) -> AppCounter:
    found: AppCounter = await place.start_once("apps", lambda: open_counter(place.scratch / "apps"))
    return found


# -- payloads of each app


def _build_whatsapp(peer: str, content: dict[str, Any], _: AppCounter) -> Signed:
    message = {"from": peer, "id": f"wamid.{uuid4().hex}", **content}
    value = {"metadata": {"phone_number_id": SECRET}, "messages": [message]}
    return ("whatsapp", *sign_meta({"entry": [{"changes": [{"value": value}]}]}))


def _build_telegram(peer: str, content: dict[str, Any], _: AppCounter) -> Signed:
    number = uuid4().int % 10**12
    who = {"chat": {"id": int(peer), "type": "private"}, "from": {"id": int(peer)}}
    body = json.dumps({"update_id": number, "message": {"message_id": number, **who, **content}}).encode()
    return "telegram", body, {"x-telegram-bot-api-secret-token": SECRET}


def _build_meta(name: str) -> Callable[[str, dict[str, Any], AppCounter], Signed]:
    def build_call(peer: str, content: dict[str, Any], _: AppCounter) -> Signed:
        inner = content if "postback" in content else {"message": {"mid": uuid4().hex, **content}}
        event = {"sender": {"id": peer}, "timestamp": 1, **inner}
        return (name, *sign_meta({"entry": [{"messaging": [event]}]}))

    return build_call


def _build_line(peer: str, content: dict[str, Any], counter: AppCounter) -> Signed:
    token, at = uuid4().hex, int(time.time() * 1000)
    counter.phones.tokens[token] = peer
    event = {
        "type": "message",
        "timestamp": at,
        "source": {"type": "user", "userId": peer},
        "replyToken": token,
    }
    event |= {"webhookEventId": uuid4().hex, "message": {"id": uuid4().hex, **content}}
    body = json.dumps({"events": [event]}).encode()
    return "line", body, {"x-line-signature": signatures.sign_line(SECRET, body)}


def _build_slack(peer: str, content: dict[str, Any], _: AppCounter) -> Signed:
    event = {
        "type": "message",
        "channel": peer,
        "channel_type": "im",
        "user": f"U{peer}",
        "ts": uuid4().hex,
        **content,
    }
    return ("slack", *sign_slack({"type": "event_callback", "event_id": uuid4().hex, "event": event}))


def _build_sms(peer: str, content: dict[str, Any], counter: AppCounter) -> Signed:
    fields = {"MessageSid": uuid4().hex, "From": peer, **content}
    return ("sms", *sign_form(fields, f"{counter.phones.known_as}/v1/channels/sms"))


#: App -> how it is sent, and the prefix of its people's ids.
APPS = {
    "whatsapp": (_build_whatsapp, "8190"),
    "telegram": (_build_telegram, "3"),
    "messenger": (_build_meta("messenger"), "1"),
    "instagram": (_build_meta("instagram"), "2"),
    "line": (_build_line, "U"),
    "slack": (_build_slack, "D"),
    "sms": (_build_sms, "+8190"),
}
#: The reply to messages without text.
ASKED = ("文章でお書き", "describe it in words", "only read words")
#: Paths of a message's text, which agents must see.
WORDS = (("text",), ("order", "text"), ("postback", "payload"))


# -- checks


async def check_kinds(place: CasePlace, paths: Sequence[Path]) -> Sequence[str]:
    """Every message gets an answer, and agents see its content."""
    counter, problems = await _get_counter(place), []
    for line in paths[0].read_text("utf-8").splitlines():
        given = json.loads(line)
        send, first = APPS[given["app"].split()[0]]
        peer = counter.create_peer(first)
        heard = await counter.send_webhook(peer, send(peer, given["message"], counter))
        seen = [m["text"] for m in (await counter.fetch_newest())["messages"] if m["author"] == "customer"]
        words = [found for path in WORDS if isinstance(found := _get_at(given["message"], path), str)]
        if not heard:
            problems.append(f"no answer: {line}")
        if not seen or not seen[0].strip() or any(one not in seen[0] for one in words):
            problems.append(f"agents see {seen or 'nothing'}: {line}")
        elif not words and not seen[0].startswith(("（", "(")):
            problems.append(f"agents do not see what came but {seen}: {line}")
        elif not words and not any(asked in one for one in heard for asked in ASKED):
            problems.append(f"heard {heard}: {line}")
    return problems


def _get_at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


async def check_yes(place: CasePlace, paths: Sequence[Path]) -> Sequence[str]:
    counter, given = await _get_counter(place), json.loads(paths[0].read_text("utf-8"))
    peer = given["1"]["From"]
    offered = await counter.send_webhook(peer, _build_sms(peer, given["1"], counter))
    await counter.send_webhook(peer, _build_sms(peer, given["2"], counter))
    state = (await counter.fetch_newest()).get("conversation", {}).get("state")
    return [] if state == "queued" else [f"the state is {state} after {offered} and yes"]


async def check_overnight(_place: CasePlace, paths: Sequence[Path]) -> Sequence[str]:
    hours = load_policy(paths[0]).hours
    #: Tuesday, Saturday, Saturday after the shift, Monday before the first.
    wanted = {
        "2026-12-01T02:00": True,
        "2026-12-05T03:00": True,
        "2026-12-05T07:00": False,
        "2026-11-30T03:00": False,
    }
    found = {
        at: hours.is_open(datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Tokyo"))) for at in wanted
    }
    return [f"{at}: open is {found[at]}" for at in wanted if found[at] is not wanted[at]]


async def siblings(place: CasePlace) -> list[SiblingResult]:
    """Each from another person, who must get an answer."""
    counter = await _get_counter(place)

    async def run_sibling(app: str, content: dict[str, Any]) -> SiblingResult:
        send, first = APPS[app]
        peer = counter.create_peer(first)
        heard = await counter.send_webhook(peer, send(peer, content, counter))
        wrong = None if heard else "no answer"
        return SiblingResult(name=f"{app} {content}", wrong=wrong, lost=not heard)

    return [await run_sibling(app, content) for app, content in generate_contents()]


CASES: list[WorldCase] = [
    WorldCase(files=("06-sms-yes.json",), says="Yes to our own offer hands over", check=check_yes),
    WorldCase(
        files=("07-unknown-kinds.jsonl",), says="whoever sends anything hears something", check=check_kinds
    ),
    WorldCase(
        files=("18-overnight-policy.yaml",),
        says="a night's shift goes on after midnight",
        check=check_overnight,
    ),
]
