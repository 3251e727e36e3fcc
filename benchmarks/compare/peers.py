"""The peers that come from npm: DuckDB and Polars, and the data that comes with vega-datasets."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build/compare/peers"
DATASETS = FOLDER / "node_modules/vega-datasets/data"


def install():
    """Into build/compare/peers, once. Says no where there is no npm."""
    if not shutil.which("npm"):
        sys.exit("compare: the peers and the flights come from npm; run scripts/bootstrap --compare")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for source in (ROOT / "benchmarks/compare/peers").iterdir():
        shutil.copy(source, FOLDER)
    if not DATASETS.exists():
        print("compare: installing the peers", file=sys.stderr)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=True)


def run_sql(statements):
    subprocess.run(["node", "duckdb.mjs", "2"], input=statements, text=True, cwd=FOLDER, check=True,
                   stdout=subprocess.DEVNULL)


def version(package):
    import json
    return json.loads((FOLDER / "node_modules" / package / "package.json").read_text())["version"]
