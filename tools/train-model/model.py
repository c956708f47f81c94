"""Qwen3 decoder for training on a CPU: the mathematics and parameter names of `transformers`' Qwen3, written
so that `torch.compile` fuses it. Never used for inference outside training; export loads the weights into transformers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fake_quant import fake_quant_int4


@dataclass(frozen=True)
class Shape:
    """Sizes of one model; every K dimension of a matrix product is a multiple of 32, the int4 block."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    intermediate: int
    head_dim: int = 32
    vocab: int = 2048
    max_positions: int = 1024
    rope_theta: float = 10000.0
    rms_eps: float = 1e-6


MAIN = Shape(layers=8, hidden=192, heads=6, kv_heads=2, intermediate=512)
DRAFT = Shape(layers=2, hidden=128, heads=4, kv_heads=2, intermediate=384)


class QuantLinear(nn.Linear):
    """Linear layer without bias whose weight can be rounded to the exported int4 grid in the forward pass."""

    quantised = False

    def __init__(self, fan_in: int, fan_out: int) -> None:
        super().__init__(fan_in, fan_out, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, fake_quant_int4(self.weight) if self.quantised else self.weight)


class RmsNorm(nn.Module):
    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        x32 = x.float()
        return (x32 * torch.rsqrt(x32.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Half-split rotary embedding of `x` [batch, heads, tokens, head_dim]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Attention(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.s = s
        self.q_proj = QuantLinear(s.hidden, s.heads * s.head_dim)
        self.k_proj = QuantLinear(s.hidden, s.kv_heads * s.head_dim)
        self.v_proj = QuantLinear(s.hidden, s.kv_heads * s.head_dim)
        self.o_proj = QuantLinear(s.heads * s.head_dim, s.hidden)
        self.q_norm = RmsNorm(s.head_dim, s.rms_eps)
        self.k_norm = RmsNorm(s.head_dim, s.rms_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, tokens, _ = x.shape
        s = self.s
        q = self.q_norm(self.q_proj(x).view(batch, tokens, s.heads, s.head_dim)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(batch, tokens, s.kv_heads, s.head_dim)).transpose(1, 2)
        v = self.v_proj(x).view(batch, tokens, s.kv_heads, s.head_dim).transpose(1, 2)
        groups = s.heads // s.kv_heads
        q, k = rotate(q, cos, sin), rotate(k, cos, sin).repeat_interleave(groups, dim=1)
        out = F.scaled_dot_product_attention(q, k, v.repeat_interleave(groups, dim=1), is_causal=True)
        return self.o_proj(out.transpose(1, 2).reshape(batch, tokens, s.heads * s.head_dim))


class Mlp(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.gate_proj = QuantLinear(s.hidden, s.intermediate)
        self.up_proj = QuantLinear(s.hidden, s.intermediate)
        self.down_proj = QuantLinear(s.intermediate, s.hidden)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(s)
        self.mlp = Mlp(s)
        self.input_layernorm = RmsNorm(s.hidden, s.rms_eps)
        self.post_attention_layernorm = RmsNorm(s.hidden, s.rms_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Token ids [batch, tokens] to final hidden states [batch, tokens, hidden]; `head` gives logits (tied weights)."""

    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.s = s
        self.embed_tokens = nn.Embedding(s.vocab, s.hidden)
        self.layers = nn.ModuleList(Layer(s) for _ in range(s.layers))
        self.norm = RmsNorm(s.hidden, s.rms_eps)
        self.head_quantised = False
        inverse = s.rope_theta ** (-torch.arange(0, s.head_dim, 2).float() / s.head_dim)
        angle = torch.outer(torch.arange(s.max_positions).float(), inverse)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self._init_weights()

    def _init_weights(self) -> None:
        for name, p in self.named_parameters():
            if p.dim() == 2:
                depth_scale = (2 * self.s.layers) ** -0.5 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                nn.init.normal_(p, std=0.02 if "embed" in name else p.shape[1] ** -0.5 * 0.6 * depth_scale)

    def forward(self, ids: Tensor) -> Tensor:
        tokens = ids.shape[1]
        x = self.embed_tokens(ids)
        cos, sin = self.cos[:tokens], self.sin[:tokens]
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)

    def head(self, hidden: Tensor) -> Tensor:
        weight = self.embed_tokens.weight
        return F.linear(hidden, fake_quant_int4(weight) if self.head_quantised else weight)

    def set_quantised(self, on: bool) -> None:
        """Switch fake quantisation of every linear weight and of the head; the embedding table stays exact."""
        self.head_quantised = on
        for module in self.modules():
            if isinstance(module, QuantLinear):
                module.quantised = on

    def qwen3_state_dict(self) -> dict[str, Tensor]:
        """Weights under the names that `Qwen3ForCausalLM` expects, fp32."""
        return {f"model.{k}": v.detach().float().clone() for k, v in self.state_dict().items()}

    def load_qwen3_state_dict(self, weights: dict[str, Tensor]) -> None:
        self.load_state_dict({k.removeprefix("model."): v for k, v in weights.items()})
