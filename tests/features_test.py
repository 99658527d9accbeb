#!/usr/bin/env python3
"""Whether FEATURES.md keeps its word: each row names tests, and each of them exists.

    features_test.py FEATURES.md build/release
"""

import json
import re
import subprocess
import sys

features, build = sys.argv[1:]
listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True, check=True)
tests = {test["name"] for test in json.loads(listed.stdout)["tests"]}
problems = []
with open(features, encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
        named = re.findall(r"`(\w+\.\w+)`", line)
        problems += [f"{features}:{number}: there is no test {name}" for name in named if name not in tests]
        if line.startswith("| **") and not named:
            problems.append(f"{features}:{number}: no test stands behind {line[:60]}")
print("\n".join(problems) or f"{len(tests)} tests, and all that are named are among them")
sys.exit(1 if problems else 0)
