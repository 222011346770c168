"""Measures `weir delta` against DuckDB, Polars, GNU sort + comm, and the floor, and writes RESULTS.md.

    run.py [--weir PATH] [--runs 5] [--data DIR] [--only NAME[,NAME]] [--large] [--no-peers] [--keep] [--divide N]

Programs alternate within a case, in another order each round, behind a round that is not counted; each run has a fresh
output folder, files are in the page cache, medians are shown.
Seconds are those of one machine on one day: the ratios are what to look at. `--large` measures 120 columns and 20 million
pairs. The files of large cases are removed when done, unless `--keep` is given.
What was measured is kept in the data folder, so that RESULTS.md shows the cases of several runs on one machine.
`--divide 100` makes every case a hundredth, to try the script; nothing is then written but to the terminal.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 1_000_000
CASES = {
    "100k": dict(title="100 k rows × 20, 0.1 % changed, shuffled", rows=100_000),
    "1m": dict(title="1 M rows × 20, 0.1 % changed, shuffled", rows=ROWS),
    "1m-all": dict(title="1 M rows × 20, 100 % changed, shuffled", rows=ROWS, changed=1.0),
    "1m-sorted": dict(title="1 M rows × 20, 0.1 % changed, presorted", rows=ROWS, order="sorted"),
    "1m-quoted": dict(title="1 M rows × 20, quotes and line breaks in every value", rows=ROWS, style="quoted"),
    # Without peers: they hold everything in memory, ten times what 1 M rows take.
    "10m": dict(title="10 M rows × 20, 0.1 % changed, shuffled", rows=10 * ROWS, peers=False, keep=False),
}
BY_HAND = {
    "wide": dict(title="200 k rows × 120, 0.1 % changed, shuffled", rows=200_000, columns=120, keep=False),
    "pairs": dict(title="20 M pairs, 0.1 % changed, shuffled", rows=20 * ROWS, kind="pairs", peers=False, keep=False),
}


def python_of(environment):
    """A virtual environment with the pinned peers."""
    python = os.path.join(environment, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", f"{HERE}/requirements.txt"], check=True)
    return python


def measure(command, environment=None):
    """Wall and CPU seconds and the most resident memory in bytes of a command and its children."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def rows_of(path, skip_header=True):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if skip_header:
            next(reader)
        yield from reader


def fingerprint(rows):
    digest = hashlib.sha256()
    count = 0
    for row in rows:
        digest.update("\x1f".join(row).encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def check_same(name, mine, theirs):
    """Outputs by content: order and values, whatever the quoting."""
    for part, other in (("sorted.csv", "sorted.csv"), ("sorted.delta", "delta.csv"), ("nullpk.csv", "nullpk.csv")):
        if fingerprint(rows_of(f"{mine}.{part}")) != fingerprint(rows_of(f"{theirs}.{other}")):
            raise SystemExit(f"{name}: {part} is not what weir wrote")


def machine():
    def first(path, prefix):
        with open(path, encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(prefix)), "?")

    system = "?"
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release", encoding="utf-8") as file:
            system = next((line.split("=", 1)[1].strip().strip('"') for line in file if line.startswith("PRETTY_NAME")), "?")
    memory = int(first("/proc/meminfo", "MemTotal").split()[0]) // (1 << 20)
    return f"{first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {memory} GiB, {system}, Linux {platform.release()}"


def generate(folder, case):
    if os.path.exists(f"{folder}/after.csv"):
        return
    print(f"generating {folder}", flush=True)
    options = [f"--{name}={case[name]}" for name in ("rows", "columns", "changed", "order", "style", "kind") if name in case]
    subprocess.run([sys.executable, f"{HERE}/generate.py", folder, *options], check=True)


