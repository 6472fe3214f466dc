"""A plain LangChain retrieval chain behind FastAPI: our embeddings, index and model; it stores nothing."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from evals.bench_service import environment

PROMPT = "Answer only from the passages, and cite them.\n\n<passages>\n{passages}</passages>\n\n{question}"
PASSAGES = 6
STARTING_SECONDS = 120


@contextmanager
def chain(data: Path, model: str) -> Iterator[str]:
    """Its address, while it runs in a process of its own on a copy of the index in *data*."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "evals.bench_chain", str(port), str(data), f"{model}/v1"]
    known = environment(OPENAI_API_KEY="sk-none")
    process = subprocess.Popen(command, env=known, cwd=Path(__file__).parents[1])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx2.post(f"{url}/ask", json={"text": "返品の期限"}, timeout=60).raise_for_status()
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("evals bench: the chain did not start.")


def serve(port: int, data: Path, model: str) -> None:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    answering, app = _answering(data, model), FastAPI()

    class Question(BaseModel):
        text: str

    async def ask(question: Question) -> dict[str, str]:
        return {"text": await answering.ainvoke(question.text)}

    app.post("/ask")(ask)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


def _answering(data: Path, model: str) -> Any:
    """The chain, as LangChain's own introduction writes it."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough
    from langchain_openai import ChatOpenAI

    def numbered(documents: list[Any]) -> str:
        return "".join(f"[{n}] passage\n{one.page_content}\n" for n, one in enumerate(documents, start=1))

    return (
        {"passages": _retriever(data) | numbered, "question": RunnablePassthrough()}
        | ChatPromptTemplate.from_template(PROMPT)
        | ChatOpenAI(model="fake", base_url=model, streaming=True)
        | StrOutputParser()
    )


def _retriever(data: Path) -> Any:
    import sqlite3

    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    from assistant.knowledge.chroma_files import open_files
    from assistant.knowledge.entries import SLOTS
    from assistant.llm.embeddings import make_embedder

    embedder = make_embedder("local", data / "models")
    [folder] = (data / "index").iterdir()
    index = open_files(folder, folder.name, embedder.dimensions)
    texts = dict(sqlite3.connect(data / "yorisoi.db").execute("SELECT id, text FROM chunks"))

    class Nearest(BaseRetriever):
        async def _aget_relevant_documents(
            self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
        ) -> list[Document]:
            found = await index.nearest(await embedder.query(query), limit=PASSAGES)
            return [Document(texts[id_ // SLOTS]) for id_, _ in found]

        def _get_relevant_documents(
            self, query: str, *, run_manager: CallbackManagerForRetrieverRun
        ) -> list[Document]:
            raise NotImplementedError

    return Nearest()


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
