"""Greedy decoding and teacher-forced logits of an exported graph through onnxruntime on the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

EOS = 2
CONTEXT = 1024


class OrtModel:
    def __init__(self, path: Path, threads: int = 2) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        inputs = {i.name: i for i in self.session.get_inputs()}
        self.has_positions = "position_ids" in inputs
        self.past_names = [n for n in inputs if n.startswith("past_key_values.")]
        self.present_names = [n.replace("past_key_values", "present") for n in self.past_names]
        _, self.kv_heads, _, self.head_dim = inputs[self.past_names[0]].shape

    def _run(self, ids: list[int], past: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        before = past[0].shape[2]
        feeds = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, before + len(ids)), np.int64)}
        if self.has_positions:
            feeds["position_ids"] = np.arange(before, before + len(ids), dtype=np.int64)[None]
        outputs = self.session.run(["logits", *self.present_names], feeds | dict(zip(self.past_names, past, strict=True)))
        return outputs[0][0], outputs[1:]

    def _empty(self) -> list[np.ndarray]:
        return [np.zeros((1, self.kv_heads, 0, self.head_dim), np.float32) for _ in self.past_names]

    def logits(self, ids: list[int]) -> np.ndarray:
        """Logits [tokens, vocab] of the whole sequence in one prefill."""
        return self._run(ids, self._empty())[0]

    def greedy(self, ids: list[int], limit: int) -> list[int]:
        """New tokens by argmax, the end token included when it comes within `limit`."""
        logits, past = self._run(ids, self._empty())
        new = [int(logits[-1].argmax())]
        while new[-1] != EOS and len(new) < limit and len(ids) + len(new) < CONTEXT:
            logits, past = self._run(new[-1:], past)
            new.append(int(logits[-1].argmax()))
        return new
