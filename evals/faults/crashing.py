"""``python -m evals.faults.crashing POINT:PROBABILITY serve …``: the service with a crash at a named point.

The worker process is started through this module too, so a point may be in either process. The points are
patched around the product's functions; the product does not know them.
"""

import os
import random
import sys
from typing import Any

KILLED = 137


def _inject_crash(place: Any, name: str, probability: float, *, before: bool) -> None:
    """Make function *name* of *place* crash the process with some probability, before or after its work."""
    function = getattr(place, name)

    def crash_sometimes() -> None:
        if random.random() < probability:
            os._exit(KILLED)

    def run_and_crash(*args: Any, **kwargs: Any) -> Any:
        if before:
            crash_sometimes()
        result = function(*args, **kwargs)
        if not before:
            crash_sometimes()
        return result

    setattr(place, name, run_and_crash)


def before_commit(probability: float) -> None:
    """A message is written but not committed."""
    from assistant.api import customer

    _inject_crash(customer, "receive_inbound", probability, before=False)


def after_commit_before_200(probability: float) -> None:
    """A message is stored but not acknowledged."""
    from assistant.api import customer

    _inject_crash(customer, "serialize_message", probability, before=True)


def while_thinking(probability: float) -> None:
    """A turn is leased and being computed."""
    from assistant.conversation.turn import think

    _inject_crash(think, "_compose_turn_reply", probability, before=True)


def after_reply_before_ring(probability: float) -> None:
    """A reply is stored but not notified."""
    from assistant.notifications.notifier import LocalNotifier

    _inject_crash(LocalNotifier, "notify", probability, before=True)


def after_send_before_mark(probability: float) -> None:
    """A messaging app has the message; it is not recorded as sent."""
    from assistant.jobs.outbox import Outbox

    send = Outbox._send_part

    async def send_and_crash(self: Outbox, errand: Any) -> Any:
        outcome = await send(self, errand)
        if random.random() < probability:
            os._exit(KILLED)
        return outcome

    setattr(Outbox, "_send_part", send_and_crash)  # noqa: B010 - mypy knows no methods as values


def mid_ingest(probability: float) -> None:
    """Some vectors are stored, others not yet."""
    from assistant.storage.articles import SqlArticles

    _inject_crash(SqlArticles, "save_vectors", probability, before=False)


POINTS = {
    point.__name__: point
    for point in (
        before_commit,
        after_commit_before_200,
        while_thinking,
        after_reply_before_ring,
        after_send_before_mark,
        mid_ingest,
    )
}


def main() -> None:
    from assistant.__main__ import main as assistant
    from assistant.cli.worker import main as worker
    from assistant.ipc import worker_supervisor

    named = sys.argv.pop(1)
    point, _, probability = named.partition(":")
    POINTS[point](float(probability))
    beside = len(sys.argv) > 1 and sys.argv[1].isdigit()
    worker_supervisor.COMMAND = (sys.executable, "-m", "evals.faults.crashing", named)
    worker() if beside else assistant()


if __name__ == "__main__":
    main()
