"""Request bodies and responses of the calls with which leads change settings."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ChangeIn(BaseModel):
    key: Key
    #: None: back to the product's own value.
    value: Any = None
    #: The id of the change that its author saw; 0: it had none.
    base: Annotated[int, Field(ge=0)] = 0


class ChangesIn(BaseModel):
    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=100)]


class ReplayIn(BaseModel):
    #: Key -> value, as they would be saved.
    changes: Annotated[dict[Key, Any], Field(max_length=100)]


class StoredChange(BaseModel):
    id: int
    by: str
    at: str
    value: Any


class SettingOut(BaseModel):
    key: str
    value: Any
    default: Any
    #: The policy file sets it: it is changed there.
    in_file: bool
    change: StoredChange | None


class SentenceOut(BaseModel):
    key: str
    situation: str
    language: str
    wordings: list[str]
    default: list[str]
    #: Placeholders that every wording has.
    variables: list[str]
    change: StoredChange | None


class SettingsOut(BaseModel):
    settings: list[SettingOut]
    sentences: list[SentenceOut]
    #: The policy file, if there is one.
    file: str | None
    #: Why the console's values are not in force; None: they are.
    problem: str | None


class SettingHistory(BaseModel):
    changes: list[StoredChange]


class ChangedTurn(BaseModel):
    conversation: str
    text: str
    before: str
    before_reason: str | None
    after: str
    after_reason: str | None


class ReplayOut(BaseModel):
    days: int
    conversations: int
    turns: int
    #: Turns that would be decided differently.
    changed: int
    #: (decision now, decision then, turns), most first.
    kinds: list[tuple[str, str, int]]
    examples: list[ChangedTurn]


class HoursOut(BaseModel):
    open: bool
    next_opening: str | None
    #: Language -> what customers are told; empty while people are there.
    said: dict[str, str]
