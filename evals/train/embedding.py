"""Input scales of the quantised embedding model: ``python -m evals train embedding``.

Runs the float model over the sample help, records the largest input of each channel of each dense layer, and
splits each channel's range between inputs and weights (Xiao et al., SmoothQuant, 2023). Then prints cosine to
the float model and speed, beside other quantisations, on questions to other help centres.
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

from assistant.models.embeddings.e5_cache import NAME, prepare_e5
from assistant.models.embeddings.e5_input_scales import INPUT_SCALES, compute_scale_steps, load_input_scales
from assistant.models.embeddings.e5_onnx_export import FUSED, OnnxGraphBuilder, write_graph, write_tokenizer
from assistant.models.embeddings.e5_weights import E5Weights, find_packaged_weights
from assistant.models.embeddings.factory import compute_meaning
from assistant.models.embeddings.onnx import UNWANTED, open_embedder

Array = NDArray[np.float32]

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "models" / "e5_reference.json"
#: Articles read, characters of each, texts compared.
ARTICLES = 100
CHARACTERS = 400
COMPARED = 150


class FloatGraph(OnnxGraphBuilder):
    """The same model with float products."""

    def add_linear(self, source: str, weights: Any, bias: Any, output: str) -> str:
        self.add_operator(
            "MatMul", [source, self.add_constant(f"{output}.w", weights.T)], f"{output}.product"
        )
        return self.add_operator("Add", [f"{output}.product", self.add_constant(f"{output}.b", bias)], output)


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals train embedding", description=__doc__)
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="MODELS",
        help="only write the vectors that tests/models/test_processors.py compares; MODELS is the folder of "
        "the prepared model. Run it under `valgrind --tool=none`, which hides AVX-512 and VNNI.",
    )
    if models := parser.parse_args().reference:
        write_reference_vectors(models)
    else:
        calibrate_input_scales()


def write_reference_vectors(models: Path) -> None:
    """The vectors of a few texts, as this processor computes them."""
    embedder = open_embedder(prepare_e5(models))
    questions = load_foreign_texts()[::19]
    found = [asyncio.run(compute_meaning(embedder, text.removeprefix("query: "))) for text in questions]
    kept = [
        {"text": text.removeprefix("query: "), "vector": encode_halves(one.vector)}
        for text, one in zip(questions, found, strict=True)
    ]
    REFERENCE.write_text(
        json.dumps({"model": NAME, "texts": kept}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    print(f"wrote {REFERENCE}")


def encode_halves(numbers: Sequence[float]) -> str:
    return base64.b64encode(np.array(numbers, np.float16).tobytes()).decode()


def calibrate_input_scales() -> None:
    weights = E5Weights(find_packaged_weights())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tokenizer(weights, folder / "tokenizer.json")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        exact = write_variant(weights, folder / "float", FloatGraph({}))
        scales = {
            layer: encode_layer_scale(weights, layer, largest)
            for layer, largest in measure_ranges(exact, tokenizer).items()
        }
        INPUT_SCALES.write_text(json.dumps({"layers": scales}) + "\n", encoding="utf-8")
        print(f"wrote {INPUT_SCALES} ({INPUT_SCALES.stat().st_size // 1024} kB)")
        compare_variants(weights, folder, exact, tokenizer)


def compare_variants(weights: E5Weights, folder: Path, exact: Path, tokenizer: Tokenizer) -> None:
    """Print every quantisation beside the float model; the shipped one comes last."""
    reference, seconds = compute_hidden_states(exact, tokenizer)
    print(f"float: {1000 * seconds:.1f} ms a text")
    scales = load_input_scales(INPUT_SCALES)
    variants: dict[str, OnnxGraphBuilder] = {
        "8 bits (saturate without VNNI)": EightBitGraph({}),
        "7 bits": OnnxGraphBuilder({}),
        "unsigned 8 bits with a zero point": UnsignedGraph({}),
        "unsigned 8 bits, scaled inputs": UnsignedGraph(scales),
        "7 bits, scaled inputs": OnnxGraphBuilder(scales),
    }
    for number, (label, graph) in enumerate(variants.items()):
        states, seconds = compute_hidden_states(
            write_variant(weights, folder / str(number), graph), tokenizer
        )
        print(
            f"{label}: cosine to float {format_nearness(states, reference)}; {1000 * seconds:.1f} ms a text"
        )


class EightBitGraph(OnnxGraphBuilder):
    """Weights of 8 bits, as before."""

    largest = 127


class UnsignedGraph(OnnxGraphBuilder):
    """Unsigned weights of 8 bits, a zero point per row."""

    def add_linear(self, source: str, weights: Any, bias: Any, output: str) -> str:
        by = self.input_scales.get(output)
        if by is not None:
            source = self.add_operator(
                "Mul", [source, self.add_constant(f"{output}.in.scale", 1 / by)], f"{output}.in"
            )
            weights = weights * by
        low, high = np.minimum(weights.min(axis=1), 0), np.maximum(weights.max(axis=1), 0)
        scale = np.maximum((high - low) / 255, 1e-12).astype(np.float32)
        zero = np.rint(-low / scale).astype(np.uint8)
        values = np.clip(np.rint(weights / scale[:, None]) + zero[:, None], 0, 255).astype(np.uint8)
        inputs = [
            source,
            self.add_constant(f"{output}.w", values.T),
            self.add_constant(f"{output}.scale", scale),
            self.add_constant(f"{output}.zero", zero),
            self.add_constant(f"{output}.b", bias),
        ]
        return self.add_operator("DynamicQuantizeMatMul", inputs, output, domain=FUSED)


def write_variant(weights: E5Weights, folder: Path, graph: OnnxGraphBuilder) -> Path:
    """The model with the dense layers of *graph*."""
    folder.mkdir()
    write_graph(weights, folder / "model.onnx", lambda _done, _all: None, graph)
    return folder / "model.onnx"


def measure_ranges(path: Path, tokenizer: Tokenizer) -> Mapping[str, Array]:
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
    for ids in encode_texts(tokenizer, load_sample_texts()):
        for name, values in zip(names, run_model(open_cached_session(told), names, ids), strict=True):
            largest[name] = np.maximum(largest.get(name, np.float32(0)), np.abs(values[0]).max(axis=0))
    return {layer: largest[name] for layer, name in inputs.items()}


def encode_layer_scale(weights: E5Weights, layer: str, largest: Array) -> str:
    """The layer's input scales as base64 of one byte per channel."""
    block, part = layer.split(".")
    names = [f"{block}.{each}.w" for each in ("qkv" if part == "qkv" else [part])]
    matrix = np.concatenate([weights.read_matrix(name, len(largest)) for name in names])
    return base64.b64encode(compute_scale_steps(largest, matrix).tobytes()).decode()


