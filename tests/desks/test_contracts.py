"""The contract, for each foreign desk."""

from dataclasses import replace

from assistant.domain.channels import WebhookRequest
from evals.world.desk_chatwoot import SimulatedChatwoot
from evals.world.desk_slack import SimulatedSlack
from evals.world.desk_webhook import SimulatedWebhookDesk
from evals.world.desk_zendesk import SimulatedZendesk
from evals.world.desks import Callback, SimulatedDesk
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
