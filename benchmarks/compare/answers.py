"""Whether two contenders gave the same answer."""
import csv
import hashlib
import itertools

SMALL_BYTES = 4 << 20    # answers up to this size are compared value by value
TOLERANCE = 1e-6         # relative, for numbers with a fraction


def agree(query, ours, theirs):
    """Nothing where they agree, else where they do not."""
    if max(ours.stat().st_size, theirs.stat().st_size) > SMALL_BYTES:
        return None if digest(query, ours) == digest(query, theirs) else f"{theirs.name} differs in its lines"
    for number, (one, other) in enumerate(itertools.zip_longest(rows(query, ours), rows(query, theirs)), 1):
        if one is None or other is None or len(one) != len(other) or not all(map(same, one, other)):
            return f"{theirs.name}, row {number}: {other} instead of {one}"
    return None


def digest(query, path):
    """Of the lines: in order, or of the sum of each line's digest where any order will do."""
    if query.order == "same":
        with path.open("rb") as lines:
            return hashlib.file_digest(lines, "sha256").digest()
    total = 0
    with path.open("rb") as lines:
        for line in lines:
            total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())
    return total


def rows(query, path):
    with path.open(newline="") as lines:
        found = list(csv.reader(lines))
    head, body = (found[:1], found[1:]) if query.header else ([], found)
    return body if query.order == "same" else sorted(body, key=lambda row: [rounded(value) for value in row])


def rounded(value):
    number = as_number(value)
    return value if number is None else f"{number:.4g}"


def as_number(value):
    try:
        return float(value)
    except ValueError:
        return None


def same(one, other):
    if one == other:
        return True
    a, b = as_number(one), as_number(other)
    return a is not None and b is not None and abs(a - b) <= TOLERANCE * max(abs(a), abs(b), 1e-3)