def load_sample_texts() -> list[str]:
    """Articles of the sample help, as questions and as passages alternately."""
    files = sorted((ROOT / "knowledge_base").rglob("*.md"))[:ARTICLES]
    prompts = ("query: ", "passage: ")
    return [prompts[n % 2] + path.read_text("utf-8")[:CHARACTERS] for n, path in enumerate(files)]


def load_foreign_texts() -> list[str]:
    files = sorted((ROOT / "evals" / "cases" / "faq").glob("*.queries.jsonl"))
    lines = [
        line for path in files for line in path.read_text("utf-8").splitlines()[: COMPARED // len(files)]
    ]
    return ["query: " + json.loads(line)["text"] for line in lines]


def encode_texts(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    return [tokenizer.encode(text).ids[:512] for text in texts]


def open_cached_session(path: Path) -> Any:
    key = str(path)
    if key not in _sessions:
        _sessions[key] = onnxruntime.InferenceSession(
            key, providers=["CPUExecutionProvider"], disabled_optimizers=UNWANTED
        )
    return _sessions[key]


_sessions: dict[str, Any] = {}


def run_model(model: Any, names: Sequence[str], ids: Sequence[int]) -> Any:
    return model.run(
        names, {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
    )


def compute_hidden_states(path: Path, tokenizer: Tokenizer) -> tuple[list[Array], float]:
    """The mean token vector of each text, and the seconds per text."""
    names, texts = ["last_hidden_state"], encode_texts(tokenizer, load_foreign_texts())
    model = open_cached_session(path)
    run_model(model, names, texts[0])
    started = time.perf_counter()
    found = [run_model(model, names, ids)[0][0].mean(axis=0) for ids in texts]
    return found, (time.perf_counter() - started) / len(texts)


def format_nearness(these: Sequence[Array], those: Sequence[Array]) -> str:
    cosines = [compute_cosine(one, other) for one, other in zip(these, those, strict=True)]
    return f"mean {np.mean(cosines):.5f}, least {np.min(cosines):.5f}"


def compute_cosine(one: Array, other: Array) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
