"""Knowledge bases with questions, loaded from the shared data or derived from it."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.domain.knowledge import Article

#: A line of a report: a set, a pipeline, its measures.
Row = dict[str, str | float]

#: Seed of generated sets.
SEED = 3
#: Characters of an article: about what one vector represents.
LONG = 1_500
#: Most training articles of a set: more teach little and take minutes to embed.
LEARNED = 600
#: Articles of a set that are also used without their titles.
UNTITLED = 200
#: Sections of a help centre, and its articles queried in the other language.
SECTIONS = 160
TRANSLATED = 120
#: Passages whose title is a question.
TITLED = 400
#: Pairs of paraphrases.
PARAPHRASES = 400
#: Knowledge bases of other domains, written for measuring only: many similar articles, questions in
#: customers' own words, and near misses.
INVENTED = ("telecom", "hospital", "airline", "payroll")
FAQ = Path(__file__).parents[1] / "cases" / "faq"
CHATTER = {"openinggreeting", "closinggreeting", "confirmation", "rejection", "thankyou"}
JAPANESE_CHATTER = (
    "こんにちは",
    "はじめまして、よろしくお願いします",
    "ありがとうございました",
    "なるほど、わかりました",
    "はい、そうです",
    "いいえ、結構です",
    "お疲れさまです",
    "今日は暑いですね",
    "元気ですか？",
    "あなたは人間ですか",
    "少し待ってください",
    "了解です、助かりました",
)
HEADING = re.compile(r"#{1,4}\s+(.*)")
MARKUP = re.compile(r"<[^>]+>|!\[.*?\]\(.*?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """A question and the articles that answer it."""

    text: str
    language: str
    relevant: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCollection:
    """A knowledge base and its questions.

    *family* names the source, so that related sets are held out together.
    """

    name: str
    articles: list[Article]
    questions: list[LabelledQuestion]
    #: Questions that no article answers.
    near: Sequence[LabelledQuestion] = ()

    @property
    def family(self) -> str:
        return self.name.partition("-")[0]


def load_reported_sets(data: Path) -> Iterator[QuestionCollection]:
    """The sets that are reported."""
    for name in ("stackfaq", "covidfaq", "jsquad"):
        yield load_stored_set(data, name)
    both = load_stored_set(data, "mackerel_crosslingual")
    for language in ("ja", "en"):
        yield QuestionCollection(
            name=f"mackerel-{language}",
            articles=[article for article in both.articles if article.language != language],
            questions=[asked for asked in both.questions if asked.language == language],
        )


def load_training_sets(data: Path) -> Iterator[QuestionCollection]:
    """The training sets: the reported ones, and others derived from related data."""
    for made in load_reported_sets(data):
        yield select_part(made, TRANSLATED if made.family == "mackerel" else LEARNED)
        if made.family != "mackerel":
            yield _remove_titles(made)
    yield select_part(_build_second_questions(load_stored_set(data, "jsquad")), TITLED)
    for language in ("ja", "en"):
        yield _build_heading_questions(data.parent / "help_center" / language, language)
    yield _build_intent_set(data.parent / "scope" / "banking77.train.jsonl", "banking77", each=8)
    yield _build_intent_set(data.parent / "scope" / "clinc150.train.jsonl", "clinc150", each=5)
    yield _build_intent_set(data.parent / "dialogues" / "bitext.jsonl", "bitext", each=12)
    yield _build_paraphrase_set(data.parent / "grounding" / "jnli.valid.jsonl")


def load_small_talk(data: Path) -> list[LabelledQuestion]:
    """Customers' turns without a question, in both languages."""
    said = {
        turn["text"]
        for path in sorted((data.parent / "dialogues" / "multidogo").glob("*.jsonl"))
        for row in load_json_lines(path)
        for turn in row["customer_turns"]
        if turn["intent"] in CHATTER and len(turn["text"]) > 3
    }
    english = random.Random(SEED).sample(sorted(said), 30)
    return [
        LabelledQuestion(text=text, language=language, relevant={})
        for language, texts in (("en", english), ("ja", JAPANESE_CHATTER))
        for text in texts
    ]


def load_stored_set(data: Path, name: str) -> QuestionCollection:
    return _load_set(name, data / name / "kb.jsonl", data / name / "queries.jsonl")


def load_invented_set(name: str) -> QuestionCollection:
    return _load_set(name, FAQ / f"{name}.kb.jsonl", FAQ / f"{name}.queries.jsonl")


def _load_set(name: str, articles: Path, questions: Path) -> QuestionCollection:
    asked = [
        LabelledQuestion(text=row["text"], language=row["lang"], relevant=row["relevant"])
        for row in load_json_lines(questions)
    ]
    return QuestionCollection(
        name=name,
        articles=[
            _build_article(row["id"], row["title"].strip(), row["text"], row["lang"])
            for row in load_json_lines(articles)
        ],
        questions=[each for each in asked if each.relevant],
        near=[each for each in asked if not each.relevant],
    )


