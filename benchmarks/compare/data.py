"""Makes the data that queries read, from seeds; kept in build/compare/data, a folder for each scale."""
import sys

from . import peers, rows


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


def ten_airports(path, _):
    lines = (peers.DATASETS / "airports.csv").read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:11]))


def measurements(stations):
    return lambda path, scale: rows.write(path, None, rows.measurements(5_000_000 * scale, stations))


def groups(path, scale):
    rows.write(path, rows.GROUPS_HEADER, rows.groups(1_000_000 * scale))


def quoted(path, scale):
    rows.write(path, rows.QUOTED_HEADER, rows.quoted(1_000_000 * scale))


MAKERS = {
    "flights.csv": flights,
    "flights.ndjson": flights_ndjson,
    "airports.csv": airports,
    "ten_airports.csv": ten_airports,
    "measurements.txt": measurements(413),
    "measurements_10k.txt": measurements(10_000),
    "groups.csv": groups,
    "quoted.csv": quoted,
}
