"""What a mail says: character sets, quotes, forwards; and that hostile mails are read in no time."""

import base64
import contextlib
import time
from email.message import EmailMessage

import pytest

from assistant.channels import email_parsing
from assistant.channels.email_charsets import decode_header_text, decode_text
from assistant.channels.email_html import extract_newest_words_from_html
from assistant.channels.email_parts import MailContents
from assistant.channels.email_quotes import extract_newest_words
from assistant.conversation.inbound.quoted_replies import strip_quoted_replies
from assistant.domain.errors import BadInput
from evals.world.mail_siblings import CHARSETS, OURS, RIGHT, generate_mails

ASKED = "髙島です。返品の期限はいつまでですか。"


@pytest.mark.parametrize("one", generate_mails(), ids=lambda one: one.name)
def test_every_quote_form_in_every_character_set(one: object) -> None:
    assert email_parsing.parse_raw_mail(one.raw).text == RIGHT  # type: ignore[attr-defined]


@pytest.mark.parametrize(("codec", "label"), CHARSETS)
def test_a_wrong_label_costs_no_letter(codec: str, label: str | None) -> None:
    words = "返品の期限はいつまでですか。"
    assert decode_text(words.encode(codec), label) == (words, True)


@pytest.mark.parametrize(
    ("raw", "label", "words"),
    [
        (b"\x1b$B-!JVIJ$O$G$-$^$9$+!#-j$3$b$l$S!#\x1b(B", "iso-2022-jp", "①返品はできますか。㈱こもれび。"),
        (ASKED.encode("cp932"), "Windows-31J", ASKED),
        (ASKED.encode("cp932"), "Shift_JIS", ASKED),
        (b"\x1b$B-!\x1b(B\x1b(I=<\x1b(B", None, "①ｽｼ"),
        (b"\xad\xa1" + "返品です".encode("euc_jp"), "euc-jp", "①返品です"),
        (b"\x1b$BJVIJ\n\x1b(Bok", None, "返品\nok"),
        ("Où est ma commande ?".encode("cp1252"), None, "Où est ma commande ?"),
        ("Où est ma commande ?".encode(), "iso-8859-1", "Où est ma commande ?"),
        ("Größe".encode("latin-1"), "us-ascii", "Größe"),
        ("我的订单在哪里？".encode("gb18030"), "gb2312", "我的订单在哪里？"),
        ("배송은 언제 되나요?".encode("cp949"), "ks_c_5601-1987", "배송은 언제 되나요?"),
        ("Где мой заказ?".encode("koi8_r"), "koi8-r", "Где мой заказ?"),
        (b"\xef\xbb\xbf" + "返品".encode(), "shift_jis", "返品"),
        ("返品".encode("utf-16"), None, "返品"),
        (b"rot13", "rot13", "rot13"),
    ],
)
def test_letters_of_mailers(raw: bytes, label: str | None, words: str) -> None:
    assert decode_text(raw, label) == (words, True)


def test_what_is_no_text_is_said_to_be_unreadable() -> None:
    noise = bytes((number * 7919 >> 3) % 256 for number in range(600))
    assert decode_text(noise, "utf-8")[1] is False
    raw = b"From: a@mail.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(noise)
    found = email_parsing.parse_raw_mail(raw)
    assert (found.unreadable, found.text) == (True, "")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("=?ISO-2022-JP?B?GyRCSlZJShsoQg==?=", "返品"),
        ("=?utf-8?B?6L+U?= =?utf-8?B?5ZOB?=", "返品"),
        ("=?utf-8?B?6L8=?=\r\n =?utf-8?B?lOWTgQ==?=", "返品"),
        ("=?utf-8?Q?caf=C3=A9_x?= au lait", "café x au lait"),
        ("\x1b$BJVIJ\x1b(B", "返品"),
        ("返品".encode("cp932").decode("ascii", "surrogateescape"), "返品"),
        ("=?nonsense?B?6L+U5ZOB?=", "返品"),
        ("=?utf-8?B?!!!?= x", "x"),
    ],
)
def test_headers(header: str, words: str) -> None:
    assert decode_header_text(header) == words


def test_a_name_in_raw_jis_leaves_the_address_alone() -> None:
    raw = b'From: "\x1b$B0l<!\x1b(B" <hanako@mail.example>\r\nSubject: \x1b$BJVIJ\x1b(B\r\n\r\nhi'
    found = email_parsing.parse_raw_mail(raw)
    assert (found.sender, found.name, found.subject) == ("hanako@mail.example", "一次", "返品")


def test_a_name_that_looks_like_an_address_is_only_a_name() -> None:
    coded = base64.b64encode(b'x" <victim@bank.example>').decode()
    found = email_parsing.parse_raw_mail(f"From: =?utf-8?B?{coded}?= <me@mail.example>\r\n\r\nhi".encode())
    assert found.sender == "me@mail.example"


