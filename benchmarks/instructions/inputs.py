"""Small inputs for the queries that are counted, from a seed: files of the names that the queries read."""
import json

from compare import rows

STATIONS = 413


def make(folder, count):
    """Writes `count` rows a file, where they are not there yet."""
    if folder.exists():
        return
    unfinished = folder.with_suffix(".unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    flights = list(rows.flights(count))
    rows.write(unfinished / "flights.csv", rows.FLIGHTS_HEADER, (",".join(map(str, flight)) for flight in flights))
    names = rows.FLIGHTS_HEADER.split(",")
    rows.write(unfinished / "flights.ndjson", None,
               (json.dumps(dict(zip(names, flight)), separators=(",", ":")) for flight in flights))
    rows.write(unfinished / "measurements.txt", None, rows.measurements(count, STATIONS))
    rows.write(unfinished / "quoted.csv", rows.QUOTED_HEADER, rows.quoted(count))
    unfinished.rename(folder)
