#!/usr/bin/env python3
"""Whether this build reads what earlier releases wrote: README.md.

    golden_test.py build/release/leadstream
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

leadstream = sys.argv[1]
here = pathlib.Path(__file__).parent
root = here.parents[2]
buf = root / ".deps/buf/node_modules/.bin/buf"
releases = sorted(path for path in here.iterdir() if path.is_dir())
home = tempfile.TemporaryDirectory()


def rows_of(folder):
    """What an export holds, by what it is about."""
    rows = {}
    for kind in ("events", "resources"):
        for file in (folder / kind).rglob("*.ndjson"):
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                rows[row["source"] + " " + row["id"] if kind == "events" else row["name"]] = row
    return rows


def differences(then, now, path=""):
    """Where `now` does not say what `then` did."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [d for key in then for d in (differences(then[key], now[key], f"{path}.{key}") if key in now else [f"{path}.{key} is gone"])]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [d for i, one in enumerate(then) for d in differences(one, now[i], f"{path}[{i}]")]
    return [] if then == now else [f"{path}: {then} is now {now}"]


class LogsOfEarlierReleases(unittest.TestCase):
    def unpacked(self, release):
        folder = pathlib.Path(home.name) / release.name
        if not folder.exists():
            for name in ("log", "history"):
                with tarfile.open(release / f"{name}.tar.xz") as archive:
                    archive.extractall(folder)
        return folder

    def test_there_are_some(self):
        self.assertGreater(len(releases), 0)

    def test_have_no_finding(self):
        for release in releases:
            with self.subTest(release.name):
                data = self.unpacked(release)
                done = subprocess.run([leadstream, "verify", "--data", data, "--json"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])

    def test_say_all_that_they_said_then(self):
        for release in releases:
            with self.subTest(release.name):
                data = self.unpacked(release)
                subprocess.run([leadstream, "export", "ndjson", "--data", data, data / "now", "--json"], check=True, capture_output=True)
                then, now = rows_of(data / "history"), rows_of(data / "now")
                self.assertGreater(len(then), 1000)
                self.assertEqual([name for name in then if name not in now], [])
                found = [f"{name}{d}" for name, row in then.items() for d in differences(row, now[name])]
                self.assertEqual(found[:20], [])

    def test_would_be_seen_to_say_less_or_otherwise(self):
        then = {"a": {"b": [1, {"c": "x"}]}}
        self.assertEqual(differences(then, {"a": {"b": [1, {"c": "x", "new": 1}]}, "new": 2}), [])
        self.assertEqual(differences(then, {"a": {"b": [1, {"c": "y"}]}}), [".a.b[1].c: x is now y"])
        self.assertEqual(differences(then, {"a": {"b": [1]}}), [".a.b: [1, {'c': 'x'}] is now [1]"])
        self.assertEqual(differences(then, {"a": {}}), [".a.b is gone"])


@unittest.skipUnless(buf.exists(), "buf is not here: deploy/lint fetches it")
class ProtosOfEarlierReleases(unittest.TestCase):
    def breaks(self, protos, release):
        command = [buf, "breaking", protos, "--against", release / "protos.binpb.gz"]
        return subprocess.run(command, capture_output=True, text=True, cwd=pathlib.Path(protos).parent).stdout

    def test_mean_the_same_now(self):
        for release in releases:
            self.assertEqual(self.breaks(root / "proto", release), "")

    def test_would_be_seen_to_mean_something_else(self):
        copy = pathlib.Path(home.name) / "tree"
        shutil.copytree(root / "proto", copy / "proto")
        shutil.copy(root / "buf.yaml", copy)
        (copy / ".deps").symlink_to(root / ".deps")
        invoice = copy / "proto/leadstream/billing/v1/invoice.proto"
        text = invoice.read_text(encoding="utf-8")
        invoice.write_text(text.replace("string credit_reason = 20", "string credit_reason = 190"), encoding="utf-8")
        for release in releases:
            self.assertIn("credit_reason", self.breaks(copy / "proto", release))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
