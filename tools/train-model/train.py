"""Trains the helper model or its draft model on the CPU: AdamW, cosine schedule, bf16 autocast, three phases
(256 tokens exact weights, 256 tokens int4-aware, 1024 tokens int4-aware).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # on a shared machine spinning barriers halve the speed; read when torch loads

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from corpus import Encoder
from data.chats import MIX_EARLY, MIX_LATE, MIX_STORIES, MIX_SUMS, Mix
from model import DRAFT, MAIN, Decoder
from tokenizer import save_tokenizer, train_tokenizer

SEED = 20261120
PACE = 50  # steps between two looks at the clock: progress is constant in between, so that a run can be replayed


@dataclass(frozen=True)
class Phase:
    until: float  # end, as a fraction of the run
    rows: int
    length: int
    quantised: bool
    long_share: float
    mix: Mix


PHASES = (
    Phase(0.20, 8, 256, False, 0.0, MIX_EARLY),
    Phase(0.42, 8, 256, False, 0.0, MIX_SUMS),
    Phase(0.60, 8, 256, False, 0.0, MIX_LATE),
    Phase(0.84, 8, 256, True, 0.0, MIX_LATE),
    Phase(0.90, 2, 1024, True, 0.35, MIX_LATE),
    Phase(1.01, 2, 1024, True, 0.20, MIX_STORIES),
)


def learning_rate(progress: float, step: int, peak: float) -> float:
    warm = min(1.0, (step + 1) / 100)
    return peak * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def make_optimizer(model: Decoder, peak: float) -> torch.optim.AdamW:
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.96), fused=True)


def loss_of(model: Decoder, forward: torch.nn.Module, ids: Tensor, where: Tensor, targets: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        logits = model.head(forward(ids).flatten(0, 1)[where])
    return F.cross_entropy(logits.float(), targets)


class Clock:
    """Progress in [0, 1): by steps, by minutes, or replayed from an earlier run's schedule."""

    def __init__(self, steps: int, minutes: float, replay: list[float] | None, start: float) -> None:
        self.steps, self.minutes, self.replay, self.start = steps, minutes, replay, start
        self.began = time.monotonic()
        self.trace: list[float] = []

    def progress(self, step: int) -> float:
        if step % PACE == 0:
            self.trace.append(round(self._now(step), 5))
        return self.trace[-1]

    def _now(self, step: int) -> float:
        if self.replay is not None:
            return self.replay[step // PACE] if step // PACE < len(self.replay) else 1.0
        if self.steps:
            done = step / self.steps
        else:
            done = (time.monotonic() - self.began) / (60 * self.minutes)
        return self.start + (1 - self.start) * done


def train(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    work = Path(args.work)
    folder = work / args.model
    folder.mkdir(parents=True, exist_ok=True)
    if not (work / "tokenizer" / "tokenizer.json").exists():
        save_tokenizer(train_tokenizer(SEED), work / "tokenizer")
    encoder = Encoder(Tokenizer.from_file(str(work / "tokenizer" / "tokenizer.json")))
    model = Decoder(MAIN if args.model == "main" else DRAFT)
    if args.init:
        model.load_qwen3_state_dict(torch.load(args.init))
    forward = torch.compile(model, dynamic=False)
    optimizer = make_optimizer(model, args.lr)
    clock = Clock(args.steps, args.minutes, json.loads(Path(args.replay).read_text())["progress"] if args.replay else None, args.start)
    log = (folder / "log.jsonl").open("w")
    step, tokens, saved, running = 0, 0, time.monotonic(), []
    while (progress := clock.progress(step)) < 1.0:
        phase = next(p for p in PHASES if progress < p.until)
        if model.head_quantised != phase.quantised:
            model.set_quantised(phase.quantised)
        rate = learning_rate(progress, step, args.lr)
        for group in optimizer.param_groups:
            group["lr"] = rate
        ids, where, targets = encoder.batch(SEED + args.stage, step, phase.rows, phase.length, phase.long_share, phase.mix)
        loss = loss_of(model, forward, ids, where, targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        running.append(loss.item())
        step, tokens = step + 1, tokens + ids.numel()
        if step % PACE == 0:
            entry = {"step": step, "progress": progress, "loss": round(sum(running) / len(running), 4), "lr": round(rate, 6), "tokens": tokens, "seconds": round(time.monotonic() - clock.began), "length": phase.length, "int4": phase.quantised}
            running = []
            log.write(json.dumps(entry) + "\n")
            log.flush()
            print(json.dumps(entry), flush=True)
        if time.monotonic() - saved > 120:
            saved = time.monotonic()
            torch.save(model.qwen3_state_dict(), folder / "checkpoint.pt")
    torch.save(model.qwen3_state_dict(), folder / "checkpoint.pt")
    summary = {"seed": SEED, "model": args.model, "stage": args.stage, "start": args.start, "steps": step, "tokens": tokens, "minutes": round((time.monotonic() - clock.began) / 60, 1), "peak_lr": args.lr, "pace": PACE, "progress": clock.trace}
    (folder / "schedule.json").write_text(json.dumps(summary) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=("main", "draft"), default="main")
    parser.add_argument("--work", default=".work", help="folder for checkpoints, log and tokenizer")
    parser.add_argument("--steps", type=int, default=0, help="fixed number of steps: deterministic")
    parser.add_argument("--minutes", type=float, default=50, help="time budget, used when --steps and --replay are absent")
    parser.add_argument("--replay", default="", help="schedule.json of an earlier run: repeats it step by step")
    parser.add_argument("--init", default="", help="go on from the weights of this checkpoint, with a fresh optimizer")
    parser.add_argument("--start", type=float, default=0.0, help="progress at which the run starts, with --init")
    parser.add_argument("--stage", type=int, default=0, help="number of an --init run: gives it rows of its own")
    parser.add_argument("--lr", type=float, default=2.5e-3)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
