"""Files of agents in messaging apps: what is too large for an app is refused before it is sent."""

import pytest

from assistant.channels.file_limits import LINE_FILES
from assistant.channels.registry import CHANNELS
from assistant.conversation.files import MAX_FILE_BYTES, UploadedFile, check_channel_limits
from assistant.domain.errors import TooLarge


def build_file(size: int) -> UploadedFile:
    return UploadedFile(message_id="m1", name="a.png", type="image/png", data=bytes(size))


def test_what_is_too_large_for_the_app_is_refused() -> None:
    most = LINE_FILES["image/png"]
    check_channel_limits(build_file(most), LINE_FILES)
    with pytest.raises(TooLarge) as refusal:
        check_channel_limits(build_file(most + 1), LINE_FILES)
    assert refusal.value.details == {"reason": "channel_file_size"}


def test_no_app_promises_more_than_we_take_from_agents() -> None:
    limits = {name: max(kind.file_limits.values(), default=0) for name, kind in CHANNELS.items()}
    assert max(limits.values()) == MAX_FILE_BYTES
    assert [name for name, most in limits.items() if not most] == ["sms"]
