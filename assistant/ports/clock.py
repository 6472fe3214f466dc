"""What time it is: given to whatever needs it, so that tests move it by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
