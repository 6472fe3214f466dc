"""Sentences with a passage and a label, whether it supports them: training data of the grounding classifier.

Public labelled sets (shared/data/grounding) and our own: sentences of knowledge bases unchanged, reworded,
paraphrased by hand, and made false. Nothing of a ``held`` half is trained on: other articles, other words.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from assistant.domain.knowledge import Origin, Passage
from assistant.knowledge.ingest.article_builder import build_article
from assistant.knowledge.ingest.chunking import split_into_chunks
from assistant.knowledge.loaders.markdown import load_markdown
from assistant.text.sentences import split_sentences
from evals.data.date_mutations import generate_notices
from evals.data.mutations import GroundingCase, generate_false_cases, generate_true_cases

ROOT = Path(__file__).parents[2]
DATA = Path("../shared/data")
PARAPHRASES = ROOT / "evals/cases/paraphrases.jsonl"
#: Folders of the sample help that are held out, and the name of the other help centre in the paraphrases.
HELD_FOLDERS = ("orders", "gifts", "business", "points", "repair")
OTHER = "mackerel:"
TRUE = frozenset({"as it stands", "reworded", "paraphrase", "true date", "true amount"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReply:
    """A reply, its source text, and the label."""

    said: str
    known: tuple[str, ...]
    supported: bool
    #: Decides its half: replies with a common source are never split.
    group: str

    @property
    def is_held(self) -> bool:
        return int(hashlib.sha1(self.group.encode()).hexdigest(), 16) % 3 == 0


def load_faithdial() -> Iterator[JudgedReply]:
    """Entailed against hallucinated, in whole or in part; generic and unlabelled replies are left out."""
    for line in (DATA / "grounding/faithdial_audit.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        known = row.get("knowledge") or row.get("evidence") or ""
        said = next((row[key] for key in ("ctrl", "gpt2", "doha", "response") if key in row), "").strip()
        label = (row.get("begin_label") or row.get("BEGIN") or "").lower()
        if known and said and label and label != "generic":
            parts = tuple(part[:600] for part in split_sentences(known))
            yield JudgedReply(said=said, known=parts, supported="halluc" not in label, group=known)


def load_jnli() -> Iterator[JudgedReply]:
    """Entailed against contradiction and neutral; pairs about one picture are in one half."""
    for line in (DATA / "grounding/jnli.valid.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        group = row["yjcaptions_id"].split("-")[0]
        supported = row["label"] == "entailment"
        yield JudgedReply(said=row["sentence2"], known=(row["sentence1"],), supported=supported, group=group)


@cache
def load_passages(folder: Path) -> tuple[Passage, ...]:
    """The passages of a folder of Markdown articles, chunked as an ingest does, without an index."""
    found: list[Passage] = []
    for file in sorted(folder.rglob("*.md")):
        if file.name != "README.md":
            found += _load_file_passages(file, str(file.relative_to(folder)))
    return tuple(found)


def _load_file_passages(file: Path, id_: str) -> Iterator[Passage]:
    for document in load_markdown(file.read_bytes()):
        origin = Origin(source=str(file), location=str(file))
        article = build_article(document, id=id_, folders=file.parts[:-1], url=None, origin=origin)
        for chunk in split_into_chunks(article.text, lambda text: len(text) // 2 + 1):
            yield Passage(
                chunk=chunk.position,
                article=article.id,
                title=article.title,
                url="",
                language=article.language,
                headings=chunk.headings,
                text=chunk.text,
                score=0.9,
            )


def split_halves() -> dict[str, list[Passage]]:
    """Passages to train on and passages held out: no article is in both."""
    sample = load_passages(ROOT / "knowledge_base")
    held = [p for p in sample if p.article.split("/")[1] in HELD_FOLDERS]
    return {"train": [p for p in sample if p not in held], "held": [*held, *_load_other_passages()]}


def _load_other_passages() -> list[Passage]:
    """A sample of the other help centre's passages, and all that are paraphrased."""
    every = load_passages(DATA / "help_center")
    return [
        replace(p, article=OTHER + p.article)
        for p in every
        if (_is_in_share(p.article, 12) and len(p.text) < 1500) or _is_paraphrased(OTHER + p.article)
    ]


def _is_in_share(text: str, parts: int) -> bool:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) % parts == 0


@cache
def _load_paraphrases() -> tuple[dict[str, str], ...]:
    return tuple(json.loads(line) for line in PARAPHRASES.read_text("utf-8").splitlines())


def _is_paraphrased(article: str) -> bool:
    return any(row["article"] == article for row in _load_paraphrases())


def list_paraphrase_cases(half: str, passages: Sequence[Passage]) -> Iterator[list[GroundingCase]]:
    """Each paraphrased true sentence with every passage of its article: one of them supports it."""
    for row in _load_paraphrases():
        own = [p for p in passages if p.article == row["article"]]
        if row["half"] == half and own:
            yield [
                GroundingCase(kind="paraphrase", language=p.language, sentence=row["text"], passage=p)
                for p in own
            ]


def list_own_cases(half: str, most: int = 200) -> list[GroundingCase]:
    """True and false sentences, at most *most* per kind and language."""
    random = Random(half)
    passages = split_halves()[half]
    true = list(generate_true_cases(passages))
    said = [case for case in true if case.kind == "reworded"]
    cases = [*true, *generate_false_cases([*true, *said], random, half), *generate_notices(random, most // 4)]
    cases += _list_misplaced_cases(true, passages, random)
    cases += _list_unrelated_cases(true, half, random)
    return _limit_cases(cases, most, random)


def _list_misplaced_cases(
    true: Sequence[GroundingCase], passages: Sequence[Passage], random: Random
) -> Iterator[GroundingCase]:
    """True sentences with another passage of the same language."""
    by_language = {lang: [p for p in passages if p.language == lang] for lang in ("ja", "en")}
    for case in random.sample(list(true), min(len(true), 1500)):
        other = random.choice(by_language[case.language])
        if other.article != case.passage.article:
            yield replace(case, kind="of another passage", passage=other)


def _list_unrelated_cases(
    true: Sequence[GroundingCase], half: str, random: Random
) -> Iterator[GroundingCase]:
    """Unrelated sentences from the public sets."""
    for name, read in JUDGED.items():
        said = [one.said for one in read() if one.is_held is (half == "held")]
        own = [case for case in true if case.language == LANGUAGE_OF[name]]
        for sentence in random.sample(said, 200):
            yield replace(random.choice(own), kind="unrelated", sentence=sentence)


def _limit_cases(cases: Sequence[GroundingCase], most: int, random: Random) -> list[GroundingCase]:
    kinds: dict[tuple[str, str], list[GroundingCase]] = {}
    for case in cases:
        if re.search(r"\w", case.sentence):
            kinds.setdefault((case.kind, case.language), []).append(case)
    return [case for group in kinds.values() for case in random.sample(group, min(most, len(group)))]


LANGUAGE_OF = {"faithdial": "en", "jnli": "ja"}
Sets = dict[str, Callable[[], Iterator[JudgedReply]]]
JUDGED: Sets = {"faithdial": load_faithdial, "jnli": load_jnli}
