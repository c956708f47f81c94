"""Fake quantisation to the grid of onnxruntime's MatMulNBits: int4, block 32 along K, symmetric, round to nearest.
The gradient passes straight through. Must stay equal to `MlasQuantizeBlockwise` (`check_grid.py` compares them at each export).
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 32


def round_to_int4_grid(weight: Tensor) -> Tensor:
    """Dequantised int4 copy of `weight` [out, in]; the element of largest magnitude of a block maps to -8."""
    blocks = weight.float().reshape(weight.shape[0], -1, BLOCK)
    low, high = blocks.amin(-1, keepdim=True), blocks.amax(-1, keepdim=True)
    scale = torch.where(high.abs() > low.abs(), high, low) / -8.0
    inverse = torch.where(scale != 0, 1.0 / scale, torch.zeros_like(scale))
    level = torch.floor(blocks * inverse + 8.5)  # ties go up, as roundf does on positive numbers
    return ((torch.clamp(level, 0, 15) - 8) * scale).reshape(weight.shape)


def fake_quant_int4(weight: Tensor) -> Tensor:
    return weight + (round_to_int4_grid(weight.detach()) - weight.detach())
