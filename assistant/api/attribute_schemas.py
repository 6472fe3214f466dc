"""What a page says of its visitor: typed values by name."""

from typing import Annotated

from pydantic import BaseModel, Field, StrictBool

from assistant.api.schemas import Line, build_example
from assistant.domain.claimed_attributes import MAX_ATTRIBUTES

#: Whole numbers that JavaScript knows exactly, and fractions of that size.
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Fraction = Annotated[float, Field(ge=-(2**53), le=2**53, allow_inf_nan=False)]
Attribute = Line | StrictBool | Whole | Fraction | None


class AttributesIn(BaseModel):
    model_config = build_example(attributes={"plan": "pro", "seats": 3, "trial": False})

    #: Name -> what the page says; null takes one away.
    attributes: Annotated[dict[str, Attribute], Field(max_length=MAX_ATTRIBUTES)]
