"""Measures the exported models on held-out questions through onnxruntime (CPU) and writes results.json and transcripts.json."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from data.chats import BY_KEY, FACTS
from eval_sets import Case, eval_sets
from export_model import REPOS
from ort_runner import EOS, OrtModel

SEED = 77
KNOWN = {answer for item in FACTS for answer in item.answers}
LIMIT = {"story": 400, "other": 90}


class Chat:
    """Templated ids of a conversation, and text of new ids."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def prompt(self, turns: list[str]) -> list[int]:
        """`turns` alternate user, assistant, ..., user."""
        text = "".join(f"<|im_start|>{'assistant' if i % 2 else 'user'}\n{t}<|im_end|>\n" for i, t in enumerate(turns))
        return self.tokenizer.encode(text + "<|im_start|>assistant\n").ids

    def text(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)


def story_faults(case: Case, text: str, ended: bool) -> list[str]:
    """Why a story is not well formed; empty when it is. Sentence counts are those of the grammar."""
    sentences = len(re.findall(r"[.!?]\"?(?=\s|$)", text))
    low, high = (8, 24) if case.label == "long" else (4, 12)
    faults = [] if ended else ["no end token"]
    if not re.search(rf"\b{case.subject}\b", text):
        faults.append("subject not named")
    if not low <= sentences <= high:
        faults.append(f"{sentences} sentences")
    return faults


def run_set(model: OrtModel, chat: Chat, cases: list[Case]) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Share of right answers, per label where useful, and the wrong ones."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: list[dict[str, object]] = []
    fluent = 0
    for case in cases:
        ids = model.greedy(chat.prompt([*case.history, case.question]), LIMIT["story" if case.subject else "other"])
        text, ended = chat.text(ids), ids[-1] == EOS
        good = not story_faults(case, text, ended) if case.subject else ended and text in case.answers
        right[case.label].append(good)
        fluent += text in KNOWN
        if not good:
            wrong.append({"question": case.question, "got": text, "wanted": case.subject or case.answers[0], "label": case.label})
    flat = [g for group in right.values() for g in group]
    score: dict[str, object] = {"cases": len(flat), "right": sum(flat), "share": round(sum(flat) / len(flat), 4)}
    if cases[0].label in BY_KEY:
        score["some_known_answer"] = round(fluent / len(flat), 4)
    if len(right) <= 4 and len(right) > 1:
        score["by_label"] = {k: f"{sum(v)}/{len(v)}" for k, v in right.items()}
    return score, wrong


def reply_loss(model: OrtModel, chat: Chat, cases: list[Case]) -> float:
    """Mean next-token loss (nats) over the tokens of the reference replies and their end token."""
    losses: list[float] = []
    for case in cases:
        head = chat.prompt([*case.history, case.question])
        reply = [*chat.tokenizer.encode(case.reference).ids, EOS]
        logits = model.logits(head + reply)[len(head) - 1 : -1].astype(np.float64)
        shifted = logits - logits.max(-1, keepdims=True)
        losses += list(np.log(np.exp(shifted).sum(-1)) - shifted[np.arange(len(reply)), reply])
    return round(float(np.mean(losses)), 4)


def acceptance(main: OrtModel, draft: OrtModel, chat: Chat, cases: list[Case], window: int = 4) -> dict[str, float]:
    """Share of the main model's greedy tokens that the draft's argmax foresees, and tokens per lap with `window` drafts."""
    hits = total = laps = made = 0
    for case in cases:
        head = chat.prompt([*case.history, case.question])
        new = main.greedy(head, LIMIT["story" if case.subject else "other"])
        guess = draft.logits(head + new)[len(head) - 1 : -1].argmax(-1)
        same = [int(g) == n for g, n in zip(guess, new, strict=True)]
        hits, total = hits + sum(same), total + len(new)
        at = 0
        while at < len(new):
            run = 0
            while run < window and at + run < len(new) and same[at + run]:
                run += 1
            at += run + 1
            laps += 1
        made += len(new)
    return {"tokens": total, "acceptance_rate": round(hits / total, 4), f"tokens_per_lap_{window}_drafts": round(made / laps, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="../../public/models")
    parser.add_argument("--out", default=".")
    parser.add_argument("--quick", action="store_true", help="every fifth case only")
    args = parser.parse_args()
    public, out = Path(args.public), Path(args.out)
    folder = public / REPOS["main"]
    chat = Chat(Tokenizer.from_file(str(folder / "tokenizer.json")))
    sets = {k: v[:: 5 if args.quick else 1] for k, v in eval_sets(SEED).items()}
    models = {"fp32": OrtModel(folder / "onnx/model.onnx"), "q4": OrtModel(folder / "onnx/model_q4.onnx")}
    results: dict[str, object] = {"seed": SEED, "runtime": "onnxruntime CPU"}
    wrongs: dict[str, object] = {}
    for name, model in models.items():
        began = time.monotonic()
        scored = {key: run_set(model, chat, cases) for key, cases in sets.items()}
        results[name] = {key: s[0] for key, s in scored.items()}
        results[name]["reply_loss_nats"] = {key: reply_loss(model, chat, cases) for key, cases in sets.items()}
        wrongs[name] = {key: s[1] for key, s in scored.items()}
        print(name, f"{time.monotonic() - began:.0f} s", json.dumps(results[name], indent=1), flush=True)
    draft_path = public / REPOS["draft"] / "onnx/model_q4.onnx"
    if draft_path.exists():
        draft = OrtModel(draft_path)
        results["draft_q4_vs_main_q4"] = {key: acceptance(models["q4"], draft, chat, sets[key][:60]) for key in ("facts_held_phrasings", "out_of_scope_held", "arithmetic_held_pairs", "stories_held_subjects")}
        print(json.dumps(results["draft_q4_vs_main_q4"], indent=1))
    (out / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (out / "failures.json").write_text(json.dumps(wrongs, indent=1) + "\n")


if __name__ == "__main__":
    main()
