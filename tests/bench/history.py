#!/usr/bin/env python3
"""How fast a log on Kafka is counted, folded anew and exported, each beside the limit program in the same minute.

    history.py LEADSTREAM --brokers HOST:PORT,... [--prefix PREFIX] --limit limit_consume [--rounds N] [--json]

The limit, `LIMIT BROKERS TOPIC`, reads partition 0 of the largest topic and does nothing with it; it prints `events/s N`. Memory is what the
operating system says a process held at most. What was written is removed at the end: in the minute after a removal ext4 looks long for inodes.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("leadstream")
parser.add_argument("--brokers", required=True)
parser.add_argument("--prefix", default="")
parser.add_argument("--limit", required=True)
parser.add_argument("--topic", default="leadstream.lead", help="the one that the limit reads")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--only", nargs="*", default=["count", "rebuild", "export"])
parser.add_argument("--json", action="store_true")
options = parser.parse_args()

prefix = f"/{options.prefix}" if options.prefix else ""
log = ["--log", f"kafka://{options.brokers}{prefix}"]
topic = f"{options.prefix}.{options.topic}" if options.prefix else options.topic
scratch = pathlib.Path(tempfile.mkdtemp(prefix="leadstream-history-"))


def run(*command):
    """What it said, how long it took, and how many bytes of memory it held at most."""
    out = scratch / "out"
    began = time.monotonic()
    with open(out, "w") as stdout:
        process = subprocess.Popen(command, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return out.read_text(), time.monotonic() - began, usage.ru_maxrss * 1024


def limit():
    return float(re.search(r"events/s (\d+)", run(options.limit, options.brokers, topic)[0]).group(1))


def events(counts):
    return json.loads(counts)["total"]


def count(directory):
    return run(options.leadstream, "events", "count", "--json", *log)


def rebuild(directory):
    return run(options.leadstream, "replay", "--json", "--into", str(directory), *log)


def export(directory):
    return run(options.leadstream, "export", "parquet", str(directory), *log)


works = {"count": (count, 0.8), "rebuild": (rebuild, 0.25), "export": (export, 0.4)}
figures = {}
try:
    total = events(count(None)[0])
    for name in options.only:
        work, wanted = works[name]
        ratios, rates, limits, memory = [], [], [], 0
        for number in range(options.rounds):
            directory = scratch / f"{name}-{number}"
            before = limit()
            said, seconds, held = work(directory)
            if name == "rebuild":  # without the fingerprint that it prints
                seconds = sum(json.loads(line)["seconds"] for line in said.splitlines())
            beside = (before + limit()) / 2
            rates.append(total / seconds)
            limits.append(beside)
            ratios.append(total / seconds / beside)
            memory = max(memory, held)
        figures[name] = {"events": total, "events_per_second": round(statistics.median(rates)), "limit": round(statistics.median(limits)),
                         "ratio": round(statistics.median(ratios), 2), "ratio_least": round(min(ratios), 2), "ratio_most": round(max(ratios), 2),
                         "wanted": wanted, "memory_mib": round(memory / 2**20)}
        if not options.json:
            print(name, figures[name], flush=True)
    if options.json:
        print(json.dumps(figures))
finally:
    shutil.rmtree(scratch, ignore_errors=True)
