"""Cases of realistic inputs, and their environment."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class CasePlace:
    """The folder of inputs, a working folder, and services that are started once for all cases."""

    #: The given inputs.
    inputs: Path
    #: Empty at the start, removed at the end.
    scratch: Path
    stack: AsyncExitStack
    started: dict[str, Any] = field(default_factory=dict)

    async def start_once(self, name: str, start: Callable[[], Any]) -> Any:
        """The result of the async context manager *start*; shared by all cases that ask for *name*."""
        if name not in self.started:
            self.started[name] = await self.stack.enter_async_context(start())
        return self.started[name]


@asynccontextmanager
async def open_place(inputs: Path, scratch: Path) -> AsyncIterator[CasePlace]:
    async with AsyncExitStack() as stack:
        yield CasePlace(inputs=inputs, scratch=scratch, stack=stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldCase:
    """One input, or several that belong together, through an entrance of the product."""

    #: File names in the folder of inputs; a file that no case names is reported.
    files: tuple[str, ...]
    #: The expected result in a few words.
    says: str
    #: Returns what is wrong; empty: nothing. Called with the place and the paths of *files*.
    check: Callable[[CasePlace, Sequence[Path]], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingResult:
    """A generated input with its expected value, and the product's result."""

    name: str
    #: Why it is wrong; None: it is right.
    wrong: str | None
    #: Nobody can see that something is missing: worse than wrong.
    lost: bool = False
