"""Turns generated conversations into training rows: token ids and a mask that is set where the loss counts
(what the assistant says and its end token). Row `step` depends only on the seed and on `step`.
"""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer
from torch import Tensor

from data.chats import Message, Mix, conversation, draw_turns

Row = tuple[list[int], list[bool]]


class Encoder:
    """Encodes conversations exactly as the chat template followed by the tokenizer does."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.pad, self.start, self.end = (tokenizer.token_to_id(t) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
        self.newline = tokenizer.encode("\n").ids
        self.reply_head = len(tokenizer.encode("assistant\n").ids)

    def conversation(self, messages: list[Message]) -> Row:
        ids: list[int] = []
        mask: list[bool] = []
        texts = self.tokenizer.encode_batch([f"{m['role']}\n{m['content']}" for m in messages])
        for message, text in zip(messages, texts, strict=True):
            reply = message["role"] == "assistant"
            ids += [self.start, *text.ids, self.end, *self.newline]
            mask += [False] * (1 + self.reply_head) + [reply] * (len(text.ids) - self.reply_head + 1) + [False] * len(self.newline) if reply else [False] * (len(text.ids) + 2 + len(self.newline))
        return ids, mask

    def row(self, rng: random.Random, length: int, long_share: float, mix: Mix) -> Row:
        """Conversations one after another until `length` + 1 tokens are full; the last one is cut."""
        ids: list[int] = []
        mask: list[bool] = []
        while len(ids) <= length:
            more, more_mask = self.conversation(conversation(rng, draw_turns(rng, long_share), mix))
            ids += [*more, self.pad]
            mask += [*more_mask, False]
        return ids[: length + 1], mask[: length + 1]

    def batch(self, seed: int, step: int, rows: int, length: int, long_share: float, mix: Mix) -> tuple[Tensor, Tensor, Tensor]:
        """(inputs [rows, length], flat indices of positions with loss, their target ids)."""
        rng = random.Random(seed * 1_000_003 + step)
        made = [self.row(rng, length, long_share, mix) for _ in range(rows)]
        ids = torch.tensor([r[0] for r in made])
        mask = torch.tensor([r[1] for r in made])[:, 1:].reshape(-1)
        where = mask.nonzero().squeeze(1)
        return ids[:, :-1].contiguous(), where, ids[:, 1:].reshape(-1)[where]
