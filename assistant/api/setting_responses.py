"""What the calls with which leads change settings respond, as types."""

from typing import Any

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp


class SettingChangeOut(TypedDict):
    id: int
    by: str
    at: Timestamp
    value: Any


class SettingOut(TypedDict):
    key: str
    value: Any
    default: Any
    #: The policy file sets it: it is changed there.
    in_file: bool
    change: SettingChangeOut | None


class SentenceOut(TypedDict):
    key: str
    situation: str
    language: str
    wordings: list[str]
    default: list[str]
    #: Placeholders that every wording has.
    variables: list[str]
    change: SettingChangeOut | None


class SettingsOut(TypedDict):
    settings: list[SettingOut]
    sentences: list[SentenceOut]
    #: The policy file, if there is one.
    file: str | None
    #: Why the console's values are not in force; None: they are.
    problem: str | None


class SettingHistoryOut(TypedDict):
    changes: list[SettingChangeOut]


class ReplayedTurnOut(TypedDict):
    """A turn that would be decided differently."""

    conversation: str
    text: str
    before: str
    before_reason: str | None
    after: str
    after_reason: str | None


class ReplayOut(TypedDict):
    days: int
    conversations: int
    turns: int
    #: Turns that would be decided differently.
    changed: int
    #: (decision now, decision then, turns), most first.
    kinds: list[tuple[str, str, int]]
    examples: list[ReplayedTurnOut]


class HoursOut(TypedDict):
    open: bool
    next_opening: Timestamp | None
    #: Language -> what customers are told; empty while people are there.
    said: dict[str, str]
