"""What agents had to do: interruptions, load, notes; by name."""

from datetime import UTC, datetime, timedelta

from assistant.conversation.report import ReportRange
from assistant.conversation.workload import build_spans, load_workloads
from assistant.domain.reply_verdicts import ReplyRating, ReplyVerdict
from assistant.domain.report_rows import AgentWorkload, OwnerChange
from tests.harness import Harness

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def change(conversation: str, agent: str | None, minutes: int) -> OwnerChange:
    at = NOON + timedelta(minutes=minutes)
    return OwnerChange(conversation=conversation, agent=agent, created_at=at)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_conversation_is_in_somebodys_hands_until_it_is_in_anothers() -> None:
    changes = [
        change("a", "mori", 0),
        change("b", "mori", 5),
        change("a", "sato", 10),
        change("a", "sato", 11),
        change("b", None, 20),
        change("a", "mori", 30),
    ]
    assert build_spans(changes, at(60)) == {
        "mori": [(at(0), at(10)), (at(5), at(20)), (at(30), at(60))],
        "sato": [(at(10), at(30))],
    }


async def load(rig: Harness) -> list[AgentWorkload]:
    now = rig.clock()
    wanted = ReportRange(start=now - timedelta(days=1), end=now + timedelta(seconds=1))
    return await rig.database.read(lambda store: load_workloads(store, wanted, now))


async def test_what_comes_while_another_is_open_interrupts(rig: Harness) -> None:
    mori, sato = await rig.hire("Mori"), await rig.hire("Sato")
    talks = [(await rig.open()).conversation.id for _ in range(3)]
    for talk in talks:
        await rig.press_person_button(talk)
        rig.clock.pass_(60)
        await rig.claim(talk, mori)
        rig.clock.pass_(60)
        if talk == talks[1]:
            await rig.resolve(talk, mori)
            await rig.resolve(talks[0], mori)
    message = (await rig.messages(talks[0]))[0].id
    verdict = ReplyVerdict(
        conversation=talks[0],
        message=message,
        verdict=ReplyRating.WRONG,
        note="送料が違う",
        agent=mori.id,
        at=rig.clock(),
    )
    await rig.database.write(lambda store: store.reply_verdicts.save(verdict))
    rig.clock.pass_(1)
    (one,) = await load(rig)
    assert (one.name, one.taken, one.interruptions, one.most_at_once) == ("Mori", 3, 1, 2)
    assert [each.note for each in one.notes] == ["送料が違う"]
    assert one.too_few
    assert sato.id != one.agent, "who had nothing to do is not listed"
