"""Story grammar: a request names one or two subjects; the story of 4-8 sentences (long: about twice that) keeps subject and name throughout."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .story_words import ADJECTIVES, FEELINGS, GOALS, MORALS, NAMES, PLACES, PROBLEMS, SUBJECTS, THINGS

REQUESTS = (
    "tell me a story about {s}", "write a story about {s}", "a story about {s}", "can you tell me a story about {s}", "make up a story about {s}", "i want a story about {s}", "write a short story about {s}",
    "please tell a story about {s}", "could you write a story about {s}", "tell a story with {s}", "give me a story about {s}", "story about {s}", "tell me a tale of {s}", "a short story about {s} please",
    "i would like to hear a story about {s}", "tell me about {s} in a story", "write me a little story about {s}", "now a story about {s}", "do you know a story about {s}", "once upon a time with {s}", "read me a story about {s}",
)
REQUESTS_HELD = ("invent a story about {s}", "my child wants a story about {s}", "let us hear a story about {s}")
REQUESTS_LONG = (
    "write a longer story about {s}", "tell me a long story about {s}", "a long story about {s}", "write a long story about {s}", "can you tell a longer story about {s}", "i want a long story about {s}", "tell me a longer tale about {s}",
    "write a detailed story about {s}",
)
REQUESTS_LONG_HELD = ("make it a long story, about {s}", "i have time for a long story about {s}")
REQUESTS_TINY = ("one sentence about {s}", "start a story about {s}", "begin a story about {s}", "a one line story about {s}", "write one sentence about {s}", "the first sentence of a story about {s}", "a tiny story about {s}")
REQUESTS_FREE = ("tell me a story", "write a story", "a story please", "can you tell me a story", "make up a story", "i want to hear a story", "tell me another story", "another story", "one more story", "story time", "tell me a short story")
REQUESTS_FREE_LONG = ("tell me a long story", "write a longer story", "a longer story please", "write a long story", "can you write a longer story", "tell me a longer story")

OPENINGS = (
    "Once there was {a_adj_s} named {n} who lived {p}.", "{p_cap} lived {a_adj_s} named {n}.", "Long ago, {a_adj_s} called {n} lived {p}.", "There once was {a_adj_s} named {n}, and {n} lived {p}.",
    "{n} was {a_adj_s} who lived {p}.", "Once upon a time {a_adj_s} named {n} lived {p}.",
)
PLOTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("One morning {n} found {t} under a leaf.", "One day {n} found {t} on the path.", "After the rain {n} found {t} in the mud."),
        ("The {s} asked everyone who had lost it, but nobody knew.", "The {s} wanted to know where it came from.", "\"Who has lost this?\" asked the {s}."),
        ("At last {a_adj_h} named {m} came running and said, \"That is mine!\"", "Then {a_adj_h} named {m} sat by the road and cried, because it was gone.", "In the evening {n} met {a_adj_h} named {m}, who had looked for it all day."),
        ("{n} gave it back at once.", "The {s} smiled and gave it back.", "\"Here it is,\" said {n} and gave it back."),
        ("{m} was so glad that they shared a cake.", "From that day {n} and {m} were friends.", "{m} thanked the {s} and showed {n} a secret garden."),
    ),
    (
        ("More than anything, {n} wanted {g}.", "Every night {n} dreamed {of_g}.", "The {s} had one great wish: {g}."),
        ("Everyone laughed and said that it was not possible.", "\"You are only {a_s},\" the others said.", "Nobody believed that {a_s} could do it."),
        ("But {n} tried every day, a little at a time.", "So the {s} set out alone with a small bag.", "The {s} did not listen and began at once."),
        ("On the way {pr}, and {n} felt {f}.", "Then {pr}, and the {s} was {f}.", "One day {pr}, and everything seemed lost."),
        ("{a_adj_h_cap} named {m} came by and helped.", "Luckily {a_adj_h} named {m} knew what to do.", "But {a_adj_h} named {m} said, \"Do not give up.\""),
        ("In the end the wish of the {s} came true, and everyone cheered.", "And so {n} did it after all.", "When {n} came home, nobody laughed any more."),
    ),
    (
        ("One night {pr}.", "On a cold day {pr}.", "Then, without warning, {pr}."),
        ("All the others were {f} and hid.", "{n} was {f} and did not know what to do.", "The {s} heard someone call for help."),
        ("It was {a_adj_h} named {m}, who could not get home.", "Outside stood {a_adj_h} named {m}, wet and cold.", "{n} looked out and saw {a_adj_h} named {m}."),
        ("{n} took {t} and went out.", "The {s} opened the door and lit a lamp.", "\"Come in,\" said the {s}."),
        ("They waited together until the morning and told each other stories.", "Together they found a way.", "They drank hot tea until it was over."),
        ("When the sun came up, {m} said, \"You saved me.\"", "In the morning the world was quiet and bright.", "Since then {m} visits {n} every winter."),
    ),
    (
        ("Every year there was a great race {p2}.", "One spring the {s} heard of a contest {p2}.", "The king called everyone to a great feast {p2}."),
        ("The prize was {t}.", "Whoever won would get {t}.", "The winner was to receive {t}."),
        ("{n} was not fast, but {n} was clever.", "The {s} practised every day.", "{n} did not care about the prize, only about the fun."),
        ("{a_adj_h_cap} named {m} fell and hurt a foot.", "Half way, {n} saw {a_adj_h} named {m} in trouble.", "Just before the end {a_adj_h} named {m} needed help."),
        ("The {s} stopped and helped {m}.", "{n} turned back and carried {m} all the way.", "\"Lean on me,\" said the {s}."),
        ("They came in last, but the crowd cheered for them most.", "They did not win, but they laughed all evening.", "The judge gave both of them the prize."),
    ),
    (
        ("{n} had {t} and never let anyone touch it.", "The {s} owned {t} and was very proud of it.", "On a shelf {n} kept {t}."),
        ("One morning it was gone.", "Then one day it broke.", "But one evening it was lost."),
        ("The {s} was {f} and searched everywhere.", "{n} felt {f} and asked all the neighbours.", "{n} looked in every corner until it was dark."),
        ("{a_adj_h_cap} named {m} said, \"Let us look together.\"", "A neighbour named {m}, {a_adj_h}, offered to help.", "Then {a_adj_h} named {m} knocked at the door."),
        ("They found it where nobody had looked before.", "Together they made a new one, and it was even better.", "They did not find it, but they found a friend in each other."),
        ("After that {n} shared it with everyone.", "From then on the {s} was never alone.", "And {n} slept well that night."),
    ),
    (
        ("{n} had never left home.", "The {s} had always wondered what was behind the hills.", "One summer the {s} wanted to see the world."),
        ("So {n} packed bread and {t} and went away.", "With {t} in a bag, the {s} began to walk.", "Early in the morning {n} left with {t}."),
        ("After three days the {s} came to a place {p2}.", "The road led {n} to a place {p2}.", "At last {n} rested {p2}."),
        ("There lived {a_adj_h} named {m}, who had never had a visitor.", "There {n} met {a_adj_h} named {m}.", "{a_adj_h_cap} named {m} was already waiting there."),
        ("They talked about the world until the moon was high.", "{m} showed the {s} how to read the stars.", "{m} knew songs that {n} had never heard."),
        ("Later {n} went home with many stories to tell.", "The {s} stayed for a year and then went home, a little wiser.", "On the way back {n} sang all the songs."),
    ),
)
LINKS = ("A week later something else happened.", "But that was not the end.", "When the next spring came, there was more to do.", "The year after that, {n} was older and a little braver.", "And then a new day began.")
ENDINGS = ("{moral}", "{moral}", "The {s} was happy, and so was {m}.", "And if they have not moved away, they still live there.", "And {n} never forgot that day.", "The end.")


@dataclass(frozen=True)
class Story:
    subject: str
    request: str
    text: str


def _a(words: str) -> str:
    return ("an " if words[0] in "aeiou" and not words.startswith("uni") else "a ") + words


def _cap(text: str) -> str:
    return text[0].upper() + text[1:]


def made_up_word(rng: random.Random) -> str:
    """An invented noun, so that the model learns to copy the subject and not only to know it."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 2))) + rng.choice(("x", "n", "rk", "lo", "mp", "t", "bin", "dle"))


