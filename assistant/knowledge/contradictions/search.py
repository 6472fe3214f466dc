"""Searches contradictions between new and existing chunks: nearest passages first, then their sentences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from assistant.domain.article_lifecycle import Contradiction, ContradictionSide
from assistant.knowledge.contradictions.rules import (
    MIN_COSINE,
    MIN_COSINE_CROSS_LINGUAL,
    Statement,
    are_about_same_thing,
    find_difference,
)
from assistant.knowledge.retrieval.forward_index import ForwardIndex
from assistant.ports.models import Embedder
from assistant.text.quantities import extract_quantities

if TYPE_CHECKING:
    from numpy import float32, int32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

#: Passages of other articles that a passage is compared with.
NEIGHBOURS = 8

#: Chunk -> its statements.
LoadStatements = Callable[[Sequence[int]], Awaitable[Mapping[int, Sequence[Statement]]]]
Pair = tuple[Statement, Statement]


async def find_contradictions(
    new: Sequence[int],
    index: ForwardIndex,
    owners: Mapping[int, str],
    reads: LoadStatements,
    embedder: Embedder,
    same: Callable[[Statement, Statement], bool] = are_about_same_thing,
) -> list[Contradiction]:
    """Contradictions of the chunks *new* with any other.

    *same* decides whether two sentences are about the same thing.
    """
    near = list(_find_neighbours(new, index, owners))
    statements = await reads(sorted({chunk for pair in near for chunk in pair}))
    found: dict[str, Contradiction] = {}
    for one, other in await _select_alike_pairs(
        list(_list_candidate_pairs(near, statements, same)), embedder
    ):
        differs = find_difference(one, other)
        assert differs is not None
        contradiction = Contradiction.from_sides(_build_side(one), _build_side(other), differs[0].measure)
        found[contradiction.id] = contradiction
    return list(found.values())


def _list_candidate_pairs(
    near: Sequence[tuple[int, int]],
    statements: Mapping[int, Sequence[Statement]],
    same: Callable[[Statement, Statement], bool],
) -> Iterator[list[Pair]]:
    """Candidate pairs of statements, in groups of which at most one pair per sentence can be a match."""
    for one, other in near:
        here, there = statements.get(one, ()), statements.get(other, ())
        pairs = [pair for pair in product(here, there) if find_difference(*pair)]
        if not pairs:
            continue
        if here[0].language == there[0].language:
            yield from ([pair] for pair in pairs if same(*pair))
        elif not _have_same_quantities(here, there):
            yield list(product(here, there))


def _have_same_quantities(here: Sequence[Statement], there: Sequence[Statement]) -> bool:
    """Whether a passage and its translation state the same quantities."""
    mine = {q for one in here for q in extract_quantities(one.text)}
    theirs = {q for one in there for q in extract_quantities(one.text)}
    return mine <= theirs or theirs <= mine


async def _select_alike_pairs(groups: Sequence[Sequence[Pair]], embedder: Embedder) -> list[Pair]:
    """The pairs whose cosine is high enough; across languages, only mutual nearest neighbours."""
    texts = list(dict.fromkeys(side.embedding_text for group in groups for pair in group for side in pair))
    if not texts:
        return []
    vectors = dict(zip(texts, await embedder.embed_passages(texts), strict=True))
    kept: list[Pair] = []
    for group in groups:
        cosines = {
            pair: float(vectors[pair[0].embedding_text] @ vectors[pair[1].embedding_text]) for pair in group
        }
        for pair, cosine in cosines.items():
            if pair[0].language == pair[1].language:
                alike = cosine >= MIN_COSINE
            else:
                rivals = [other for key, other in cosines.items() if key[0] == pair[0] or key[1] == pair[1]]
                alike = cosine >= MIN_COSINE_CROSS_LINGUAL and cosine == max(rivals)
            if alike and find_difference(*pair):
                kept.append(pair)
    return kept


def _find_neighbours(
    new: Sequence[int], index: ForwardIndex, owners: Mapping[int, str]
) -> Iterator[tuple[int, int]]:
    """Pairs of each new chunk with its nearest chunks of other articles, each pair once."""
    import numpy as np

    rows = np.flatnonzero(index.embedded)
    rows = rows[[chunk in owners for chunk in index.ids[rows].tolist()]]
    chunks, languages = index.ids[rows].tolist(), index.language[rows]
    places = {chunk: place for place, chunk in enumerate(chunks)}
    some = [places[chunk] for chunk in new if chunk in places]
    if not some:
        return
    every = index.vectors[rows, 0].astype(np.float32)
    seen: set[tuple[int, int]] = set()
    # The nearest may belong to the same article, so more are requested.
    most = min(NEIGHBOURS * 3, len(chunks))
    for place in some:
        cosines = every @ every[place]
        nearest = np.argpartition(-cosines, most - 1)[:most]
        best = nearest[np.argsort(-cosines[nearest])].tolist()
        own = owners[chunks[place]]
        others = [other for other in best if owners[chunks[other]] != own][:NEIGHBOURS]
        others = [other for other in others if languages[other] == languages[place]]
        for other in (*others, *_find_translations(place, every, languages)):
            pair = (min(chunks[place], chunks[other]), max(chunks[place], chunks[other]))
            if pair not in seen:
                seen.add(pair)
                yield pair


def _find_translations(row: int, every: Vectors, languages: NDArray[int32]) -> Iterator[int]:
    """In each other language, the mutual nearest neighbour of this passage."""
    import numpy as np

    here = languages == languages[row]
    for language in sorted(set(languages[~here].tolist())):
        there = np.flatnonzero(languages == language)
        nearest = int(there[(every[there] @ every[row]).argmax()])
        home = np.flatnonzero(here)
        if int(home[(every[home] @ every[nearest]).argmax()]) == row:
            yield nearest


def _build_side(statement: Statement) -> ContradictionSide:
    return ContradictionSide(article=statement.article, text=statement.quote)
