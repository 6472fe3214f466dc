"""What is still unanswered, question by question."""

from datetime import UTC, datetime

from assistant.domain.messages import Author, Message
from assistant.text.open_questions import list_customer_questions
from assistant.text.related import build_case_queries, score_texts

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CUSTOMER, AGENT, ASSISTANT = Author.CUSTOMER, Author.AGENT, Author.ASSISTANT


def talk(*said: tuple[Author, str], private: bool = False) -> list[Message]:
    return [
        Message(
            id=f"m{seq}",
            conversation="c",
            seq=seq,
            author=author,
            text=text,
            language="ja",
            private=private and author is AGENT,
            created_at=NOW,
        )
        for seq, (author, text) in enumerate(said, 1)
    ]


def list_open(messages: list[Message], answers: frozenset[str] = frozenset()) -> list[str]:
    found = list_customer_questions(messages, answers)
    return [one.text for one in found if one.answered_by is None]


TWO = "返品の期限はいつまでですか。送料は誰が払いますか。赤い鍋です。"


def test_of_two_questions_the_one_that_nobody_touched_stays_open() -> None:
    reply = (AGENT, "返品の期限は到着から30日以内です。")
    assert list_open(talk((CUSTOMER, TWO), reply)) == ["送料は誰が払いますか。"]
    also = (AGENT, "送料はお客様のご負担です。")
    assert list_open(talk((CUSTOMER, TWO), reply, also)) == []


def test_a_reply_without_their_words_answers_a_single_question() -> None:
    question = (CUSTOMER, "いつ届きますか？")
    assert list_open(talk(question, (AGENT, "明日の午前中の予定でございます。"))) == []


def test_putting_off_asking_back_and_notes_answer_nothing() -> None:
    question = (CUSTOMER, "いつ届きますか？")
    for words in ("確認いたしますので少々お待ちください。", "ご注文番号を教えていただけますか。", "はい。"):
        assert list_open(talk(question, (AGENT, words))) == ["いつ届きますか？"], words
    assert list_open(talk(question, (AGENT, "明日の午前中の予定でございます。"), private=True)) != []


def test_the_assistants_reply_counts_where_it_answered() -> None:
    messages = talk((CUSTOMER, "いつ届きますか？"), (ASSISTANT, "ご注文から3日ほどでお届けします。"))
    assert list_open(messages, frozenset({"m2"})) == []
    assert list_open(messages) == ["いつ届きますか？"]


def test_what_is_no_question_is_left_out_and_card_numbers_are_hidden() -> None:
    messages = talk((CUSTOMER, "ありがとうございます。"), (CUSTOMER, "4012 8888 8888 1881 は使えますか？"))
    [question] = list_open(messages)
    assert "8888" not in question


def test_a_case_is_near_by_the_rare_terms_it_shares() -> None:
    texts = ["冷凍便の荷物が溶けていた", "返品の期限を知りたい", "荷物がまだ届かない"]
    scores = score_texts("冷凍便で届いた荷物が溶けています", texts)
    assert scores.index(max(scores)) == 0
    assert scores[1] == 0.0
    assert max(score_texts("領収書の宛名を変えたい", texts)) == 0.0


def test_words_of_a_question_are_searched_for_in_pairs() -> None:
    queries = build_case_queries("冷凍便の荷物が溶けていました。返金してもらえますか？注文番号は123です")
    assert queries[0] == "冷凍便 荷物"
    assert all("注文番号" not in query for query in queries)
    assert build_case_queries("領収書は？") == ["領収書"]
    assert build_case_queries("ありがとう") == []
