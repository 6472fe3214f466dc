"""Words taken back are in no packet, whole or in part."""

from assistant.domain.packet_redaction import redact_words

TAKEN_BACK = "お世話になっております。母の誕生日の贈り物が割れて届きました。返金できますか。"
MATTER = "母の誕生日の贈り物が割れて届きました。返金できますか。"


def test_a_part_of_a_message_goes_with_it() -> None:
    packet = {
        "issue": {
            "ask": f"{MATTER} … 送料も返してください",
            "summary": {"ja": f"お客様のご用件:「{MATTER}」\n次に: ご用件にお答えください。"},
        }
    }
    issue = redact_words(packet, TAKEN_BACK, "（削除）")["issue"]
    assert issue["ask"] == "（削除） … 送料も返してください"
    assert "贈り物" not in issue["summary"]["ja"]
    assert issue["summary"]["ja"].endswith("次に: ご用件にお答えください。")


def test_the_beginning_of_a_long_message_goes_too() -> None:
    long = "The plate that I ordered for my mother arrived broken and nobody answers " * 4
    assert redact_words({"ask": long[:159].rstrip() + "…"}, long, "(taken back)") == {"ask": "(taken back)"}


def test_words_of_others_stay() -> None:
    packet = {"ask": "届いた皿が割れていました", "text": "はい"}
    assert redact_words(packet, TAKEN_BACK, "（削除）") == packet
