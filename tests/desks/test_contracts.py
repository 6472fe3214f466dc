"""The contract, for each foreign desk."""

from dataclasses import replace

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
