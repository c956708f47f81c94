"""Paraphrase grammar: turns a fact into many surface forms of its question, with prefixes, suffixes, casing and typos."""

from __future__ import annotations

import random
import re

from .fact import Fact

DEFINE = (
    "what is {t}", "what's {t}", "what is {t} exactly", "what does {t} mean", "define {t}", "explain {t}", "tell me about {t}", "{t}",
    "what do you mean by {t}", "describe {t}", "what is meant by {t}", "i do not understand {t}", "what exactly is {t}",
    "say what {t} is", "what are you calling {t}", "meaning of {t}", "help me understand {t}", "explain {t} to me", "so what is {t}",
    "what is {t} in simple words", "explain {t} in one sentence", "i want to know about {t}", "what about {t}", "what is {t} here",
    "in this network, what is {t}", "what is {t} in ComputePool", "{t}, what is that", "what is that, {t}",
)
DEFINE_PLURAL = {"what is ": "what are ", "what's ": "what are ", "what exactly is ": "what exactly are ", "does {t} mean": "do {t} mean"}
DEFINE_HELD = ("give me a short definition of {t}", "i keep reading about {t}, what is it", "could someone explain {t}", "what should i know about {t}")

PREFIX = (
    "hey, ", "hi, ", "hello, ", "please tell me: ", "can you tell me ", "could you tell me ", "tell me, ", "i wonder, ", "quick question: ", "so, ", "ok, ",
    "explain: ", "please, ", "sorry, ", "just curious, ", "i want to know: ", "one question: ", "Guide, ", "hey Guide, ", "do you know ", "and ", "but ", "i have a question: ",
    "please explain ", "well, ", "question: ", "now, ", "hm, ", "good morning, ", "i am new here, ",
)
PREFIX_HELD = ("excuse me, ", "my question is: ", "hello Guide, ", "let me ask, ")
SUFFIX = (" please", ", please", " exactly", " here", " in short", " in ComputePool", " on this network", " then", ", can you explain", " again", " in simple words", ", thanks")
SYNONYMS = (
    ("what is", "what's"), ("how do i", "how can i"), ("how do i", "how to"), ("how can i", "how do i"), ("do not", "don't"), ("ComputePool", "the network"), ("ComputePool", "computepool"),
    ("my tab", "my browser tab"), ("a tab", "a browser tab"), ("my prompt", "my text"), ("my prompt", "my message"), ("tabs", "browser tabs"), ("peers", "nodes"), ("a peer", "a node"),
    ("computer", "machine"), ("computer", "PC"), ("my GPU", "my graphics card"), ("fast", "quick"), ("faster", "quicker"), ("does it", "does this"), ("is it", "is this"), ("why is", "how come"),
    ("what happens when", "what happens if"), ("what happens if", "what if"), ("do i need", "must i have"), ("can i", "may i"), ("i am", "i'm"), ("you are", "you're"), ("how is", "how's"), ("who is", "who's"),
    ("an answer", "a reply"), ("my answer", "my reply"), ("the answer", "the reply"),
)


def definition(rng: random.Random, term: str, held: bool = False) -> str:
    """A definitional question on `term`, with the verb in the plural where the term needs it."""
    frame = rng.choice(DEFINE_HELD if held else DEFINE)
    bare = term.split(" ")[0] not in ("a", "an", "the", "this")
    if bare and term.endswith("s") and not term.endswith(("ss", "js")) and term not in ("commons",) and not held:
        for single, plural in DEFINE_PLURAL.items():
            frame = frame.replace(single, plural)
    return frame.format(t=term)


def _typo(rng: random.Random, text: str) -> str:
    if len(text) < 6:
        return text
    at = rng.randrange(1, len(text) - 2)
    if not text[at - 1 : at + 2].isalpha():
        return text
    kind = rng.random()
    if kind < 0.4:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind < 0.75:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at] + text[at:]


def decorate(rng: random.Random, question: str, prefixes: tuple[str, ...] = PREFIX) -> str:
    """Add a prefix or suffix, vary casing and punctuation, sometimes misspell."""
    if rng.random() < 0.3:
        question = rng.choice(prefixes) + question
    elif rng.random() < 0.12:
        question += rng.choice(SUFFIX)
    return _finish(rng, question)


def _finish(rng: random.Random, text: str) -> str:
    if rng.random() < 0.08:
        text = _typo(rng, text)
    style = rng.random()
    if style < 0.5:
        text = text[0].upper() + text[1:]
        text = re.sub(r"\bi\b", "I", text)
    elif style < 0.8:
        text = text.lower()
    end = rng.random()
    return text + ("?" if end < 0.55 else "" if end < 0.88 else "." if end < 0.94 else " ?" if end < 0.97 else "??")


def _synonyms(rng: random.Random, question: str) -> str:
    hits = [(a, b) for a, b in SYNONYMS if a in question]
    if hits and rng.random() < 0.35:
        a, b = rng.choice(hits)
        question = question.replace(a, b, 1)
    return question


def ask(rng: random.Random, item: Fact) -> str:
    """A training phrasing of `item`."""
    if item.terms and (not item.ask or rng.random() < 0.55):
        question = definition(rng, rng.choice(item.terms))
    else:
        question = _synonyms(rng, rng.choice(item.ask))
    return decorate(rng, question)


def held_questions(rng: random.Random, item: Fact) -> list[str]:
    """Every held-out phrasing of `item`: own held questions, and one held frame over its first term, each with a held prefix at times."""
    base = list(item.held)
    if item.terms:
        base.append(definition(rng, item.terms[0], held=True))
    out = []
    for question in base:
        if rng.random() < 0.3 and item.key not in ("greet", "bye", "thanks", "ok", "praise"):
            question = rng.choice(PREFIX_HELD) + question
        question = question[0].upper() + question[1:] if rng.random() < 0.5 else question
        out.append(question + rng.choice(("?", "?", "")))
    return out
