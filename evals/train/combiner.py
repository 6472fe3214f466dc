"""Fits the combiner weights of signals: n-gram logit, rule features and previous values, in context."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.domain.messages import Author
from assistant.domain.signals import Decision, HumanRequest, Signals
from assistant.domain.turns import History, PastTurn, Utterance
from assistant.signals import cues, frustration, unfamiliarity
from assistant.signals.human_request import compute_request_features, find_human_request
from assistant.signals.language import detect_language
from assistant.signals.normalization import normalize_text, split_clauses
from assistant.signals.progress import ProgressSignal, matches_cue, score_progress
from assistant.signals.small_talk import detect_small_talk
from evals.data.dialogues import build_utterances, load_json_lines, load_own_dialogues
from evals.data.training_sources import LANGUAGES, LINES, is_held_out, load_lines, load_service_talk
from evals.data.turn_examples import KEPT_APART, LETTERS, load_written_turns
from evals.train.optimisers import Array, find_best_threshold, fit_small_logistic

#: Iterations: the previous turn's score is a feature and depends on the weights.
ITERATIONS = 4
#: Minimum precision of requests that the classifier adds to the matcher's.
PRECISE_WISH = 0.85
LABELS = {"frustration": "F", "unfamiliarity": "U"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledConversation:
    """A conversation with a label for each customer line."""

    lines: tuple[Utterance, ...]
    targets: Mapping[int, float]
    weight: float
    domain: str = "service"


def load_conversations(data: Path, signal: str) -> list[LabelledConversation]:
    found = [
        LabelledConversation(
            lines=dialogue.lines,
            targets={place: float(LABELS[signal] in labels) for place, labels in dialogue.labels.items()},
            weight=1.0,
        )
        for language in LANGUAGES
        for dialogue in load_own_dialogues(language, "train")
    ]
    found += _load_single_lines(signal, 0.25) + _load_calm(data) + _load_written(LETTERS[LABELS[signal]])
    other = "unfamiliarity" if signal == "frustration" else "frustration"
    found += _load_single_lines(other, 0.05, all_are=0.0)
    return found + (_load_naist(data) if signal == "frustration" else [])


def _load_written(label: str) -> list[LabelledConversation]:
    """Dialogues of independent writers, except those for measuring and calibration."""
    found: list[LabelledConversation] = []
    for _, turns in groupby(load_written_turns(), lambda turn: turn.dialogue):
        every = list(turns)
        if every[0].source in KEPT_APART:
            continue
        last = every[-1]
        lines = (*last.lines, Utterance(author=Author.CUSTOMER, text=last.text))
        targets = {len(turn.lines): turn.labels[label] for turn in every}
        found.append(LabelledConversation(lines=lines, targets=targets, weight=1.0))
    return found


#: Annoyance is as frequent as calm in generated lines; among customers it is not.
def _load_single_lines(
    name: str, weight: float, *, all_are: float | None = None
) -> list[LabelledConversation]:
    return [
        LabelledConversation(
            lines=(Utterance(author=Author.CUSTOMER, text=row[2:]),),
            targets={0: float(row[0] == "+") if all_are is None else all_are},
            weight=weight * (0.4 if row[0] == "+" else 1.0),
        )
        for language in LANGUAGES
        for row in (LINES / f"{name}.{language}.txt").read_text("utf-8").splitlines()
        if row[:2] in ("+ ", "- ")
    ]


def _load_calm(data: Path) -> list[LabelledConversation]:
    found = []
    for dialogue in load_json_lines(data / "asdc.jsonl"):
        lines = build_utterances(dialogue["turns"], "customer")
        targets = {i: 0.0 for i, line in enumerate(lines) if line.author is Author.CUSTOMER}
        found.append(LabelledConversation(lines=lines, targets=targets, weight=0.3))
    for text in load_service_talk(data, 300):
        found.append(
            LabelledConversation(
                lines=(Utterance(author=Author.CUSTOMER, text=text),), targets={0: 0.0}, weight=0.1
            )
        )
    return found


def _load_naist(data: Path) -> list[LabelledConversation]:
    found = []
    for dialogue in load_json_lines(data / "naist_persuasion.jsonl"):
        if is_held_out(dialogue["id"]):
            continue
        targets = {
            i: turn["emotions"].count("怒り") / len(turn["emotions"])
            for i, turn in enumerate(dialogue["turns"])
            if turn["role"] == "user"
        }
        lines = build_utterances(dialogue["turns"], "user")
        found.append(LabelledConversation(lines=lines, targets=targets, weight=0.06, domain="naist"))
    return found


@dataclass(slots=True)
class TrainingMoment:
    """One customer line with the features that do not depend on the weights."""

    talk: LabelledConversation
    text: str
    target: float
    history: History
    progress: ProgressSignal
    hits: list[cues.Hit]
    heard: float


def fit_combiner(
    signal: str, known: list[LabelledConversation], heard: Mapping[str, float]
) -> dict[str, float]:
    """Feature -> weight."""
    moments = [moment for talk in known for moment in _build_moments(signal, talk, heard)]
    targets = np.array([moment.target for moment in moments])
    weights = np.array([moment.talk.weight for moment in moments])
    joined: dict[str, float] = {}
    for _ in range(ITERATIONS):
        shown = _build_feature_rows(signal, moments, joined)
        names = ["bias", *sorted({name for row in shown for name in row} - {"bias"})]
        matrix = np.array([[row.get(name, 0.0) for name in names] for row in shown])
        found = fit_small_logistic(matrix, targets, weights)
        joined = {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}
    if signal == "frustration":
        # .5 is where F1 is highest on whole dialogues.
        whole = np.array([moment.talk.weight >= 1.0 for moment in moments])
        shift = find_best_threshold((matrix @ found)[whole], targets[whole] > 0.5)
        joined["bias"] = round(joined["bias"] - shift, 4)
    return {name: value for name, value in joined.items() if not name.startswith("domain ")}


def _find_precise_threshold(
    logits: Array, wanted: NDArray[np.bool_], precise: float, weight: float = 1.0
) -> float:
    """The logit from which this share of turns is positive; a positive counts as much as *weight*."""
    order = np.argsort(-logits)
    right, wrong = np.cumsum(wanted[order] * weight), np.cumsum(~wanted[order])
    enough = np.flatnonzero(right / (right + wrong) >= precise)
    return float(logits[order][enough[-1]]) if len(enough) else 0.0


def _build_moments(
    signal: str, talk: LabelledConversation, heard: Mapping[str, float]
) -> list[TrainingMoment]:
    found: list[TrainingMoment] = []
    turns: list[PastTurn] = []
    for place, target in talk.targets.items():
        text = talk.lines[place].text
        folded = normalize_text(text)
        history = History(lines=talk.lines[:place], turns=tuple(turns))
        progress = score_progress(folded, history, len(turns), small_talk=detect_small_talk(folded))
        found.append(
            TrainingMoment(talk, text, target, history, progress, _find_hits(signal, folded), heard[text])
        )
        signals = Signals(turn=len(turns), reaction=progress.reaction)
        turns.append(PastTurn(signals=signals, decision=Decision.ANSWER, query=text))
    return found


def _find_hits(signal: str, folded: str) -> list[cues.Hit]:
    if signal == "frustration":
        return frustration.find_word_hits(folded)
    return list(cues.find_hits("unfamiliarity", split_clauses(folded)[:12]))


def _build_feature_rows(
    signal: str, moments: list[TrainingMoment], joined: Mapping[str, float]
) -> list[dict[str, float]]:
    shown = []
    felt: list[float] = []
    for moment in moments:
        felt = felt[: len(moment.history.turns)]
        history = _apply_felt_signals(signal, moment.history, felt)
        row = _compute_features(signal, moment, history)
        if moment.talk.domain != "service":
            row[f"domain {moment.talk.domain}"] = 1.0
        shown.append(row)
        logit = sum(joined.get(name, 0.0) * value for name, value in row.items())
        felt.append(float(1 / (1 + np.exp(-logit))) if joined else 0.0)
    return shown


def _apply_felt_signals(signal: str, history: History, felt: list[float]) -> History:
    """The history with the signals that were computed for earlier turns."""
    turns = [
        replace(turn, signals=_set_signal(signal, turn.signals, value))
        for turn, value in zip(history.turns, felt, strict=True)
    ]
    return replace(history, turns=turns)


def _set_signal(signal: str, signals: Signals, value: float) -> Signals:
    if signal == "frustration":
        return replace(signals, frustration=value)
    return replace(signals, unfamiliarity=value)


def _compute_features(signal: str, moment: TrainingMoment, history: History) -> dict[str, float]:
    if signal == "frustration":
        loud = frustration.compute_emphasis(moment.text)
        return frustration.compute_frustration_features(
            moment.hits, loud, history, moment.progress, moment.heard
        )
    folded = normalize_text(moment.text)
    brief = detect_small_talk(folded) is None and unfamiliarity.is_brief(
        folded, detect_language(folded, LANGUAGES)
    )
    return unfamiliarity.compute_unfamiliarity_features(moment.hits, history, moment.heard, brief=brief)


def fit_wish_combiner(data: Path, heard: Mapping[str, float]) -> dict[str, float]:
    """Feature -> weight, for turns on which the matcher is uncertain."""
    known = [(example.text, example.target, 0.5) for example in load_lines("wish", 1.0)]
    known += [
        (line.text, float("P" in dialogue.labels[place]), 1.0)
        for language in LANGUAGES
        for dialogue in load_own_dialogues(language, "train")
        for place, line in enumerate(dialogue.lines)
        if place in dialogue.labels
        and not (place and matches_cue("reply_offers", dialogue.lines[place - 1].text))
    ]
    known += [(text, 0.0, 1.0) for text in load_service_talk(data, 400)]
    unsure = [
        (compute_request_features(found, heard[text]), target, weight)
        for text, target, weight in known
        if (found := find_human_request(normalize_text(text))).request is not HumanRequest.CLEAR
    ]
    names = ["bias", "heard", "vague", "denied"]
    matrix = np.array([[row[name] for name in names] for row, _, _ in unsure])
    targets = np.array([target for _, target, _ in unsure])
    weights = np.array([weight for _, _, weight in unsure])
    fitted = fit_small_logistic(matrix, targets, weights)
    joined = {name: round(float(value), 4) for name, value in zip(names, fitted, strict=True)}
    sure = _find_precise_threshold(matrix @ fitted, targets > 0.5, PRECISE_WISH)
    joined["bias"] = round(joined["bias"] - sure, 4)
    return joined
