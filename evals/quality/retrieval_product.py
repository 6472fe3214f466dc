"""Retrieval and follow-ups over folders that the product ingests itself; part of ``evals retrieval``.

`municipal`: questions of citizens in their own words, written for this and never trained on. `load_sample`:
the sample help with questions and near misses by another writer, never trained on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.answering.query_rewrite import build_standalone_question
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.turns import Utterance
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.ports.models import Embedder
from evals.data.retrieval_sets import LabelledQuestion, Row, load_json_lines, load_small_talk
from evals.quality.retrieval_runs import build_folder_retriever, compute_ndcg
from evals.quality.scores import compute_auroc

CASES = Path(__file__).parents[1] / "cases"
SAMPLE = Path(__file__).parents[2] / "knowledge_base"
Scored = list[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFolder:
    """A folder with questions that it answers, and near misses that it does not."""

    name: str
    path: Path
    known: list[LabelledQuestion]
    near: list[LabelledQuestion]


async def measure_folders(embedder: Embedder, data: Path) -> list[Row]:
    """The right article first, AUROC against unanswerable questions, and the right article for follow-ups."""
    with TemporaryDirectory() as place:
        folders = [_build_municipal(Path(place)), load_sample("sample_kb.held.jsonl")]
        lines: list[Row] = []
        for folder, other in zip(folders, reversed(folders), strict=True):
            retriever, database = await build_folder_retriever(folder.path, embedder)
            known = await _search_questions(retriever, folder.known)
            near = await _search_questions(retriever, folder.near)
            far = await _search_questions(retriever, [*other.known, *load_small_talk(data)])
            lines.append(_compute_measures(folder, known, near, far))
            if folder.name == "sample":
                lines += await _measure_follow_ups(retriever)
            database.close()
    return lines


async def _search_questions(
    retriever: HybridRetriever, questions: Sequence[LabelledQuestion]
) -> list[Scored]:
    """The articles found, best first, each with its best passage's score."""
    found = []
    for asked in questions:
        best: dict[str, float] = {}
        for passage in await retriever.search(asked.text, language=asked.language, limit=20):
            best.setdefault(passage.article, passage.score)
        found.append(list(best.items()))
    return found


def _compute_measures(
    folder: QuestionFolder, known: list[Scored], near: list[Scored], far: list[Scored]
) -> Row:
    gains, firsts = [], []
    for found, asked in zip(known, folder.known, strict=True):
        names = [name for name, _ in found]
        gains.append(compute_ndcg(names, asked.relevant))
        firsts.append(bool(names) and names[0] in asked.relevant)
    own, none = [_get_best_score(found) for found in known], [_get_best_score(found) for found in near + far]
    enough = Policy().answer_score
    return {
        "set": f"{folder.name} (ingested)",
        "nDCG@10": float(np.mean(gains)),
        "hit@1": float(np.mean(firsts)),
        "AUROC near and far": compute_auroc([*own, *none], [True] * len(own) + [False] * len(none)),
        "own answered": _compute_share(own, enough),
        "near answered": _compute_share([_get_best_score(found) for found in near], enough),
        "far answered": _compute_share([_get_best_score(found) for found in far], enough),
    }


async def _measure_follow_ups(retriever: HybridRetriever) -> list[Row]:
    """The right article first or among five, for follow-ups unchanged and rewritten."""
    cases = load_json_lines(CASES / "followups.jsonl")
    lines: list[Row] = []
    for held in (False, True):
        for name in ("as said", "standing alone"):
            ranks = []
            for case in cases:
                if case["held"] == held:
                    before = [
                        Utterance(author=Author.CUSTOMER, text=case["earlier"]),
                        Utterance(author=Author.ASSISTANT, text=case["reply"]),
                    ]
                    text = (
                        case["text"] if name == "as said" else build_standalone_question(case["text"], before)
                    )
                    [found] = await _search_questions(
                        retriever, [LabelledQuestion(text=text, language=case["lang"], relevant={})]
                    )
                    names = [article for article, _ in found][:5]
                    ranks.append(next((i for i, n in enumerate(names) if n in case["relevant"]), 9))
            lines.append(
                {
                    "set": f"follow-ups {'held' if held else 'seen'}, {name}",
                    "hit@1": float(np.mean([rank == 0 for rank in ranks])),
                    "hit@5": float(np.mean([rank < 5 for rank in ranks])),
                }
            )
    return lines


def _build_municipal(place: Path) -> QuestionFolder:
    known = []
    for number, row in enumerate(load_json_lines(CASES / "municipal.jsonl")):
        name = f"m{number:03}.md"
        (place / name).write_text(f"---\ntitle: {row['title']}\n---\n{row['text']}\n", encoding="utf-8")
        known += [LabelledQuestion(text=text, language="ja", relevant={name: 1}) for text in row["questions"]]
    return QuestionFolder(name="municipal", path=place, known=known, near=[])


def load_sample(name: str) -> QuestionFolder:
    """The sample help with the questions of a file of cases."""
    cases = [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]
    asked = [
        LabelledQuestion(
            text=case["text"], language=case["lang"], relevant=dict.fromkeys(case["relevant"], 1)
        )
        for case in cases
    ]
    return QuestionFolder(
        name="sample",
        path=SAMPLE,
        known=[each for each in asked if each.relevant],
        near=[each for each in asked if not each.relevant],
    )


def _get_best_score(found: Scored) -> float:
    return max((score for _, score in found), default=0.0)


def _compute_share(scores: Sequence[float], enough: float) -> float:
    return float(np.mean([score >= enough for score in scores])) if scores else float("nan")
