#!/usr/bin/env python3
"""`leadstream demo --scale`: years of sales, as a cluster would have written them.

    scale_test.py build/release/leadstream samples
"""

import collections
import datetime
import json
import re
import subprocess
import sys
import tempfile
import time
import unittest

leadstream, samples = sys.argv[1:3]
home = tempfile.TemporaryDirectory()
UNTIL = datetime.datetime.now(datetime.timezone.utc).date()
SINCE = UNTIL - datetime.timedelta(days=550)
SPAN = ("--since", str(SINCE), "--until", str(UNTIL))


def run(*arguments):
    done = subprocess.run([leadstream, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def scale(name, events, *arguments):
    data = f"{home.name}/{name}"
    return data, json.loads(run("demo", "--scale", str(events), *SPAN, "--data", data, "--samples", samples, "--json", *arguments))


def events(data):
    return run("events", "cat", "--json", "--data", data)


class Scale(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data, cls.figures = scale("years", 6000)
        cls.events = [json.loads(line) for line in events(cls.data).splitlines()]

    def test_it_comes_to_about_as_many_events(self):
        self.assertAlmostEqual(self.figures["events"], 6000, delta=900)
        self.assertEqual(self.figures["parked"], 0)
        self.assertGreater(self.figures["under_way"], 0)

    def test_it_is_whole(self):
        self.assertIn(" 0 findings", run("verify", "--data", self.data))

    def test_it_tells_what_sales_offices_know(self):
        kinds = collections.Counter(event["type"].rsplit(".", 1)[1] for event in self.events)
        for kind in ("LeadQualified", "OpportunityLost", "QuoteRevised", "QuoteClosed", "DiscountApproved", "OrderFulfilled", "InvoiceIssued", "InvoiceCredited", "InvoiceReminded",
                     "PaymentRecorded", "PaymentCreated"):
            self.assertGreater(kinds[kind], 0, kind)
        days = [event["time"][:10] for event in self.events]
        self.assertTrue(str(SINCE) <= min(days) and max(days) < str(UNTIL))
        self.assertEqual(days, sorted(days))

    def test_the_same_seed_writes_the_same_log(self):
        one, _ = scale("one", 2000)
        two, _ = scale("two", 2000)
        other, _ = scale("other", 2000, "--seed", "2")
        self.assertEqual(events(one), events(two))
        self.assertNotEqual(events(one), events(other))

    def test_services_go_on_where_it_ended(self):
        """Nothing is reacted to twice, and the next invoice has the next number."""
        numbers = [event["data"]["invoice"]["number"] for event in self.events if event["type"].endswith(".InvoiceIssued")
                   and event["data"]["invoice"]["seller"] == "default" and event["data"]["invoice"]["type"] == "INVOICE"]
        server = subprocess.Popen([leadstream, "serve", "--data", self.data, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            [port] = re.findall(r"serving on port (\d+)", server.stderr.readline())
            time.sleep(1)
            invoice = json.loads(run("call", "CreateInvoice", json.dumps({"issue": True, "invoice": {
                "buyer": {"name": "Oak"}, "currency": "EUR", "lines": [{"description": "Desk", "quantity": {"value": "1"}, "unit_price": {"value": "9"}}]}}),
                "--server", f"127.0.0.1:{port}"))
            issued = invoice["issue_date"]["year"]
            last = max((int(number.rsplit("-", 1)[1]) for number in numbers if number.startswith(f"INV-{issued}-")), default=0)
            self.assertEqual(invoice["number"], f"INV-{issued}-{last + 1:06d}")
        finally:
            server.terminate()
            server.wait()
            server.stderr.close()
        later = collections.Counter(json.loads(line)["type"].rsplit(".", 1)[1] for line in events(self.data).splitlines()[len(self.events):])
        # Beside the invoice only what has become due since: reminders, quotes that nobody answered.
        self.assertLessEqual(set(later), {"InvoiceIssued", "InvoiceReminded", "QuoteClosed", "OpportunityQuoteRecorded"}, later)
        self.assertEqual(later["InvoiceIssued"], 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
