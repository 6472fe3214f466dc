"""Writes what an adapted model learned as the product reads it: assistant/llm/{reader,turns}.npz."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.llm.input_scales import scale_steps
from evals.reader_model import LowRank, Reader

Array = NDArray[np.float32]

#: Token ids, mask and starts, as in Batch.
Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def export(model: Reader, samples: Sequence[Inputs], path: Path, heads: Mapping[str, int]) -> None:
    """Write the learned tensors, with the input scales of the product's quantised layers.

    *samples* are read for the scales; of each of *heads* so many rows are written.
    """
    kept: dict[str, Any] = {}
    for name, layer in _dense(model).items():
        kept[f"{name}.b"] = _numbers(layer.bias).astype(np.float16)
        for part in ("down", "up"):
            values = _numbers(getattr(layer, part))
            scale = np.maximum(np.abs(values).max(axis=1) / 127, 1e-12)
            kept[f"{name}.{part}"] = np.rint(values / scale[:, None]).astype(np.int8)
            kept[f"{name}.{part}.scale"] = scale.astype(np.float32)
    norms = {"emb.ln": model.norm}
    for i, layer in enumerate(model.layers):
        norms |= {f"l{i}.aln": layer.aln, f"l{i}.oln": layer.oln}
    for name, norm in norms.items():
        kept[f"{name}.w"], kept[f"{name}.b"] = _numbers(norm.weight), _numbers(norm.bias)
    kept["segment"] = _numbers(model.segment)
    for name, rows in heads.items():
        head = getattr(model, name)
        kept[f"{name}.weight"] = _numbers(head.weight)[:rows]
        kept[f"{name}.bias"] = _numbers(head.bias)[:rows]
    for name, steps in _input_scales(model, samples).items():
        kept[f"{name}.input"] = steps
    np.savez_compressed(path, **kept)
    print(f"wrote {path} ({path.stat().st_size // 1024} kB)", flush=True)


def _dense(model: Reader) -> dict[str, LowRank]:
    parts = ("q", "k", "v", "ao", "fi", "fo")
    return {f"l{i}.{part}": getattr(layer, part) for i, layer in enumerate(model.layers) for part in parts}


def _numbers(tensor: torch.Tensor) -> Array:
    return np.array(tensor.detach().float().numpy())


def _input_scales(model: Reader, samples: Sequence[Inputs]) -> dict[str, NDArray[np.int8]]:
    """Of each dense layer's inputs, in eighths of powers of two (see evals/train_embedding.py)."""
    largest = _largest_inputs(model, samples)
    dense = _dense(model)
    found = {}
    for name, layer in dense.items():
        block, part = name.split(".")
        if part in "kv":
            continue
        # The product reads q, k and v in one layer.
        layers = [dense[f"{block}.{each}"] for each in ("q", "k", "v")] if part == "q" else [layer]
        matrix = np.concatenate(
            [_numbers(each.weight) + _numbers(each.up) @ _numbers(each.down) for each in layers]
        )
        found[f"{block}.qkv" if part == "q" else name] = scale_steps(largest[name], matrix)
    return found


@torch.no_grad()
def _largest_inputs(model: Reader, samples: Sequence[Inputs]) -> dict[str, Array]:
    """The greatest magnitude of each input of each dense layer, over *samples*."""
    largest: dict[str, Array] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def hook(_layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].float().abs().amax(dim=(0, 1)).numpy()
            largest[name] = np.maximum(largest.get(name, np.float32(0)), seen)

        return hook

    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in _dense(model).items()]
    for inputs in samples:
        model(*inputs)
    for hook in hooks:
        hook.remove()
    return largest
