"""Input scales of the quantised embedding model: ``python -m evals train embedding``.

Runs the float model over the sample help, keeps the largest input of each channel of each dense layer, and
splits each channel's range between inputs and weights (Xiao et al., SmoothQuant, 2023). Then prints how near
the quantised model is to the float one and how long it takes, beside other ways to quantise, on questions to
other help centres.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tokenizers import Tokenizer

from assistant.llm.e5_graph import FUSED, Graph, write_graph, write_tokenizer
from assistant.llm.e5_model import NAME, prepared_e5
from assistant.llm.e5_weights import Weights, packaged_weights
from assistant.llm.embeddings import meant
from assistant.llm.embeddings_onnx import UNWANTED, opened
from assistant.llm.input_scales import INPUT_SCALES, read_input_scales, scale_steps

Array = NDArray[np.float32]

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "tests" / "llm" / "e5_reference.json"
#: Articles that are read, and characters of each; texts that are compared.
ARTICLES, CHARACTERS, COMPARED = 100, 400, 150


class FloatGraph(Graph):
    """The same model with float products."""

    def linear(self, source: str, weights: Any, bias: Any, output: str) -> str:
        self.add("MatMul", [source, self.keep(f"{output}.w", weights.T)], f"{output}.product")
        return self.add("Add", [f"{output}.product", self.keep(f"{output}.b", bias)], output)


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals train embedding", description=__doc__)
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="MODELS",
        help="only write the vectors that tests/llm/test_processors.py compares; MODELS is the folder of the "
        "prepared model. Run it under `valgrind --tool=none`, which hides AVX-512 and VNNI.",
    )
    if models := parser.parse_args().reference:
        write_reference(models)
    else:
        calibrate()


def write_reference(models: Path) -> None:
    """The vectors of a few texts, as this processor computes them."""
    embedder = opened(prepared_e5(models))
    questions = foreign_texts()[::19]
    found = [asyncio.run(meant(embedder, text.removeprefix("query: "))) for text in questions]
    kept = [
        {"text": text.removeprefix("query: "), "vector": as_halves(one.vector)}
        for text, one in zip(questions, found, strict=True)
    ]
    REFERENCE.write_text(
        json.dumps({"model": NAME, "texts": kept}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    print(f"wrote {REFERENCE}")


def as_halves(numbers: Sequence[float]) -> str:
    return base64.b64encode(np.array(numbers, np.float16).tobytes()).decode()


def calibrate() -> None:
    weights = Weights(packaged_weights())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tokenizer(weights, folder / "tokenizer.json")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        exact = write_variant(weights, folder / "float", FloatGraph({}))
        scales = {
            layer: scale_of(weights, layer, largest) for layer, largest in ranges(exact, tokenizer).items()
        }
        INPUT_SCALES.write_text(json.dumps({"layers": scales}) + "\n", encoding="utf-8")
        print(f"wrote {INPUT_SCALES} ({INPUT_SCALES.stat().st_size // 1024} kB)")
        compare(weights, folder, exact, tokenizer)


def compare(weights: Weights, folder: Path, exact: Path, tokenizer: Tokenizer) -> None:
    """Print every way to quantise beside the float model; what ships comes last."""
    reference, seconds = hidden_states(exact, tokenizer)
    print(f"float: {1000 * seconds:.1f} ms a text")
    scales = read_input_scales(INPUT_SCALES)
    variants: dict[str, Graph] = {
        "8 bits (saturate without VNNI)": EightBitGraph({}),
        "7 bits": Graph({}),
        "unsigned 8 bits with a zero point": UnsignedGraph({}),
        "unsigned 8 bits, scaled inputs": UnsignedGraph(scales),
        "7 bits, scaled inputs": Graph(scales),
    }
    for number, (label, graph) in enumerate(variants.items()):
        states, seconds = hidden_states(write_variant(weights, folder / str(number), graph), tokenizer)
        print(f"{label}: cosine to float {nearness(states, reference)}; {1000 * seconds:.1f} ms a text")


class EightBitGraph(Graph):
    """Weights of 8 bits, as before."""

    largest = 127


class UnsignedGraph(Graph):
    """Unsigned weights of 8 bits, a zero point a row."""

    def linear(self, source: str, weights: Any, bias: Any, output: str) -> str:
        by = self.input_scales.get(output)
        if by is not None:
            source = self.add("Mul", [source, self.keep(f"{output}.in.scale", 1 / by)], f"{output}.in")
            weights = weights * by
        low, high = np.minimum(weights.min(axis=1), 0), np.maximum(weights.max(axis=1), 0)
        scale = np.maximum((high - low) / 255, 1e-12).astype(np.float32)
        zero = np.rint(-low / scale).astype(np.uint8)
        values = np.clip(np.rint(weights / scale[:, None]) + zero[:, None], 0, 255).astype(np.uint8)
        inputs = [
            source,
            self.keep(f"{output}.w", values.T),
            self.keep(f"{output}.scale", scale),
            self.keep(f"{output}.zero", zero),
            self.keep(f"{output}.b", bias),
        ]
        return self.add("DynamicQuantizeMatMul", inputs, output, domain=FUSED)


def write_variant(weights: Weights, folder: Path, graph: Graph) -> Path:
    """The model with the dense layers of *graph*."""
    folder.mkdir()
    write_graph(weights, folder / "model.onnx", lambda _done, _all: None, graph)
    return folder / "model.onnx"


def ranges(path: Path, tokenizer: Tokenizer) -> Mapping[str, Array]:
    """The largest magnitude of each input channel of each dense layer, over the sample help."""
    model = onnx.load(path)
    inputs = {
        node.output[0].removesuffix(".product"): node.input[0]
        for node in model.graph.node
        if node.output[0].endswith(".product")
    }
    names = sorted(set(inputs.values()))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    told = path.with_name("ranges.onnx")
    onnx.save(model, told, save_as_external_data=True, location="ranges.data")
    largest: dict[str, Array] = {}
    for ids in encoded(tokenizer, sample_texts()):
        for name, values in zip(names, run(session(told), names, ids), strict=True):
            largest[name] = np.maximum(largest.get(name, np.float32(0)), np.abs(values[0]).max(axis=0))
    return {layer: largest[name] for layer, name in inputs.items()}


def scale_of(weights: Weights, layer: str, largest: Array) -> str:
    """The layer's input scales as base64 of one byte per channel."""
    block, part = layer.split(".")
    names = [f"{block}.{each}.w" for each in ("qkv" if part == "qkv" else [part])]
    matrix = np.concatenate([weights.matrix(name, len(largest)) for name in names])
    return base64.b64encode(scale_steps(largest, matrix).tobytes()).decode()


