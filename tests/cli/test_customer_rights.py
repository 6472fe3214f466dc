"""`assistant customer`: what a person may ask for, and consents from a file."""

import json

import pytest

from assistant.cli.customer_rights import build_export, parse_consents
from assistant.domain.errors import BadInput, NotFound
from tests.conversation.test_cases import hear
from tests.harness import MONDAY_NOON, Harness


async def test_an_export_has_everything_of_one_person_and_nothing_of_another(rig: Harness) -> None:
    talk = await hear(rig, "返品の期限は？ カナリア4711", 1)
    other = (await rig.open()).conversation.id
    await rig.say(other, "ほかの方の言葉")
    found = await rig.database.write(lambda store: build_export(store, "line:U1", rig.clock()))
    text = json.dumps(found, ensure_ascii=False)
    assert "カナリア4711" in text
    assert "ほかの方" not in text
    assert [row["id"] for row in found["tables"]["conversations"]] == [talk]
    assert "token_hash" not in found["tables"]["conversations"][0]
    assert found["tables"]["data_reads"] == []  # as it was before this export
    customer = found["customers"][0]
    (read,) = await rig.database.read(lambda store: store.consents.list_reads(customer, limit=10))
    assert (read.actor, read.what) == ("operator", "export")
    with pytest.raises(NotFound):
        await rig.database.write(lambda store: build_export(store, "nobody", rig.clock()))


def test_consents_of_a_file_have_their_row_as_proof() -> None:
    rows = [
        {"メール": "Sato@x.jp", "purpose": "tips", "state": "given", "wording": "お知らせを受け取る"},
        {"メール": "ito@x.jp", "purpose": "", "state": "withdrawn"},
    ]
    first, second = parse_consents(rows, "", "old.csv", MONDAY_NOON)
    assert (first.identity_type, first.identity, first.evidence) == ("email", "sato@x.jp", "old.csv:2")
    assert (second.purpose, second.channel, second.state) == ("*", "*", "withdrawn")
    with pytest.raises(BadInput, match="Row 2: state"):
        parse_consents([{"email": "a@x.jp", "state": "yes"}], "", "old.csv", MONDAY_NOON)
    with pytest.raises(BadInput, match="whom a row is about"):
        parse_consents([{"name": "a", "state": "given"}], "", "old.csv", MONDAY_NOON)
