"""The weekly digest: when it is due, what it says, and that each mail is sent once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.app.digest_file import format_digest, parse_digest
from assistant.channels.email_notices import compose_notice
from assistant.conversation.digest import build_digest, build_week_range, compute_rate_ratio
from assistant.conversation.templates.digest import WORDS, render_digest
from assistant.domain.digest import DigestRules, find_due_digest
from assistant.domain.errors import RetryLater, SetupError, Undeliverable
from assistant.domain.improvements import Improvement, ImprovementState
from assistant.domain.outgoing_webhooks import EventType, WebhookEndpoint
from assistant.domain.policy import Policy
from assistant.jobs.weekly_digest import MAX_TRIES, WeeklyDigest
from assistant.storage import tables as t
from assistant.storage.case_tables import webhook_deliveries
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from assistant.text.pii_masking import mask_pii
from tests.conversation.report_rows import add_random_ends
from tests.harness import Harness

TOKYO = "Asia/Tokyo"
#: Monday 09:00 in Tokyo.
DUE = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
RULES = DigestRules(to=("ceo@shop.example", "coo@shop.example"))


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (DUE - timedelta(minutes=1), None),
        (DUE, "2026-11-23"),
        (DUE + timedelta(hours=40), "2026-11-23"),
        (DUE + timedelta(hours=48), None),
        (DUE + timedelta(days=7), "2026-11-30"),
    ],
)
def test_a_digest_is_due_from_its_hour_on_for_two_days(now: datetime, week: str | None) -> None:
    found = find_due_digest(RULES, TOKYO, now)
    assert (found and found[0].date().isoformat()) == week
    if found:
        assert found[1] - found[0] == timedelta(days=7)


class MailServer:
    """Takes mails, or raises what it was given."""

    def __init__(self, *problems: Exception) -> None:
        self.sent: list[tuple[str, str, str, str]] = []
        self.problems = list(problems)

    async def send(self, recipient: str, subject: str, text: str, key: str) -> None:
        await asyncio.sleep(0)
        if self.problems:
            raise self.problems.pop(0)
        self.sent.append((recipient, subject, text, key))


def build_job(rig: Harness, server: MailServer | None, now: datetime = DUE) -> WeeklyDigest:
    rig.clock.now = now
    return WeeklyDigest(
        database=rig.database,
        policy=replace(Policy(), digest=RULES),
        send_mail=server.send if server else None,
        mask_text=mask_pii,
        link="https://x.example/console#/insight",
        clock=rig.clock,
    )


async def run_once(job: WeeklyDigest) -> None:
    await job.make_digest()
    await job.send_mails()


async def list_states(database: SqlDatabase[SqlStore]) -> list[tuple[str, str]]:
    query = sa.select(t.digest_mails.c.recipient, t.digest_mails.c.state).order_by(t.digest_mails.c.recipient)
    rows = await database.read(lambda store: store.report._connection.execute(query).all())
    return [(row.recipient, row.state) for row in rows]


async def test_two_processes_send_each_mail_once(rig: Harness) -> None:
    server = MailServer()
    jobs = [build_job(rig, server) for _ in range(2)]
    await rig.database.write(add_endpoint)
    for _ in range(3):
        await asyncio.gather(*(run_once(job) for job in jobs))
    assert sorted(mail[0] for mail in server.sent) == ["ceo@shop.example", "coo@shop.example"]
    assert len({mail[3] for mail in server.sent}) == 2
    told = await rig.database.read(
        lambda store: store.report._connection.execute(sa.select(webhook_deliveries)).all()
    )
    assert [row.type for row in told] == [EventType.DIGEST_READY]
    assert "2026-11-23" in told[0].body


def add_endpoint(store: SqlStore) -> None:
    endpoint = WebhookEndpoint(
        id="w", url="https://x.example", events=[EventType.DIGEST_READY], secret="whsec_AA==", created_at=DUE
    )
    store.webhooks.save_endpoint(endpoint)


async def test_what_a_server_puts_off_is_sent_later_and_what_it_refuses_is_not(rig: Harness) -> None:
    server = MailServer(RetryLater("busy"), Undeliverable("no such address"))
    job = build_job(rig, server)
    await run_once(job)
    assert sorted(state for _, state in await list_states(rig.database)) == ["failed", "pending"]
    await run_once(job)
    assert server.sent == []
    rig.clock.now = DUE + timedelta(minutes=20)
    await run_once(job)
    assert len(server.sent) == 1


async def test_a_server_that_never_answers_is_given_up(rig: Harness) -> None:
    server = MailServer(*[RetryLater("busy")] * 2 * MAX_TRIES)
    job = build_job(rig, server)
    for days in range(MAX_TRIES + 2):
        rig.clock.now = DUE + timedelta(days=days)
        await job.make_digest() if days == 0 else None
        await job.send_mails()
    assert {state for _, state in await list_states(rig.database)} == {"failed"}
    assert server.problems == []


async def test_a_mail_in_the_hands_of_a_process_that_died_is_not_sent_again(rig: Harness) -> None:
    job = build_job(rig, server := MailServer())
    await job.make_digest()
    await rig.database.write(lambda store: store.digests.claim_mail(DUE))
    await job.send_mails()
    assert len(server.sent) == 1
    assert sorted(state for _, state in await list_states(rig.database)) == ["sending", "sent"]


async def test_without_a_mail_server_it_is_said(rig: Harness) -> None:
    await run_once(build_job(rig, None))
    assert {state for _, state in await list_states(rig.database)} == {"failed"}


def fill_week(store: SqlStore) -> None:
    add_random_ends(store, 0, 200, DUE, seed=8, days=14)
    connection, o = store.report._connection, t.outcomes.c
    rated = sa.select(o.conversation).join(t.feedback, t.feedback.c.conversation == o.conversation)
    since = DUE - timedelta(days=6)
    for one in connection.execute(rated.where(o.ended_at >= since)).scalars().all():
        secret = {"comment": "連絡先は 090-1234-5678 です。" + "長" * 300}
        connection.execute(sa.update(t.feedback).where(t.feedback.c.conversation == one).values(**secret))
    done = DUE - timedelta(days=2)
    for name, done_at in (("new", done), ("old", DUE - timedelta(days=40))):
        improvement = Improvement(id=name, title=f"改善 {name}", created_at=done_at, updated_at=done_at)
        improvement = replace(improvement, state=ImprovementState.DONE, theme="a", done_at=done_at)
        store.improvements.save(improvement)


async def load_digest(rig: Harness) -> dict[str, Any]:
    week = build_week_range("2026-11-23", TOKYO, DUE)
    return await rig.database.read(lambda store: build_digest(store, week, mask_pii, DUE))


async def test_a_digest_has_figures_what_was_done_and_masked_quotes(rig: Harness) -> None:
    await rig.database.write(fill_week)
    digest = await load_digest(rig)
    assert digest["counted"] > 0
    assert digest["figures"]["abandoned"]["change"]["low"] is not None
    assert digest["done"] == [{"kind": "improvement", "title": "改善 new"}]
    assert len(digest["quotes"]) == 3
    assert len({quote["conversation"] for quote in digest["quotes"]}) == 3
    for language in ("ja", "en"):
        text = render_digest(digest, language, "https://x.example")
        assert "090-1234-5678" not in text
        assert "[PHONE_1]" in text
        assert len(text) < 4_000, "one page"
        assert all(
            f"■ {WORDS[key][language]}" in text for key in ("themes", "done", "effects", "unkept", "quotes")
        )


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_week_without_anything_is_a_digest_too(rig: Harness, language: str) -> None:
    digest = await load_digest(rig)
    text = render_digest(digest, language, "https://x.example")
    assert text.count(WORDS["none"][language]) == 5


def test_growth_is_told_with_its_interval() -> None:
    ratio, low, high = compute_rate_ratio(30, 10)
    assert (ratio, low < ratio < high, low > 1) == (2.9, True, True)
    assert compute_rate_ratio(6, 0)[1] < 6


def test_rules_are_read_and_written() -> None:
    rules = parse_digest({"to": ["a@x.example"], "weekday": "fri", "hour": 7, "language": "en"}, "digest")
    assert rules == DigestRules(to=("a@x.example",), weekday=4, hour=7, language="en")
    assert parse_digest(format_digest(rules), "digest") == rules


@pytest.mark.parametrize(
    "value",
    [
        {"to": "a@x.example"},
        {"to": ["a@x.example, b@x.example"]},
        {"to": ["a@x\r\nBcc: b@x.example"]},
        {"hour": 24},
        {"hour": True},
        {"weekday": "someday"},
        {"language": "ko"},
        {"till": 1},
        [],
    ],
)
def test_wrong_rules_are_refused(value: object) -> None:
    with pytest.raises(SetupError):
        parse_digest(value, "digest")


def test_a_mail_is_marked_as_automatic_and_has_one_id_for_all_tries() -> None:
    mails = [
        compose_notice("ceo@shop.example", "週次\r\nBcc: x", "本文", "help@shop.example", "k")
        for _ in range(2)
    ]
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]
    assert (mails[0]["Subject"], mails[0]["Bcc"]) == ("週次 Bcc: x", None)
    assert mails[0]["Auto-Submitted"] == "auto-generated"
