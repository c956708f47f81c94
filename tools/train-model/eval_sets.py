"""The held-out questions and their controls. Nothing here is seen in training except the sets named `seen_*`."""

from __future__ import annotations

import random
from dataclasses import dataclass

from data import arithmetic
from data.chats import FACTS, conversation
from data.paraphrase import ask, held_questions
from data.stories import story
from data.story_words import HELD_SUBJECTS, SUBJECTS


@dataclass(frozen=True)
class Case:
    """One question; right when the answer is among `answers`, or for a story when it is well formed about `subject`."""

    question: str
    answers: tuple[str, ...] = ()
    subject: str = ""
    reference: str = ""
    label: str = ""
    history: tuple[str, ...] = ()  # turns before the question: user, assistant, user, ...


def _sums(rng: random.Random, op: str, count: int, held_pair: bool, held_frame: bool) -> list[Case]:
    cases: list[Case] = []
    while len(cases) < count:
        picked = arithmetic.pick(rng, held=held_pair)
        if picked[0] == op:
            right = arithmetic.answer(*picked)
            cases.append(Case(arithmetic.question(rng, *picked, held=held_frame), (right,), reference=right, label=op))
    return cases


def _story(rng: random.Random, subject: str, long: bool) -> Case:
    tale = story(rng, long=long, held_request=True, subject=subject)
    return Case(tale.request, subject=subject, reference=tale.text, label="long" if long else "short")


def _long_history(rng: random.Random) -> tuple[str, ...]:
    """Facts and few sums, about 1800 characters, so that the question starts near token 700."""
    turns: list[str] = []
    while sum(map(len, turns)) < 1800:
        turns += [m["content"] for m in conversation(rng, 1, (0.85, 0.05, 0.0, 0.1)) if m["role"] != "system"]
    return tuple(turns)


def eval_sets(seed: int) -> dict[str, list[Case]]:
    rng = random.Random(seed)
    known = [f for f in FACTS if f.key != "dont-know"]
    unknown = [f for f in FACTS if f.key == "dont-know"]
    return {
        "facts_held_phrasings": [Case(q, f.answers, reference=f.answers[0], label=f.key) for f in known for q in held_questions(rng, f)],
        "out_of_scope_held": [Case(q, f.answers, reference=f.answers[0], label=f.key) for f in unknown for q in held_questions(rng, f)],
        "arithmetic_held_pairs": [c for op, n in (("+", 120), ("-", 120), ("x", 15)) for c in _sums(rng, op, n, held_pair=True, held_frame=False)],
        "arithmetic_held_pairs_and_frames": [c for op, n in (("+", 40), ("-", 40)) for c in _sums(rng, op, n, held_pair=True, held_frame=True)],
        "stories_held_subjects": [_story(rng, s, long) for s in HELD_SUBJECTS for long in (False, False, True)],
        "stories_known_subjects_held_requests": [_story(rng, s, long) for s in rng.sample(SUBJECTS, 24) for long in (False, True)],
        "facts_late_in_long_chat": [Case(ask(rng, f), f.answers, reference=f.answers[0], label=f.key, history=_long_history(rng)) for f in rng.sample(known, 50)],
        "seen_facts": [Case(ask(rng, f), f.answers, reference=f.answers[0], label=f.key) for f in known],
        "seen_arithmetic_pairs": [c for op, n in (("+", 60), ("-", 60), ("x", 20)) for c in _sums(rng, op, n, held_pair=False, held_frame=False)],
    }
