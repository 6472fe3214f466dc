"""What a theme is called: its most typical question and the words that set it apart."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import log

from assistant.domain.themes import AskedQuestion
from assistant.insight.theme_space import Vectors
from assistant.text.tagging import PartOfSpeech, tag_words

#: Words of a name, and in how many conversations each must occur: a rarer one may be about one person.
MAX_TERMS = 3
MIN_CONVERSATIONS = 3
#: Questions of a theme that are looked at for its words.
MAX_NAMED_QUESTIONS = 200

#: Lemma -> (conversations that have it, how it is mostly written).
ThemeWords = Mapping[str, tuple[int, str]]


def find_medoid(points: Vectors, questions: Sequence[AskedQuestion]) -> AskedQuestion:
    """The question nearest to the mean of all; of equals the oldest."""
    nearness = points @ points.mean(axis=0)
    order = sorted(range(len(questions)), key=lambda place: (-nearness[place], questions[place].asked_at))
    return questions[order[0]]


def select_terms(themes: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The most telling words of each theme by class-based TF-IDF (Grootendorst 2022)."""
    words = {theme: count_words(texts[:MAX_NAMED_QUESTIONS]) for theme, texts in themes.items()}
    totals: Counter[str] = Counter()
    for found in words.values():
        totals.update({lemma: count for lemma, (count, _) in found.items()})
    average = sum(totals.values()) / max(1, len(words))
    return {theme: _select_best(found, totals, average) for theme, found in words.items()}


def count_words(texts: Sequence[str]) -> ThemeWords:
    """Nouns of the texts, each counted once a text."""
    counts: Counter[str] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        nouns = {
            word.form: text[word.start : word.end]
            for word in tag_words(text)
            if word.part_of_speech is PartOfSpeech.NOUN
        }
        counts.update(nouns.keys())
        for lemma, form in nouns.items():
            written[lemma][form.lower()] += 1
    return {lemma: (count, written[lemma].most_common(1)[0][0]) for lemma, count in counts.items()}


def _select_best(words: ThemeWords, totals: Counter[str], average: float) -> tuple[str, ...]:
    scores = {
        lemma: count * log(1 + average / totals[lemma])
        for lemma, (count, _) in words.items()
        if count >= MIN_CONVERSATIONS
    }
    best = sorted(scores, key=lambda lemma: (-scores[lemma], lemma))[:MAX_TERMS]
    return tuple(words[lemma][1] for lemma in best)
