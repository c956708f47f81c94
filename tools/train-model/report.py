"""Writes REPORT.md from results.json, failures.json, runs.json, NOTES.md and a few fixed chats with the int4 model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from evaluate import Chat
from export_model import REPOS
from ort_runner import OrtModel

CHATS: tuple[tuple[str, ...], ...] = (
    ("hello", "what is a coalition?", "and how do i earn credits", "thanks"),
    ("What is ComputePool?", "Do more tabs make my answer faster?", "what happens if a tab closes in the middle of an answer?"),
    ("does the server see my prompt?", "so is it private", "What is 38 + 45?", "what is 7 x 8"),
    ("Tell me a story about an otter", "what is 63 - 27"),
    ("write a longer story about a robot and a fox",),
    ("how do i put the chat on my own website", "is there an OpenAI-compatible endpoint"),
    ("what is the capital of Sweden?", "who are you", "what is a zebra"),
    ("whats a kv cahce", "why do you use webrtc", "my tab crashed what now"),
)
SETS = {
    "facts_held_phrasings": "facts, phrasings never trained",
    "out_of_scope_held": "out of scope, questions never trained",
    "arithmetic_held_pairs": "sums, number pairs never trained",
    "arithmetic_held_pairs_and_frames": "sums, pairs and wording never trained",
    "stories_held_subjects": "stories, subjects and requests never trained",
    "stories_known_subjects_held_requests": "stories, known subjects, requests never trained",
    "facts_late_in_long_chat": "facts at about token 700 of a long chat",
    "seen_facts": "control: facts, phrasings from the training grammar",
    "seen_arithmetic_pairs": "control: sums from the training side",
}


def _score_table(results: dict[str, Any]) -> list[str]:
    lines = ["| set | cases | fp32 right | int4 right | fp32 loss | int4 loss |", "|---|---|---|---|---|---|"]
    for key, title in SETS.items():
        a, b = results["fp32"][key], results["q4"][key]
        parts = " (" + ", ".join(f"{k} {v}" for k, v in b["by_label"].items()) + ")" if "by_label" in b else ""
        if "some_known_answer" in b:
            parts += f" (whole answer of some fact: {b['some_known_answer']:.1%})"
        losses = [results[d]["reply_loss_nats"][key] for d in ("fp32", "q4")]
        lines.append(f"| {title} | {a['cases']} | {a['share']:.1%} | {b['share']:.1%}{parts} | {losses[0]} | {losses[1]} |")
    return lines


def _draft_table(results: dict[str, Any]) -> list[str]:
    lines = ["| set | tokens | acceptance | tokens per lap, 4 drafts |", "|---|---|---|---|"]
    for key, row in results["draft_q4_vs_main_q4"].items():
        lines.append(f"| {SETS[key]} | {row['tokens']} | {row['acceptance_rate']:.1%} | {row['tokens_per_lap_4_drafts']} |")
    return lines


def _transcripts(model: OrtModel, chat: Chat) -> list[str]:
    lines: list[str] = []
    for chats in CHATS:
        turns: list[str] = []
        for question in chats:
            turns.append(question)
            turns.append(chat.text(model.greedy(chat.prompt(turns), 400)))
            lines += [f"> **{question}**", f"> {turns[-1]}", ">"]
        lines[-1] = ""
    return lines


def _failures(failures: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, title in SETS.items():
        for wrong in failures["q4"][key][:6]:
            got = wrong["got"] if len(wrong["got"]) < 240 else wrong["got"][:240] + " ..."
            lines.append(f"- {title} ({wrong['label']}): *{wrong['question']}* -> {got}")
    return lines


def _runs(runs: list[dict[str, Any]]) -> list[str]:
    lines = ["| run | steps | tokens | minutes | first / last logged loss | what changed before it |", "|---|---|---|---|---|---|"]
    for run in runs:
        lines.append(f"| {run['model']}, stage {run['stage']} | {run['steps']} | {run['tokens']:,} | {run['minutes']} | {run['log'][0]['loss']} / {run['log'][-1]['loss']} | {run['change']} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="../../public/models")
    parser.add_argument("--here", default=".", help="folder with results.json, failures.json, runs.json and NOTES.md; gets REPORT.md")
    args = parser.parse_args()
    here, folder = Path(args.here), Path(args.public) / REPOS["main"]
    results, failures = (json.loads((here / name).read_text()) for name in ("results.json", "failures.json"))
    chat = Chat(Tokenizer.from_file(str(folder / "tokenizer.json")))
    model = OrtModel(folder / "onnx/model_q4.onnx")
    notes = (here / "NOTES.md").read_text().strip()
    sections = [
        "# Guide 4M: what was measured", "", "Written by `report.py` from `results.json`; commands and definitions are in README.md.", "",
        "## Training runs", "", *_runs(json.loads((here / "runs.json").read_text())), "", "## Held-out quality", "",
        "Right means: the whole greedy answer, end token included, equals an answer of that very fact (facts), equals the sum (arithmetic), or names the subject, ends and has the grammar's number of sentences (stories). "
        "Loss is next-token loss in nats over the reference reply; for stories it is mostly the entropy of the grammar.", "", *_score_table(results), "",
        "## Draft model", "", "Share of the main model's greedy tokens (int4) that the draft's argmax (int4) foresees, and main tokens per verification with 4 drafts.", "", *_draft_table(results), "",
        "## What to know", "", notes, "", "## Chats with the int4 model (greedy, not selected)", "", *_transcripts(model, chat), "## Failures (int4, the first of each set)", "", *_failures(failures), "",
    ]
    (here / "REPORT.md").write_text("\n".join(sections))


if __name__ == "__main__":
    main()
