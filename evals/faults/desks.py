"""Fault rows of agents, streams and hostile clients: the service itself stays up."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2

from evals.faults.load import CustomerConversation, LoadGenerator
from evals.faults.poison import BODIES, TEXTS
from evals.faults.rows import FaultRow, Outcome
from evals.faults.site import Installation

CLAIMS = 50


async def break_by_claims(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Fifty agents claim the same conversation repeatedly: one wins, the others get 409."""
    tokens = await asyncio.to_thread(_create_agents, site, CLAIMS)
    end, rounds, wrong = time.monotonic() + seconds, 0, 0
    limits = httpx2.Limits(max_connections=CLAIMS, max_keepalive_connections=0)
    async with httpx2.AsyncClient(timeout=60, limits=limits) as http:
        while time.monotonic() < end or rounds < 5:
            talk = await load.open_conversation()
            claim = f"/v1/agent/conversations/{talk.id}/claim"
            posts = (
                http.post(random.choice(site.urls) + claim, headers={"Authorization": f"Bearer {token}"})
                for token in tokens
            )
            statuses = [response.status_code for response in await asyncio.gather(*posts)]
            wrong += abs(statuses.count(200) - 1) + sum(status not in (200, 409) for status in statuses)
            rounds += 1
    return wrong, f"{rounds} × {CLAIMS} claims"


def _create_agents(site: Installation, count: int) -> list[str]:
    """API tokens of new agents, created in the database because the command takes a second each."""
    from assistant.api.auth import create_api_token
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import Settings
    from assistant.domain.people import Agent

    settings = Settings(  # type: ignore[call-arg]
        data_dir=site.folder, database_url=site.settings.get("ASSISTANT_DATABASE_URL")
    )
    database = open_database(settings)

    def step(store: Any) -> list[str]:
        tokens = []
        for _ in range(count):
            agent = Agent(id=uuid4().hex, email=f"{uuid4().hex}@shop.example", name="Agent")
            store.agents.add(agent, "x", utc_now())
            tokens.append(create_api_token(store, agent, utc_now()))
        return tokens

    made: list[str] = asyncio.run(database.write(step))
    database.close()
    return made


