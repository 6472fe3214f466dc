"""Generated documents of the kinds that help centres are made of: every one is read as a reader sees it."""

import pytest

from assistant.knowledge.loaders import LOADERS
from evals.world.document_siblings import MadeDocument, generate_documents

ALL = list(generate_documents())


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 200
    assert {".md", ".mdx", ".html", ".csv", ".xlsx", ".pdf"} == {one.suffix for one in ALL}


@pytest.mark.parametrize("suffix", sorted({one.suffix for one in ALL}))
def test_generated_documents_say_what_a_reader_sees(suffix: str) -> None:
    assert [one.name for one in ALL if one.suffix == suffix and _wrong(one)] == []


def _wrong(made: MadeDocument) -> bool:
    text = "\n".join(f"{one.title}\n{one.text}" for one in LOADERS[made.suffix](made.data)) + "\n"
    return not all(one in text for one in made.has) or any(one in text for one in made.lacks)
