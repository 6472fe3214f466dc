"""Learns how words, course and what was before join to one score, from talks in their context."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.domain.messages import Author
from assistant.domain.signals import Decision, Signals, Wish
from assistant.domain.turns import History, PastTurn, Said
from assistant.signals import cues, frustration, unfamiliarity
from assistant.signals.language import language_of
from assistant.signals.progress import Progress, meets, read_progress
from assistant.signals.small_talk import small_talk_of
from assistant.signals.text import clauses, comparable
from assistant.signals.wish import features, find_wish
from evals.dialogues import own, rows, said
from evals.fitting import Array, fit_logistic
from evals.training_sources import LANGUAGES, LINES, held_out, lines, service_talk
from evals.turn_examples import KEPT_APART, LETTERS, written_turns

#: What was felt before is itself judged by these weights: a few rounds settle it.
ROUNDS = 4
#: How often a wish that the classifier adds to those of the matcher must be right.
PRECISE_WISH = 0.85
LABELS = {"frustration": "F", "unfamiliarity": "U"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation with how much of the signal is in each customer line."""

    lines: tuple[Said, ...]
    targets: Mapping[int, float]
    weight: float
    domain: str = "service"

    def customer_texts(self) -> list[str]:
        return [self.lines[place].text for place in self.targets]


def talks(data: Path, signal: str) -> list[Talk]:
    found = [
        Talk(
            lines=dialogue.lines,
            targets={place: float(LABELS[signal] in labels) for place, labels in dialogue.labels.items()},
            weight=1.0,
        )
        for language in LANGUAGES
        for dialogue in own(language, "train")
    ]
    found += _single(signal, 0.25) + _calm(data) + _written(LETTERS[LABELS[signal]])
    other = "unfamiliarity" if signal == "frustration" else "frustration"
    found += _single(other, 0.05, all_are=0.0)
    return found + (_naist(data) if signal == "frustration" else [])


def _written(label: str) -> list[Talk]:
    """Dialogues of independent writers, but for those that are measured and calibrated with."""
    found: list[Talk] = []
    for _, turns in groupby(written_turns(), lambda turn: turn.dialogue):
        every = list(turns)
        if every[0].source in KEPT_APART:
            continue
        last = every[-1]
        lines = (*last.lines, Said(author=Author.CUSTOMER, text=last.text))
        targets = {len(turn.lines): turn.labels[label] for turn in every}
        found.append(Talk(lines=lines, targets=targets, weight=1.0))
    return found


#: Lines made for training are as often annoyed as not; customers are not.
def _single(name: str, weight: float, *, all_are: float | None = None) -> list[Talk]:
    return [
        Talk(
            lines=(Said(author=Author.CUSTOMER, text=row[2:]),),
            targets={0: float(row[0] == "+") if all_are is None else all_are},
            weight=weight * (0.4 if row[0] == "+" else 1.0),
        )
        for language in LANGUAGES
        for row in (LINES / f"{name}.{language}.txt").read_text("utf-8").splitlines()
        if row[:2] in ("+ ", "- ")
    ]


def _calm(data: Path) -> list[Talk]:
    found = []
    for dialogue in rows(data / "asdc.jsonl"):
        lines = said(dialogue["turns"], "customer")
        targets = {i: 0.0 for i, line in enumerate(lines) if line.author is Author.CUSTOMER}
        found.append(Talk(lines=lines, targets=targets, weight=0.3))
    for text in service_talk(data, 300):
        found.append(Talk(lines=(Said(author=Author.CUSTOMER, text=text),), targets={0: 0.0}, weight=0.1))
    return found


def _naist(data: Path) -> list[Talk]:
    found = []
    for dialogue in rows(data / "naist_persuasion.jsonl"):
        if held_out(dialogue["id"]):
            continue
        targets = {
            i: turn["emotions"].count("怒り") / len(turn["emotions"])
            for i, turn in enumerate(dialogue["turns"])
            if turn["role"] == "user"
        }
        lines = said(dialogue["turns"], "user")
        found.append(Talk(lines=lines, targets=targets, weight=0.06, domain="naist"))
    return found


@dataclass(slots=True)
class Moment:
    """One customer line with what does not change while the weights do."""

    talk: Talk
    text: str
    target: float
    history: History
    progress: Progress
    hits: list[cues.Hit]
    heard: float


def join(signal: str, known: list[Talk], heard: Mapping[str, float]) -> dict[str, float]:
    """Feature -> weight."""
    moments = [moment for talk in known for moment in _moments(signal, talk, heard)]
    targets = np.array([moment.target for moment in moments])
    weights = np.array([moment.talk.weight for moment in moments])
    joined: dict[str, float] = {}
    for _ in range(ROUNDS):
        shown = _shown(signal, moments, joined)
        names = ["bias", *sorted({name for row in shown for name in row} - {"bias"})]
        matrix = np.array([[row.get(name, 0.0) for name in names] for row in shown])
        found = fit_logistic(matrix, targets, weights)
        joined = {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}
    return {name: value for name, value in joined.items() if not name.startswith("domain ")}


