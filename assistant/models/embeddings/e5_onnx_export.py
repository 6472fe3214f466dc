"""Exports the E5 weights as a quantised ONNX graph and a tokenizer in the Hugging Face folder layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.models.embeddings.e5_input_scales import INPUT_SCALES, load_input_scales
from assistant.models.embeddings.e5_weights import E5Weights

if TYPE_CHECKING:
    import onnx
    from numpy import float32, int8
    from numpy.typing import NDArray

    from assistant.models.embeddings.adapter_weights import AdapterWeights
    from assistant.models.embeddings.e5_input_scales import InputScales

#: Called with (steps done, steps in all).
Progress = Callable[[int, int], None]

OPSET = 18
IR_VERSION = 9
FUSED = "com.microsoft"
EPSILON = 1e-12
#: Tensors of at least this size are stored beside the graph, where sessions map the same memory.
BESIDE = 4_096
#: Largest magnitude of a weight in a matrix product. Processors without VNNI add two products of an unsigned
#: activation and a weight in 16 bits, and saturate there: 2 * 255 * 127 does not fit, 2 * 255 * 63 does. With
#: it every processor computes the same integers.
MAX_WEIGHT = 63
#: Largest magnitude of a word vector's value: word vectors are looked up, never multiplied as integers.
MAX_WORD = 127
#: The outputs of an adapted model: per token, and for the whole text.
TOKEN_LOGITS = "token_logits"
WINDOW_LOGITS = "window_logits"


class OnnxGraphBuilder:
    """An ONNX graph under construction."""

    #: Largest magnitude of a weight.
    largest = MAX_WEIGHT

    def __init__(self, input_scales: InputScales) -> None:
        self.input_scales = input_scales
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def add_constant(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant; returns its name for use as an input."""
        import numpy as np
        from onnx import numpy_helper

        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add_operator(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append an operator with one output; returns the output's name."""
        return self.add_multi_output(operator, inputs, [output], **attributes)[0]

    def add_multi_output(
        self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any
    ) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs

    def add_linear(self, source: str, weights: NDArray[float32], bias: NDArray[float32], output: str) -> str:
        """A dense layer: 7-bit weights with one scale per output, dynamically quantised activations.

        Where an input scale is known, inputs are divided and weights multiplied by it (SmoothQuant).
        """
        import numpy as np

        by = self.input_scales.get(output)
        if by is not None and len(by) == weights.shape[1]:
            source = self.add_operator(
                "Mul", [source, self.add_constant(f"{output}.in.scale", 1 / by)], f"{output}.in"
            )
            weights = weights * by
        values, scale = quantize_rows(weights, self.largest)
        inputs = [
            source,
            self.add_constant(f"{output}.w", values.T),
            self.add_constant(f"{output}.scale", scale),
            self.add_constant(f"{output}.zero", np.zeros(len(scale), np.int8)),
            self.add_constant(f"{output}.b", bias),
        ]
        return self.add_operator("DynamicQuantizeMatMul", inputs, output, domain=FUSED)

    def build_model(
        self, inputs: Sequence[str], outputs: Mapping[str, Sequence[str | int]]
    ) -> onnx.ModelProto:
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
    """Each row as int8 within ±*largest*: (rows, columns), and its scale: (rows,)."""
    import numpy as np

    scale = np.maximum(np.abs(weights).max(axis=1) / largest, np.float32(1e-12)).astype(np.float32)
    return np.rint(weights / scale[:, None]).astype(np.int8), scale


def write_graph(
    weights: E5Weights, path: Path, progress: Progress, graph: OnnxGraphBuilder | None = None
) -> None:
    """Write the model to *path* with its large tensors beside it; *graph*: an empty one with other scales."""

    shape = weights.shape
    graph = graph or OnnxGraphBuilder(load_input_scales(INPUT_SCALES))
    state = _add_embeddings(graph, weights)
    progress(1, shape.layers + 2)
    for layer in range(shape.layers):
        state = _add_layer(graph, weights, layer, state)
        progress(layer + 2, shape.layers + 2)
    states: list[str | int] = ["batch", "length", shape.hidden]
    _save_model(graph.build_model(["input_ids", "attention_mask"], {"last_hidden_state": states}), path)


def write_adapter_graph(weights: AdapterWeights, path: Path, embedding: Path) -> None:
    """Write the adapted model to *path*; it shares the word vectors of the *embedding* graph beside it.

    Its outputs are the logits of the heads that *weights* have: per token, and for the whole text.
    """
    from assistant.models.embeddings.adapter_weights import TOKEN_HEAD, WINDOW_HEAD

    graph = OnnxGraphBuilder(weights.read_input_scales())
    state = _add_embeddings(graph, weights, embedding, segment=weights.read_learned("segment"))
    for layer in range(weights.shape.layers):
        state = _add_layer(graph, weights, layer, state)
    outputs: dict[str, Sequence[str | int]] = {}
    if heads := weights.count_outputs(TOKEN_HEAD):
        _add_head(graph, weights, TOKEN_HEAD, state, TOKEN_LOGITS)
        outputs[TOKEN_LOGITS] = ["batch", "length", heads]
    graph.add_operator("Gather", [state, graph.add_constant("first", _build_array(0))], "first.state", axis=1)
    _add_head(graph, weights, WINDOW_HEAD, "first.state", WINDOW_LOGITS)
    outputs[WINDOW_LOGITS] = ["batch", 1, weights.count_outputs(WINDOW_HEAD)]
    _save_model(graph.build_model(["input_ids", "attention_mask", "token_type_ids"], outputs), path)


def _add_head(graph: OnnxGraphBuilder, weights: AdapterWeights, name: str, source: str, output: str) -> None:
    product = graph.add_operator(
        "MatMul",
        [source, graph.add_constant(f"{name}.w", weights.read_learned(f"{name}.weight").T)],
        f"{name}.product",
    )
    graph.add_operator(
        "Add", [product, graph.add_constant(f"{name}.b", weights.read_learned(f"{name}.bias"))], output
    )


def _build_array(*values: int) -> NDArray[Any]:
    import numpy as np

    return np.array(values)


def _save_model(model: onnx.ModelProto, path: Path) -> None:
    """Store large tensors beside the graph, where sessions map the same memory."""
    import onnx

    onnx.save(model, path, save_as_external_data=True, location=f"{path.name}_data", size_threshold=BESIDE)


def _add_word_vectors(graph: OnnxGraphBuilder, weights: E5Weights, embedding: Path | None) -> None:
    """The word vectors as int8: from the weights, or shared with the *embedding* graph."""
    import numpy as np
    import onnx

    if embedding is None:
        rows, scales = zip(
            *(quantize_rows(block, MAX_WORD) for block in weights.read_word_table()), strict=True
        )
        graph.add_constant("words", np.concatenate(rows))
        graph.add_constant("words.scale", np.concatenate(scales))
        return
    kept = onnx.load(str(embedding), load_external_data=False).graph.initializer
    graph.tensors += [tensor for tensor in kept if tensor.name in ("words", "words.scale")]


def _add_embeddings(
    graph: OnnxGraphBuilder,
    weights: E5Weights,
    embedding: Path | None = None,
    segment: NDArray[float32] | None = None,
) -> str:
    """Sum of word and position embeddings, normalised; *segment* is added where the token type is 1."""
    import numpy as np
    from onnx import TensorProto

    _add_word_vectors(graph, weights, embedding)
    graph.add_operator("Gather", ["words", "input_ids"], "word.q")
    graph.add_operator("Gather", ["words.scale", "input_ids"], "word.scale")
    graph.add_operator("Cast", ["word.q"], "word.f", to=TensorProto.FLOAT)
    graph.add_operator(
        "Unsqueeze", ["word.scale", graph.add_constant("last", np.array([-1]))], "word.scale.column"
    )
    graph.add_operator("Mul", ["word.f", "word.scale.column"], "word")

    width = weights.shape.hidden
    positions = weights.read_floats("emb.pos").reshape(-1, width) + weights.read_floats("emb.type")[:width]
    graph.add_operator("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.add_constant("zero", np.array([0]))
    graph.add_operator(
        "Slice", [graph.add_constant("positions", positions), zero, "length", zero], "position"
    )
    graph.add_operator("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    if segment is None:
        return _add_layer_norm(graph, weights, "emb.ln", "word", "position")
    graph.add_operator("Cast", ["token_type_ids"], "type.f", to=TensorProto.FLOAT)
    graph.add_operator("Unsqueeze", ["type.f", "last"], "type.column")
    graph.add_operator("Mul", ["type.column", graph.add_constant("segment", segment)], "type.vector")
    graph.add_operator("Add", ["position", "type.vector"], "place")
    return _add_layer_norm(graph, weights, "emb.ln", "word", "place")


def _add_layer(graph: OnnxGraphBuilder, weights: E5Weights, layer: int, state: str) -> str:
    """One transformer layer: self-attention and feed-forward network, each with a residual connection."""
    import numpy as np

    shape = weights.shape

    def add_dense(name: str, source: str, columns: int) -> str:
        key = f"l{layer}.{name}"
        return graph.add_linear(
            source, weights.read_matrix(f"{key}.w", columns), weights.read_floats(f"{key}.b"), key
        )

    qkv = [f"l{layer}.{part}" for part in "qkv"]
    matrix = np.concatenate([weights.read_matrix(f"{part}.w", shape.hidden) for part in qkv])
    joined = graph.add_linear(
        state, matrix, np.concatenate([weights.read_floats(f"{part}.b") for part in qkv]), f"l{layer}.qkv"
    )
    graph.add_multi_output("Split", [joined], qkv, axis=2, num_outputs=3)
    graph.add_operator(
        "MultiHeadAttention", [*qkv, "", "mask"], f"l{layer}.heads", domain=FUSED, num_heads=shape.heads
    )
    attended = add_dense("ao", f"l{layer}.heads", shape.hidden)
    state = _add_layer_norm(graph, weights, f"l{layer}.aln", state, attended)
    inner = graph.add_operator("Gelu", [add_dense("fi", state, shape.hidden)], f"l{layer}.gelu", domain=FUSED)
    seen = "last_hidden_state" if layer == shape.layers - 1 else None
    return _add_layer_norm(
        graph, weights, f"l{layer}.oln", state, add_dense("fo", inner, shape.inner), output=seen
    )


def _add_layer_norm(
    graph: OnnxGraphBuilder, weights: E5Weights, name: str, one: str, other: str, *, output: str | None = None
) -> str:
    """Layer norm of a sum, as two plain operators: onnxruntime's fused one takes six times as long
    on a CPU.
    """
    graph.add_operator("Add", [one, other], f"{name}.sum")
    scale, shift = (
        graph.add_constant(f"{name}.{part}", weights.read_floats(f"{name}.{part}")) for part in "wb"
    )
    return graph.add_operator(
        "LayerNormalization", [f"{name}.sum", scale, shift], output or f"{name}.out", epsilon=EPSILON
    )


def write_tokenizer(weights: E5Weights, path: Path) -> None:
    """The unigram tokenizer from the same file, as tokenizer.json."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(weights.read_pieces(), unk_id=3, byte_fallback=False))
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
    # Written by Python, whose error says that a disk is full; the library's own is none of the system's.
    path.write_text(tokenizer.to_str(), encoding="utf-8")
