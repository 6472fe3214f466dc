"""Simulated events and what is told of them: ``python -m evals proactive``.

100,000 events of people whose consent changes, in every hour of four weeks, delivered up to three times and
out of order, with senders that die before they commit; decided by the rules of the product over a ledger in
memory. Some of them again through the tables, with transactions that are rolled back. Beside it a sender that
tells every event as it comes. What was sent is judged by the timeline alone, not by the decisions.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assistant.domain.consents import OPT_IN_PURPOSES, ConsentState
from assistant.domain.hours import JAPAN
from assistant.domain.proactive import ProactivePolicy
from evals.quality.proactive_senders import MemorySender, NaiveSender, TableSender
from evals.quality.proactive_world import LIMITS, Sent, World, build_world

EVENTS = 100_000
TABLE_EVENTS = 1_000
BREACHES = ("without consent", "in quiet hours", "twice", "over the cap")


def judge_sent(sent: Sequence[Sent], world: World, limits: ProactivePolicy) -> Counter[str]:
    """How many messages broke which promise."""
    found: Counter[str] = Counter()
    told: Counter[tuple[int, str, str]] = Counter()
    times: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    for one in sent:
        state = world.find_consent(one.person, one.at)
        needed = ConsentState.GIVEN if one.purpose in OPT_IN_PURPOSES else None
        if state is ConsentState.WITHDRAWN or (needed and state is not needed):
            found["without consent"] += 1
        hour = one.at.astimezone(ZoneInfo(JAPAN)).hour
        if hour >= int(limits.quiet_from[:2]) or hour < int(limits.quiet_until[:2]):
            found["in quiet hours"] += 1
        told[one.person, one.rule, one.order] += 1
        times[one.person, one.purpose].append(one.at)
    found["twice"] = sum(count - 1 for count in told.values())
    for (_, purpose), moments in times.items():
        moments.sort()
        for days, most in ((1, limits.per_day[purpose]), (7, limits.per_week[purpose])):
            span = timedelta(days=days)
            found["over the cap"] += sum(
                moments[at] - moments[at - most] < span for at in range(most, len(moments))
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals proactive", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--table-events", type=int, default=TABLE_EVENTS)
    parser.add_argument("--seed", type=int, default=20)
    options = parser.parse_args()
    print(f"{'':34}{'events':>8}{'sent':>9}  " + "  ".join(BREACHES) + "       s")
    broken = 0
    for name, build, events in (
        ("rules, ledger in memory", MemorySender, options.events),
        ("rules, tables, rolled back", TableSender, options.table_events),
        ("each event as it comes", NaiveSender, options.events),
    ):
        world, began = build_world(events, options.seed), time.perf_counter()
        sent = build(world, LIMITS).run()
        found = judge_sent(sent, world, LIMITS)
        numbers = "  ".join(f"{found[breach]:>{len(breach)},}" for breach in BREACHES)
        seconds = time.perf_counter() - began
        print(f"{name:34}{len(world.events):>8,}{len(sent):>9,}  {numbers}  {seconds:6.1f}")
        broken += 0 if build is NaiveSender else sum(found.values())
    if broken:
        print(f"{broken} messages broke a promise", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
