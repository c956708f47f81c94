"""Writes questions that neither the model nor its draft model was trained on, for `npm run bench -- speculation`.

    python3 held_questions.py > ../../bench/support/held-out-questions.json
"""

from __future__ import annotations

import json
import random

from eval_sets import eval_sets

SEED = 20261130
OF_EACH = 4


def main() -> None:
    sets = eval_sets(SEED)
    rng = random.Random(SEED)
    facts = rng.sample(sets["facts_held_phrasings"], OF_EACH)
    stories = rng.sample(sets["stories_held_subjects"], OF_EACH)
    print(json.dumps({"seed": SEED, "facts": [c.question for c in facts], "stories": [c.question for c in stories]}, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
