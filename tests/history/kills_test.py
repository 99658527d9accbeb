#!/usr/bin/env python3
"""An export, a rebuild and a replay that are killed again and again come to the same bytes as those that are not.

    kills_test.py LEADSTREAM SAMPLES [--events N] [--kills N] [--json]

Each is begun, killed (SIGKILL) after a random part of the time that it takes, and gone on with; when it comes to its end all the same, what
it made is compared with what the first one made without being killed, and it is begun anew, until it was killed so often. The log
is one of so many events of the demo's generator.
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
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("leadstream")
parser.add_argument("samples")
parser.add_argument("--events", type=int, default=5000)
parser.add_argument("--kills", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--json", action="store_true")
options = parser.parse_args()
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
        shutil.rmtree(self.directory, ignore_errors=True)

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
        whole = self.result(self.run())
        takes = time.monotonic() - began
        assert whole, f"{self.name}: came to nothing"
        while True:
            self.forget()
            self.runs += 1
            output = None
            while output is None:
                output = self.run(dice.uniform(0.02, 0.5) * takes if self.kills < kills else None)
            assert self.result(output) == whole, f"{self.name}: came to something else after {self.kills} kills"
            if self.kills >= kills:
                break
        self.forget()
        return {"kills": self.kills, "runs": self.runs, "seconds_undisturbed": round(takes, 2)}


try:
    data = home / "data"
    subprocess.run([options.leadstream, "demo", "--scale", str(options.events), "--data", data, "--samples", options.samples],
                   check=True, stdout=subprocess.DEVNULL)

    def work(name, result, directory, *command):
        return Work(name, [options.leadstream, *command, "--data", str(data)], directory, result)

    parquet, ndjson, into, models = home / "parquet", home / "ndjson", home / "into", data / "models"
    works = [
        work("export ndjson", lambda output: files_of(ndjson), ndjson, "export", "ndjson", str(ndjson)),
        work("replay", fingerprints_of, into, "replay", "--json", "--into", str(into)),
        work("rebuild", lambda output: (fingerprints_of(output), sorted(path.name for path in models.iterdir())), models,
             "replay", "--json", "--rebuild"),
    ]
    if pathlib.Path(options.leadstream + "-export").exists():
        works.append(work("export parquet", lambda output: files_of(parquet), parquet, "export", "parquet", str(parquet)))
    figures = {work.name: work.test(options.kills) for work in works}
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name}: killed {figure['kills']} times in {figure['runs']} runs of {figure['seconds_undisturbed']} s, the same each time")
finally:
    shutil.rmtree(home, ignore_errors=True)
