"""Small sums: a + b and a - b for 0..99, a x b for 0..12. One pair in ten is held out by a hash of (operator, a, b)."""

from __future__ import annotations

import hashlib
import random

SIGN = {"+": ("+", "plus", "added to", "and"), "-": ("-", "minus", "less"), "x": ("x", "times", "*", "multiplied by")}
FRAMES = (
    "{q}", "{q} =", "what is {q}", "what's {q}", "how much is {q}", "calculate {q}", "compute {q}", "can you work out {q}", "tell me {q}", "please calculate {q}", "{q} is what", "what do you get for {q}",
    "and {q}", "now {q}", "solve {q}", "work out: {q}", "i need {q}", "what does {q} make", "hey, what is {q}", "do you know {q}",
)
FRAMES_HELD = ("could you figure out {q}", "give me the result of {q}", "quick sum: {q}")
WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()


def is_held(op: str, a: int, b: int) -> bool:
    return hashlib.sha256(f"{op}{a},{b}".encode()).digest()[0] % 10 == 0


def result(op: str, a: int, b: int) -> int:
    return a + b if op == "+" else a - b if op == "-" else a * b


def answer(op: str, a: int, b: int) -> str:
    return f"{a} {op} {b} = {result(op, a, b)}."


def pick(rng: random.Random, held: bool = False) -> tuple[str, int, int]:
    """A pair from the training side, or from the held-out side."""
    while True:
        op = rng.choices(("+", "-", "x"), (5, 5, 2))[0]
        top = 12 if op == "x" else 20 if rng.random() < 0.15 else 99
        a, b = rng.randint(0, top), rng.randint(0, top)
        if op == "-" and b > a and rng.random() < 0.7:
            a, b = b, a
        if is_held(op, a, b) == held:
            return op, a, b


def question(rng: random.Random, op: str, a: int, b: int, held: bool = False) -> str:
    sign = rng.choice(SIGN[op]) if rng.random() < 0.5 else op
    if sign == "added to":
        a, b = b, a
    left, right = (WORDS[a], WORDS[b]) if max(a, b) <= 20 and sign.isalpha() and sign != "x" and rng.random() < 0.3 else (str(a), str(b))
    gap = "" if sign in "+-x*" and left.isdigit() and rng.random() < 0.25 else " "
    text = rng.choice(FRAMES_HELD if held else FRAMES).format(q=f"{left}{gap}{sign}{gap}{right}")
    style = rng.random()
    text = text[0].upper() + text[1:] if style < 0.4 else text
    return text + rng.choice(("?", "?", "", "", "."))