def run_case(name, case, options, python):
    folder = os.path.join(options.data, name if options.divide == 1 else f"{name}-{options.divide}")
    generate(folder, case)
    is_pairs = case.get("kind") == "pairs"
    key = "group,member" if is_pairs else "employeeId"
    first = f"{folder}/first"
    if not os.path.exists(f"{first}/before.sorted.csv"):
        measure([options.weir, "delta", "--key", key, "--input", f"{folder}/before.csv", "--previous", "none", "--output", first])
        os.remove(f"{folder}/before.csv")
    source, previous = f"{folder}/after.csv", f"{first}/before.sorted.csv"
    weir = [options.weir, "delta", "--key", key, "--input", source, "--previous", previous, "--output"]
    programs = {
        "floor": lambda out: ["sh", "-c", f"cat {source} {previous} >/dev/null; cat {previous} >{out}/sorted.csv"],
        "weir": lambda out: weir + [out],
        "weir --digests": lambda out: weir + [out, "--digests"],
    }
    if python and case.get("peers", True):
        programs["DuckDB 2.0.0"] = lambda out: [python, f"{HERE}/peers/duckdb_delta.py", source, previous, f"{out}/peer", key]
        programs["Polars 2.1.0"] = lambda out: [python, f"{HERE}/peers/polars_delta.py", source, previous, f"{out}/peer", key]
    if case.get("style") != "quoted" and not is_pairs and case.get("peers", True):
        programs["sort + comm"] = lambda out: [f"{HERE}/peers/sort_comm.sh", source, previous, f"{out}/peer"]
    seen = {program: [] for program in programs}
    kept = f"{folder}/kept"
    out = f"{folder}/out"
    for number in range(options.runs + 1):
        # The first round compares what is written and does not count. The others have an order each: memory that one
        # program has just given back is cheaper for the next.
        is_first = number == 0
        order = list(programs)
        if not is_first:
            random.Random(number).shuffle(order)
        for program in order:
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
            found = measure(programs[program](out), {"POLARS_MAX_THREADS": "2"})
            if is_first and program == "weir":
                shutil.rmtree(kept, ignore_errors=True)
                os.rename(out, kept)
            elif is_first and program == "weir --digests":
                for part in ("sorted.csv", "sorted.delta", "nullpk.csv", "duplicates.csv", "rejected.csv"):
                    subprocess.run(["cmp", f"{kept}/after.{part}", f"{out}/after.{part}"], check=True)
            elif is_first and os.path.exists(f"{out}/peer.delta.csv"):
                check_same(program, f"{kept}/after", f"{out}/peer")
            if not is_first:
                seen[program].append(found)
            print(f"{name} {number}/{options.runs} {program}: {found[0]:.2f} s", flush=True)
        shutil.rmtree(kept, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    measured = {
        "title": case["title"], "megabytes": round(os.path.getsize(source) / 1e6), "date": date.today().isoformat(),
        "programs": {
            program: {
                "wall": [wall for wall, _, _ in runs],
                "cpu": [cpu for _, cpu, _ in runs],
                "memory": max(memory for _, _, memory in runs),
            } for program, runs in seen.items()
        },
    }
    if not case.get("keep", True) and not options.keep:
        shutil.rmtree(folder)
    return measured


def median(measured, program, what="wall"):
    return statistics.median(measured["programs"][program][what])


def table(measured):
    runs = len(measured["programs"]["weir"]["wall"])
    lines = [
        f"## {measured['title']} ({measured['megabytes']} MB)", "",
        f"{measured['date']}, {runs} run{'s' if runs > 1 else ''}.", "",
        "| program | seconds (median) | range | CPU s | × weir | peak memory |", "|---|---|---|---|---|---|"]
    base = median(measured, "weir")
    for program, one in measured["programs"].items():
        wall = median(measured, program)
        lines.append(
            f"| {program} | {wall:.2f} | {min(one['wall']):.2f}–{max(one['wall']):.2f} | {median(measured, program, 'cpu'):.2f} "
            f"| {wall / base:.2f} | {one['memory'] / (1 << 20):.0f} MiB |")
    return "\n".join(lines)


def budgets(cases):
    """DESIGN §13 against what was measured; a case that was not measured has no line."""
    lines = []

    def line(budget, found, is_met):
        lines.append(f"| {budget} | {found} | {'met' if is_met else '**missed**'} |")

    main = cases.get("1m")
    if main:
        weir, digests = median(main, "weir"), median(main, "weir --digests")
        peers = [program for program in ("DuckDB 2.0.0", "Polars 2.1.0") if program in main["programs"]]
        for peer in peers:
            ratio = median(main, peer) / weir
            line(f"1 M rows, 0.1 %: at most 1/10 of the time of {peer}", f"1/{ratio:.1f}", ratio >= 10)
        ratio = weir / median(main, "floor")
        line("goal: at most 5 × the floor", f"{ratio:.1f} ×", ratio <= 5)
        for peer in peers:
            ratio = median(main, peer) / digests
            line(f"with digests at most 1.5 × what is allowed without, 1/6.7 of {peer}", f"1/{ratio:.1f}", ratio >= 10 / 1.5)
        ratio = digests / weir
        line("with digests at most 1.5 × what was measured without", f"{ratio:.2f} ×", ratio <= 1.5)
        if "1m-all" in cases:
            ratio = median(cases["1m-all"], "weir") / weir
            line("100 % changed: at most 2 × the time of 0.1 %", f"{ratio:.2f} ×", ratio <= 2)
        if "10m" in cases:
            large = cases["10m"]
            ratio = median(large, "weir") / weir
            floor = median(large, "weir") / median(large, "floor")
            line("10 M rows: at most 12 × the time of 1 M", f"{ratio:.1f} × ({floor:.2f} × the floor of 10 M)", ratio <= 12)
    memory = max(one["memory"] for case in cases.values() for program, one in case["programs"].items() if "weir" in program)
    line("at most 256 MB of memory, whatever the size", f"{memory / 1e6:.0f} MB at most", memory <= 256 << 20)
    return "\n".join(["## The budgets of DESIGN §13", "", "| budget | measured | |", "|---|---|---|", *lines])


def remembered(path):
    """What earlier runs on this machine measured."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    return content["cases"] if content["machine"] == machine() else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{HERE}/../.build/release/weir")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", default=f"{HERE}/.data")
    parser.add_argument("--only", help="names of cases: " + ", ".join([*CASES, *BY_HAND]))
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--divide", type=int, default=1)
    parser.add_argument("--output", default=f"{HERE}/RESULTS.md")
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    wanted = options.only.split(",") if options.only else [*BY_HAND] if options.large else [*CASES]
    python = None if options.no_peers else python_of(f"{HERE}/.venv")
    memory = f"{options.data}/measured.json"
    cases = {} if options.divide > 1 else remembered(memory)
    for name in wanted:
        case = {**CASES, **BY_HAND}[name]
        cases[name] = run_case(name, {**case, "rows": case["rows"] // options.divide}, options, python)
        if options.divide == 1:
            with open(memory, "w", encoding="utf-8") as file:
                json.dump({"machine": machine(), "cases": cases}, file, indent=1)
    ordered = {name: cases[name] for name in [*CASES, *BY_HAND] if name in cases}
    text = [
        "# Benchmark results", "",
        f"{machine()}. Medians of alternating runs, files in the page cache.", "",
        "Made by `make benchmark` (`Benchmarks/run.py`); what is measured: `Benchmarks/README.md`.", "",
        budgets(ordered), "",
    ]
    with open(f"{HERE}/NOTES.md", encoding="utf-8") as file:
        text += [file.read().strip(), ""]
    text += ["\n\n".join(table(case) for case in ordered.values()), ""]
    if options.divide > 1:
        print("\n".join(text))
        return
    with open(options.output, "w", encoding="utf-8") as file:
        file.write("\n".join(text))


if __name__ == "__main__":
    main()
