#!/usr/bin/env python3
"""An export, a rebuild and a replay that are killed again and again come to the same bytes as those that are not.

    kills_test.py LEADSTREAM SAMPLES [--events N] [--kills N] [--json] [-- FLAGS OF THE LOG]

Each is begun, killed (SIGKILL) after a random part of the time that it takes, and gone on with; when it comes to its end all the same, what
it made is compared with what the first one made without being killed, and it is begun anew, until it was killed so often. Without flags of a log
the demo's generator makes one of so many events.
"""

import argparse
import hashlib
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("leadstream")
parser.add_argument("samples")
parser.add_argument("--events", type=int, default=5000)
parser.add_argument("--kills", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--json", action="store_true")
ours = sys.argv[1:]
log = ours[ours.index("--") + 1:] if "--" in ours else []
options = parser.parse_args(ours[:ours.index("--")] if log else ours)
dice = random.Random(options.seed)
home = pathlib.Path(tempfile.mkdtemp(prefix="leadstream-kills-"))


def files_of(directory):
    """What an export comes to: each file by its name and what it holds."""
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(directory.rglob("*")) if path.is_file()}


def fingerprints_of(output):
    return re.findall(r'"context":"(\w+)".*?"fingerprint":"(\w+)"', output)


class Work:
    """A command that goes on with what it finds in its directory."""

    def __init__(self, name, command, directory, result):
        self.name, self.command, self.directory, self.result = name, command, directory, result
        self.kills = self.runs = 0

    def forget(self):
        for path in self.directory.parent.glob(self.directory.name + "*"):
            shutil.rmtree(path)

    def run(self, at_most=None):
        """What it said, or nothing: it was killed."""
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            output, errors = process.communicate(timeout=at_most)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            self.kills += 1
            return None
        assert process.returncode == 0, f"{self.name}: {errors}"
        return output

    def test(self, kills):
        began = time.monotonic()
        whole = self.result(self.run(), self.directory)
        takes = time.monotonic() - began
        assert whole, f"{self.name}: came to nothing"
        while True:
            self.forget()
            self.runs += 1
            output = None
            while output is None:
                output = self.run(dice.uniform(0.02, 0.5) * takes if self.kills < kills else None)
            assert self.result(output, self.directory) == whole, f"{self.name}: came to something else after {self.kills} kills"
            if self.kills >= kills:
                break
        self.forget()
        return {"kills": self.kills, "runs": self.runs, "seconds_undisturbed": round(takes, 2)}


try:
    data = home / "data"
    if not log:
        subprocess.run([options.leadstream, "demo", "--scale", str(options.events), "--data", data, "--samples", options.samples],
                       check=True, stdout=subprocess.DEVNULL)
        log = ["--data", str(data)]
    # The models of a rebuild lie where a server keeps its own.
    served = home / "served"
    rebuilt = log + ["--data", str(served)] if "--log" in log else log
    models = pathlib.Path(rebuilt[rebuilt.index("--data") + 1]) / "models"
    works = [
        Work("export parquet", [options.leadstream, "export", "parquet", str(home / "parquet"), *log], home / "parquet",
             lambda output, directory: files_of(directory)),
        Work("export ndjson", [options.leadstream, "export", "ndjson", str(home / "ndjson"), *log], home / "ndjson",
             lambda output, directory: files_of(directory)),
        Work("replay", [options.leadstream, "replay", "--json", "--into", str(home / "into"), *log], home / "into",
             lambda output, directory: fingerprints_of(output)),
        Work("rebuild", [options.leadstream, "replay", "--json", "--rebuild", *rebuilt], models,
             lambda output, directory: (fingerprints_of(output), sorted(path.name for path in directory.iterdir()))),
    ]
    if subprocess.run(works[0].command + ["--help"], capture_output=True).returncode != 0 or not pathlib.Path(options.leadstream + "-export").exists():
        works.pop(0)
    figures = {work.name: work.test(options.kills) for work in works}
    assert figures["replay"] and figures["rebuild"]
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name}: killed {figure['kills']} times in {figure['runs']} runs of {figure['seconds_undisturbed']} s, the same each time")
finally:
    shutil.rmtree(home, ignore_errors=True)
