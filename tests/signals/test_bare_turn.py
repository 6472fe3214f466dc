"""Turns that ask nothing of the help, and turns that only look like them."""

import pytest

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.messages import Author
from assistant.domain.signals import HumanRequest, Reaction
from assistant.domain.turns import TURN_LABELS, History, TextEmbedding, Utterance
from assistant.signals.bare_turn import detect_bare_turn, strip_refusal
from assistant.signals.normalization import normalize_text
from assistant.signals.signal_reader import RuleSignalReader

READER = RuleSignalReader()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("あなたはAIですか", "identity"),
        ("人間ですか？", "identity"),
        ("ロボットですか、それとも人ですか", "identity"),
        ("これは自動応答ですか", "identity"),
        ("あなたは誰ですか", "identity"),
        ("are you a bot?", "identity"),
        ("Hi, are you a robot or a real person?", "identity"),
        ("am I talking to a bot", "identity"),
        ("who are you?", "identity"),
        ("誰かいますか", "presence"),
        ("だれかいませんか？", "presence"),
        ("hello, is anybody there?", "presence"),
        ("anyone?", "presence"),
        ("人には代わらなくていいです", "declined"),
        ("いいえ、担当者は結構です。", "declined"),
        ("人に代わらないで、教えて", "declined"),
        ("no, I don't need a human, just tell me", "declined"),
        ("I'd rather not talk to a person", "declined"),
        ("人間につながなくて大丈夫です", "declined"),
        ("人間につなげなくて平気です", "declined"),
        ("担当者は結構です、自分で読みますので", "declined"),
        ("AIのままで大丈夫です。人につながなくていいです", "declined"),
        ("全然役に立たない", "unhelpful"),
        ("それは違います", "unhelpful"),
        ("意味ないじゃん", "unhelpful"),
        ("That's not helpful at all", "unhelpful"),
        ("this is completely useless!!", "unhelpful"),
        ("it doesn't help at all", "unhelpful"),
        ("that's wrong", "unhelpful"),
        ("機械じゃ話にならないんだけど", "refuses_machine"),
        ("AIじゃ無理", "refuses_machine"),
        ("ボットでは埒が明かない", "refuses_machine"),
        ("your chatbot doesn't understand me", "refuses_machine"),
        ("a machine can't help me", "refuses_machine"),
        # They say more, or something else.
        ("ロボット掃除機ですか", None),
        ("個人ですか", None),
        ("これは本物の革ですか", None),
        ("誰かいますか、返品したい", None),
        ("担当者につながなくていいので、送料を教えて", None),
        ("スタッフは必要ですか", None),
        ("クーポンが使えない", None),
        ("この機械が使えません", None),
        ("AIの設定が無理", None),
        ("botが使えない", None),
        ("AIが使えません", None),
        ("自動返信が使えません", None),
        ("our bot is useless", None),
        ("AIじゃ無理。請求書を再発行してほしい", None),
        ("the machine won't start", None),
        ("the robot is broken", None),
        ("are you a bot? price of the basic plan", None),
        ("is this a real leather bag?", None),
        ("is anyone home when you deliver", None),
        ("I don't want to talk to a robot", None),
        ("I don't want a bot, I want a human", None),
        ("no, I don't need a human, just tell me the price", None),
        ("the coupon code is useless, how do I get another?", None),
        ("can I talk to a human", None),
        ("agent", None),
        ("送料は？", None),
        ("", None),
    ],
)
def test_what_a_bare_turn_says(text: str, kind: str | None) -> None:
    assert detect_bare_turn(normalize_text(text)) == kind


def test_a_long_turn_is_never_bare() -> None:
    assert detect_bare_turn("useless " * 10) == "unhelpful"
    assert detect_bare_turn("useless " * 16) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("No, I don't need a human, just tell me the price", "tell me the price"),
        ("担当者につながなくていいので、送料を教えて", "送料を教えて"),
        ("送料はいくらですか", "送料はいくらですか"),
        ("I don't need a human", "I don't need a human"),
        ("I need a Human. Now", "I need a Human. Now"),
    ],
)
def test_a_refusal_is_no_part_of_the_question(text: str, rest: str) -> None:
    assert strip_refusal(text) == rest


def test_no_model_takes_a_question_who_is_there_for_a_wish() -> None:
    sure = TextEmbedding((), dict.fromkeys(TURN_LABELS, -8.0) | {"person": 9.0, "person_hint": 9.0})

    def read(text: str) -> tuple[HumanRequest, str | None]:
        signals = READER.compute_signals(text, History(), sure)
        assert {shown.why for shown in signals.evidence} <= set(EvidenceReason)
        return signals.wish, signals.small_talk

    assert read("are you a bot?") == (HumanRequest.NONE, "identity")
    assert read("誰かいますか") == (HumanRequest.VAGUE, "presence")
    assert read("人には代わらなくていいです") == (HumanRequest.NONE, "declined")
    assert read("please") == (HumanRequest.CLEAR, None)


def test_a_refusal_declines_what_was_offered() -> None:
    said = [Utterance(author=Author.ASSISTANT, text="送料は550円です。")]
    signals = READER.compute_signals("人には代わらなくていいです", History(lines=said))
    assert signals.reaction is Reaction.DECLINED


def test_only_a_rejection_alone_is_one() -> None:
    assert READER.compute_signals("全然役に立たない", History()).only_rejects
    assert not READER.compute_signals("全然役に立たない。送料を教えて", History()).only_rejects


def test_a_language_that_is_not_answered_in_is_told() -> None:
    for text in ("Kann ich nach Deutschland bestellen?", "我的订单在哪里，请问什么时候发货", "안녕하세요"):
        assert READER.compute_signals(text, History(language="en")).is_foreign, text
    for text in ("Can I order to Germany?", "返品したい", "LINE", "123", ""):
        assert not READER.compute_signals(text, History(language="en")).is_foreign, text
