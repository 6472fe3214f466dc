"""A setting that a lead changed in the console: what to, who and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    #: Grows with every change of any setting.
    id: int
    key: str
    #: JSON; None: back to the product's own value.
    value: Any
    agent_name: str
    created_at: datetime
