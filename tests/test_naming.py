"""How things are called: functions by verb and object, classes once, constants one a line."""

import ast
import re
import tokenize
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = sorted((ROOT / "assistant").rglob("*.py"))
SOURCES = PRODUCT + sorted((ROOT / "evals").rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in SOURCES}

#: Of all functions and methods, dunders aside.
MAX_ONE_WORD_SHARE = 0.25
#: Named by the library that calls them.
OVERRIDES = {"flush", "forward", "process", "upgrade", "downgrade"}
#: Nouns and verbs that only look like participles.
NO_PARTICIPLES = {"embed", "feed", "heading", "seed", "speed", "spending", "string"}
#: Participles without -ed and -ing.
IRREGULAR = re.compile(
    "begun|bent|born|bought|built|caught|chosen|come|drawn|driven|dug|fallen|felt|forgotten|fought|found|given|gone"
    "|got|grown|heard|held|hidden|hung|kept|known|laid|led|left|lent|lost|made|meant|met|paid|risen|said|seen|sent"
    "|shown|sold|spent|spoken|stood|struck|stuck|sunk|sworn|taken|taught|thought|thrown|told|torn|understood|woken"
    "|won|worn|woven|written"
)

#: What somebody who knows the field would search for; "normaliz" finds normalization too.
FIELD_TERMS = [
    "authenticat",
    "backfill",
    "backoff",
    "BM25",
    "calibrat",
    "candidate",
    "canonical",
    "chunk",
    "circuit breaker",
    "classifier",
    "cross-encoder",
    "dead letter",
    "debounce",
    "dedup",
    "embedding",
    "entailment",
    "fallback",
    "fusion",
    "grounding",
    "heartbeat",
    "idempoten",
    "late interaction",
    "lease",
    "n-gram",
    "normaliz",
    "outbox",
    "PII",
    "prompt injection",
    "rate limit",
    "reconcil",
    "rerank",
    "retention",
    "retry",
    "SLA",
    "snippet",
    "stemmer",
    "subscriber",
    "tokeniz",
    "typing indicator",
    "webhook",
]

#: Words that mean something only in this project; each had a term of the field.
PRIVATE_WORDS = re.compile(
    r"\b(?:arms? (?:of the search|that)|companions?|ears?|errands?|in step with|lays? on the table|lookouts?"
    r"|mend(?:s|ed|ing)?|shel(?:f|ves)|worn)\b",
    re.IGNORECASE,
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions() -> list[tuple[str, str]]:
    """File and name of every function that we named, without leading underscores."""
    return [
        (relative(path), node.name.strip("_"))
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if not node.name.startswith("__") and node.name not in OVERRIDES
    ]


def is_participle(name: str) -> bool:
    if "_" in name or name in NO_PARTICIPLES:
        return False
    return name.endswith(("ed", "ing")) or IRREGULAR.fullmatch(name) is not None


@pytest.mark.parametrize("top", ["assistant", "evals"])
def test_functions_say_what_they_do_to_what(top: str) -> None:
    names = [name for file, name in functions() if file.startswith(top)]
    short = Counter(name for name in names if "_" not in name)
    assert short.total() <= MAX_ONE_WORD_SHARE * len(names), short.most_common()


def test_no_function_is_a_bare_participle() -> None:
    assert [(file, name) for file, name in functions() if is_participle(name)] == []


def test_every_class_of_the_product_has_its_own_name() -> None:
    names = Counter(
        node.name for path in PRODUCT for node in ast.walk(TREES[path]) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_constants_stand_one_a_line() -> None:
    together = [
        (relative(path), ast.unparse(target))
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Tuple)
    ]
    assert together == []


def test_a_stranger_has_forty_terms_to_search_for() -> None:
    assert len(set(FIELD_TERMS)) == 40


@pytest.mark.parametrize("term", FIELD_TERMS)
def test_a_strangers_search_finds(term: str) -> None:
    parts = re.split(r"[\s-]", term)
    pattern = re.compile(r"(?<![^\W_])" + r"[\s_-]?".join(map(re.escape, parts)), re.IGNORECASE)
    assert any(pattern.search(text) for text in searched())


@cache
def searched() -> list[str]:
    """Names and docstrings of the product, as somebody's search sees them."""
    texts = [relative(path) for path in PRODUCT]
    for path in PRODUCT:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                texts.append(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name))
            elif isinstance(node, ast.AnnAssign | ast.Attribute):
                texts.append(
                    ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node).split(".")[-1]
                )
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                texts.append(ast.get_docstring(node) or "")
    return texts


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_docstrings_and_comments_use_no_private_words(path: Path) -> None:
    assert [text for text in list_prose(path) if PRIVATE_WORDS.search(text)] == []


def list_prose(path: Path) -> list[str]:
    """Docstrings and comments of a file."""
    docstrings = [
        ast.get_docstring(node) or ""
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module)
    ]
    with path.open("rb") as file:
        comments = [each.string for each in tokenize.tokenize(file.readline) if each.type == tokenize.COMMENT]
    return docstrings + comments
