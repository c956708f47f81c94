"""Exports a checkpoint to the layout of the hub's `onnx-community` repos: transformers weights -> onnxruntime-genai's
model builder (CPU, fp32 and int4) -> graph and external data re-saved in graph order -> public/models + index.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from transformers import GenerationConfig, Qwen3Config, Qwen3ForCausalLM

from check_grid import check_grid
from model import DRAFT, MAIN, Shape
from resave import resave

REPOS = {"main": "computepool/guide-4m", "draft": "computepool/guide-4m-draft"}
DTYPES = {"main": ("q4", "fp32"), "draft": ("q4",)}
FILE = {"fp32": "model.onnx", "q4": "model_q4.onnx"}
ABOUT = {
    "main": ("ComputePool Guide 4M", "The network's own helper: explains ComputePool, does small sums, tells short stories. Trained from scratch by tools/train-model."),
    "draft": ("ComputePool Guide 4M draft", "Two-layer draft model for speculative decoding with Guide 4M; same tokenizer."),
}
PAD, EOS = 0, 2
SIDE_FILES = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def qwen3_config(shape: Shape) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=shape.vocab, hidden_size=shape.hidden, num_hidden_layers=shape.layers, num_attention_heads=shape.heads, num_key_value_heads=shape.kv_heads, head_dim=shape.head_dim,
        intermediate_size=shape.intermediate, max_position_embeddings=shape.max_positions, rope_theta=shape.rope_theta, rms_norm_eps=shape.rms_eps, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=EOS, pad_token_id=PAD, use_cache=True, architectures=["Qwen3ForCausalLM"],
    )


def load_qwen3(which: str, work: Path) -> Qwen3ForCausalLM:
    """The trained weights as a transformers model in fp32."""
    model = Qwen3ForCausalLM(qwen3_config(MAIN if which == "main" else DRAFT))
    missing, unexpected = model.load_state_dict(torch.load(work / which / "checkpoint.pt"), strict=False)
    if unexpected or missing not in ([], ["lm_head.weight"]):
        raise ValueError(f"checkpoint does not fit: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    model.generation_config = GenerationConfig(eos_token_id=EOS, pad_token_id=PAD, do_sample=False, temperature=0.7, top_k=40, top_p=0.95)
    return model.eval()


def save_transformers(which: str, work: Path, folder: Path) -> None:
    """Write config, generation config, tokenizer and safetensors for the builder to read."""
    model = load_qwen3(which, work)
    generation = {"bos_token_id": None, "do_sample": False, "eos_token_id": EOS, "pad_token_id": PAD, "temperature": 0.7, "top_k": 40, "top_p": 0.95}
    model.generation_config = GenerationConfig()
    model.save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(work / "tokenizer" / name, folder / name)


def run_builder(source: Path, target: Path, dtype: str) -> Path:
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-i", str(source), "-o", str(target), "-p", "int4" if dtype == "q4" else "fp32", "-e", "cpu", "-c", str(target / "cache")]
    if dtype == "q4":
        command += ["--extra_options", "int4_block_size=32", "int4_is_symmetric=true", "int4_accuracy_level=1"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"builder failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return target / "model.onnx"


def export(which: str, work: Path, public: Path) -> None:
    repo = public / REPOS[which]
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "hf"
        save_transformers(which, work, source)
        shutil.rmtree(repo, ignore_errors=True)
        (repo / "onnx").mkdir(parents=True)
        for name in SIDE_FILES:
            shutil.copy(source / name, repo / name)
        for dtype in DTYPES[which]:
            built = run_builder(source, Path(scratch) / dtype, dtype)
            resave(onnx.load(built), repo / "onnx" / FILE[dtype])
            if dtype == "q4":
                check_grid(repo / "onnx" / FILE[dtype], load_qwen3(which, work).state_dict())


# What the runtimes answer, written by golden.py: export, golden, and export once more after other weights.
GOLDEN = Path(__file__).parent / "golden.json"
CANARY = "What is a shard?"


def _digest(path: Path) -> dict[str, int | str]:
    return {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def canary(dtypes: list[str]) -> dict[str, list[int]]:
    """A prompt and the first greedy ids after it, the same for every dtype and runtime of golden.json."""
    entries = [e for e in json.loads(GOLDEN.read_text())["entries"] if e["messages"] == [{"role": "user", "content": CANARY}]]
    answers = {tuple(e["greedy_ids"][:4]) for e in entries if e["source"].split("/")[0] in dtypes}
    if len(answers) != 1:
        raise ValueError("the runtimes do not agree on the canary: choose another prompt")
    return {"prompt": entries[0]["input_ids"], "ids": list(answers.pop())}


def write_index(public: Path, work: Path) -> None:
    """public/models/index.json: what is there, with size and SHA-256 of every file."""
    models = []
    for which, repo in REPOS.items():
        folder = public / repo
        if not folder.exists():
            continue
        title, description = ABOUT[which]
        entry = {"repo": repo, "dtypes": list(DTYPES[which]), "title": title, "description": description, "parameters": load_qwen3(which, work).num_parameters()}
        if which == "draft":
            entry["draftFor"] = REPOS["main"]
        if which == "main":
            entry["canary"] = canary(list(DTYPES[which]))
        entry["files"] = {p.relative_to(folder).as_posix(): _digest(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        models.append(entry)
    (public / "index.json").write_text(json.dumps({"models": models}, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default=".work")
    parser.add_argument("--public", default="../../public/models")
    parser.add_argument("--model", choices=("main", "draft", "both"), default="both")
    args = parser.parse_args()
    work, public = Path(args.work), Path(args.public)
    for which in REPOS if args.model == "both" else (args.model,):
        export(which, work, public)
    write_index(public, work)


if __name__ == "__main__":
    main()