def story(rng: random.Random, long: bool = False, held_request: bool = False, subject: str = "") -> Story:
    """One request with its story; `subject` is drawn from the training side when it is not given."""
    free = not subject and not held_request and rng.random() < 0.1
    subject = subject or (made_up_word(rng) if rng.random() < 0.2 else rng.choice(SUBJECTS))
    helper = rng.choice([w for w in SUBJECTS if w != subject])
    adjective = rng.choice(ADJECTIVES) if rng.random() < 0.3 and not free else ""
    asked = f"{adjective} {subject}".strip()
    pair = rng.random() < 0.15 and not free
    if free:
        request = rng.choice(REQUESTS_FREE_LONG if long else REQUESTS_FREE)
    else:
        pool = (REQUESTS_LONG_HELD if held_request else REQUESTS_LONG) if long else REQUESTS_HELD if held_request else REQUESTS
        request = rng.choice(pool).format(s=_a(asked) + (" and " + _a(helper) if pair else ""))
    return Story(subject, _cap(request) if rng.random() < 0.5 else request, _tell(rng, subject, helper, adjective, long))


def tiny_story(rng: random.Random) -> Story:
    """Only the opening sentence: one copied subject in 15 tokens, which teaches copying fast."""
    subject = made_up_word(rng) if rng.random() < 0.3 else rng.choice(SUBJECTS)
    adjective = rng.choice(ADJECTIVES) if rng.random() < 0.3 else ""
    request = rng.choice(REQUESTS_TINY).format(s=_a(f"{adjective} {subject}".strip()))
    words = {"n": rng.choice(NAMES), "a_adj_s": _a(f"{adjective or rng.choice(ADJECTIVES)} {subject}"), "p": rng.choice(PLACES)}
    text = rng.choice(OPENINGS).format(p_cap=_cap(words["p"]), **words)
    return Story(subject, _cap(request) if rng.random() < 0.5 else request, text)


