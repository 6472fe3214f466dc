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
from assistant.llm.token_space import FILE as TOKEN_SPACE
from assistant.llm.token_space import TokenSpace
from assistant.ports import Fine
from assistant.recent import Recent

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]
    from numpy import float32
    from numpy.typing import NDArray
    from tokenizers import Encoding

    from assistant.ports import Spans

    Vectors = NDArray[float32]

#: Where exporters put the graph, best first.
GRAPHS = (
    "model.onnx",
    "onnx/model.onnx",
    "onnx/model_quantized.onnx",
    "model_quantized.onnx",
    "onnx/model_int8.onnx",
)
#: Texts embedded in one run while indexing. Two: more gains nothing on a CPU and pads shorter texts.
TOGETHER = 2
#: Characters of a text that are looked at: no model here reads further than about 8,000 tokens.
MAX_CHARACTERS = 32_768
MAX_TOKENS = 512
#: Questions whose vectors are remembered.
RECENT = 64
#: onnxruntime's own fusion of these is six times slower on a CPU than the two operators.
UNWANTED = ["SkipLayerNormFusion"]
E5_PROMPTS = {"query": "query: ", "passage": "passage: "}


class OnnxEmbedder:
    """Texts to unit vectors.

    Questions have a thread of their own, and passages are embedded a few at a time, so a question asked
    while indexing shares the processor instead of queueing behind a batch.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        graph = _graph(folder)
        self._tokenizer = Tokenizer.from_file(str(_existing(folder, "tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_max_tokens(folder))
        self._prompts = _prompts(folder)
        self._first_token_only = bool(
            _described(folder, "1_Pooling/config.json").get("pooling_mode_cls_token")
        )
        cores = os.cpu_count() or 1
        self._session = open_session(graph, cores)
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._workers = ThreadPoolExecutor(cores, thread_name_prefix="embed")
        self.name = _name(folder, graph)
        self._space = TokenSpace(folder) if (folder / TOKEN_SPACE).is_file() else None
        #: Tokens at the start that are not the text's own: the opening mark and the prompt.
        self._marks = {kind: 1 + self.tokens(prompt.strip()) for kind, prompt in self._prompts.items()}
        self._recent: Recent[str, Fine] = Recent(RECENT)
        self.dimensions = len(self._embed(["a"], "passage")[0].whole)

    async def query(self, text: str) -> Vectors:
        return (await self._ask(text)).whole

    async def passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        found = await self._read(texts)
        return np.stack([each.whole for each in found]) if found else np.zeros((0, self.dimensions), "f4")

    async def _ask(self, text: str) -> Fine:
        """A turn is read and searched for in the same words: what was asked just now is not read again."""
        return (await self._recent.of([text], self._asked))[text]

    async def _asked(self, texts: Sequence[str]) -> Mapping[str, Fine]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._asking, self._embed, list(texts), "query")
        return dict(zip(texts, found, strict=True))

    async def _read(self, texts: Sequence[str]) -> list[Fine]:
        loop = asyncio.get_running_loop()
        batches = list(_alike(texts))
        runs = [
            loop.run_in_executor(self._workers, self._embed, [texts[i] for i in batch], "passage")
            for batch in batches
        ]
        found: dict[int, Fine] = {}
        for batch, some in zip(batches, await asyncio.gather(*runs), strict=True):
            found.update(zip(batch, some, strict=True))
        return [found[i] for i in range(len(texts))]

    def tokens(self, text: str) -> int:
        """How many tokens the model sees, its two marks and the prompt not counted; at most its limit."""
        return len(self._tokenizer.encode(_clean(text), add_special_tokens=False).ids)

    def close(self) -> None:
        self._asking.shutdown(cancel_futures=True)
        self._workers.shutdown(cancel_futures=True)

    def _embed(self, texts: Sequence[str], kind: str) -> list[Fine]:
        import numpy as np

        prompt = self._prompts.get(kind, "")
        feed = self._feed([self._tokenizer.encode(_clean(prompt + text)) for text in texts])
        [hidden] = self._session.run([self._output], feed)
        mask = feed["attention_mask"]
        pooled = self._pool(hidden, mask) if hidden.ndim == 3 else hidden
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        whole = (pooled / np.maximum(norms, 1e-12)).astype(np.float32)
        if self._space is None:
            return [Fine(row, np.zeros((0, 0), np.int8)) for row in whole]
        skip = self._marks.get(kind, 1)
        return [
            Fine(whole[i], self._space.shrink(hidden[i, skip : max(skip, length - 1)]))
            for i, length in enumerate(mask.sum(axis=1))
        ]

    def _feed(self, encodings: Sequence[Encoding]) -> dict[str, Any]:
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

    def _pool(self, hidden: Vectors, mask: NDArray[Any]) -> Vectors:
        """The first token's vector, or the mean of all that are not padding."""
        import numpy as np

        if self._first_token_only:
            return hidden[:, 0]
        weights = mask[:, :, None].astype(hidden.dtype)
        pooled: Vectors = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
        return pooled


