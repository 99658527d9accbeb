#!/usr/bin/env python3
"""A replay never causes an effect: it is run where there is no network, over data that it could write to, and the data stays as it was.

    no_effect_test.py build/release/leadstream samples

Exit code 77: no network namespace can be made here (unshare -n, as root or by user namespaces).
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

leadstream, samples = sys.argv[1:3]
ALONE = next((command for command in (["unshare", "-n"], ["unshare", "-rn"]) if subprocess.run([*command, "true"], capture_output=True).returncode == 0), None)
if ALONE is None:
    print("SKIPPED: no network namespace can be made here")
    sys.exit(77)
home = tempfile.TemporaryDirectory()
data = home.name + "/demo"


def tree(directory):
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in pathlib.Path(directory).rglob("*") if path.is_file()}


def alone(*command):
    return subprocess.run([*ALONE, *command], capture_output=True, text=True)


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([leadstream, "demo", "--data", data, "--samples", samples], check=True, capture_output=True)

    def test_there_is_no_network_where_it_runs(self):
        reach = "import socket; socket.create_connection(('127.0.0.1', 7400), 2)"
        reached = alone(sys.executable, "-c", reach)
        self.assertIn("Network is unreachable", reached.stderr)

    def test_it_comes_to_the_same_without_network_and_leaves_all_as_it_was(self):
        before = tree(data)
        replayed = alone(leadstream, "replay", "--data", data, "--against", data, "--into", home.name + "/rebuilt", "--json")
        self.assertEqual(replayed.returncode, 0, replayed.stdout + replayed.stderr)
        services = [json.loads(line) for line in replayed.stdout.splitlines()]
        self.assertEqual(len(services), 5)
        self.assertTrue(all(service["identical"] and service["records"] > 0 for service in services), services)
        self.assertEqual(tree(data), before)

    def test_it_needs_no_models_of_a_server_and_leaves_none(self):
        without_models = home.name + "/without_models"
        subprocess.run(["cp", "-r", data, without_models], check=True)
        subprocess.run(["rm", "-r", without_models + "/models"], check=True)
        before = tree(without_models)
        replayed = alone(leadstream, "replay", "--data", without_models, "--json")
        self.assertEqual(replayed.returncode, 0, replayed.stdout + replayed.stderr)
        self.assertEqual(tree(without_models), before)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
