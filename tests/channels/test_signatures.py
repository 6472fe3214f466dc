"""Signatures by the apps' own published vectors; each changed in any way is wrong."""

import hashlib

import pytest

from assistant.channels import signatures
from assistant.domain.errors import Unauthorized

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
    b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
    b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
    b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO = {
    "CallSid": ["CA1234567890ABCDE"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
    "Caller": ["+14158675309"],
}
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def test_lines_official_vector() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    found = signatures.sign_line("8c570fa6dd201bb328f1c1eac23a96d8", body)
    assert found == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_vector_of_lines_sdk() -> None:
    found = signatures.sign_line("channel_secret", b"bodybodybodybody")
    assert found == "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k="


def test_slacks_official_vector() -> None:
    found = signatures.sign_slack("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", SLACK_BODY)
    assert found == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_githubs_official_vector_of_metas_scheme() -> None:
    found = signatures.sign_meta("It's a Secret to Everybody", b"Hello, World!")
    assert found == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


@pytest.mark.parametrize(
    ("url", "more", "expected"),
    [
        (URL, {}, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", {}, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ],
)
def test_the_vectors_of_twilios_sdk(url: str, more: dict[str, list[str]], expected: str) -> None:
    assert signatures.sign_twilio("12345", url, TWILIO | more) == expected


def test_twilios_vector_of_a_name_given_twice() -> None:
    """Values are sorted, and each counts once."""
    fields = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234", "1234"]}
    assert signatures.sign_twilio("12345", URL, fields) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_twilios_vector_of_a_json_body() -> None:
    """The body's hash is part of the address; fields are not signed."""
    body = b'{"property": "value", "boolean": true}'
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    assert hashlib.sha256(body).hexdigest() == digest
    found = signatures.sign_twilio("12345", f"{URL}&bodySHA256={digest}", {})
    assert found == "a9nBmqA0ju/hNViExpshrM61xv4="


def test_mailguns_scheme() -> None:
    """HMAC-SHA256 of timestamp and token, by another implementation of it."""
    import hmac

    expected = hmac.new(b"key", b"1700000000abcdef", hashlib.sha256).hexdigest()
    assert signatures.sign_mailgun("key", "1700000000", "abcdef") == expected


@pytest.mark.parametrize("given", [None, "", "x", "signatur", "signature ", "SIGNATURE", "sïgnature"])
def test_anything_else_is_wrong(given: str | None) -> None:
    with pytest.raises(Unauthorized):
        signatures.verify_signature("signature", given)


def test_an_empty_secret_makes_nothing_right() -> None:
    with pytest.raises(Unauthorized):
        signatures.verify_signature("", "")


@pytest.mark.parametrize(
    "stamp", [None, "", "abc", "-1", "+1000", " 1000", "1000.0", "１０００", "1_000", "9" * 20, "601", "1401"]
)
def test_only_plain_seconds_of_about_now_are_a_time(stamp: str | None) -> None:
    with pytest.raises(Unauthorized):
        signatures.verify_timestamp(stamp, 1001.0)


def test_five_minutes_are_about_now() -> None:
    assert signatures.verify_timestamp("1000", 1299.0) == "1000"
