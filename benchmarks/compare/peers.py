"""The peers that come from npm: DuckDB and Polars, and the data that comes with vega-datasets."""
import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build/compare/peers"
DATASETS = FOLDER / "node_modules/vega-datasets/data"


def install():
    """Into build/compare/peers, again only when what package.json asks for has changed. Ends where there is no npm."""
    if not shutil.which("npm"):
        sys.exit("compare: the peers and the flights come from npm; run scripts/bootstrap --compare")
    FOLDER.mkdir(parents=True, exist_ok=True)
    installed = FOLDER / "installed.json"
    for source in (ROOT / "benchmarks/compare/peers").iterdir():
        shutil.copy(source, FOLDER)
    wanted = (FOLDER / "package.json").read_text()
    if not installed.exists() or installed.read_text() != wanted:
        print("compare: installing the peers", file=sys.stderr)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=True)
        installed.write_text(wanted)


def run_sql(statements):
    subprocess.run(["node", "duckdb.mjs", "2"], input=statements, text=True, cwd=FOLDER, check=True,
                   stdout=subprocess.DEVNULL)


def versions():
    """"DuckDB 1.5.6, Polars 0.26.1": those of their packages."""
    found = []
    for name, package in (("DuckDB", "@duckdb/node-api"), ("Polars", "nodejs-polars")):
        described = FOLDER / "node_modules" / package / "package.json"
        if described.exists():
            found.append(f"{name} {json.loads(described.read_text())['version']}")
    return ", ".join(found)