async def break_by_takeover(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """An agent takes over at every 50 ms of a slow reply: no message of the assistant comes after it."""
    agent = {"Authorization": f"Bearer {site.token}"}
    late, moments, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end or moments < 20:
        talk = await load.open_conversation()
        await load.send_message(talk, "返品の期限は何日ですか")
        await asyncio.sleep(0.6 + 0.05 * (moments % 40))
        url = f"{site.choose_process().url}/v1/agent/conversations/{talk.id}/claim"
        taken = await load.http.post(url, headers=agent)
        moments += 1
        if taken.status_code != 200:
            continue
        at = (await load.fetch_conversation(talk))["messages"][-1]["seq"]
        await asyncio.sleep(0.4)
        messages = (await load.fetch_conversation(talk))["messages"]
        late += sum(m["author"] == "assistant" and m["seq"] > at for m in messages)
    return late, f"{moments} takeovers"


async def break_without_agents(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """A person is requested while no agent is present; the first agent who comes sees it at once."""
    wrong = 0
    talks = [await load.open_conversation() for _ in range(10)]
    for talk in talks:
        answer = await load.http.post(
            f"{site.choose_process().url}{talk.build_path('/handoff')}", headers=talk.headers
        )
        wrong += answer.status_code != 202 or not answer.json()["message"]["text"]
    for process in site.processes:
        process.kill()
        await asyncio.to_thread(process.start)
    began = time.monotonic()
    inbox = f"{site.choose_process().url}/v1/agent/conversations?state=queued"
    queued = (await load.http.get(inbox, headers={"Authorization": f"Bearer {site.token}"})).json()
    seen = {row["id"] for row in queued["conversations"]}
    wrong += sum(talk.id not in seen for talk in talks) + (time.monotonic() - began > 2)
    return wrong, f"{len(talks)} in the queue after a kill"


async def break_by_handback(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """After an agent returns a conversation, the next message is answered and the old ones are not."""
    wrong, agent = 0, {"Authorization": f"Bearer {site.token}"}
    for _ in range(5):
        talk = await load.open_conversation()
        base = f"{site.choose_process().url}/v1/agent/conversations/{talk.id}"
        await load.http.post(f"{base}/claim", headers=agent)
        await load.send_message(talk, "担当者と話したい。返品の期限は？")
        await load.http.post(f"{base}/return", headers=agent)
        await asyncio.sleep(1.5)
        before = [m for m in (await load.fetch_conversation(talk))["messages"] if m["author"] == "assistant"]
        await load.send_message(talk, "沖縄への送料はいくらですか")
        after: list[Any] = []
        for _ in range(100):
            await asyncio.sleep(0.2)
            look = await load.fetch_conversation(talk)
            after = [m for m in look["messages"] if m["author"] == "assistant"]
            if after:
                break
        wrong += len(before) + (len(after) != 1)
    return wrong, ""


async def break_streams(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Streams are cut at random and resumed: each message exactly once, in order."""
    end = time.monotonic() + seconds
    readers = [asyncio.create_task(_read_stream(site, talk, end)) for talk in load.talks[:20]]
    seen = await asyncio.gather(*readers)
    wrong = 0
    for talk, numbers in zip(load.talks, seen, strict=False):
        last = (await load.fetch_conversation(talk))["messages"]
        known = {message["seq"] for message in last}
        wrong += numbers != sorted(set(numbers)) or not set(numbers) <= known
        wrong += numbers != list(range(1, len(numbers) + 1))
    return wrong, f"{len(seen)} streams, {sum(map(len, seen))} messages"


async def _read_stream(site: Installation, talk: CustomerConversation, end: float) -> list[int]:
    numbers: list[int] = []
    async with httpx2.AsyncClient(timeout=30) as http:
        while time.monotonic() < end:
            last = {"Last-Event-ID": str(numbers[-1])} if numbers else {}
            try:
                async with asyncio.timeout(random.uniform(0.2, 4)):
                    url = f"{site.choose_process().url}{talk.build_path('/events')}"
                    async with http.stream("GET", url, headers=talk.headers | last) as stream:
                        async for name, data in parse_sse(stream.aiter_lines()):
                            if name == "message":
                                numbers.append(data["seq"])
            except (TimeoutError, httpx2.TransportError):
                await asyncio.sleep(random.uniform(0, 0.5))
    return numbers


async def parse_sse(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def break_by_copies(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Every message is sent one to twenty times at once, and again after a restart."""
    load.doubles, end, wrong = 1.0, time.monotonic() + seconds, 0
    while time.monotonic() < end:
        talk, message = await load.open_conversation(), str(uuid4())
        body, many = {"id": message, "text": "返品の期限は？"}, random.randint(1, 20)
        urls = [random.choice(site.urls) + talk.build_path("/messages") for _ in range(many)]
        answers = await asyncio.gather(*(load.http.post(u, json=body, headers=talk.headers) for u in urls))
        wrong += sum(answer.status_code != 202 for answer in answers)
        wrong += len({answer.json().get("message", {}).get("seq") for answer in answers}) != 1
        talk.acknowledged[message] = body["text"]
        load.talks.append(talk)
    site.processes[0].kill()
    await asyncio.to_thread(site.processes[0].start)
    for talk in load.talks[-20:]:
        for message, text in list(talk.acknowledged.items()):
            again = {"id": message, "text": text}
            url = site.processes[0].url + talk.build_path("/messages")
            wrong += (await load.http.post(url, json=again, headers=talk.headers)).status_code != 202
    return wrong, f"{len(load.talks)} conversations"


async def break_by_poison(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Hostile bodies and texts to every call that takes one: never a 5xx, and others are served."""
    wrong: list[str] = []
    talk = await load.open_conversation()
    bearer = {"Authorization": f"Bearer {site.token}"}
    desk = f"/v1/agent/conversations/{talk.id}"
    calls: dict[str, dict[str, str]] = {
        "/v1/conversations": {},
        talk.build_path("/messages"): talk.headers,
        talk.build_path("/feedback"): talk.headers,
        talk.build_path("/typing"): talk.headers,
        "/v1/agent/login": {},
        f"{desk}/messages": bearer,
        f"{desk}/resolve": bearer,
        f"{desk}/transfer": bearer,
    }
    for path, headers in calls.items():
        for body in BODIES:
            answer = await _post_body(load, site, path, body, headers)
            if answer >= 500:
                wrong.append(f"{path} {body[:30]!r} {answer}")
    for text in TEXTS:
        fresh = await load.open_conversation()
        said: dict[str, Any] = {"id": str(uuid4()), "text": text}
        rated: dict[str, Any] = {"kind": "thumb", "value": 1, "comment": text}
        for path, fields in (("/messages", said), ("/feedback", rated)):
            body = json.dumps(fields).encode()
            answer = await _post_body(load, site, fresh.build_path(path), body, fresh.headers)
            if answer >= 500:
                wrong.append(f"{path} {text[:20]!r} {answer}")
        opened = {"locale": text[:30], "customer": {"id": text[:200] or "x", "name": text[:200]}}
        answer = await _post_body(load, site, "/v1/conversations", json.dumps(opened).encode(), fresh.headers)
        if answer >= 500:
            wrong.append(f"open {text[:20]!r} {answer}")
    return len(wrong), "; ".join(wrong[:3])


async def _post_body(
    load: LoadGenerator, site: Installation, path: str, body: bytes, headers: dict[str, str]
) -> int:
    known = {"Content-Type": "application/json", "X-Forwarded-For": f"10.9.9.{random.randrange(256)}"}
    answer = await load.http.post(site.choose_process().url + path, content=body, headers=known | headers)
    return answer.status_code


ROWS = (
    FaultRow(id="A1", what="fifty agents claim at once", breaks=break_by_claims),
    FaultRow(id="A1-pg", what="the same on PostgreSQL", breaks=break_by_claims, postgres=True),
    FaultRow(id="A2", what="a takeover at every moment of a reply", breaks=break_by_takeover),
    FaultRow(id="A4", what="no agent is there", breaks=break_without_agents),
    FaultRow(id="A6", what="handed back to the assistant", breaks=break_by_handback),
    FaultRow(id="C1", what="copies of a message, at once and later", breaks=break_by_copies),
    FaultRow(id="C4", what="poisoned bodies and texts", breaks=break_by_poison),
    FaultRow(id="W1", what="streams cut and resumed", breaks=break_streams),
    FaultRow(id="W1-pg", what="the same, from two processes", breaks=break_streams, postgres=True),
)
