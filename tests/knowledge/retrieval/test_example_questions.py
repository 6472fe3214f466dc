"""What people who do not know what to ask are shown."""

from assistant.knowledge.retrieval.example_questions import ExampleQuestions

TITLES = [
    ("ja/a/1.md", "料金表", "ja"),
    ("ja/a/2.md", "返品はいつまでできますか", "ja"),
    ("ja/a/3.md", "返品の送料", "ja"),
    ("ja/b/1.md", "長い" * 30, "ja"),
    ("ja/c/1.md", "ポイントの使い方", "ja"),
    ("en/a/1.md", "How much is delivery?", "en"),
]


def test_questions_come_first_and_the_rest_is_spread_over_the_folders() -> None:
    examples = ExampleQuestions()
    examples.select_questions(TITLES)
    assert examples("ja") == ("返品はいつまでできますか", "料金表", "ポイントの使い方")
    assert examples("en") == ("How much is delivery?",)


def test_an_empty_knowledge_base_has_no_examples() -> None:
    examples = ExampleQuestions()
    examples.select_questions([])
    assert examples("ja") == ()
