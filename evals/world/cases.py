"""What a case of the real world is, and the place in which cases run."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class CasePlace:
    """Where cases run: the folder of inputs, a folder to write in, and what is started once for all."""

    #: The handed inputs.
    inputs: Path
    #: Empty at the start, gone at the end.
    scratch: Path
    stack: AsyncExitStack
    started: dict[str, Any] = field(default_factory=dict)

    async def start_once(self, name: str, start: Callable[[], Any]) -> Any:
        """What the async context manager of *start* gives; the same for every case that asks for *name*."""
        if name not in self.started:
            self.started[name] = await self.stack.enter_async_context(start())
        return self.started[name]


@asynccontextmanager
async def open_place(inputs: Path, scratch: Path) -> AsyncIterator[CasePlace]:
    async with AsyncExitStack() as stack:
        yield CasePlace(inputs=inputs, scratch=scratch, stack=stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldCase:
    """One input, or a few that belong together, through an entrance of the product."""

    #: Names of files in the folder of inputs; a file that no case names is reported.
    files: tuple[str, ...]
    #: What is right, in a few words.
    says: str
    #: What was wrong; empty: all is right. Gets the place and the paths of *files*.
    check: Callable[[CasePlace, Sequence[Path]], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingResult:
    """A generated input with a known right value, and what the product made of it."""

    name: str
    #: Why it is not right; None: it is.
    wrong: str | None
    #: Nothing of it can be seen by anybody: worse than wrong.
    lost: bool = False
