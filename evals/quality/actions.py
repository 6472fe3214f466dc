"""Scripted customers who want something done: ``python -m evals actions``.

Their words are by writers who knew nothing of the product. Each case runs four times: calm, with a slow shop,
with our worker killed while a change is made (and every message delivered twice), and with the answer to a
change lost; right is only what is right in all four (pass^4). Two more runs have our worker killed between
the yes and the change, and the shop down. It fails if anything was written wrongly, twice or without a yes,
or was shown to somebody who had not proven enough.
"""

import argparse
import asyncio
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.app.settings import load_settings
from assistant.app.wiring import TOOLS, build_turn_dependencies
from assistant.conversation.actions.execution import ActionExecutor
from assistant.conversation.timing import Timing
from assistant.conversation.turn.runner import TurnHandler
from assistant.domain.actions import ProposalState
from assistant.domain.messages import Author
from assistant.notifications.notifier import LocalNotifier
from assistant.signals.facts import WordFactPicker
from assistant.tools.catalogue import load_tools
from assistant.tools.matcher import ExampleMatcher
from evals.data.action_cases import ActionCase, load_action_cases, load_action_questions
from evals.data.embedding_cache import CachingEmbedder
from evals.fakes.faulty_shop import FaultyShop
from evals.quality.action_driver import (
    ADDRESS,
    ITEMS,
    OTHER_RUNS,
    RUNS,
    Engine,
    MovedClock,
    Played,
    play_case,
)
from evals.quality.pipeline import open_knowledge_over
from evals.quality.sample import TODAY

ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases" / "actions"
#: What a change leaves an order in.
DONE = {"cancel_order": "cancelled", "change_address": "accepted", "request_return": "returning"}
#: States of proposals that reached the shop.
SENT = (ProposalState.OK, ProposalState.UNKNOWN)
#: What must never happen, in any run.
WRONG_WRITE = "wrong or double write"
UNCONFIRMED_WRITE = "write without a yes"
UNPROVEN_READ = "data shown below its identity level"
BREACHES = (WRONG_WRITE, UNCONFIRMED_WRITE, UNPROVEN_READ)
#: Cases between two lines of progress.
PROGRESS_CASES = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals actions", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--only", default="", help="cases whose id contains this")
    parser.add_argument(
        "--failures", action="store_true", help="print each of the development half that is not right"
    )
    parser.add_argument("--most", type=int, default=10_000, help="of the cases, spread over all of them")
    options = parser.parse_args()
    cases = [case for case in load_action_cases(options.cases) if options.only in case.id]
    step = max(1, len(cases) // options.most)
    asyncio.run(_run_cases(cases[::step], options.cases, failures=options.failures))


async def _run_cases(cases: Sequence[ActionCase], folder: Path, *, failures: bool) -> None:
    engine = await open_engine()
    played = {run: await _play_cases(engine, cases, run) for run in (*RUNS, *OTHER_RUNS)}
    rights = {run: [judge_case(one, engine, run) for one in results] for run, results in played.items()}
    print_report(cases, played, rights)
    if failures:
        for run in RUNS:
            for one, why in zip(played[run], rights[run], strict=True):
                if why and one.case.half == "development":
                    print_conversation(run, one, why)
    await print_recognition(engine, folder, failures=failures)
    if any(why in BREACHES for whys in rights.values() for why in whys):
        raise SystemExit("what must never happen did")


async def _play_cases(engine: Engine, cases: Sequence[ActionCase], run: str) -> list[Played]:
    played: list[Played] = []
    for number, case in enumerate(cases, 1):
        played.append(await play_case(engine, case, run))
        if number % PROGRESS_CASES == 0 or number == len(cases):
            right = sum(not judge_case(one, engine, run) for one in played)
            print(f"{run}: {number} of {len(cases)} played, {right} right", file=sys.stderr, flush=True)
    return played


async def open_engine() -> Engine:
    clock = MovedClock()
    shop = FaultyShop(clock)
    knowledge = await open_knowledge_over(ROOT / "knowledge_base", CachingEmbedder(), TODAY)
    settings = load_settings().model_copy(
        update={"chat_model": "extractive", "backend_url": "http://shop", "tools": TOOLS}
    )
    mind = build_turn_dependencies(settings, knowledge, shop.backend, clock)
    wire, tools = LocalNotifier(), load_tools(TOOLS)
    return Engine(
        database=knowledge.database,
        assistant=TurnHandler(
            database=knowledge.database,
            mind=mind,
            wire=wire,
            timing=Timing(),
            pick_facts=WordFactPicker(),
            clock=clock,
        ),
        executor=ActionExecutor(
            database=knowledge.database,
            backend=shop.backend,
            tools=tools,
            policy=mind.policy,
            pick_facts=WordFactPicker(),
            wire=wire,
            clock=clock,
        ),
        tools=tools,
        shop=shop,
        clock=clock,
    )


def judge_case(played: Played, engine: Engine, run: str) -> str:
    """Why the end is wrong; empty: it is right."""
    case, order = played.case, played.order
    if found := find_breach(played):
        return found
    if run == "down":
        return "changed" if order["changes"] else ""
    if case.expect == "done":
        return _judge_done(played)
    if case.expect == "told":
        told = any(played.person.order in reply and ITEMS[0] in reply for reply in played.replies)
        return "" if told else "status not told"
    if case.expect == "refused":
        sentences = {row[case.language] for row in engine.tools[case.goal].refusals.values()}
        return "" if sentences & set(played.replies) else "refusal not told"
    return ""


def _judge_done(played: Played) -> str:
    """Done once; or, where nobody could know, a person who finds out."""
    order, states = played.order, [one.state for one in played.proposals]
    if ProposalState.UNKNOWN in states:
        return "" if order["changes"] <= 1 and played.state != "assistant" else "unknown, and no person"
    if order["changes"] != 1 or order["status"] != DONE[played.case.goal]:
        return f"changed {order['changes']} times, {order['status']}"
    if played.case.goal == "change_address" and _bare(order["address"]) != _bare(played.person.new_address):
        return f"address is {order['address']}"
    return "" if states.count(ProposalState.OK) == 1 else "not recorded as done"


def find_breach(played: Played) -> str:
    """What of `BREACHES` happened, whatever is expected."""
    sent = [one for one in played.proposals if one.state in SENT]
    is_wanted = played.case.expect == "done"
    if played.order["changes"] > is_wanted or played.strays:
        return WRONG_WRITE
    if (played.order["changes"] and not sent) or any(
        one.approved_by not in played.confirmations for one in sent
    ):
        return UNCONFIRMED_WRITE
    return UNPROVEN_READ if is_shown_unproven(played) else ""


def is_shown_unproven(played: Played) -> bool:
    """Whether something of the order was said before what only its owner knows was; a member signed in."""
    order, person = played.order, played.person
    private = (*ITEMS, ADDRESS, order["email"], order["tracking"] or "-" * 9, f"{order['total']:,}")
    proofs = (person.postcode.replace("-", ""), person.phone[-4:])
    is_proven = played.case.who == "member"
    for message in played.messages:
        if message.author is Author.CUSTOMER:
            digits = "".join(c for c in unicodedata.normalize("NFKC", message.text) if c.isdigit())
            is_proven = is_proven or any(proof in digits for proof in proofs)
        elif not is_proven and any(word in message.text for word in private):
            return True
    return False


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def print_report(
    cases: Sequence[ActionCase], played: dict[str, list[Played]], rights: dict[str, list[str]]
) -> None:
    total = len(cases)
    every = [not any(rights[run][at] for run in RUNS) for at in range(total)]
    print(f"{total} customers; right in one run (calm): {_format_share(not why for why in rights['calm'])}")
    print(f"  right in all of {len(RUNS)} runs (pass^{len(RUNS)}): {_format_share(every)}")
    for run, whys in rights.items():
        print(f"  {run:8} right {_format_share(not why for why in whys)}")
    for name in ("half", "goal", "language", "who", "expect"):
        groups = Counter(str(getattr(case, name)) for case in cases)
        won = Counter(str(getattr(case, name)) for case, ok in zip(cases, every, strict=True) if ok)
        print(
            f"  by {name}: " + ", ".join(f"{key} {won[key]}/{count}" for key, count in sorted(groups.items()))
        )
    found = Counter(why for whys in rights.values() for why in whys)
    print(
        f"  in all {len(rights)} runs, must be 0: " + ", ".join(f"{name} {found[name]}" for name in BREACHES)
    )
    unknown = sum(p.state is ProposalState.UNKNOWN for one in played["killed"] for p in one.proposals)
    print(f"  of killed: {unknown} went to a person, because nobody could know")
    print("  wrong: " + str(dict(Counter(why for run in RUNS for why in rights[run] if why))))


def _format_share(rights: Iterable[bool]) -> str:
    counted = list(rights)
    return f"{sum(counted)} = {sum(counted) / max(1, len(counted)):.3f}"


def print_conversation(run: str, played: Played, why: str) -> None:
    case = played.case
    print(
        f"--- {case.id} {run}: {why} ({case.goal}, {case.who}, {case.order_status}, expected {case.expect})"
    )
    for message in played.messages:
        print(f"  {message.author:9} {' '.join(message.text.split())[:160]}")


async def print_recognition(engine: Engine, folder: Path, *, failures: bool) -> None:
    """Single questions: requests that are begun or offered, questions of the help that are hijacked."""
    questions = load_action_questions(folder)
    if not questions:
        return
    dialogue = engine.assistant.mind.actions
    assert dialogue is not None
    matcher = getattr(dialogue, "dialogue").matcher  # noqa: B009 - the port does not show it
    assert isinstance(matcher, ExampleMatcher)
    begun = offered = hijacked = offered_wrongly = 0
    for text, tool in questions:
        match = await matcher.find_tool(text)
        is_right = match is not None and match.tool == tool
        begun += bool(is_right and match and match.is_sure)
        offered += bool(is_right and match and not match.is_sure)
        hijacked += bool(match and match.is_sure and not is_right)
        offered_wrongly += bool(match and not match.is_sure and not is_right)
        if failures and (match.tool if match and match.is_sure else None) != tool:
            print(f"  {match.tool if match else '-'} {match.score if match else 0:.2f}, is {tool}: {text}")
    wanted = sum(tool is not None for _, tool in questions)
    print(
        f"{wanted} requests: begun {begun}, offered {offered}; {len(questions) - wanted} questions:"
        f" begun wrongly {hijacked}, offered {offered_wrongly}"
    )
