"""The contract, for each foreign desk."""

from dataclasses import replace

import pytest

from assistant.domain.channels import WebhookRequest
from evals.world.desk_chatwoot import SimulatedChatwoot
from evals.world.desk_mail import SimulatedMailDesk
from evals.world.desk_slack import SimulatedSlack
from evals.world.desk_webhook import SimulatedWebhookDesk
from evals.world.desk_zendesk import SimulatedZendesk
from evals.world.desks import Callback, SimulatedDesk
from tests.desks.conftest import DeskScene
from tests.desks.contract import DeskContract


class TestWebhook(DeskContract):
    means_success = (409,)

    def desk(self) -> SimulatedDesk:
        return SimulatedWebhookDesk()


class TestSlack(DeskContract):
    def desk(self) -> SimulatedDesk:
        return SimulatedSlack()


class TestZendesk(DeskContract):
    def desk(self) -> SimulatedDesk:
        return SimulatedZendesk()


class TestChatwoot(DeskContract):
    def desk(self) -> SimulatedDesk:
        return SimulatedChatwoot()

    def wrongly_signed(self, desk: SimulatedDesk, callback: Callback) -> list[WebhookRequest]:
        right = desk.build_call(callback)
        return [replace(right, query={}), replace(right, query={"token": "another"})]


class TestEmail(DeskContract):
    def desk(self) -> SimulatedDesk:
        return SimulatedMailDesk()

    def wrongly_signed(self, desk: SimulatedDesk, callback: Callback) -> list[WebhookRequest]:
        right = desk.build_call(callback)
        return [replace(right, headers={}), replace(right, headers={"authorization": "Basic cG9zdG1hcms6"})]

    async def test_who_is_away_says_nothing_to_the_customer(self, scene: DeskScene) -> None:
        desk = scene.desk
        assert isinstance(desk, SimulatedMailDesk)
        ticket = await scene.hand_over()
        await scene.hear(desk.write_automatically(ticket))
        assert await scene.replies() == []

    async def test_a_reply_to_a_forged_address_is_nobodys(self, scene: DeskScene) -> None:
        desk = scene.desk
        assert isinstance(desk, SimulatedMailDesk)
        ticket = await scene.hand_over()
        desk.addresses[ticket.id] = f"handoffs+{ticket.id}-{'0' * 20}@shop.example"
        await scene.hear(desk.reply(ticket, "偽の返信"))
        assert await scene.replies() == []

    @pytest.mark.parametrize(
        ("head", "mark"),
        [
            ("---- On Mon, 23 Nov 2026 12:00:00 +0900 handoffs@shop.example wrote ----\n\n", ""),
            ("From: handoffs@shop.example\nTo: team@shop.example\nDate: 23.11.2026\nSubject: [1]\n\n", ""),
            ("", "| "),
            ("", ""),
        ],
    )
    async def test_a_quoted_handoff_never_reaches_the_customer(
        self, scene: DeskScene, head: str, mark: str
    ) -> None:
        ticket = await scene.hand_over()
        quote = head + "\n".join(mark + line for line in ticket.opening.split("\n"))
        await scene.hear(scene.desk.reply(ticket, f"お調べします。\n\n{quote}"))
        assert await scene.replies() == ["お調べします。"]

    async def test_a_reply_with_the_packet_link_is_a_note(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        await scene.hear(scene.desk.reply(ticket, f"こちら /v1/desks/packets/{ticket.id}?until=1"))
        assert await scene.replies() == []
        assert any("お客様には送っていません" in note.text for note in await scene.notes())