@pytest.mark.parametrize(
    "words",
    [
        "On 30/11/2026 I wrote to you about my parcel\nIt did not arrive",
        "2026/11/30に注文メールを送信しました\n確認してください",
        "田中様にメールを送りました\n返事がありません",
        "注文日2026/11/30の件\n返品したい",
        "メール: a@b.example\n内容:\n荷物が届かない 2026/11/30",
        "差出人が違う荷物が届きました\n件名: 返品",
        "From: where do you ship?\nTo: Osaka possible?",
        "---\n一つ目\n---\n二つ目",
    ],
)
@pytest.mark.parametrize("subject", ["x", "Re: x"])
def test_the_customers_own_words_stay(words: str, subject: str) -> None:
    assert extract_newest_words(words, subject, reply=subject != "x") == words


@pytest.mark.parametrize(
    "foot",
    [
        "本メールには機密情報が含まれています。",
        "CONFIDENTIALITY NOTICE: This e-mail is for the addressee only.",
        "This email and any attachments are confidential and intended solely for the addressee.",
        "━━━━━━━━━━\n佐藤\nhttps://momiji.example\n━━━━━━━━━━",
        "Get Outlook for Android",
        "-- \nSato",
        "スマートフォンから送信",
    ],
)
def test_what_stands_under_every_mail_is_left_out(foot: str) -> None:
    assert extract_newest_words(f"{RIGHT}\n\n{foot}\n") == RIGHT


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: a@mail.example\nDate: x\nSubject: y\n",
        "Begin forwarded message:\n\n> From: a@mail.example\n> Date: x\n>",
        "差出人: 田中 <a@mail.example>\n送信日時: 2026年5月1日\n件名: y\n",
        "-------- 転送メッセージ --------\n件名: y\n差出人: a@mail.example\n",
    ],
)
@pytest.mark.parametrize("before", ["", "お願いします。\n\n"])
def test_a_forward_keeps_the_words_of_the_other(head: str, before: str) -> None:
    found = extract_newest_words(f"{before}{head}\n荷物が届きません。\n", "Fwd: y")
    assert "荷物が届きません。" in found
    assert found.startswith(before.strip())


def test_a_mail_attached_to_a_mail_without_words_is_read() -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"] = "a@mail.example", "届かない"
    inner.set_content("荷物が届きません。")
    outer["From"], outer["Subject"] = "b@mail.example", "転送"
    outer.make_mixed()
    outer.add_attachment(inner)
    found = email_parsing.parse_raw_mail(outer.as_bytes())
    assert "荷物が届きません。" in found.text
    assert [one.name for one in found.attachments] == ["届かない.eml"]


def test_an_answer_without_words_is_empty_and_a_first_mail_never() -> None:
    quoted = "\n".join(f"> {line}" for line in OURS)
    assert extract_newest_words(quoted, "Re: x", reply=True) == ""
    assert extract_newest_words(quoted, "x") == quoted


def test_lines_that_a_mailer_folded_are_one() -> None:
    raw = (
        "From: a@mail.example\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n"
        "Content-Transfer-Encoding: 8bit\n\n返品の期限は \nいつまでですか\n"
    )
    assert email_parsing.parse_raw_mail(raw.encode()).text == "返品の期限はいつまでですか"


def test_our_own_words_are_known_in_any_form() -> None:
    ours = "\n".join(OURS)
    answer = f"{OURS[0][:20]}\n{OURS[0][20:]}\n\n{OURS[2]}\n{OURS[4]}"
    assert strip_quoted_replies(f"{RIGHT}\n| {OURS[0]}\n| {OURS[2]}", ours) == RIGHT
    assert strip_quoted_replies(f"{RIGHT}\n\n{answer}", ours) == RIGHT
    assert strip_quoted_replies("はい", ours) == "はい"


@pytest.mark.parametrize("head", ["", "～～ 11/30 こもれび より ～～\n", "##### mail #####\n"])
def test_our_first_sentence_begins_a_quote_even_where_nothing_else_is_known(head: str) -> None:
    folded = f"{OURS[0][:20]}\n{OURS[0][20:]}"
    for opening in (OURS[0], folded, f"| {OURS[0]}"):
        found = strip_quoted_replies(f"{RIGHT}\n\n{head}{opening}\n\n{OURS[2]}\n", "")
        assert found == f"{RIGHT}\n\n{head}".strip()
    assert strip_quoted_replies("  はい ", "") == "  はい "


def deep_html() -> str:
    return "<div>" * 20_000 + "x" + "<blockquote>" * 5_000


