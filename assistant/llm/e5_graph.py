"""Turns the E5 weights into an int8 ONNX graph and a tokenizer in the Hugging Face folder layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.llm.e5_weights import Weights
from assistant.llm.embeddings_onnx import MIDDLE

if TYPE_CHECKING:
    import onnx
    from numpy import float32, int8
    from numpy.typing import NDArray

#: Told (steps done, steps in all).
Progress = Callable[[int, int], None]

OPSET, IR_VERSION = 18, 9
FUSED = "com.microsoft"
EPSILON = 1e-12
#: Tensors at least this large live beside the graph, where sessions map the same memory.
BESIDE = 4_096


class Graph:
    """An ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def keep(self, name: str, values: NDArray[Any]) -> str:
        """Store a constant; its name is returned for use as an input."""
        import numpy as np
        from onnx import numpy_helper

        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append an operator with one output, whose name is returned."""
        return self.split(operator, inputs, [output], **attributes)[0]

    def split(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs

    def linear(self, source: str, weights: NDArray[float32], bias: NDArray[float32], output: str) -> str:
        """A dense layer: weights as int8 with one scale per output, activations quantised as they come."""
        import numpy as np

        values, scale = int8_rows(weights)
        inputs = [
            source,
            self.keep(f"{output}.w", values.T),
            self.keep(f"{output}.scale", scale),
            self.keep(f"{output}.zero", np.zeros(len(scale), np.int8)),
            self.keep(f"{output}.b", bias),
        ]
        return self.add("DynamicQuantizeMatMul", inputs, output, domain=FUSED)

    def model(self, width: int) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        ids, mask = (
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        )
        last, middle = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "length", width])
            for name in ("last_hidden_state", MIDDLE)
        )
        graph = helper.make_graph(self.nodes, "e5", [ids, mask], [last, middle], self.tensors)
        versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION)


def int8_rows(weights: NDArray[float32]) -> tuple[NDArray[int8], NDArray[float32]]:
    """Each row as int8 and its scale."""
    import numpy as np

    scale = np.maximum(np.abs(weights).max(axis=1) / 127, np.float32(1e-12)).astype(np.float32)
    return np.rint(weights / scale[:, None]).astype(np.int8), scale


def write_graph(weights: Weights, path: Path, progress: Progress) -> None:
    """Write the model to *path*, its large tensors beside it."""
    import onnx

    shape = weights.shape
    graph = Graph()
    state = _embeddings(graph, weights)
    progress(1, shape.layers + 2)
    for layer in range(shape.layers):
        state = _layer(graph, weights, layer, state)
        progress(layer + 2, shape.layers + 2)
    onnx.save(
        graph.model(shape.hidden),
        path,
        save_as_external_data=True,
        location=f"{path.name}_data",
        size_threshold=BESIDE,
    )


def _embeddings(graph: Graph, weights: Weights) -> str:
    """Word and position vectors, added and normalised."""
    import numpy as np
    from onnx import TensorProto

    rows, scales = zip(*(int8_rows(block) for block in weights.words()), strict=True)
    graph.add("Gather", [graph.keep("words", np.concatenate(rows)), "input_ids"], "word.q")
    graph.add("Gather", [graph.keep("words.scale", np.concatenate(scales)), "input_ids"], "word.scale")
    graph.add("Cast", ["word.q"], "word.f", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["word.scale", graph.keep("last", np.array([-1]))], "word.scale.column")
    graph.add("Mul", ["word.f", "word.scale.column"], "word")

    width = weights.shape.hidden
    positions = weights.floats("emb.pos").reshape(-1, width) + weights.floats("emb.type")[:width]
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.keep("zero", np.array([0]))
    graph.add("Slice", [graph.keep("positions", positions), zero, "length", zero], "position")
    graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    return _norm(graph, weights, "emb.ln", "word", "position")


def _layer(graph: Graph, weights: Weights, layer: int, state: str) -> str:
    """One transformer layer: attention, then the inner network, each added to what came in."""
    import numpy as np

    shape = weights.shape

    def dense(name: str, source: str, columns: int) -> str:
        key = f"l{layer}.{name}"
        return graph.linear(source, weights.matrix(f"{key}.w", columns), weights.floats(f"{key}.b"), key)

    qkv = [f"l{layer}.{part}" for part in "qkv"]
    matrix = np.concatenate([weights.matrix(f"{part}.w", shape.hidden) for part in qkv])
    joined = graph.linear(
        state, matrix, np.concatenate([weights.floats(f"{part}.b") for part in qkv]), f"l{layer}.qkv"
    )
    graph.split("Split", [joined], qkv, axis=2, num_outputs=3)
    graph.add(
        "MultiHeadAttention", [*qkv, "", "mask"], f"l{layer}.heads", domain=FUSED, num_heads=shape.heads
    )
    attended = dense("ao", f"l{layer}.heads", shape.hidden)
    state = _norm(graph, weights, f"l{layer}.aln", state, attended)
    inner = graph.add("Gelu", [dense("fi", state, shape.hidden)], f"l{layer}.gelu", domain=FUSED)
    # How a question is said is heard two thirds of the way (`signals/tone.py`).
    seen = {shape.layers - 1: "last_hidden_state", shape.layers * 2 // 3 - 1: MIDDLE}.get(layer)
    return _norm(graph, weights, f"l{layer}.oln", state, dense("fo", inner, shape.inner), output=seen)


def _norm(
    graph: Graph, weights: Weights, name: str, one: str, other: str, *, output: str | None = None
) -> str:
    """Layer norm of a sum. Two plain operators: onnxruntime's fused one takes six times as long on a CPU."""
    graph.add("Add", [one, other], f"{name}.sum")
    scale, shift = (graph.keep(f"{name}.{part}", weights.floats(f"{name}.{part}")) for part in "wb")
    return graph.add(
        "LayerNormalization", [f"{name}.sum", scale, shift], output or f"{name}.out", epsilon=EPSILON
    )


def write_tokenizer(weights: Weights, path: Path) -> None:
    """The unigram tokenizer from the same file, as tokenizer.json."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(weights.pieces(), unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\t\n\x0b\x0c\r\u0085\u2028\u2029]"), " "),
            normalizers.Replace(Regex(r"[\x00-\x08\x0e-\x1f\x7f]"), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(path), pretty=False)
