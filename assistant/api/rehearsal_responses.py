"""What the calls about rehearsals respond, as types."""

from typing import Any

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp


class RehearsedRateOut(TypedDict):
    """One measure over the simulated customers that it applies to, with its 95 % Wilson interval."""

    #: told, person, false_handoff, false_answer, promise, same_reply or leak.
    measure: str
    language: str
    count: int
    total: int
    rate: float | None
    low: float | None
    high: float | None
    #: What none of so many proves (95 %, rule of three); None: there was one.
    proves_at_most: float | None
    limit: float | None
    passed: bool


class RehearsedLineOut(TypedDict):
    #: customer or assistant.
    author: str
    text: str
    #: Decision, reason, articles, buttons.
    note: str
    articles: list[str]


class RehearsedConversationOut(TypedDict):
    key: str
    kind: str
    language: str
    persona: str
    disturbance: str
    article: str
    #: What had to be told.
    fact: str
    lines: list[RehearsedLineOut]
    decisions: list[str]
    turns: int
    is_told: bool | None
    is_person_reached: bool | None
    is_false_handoff: bool | None
    is_false_answer: bool | None
    wasted_turns: int | None
    is_kept_for_people: bool
    promises: list[str]
    leaks: list[str]
    repeated_replies: int
    #: Names of the measures that it fails.
    failures: list[str]


class RehearsalFlipOut(TypedDict):
    """A customer who fares otherwise with the changes."""

    worse: bool
    before: RehearsedConversationOut
    after: RehearsedConversationOut


class RehearsalResultOut(TypedDict):
    #: Each was there twice: with the settings in force, and with the changes.
    customers: int
    passed: bool
    failed_gates: list[str]
    before: list[RehearsedRateOut]
    after: list[RehearsedRateOut]
    #: How many fare otherwise, and worse; the first of them are in `flips`.
    changed: int
    worse: int
    flips: list[RehearsalFlipOut]
    #: The first of those whom something failed with the changes.
    failed: list[RehearsedConversationOut]


class RehearsalOut(TypedDict):
    id: str
    by: str
    changes: dict[str, Any]
    #: wanted, running, done or failed.
    state: str
    done: int
    total: int
    at: Timestamp
    problem: str | None
    result: RehearsalResultOut | None


class LastRehearsalOut(TypedDict):
    rehearsal: RehearsalOut | None
