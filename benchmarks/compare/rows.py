"""Rows of data from a seed: the same ones each time, so that what is measured over them can be repeated."""
import random

SEED = 1
AIRPORTS = 230   # about as many as fly in vega-datasets' flights


def write(path, header, rows):
    """`rows` are lines without their ends, and so is the header; None: there is none."""
    with path.open("w", newline="") as out:
        if header:
            out.write(header + "\n")
        block = []
        for row in rows:
            block.append(row)
            if len(block) == 10_000:
                out.write("\n".join(block) + "\n")
                block.clear()
        if block:
            out.write("\n".join(block) + "\n")


def measurements(count, stations):
    """As in the one billion row challenge: a station and its temperature."""
    some = random.Random(SEED)
    names = ["".join(some.choices("abcdefghijklmnopqrstuvwxyz ", k=some.randint(3, 24))).strip() or "x"
             for _ in range(stations)]
    names = [f"{name}{number}" for number, name in enumerate(names)]
    means = [some.uniform(-20, 40) for _ in names]
    return (f"{names[at]};{some.gauss(means[at], 10):.1f}" for at in (some.randrange(stations) for _ in range(count)))


GROUPS_HEADER = "id1,id2,id3,id4,id5,id6,v1,v2,v3"


def groups(count):
    """The table G1 of the h2o.ai benchmark, with 100 groups of the first kind."""
    some = random.Random(SEED)
    kinds = 100
    def row():
        pick = some.randint
        return (f"id{pick(1, kinds):03d},id{pick(1, kinds):03d},id{pick(1, count // kinds):010d},{pick(1, kinds)},"
                f"{pick(1, kinds)},{pick(1, count // kinds)},{pick(1, 5)},{pick(1, 15)},{some.uniform(0, 100):.6f}")
    return (row() for _ in range(count))


QUOTED_HEADER = "id,title,body,score"


def quoted(count):
    """A fifth of the texts stand in quotes, with commas, quotes and newlines in them."""
    some = random.Random(SEED)
    words = ["lorem", "ipsum", "dolor", "sit", "amet", "elit", "sed", "do"]
    def text():
        plain = " ".join(some.choices(words, k=some.randint(2, 9)))
        if some.random() >= 0.2:
            return plain
        return '"' + plain.replace(" ", some.choice([", ", "\n", ' "" ']), 1) + '"'
    return (f"{number},{text()},{text()},{some.randint(0, 999)}" for number in range(count))


FLIGHTS_HEADER = "date,delay,distance,origin,destination"


def flights(count):
    """Tuples that look like the real flights: what stands in, where those cannot be fetched."""
    some = random.Random(SEED)
    names = sorted({"".join(some.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3)) for _ in range(AIRPORTS)})
    busy = [1 / (1 + rank) for rank in range(len(names))]
    for number in range(count):
        origin, destination = some.choices(names, busy, k=2)
        delay = round(some.gauss(-2, 9) if some.random() < 0.75 else some.expovariate(1 / 30))
        minute = number % (24 * 60)
        yield (f"2001-01-{1 + number // 1440 % 28:02d} {minute // 60:02d}:{minute % 60:02d}:00", delay,
               some.randint(50, 2700), origin, destination)
