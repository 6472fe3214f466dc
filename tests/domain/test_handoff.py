"""The handoff packet: complete, and nothing in it invented."""

from datetime import UTC, datetime

from assistant.domain.conversation import Priority
from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.handoff import HandoffCase, PacketNews, build_packet, update_packet
from assistant.domain.messages import Author, Citation, Reply
from assistant.domain.people import Customer, Identity
from assistant.domain.policy import Policy
from assistant.domain.priorities import compute_priority
from assistant.domain.signals import Decision, Evidence, Reaction, Reason, Signals, Verdict
from assistant.domain.turns import TurnRecord, TurnSource, Utterance

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ANSWER = Verdict(decision=Decision.ANSWER)
FRUSTRATED = Verdict(
    decision=Decision.HANDOFF,
    reason=Reason.FRUSTRATED,
    score=0.914,
    threshold=0.8,
    evidence=(Evidence(turn=1, text="何度も", why="repeats", kind="frustration"),),
)


def record(turn: int, query: str, **signals: object) -> TurnRecord:
    return TurnRecord(
        turn=turn,
        message_id=f"m{turn}",
        reply_id=None,
        signals=Signals(turn=turn, **signals),  # type: ignore[arg-type]
        verdict=ANSWER,
        query=query,
        sources=(TurnSource(article="returns.md", title="返品", score=0.712, shown=True),) if query else (),
    )


def test_an_empty_case_has_every_key_and_invents_nothing() -> None:
    packet = build_packet(
        HandoffCase(
            conversation="c",
            epoch=2,
            created_at=NOW,
            channel="web",
            verdict=Verdict(decision=Decision.HANDOFF),
        )
    )
    assert list(packet) == [
        "version", "conversation", "epoch", "created_at", "channel", "trigger", "customer", "issue", "facts",
        "actions", "attempts", "promises", "sentiment", "feelings", "harassing_messages",
        "transcript", "suggested", "told_customer",
    ]  # fmt: skip
    assert packet["created_at"] == "2026-11-23T06:00:00Z"
    assert packet["customer"]["id"] is None
    assert packet["issue"]["ask"] is None
    assert packet["attempts"] == packet["suggested"] == packet["promises"] == []


def test_a_full_case_is_laid_out_as_the_contract_shows_it() -> None:
    source = Citation(n=1, article="a", title="", url="", quote="")
    case = HandoffCase(
        conversation="c",
        epoch=3,
        created_at=NOW,
        channel="line",
        verdict=FRUSTRATED,
        signals=Signals(turn=2, frustration=0.91, unfamiliarity=0.8),
        customer=Customer(id="k", created_at=NOW, identities=(Identity(channel="line", id="U1"),)),
        lines=[
            Utterance(author=Author.CUSTOMER, text="返品したい"),
            Utterance(author=Author.ASSISTANT, text="こちらです"),
        ],
        records=[record(0, "返品したい", frustration=0.1), record(1, "返品", reaction=Reaction.REPHRASED)],
        facts=CustomerFacts(ask="返品したい", topic="returns", claimed=("order number: 123",), missing=()),
        suggested=[Reply(text="14日以内です", language="ja", citations=(source,))],
        priority=Priority.HIGH,
        told_customer="およそ5分",
    )
    packet = build_packet(case)
    assert packet["trigger"] == {
        "reason": "frustrated", "decided_by": "policy", "score": 0.91, "threshold": 0.8,
        "evidence": [{"turn": 1, "text": "何度も", "why": "repeats", "detail": ""}],
    }  # fmt: skip
    assert packet["attempts"][0] == {
        "turn": 0, "query": "返品したい", "reaction": "rephrased",
        "sources": [{"article": "returns.md", "score": 0.71, "shown": True}],
    }  # fmt: skip
    assert packet["customer"]["familiarity"] == 0.2
    assert packet["sentiment"][0]["frustration"] == 0.1
    cited = {"n": 1, "article": "a", "title": "", "url": ""}
    assert packet["suggested"] == [{"text": "14日以内です", "citations": [cited]}]
    assert "「返品したい」" in packet["issue"]["summary"]["ja"]
    assert "返品したい" in packet["issue"]["summary"]["en"]
    assert packet["issue"]["urgency"] == "high"


