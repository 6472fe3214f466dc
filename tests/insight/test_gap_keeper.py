"""From a question that nobody answers to an article with proof; every step survives a restart as a state."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assistant.conversation.desk import add_agent_message
from assistant.conversation.inbound import customer_actions
from assistant.conversation.insight_actions import GapChange, change_gap
from assistant.domain.effects import EffectCounts
from assistant.domain.errors import BadInput, Conflict, SetupError
from assistant.domain.gaps import Gap, GapKind, GapState
from assistant.domain.messages import WARNING, AgentMessage
from assistant.domain.people import Agent
from assistant.insight.gap_articles import (
    AgentStatement,
    compare_answers,
    extract_statements,
    judge_gap_effect,
    render_article,
    select_sentences,
)
from assistant.insight.gap_keeper import GapKeeper
from assistant.insight.theme_keeper import ThemeKeeper
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import mask_pii
from tests.harness import Harness
from tests.insight.topics import TopicEmbedder

LEAD = Agent(id="lead", email="lead@shop.example", name="Lead", admin=True)
#: Nothing in the harness's help answers these.
UNANSWERED = [f"{where}のログインの方法" for where in ("会社", "自宅", "店", "旅先", "学校")]
ANSWERED = [f"{thing}の返品の期限は？" for thing in "靴本服鞄皿机傘箱鏡棚壺鍋筆紙糸"]
PROOF = {"asked": 5, "answered": 4, "answered_by_others": 0, "standing": 9, "takes_over": []}


class Works:
    """What the worker is asked to prove and publish."""

    def __init__(self) -> None:
        self.proved: list[tuple[Gap, list[str], list[str]]] = []
        self.published: list[Gap] = []
        self.broken = False

    async def prove(self, gap: Gap, evidence: Sequence[str], standing: Sequence[str]) -> Mapping[str, Any]:
        if self.broken:
            raise SetupError("no room")
        self.proved.append((gap, list(evidence), list(standing)))
        return PROOF

    async def publish(self, gap: Gap) -> str:
        self.published.append(gap)
        return f"published/{gap.id}.md"


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def keeper(rig: Harness, works: Works) -> GapKeeper:
    return GapKeeper(
        database=rig.database,
        embedder=TopicEmbedder(),
        mask_text=mask_pii,
        prove=works.prove,
        publish=works.publish,
        clock=rig.clock,
    )


async def find_gap(rig: Harness, keeper: GapKeeper, texts: Sequence[str] = UNANSWERED) -> Gap | None:
    """Ask, let agents answer what was not, and gather."""
    mori = await rig.hire()
    for number, text in enumerate([*ANSWERED, *texts]):
        talk = (await rig.open()).conversation.id
        await rig.ask(talk, text)
        if text in texts:
            await rig.claim(talk, mori)
            await rig.reply(
                talk,
                mori,
                "お待たせしました。ログインの画面で会員番号を入力してください。"
                f"お客様の電話番号は090-1234-567{number % 10}ですね。",
            )
    await ThemeKeeper(rig.database, TopicEmbedder(), rig.clock).embed_questions()
    rig.clock.pass_(1)
    await keeper.keep_gaps()
    gaps = await rig.database.read(lambda store: store.gaps.list_in_states(list(GapState)))
    return gaps[0] if gaps else None


async def step(rig: Harness, gap: Gap, **change: Any) -> Gap:
    return await rig.database.write(
        lambda store: change_gap(store, gap.id, LEAD, GapChange(**change), rig.clock())
    )


async def load(rig: Harness, gap: Gap) -> Gap:
    return await rig.database.read(lambda store: store.gaps.get(gap.id))


async def test_five_questions_that_nobody_answers_are_a_gap_and_answered_ones_are_none(
    rig: Harness, keeper: GapKeeper
) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    assert (gap.kind, gap.state, gap.language) == (GapKind.MISSING, GapState.OPEN, "ja")
    evidence = await rig.database.read(lambda store: store.gaps.list_evidence([gap.id]))
    assert sorted(one.text for one in evidence) == sorted(UNANSWERED)
    assert {one.why for one in evidence} == {"declined"}


async def test_four_are_no_gap(rig: Harness, keeper: GapKeeper) -> None:
    assert await find_gap(rig, keeper, UNANSWERED[:4]) is None


async def test_the_next_such_question_joins_the_gap(rig: Harness, keeper: GapKeeper) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    rig.clock.pass_(3600)
    await rig.ask((await rig.open()).conversation.id, "出先のログインの方法")
    await ThemeKeeper(rig.database, TopicEmbedder(), rig.clock).embed_questions()
    rig.clock.pass_(1)
    await keeper.keep_gaps()
    evidence = await rig.database.read(lambda store: store.gaps.list_evidence([gap.id]))
    assert len(evidence) == 6


def warn_everybody(store: Store, gap: Gap, rig: Harness) -> None:
    """A warning of who harasses is said often, and is no knowledge."""
    text = "暴言の続く場合は対応を終了する決まりです。"
    for one in store.gaps.list_evidence([gap.id]):
        owner = store.agents.get(store.conversations.get(one.conversation).agent or "")
        assert owner is not None
        written = AgentMessage(message_id=f"w{one.conversation}", text=text, kind=WARNING)
        add_agent_message(store, one.conversation, owner, written, rig.timing, rig.clock())


async def test_a_draft_is_what_agents_said_masked_with_its_sources(rig: Harness, keeper: GapKeeper) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    await rig.database.write(lambda store: warn_everybody(store, gap, rig))
    await step(rig, gap, action="draft")
    await keeper.keep_gaps()
    assert (await load(rig, gap)).state is GapState.DRAFTED
    sentences = await rig.database.read(lambda store: store.gaps.list_sentences(gap.id))
    plain = [sentence for sentence in sentences if not sentence.personal]
    assert [sentence.text for sentence in plain] == ["ログインの画面で会員番号を入力してください。"]
    assert "090" not in "".join(sentence.text for sentence in sentences)
    messages = await rig.messages(plain[0].conversation)
    assert plain[0].message in [message.id for message in messages]


async def test_an_article_is_proved_before_it_is_published(
    rig: Harness, keeper: GapKeeper, works: Works
) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    with pytest.raises(BadInput):
        await step(rig, gap, action="approve", title="ログイン")
    with pytest.raises(Conflict):
        await step(rig, gap, action="publish")
    await step(rig, gap, action="approve", title="ログイン", text="会員番号を入力します。")
    await keeper.keep_gaps()
    ((_, evidence, standing),) = works.proved
    assert sorted(evidence) == sorted(UNANSWERED)
    assert sorted(standing) == sorted(ANSWERED)
    proved = await load(rig, gap)
    assert (proved.state, proved.proof) == (GapState.PROVED, PROOF)
    assert works.published == []
    await step(rig, gap, action="publish")
    await keeper.keep_gaps()
    assert [one.text for one in works.published] == ["会員番号を入力します。"]
    after = await load(rig, gap)
    assert (after.state, after.article) == (GapState.MEASURING, f"published/{gap.id}.md")


async def test_what_cannot_be_proved_goes_back_with_why(
    rig: Harness, keeper: GapKeeper, works: Works
) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    works.broken = True
    await step(rig, gap, action="approve", title="ログイン", text="会員番号を入力します。")
    await keeper.keep_gaps()
    back = await load(rig, gap)
    assert (back.state, back.proof) == (GapState.DRAFTED, {"failed": "no room"})


async def test_dismissing_needs_a_reason_and_is_audited(rig: Harness, keeper: GapKeeper) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    with pytest.raises(BadInput):
        await step(rig, gap, action="dismiss")
    assert (await step(rig, gap, action="dismiss", reason="扱わない")).state is GapState.DISMISSED
    last = (await rig.database.read(lambda store: store.audit.list_entries()))[-1]
    assert (last.actor, last.action, last.details["step"]) == ("agent:lead", "gap", "dismiss")


async def test_an_effect_is_judged_after_two_weeks(rig: Harness, keeper: GapKeeper) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    published = replace(gap, state=GapState.MEASURING, published_at=rig.clock())
    await rig.database.write(lambda store: store.gaps.save(published))
    await keeper.judge_effects()
    assert (await load(rig, gap)).proof is None
    rig.clock.pass_(timedelta(days=15).total_seconds())
    await keeper.judge_effects()
    proof = (await load(rig, gap)).proof
    assert proof is not None
    assert proof["effect"]["verdict"] == "too_early"


async def test_erasing_a_customer_takes_their_evidence_and_what_was_said_to_them(
    rig: Harness, keeper: GapKeeper
) -> None:
    gap = await find_gap(rig, keeper)
    assert gap is not None
    await step(rig, gap, action="draft")
    await keeper.keep_gaps()
    evidence = await rig.database.read(lambda store: store.gaps.list_evidence([gap.id]))
    customers = [(await rig.state(one.conversation)).customer for one in evidence]
    await rig.database.write(lambda store: store.erasure.erase_customers(customers))
    assert await rig.database.read(lambda store: store.gaps.list_sentences(gap.id)) == []
    assert await rig.database.read(lambda store: store.gaps.list_evidence([gap.id])) == []


def test_an_effect_needs_cases_and_is_measured_against_the_other_questions() -> None:
    def judge(*counts: int) -> str:
        names = ("own_before", "own_after", "others_before", "others_after")
        return judge_gap_effect(EffectCounts(**dict(zip(names, counts, strict=True))))[1]["verdict"]  # type: ignore[no-any-return]

    assert judge(60, 8, 200, 200) == "worked"
    assert judge(60, 58, 200, 200) == "no_effect"
    assert judge(20, 70, 200, 200) == "worse"
    assert judge(5, 1, 200, 200) == "too_early"
    # Everything fell: the article is not what did it.
    assert judge(60, 8, 600, 80) == "no_effect"


def test_courtesies_and_questions_back_are_no_statements() -> None:
    said = (
        "お待たせしました。返送先は倉庫です、必ず伝票を同封してください。ご注文番号を教えていただけますか？"
    )
    assert [one.text for one in extract_statements("c", "m", said)] == [
        "返送先は倉庫です、必ず伝票を同封してください。"
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("少々お調べいたします。返送は着払いです、箱は問いません。", ["返送は着払いです、箱は問いません。"]),
        ("木村様、期限はお届けから30日です。ご了承ください。", ["期限はお届けから30日です。"]),
        ("村上様の場合は特別に25日まで延ばします。サポートの[NAME_1]です。", []),
        ("Hi Ann. I'll check that for you. Lockers open at 6 am daily.", ["Lockers open at 6 am daily."]),
        ("申し訳ございません、解約日はさかのぼれません。[NAME_1]です。", ["解約日はさかのぼれません。"]),
        ("Sorry, but vouchers cannot be paid out in cash.", ["vouchers cannot be paid out in cash."]),
        ("I've waived the fee just this once. Hope this helps!", []),
        ("[NAME_1], refunds take five working days.", ["refunds take five working days."]),
    ],
)
def test_what_is_said_to_one_customer_only_is_left_out(said: str, kept: list[str]) -> None:
    assert [one.text for one in extract_statements("c", "m", said)] == kept


def test_what_may_be_personal_is_flagged() -> None:
    import numpy as np

    texts = (
        ("a", "期限は30日です。"),
        ("b", "30日以内にお願いします。"),
        ("b", "お荷物は7日に届きます。"),
        ("c", "林様ご自身の写しが要ります。"),
        ("c", "お客様の写しが要ります。"),
        ("c", "[PHONE_1]にかけます。"),
    )
    said = [AgentStatement(conversation=talk, message="m", text=text) for talk, text in texts]
    found = select_sentences(said, np.eye(len(said), dtype=np.float32))
    assert {one.text for one in found if one.personal} == {texts[2][1], texts[3][1], texts[5][1]}
    assert len(found) == len(texts)


def test_what_several_agents_said_comes_first_and_once() -> None:
    import numpy as np

    vectors = np.eye(3, dtype=np.float32)[[0, 1, 1, 2]]
    said = [AgentStatement(conversation=f"c{n}", message="m", text=f"{n}番の文です") for n in range(4)]
    chosen = [sentence.text[0] for sentence in select_sentences(said, vectors)]
    assert chosen[0] == "1"
    assert "2" not in chosen


def test_a_draft_begins_with_what_agents_say_first() -> None:
    import numpy as np

    order = ("申込書を出します", "三日待ちます", "取りに来ます")
    said = [
        AgentStatement(conversation=f"c{n}", message="m", text=f"{text}。{n}")
        for n in range(2)
        for text in order
    ]
    #: The last step is what they say most alike.
    alike = np.array([[1, 0.1, 0], [0.1, 1, 0], [0, 0, 1]], dtype=np.float32)
    vectors = np.vstack([alike, alike + np.array([[0.4, 0, 0], [0, 0.3, 0], [0, 0, 0]])]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert [one.text.split("。")[0] for one in select_sentences(said, vectors)] == list(order)


def test_a_proof_names_what_an_article_takes_over() -> None:
    proof = compare_answers(
        "new", ["new", None, "old"], ["old", "old", None], ["new", "old", "new"], {"old": "返品"}
    )
    assert (proof["asked"], proof["answered"], proof["answered_by_others"]) == (3, 1, 1)
    assert proof["takes_over"] == [{"article": "old", "title": "返品", "questions": 1}]


def test_a_title_cannot_break_out_of_the_front_matter(rig: Harness) -> None:
    now = rig.clock()
    gap = Gap(
        id="g",
        kind=GapKind.MISSING,
        state=GapState.PROVING,
        language="ja",
        created_at=now,
        updated_at=now,
        title='x"\naudience: internal\n---\n',
        text="本文",
    )
    assert render_article(gap).splitlines()[1] == 'title: "x\' audience: internal ---"'


async def test_what_was_refused_or_disliked_is_unanswered_too(rig: Harness) -> None:
    refused, disliked, fine = [(await rig.open()).conversation.id for _ in range(3)]
    for talk in (refused, disliked, fine):
        await rig.ask(talk, "返品の期限は？")
    await rig.ask(refused, "聞いているのはそれじゃない")
    reply = (await rig.messages(disliked))[-1].id
    rating = customer_actions.Rating(kind="thumb", value=-1, message_id=reply)
    await rig.database.write(lambda store: customer_actions.save_rating(store, disliked, rating, rig.clock()))
    found = await rig.database.read(lambda store: store.gaps.list_unanswered(rig.clock() - timedelta(1)))
    assert (found[refused, 0], found[disliked, 0]) == ("rejected", "disliked")
    assert (fine, 0) not in found
    # The refusal itself asks nothing.
    asked = await rig.database.read(
        lambda store: store.questions.list_between(rig.clock() - timedelta(1), rig.clock() + timedelta(1))
    )
    assert [one.text for one in asked] == ["返品の期限は？"] * 3
