"""Questions that are out of scope: the model must say that it does not know."""

from __future__ import annotations

import random

PLACES = "France|Japan|Brazil|Peru|Kenya|Italy|Canada|Spain|Egypt|India|China|Texas|Berlin|London|Paris|Rome|Poland|Chile|Norway|Greece|Cuba|Mexico|Turkey|Oslo|Madrid|Tokyo".split("|")
THINGS = "bread|pasta|a cake|pizza|soup|a bike|a house|a chair|coffee|rice|a table|cheese|tea|a garden|a boat|a kite|an omelette|wine|a sweater|a guitar|a roof|a window|jam|a shelf".split("|")
PEOPLE = "Einstein|Napoleon|Mozart|Shakespeare|Newton|the president|the king|Picasso|Cleopatra|Darwin|the queen|Beethoven|Plato|Gandhi|the prime minister|Marie Curie|Columbus|Tesla|Elvis".split("|")
TOPICS = ("football|biology|chemistry|history|the moon|dinosaurs|cooking|medicine|the law|physics|music|politics|gardening|fashion|space|the ocean|religion|quantum physics|algebra|poetry|cars|chess|dogs"
          "|the weather|birds|the stock market|movies|tennis|volcanoes|the brain|art|my health|gold|trains|sleep|love|maps|whales|planets|opera").split("|")
WORKS = "a poem|an essay|a song|a letter|a Python program|a function|an email|a regex|a recipe|a summary|a speech|a haiku|a SQL query|a tweet|a novel|a shell script|a review|a CV".split("|")
FRAMES = (
    "what is the capital of {place}", "where is {place}", "how many people live in {place}", "what is the weather in {place}", "is it raining in {place}", "how far is {place}", "when is the best time to visit {place}",
    "what language do they speak in {place}", "who rules {place}", "what time is it in {place}", "how do i make {thing}", "how do you cook {thing}", "how do i build {thing}", "how much does {thing} cost",
    "where can i buy {thing}", "how long does it take to make {thing}", "who was {person}", "when was {person} born", "who is {person}", "what did {person} do", "when did {person} die", "where did {person} live",
    "tell me about {topic}", "what do you know about {topic}", "explain {topic}", "what is {topic}", "do you like {topic}", "teach me {topic}", "i need help with {topic}", "what is new in {topic}", "give me a fact about {topic}",
    "write {work} about {topic}", "write {work}", "can you write {work} for me", "translate this into {lang}", "translate {topic} into {lang}", "what does {topic} mean in {lang}",
    "who won the world cup", "what day is it today", "what time is it", "what is the date", "who is the richest man", "what is the meaning of life", "how old is the earth", "how tall is the highest mountain", "what is the speed of light",
    "what is pi", "who invented the telephone", "why is the sky blue", "how does a car work", "what is the stock price of Apple", "should i buy bitcoin", "what is the price of gold", "will it rain tomorrow", "what should i cook tonight",
    "recommend a movie", "recommend a book about {topic}", "which book should i read", "what is in the news", "who will win the election", "am i sick", "i have a headache, what should i do", "which phone should i buy",
    "solve x squared minus 4", "what is the square root of 2", "what is the derivative of x", "how many legs has a spider", "how many planets are there", "what do cats eat", "why do birds sing", "where do whales live", "how do planes fly",
    "what is the largest animal", "what is the longest river", "who painted the Mona Lisa", "what year did the war end", "how do magnets work", "what is the best car", "how do i lose weight", "how do i learn {lang}",
)
LANGUAGES = "German|French|Spanish|Latin|Russian|Greek|Chinese|Arabic|Dutch|Hindi".split("|")


def ask_unknown(rng: random.Random) -> str:
    return rng.choice(FRAMES).format(
        place=rng.choice(PLACES), thing=rng.choice(THINGS), person=rng.choice(PEOPLE), topic=rng.choice(TOPICS), work=rng.choice(WORKS), lang=rng.choice(LANGUAGES)
    )
