"""LangChain's tutorial as a baseline: recursive splitter, Chroma, nearest chunks; with our vectors."""

from collections.abc import Sequence
from uuid import uuid4

import chromadb
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.ports.models import Embedder
from evals.data.retrieval_sets import LabelledQuestion, QuestionCollection

#: The tutorial's values.
CHARACTERS = 1_000
OVERLAP = 200
#: Chunks requested: enough that ten articles are among them.
NEAREST = 50


async def search_with_tutorial(
    collection: QuestionCollection, embedder: Embedder, questions: Sequence[LabelledQuestion]
) -> list[list[str]]:
    """The articles that the tutorial's pipeline finds for each question, best first."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=OVERLAP)
    pieces = [
        (article.id, piece)
        for article in collection.articles
        for piece in splitter.split_text(f"{article.title}\n{article.text}")
    ]
    index = chromadb.EphemeralClient().create_collection(f"tutorial-{uuid4().hex}", embedding_function=None)
    vectors = await embedder.embed_passages([piece for _, piece in pieces])
    for start in range(0, len(pieces), 5_000):
        some = range(start, min(start + 5_000, len(pieces)))
        index.add(ids=[str(row) for row in some], embeddings=vectors[start : start + 5_000])
    asked = np.stack([await embedder.embed_query(question.text) for question in questions])
    nearest = index.query(query_embeddings=asked, n_results=min(NEAREST, len(pieces)), include=[])
    return [list(dict.fromkeys(pieces[int(row)][0] for row in rows)) for rows in nearest["ids"]]