def sample_texts() -> list[str]:
    """Articles of the sample help, as questions and as passages in turn."""
    files = sorted((ROOT / "knowledge_base").rglob("*.md"))[:ARTICLES]
    prompts = ("query: ", "passage: ")
    return [prompts[n % 2] + path.read_text("utf-8")[:CHARACTERS] for n, path in enumerate(files)]


def foreign_texts() -> list[str]:
    files = sorted((ROOT / "evals" / "cases" / "faq").glob("*.queries.jsonl"))
    lines = [
        line for path in files for line in path.read_text("utf-8").splitlines()[: COMPARED // len(files)]
    ]
    return ["query: " + json.loads(line)["text"] for line in lines]


def encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    return [tokenizer.encode(text).ids[:512] for text in texts]


def session(path: Path) -> Any:
    key = str(path)
    if key not in _sessions:
        _sessions[key] = onnxruntime.InferenceSession(
            key, providers=["CPUExecutionProvider"], disabled_optimizers=UNWANTED
        )
    return _sessions[key]


_sessions: dict[str, Any] = {}


def run(model: Any, names: Sequence[str], ids: Sequence[int]) -> Any:
    return model.run(
        names, {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
    )


def hidden_states(path: Path, tokenizer: Tokenizer) -> tuple[list[Array], float]:
    """The mean token vector of each text, and the seconds a text took."""
    names, texts = ["last_hidden_state"], encoded(tokenizer, foreign_texts())
    model = session(path)
    run(model, names, texts[0])
    started = time.perf_counter()
    found = [run(model, names, ids)[0][0].mean(axis=0) for ids in texts]
    return found, (time.perf_counter() - started) / len(texts)


def nearness(these: Sequence[Array], those: Sequence[Array]) -> str:
    cosines = [cosine(one, other) for one, other in zip(these, those, strict=True)]
    return f"mean {np.mean(cosines):.5f}, least {np.min(cosines):.5f}"


def cosine(one: Array, other: Array) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