@pytest.mark.parametrize(
    "words",
    [
        *(
            "\n" * 30_000,
            "差出人:\n" * 20_000,
            "> " * 100_000,
            "a@b.c " * 40_000,
            "<" * 200_000,
            " \n" * 90_000,
        ),
        *(
            ("On 2026 " * 35 + "\n") * 700,
            ("-" * 290 + "\n") * 700,
            ("2026/11/30 20:05 <a@b> x" * 12 + "\n") * 700,
        ),
        *(("さん:" * 90 + "\n") * 700, ("このメール" * 60 + "\n") * 600, ("Sent from my " * 22 + "\n") * 600),
    ],
    ids=range(12),
)
def test_hostile_words_are_read_in_no_time(words: str) -> None:
    started = time.thread_time()
    extract_newest_words(words, "Re: x", reply=True)
    strip_quoted_replies(words, words[:6000])
    assert time.thread_time() - started < 2


def test_hostile_pages_are_read_in_no_time() -> None:
    started = time.thread_time()
    extract_newest_words_from_html(deep_html()[:200_000], "Re: x", reply=True)
    extract_newest_words_from_html("<p>" * 60_000, reply=True)
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\n" + b"\r\n" * 700_000,
        b"From: a@b.example\r\n" + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 1_000,
        b"From: " + b"a@b.example, " * 500_000,
        b"From: a@b.example\r\nSubject: " + b"=?utf-8?B?6L+U?= " * 200_000 + b"\r\n\r\nx",
        b"From: a@b.example\r\n" + b"X: y\r\n z\r\n" * 100_000 + b"\r\nx",
        b"From: a@b.example\r\nTo: " + b"(" * 1_000_000 + b"\r\n\r\nx",
        b"From: a@b.example\r\n"
        + b"".join(b"X-%d: " % n + b"\x83\xfe\xa4" * 130 + b"\r\n" for n in range(590))
        + b"\r\nx",
    ],
    ids=range(7),
)
def test_hostile_mails_are_read_or_refused_in_no_time(raw: bytes) -> None:
    started = time.thread_time()
    with contextlib.suppress(BadInput):
        email_parsing.parse_raw_mail(raw)
    assert time.thread_time() - started < 5


HEAD = b"From: a@b.example\r\n"
PARTS = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(700)) + b"\r\nhi",
        HEAD + b"X-A: a\r\n" + b" b\r\n" * 2_500 + b"\r\nhi",
        HEAD + b"X-A: " + b"a" * 300_000 + b"\r\n\r\nhi",
        PARTS + b"--b\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(700)) + b"\r\nhi\r\n--b--\r\n",
        PARTS + b"--b\r\nX: y\r\n\r\nz\r\n" * 6_000,
    ],
    ids=["many headers", "many lines", "one large header", "many headers of a part", "many parts"],
)
def test_a_head_that_no_mailer_writes_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput, match="head"):
        email_parsing.parse_raw_mail(raw)


def test_a_long_head_of_an_honest_mail_is_read() -> None:
    head = b"".join(b"Received: from a by b;\r\n\tMon, 30 Nov 2026 20:05:00 +0900\r\n" for _ in range(200))
    head += b"References: " + b"<0123456789@mail.example>\r\n " * 300 + b"\r\n"
    assert email_parsing.parse_raw_mail(HEAD + head + b"\r\nhi").text == "hi"


@pytest.mark.parametrize(
    "words",
    ["\ufdfa" * 200_000, ("\ufdfa" * 39 + "\n") * 5_000, "a" + "\u0315\u0300" * 100_000, "\u0344" * 200_000],
    ids=["phrases", "lines of phrases", "piled marks", "double marks"],
)
def test_letters_that_become_many_are_compared_in_no_time(words: str) -> None:
    started = time.thread_time()
    assert strip_quoted_replies(words, words[:6000]).strip("\n") in (words.strip("\n"), "")
    assert time.thread_time() - started < 1


def test_a_line_that_begins_with_our_words_and_goes_on_is_the_customers() -> None:
    ours = "返品は30日以内です。" * 2_000
    assert strip_quoted_replies(f"{ours[:8_000]}私の言葉です", ours) == f"{ours[:8_000]}私の言葉です"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ('"a..b."@docomo.ne.jp', "a..b.@docomo.ne.jp"),
        ("花子 <x+y=z@mail.example>", "x+y=z@mail.example"),
        ("O'Neil <o'neil@mail.example>", "o'neil@mail.example"),
        (".:(]\\\x00é]>]\r花\r_@x.example", "_@x.example"),
        ("t-a@\x00@_f)\n(@x", ""),
        (':"]u]q-_;] \n8_[-\t花q([>@@x.example', ""),
    ],
)
def test_addresses_to_which_mail_can_go(header: str, address: str) -> None:
    assert email_parsing.parse_address(header)[1] == address


def test_a_message_id_is_one_word() -> None:
    headers = {"from": "a@mail.example", "message-id": "<a@b>\r\nBcc: victim@mail.example"}
    assert (
        email_parsing.build_mail(headers, MailContents(plain="x")).message_id
        == "<a@b>Bcc:victim@mail.example"
    )
