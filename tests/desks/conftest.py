"""A customer, a foreign desk with people in it, and our service between them; the clock is moved by hand."""

from dataclasses import dataclass
from functools import partial

from assistant.conversation.foreign_desks.incoming import SETTLE, store_desk_events
from assistant.desks.registry import open_desks
from assistant.domain.conversation import State
from assistant.domain.foreign_desks import DeskLink
from assistant.domain.messages import Author, Message
from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket
from tests.harness import Harness


@dataclass
class DeskScene:
    rig: Harness
    desk: SimulatedDesk
    conversation: str = ""

    @classmethod
    async def start(cls, rig: Harness, desk: SimulatedDesk) -> "DeskScene":
        adapters = open_desks(desk.settings, desk.client())
        desk.connect(adapters[desk.name])
        await rig.open_desk(desk.name, adapters[desk.name])
        scene = cls(rig, desk)
        scene.conversation = (await rig.open()).conversation.id
        return scene

    async def hand_over(self) -> SimulatedTicket:
        """The customer asks for a person, and the desk has the ticket."""
        await self.rig.ask(self.conversation, "担当者と話したいです")
        assert len(self.desk.tickets) == 1
        return self.ticket

    @property
    def ticket(self) -> SimulatedTicket:
        return next(iter(self.desk.tickets.values()))

    async def say(self, text: str) -> None:
        await self.rig.say(self.conversation, text)
        await self.rig.settle()

    async def hear(self, *callbacks: Callback) -> None:
        """Callbacks of the desk arrive, in this order, and are applied once they have settled."""
        adapter = self.rig.desks[self.desk.name]
        for callback in callbacks:
            call = adapter.inbound(self.desk.build_call(callback))
            step = partial(store_desk_events, desk=self.desk.name, events=call.events, now=self.rig.clock())
            await self.rig.database.write(step)
        await self.wait(SETTLE.total_seconds() + 0.1)

    async def wait(self, seconds: float, *, steps: int = 1) -> None:
        """Time passes; what is due is done, and the desk is asked where that is due."""
        for _ in range(steps):
            self.rig.clock.pass_(seconds / steps)
            await self.rig.desk_sync.schedule_polls()
            await self.rig.work()

    # -- looking

    async def link(self) -> DeskLink:
        found = await self.rig.database.read(lambda store: store.desk_links.find_last(self.conversation))
        assert found is not None
        return found

    async def state(self) -> tuple[State, str | None]:
        conversation = await self.rig.state(self.conversation)
        return conversation.state, conversation.agent

    async def replies(self) -> list[str]:
        """What people said to the customer."""
        messages = await self.rig.messages(self.conversation)
        return [message.text for message in messages if message.author is Author.AGENT]

    async def notes(self) -> list[Message]:
        found = await self.rig.database.read(lambda store: store.messages.list_all(self.conversation))
        return [message for message in found if message.private]
