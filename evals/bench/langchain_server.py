"""A plain LangChain retrieval chain behind FastAPI with our embeddings, index and model; it stores
nothing.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.bench.reference_process import run_listening_server

PROMPT = "Answer only from the passages, and cite them.\n\n<passages>\n{passages}</passages>\n\n{question}"
PASSAGES = 6


@contextmanager
def serve_chain(prepared: Path, model: str) -> Iterator[str]:
    """The server's address, while it runs in a process of its own on a copy of a *prepared* data folder."""
    with TemporaryDirectory(prefix="yorisoi-chain-") as folder:
        data = Path(folder)
        shutil.copytree(prepared / "index", data / "index")
        shutil.copy(prepared / "yorisoi.db", data)
        (data / "models").symlink_to(prepared / "models")
        knock = "/ask", {"text": "返品の期限"}
        with run_listening_server(
            "evals.bench.langchain_server", folder, f"{model}/v1", knock=knock, OPENAI_API_KEY="sk-none"
        ) as url:
            yield url


def run_server(port: int, data: Path, model: str) -> None:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    answering, app = _build_chain(data, model), FastAPI()

    class Question(BaseModel):
        text: str

    async def answer_question(question: Question) -> dict[str, str]:
        return {"text": await answering.ainvoke(question.text)}

    app.post("/ask")(answer_question)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


def _build_chain(data: Path, model: str) -> Any:
    """The chain of LangChain's introduction."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough
    from langchain_openai import ChatOpenAI

    def number_passages(documents: list[Any]) -> str:
        return "".join(f"[{n}] passage\n{one.page_content}\n" for n, one in enumerate(documents, start=1))

    return (
        {"passages": _build_retriever(data) | number_passages, "question": RunnablePassthrough()}
        | ChatPromptTemplate.from_template(PROMPT)
        | ChatOpenAI(model="fake", base_url=model, streaming=True)
        | StrOutputParser()
    )


def _build_retriever(data: Path) -> Any:
    import sqlite3

    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    from assistant.knowledge.ingest.index_fields import SLOTS
    from assistant.knowledge.vectors.chroma_embedded import open_embedded_collection
    from assistant.models.embeddings.factory import build_embedder

    embedder = build_embedder("local", data / "models")
    [folder] = (data / "index").iterdir()
    index = open_embedded_collection(folder, folder.name, embedder.dimensions)
    texts = dict(sqlite3.connect(data / "yorisoi.db").execute("SELECT id, text FROM chunks"))

    class Nearest(BaseRetriever):
        async def _aget_relevant_documents(
            self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
        ) -> list[Document]:
            found = await index.find_nearest(await embedder.embed_query(query), limit=PASSAGES)
            return [Document(texts[id_ // SLOTS]) for id_, _ in found]

        def _get_relevant_documents(
            self, query: str, *, run_manager: CallbackManagerForRetrieverRun
        ) -> list[Document]:
            raise NotImplementedError

    return Nearest()


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    run_server(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
