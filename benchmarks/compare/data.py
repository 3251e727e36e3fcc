"""Makes the data that queries read, from seeds; kept in build/compare/data, a folder for each scale."""
import random
import sys

from . import peers

SEED = 1


def make(names, folder, scale):
    """Makes those files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / name
        if path.exists():
            continue
        print(f"compare: making {name}, {scale} times", file=sys.stderr)
        unfinished = path.with_suffix(".unfinished")
        MAKERS[name](unfinished, scale)
        unfinished.rename(path)


def write_rows(path, header, rows):
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


def flights(path, scale):
    """Three million real flights of 2001, from the npm package vega-datasets."""
    peers.run_sql(f"""copy (
        select strftime(date, '%Y-%m-%d %H:%M:%S') as date, delay, distance, origin, destination
        from '{peers.DATASETS}/flights-3m.parquet', range({scale})) to '{path}' (format csv, header)""")


def flights_ndjson(path, scale):
    peers.run_sql(f"""copy (
        select strftime(date, '%Y-%m-%d %H:%M:%S') as date, delay, distance, origin, destination
        from '{peers.DATASETS}/flights-3m.parquet', range({scale})) to '{path}' (format json)""")


def airports(path, _):
    path.write_bytes((peers.DATASETS / "airports.csv").read_bytes())


def measurements(stations):
    """As in the one billion row challenge: a station and its temperature, five million of them."""
    def make_it(path, scale):
        some = random.Random(SEED)
        names = ["".join(some.choices("abcdefghijklmnopqrstuvwxyz ", k=some.randint(3, 24))).strip() or "x"
                 for _ in range(stations)]
        names = [f"{name}{number}" for number, name in enumerate(names)]
        means = [some.uniform(-20, 40) for _ in names]
        write_rows(path, None, (f"{names[at]};{some.gauss(means[at], 10):.1f}"
                                for at in (some.randrange(stations) for _ in range(5_000_000 * scale))))
    return make_it


def groups(path, scale):
    """The table G1 of the h2o.ai benchmark, with a million rows and 100 groups of the first kind."""
    some = random.Random(SEED)
    rows, kinds = 1_000_000 * scale, 100
    def row():
        pick = some.randint
        return (f"id{pick(1, kinds):03d},id{pick(1, kinds):03d},id{pick(1, rows // kinds):010d},{pick(1, kinds)},"
                f"{pick(1, kinds)},{pick(1, rows // kinds)},{pick(1, 5)},{pick(1, 15)},{some.uniform(0, 100):.6f}")
    write_rows(path, "id1,id2,id3,id4,id5,id6,v1,v2,v3", (row() for _ in range(rows)))


def quoted(path, scale):
    """A fifth of the texts stand in quotes, with commas, quotes and newlines in them."""
    some = random.Random(SEED)
    words = ["lorem", "ipsum", "dolor", "sit", "amet", "elit", "sed", "do"]
    def text():
        plain = " ".join(some.choices(words, k=some.randint(2, 9)))
        if some.random() >= 0.2:
            return plain
        return '"' + plain.replace(" ", some.choice([", ", "\n", ' "" ']), 1) + '"'
    write_rows(path, "id,title,body,score",
               (f"{number},{text()},{text()},{some.randint(0, 999)}" for number in range(1_000_000 * scale)))


MAKERS = {
    "flights.csv": flights,
    "flights.ndjson": flights_ndjson,
    "airports.csv": airports,
    "measurements.txt": measurements(413),
    "measurements_10k.txt": measurements(10_000),
    "groups.csv": groups,
    "quoted.csv": quoted,
}
