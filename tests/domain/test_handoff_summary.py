"""The top of a packet: the matter, how the customer feels, and a next step that fits."""

import pytest

from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.handoff_summary import (
    Situation,
    SummaryParts,
    render_next_step,
    render_summary,
    select_next_step,
    update_summary,
)
from assistant.domain.signals import Reason

ASK = CustomerFacts(ask="届いた皿が割れていました")


def steps(situation: Situation, facts: CustomerFacts) -> tuple[str, str]:
    step = select_next_step(situation, facts)
    return render_next_step(step, "ja"), render_next_step(step, "en")


@pytest.mark.parametrize(
    ("situation", "facts", "ja", "en"),
    [
        (Situation(), CustomerFacts(), "どのようなご用件か", "ask what it is about"),
        (Situation(reason=Reason.ASKED_FOR_PERSON), CustomerFacts(claimed=("phone: 03-1234-5678",)),
         "03-1234-5678 へお電話し、ご用件を", "call 03-1234-5678 and ask"),
        (Situation(feelings={"distress": 0.9}), ASK, "ご本人の安全", "make sure they are safe"),
        (Situation(feelings={"harassment": 0.9}), ASK, "責任者に引き継いで", "hand up to a lead"),
        (Situation(reason=Reason.COMPLAINT), ASK, "お詫びし", "apologise"),
        (Situation(feelings={"worry": 0.8}), ASK, "ご不安を受け止め", "reassure"),
        (Situation(promises=("agent: 明日お電話します",)), ASK, "明日お電話します", "明日お電話します"),
        (Situation(reason=Reason.COMPLAINT), CustomerFacts(ask="a", is_settled=True),
         "未解決のご用件はありません", "nothing is open"),
        (Situation(), CustomerFacts(ask="a", wish="6時以降に電話をください"),
         "「6時以降に電話をください」とのご希望", "they wish: “6時以降に電話をください”"),
        (Situation(), CustomerFacts(ask="a", question="鍵は要りますか"),
         "「鍵は要りますか」にお答え", "answer “鍵は要りますか”"),
        (Situation(reason=Reason.COMPLAINT), CustomerFacts(ask="a"),
         "何が起きたかを確かめ", "find out what happened"),
        (Situation(feelings={"reply_missed": 0.9}), ASK, "同じ案内を繰り返さない", "do not repeat them"),
    ],
)  # fmt: skip
def test_the_next_step_fits(situation: Situation, facts: CustomerFacts, ja: str, en: str) -> None:
    japanese, english = steps(situation, facts)
    assert ja in japanese
    assert en in english


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (CustomerFacts(ask="a", needs=("order number",)), True),
        (CustomerFacts(ask="a", needs=("order number",), missing=("order number",)), False),
        (CustomerFacts(ask="a"), False),
        (CustomerFacts(), False),
    ],
)
def test_that_nothing_is_missing_is_said_only_where_it_is_known(facts: CustomerFacts, said: bool) -> None:
    japanese, english = steps(Situation(), facts)
    assert ("必要なことは伺い済みです" in japanese) is said
    assert ("what it takes has been said" in english) is said


def test_an_insult_is_told_and_not_repeated() -> None:
    parts = SummaryParts(ask="皿の件", last="お前の家に行くぞ")
    calm, harassed = Situation(), Situation(feelings={"harassment": 0.9})
    told = render_summary(parts, harassed, select_next_step(harassed, ASK), "ja")
    assert "お前の家" in render_summary(parts, calm, select_next_step(calm, ASK), "ja")
    assert "お前の家" not in told
    assert "脅し・侮辱" in told


def test_a_matter_told_later_takes_the_place_of_none() -> None:
    bare = Situation(reason=Reason.ASKED_FOR_PERSON)
    before = render_summary(SummaryParts(ask=None), bare, select_next_step(bare, CustomerFacts()), "ja")
    after = update_summary(before, "ja", (None, ASK.ask), select_next_step(bare, ASK), None)
    assert before.startswith("ご用件はまだ伺えていません。")
    assert after.split("\n") == [
        "お客様のご用件:「届いた皿が割れていました」担当者との会話を希望されています。",
        "次に: ご用件にお答えください。",
    ]


@pytest.mark.parametrize("better", [None, "皿の件で、返品を済ませている。"])
def test_what_was_done_stays_when_the_matter_is_known_better(better: str | None) -> None:
    done = ("返品を受け付けました。 (2026-11-26T10:00:00Z)", "キャンセルしました。 (2026-11-26T10:05:00Z)")
    situation = Situation(is_done=True)
    step = select_next_step(situation, ASK)
    before = render_summary(SummaryParts(ask=ASK.ask, done=done), situation, step, "ja")
    after = update_summary(before, "ja", (ASK.ask, ASK.ask), step, better)
    assert after.split("\n")[1:3] == [f"対応済み: {one}" for one in done]
    assert after.split("\n")[0] == (better or before.split("\n")[0])
    assert after.endswith(render_next_step(step, "ja"))


def test_who_has_accepted_the_answer_is_not_said_to_wait_for_one() -> None:
    facts, asked = CustomerFacts(ask="鍵の件", is_settled=True), Situation(reason=Reason.ASKED_FOR_PERSON)
    step = select_next_step(asked, facts)
    told = render_summary(SummaryParts(ask="鍵の件", is_settled=True), asked, step, "en")
    assert "accepted the answer" in told
    assert "ask for a person" not in told
    assert "apologise" not in told
