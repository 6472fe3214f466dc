"""Embeds texts with an ONNX model in the Hugging Face folder layout, on the CPU."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import SetupError
from assistant.lru_cache import LruCache
from assistant.models.embeddings.token_projection import FILE as TOKEN_SPACE
from assistant.models.embeddings.token_projection import TokenProjection
from assistant.ports.models import MultiVector

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]
    from numpy import float32
    from numpy.typing import NDArray
    from tokenizers import Encoding

    from assistant.ports.models import Spans

    Vectors = NDArray[float32]

#: Paths at which exporters write the graph, in order of preference.
GRAPHS = (
    "model.onnx",
    "onnx/model.onnx",
    "onnx/model_quantized.onnx",
    "model_quantized.onnx",
    "onnx/model_int8.onnx",
)
#: Texts per run while indexing. Two: more gains nothing on a CPU and pads shorter texts.
BATCH_SIZE = 2
#: Characters of a text that are read: no model here reads more than about 8,000 tokens.
MAX_CHARACTERS = 32_768
MAX_TOKENS = 512
#: Questions with cached vectors.
RECENT = 64
#: An onnxruntime fusion that is six times slower on a CPU than the two operators.
UNWANTED = ["SkipLayerNormFusion"]
E5_PROMPTS = {"query": "query: ", "passage": "passage: "}


class OnnxEmbedder:
    """Texts to unit vectors.

    Questions have a thread of their own, and passages are embedded a few at a time, so a question during
    indexing shares the processor instead of queueing behind a batch.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        graph = _find_graph(folder)
        self._tokenizer = Tokenizer.from_file(str(_find_file(folder, "tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_load_max_tokens(folder))
        self._prompts = _load_prompts(folder)
        self._first_token_only = bool(
            _load_description(folder, "1_Pooling/config.json").get("pooling_mode_cls_token")
        )
        cores = os.cpu_count() or 1
        self._session = open_session(graph, cores)
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._workers = ThreadPoolExecutor(cores, thread_name_prefix="embed")
        self.name = _build_name(folder, graph)
        self._space = TokenProjection(folder) if (folder / TOKEN_SPACE).is_file() else None
        #: Tokens before the text: the start token and the prompt.
        self._marks = {kind: 1 + self.count_tokens(prompt.strip()) for kind, prompt in self._prompts.items()}
        self._recent: LruCache[str, MultiVector] = LruCache(RECENT)
        self.dimensions = len(self._embed_batch(["a"], "passage")[0].pooled)

    async def embed_query(self, text: str) -> Vectors:
        return (await self._embed_question(text)).pooled

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        found = await self._embed_passages(texts)
        return np.stack([each.pooled for each in found]) if found else np.zeros((0, self.dimensions), "f4")

    async def _embed_question(self, text: str) -> MultiVector:
        """Cached: classifying and searching a turn embed the same text."""
        return (await self._recent.get_many([text], self._embed_questions))[text]

    async def _embed_questions(self, texts: Sequence[str]) -> Mapping[str, MultiVector]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._asking, self._embed_batch, list(texts), "query")
        return dict(zip(texts, found, strict=True))

    async def _embed_passages(self, texts: Sequence[str]) -> list[MultiVector]:
        loop = asyncio.get_running_loop()
        batches = list(_group_by_length(texts))
        runs = [
            loop.run_in_executor(self._workers, self._embed_batch, [texts[i] for i in batch], "passage")
            for batch in batches
        ]
        found: dict[int, MultiVector] = {}
        for batch, some in zip(batches, await asyncio.gather(*runs), strict=True):
            found.update(zip(batch, some, strict=True))
        return [found[i] for i in range(len(texts))]

    def count_tokens(self, text: str) -> int:
        """Tokens of *text* without special tokens and prompt; at most the model's limit."""
        return len(self._tokenizer.encode(_clean_text(text), add_special_tokens=False).ids)

    def close(self) -> None:
        self._asking.shutdown(cancel_futures=True)
        self._workers.shutdown(cancel_futures=True)

    def _embed_batch(self, texts: Sequence[str], kind: str) -> list[MultiVector]:
        import numpy as np

        prompt = self._prompts.get(kind, "")
        feed = self._build_feed([self._tokenizer.encode(_clean_text(prompt + text)) for text in texts])
        [hidden] = self._session.run([self._output], feed)
        mask = feed["attention_mask"]
        pooled = self._pool_vectors(hidden, mask) if hidden.ndim == 3 else hidden
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        whole = (pooled / np.maximum(norms, 1e-12)).astype(np.float32)
        if self._space is None:
            return [MultiVector(row, np.zeros((0, 0), np.int8)) for row in whole]
        skip = self._marks.get(kind, 1)
        return [
            MultiVector(whole[i], self._space.project_tokens(hidden[i, skip : max(skip, length - 1)]))
            for i, length in enumerate(mask.sum(axis=1))
        ]

    def _build_feed(self, encodings: Sequence[Encoding]) -> dict[str, Any]:
        import numpy as np

        longest = max(1, *(len(encoding.ids) for encoding in encodings))
        ids = np.zeros((len(encodings), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(ids)
        return feed

    def _pool_vectors(self, hidden: Vectors, mask: NDArray[Any]) -> Vectors:
        """CLS pooling, or the mean over all tokens but padding."""
        import numpy as np

        if self._first_token_only:
            return hidden[:, 0]
        weights = mask[:, :, None].astype(hidden.dtype)
        pooled: Vectors = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
        return pooled


class MultiVectorOnnxEmbedder(OnnxEmbedder):
    """An ONNX model with a token projection, and thus with token vectors."""

    async def embed_query_tokens(self, text: str) -> MultiVector:
        return await self._embed_question(text)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Sequence[MultiVector]:
        return await self._embed_passages(texts)

    def compute_token_spans(self, text: str) -> Spans:
        """Spans in *text* of its passage tokens: (tokens, 2), start and end."""
        import numpy as np

        prompt, skip = self._prompts.get("passage", ""), self._marks["passage"]
        offsets = self._tokenizer.encode(_clean_text(prompt + text)).offsets[skip:-1]
        return np.array(offsets, np.intp).reshape(-1, 2) - len(prompt)


def open_embedder(folder: Path) -> OnnxEmbedder:
    """The embedder of the model in *folder*."""
    return MultiVectorOnnxEmbedder(folder) if (folder / TOKEN_SPACE).is_file() else OnnxEmbedder(folder)


def _group_by_length(texts: Sequence[str]) -> Iterator[list[int]]:
    """Indexes of texts grouped by similar length, longest first so that the last runs end together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    for start in range(0, len(order), BATCH_SIZE):
        yield order[start : start + BATCH_SIZE]


def _clean_text(text: str) -> str:
    """The text without lone surrogates, which the tokenizer refuses, and cut to MAX_CHARACTERS."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def open_session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # No spinning: threads that spin gain nothing on a free machine and triple the time on a busy one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=UNWANTED
        )
    except (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile) as exc:
        raise SetupError(f"{graph} cannot be loaded as an ONNX model; export or download it again.") from exc


def _find_graph(folder: Path) -> Path:
    for name in GRAPHS:
        if (folder / name).is_file():
            return folder / name
    raise SetupError(f"{folder} holds no ONNX model; expected one of {', '.join(GRAPHS)}.")


def _find_file(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise SetupError(f"{folder} holds no {name}; copy the model's whole folder.")
    return folder / name


def _load_description(folder: Path, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError) as exc:
        raise SetupError(f"{folder / name} is not readable JSON; copy the model's folder again.") from exc


def _load_max_tokens(folder: Path) -> int:
    """The model's limit, at most 512: one vector cannot represent a longer passage well."""
    said = _load_description(folder, "sentence_bert_config.json").get("max_seq_length")
    positions = _load_description(folder, "config.json").get("max_position_embeddings", MAX_TOKENS)
    return min(int(said or positions), MAX_TOKENS)


def _load_prompts(folder: Path) -> dict[str, str]:
    """Prefixes of questions and passages; E5 models need them even if their folder does not say so."""
    said = _load_description(folder, "config_sentence_transformers.json").get("prompts") or {}
    if "query" in said:
        return {"query": said["query"], "passage": said.get("passage", said.get("document", ""))}
    name = str(_load_description(folder, "config.json").get("_name_or_path", "")) + folder.name
    return E5_PROMPTS if "e5" in name.lower() else {}


def _build_name(folder: Path, graph: Path) -> str:
    """The folder's name and a hash of the graph, so that a replaced model makes a new index."""
    mark = hashlib.sha256(str(graph.stat().st_size).encode())
    with graph.open("rb") as file:
        mark.update(file.read(1 << 20))
    return f"{folder.name}-{mark.hexdigest()[:8]}"