def select_part(made: QuestionCollection, most: int) -> QuestionCollection:
    """The first articles of a set with their questions."""
    articles = made.articles[:most]
    names = {article.id for article in articles}
    questions = [asked for asked in made.questions if asked.relevant.keys() <= names]
    return replace(made, articles=articles, questions=questions)


def build_hollowed_set(data: Path, most: int) -> QuestionCollection:
    """Passages without the sentences that answer their questions: right in everything but the answer."""
    squad = select_part(load_stored_set(data, "jsquad"), most)
    answers = {row["text"]: row["answers"] for row in load_json_lines(data / "jsquad" / "queries.jsonl")}
    texts = {article.id: article.text for article in squad.articles}
    asked: dict[str, LabelledQuestion] = {}
    for question in squad.questions:
        [name] = question.relevant
        sentences = re.findall(r"[^。]*。?", texts[name])
        rest = "".join(each for each in sentences if not any(a in each for a in answers[question.text]))
        # If nearly nothing is left, the question would be unrelated rather than a near miss.
        if name not in asked and len(rest) > len(texts[name]) / 2:
            texts[name], asked[name] = rest, replace(question, relevant={})
    articles = [replace(article, text=texts[article.id]) for article in squad.articles]
    return replace(squad, name="jsquad-hollowed", articles=articles, questions=list(asked.values()))


def _remove_titles(made: QuestionCollection) -> QuestionCollection:
    """The first articles of a set without their titles."""
    some = select_part(made, UNTITLED)
    articles = [replace(article, title="") for article in some.articles]
    return replace(some, name=f"{made.name}-untitled", articles=articles)


def _build_second_questions(squad: QuestionCollection) -> QuestionCollection:
    """Passages titled with one of their questions and asked another one: the title covers only a part."""
    by_article: dict[str, list[str]] = {}
    for asked in squad.questions:
        by_article.setdefault(next(iter(asked.relevant)), []).append(asked.text)
    pairs = {name: texts for name, texts in by_article.items() if len(texts) > 1}
    return QuestionCollection(
        name="jsquad-faq",
        articles=[replace(a, title=pairs[a.id][0]) for a in squad.articles if a.id in pairs],
        questions=[
            LabelledQuestion(text=t[1], language="ja", relevant={name: 1}) for name, t in pairs.items()
        ],
    )


def _build_heading_questions(folder: Path, language: str) -> QuestionCollection:
    """Sections of a help centre without their headings; the headings are the questions."""
    articles, questions = [], []
    for path in sorted(folder.rglob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
        title = re.search(r"Title:\s*(.*)", head)
        for number, (heading, section) in enumerate(_split_sections(MARKUP.sub("", text))):
            name = f"{path.name}#{number}"
            if title and len(section) >= 60:
                articles.append(_build_article(name, title[1].strip(), section[:900], language))
                questions.append(
                    LabelledQuestion(text=heading or title[1].strip(), language=language, relevant={name: 1})
                )
    articles, questions = articles[:SECTIONS], questions[:SECTIONS]
    asked_once = [q for q in questions if sum(q.text == other.text for other in questions) == 1]
    return QuestionCollection(name=f"mackerel-headings-{language}", articles=articles, questions=asked_once)


def _split_sections(text: str) -> Iterator[tuple[str, str]]:
    heading, lines = "", list[str]()
    for line in [*text.splitlines(), "# end"]:
        if found := HEADING.match(line):
            yield heading, "\n".join(lines).strip()
            heading, lines = found[1].strip("#*` "), []
        else:
            lines.append(line)


def _build_intent_set(path: Path, name: str, *, each: int) -> QuestionCollection:
    """One article per intent, made of four utterances; the other utterances are the questions."""
    utterances: dict[str, list[str]] = {}
    for row in load_json_lines(path):
        utterances.setdefault(row["intent"], []).append(row.get("text") or row["utterance"])
    utterances.pop("oos", None)
    articles, questions = [], []
    for intent, texts in utterances.items():
        random.Random(SEED).shuffle(texts)
        articles.append(_build_article(intent, texts[0], " ".join(texts[1:4]), "en"))
        questions += [
            LabelledQuestion(text=text, language="en", relevant={intent: 1}) for text in texts[4 : 4 + each]
        ]
    return QuestionCollection(name=name, articles=articles, questions=questions)


def _build_paraphrase_set(path: Path) -> QuestionCollection:
    """Japanese titles without text; their paraphrases are the questions."""
    pairs = [row for row in load_json_lines(path) if row["label"] == "entailment"][:PARAPHRASES]
    return QuestionCollection(
        name="jnli",
        articles=[_build_article(row["sentence_pair_id"], row["sentence1"], "", "ja") for row in pairs],
        questions=[
            LabelledQuestion(text=row["sentence2"], language="ja", relevant={row["sentence_pair_id"]: 1})
            for row in pairs
        ],
    )


def _build_article(name: str, title: str, text: str, language: str) -> Article:
    return Article(id=name, title=title, language=language, text=text[:LONG], content_hash=name)


def load_json_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
