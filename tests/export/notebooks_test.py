#!/usr/bin/env python3
"""The notebooks of deploy/notebooks, executed over the export of a demo; each checks its own sums.

    notebooks_test.py build/release/leadstream samples

Exit code 77: DuckDB or what executes notebooks cannot be had here, or leadstream-export was not built.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

root = pathlib.Path(__file__).parents[2]
leadstream, samples = sys.argv[1:3]
packages = [str(root / ".deps" / "python"), str(root / ".deps" / "notebooks")]
if not pathlib.Path(leadstream).with_name("leadstream-export").exists() or subprocess.run([root / "deploy/notebooks/setup"]).returncode != 0:
    print("SKIPPED: leadstream-export was not built, or deploy/notebooks/setup cannot fetch what executes notebooks")
    sys.exit(77)
sys.path[:0] = packages
try:
    import duckdb
    import nbclient
    import nbformat
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

home = tempfile.TemporaryDirectory()
history = home.name + "/history"
os.environ.update(
    PYTHONPATH=os.pathsep.join(packages), JUPYTER_PATH=packages[1] + "/share/jupyter", LEADSTREAM_HISTORY=history, IPYTHONDIR=home.name,
    JUPYTER_DATA_DIR=home.name, JUPYTER_RUNTIME_DIR=home.name + "/runtime",
)


def texts(notebook):
    """What its cells printed and showed."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("text") or output.get("data", {}).get("text/plain", "")


class Notebooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for command in (["demo", "--data", home.name + "/demo", "--samples", samples], ["export", "duckdb", history, "--data", home.name + "/demo"]):
            subprocess.run([leadstream, *command], check=True, capture_output=True)

    def execute(self, name, **changed):
        notebook = nbformat.read(root / "deploy/notebooks" / name, as_version=4)
        for cell in notebook.cells:
            for old, new in changed.items():
                cell.source = cell.source.replace(old, new)
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
        return "\n".join(texts(notebook))

    def test_there_are_three_and_none_holds_results(self):
        notebooks = sorted((root / "deploy/notebooks").glob("*.ipynb"))
        self.assertEqual(len(notebooks), 3)
        for path in notebooks:
            for cell in nbformat.read(path, as_version=4).cells:
                self.assertFalse(cell.get("outputs"), f"{path.name} holds what it came to for somebody")

    def test_funnel_and_cycle_times(self):
        shown = self.execute("funnel_and_cycle_times.ipynb")
        with duckdb.connect(history + "/leadstream.duckdb", read_only=True) as db:
            [(inquiries, paid)] = db.sql("SELECT count(*), count(paid) FROM cycle_times").fetchall()
        self.assertRegex(shown, rf"inquiries +{inquiries} +#{{40}}")
        self.assertRegex(shown, rf"paid +{paid} +#")
        self.assertIn("days_in_all", shown)

    def test_quote_to_cash(self):
        self.assertRegex(self.execute("quote_to_cash.ipynb"), r"HUF: [\d,.]+ = [\d,.]+ credited \+ [\d,.]+ paid \+ -?[\d,.]+ owed")

    def test_what_if(self):
        shown = self.execute("what_if.ipynb")
        self.assertRegex(shown, r"HUF propose +[\d,.]+ -> +[\d,.]+")
        self.assertIn("quotes_that_differ", shown)

    def test_a_check_that_fails_is_seen(self):
        with self.assertRaises(nbclient.exceptions.CellExecutionError):
            self.execute("quote_to_cash.ipynb", **{"credited + paid + owed,": "credited + paid + owed + 1,"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