def _precise_from(logits: Array, wanted: NDArray[np.bool_], precise: float, weight: float = 1.0) -> float:
    """The logit from which on this share of turns is wanted; a wanted one counts as much as *weight*."""
    order = np.argsort(-logits)
    right, wrong = np.cumsum(wanted[order] * weight), np.cumsum(~wanted[order])
    enough = np.flatnonzero(right / (right + wrong) >= precise)
    return float(logits[order][enough[-1]]) if len(enough) else 0.0


def _moments(signal: str, talk: Talk, heard: Mapping[str, float]) -> list[Moment]:
    found: list[Moment] = []
    turns: list[PastTurn] = []
    for place, target in talk.targets.items():
        text = talk.lines[place].text
        folded = comparable(text)
        history = History(lines=talk.lines[:place], turns=tuple(turns))
        progress = read_progress(folded, history, len(turns), small_talk=small_talk_of(folded))
        found.append(Moment(talk, text, target, history, progress, _hits(signal, folded), heard[text]))
        signals = Signals(turn=len(turns), reaction=progress.reaction)
        turns.append(PastTurn(signals=signals, decision=Decision.ANSWER, query=text))
    return found


def _hits(signal: str, folded: str) -> list[cues.Hit]:
    if signal == "frustration":
        return frustration.word_hits(folded)
    return list(cues.hits("unfamiliarity", clauses(folded)[:12]))


def _shown(signal: str, moments: list[Moment], joined: Mapping[str, float]) -> list[dict[str, float]]:
    shown = []
    felt: list[float] = []
    for moment in moments:
        felt = felt[: len(moment.history.turns)]
        history = _with_felt(signal, moment.history, felt)
        row = _features(signal, moment, history)
        if moment.talk.domain != "service":
            row[f"domain {moment.talk.domain}"] = 1.0
        shown.append(row)
        logit = sum(joined.get(name, 0.0) * value for name, value in row.items())
        felt.append(float(1 / (1 + np.exp(-logit))) if joined else 0.0)
    return shown


def _with_felt(signal: str, history: History, felt: list[float]) -> History:
    """The history as the product would have it: with what was read in the turns before."""
    turns = [
        replace(turn, signals=_felt(signal, turn.signals, value))
        for turn, value in zip(history.turns, felt, strict=True)
    ]
    return replace(history, turns=turns)


def _felt(signal: str, signals: Signals, value: float) -> Signals:
    if signal == "frustration":
        return replace(signals, frustration=value)
    return replace(signals, unfamiliarity=value)


def _features(signal: str, moment: Moment, history: History) -> dict[str, float]:
    if signal == "frustration":
        loud = frustration.emphasis(moment.text)
        return frustration.features(moment.hits, loud, history, moment.progress, moment.heard)
    folded = comparable(moment.text)
    brief = small_talk_of(folded) is None and unfamiliarity.is_brief(folded, language_of(folded, LANGUAGES))
    return unfamiliarity.features(moment.hits, history, moment.heard, brief=brief)


def join_wish(data: Path, heard: Mapping[str, float]) -> dict[str, float]:
    """Feature -> weight for the turns of which the matcher is not sure."""
    known = [(example.text, example.target, 0.5) for example in lines("wish", 1.0)]
    known += [
        (line.text, float("P" in dialogue.labels[place]), 1.0)
        for language in LANGUAGES
        for dialogue in own(language, "train")
        for place, line in enumerate(dialogue.lines)
        if place in dialogue.labels and not (place and meets("reply_offers", dialogue.lines[place - 1].text))
    ]
    known += [(text, 0.0, 1.0) for text in service_talk(data, 400)]
    unsure = [
        (features(found, heard[text]), target, weight)
        for text, target, weight in known
        if (found := find_wish(comparable(text))).wish is not Wish.CLEAR
    ]
    names = ["bias", "heard", "vague", "denied"]
    matrix = np.array([[row[name] for name in names] for row, _, _ in unsure])
    targets = np.array([target for _, target, _ in unsure])
    weights = np.array([weight for _, _, weight in unsure])
    fitted = fit_logistic(matrix, targets, weights)
    joined = {name: round(float(value), 4) for name, value in zip(names, fitted, strict=True)}
    sure = _precise_from(matrix @ fitted, targets > 0.5, PRECISE_WISH)
    joined["bias"] = round(joined["bias"] - sure, 4)
    return joined
