"""Word lists for the stories. Every tenth animal or person is held out of training (`HELD_SUBJECTS`)."""

from __future__ import annotations

ANIMALS = (
    "fox|cat|dog|bear|mouse|rabbit|owl|duck|frog|wolf|horse|goat|sheep|cow|pig|hen|crow|swan|deer|mole|otter|badger|hedgehog|squirrel|turtle|snail|bee|ant|spider|butterfly"
    "|whale|dolphin|seal|penguin|lion|tiger|elephant|giraffe|zebra|monkey|parrot|camel|donkey|lizard|snake|crab|fish|shark|eagle|robin|sparrow|goose|rooster|hamster|beaver|moose|raccoon|panda|koala|kangaroo|bat|moth|beetle|worm|toad|lamb|kitten|puppy"
    "|calf|pony|walrus|ferret|weasel|stork|heron|pigeon|peacock|ladybug|cricket|firefly|octopus|lobster|salmon|llama|yak|lynx|leopard|cheetah|gorilla|hippo|rhino|ostrich|flamingo|pelican|chameleon|newt"
).split("|")
PEOPLE = (
    "king|queen|princess|prince|knight|wizard|witch|pirate|sailor|farmer|baker|painter|gardener|fisherman|shepherd|tailor|miller|smith|potter|teacher|doctor|pilot|robot|dragon|giant|ghost|fairy|troll|dwarf|elf|clown|juggler|singer"
    "|girl|boy|grandmother|grandfather|postman|cook|astronaut|inventor|captain|thief|beggar|merchant|hunter|librarian|clockmaker|carpenter|musician|mermaid|snowman|scarecrow|unicorn"
    "|nurse|judge|drummer|dancer|barber|butcher|explorer|professor|detective|soldier|monk|weaver|lighthouse keeper|beekeeper|goblin|phoenix|griffin|toymaker|puppet|plumber|driver|twin|astronomer|poet|swimmer"
).split("|")
HELD_SUBJECTS = ("rabbit", "otter", "dolphin", "giraffe", "hamster", "baker", "sailor", "robot", "inventor", "clockmaker", "moose", "eagle", "llama", "detective", "goblin", "panda")
SUBJECTS = tuple(w for w in ANIMALS + PEOPLE if w not in HELD_SUBJECTS)
ADJECTIVES = "small|young|old|brave|shy|clever|lonely|curious|happy|tired|kind|proud|quiet|hungry|grumpy|gentle|lucky|lazy|red|grey|white|brown|tiny|tall|clumsy|patient|sleepy|merry".split("|")
NAMES = "Milo|Luna|Ada|Finn|Rosa|Otto|Nina|Hugo|Ivy|Max|Lily|Tom|Ella|Sam|Mia|Leo|Ruby|Jack|Nora|Oscar|Pip|Bella|Theo|Daisy|Ben|Olive|Felix|Zoe|Gus|Clara|Emil|Tilly|Bruno|Wren|Kit|Hazel".split("|")
PLACES = (
    "in a green forest|by a quiet lake|on a high hill|near the sea|in a small village|at the edge of a town|under an old oak tree|on a little island|in a deep valley|beside a slow river|in a stone tower|behind the mill|on a farm|in a warm cave|in a large garden|in a city of lights|on a snowy mountain|in a house with a blue door"
).split("|")
THINGS = "a golden key|a red kite|a silver bell|a round stone|a lost map|a blue lantern|a warm scarf|a wooden boat|a glass ball|a tiny drum|an old clock|a green hat|a bag of seeds|a paper star|a broken compass|a white feather|a music box|a copper coin|a box of paints|a shiny button".split("|")
GOALS = "to see the ocean|to learn to sing|to find a friend|to build a boat|to fly|to grow the largest pumpkin|to climb the mountain|to paint the moon|to bake the best bread|to win the race|to find the end of the rainbow|to sleep under the stars|to read every book|to plant a tree|to dance in the rain|to make the king laugh|to find a way home|to cross the river".split("|")
PROBLEMS = "a storm came|the bridge broke|the river rose|the snow fell|it grew dark|the fog rolled in|the wind took the roof|the well ran dry|a great noise woke everyone|the path was gone|the fire went out|the boat began to leak".split("|")
FEELINGS = "afraid|sad|surprised|worried|confused|cold|cross|lost|excited|nervous".split("|")
MORALS = (
    "Small steps can take you far.|A friend is worth more than gold.|Kindness always finds its way back.|Even the smallest can help.|Together everything is lighter.|It is never too late to try.|Being brave does not mean being loud.|Patience wins in the end.|Home is where someone waits for you.|Sharing makes a little into a lot.|Listening is a kind of magic.|Mistakes are good teachers."
).split("|")