class FineOnnxEmbedder(OnnxEmbedder):
    """An ONNX model of which the directions of its token vectors are known."""

    async def fine_query(self, text: str) -> Fine:
        return await self._ask(text)

    async def fine_passages(self, texts: Sequence[str]) -> Sequence[Fine]:
        return await self._read(texts)

    def spans(self, text: str) -> Spans:
        """Where in *text* each token of its passage vectors stands: (tokens, 2), from and to."""
        import numpy as np

        prompt, skip = self._prompts.get("passage", ""), self._marks["passage"]
        offsets = self._tokenizer.encode(_clean(prompt + text)).offsets[skip:-1]
        return np.array(offsets, np.intp).reshape(-1, 2) - len(prompt)


def opened(folder: Path) -> OnnxEmbedder:
    """The embedder of the model in *folder*."""
    return FineOnnxEmbedder(folder) if (folder / TOKEN_SPACE).is_file() else OnnxEmbedder(folder)


def _alike(texts: Sequence[str]) -> Iterator[list[int]]:
    """Indexes of texts of about the same length, longest first so that the last runs end together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    for start in range(0, len(order), TOGETHER):
        yield order[start : start + TOGETHER]


def _clean(text: str) -> str:
    """What the tokenizer can take: lone surrogates would raise, and a book would take minutes."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def open_session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait gain nothing on a free machine and cost three times as much on a busy
    # one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=UNWANTED
        )
    except (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile) as exc:
        raise SetupError(f"{graph} cannot be loaded as an ONNX model; export or download it again.") from exc


def _graph(folder: Path) -> Path:
    for name in GRAPHS:
        if (folder / name).is_file():
            return folder / name
    raise SetupError(f"{folder} holds no ONNX model; expected one of {', '.join(GRAPHS)}.")


def _existing(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise SetupError(f"{folder} holds no {name}; copy the model's whole folder.")
    return folder / name


def _described(folder: Path, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError) as exc:
        raise SetupError(f"{folder / name} is not readable JSON; copy the model's folder again.") from exc


def _max_tokens(folder: Path) -> int:
    """The model's limit, never above 512: a passage that is longer says too many things for one vector."""
    said = _described(folder, "sentence_bert_config.json").get("max_seq_length")
    positions = _described(folder, "config.json").get("max_position_embeddings", MAX_TOKENS)
    return min(int(said or positions), MAX_TOKENS)


def _prompts(folder: Path) -> dict[str, str]:
    """What is put before a question and a passage; E5 models need it even where their folder does not say."""
    said = _described(folder, "config_sentence_transformers.json").get("prompts") or {}
    if "query" in said:
        return {"query": said["query"], "passage": said.get("passage", said.get("document", ""))}
    name = str(_described(folder, "config.json").get("_name_or_path", "")) + folder.name
    return E5_PROMPTS if "e5" in name.lower() else {}


def _name(folder: Path, graph: Path) -> str:
    """The folder's name and a mark of the graph's content, so that a replaced model makes a new index."""
    mark = hashlib.sha256(str(graph.stat().st_size).encode())
    with graph.open("rb") as file:
        mark.update(file.read(1 << 20))
    return f"{folder.name}-{mark.hexdigest()[:8]}"
