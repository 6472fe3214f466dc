"""Self-harm and fraud told in words of one's own, and what only sounds like it."""

import pytest

from assistant.domain.turns import History
from assistant.signals.circumstances import find_circumstances
from assistant.signals.normalization import normalize_text
from assistant.signals.signal_reader import RuleSignalReader

READER = RuleSignalReader(("ja", "en", "ko"))


@pytest.mark.parametrize(
    "text",
    [
        "手元の睡眠薬を飲み込むつもりで用意しました。今夜ですべて終わらせます",
        "ホームに立っています。もう終わりにします",
        "毎日が苦しくて、もう楽になりたいです",
        "遺書を書きました",
        "安定剤をたくさん飲んでしまいました",
        "I swallowed a whole box of painkillers",
        "I'm about to jump off the balcony",
        "Tomorrow I won't be around. Nobody will miss me.",
        "There is no point in being alive",
        "I have the pills here and I want everything to end",
        "수면제를 먹고 다 끝내고 싶어요",
        "더 이상 살고 싶지 않아요",
    ],
)
def test_self_harm_is_understood_without_its_usual_words(text: str) -> None:
    signals = READER.compute_signals(text, History())
    assert (signals.sensitive, signals.distress) == ("harm", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "薬を飲んでいますが、定期便をもう終わりにしたいです",
        "契約をすべて終わりにしたい。毎日が苦しくて",
        "頭痛薬を飲み忘れました。二錠たくさん飲んでもいいですか",
        "明日はいないので、土曜に届けてもらえますか。人生初の注文です",
        "死ぬほど待ちました。もう終わりにしてください",
        "How many tablets may I take a day?",
        "I took all my tablets and need a refill",
        "I won't be here tomorrow, please deliver on Monday. I live all alone",
        "I want to end it all, every newsletter of yours",
        "I cut myself on the broken lid",
        "약을 다 먹어서 다시 주문하고 싶어요",
        "너무 힘들어요. 구독을 다 끝내고 싶어요",
    ],
)
def test_medicine_contracts_and_figures_of_speech_are_no_self_harm(text: str) -> None:
    assert READER.compute_signals(text, History()).distress == 0.0


def test_neither_part_speaks_of_self_harm_alone() -> None:
    end, despair = "i want everything to end. ", "nobody would miss me."
    assert "self_harm" in find_circumstances(end + despair)
    assert find_circumstances(end) == find_circumstances(despair) == {}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("お店を装ったサイトに暗証番号を打ち込んでしまいました", True),
        ("怪しいSMSのリンクをタップして住所を書いてしまった", True),
        ("口座番号を教えた相手が偽物だったみたいです", True),
        ("I gave my password to a caller posing as your staff", True),
        ("A phishing text had a link and I paid 20 pounds", True),
        ("I fell for a fake delivery message", True),
        ("가짜 메일에 비밀번호를 입력해 버렸어요", True),
        ("怪しいメールが届きました。本物でしょうか", False),
        ("不審なSMSのリンクは押していません", False),
        ("偽のサイトに入力してしまった場合はどうすればいいですか", False),
        ("偽物の毛皮を買いましたが届きません", False),
        ("Is this suspicious e-mail from you?", False),
        ("What should I do if I entered my card on a fake site?", False),
        ("I gave my mother a fake plant from your shop", False),
        ("I entered my card number and got an error", False),
    ],
)
def test_a_victim_tells_of_fraud_and_a_question_does_not(text: str, is_told: bool) -> None:
    assert ("fraud" in find_circumstances(normalize_text(text))) is is_told
