"""The reader as a whole: signals of turns in their context."""

import time

import pytest

from assistant.conversation.templates import LANGUAGES
from assistant.domain.decide import decide_before_search
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, HumanRequest, Reaction, Signals
from assistant.domain.turns import TURN_LABELS, History, PastTurn, TextEmbedding, Utterance
from assistant.signals.replay import replay_turns
from assistant.signals.signal_reader import RuleSignalReader

READER = RuleSignalReader()
ALONE = History()


def after(*said: str, decision: Decision = Decision.ANSWER, frustration: float = 0.0) -> History:
    """A history of customer and assistant in turns, ending with the assistant."""
    lines = [
        Utterance(author=Author.ASSISTANT if place % 2 else Author.CUSTOMER, text=text)
        for place, text in enumerate(said)
    ]
    turns = [
        PastTurn(
            signals=Signals(turn=place, frustration=frustration), decision=decision, query=said[2 * place]
        )
        for place in range(len(said) // 2)
    ]
    return History(lines=lines, turns=turns)


@pytest.mark.parametrize(
    "text",
    [
        "何度も申し上げておりますが、まだ届きません",
        "もう結構です。話になりません",
        "いつまで待たせるつもりですか",
        "質問に答えてください。ふざけているのですか",
        "This is ridiculous, how many times do I have to tell you?",
        "WORST SERVICE EVER!!! I WANT MY MONEY BACK NOW",
        "are you kidding me, this is useless",
    ],
)
def test_anger_is_heard_however_polite(text: str) -> None:
    signals = READER.compute_signals(text, after("返品したい", "注文履歴をご覧ください"))
    assert signals.frustration >= 0.5
    assert any(item.kind == "frustration" for item in signals.evidence)


def test_what_only_an_annoyed_person_says_counts_whatever_the_ear_hears() -> None:
    for text in ("何度も申し上げておりますが、まだ届きません", "How many times do I have to say it?"):
        assert READER.compute_signals(text, ALONE).frustration >= 0.6
    assert READER.compute_signals("how many times can I change the date?", ALONE).frustration < 0.5


def test_an_enquiry_that_was_never_answered_is_offered_a_person() -> None:
    text = "先日お問い合わせした件ですが、まだご回答をいただけていないようです"
    [found] = replay_turns([Utterance(author=Author.CUSTOMER, text=text)], READER, Policy())
    assert found.verdict.decision is Decision.OFFER


@pytest.mark.parametrize(
    "text",
    [
        "壊れた商品の返品方法は？",
        "クレームの受付窓口の営業時間を教えてください",
        "最悪の場合、データは消えますか",
        "最低注文金額はいくらですか",
        "My order arrived damaged, can I get a replacement?",
        "How do I file a complaint?",
        "My card was declined, why?",
        "ありがとうございます。助かりました！",
    ],
)
def test_a_bad_topic_is_no_bad_mood(text: str) -> None:
    assert READER.compute_signals(text, ALONE).frustration < 0.4


def test_the_same_reply_again_wears_patience_out() -> None:
    fresh = READER.compute_signals(
        "ボタンが見つかりません", after("返品したい", "「返品申請」を押してください")
    )
    worn = READER.compute_signals(
        "ボタンが見つかりません",
        after(
            *["返品したい", "「返品申請」を押してください", "どこですか", "「返品申請」を押してください"],
            *["ないです", "「返品申請」を押してください"],
        ),
    )
    assert worn.frustration > fresh.frustration
    assert worn.no_progress > fresh.no_progress


def test_anger_lasts_and_thanks_end_it() -> None:
    angry = after("最悪です", "申し訳ありません", frustration=0.9)
    calm = after("返品したい", "こちらです", frustration=0.0)
    assert (
        READER.compute_signals("注文番号は123です", angry).frustration
        > READER.compute_signals("注文番号は123です", calm).frustration
    )
    assert READER.compute_signals("解決しました、ありがとうございます", angry).frustration < 0.3


@pytest.mark.parametrize(
    ("reply", "text", "reaction"),
    [
        ("14日以内なら返品できます。", "そうではなくて、交換の話です", Reaction.REJECTED),
        ("14日以内なら返品できます。", "ありがとうございます、わかりました", Reaction.ACCEPTED),
        ("14日以内なら返品できます。", "商品を返品したいのですが", Reaction.REPHRASED),
        ("14日以内なら返品できます。", "ポイントの有効期限は？", Reaction.MOVED_ON),
        ("担当者におつなぎしましょうか。", "いえ、結構です", Reaction.DECLINED),
        ("Returns take 14 days.", "that's not what I asked", Reaction.REJECTED),
        ("Returns take 14 days.", "thanks, that helps", Reaction.ACCEPTED),
    ],
)
def test_how_a_reply_is_taken(reply: str, text: str, reaction: Reaction) -> None:
    assert READER.compute_signals(text, after("商品を返品したいです", reply)).reaction is reaction


YES = {"ja": "はい、お願いします", "en": "yes please", "ko": "네, 부탁합니다"}
OFFERS = [
    (language, sentence)
    for language, situations in LANGUAGES.items()
    for situation, sentences in situations.items()
    if situation in ("abstain", "abstain_near")
    or (situation.startswith("offer_") and situation != "offer_declined")
    for sentence in sentences
]


@pytest.mark.parametrize(("language", "offer"), OFFERS)
def test_a_yes_is_a_wish_after_every_offer_that_we_make(language: str, offer: str) -> None:
    reader = RuleSignalReader(tuple(LANGUAGES))
    assert reader.compute_signals(YES[language], after("返品したい", offer)).wish is HumanRequest.CLEAR


def test_a_no_is_heard_in_korean() -> None:
    (offer, *_) = LANGUAGES["ko"]["abstain"]
    said = RuleSignalReader(tuple(LANGUAGES)).compute_signals("아니요, 괜찮습니다", after("환불", offer))
    assert (said.reaction, said.wish) == (Reaction.DECLINED, HumanRequest.NONE)


@pytest.mark.parametrize(
    ("reply", "text", "wish"),
    [
        ("担当者におつなぎしましょうか。", "はい、お願いします", HumanRequest.CLEAR),
        ("Shall I connect you with a person?", "yes please", HumanRequest.CLEAR),
        ("14日以内なら返品できます。", "はい", HumanRequest.NONE),
        ("担当者におつなぎしましょうか。", "いえ、大丈夫です", HumanRequest.NONE),
    ],
)
def test_a_yes_to_an_offer_is_a_wish(reply: str, text: str, wish: HumanRequest) -> None:
    assert READER.compute_signals(text, after("返品したい", reply)).wish is wish


def test_asking_vaguely_twice_is_asking_clearly() -> None:
    past = PastTurn(signals=Signals(wish=HumanRequest.VAGUE), decision=Decision.OFFER, query="agent")
    lines = [
        Utterance(author=Author.CUSTOMER, text="agent"),
        Utterance(author=Author.ASSISTANT, text="Here to help."),
    ]
    assert READER.compute_signals("agent", History(lines=lines, turns=[past])).wish is HumanRequest.CLEAR


def test_a_beginner_is_noticed_and_a_regular_is_not_taken_for_one() -> None:
    text = "これはどうやって使うのですか。機械は苦手で"
    assert READER.compute_signals(text, ALONE).unfamiliarity >= 0.6
    assert READER.compute_signals("送料", History(earlier_conversations=5)).unfamiliarity < 0.2


@pytest.mark.parametrize(
    "text",
    ["死にたいです", "もう生きていたくない、消えてしまいたい", "I want to die", "thinking of hurting myself"],
)
def test_words_of_self_harm_are_distress_whatever_else_is_down(text: str) -> None:
    assert READER.compute_signals(text, ALONE).distress == 1.0


def test_thanks_that_no_list_knows_are_small_talk() -> None:
    labels = dict.fromkeys(TURN_LABELS, -6.0)
    history = after("返品したい", "30日以内に承ります。")

    def read(text: str, thanks: float) -> str | None:
        meaning = TextEmbedding((), {**labels, "thanks": thanks})
        return READER.compute_signals(text, history, meaning).small_talk

    assert read("That's everything, cheers", 1.4) == "thanks"
    assert read("That's everything, cheers", -2.0) is None
    assert read("Cheers, and can I return it by post?", 1.4) is None
    assert read("returns " * 20, 1.4) is None
    first = TextEmbedding((), {**labels, "thanks": 1.4})
    assert READER.compute_signals("xyzzy", ALONE, first).small_talk is None, "thanks for what?"


def test_a_product_that_hurt_somebody_is_no_distress() -> None:
    assert READER.compute_signals("充電器が発火してやけどしました", ALONE).distress == 0.0


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("死にたいです", "harm"),
        ("弁護士に相談します", "legal"),
        ("身に覚えのない請求があります", "fraud"),
        ("個人情報を全部削除してください", "personal_data"),
        ("someone used my card, it's an unauthorized charge", "fraud"),
        ("返品したいです", None),
    ],
)
def test_sensitive_topics(text: str, topic: str | None) -> None:
    assert READER.compute_signals(text, ALONE).sensitive == topic


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("こんにちは", "greeting"),
        ("ありがとうございました！", "thanks"),
        ("hello there", "greeting"),
        ("ok thanks, bye", "bye"),
        ("こんにちは、返品したいです", None),
        ("thanks but it doesn't work", None),
        ("いえ、もう結構です", None),
        ("テスト送信です", "greeting"),
        ("testing 1 2 3", "greeting"),
        ("the test result page", None),
        ("見てるだけです", "bye"),
        ("just looking around, thanks", "bye"),
        ("ふーん、なるほど", "ok"),
        ("hm okay", "ok"),
    ],
)
def test_small_talk_is_nothing_else(text: str, kind: str | None) -> None:
    assert READER.compute_signals(text, ALONE).small_talk == kind


