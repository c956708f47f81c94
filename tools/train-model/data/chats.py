"""Assembles single turns into conversations: lists of {role, content}, with or without a system message."""

from __future__ import annotations

import random

from . import arithmetic, facts_api, facts_basics, facts_chat, facts_money, facts_network, facts_privacy, facts_speed, facts_words
from .fact import Fact
from .paraphrase import ask, decorate
from .stories import story, tiny_story
from .unknown import ask_unknown

FACTS: tuple[Fact, ...] = (
    *facts_basics.FACTS, *facts_words.FACTS, *facts_network.FACTS, *facts_speed.FACTS, *facts_privacy.FACTS, *facts_money.FACTS, *facts_api.FACTS, *facts_chat.FACTS,
)
BY_KEY = {item.key: item for item in FACTS}
_ASKABLE = [item for item in FACTS if item.ask or item.terms]
_WEIGHTS = [1.6 if item.key in ("computepool", "who-are-you", "greet", "thanks", "join", "more-tabs", "who-sees", "tab-leaves") else 0.6 if item in facts_chat.FACTS else 1.0 for item in _ASKABLE]
SYSTEM = (
    "You are a helpful assistant.", "You are Guide, the helper of ComputePool.", "Answer briefly.", "You are a helpful, honest assistant.", "Be concise.", "You answer questions about ComputePool.", "You are an AI assistant.",
    "Keep answers short and clear.", "You are a friendly chat bot.",
)

Message = dict[str, str]


Mix = tuple[float, float, float, float]
MIX_EARLY: Mix = (0.5, 0.29, 0.12, 0.09)  # stories first: they teach copying and plain English
MIX_SUMS: Mix = (0.38, 0.47, 0.05, 0.10)  # then sums, which need the most examples
MIX_LATE: Mix = (0.36, 0.35, 0.20, 0.09)
MIX_STORIES: Mix = (0.33, 0.27, 0.32, 0.08)


def _turn(rng: random.Random, kinds: Mix) -> tuple[str, str]:
    """(question, answer) of a kind drawn with weights (fact, arithmetic, story, unknown)."""
    kind = rng.choices(("fact", "sum", "story", "unknown"), kinds)[0]
    if kind == "fact":
        item = rng.choices(_ASKABLE, _WEIGHTS)[0]
        return ask(rng, item), item.answers[0]
    if kind == "sum":
        op, a, b = arithmetic.pick(rng)
        return arithmetic.question(rng, op, a, b), arithmetic.answer(op, a, b)
    if kind == "unknown":
        return decorate(rng, ask_unknown(rng)), BY_KEY["dont-know"].answers[0]
    tale = tiny_story(rng) if rng.random() < 0.25 else story(rng, long=rng.random() < 0.5)
    return tale.request + rng.choice(("", "", ".", "?", "!")), tale.text


def conversation(rng: random.Random, turns: int, mix: Mix = MIX_EARLY) -> list[Message]:
    """A conversation of `turns` user turns."""
    messages: list[Message] = []
    if rng.random() < 0.08:
        messages.append({"role": "system", "content": rng.choice(SYSTEM)})
    for _ in range(turns):
        question, reply = _turn(rng, mix)
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    return messages


def draw_turns(rng: random.Random, long_share: float) -> int:
    """How many turns the next conversation has; `long_share` of them fill up to about 1000 tokens."""
    if rng.random() < long_share:
        return rng.randint(8, 20)
    return rng.choices((1, 2, 3, 4), (0.62, 0.18, 0.12, 0.08))[0]
