#!/usr/bin/env python3
"""History as Parquet, as pyarrow and DuckDB read it.

    parquet_export_test.py build/release/leadstream samples

Exit code 77: pyarrow or DuckDB cannot be had here, or leadstream-export was not built. LEADSTREAM_KILLS says how often an export is killed
before it may end; 3 otherwise.
"""

import decimal
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / ".deps" / "python"))
leadstream, samples = sys.argv[1:3]
kills_wanted = int(os.environ.get("LEADSTREAM_KILLS", "3"))
try:
    import duckdb
    import pyarrow
    import pyarrow.parquet
except ImportError as missing:
    print(f"SKIPPED: {missing}; deploy/setup fetches it where there is a wheel for this Python")
    sys.exit(77)
if not pathlib.Path(leadstream).with_name("leadstream-export").exists():
    print("SKIPPED: leadstream-export was not built: there was no Apache Arrow")
    sys.exit(77)

home = tempfile.TemporaryDirectory()
data = home.name + "/demo"
out = home.name + "/out"
environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))


def run(*arguments):
    return subprocess.run([leadstream, *arguments], check=True, capture_output=True, text=True, env=environment).stdout


def tree(directory):
    """What an export holds, without what names the directory itself."""
    files = {}
    for path in sorted(pathlib.Path(directory).rglob("*")):
        if path.is_file() and path.name not in ("views.sql", "leadstream.duckdb"):
            files[str(path.relative_to(directory))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return files


def amount(money):
    return decimal.Decimal(money.get("units", 0)) + decimal.Decimal(money.get("nanos", 0)) / 10**9


def invoices_of_the_service():
    """All issued invoices and credit notes, as the billing service answers."""
    server = subprocess.Popen([leadstream, "serve", "--data", data, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    try:
        [port] = re.findall(r"serving on port (\d+)", server.stderr.readline())
        address = f"127.0.0.1:{port}"
        invoices, token = [], ""
        while True:
            page = json.loads(run("call", "ListInvoices", "page_size=1000", *([f"page_token={token}"] if token else []), "--server", address))
            invoices += page.get("invoices", [])
            token = page.get("next_page_token", "")
            if not token:
                return [invoice for invoice in invoices if invoice["state"] == "ISSUED"]
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()


class ParquetExport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("demo", "--data", data, "--samples", samples)
        run("export", "duckdb", out, "--data", data)
        cls.manifest = json.loads(pathlib.Path(out, "manifest.json").read_text())

    def test_the_manifest_says_what_is_there(self):
        counted = json.loads(run("events", "count", "--json", "--data", data))["total"]
        self.assertEqual(self.manifest["exports"][0]["events"], counted)
        rows = 0
        for file in self.manifest["files"]:
            path = pathlib.Path(out, file["path"])
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), file["sha256"])
            table = pyarrow.parquet.ParquetFile(path)
            self.assertEqual(table.metadata.num_rows, file["rows"], path)
            rows += file["rows"] if file["path"].startswith("events/") else 0
        self.assertEqual(rows, counted)

    def test_types_are_what_they_should_be(self):
        [invoices] = pathlib.Path(out, "resources/invoices").glob("*.parquet")
        schema = pyarrow.parquet.read_schema(invoices)
        self.assertEqual(schema.field("create_time").type, pyarrow.timestamp("us", "UTC"))
        self.assertEqual(schema.field("issue_date").type, pyarrow.date32())
        self.assertTrue(pyarrow.types.is_dictionary(schema.field("state").type))
        balance = schema.field("balance").type
        self.assertEqual(balance.field("amount").type, pyarrow.decimal128(38, 9))
        self.assertTrue(pyarrow.types.is_dictionary(balance.field("currency_code").type))
        self.assertTrue(pyarrow.types.is_list(schema.field("lines").type))
        line = schema.field("lines").type.value_type
        self.assertEqual(line.field("quantity").type, pyarrow.decimal128(38, 10))
        metadata = pyarrow.parquet.read_metadata(invoices)
        self.assertEqual(metadata.row_group(0).column(0).compression, "ZSTD")
        table = pyarrow.parquet.read_table(invoices)  # all of it can be read
        self.assertGreater(table.num_rows, 10)

    def test_totals_equal_the_billing_services_to_the_cent(self):
        expected = {}
        for invoice in invoices_of_the_service():
            sums = expected.setdefault(invoice["currency"], [decimal.Decimal(0)] * 3)
            if invoice["type"] == "CREDIT_NOTE":
                sums[1] += amount(invoice["totals"]["total"])
            else:
                sums[0] += amount(invoice["totals"]["total"]) if invoice["type"] == "INVOICE" else 0
                sums[2] += amount(invoice.get("paid_amount", {}))
        self.assertGreater(len(expected), 1)
        with duckdb.connect(out + "/leadstream.duckdb", read_only=True) as connection:
            for view in ("revenue_by_month", "quote_to_cash"):
                told = connection.execute(f"SELECT currency, sum(invoiced), sum(credited), sum(paid) FROM {view} GROUP BY currency").fetchall()
                self.assertEqual({row[0]: list(row[1:]) for row in told if any(row[1:])}, expected, view)

    def test_every_view_can_be_read(self):
        with duckdb.connect(out + "/leadstream.duckdb", read_only=True) as connection:
            for view in ("funnel", "cycle_times", "quote_to_cash", "pipeline_history", "win_loss", "revenue_by_month"):
                self.assertGreater(connection.execute(f"SELECT count(*) FROM {view}").fetchone()[0], 0, view)
            [paid, invoiced] = connection.execute("SELECT sum(paid), sum(invoiced) FROM funnel").fetchone()
            self.assertLessEqual(paid, invoiced)
            events = connection.execute("SELECT count(*) FROM events.LeadCreated WHERE type = 'LeadCreated' AND day >= DATE '2020-01-01'").fetchone()[0]
            self.assertEqual(events, connection.execute("SELECT count(*) FROM leads").fetchone()[0])

    def test_killed_and_resumed_it_is_the_same(self):
        whole, killed = home.name + "/whole", home.name + "/killed"
        begun = time.monotonic()
        run("export", "parquet", whole, "--data", data, "--threads", "1")
        seconds = time.monotonic() - begun
        choice = random.Random(6)
        kills = attempts = 0
        while kills < kills_wanted:
            attempts += 1
            self.assertLess(attempts, 20 * kills_wanted)
            export = subprocess.Popen([leadstream, "export", "parquet", killed, "--data", data], stdout=subprocess.DEVNULL)
            time.sleep(choice.uniform(0.05, seconds))
            export.kill()
            if export.wait() == 0:
                self.assertEqual(tree(killed), tree(whole))
                shutil.rmtree(killed)
            else:
                kills += 1
        run("export", "parquet", killed, "--data", data)
        self.assertEqual(tree(killed), tree(whole))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
