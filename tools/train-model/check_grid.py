"""Compares the int4 weights in an exported graph with the training's fake quantisation: they must be the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from fake_quant import BLOCK, round_to_int4_grid


def dequantise(packed: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """[out, blocks, BLOCK/2] nibbles (low first, offset 8) and scales [out, blocks] to float [out, in]."""
    nibbles = np.stack((packed & 15, packed >> 4), -1).reshape(packed.shape[0], packed.shape[1], BLOCK).astype(np.float32) - 8
    return (nibbles * scales.reshape(packed.shape[0], -1, 1)).reshape(packed.shape[0], -1)


def check_grid(graph_path: Path, weights: dict[str, Tensor]) -> float:
    """Largest difference over all MatMulNBits nodes; `weights` has transformers' names. Raises above 1e-6."""
    graph = onnx.load(graph_path).graph
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
    worst, nodes = 0.0, 0
    for node in graph.node:
        if node.op_type != "MatMulNBits":
            continue
        name = node.input[1].split(".MatMul")[0].replace(".attn.", ".self_attn.")
        source = weights["model.embed_tokens.weight" if name == "lm_head" else f"{name}.weight"]
        exact = round_to_int4_grid(source).numpy()
        worst = max(worst, float(np.abs(dequantise(tensors[node.input[1]], tensors[node.input[2]]) - exact).max()))
        nodes += 1
    if worst > 1e-6 or not nodes:
        raise ValueError(f"int4 export and fake quantisation differ by {worst} over {nodes} nodes")
    return worst
