"""Goals, customers and conversations for the tests of this folder."""

from random import Random
from typing import Any

from assistant.rehearsal.customer import SimulatedCustomer
from assistant.rehearsal.goals import ArticleFact, CustomerGoal, GoalKind
from assistant.rehearsal.personas import PERSONAS, Disturbance
from assistant.rehearsal.transcript_log import RehearsedConversation, SpokenLine

RETURNS = ArticleFact(
    article="ja/returns.md",
    title="返品の期限",
    heading="",
    text="返品の期限は、商品の到着から30日以内です。",
)
FACT_GOAL = CustomerGoal(
    key="ja:ja/returns.md#",
    kind=GoalKind.FACT,
    language="ja",
    tellings=("返品はいつまで", "返品の期限を教えてください。", "「返品の期限」の記事を教えてください。"),
    fact=RETURNS,
)
PERSON_GOAL = CustomerGoal(
    key="ja:person:0", kind=GoalKind.PERSON, language="ja", tellings=("担当の方とお話ししたいです。",)
)
UNANSWERABLE_GOAL = CustomerGoal(
    key="ja:unanswerable:0", kind=GoalKind.UNANSWERABLE, language="ja", tellings=("明日の天気は？",)
)


def build_customer(goal: CustomerGoal = FACT_GOAL, persona: str = "calm", **values: Any) -> SimulatedCustomer:
    disturbance = values.pop("disturbance", Disturbance.NONE)
    return SimulatedCustomer(
        goal=goal, persona=PERSONAS[persona], disturbance=disturbance, rng=Random(3), **values
    )


def build_conversation(key: str = "ja:a|calm|none", **values: Any) -> RehearsedConversation:
    line = SpokenLine(author="customer", text="返品は<b>いつまで</b>ですか。")
    told: dict[str, Any] = {"kind": "fact", "language": "ja", "persona": "calm", "disturbance": "none"}
    told |= {"article": "ja/returns.md", "fact": RETURNS.text, "lines": (line,), "decisions": ("answer",)}
    return RehearsedConversation(key=key, turns=1, **{**told, **values})
