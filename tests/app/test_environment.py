"""Settings that nobody reads are named."""

import pytest

from assistant.app.environment import list_unknown_settings
from assistant.app.settings import Settings


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("ASSISTANT_LANGUGES", ["ASSISTANT_LANGUGES is no setting; ASSISTANT_LANGUAGES is"]),
        ("ASSISTANT_LINE_CHANEL_SECRET", ["ASSISTANT_LINE_CHANEL_SECRET is no setting;"]),
        ("ASSISTANT_ZZZZ", ["ASSISTANT_ZZZZ is no setting"]),
        ("ASSISTANT_LINE_CHANNEL_SECRET__TOKYO", []),
        ("assistant_data_dir", []),
        ("ASSISTANT_TELEGRAM_API_URL", []),
        ("OPENAI_ANYTHING", []),
        ("PATH", []),
    ],
)
def test_a_setting_that_does_not_exist_is_named(variable: str, says: list[str]) -> None:
    lines = list_unknown_settings({variable: "x"}, Settings.model_fields)
    assert [line.startswith(text) for line, text in zip(lines, says, strict=True)] == [True] * len(says)
