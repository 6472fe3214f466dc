"""What simulated customers want, and how they say it, from vague to exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.domain.actions import Effect, Tool
from assistant.domain.policy import Policy
from assistant.rehearsal.phrases import list_phrases


class GoalKind(StrEnum):
    #: To hear what an article says.
    FACT = "fact"
    #: The same, from somebody who is anxious about it.
    WORRIED_FACT = "worried_fact"
    #: A person, said clearly, or with a word that only hints at it.
    PERSON = "person"
    PERSON_HINT = "person_hint"
    #: What the policy leaves to people.
    PEOPLE_TOPIC = "people_topic"
    #: What no help holds.
    UNANSWERABLE = "unanswerable"
    #: How an order stands, where a tool tells.
    ORDER_STATUS = "order_status"
    SMALL_TALK = "small_talk"
    #: What was said to others, and texts that are not published.
    OTHERS_DATA = "others_data"


FACT_KINDS = frozenset({GoalKind.FACT, GoalKind.WORRIED_FACT})
#: Goals that a person has to be reached for.
PERSON_KINDS = frozenset({GoalKind.PERSON, GoalKind.PERSON_HINT, GoalKind.PEOPLE_TOPIC})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFact:
    """What a reply must tell: a sentence, a step, or the cell of a table."""

    article: str
    title: str
    heading: str
    text: str
    #: The row and column of a cell; empty: it is none.
    row: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGoal:
    #: The same in every run with the same articles and policy.
    key: str
    kind: GoalKind
    language: str
    #: What they say, each more exact than the one before.
    tellings: tuple[str, ...]
    fact: ArticleFact | None = None
    #: Of the policy.
    topic: str = ""
    #: Of an order.
    tool: Tool | None = None


def list_fixed_goals(
    language: str, policy: Policy, tools: Sequence[Tool] = (), most: int = 99
) -> list[CustomerGoal]:
    """Goals that come from no article: people, what they alone handle, small talk, what must not be told."""
    kinds = (
        GoalKind.PERSON,
        GoalKind.PERSON_HINT,
        GoalKind.UNANSWERABLE,
        GoalKind.SMALL_TALK,
        GoalKind.OTHERS_DATA,
    )
    found = [
        CustomerGoal(key=f"{language}:{kind}:{number}", kind=kind, language=language, tellings=(text,))
        for kind in kinds
        for number, text in enumerate(list_phrases(language, "goal", kind)[:most])
    ]
    found += [
        CustomerGoal(
            key=f"{language}:topic:{topic}:{number}",
            kind=GoalKind.PEOPLE_TOPIC,
            language=language,
            tellings=(text,),
            topic=topic,
        )
        for topic in sorted(policy.people_only)
        for number, text in enumerate(list_phrases(language, "topic", topic)[:most])
    ]
    return found + [
        CustomerGoal(
            key=f"{language}:tool:{tool.name}:{number}",
            kind=GoalKind.ORDER_STATUS,
            language=language,
            tellings=(text,),
            tool=tool,
        )
        for tool in tools
        if tool.effect is Effect.READ
        for number, text in enumerate(tool.examples.get(language, ())[:most])
    ]