POISON = [
    "",
    " \n\t",
    "😡" * 5_000,
    "あ" * 50_000,
    "担当者" * 16_000,
    "aaaa " * 10_000,
    "!?" * 25_000,
    "\ud800",
    "\x00\x1b[31m",
    "Привет, где мой заказ?" * 100,
]


@pytest.mark.parametrize("text", POISON, ids=range(len(POISON)))
def test_poison_is_read_without_a_fall_in_bounded_time(text: str) -> None:
    start = time.perf_counter()
    signals = READER.compute_signals(text, ALONE)
    assert time.perf_counter() - start < 3
    assert 0 <= signals.frustration <= 1
    assert signals.wish is HumanRequest.NONE


def test_five_hundred_turns_cost_no_more_than_a_few() -> None:
    history = after(*["送料はいくらですか", "550円です"] * 250)
    start = time.perf_counter()
    READER.compute_signals("ありがとう", history)
    assert time.perf_counter() - start < 0.5


def test_a_topic_shows_the_words_that_tell_it() -> None:
    signals = READER.compute_signals("昨日買った靴を返品したいです", ALONE)
    verdict = decide_before_search(signals, ALONE, Policy(people_only=frozenset({"returns"})))
    assert verdict is not None
    assert ["返品" in item.text for item in verdict.evidence] == [True]


def test_one_reason_is_told_once() -> None:
    signals = READER.compute_signals(
        "同じことを何度もご説明しているのですが、どうなっておりますでしょうか", ALONE
    )
    reasons = [one.why for one in signals.evidence if one.kind == "frustration"]
    assert "had_to_repeat" in reasons
    assert len(reasons) == len(set(reasons))


def test_evidence_is_quoted_in_whole_words() -> None:
    said = "That is not what I asked. This is the third time I'm asking."
    signals = READER.compute_signals(said, ALONE)
    told = [item.text for item in signals.evidence if item.kind == "frustration"]
    assert told
    assert {word for text in told for word in text.split()} <= set(said.split())
