"""Request bodies of the calls with which leads change settings."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from assistant.api.schemas import build_example

Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ChangeIn(BaseModel):
    key: Key
    #: None: back to the product's own value.
    value: Any = None
    #: The id of the change that its author saw; 0: it had none.
    base: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class ChangesIn(BaseModel):
    model_config = build_example(changes=[{"key": "policy.handoff_frustration", "value": 0.7, "base": 0}])

    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=100)]


class ReplayIn(BaseModel):
    model_config = build_example(changes={"policy.handoff_frustration": 0.7})

    #: Key -> value, as they would be saved.
    changes: Annotated[dict[Key, Any], Field(max_length=100)]
