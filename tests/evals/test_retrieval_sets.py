"""Knowledge bases made for training: what is asked of them, and what is missing on purpose."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.knowledge.retrieval import ranking
from assistant.knowledge.retrieval.features import RANKING_FEATURES, RetrievalCandidates
from evals.data.retrieval_sets import (
    INVENTED,
    LabelledQuestion,
    QuestionCollection,
    build_hollowed_set,
    load_invented_set,
    select_part,
)
from evals.quality.retrieval_runs import SeenQuestion
from evals.train.calibration import TrainingSet, list_question_kinds


def squad(folder: Path) -> Path:
    """Three passages of the same words; each has a question."""
    text = "梅雨は5月から始まる。長雨が続く季節である。湿度も高くなり蒸し暑い日が多い。"
    kb = [{"id": name, "title": "梅雨", "text": text, "lang": "ja"} for name in "abc"]
    asked = [
        {"text": f"{name}はいつ？", "lang": "ja", "answers": ["5月"], "relevant": {name: 1}} for name in "abc"
    ]
    (folder / "jsquad").mkdir()
    for name, rows in (("kb", kb), ("queries", asked)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / "jsquad" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_a_hollowed_passage_keeps_all_but_the_answer(tmp_path: Path) -> None:
    made = build_hollowed_set(squad(tmp_path), 2)
    assert [article.text for article in made.articles] == [
        "長雨が続く季節である。湿度も高くなり蒸し暑い日が多い。"
    ] * 2
    assert [(asked.text, asked.relevant) for asked in made.questions] == [
        ("aはいつ？", {}),
        ("bはいつ？", {}),
    ]


def test_a_part_is_asked_nothing_that_only_the_rest_answers(tmp_path: Path) -> None:
    whole = build_hollowed_set(squad(tmp_path), 3)
    asked = [LabelledQuestion(text="?", language="ja", relevant={name: 1}) for name in "abc"]
    made = select_part(QuestionCollection(name="x", articles=whole.articles, questions=asked), 2)
    assert [list(each.relevant) for each in made.questions] == [["a"], ["b"]]


def test_near_misses_lack_the_answer_and_gaps_all_that_is_like_it() -> None:
    dice = np.random.default_rng(0)
    found = RetrievalCandidates(
        features=dice.uniform(0, 1, (20, len(RANKING_FEATURES))).astype(np.float32),
        own_language=np.ones(20, np.float32),
        title_share=np.ones(20, np.float32),
        asked=3,
        unknown=0,
        japanese=True,
        article=np.arange(20),
    )
    right = np.arange(20) == 4
    asked = LabelledQuestion(text="?", language="ja", relevant={"4": 1})
    own = SeenQuestion(asked, [str(row) for row in range(20)], found, right)
    made = list_question_kinds(
        TrainingSet(QuestionCollection(name="x", articles=[], questions=[]), [own], []),
        ranking.load_fusion_weights(),
    )
    [(out, none)], [(gap, nothing)] = made["out"][1], made["gap"][1]
    assert len(out.features) == 19
    assert not none.any()
    assert not nothing.any()
    assert 3 <= len(out.features) - len(gap.features) < 12
    best = ranking.score_candidates(found, ranking.load_fusion_weights())
    assert best[gap.article].max() <= np.sort(best[~right])[-4]
    [(small, its)] = made["own, small"][1]
    assert its.sum() == 1
    assert len(small.features) <= 10


@pytest.mark.parametrize("name", INVENTED)
def test_invented_knowledge_bases_hold_what_is_asked_of_them(name: str) -> None:
    made = load_invented_set(name)
    names = {article.id for article in made.articles}
    assert len(names) == len(made.articles) >= 90
    assert all(asked.relevant.keys() <= names for asked in made.questions)
    assert len(made.questions) >= 250
    assert len(made.near) >= 100
    assert {asked.text for asked in made.questions}.isdisjoint(asked.text for asked in made.near)
