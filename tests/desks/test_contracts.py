"""The contract, for each foreign desk."""

from evals.world.desk_slack import SimulatedSlack
from evals.world.desk_webhook import SimulatedWebhookDesk
from evals.world.desks import SimulatedDesk
from tests.desks.contract import DeskContract


class TestWebhook(DeskContract):
    means_success = ("409",)

    def desk(self) -> SimulatedDesk:
        return SimulatedWebhookDesk()


class TestSlack(DeskContract):
    def desk(self) -> SimulatedDesk:
        return SimulatedSlack()
