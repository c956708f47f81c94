"""The shape of one fact: what it is called, how people ask for it, which phrasings are held out, what is answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """`terms` feed the definition frames ("what is {term}"); `ask` are further training questions;
    `held` are questions never trained; `answers[0]` is the canonical answer."""

    key: str
    answers: tuple[str, ...]
    terms: tuple[str, ...]
    ask: tuple[str, ...]
    held: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def fact(key: str, say: str, *, term: str = "", ask: str = "", held: str = "") -> Fact:
    """Build a fact from `|`-separated alternatives."""
    return Fact(key, _split(say), _split(term), _split(ask), _split(held))