def _tell(rng: random.Random, subject: str, helper: str, adjective: str, long: bool) -> str:
    name, other = rng.sample(NAMES, 2)
    adjective_subject = f"{adjective or rng.choice(ADJECTIVES)} {subject}"
    base = {"n": name, "m": other, "s": subject, "a_s": _a(subject), "a_adj_s": _a(adjective_subject)}

    def fill(template: str, adjective_helper: str) -> str:
        place, goal = rng.choice(PLACES), rng.choice(GOALS)
        slots = base | {
            "p": place, "p_cap": _cap(place), "p2": rng.choice(PLACES), "t": rng.choice(THINGS), "g": goal, "of_g": "that it was time " + goal, "pr": rng.choice(PROBLEMS), "f": rng.choice(FEELINGS),
            "a_adj_h": _a(adjective_helper), "a_adj_h_cap": _cap(_a(adjective_helper)), "moral": rng.choice(MORALS),
        }
        return template.format(**slots)

    first_helper = f"{rng.choice(ADJECTIVES)} {helper}"
    sentences = [fill(rng.choice(OPENINGS), first_helper)]
    plots = rng.sample(PLOTS, 2 if long else 1)
    for index, plot in enumerate(plots):
        if index:
            other = rng.choice([n for n in NAMES if n not in (name, other)])
            base["m"] = other
            first_helper = f"{rng.choice(ADJECTIVES)} {rng.choice(SUBJECTS)}"
            sentences.append(fill(rng.choice(LINKS), first_helper))
        sentences += [fill(rng.choice(step), first_helper) for step in plot]
    if len(sentences) < 8 or long:
        sentences.append(fill(rng.choice(ENDINGS), first_helper))
    return " ".join(sentences)
