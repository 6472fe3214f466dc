"""Turns the E5 weights into a quantised ONNX graph and a tokenizer in the Hugging Face folder layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.llm.e5_weights import Weights
from assistant.llm.input_scales import INPUT_SCALES, read_input_scales

if TYPE_CHECKING:
    import onnx
    from numpy import float32, int8
    from numpy.typing import NDArray

    from assistant.llm.adapter_weights import AdapterWeights
    from assistant.llm.input_scales import InputScales

#: Told (steps done, steps in all).
Progress = Callable[[int, int], None]

OPSET, IR_VERSION = 18, 9
FUSED = "com.microsoft"
EPSILON = 1e-12
#: Tensors at least this large live beside the graph, where sessions map the same memory.
BESIDE = 4_096
#: Largest magnitude of a weight in a matrix product. Processors without VNNI add two products of an
#: unsigned activation and a weight in 16 bits, and saturate there: 2 * 255 * 127 does not fit, 2 * 255 * 63
#: does.
#: With it every processor computes the same integers.
MAX_WEIGHT = 63
#: Largest magnitude of a word vector's value: words are looked up, never multiplied as integers.
MAX_WORD = 127
#: The outputs of an adapted model: of each token, of the whole text.
TOKEN_LOGITS, WINDOW_LOGITS = "token_logits", "window_logits"


class Graph:
    """An ONNX graph under construction."""

    #: Largest magnitude of a weight.
    largest = MAX_WEIGHT

    def __init__(self, input_scales: InputScales) -> None:
        self.input_scales = input_scales
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
        """A dense layer: 7-bit weights with one scale per output, activations quantised as they come.

        Where an input scale is known, inputs are divided by it and weights multiplied, so that one large
        input does not coarsen the steps of all others (Xiao et al., SmoothQuant, 2023).
        """
        import numpy as np

        by = self.input_scales.get(output)
        if by is not None and len(by) == weights.shape[1]:
            source = self.add("Mul", [source, self.keep(f"{output}.in.scale", 1 / by)], f"{output}.in")
            weights = weights * by
        values, scale = quantize_rows(weights, self.largest)
        inputs = [
            source,
            self.keep(f"{output}.w", values.T),
            self.keep(f"{output}.scale", scale),
            self.keep(f"{output}.zero", np.zeros(len(scale), np.int8)),
            self.keep(f"{output}.b", bias),
        ]
        return self.add("DynamicQuantizeMatMul", inputs, output, domain=FUSED)

    def model(self, inputs: Sequence[str], outputs: Mapping[str, Sequence[str | int]]) -> onnx.ModelProto:
        """The whole graph: *inputs* are integers per text and token, *outputs* floats of these shapes."""
        from onnx import TensorProto, helper

        graph = helper.make_graph(
            self.nodes,
            "e5",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                for name, shape in outputs.items()
            ],
            self.tensors,
        )
        versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION)


def quantize_rows(weights: NDArray[float32], largest: int) -> tuple[NDArray[int8], NDArray[float32]]:
    """Each row as int8 within ±*largest*, and its scale: *weights* is (rows, columns), the scale (rows,)."""
    import numpy as np

    scale = np.maximum(np.abs(weights).max(axis=1) / largest, np.float32(1e-12)).astype(np.float32)
    return np.rint(weights / scale[:, None]).astype(np.int8), scale


def write_graph(weights: Weights, path: Path, progress: Progress, graph: Graph | None = None) -> None:
    """Write the model to *path*, its large tensors beside it; with the dense layers of an empty *graph*."""

    shape = weights.shape
    graph = graph or Graph(read_input_scales(INPUT_SCALES))
    state = _embeddings(graph, weights)
    progress(1, shape.layers + 2)
    for layer in range(shape.layers):
        state = _layer(graph, weights, layer, state)
        progress(layer + 2, shape.layers + 2)
    states: list[str | int] = ["batch", "length", shape.hidden]
    _save(graph.model(["input_ids", "attention_mask"], {"last_hidden_state": states}), path)


def write_adapter_graph(weights: AdapterWeights, path: Path, embedding: Path) -> None:
    """Write the adapted model to *path*; it shares the word vectors of the *embedding* graph beside it.

    Its outputs are the logits of the heads that *weights* have: of each token, and of the whole text.
    """
    from assistant.llm.adapter_weights import TOKEN_HEAD, WINDOW_HEAD

    graph = Graph(weights.input_scales())
    state = _embeddings(graph, weights, embedding, segment=weights.learned("segment"))
    for layer in range(weights.shape.layers):
        state = _layer(graph, weights, layer, state)
    outputs: dict[str, Sequence[str | int]] = {}
    if heads := weights.outputs(TOKEN_HEAD):
        _head(graph, weights, TOKEN_HEAD, state, TOKEN_LOGITS)
        outputs[TOKEN_LOGITS] = ["batch", "length", heads]
    graph.add("Gather", [state, graph.keep("first", _numbers(0))], "first.state", axis=1)
    _head(graph, weights, WINDOW_HEAD, "first.state", WINDOW_LOGITS)
    outputs[WINDOW_LOGITS] = ["batch", 1, weights.outputs(WINDOW_HEAD)]
    _save(graph.model(["input_ids", "attention_mask", "token_type_ids"], outputs), path)


def _head(graph: Graph, weights: AdapterWeights, name: str, source: str, output: str) -> None:
    product = graph.add(
        "MatMul", [source, graph.keep(f"{name}.w", weights.learned(f"{name}.weight").T)], f"{name}.product"
    )
    graph.add("Add", [product, graph.keep(f"{name}.b", weights.learned(f"{name}.bias"))], output)


def _numbers(*values: int) -> NDArray[Any]:
    import numpy as np

    return np.array(values)


def _save(model: onnx.ModelProto, path: Path) -> None:
    """Large tensors go beside the graph, where sessions map the same memory."""
    import onnx

    onnx.save(model, path, save_as_external_data=True, location=f"{path.name}_data", size_threshold=BESIDE)


def _keep_words(graph: Graph, weights: Weights, embedding: Path | None) -> None:
    """The word vectors as bytes: of the weights, or where the *embedding* graph keeps them already."""
    import numpy as np
    import onnx

    if embedding is None:
        rows, scales = zip(*(quantize_rows(block, MAX_WORD) for block in weights.words()), strict=True)
        graph.keep("words", np.concatenate(rows))
        graph.keep("words.scale", np.concatenate(scales))
        return
    kept = onnx.load(str(embedding), load_external_data=False).graph.initializer
    graph.tensors += [tensor for tensor in kept if tensor.name in ("words", "words.scale")]


def _embeddings(
    graph: Graph, weights: Weights, embedding: Path | None = None, segment: NDArray[float32] | None = None
) -> str:
    """Word and position vectors, added and normalised; *segment* is added where the token type is 1."""
    import numpy as np
    from onnx import TensorProto

    _keep_words(graph, weights, embedding)
    graph.add("Gather", ["words", "input_ids"], "word.q")
    graph.add("Gather", ["words.scale", "input_ids"], "word.scale")
    graph.add("Cast", ["word.q"], "word.f", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["word.scale", graph.keep("last", np.array([-1]))], "word.scale.column")
    graph.add("Mul", ["word.f", "word.scale.column"], "word")

    width = weights.shape.hidden
    positions = weights.floats("emb.pos").reshape(-1, width) + weights.floats("emb.type")[:width]
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.keep("zero", np.array([0]))
    graph.add("Slice", [graph.keep("positions", positions), zero, "length", zero], "position")
    graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    if segment is None:
        return _norm(graph, weights, "emb.ln", "word", "position")
    graph.add("Cast", ["token_type_ids"], "type.f", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["type.f", "last"], "type.column")
    graph.add("Mul", ["type.column", graph.keep("segment", segment)], "type.vector")
    graph.add("Add", ["position", "type.vector"], "place")
    return _norm(graph, weights, "emb.ln", "word", "place")


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
    seen = "last_hidden_state" if layer == shape.layers - 1 else None
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
