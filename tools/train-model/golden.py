"""Writes golden.json: prompts, ids and greedy continuations for the tests of the web side, fp32 by transformers and
by onnxruntime, int4 by onnxruntime, each entry labelled with its source.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoTokenizer

from export_model import EOS, REPOS, load_qwen3
from ort_runner import OrtModel

NEW_TOKENS = 32
PROMPTS: tuple[list[dict[str, str]], ...] = (
    [{"role": "user", "content": "What is a shard?"}],
    [{"role": "user", "content": "hey, do more tabs make it faster"}],
    [{"role": "user", "content": "What is 27 + 48?"}],
    [{"role": "user", "content": "Tell me a story about a fox"}],
    [{"role": "system", "content": "You are a helpful assistant."}, {"role": "user", "content": "Does the server see prompts?"}],
    [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello! I am Guide. Ask me about ComputePool, a small sum or a story."}, {"role": "user", "content": "what is 7 x 8"}, {"role": "assistant", "content": "7 x 8 = 56."}, {"role": "user", "content": "what is WebGPU?"}],
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default=".work")
    parser.add_argument("--public", default="../../public/models")
    parser.add_argument("--out", default="golden.json")
    args = parser.parse_args()
    folder = Path(args.public) / REPOS["main"]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch_model = load_qwen3("main", Path(args.work))
    onnx_models = {"q4/onnxruntime-cpu": OrtModel(folder / "onnx/model_q4.onnx"), "fp32/onnxruntime-cpu": OrtModel(folder / "onnx/model.onnx")}
    entries = []
    for messages in PROMPTS:
        templated = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = tokenizer.encode(templated)
        with torch.no_grad():
            out = torch_model.generate(torch.tensor([ids]), max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=EOS, pad_token_id=0)
        greedy = {"fp32/transformers": out[0, len(ids) :].tolist()} | {k: m.greedy(ids, NEW_TOKENS) for k, m in onnx_models.items()}
        for source, new in greedy.items():
            entries.append({"source": source, "messages": messages, "templated": templated, "input_ids": ids, "greedy_ids": new, "text": tokenizer.decode(new, skip_special_tokens=True)})
    Path(args.out).write_text(json.dumps({"model": REPOS["main"], "max_new_tokens": NEW_TOKENS, "eos_token_id": EOS, "entries": entries}, indent=1) + "\n")
    agree = sum(a["greedy_ids"] == b["greedy_ids"] for a, b in zip(entries[::3], entries[2::3], strict=True))
    print(f"fp32: transformers and onnxruntime agree on {agree} of {len(PROMPTS)} prompts")


if __name__ == "__main__":
    main()