def test_a_models_summary_takes_the_place_of_the_quoted_one() -> None:
    case = HandoffCase(conversation="c", epoch=1, created_at=NOW, channel="web", verdict=ANSWER)
    news = PacketNews(
        lines=(), facts=CustomerFacts(), priority=Priority.NORMAL, summary={"en": "Wants a refund."}
    )
    before = build_packet(case)["issue"]["summary"]
    after = update_packet(build_packet(case), news)["issue"]["summary"]
    assert after["en"].startswith("Wants a refund.")
    assert after["ja"] == before["ja"]


def test_urgency_follows_the_words() -> None:
    assert compute_priority(ANSWER, Signals(sensitive="fraud"), Policy()) is Priority.URGENT
    assert compute_priority(ANSWER, Signals(urgency=0.6), Policy()) is Priority.HIGH
    assert compute_priority(ANSWER, Signals(), Policy()) is Priority.NORMAL


def test_anger_a_turn_before_a_calm_wish_is_told() -> None:
    """What a packet leaves out, the agent walks into."""
    words = Evidence(turn=1, text="少々困っております。", why="under_strain", kind="frustration")
    wish = Evidence(turn=2, text="担当の方と", why="asks_for_person", kind="wish")
    case = HandoffCase(
        conversation="c",
        epoch=2,
        created_at=NOW,
        channel="web",
        verdict=Verdict(decision=Decision.HANDOFF, reason=Reason.ASKED_FOR_PERSON, evidence=(wish,)),
        signals=Signals(turn=2, evidence=(wish,)),
        records=[record(0, "返品"), record(1, "", frustration=0.95, evidence=(words,)), record(2, "")],
    )
    packet = build_packet(case)
    assert [item["text"] for item in packet["trigger"]["evidence"]] == ["担当の方と", "少々困っております。"]
    assert "不満を示されています。" in packet["issue"]["summary"]["ja"]


def test_anger_of_long_ago_is_not() -> None:
    calm = [record(turn, "") for turn in range(1, 5)]
    case = HandoffCase(
        conversation="c",
        epoch=2,
        created_at=NOW,
        channel="web",
        verdict=Verdict(decision=Decision.HANDOFF, reason=Reason.ASKED_FOR_PERSON),
        records=[record(0, "", frustration=0.95), *calm],
    )
    packet = build_packet(case)
    assert "frustrated" not in packet["issue"]["summary"]["en"]
    assert packet["issue"]["urgency"] == "normal"


def test_distress_is_urgent_whatever_the_policy_says_of_topics() -> None:
    signals = Signals(distress=0.8)
    assert compute_priority(ANSWER, signals, Policy(priorities={})) is Priority.URGENT


def test_somebody_in_distress_gets_no_suggestion_from_the_help() -> None:
    reply = Reply(text="返品は30日以内です。", language="ja")
    suggested = [
        build_packet(
            HandoffCase(
                conversation="c",
                epoch=1,
                created_at=NOW,
                channel="web",
                verdict=ANSWER,
                signals=Signals(distress=distress),
                suggested=(reply,),
            )
        )["suggested"]
        for distress in (0.1, 0.8)
    ]
    assert [len(each) for each in suggested] == [1, 0]


def test_the_strongest_feelings_of_the_last_turns_are_in_the_packet() -> None:
    case = HandoffCase(
        conversation="c",
        epoch=1,
        created_at=NOW,
        channel="web",
        verdict=ANSWER,
        signals=Signals(turn=1, worry=0.2, harassment=0.9),
        records=[record(0, "", worry=0.7, reply_missed=0.4)],
    )
    feelings = build_packet(case)["feelings"]
    assert feelings == {
        "frustration": 0.0,
        "worry": 0.7,
        "distress": 0.0,
        "harassment": 0.9,
        "complaint": 0.0,
        "reply_missed": 0.4,
    }


def test_what_was_said_already_is_not_suggested_again() -> None:
    quote = "返品は30日以内です。\n開封した商品は返品できません。"
    cited = Citation(n=1, article="a", title="返品", url="", quote=quote)
    reply = Reply(text="返品は30日以内です。[1]", language="ja", citations=(cited,))
    said = "返品は30日以内です。[1]\n\n開封した商品は返品できません。[1]"
    for author, suggestions in ((Author.ASSISTANT, 0), (Author.CUSTOMER, 1)):
        case = HandoffCase(
            conversation="c",
            epoch=1,
            created_at=NOW,
            channel="web",
            verdict=ANSWER,
            lines=[Utterance(author=author, text=said)],
            suggested=(reply,),
        )
        assert len(build_packet(case)["suggested"]) == suggestions
