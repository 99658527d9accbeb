#!/usr/bin/env python3
"""`leadstream state`: what services would have answered at a moment.

    state_test.py build/release/leadstream samples
"""

import collections
import decimal
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

leadstream, samples = sys.argv[1:3]
home = tempfile.TemporaryDirectory()
data = home.name + "/demo"


def ran(*arguments):
    return subprocess.run([leadstream, *arguments], capture_output=True, text=True)


def run(*arguments):
    done = ran(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def state(*arguments):
    return json.loads(run("state", *arguments, "--data", data))


def amount(money):
    return decimal.Decimal(money.get("units", 0)) + decimal.Decimal(money.get("nanos", 0)) / 10**9


class State(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("demo", "--data", data, "--samples", samples)
        cls.events = [json.loads(line) for line in run("events", "cat", "--json", "--data", data).splitlines()]

    def middle(self, type):
        """When half of the events of a kind had happened, and where the last of these is."""
        times = [(event["time"], event["position"]) for event in self.events if event["type"].endswith("." + type)]
        return times[len(times) // 2]

    def created(self, type, until):
        return {event["subject"] for event in self.events if event["type"].endswith("." + type) and event["time"] <= until}

    def test_now_it_is_what_the_services_answer(self):
        served = home.name + "/served"
        shutil.copytree(data, served)
        server = subprocess.Popen([leadstream, "serve", "--data", served, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            [port] = re.findall(r"serving on port (\d+)", server.stderr.readline())
            for asked in (["GetPipeline"], ["GetForecast", "by_owner=true"], ["GetFunnel"], ["ListInvoices", "page_size=1000", "order_by=create_time"],
                          ["ListLeads", "filter=state = QUALIFIED AND source = WEB", "page_size=1000", "order_by=update_time desc"]):
                answer = json.loads(run("call", *asked, "--server", f"127.0.0.1:{port}"))
                answer.pop("next_page_token", None)
                self.assertTrue(answer, asked)
                self.assertEqual(state(*asked), answer, asked)
        finally:
            server.terminate()
            server.wait()
            server.stderr.close()

    def test_a_list_is_what_there_was(self):
        time, position = self.middle("LeadQualified")
        for moment in (time, position):
            leads = state("ListLeads", "--as-of", moment)["leads"]
            self.assertEqual({lead["name"] for lead in leads}, self.created("LeadCreated", time), "all of them, in whatever pages")
        qualified = state("ListLeads", "filter=state = QUALIFIED", "--as-of", time)["leads"]
        self.assertTrue(qualified)
        self.assertLess(len(qualified), len(self.created("LeadQualified", "9999")))
        for lead in qualified[:3]:
            self.assertEqual(json.loads(run("get", lead["name"], "--as-of", time, "--data", data)), lead)

    def test_a_list_has_an_order_and_an_end(self):
        time, _ = self.middle("LeadQualified")
        names = [lead["name"] for lead in state("ListLeads", "order_by=create_time", "--as-of", time)["leads"]]
        self.assertEqual([lead["name"] for lead in state("ListLeads", "order_by=create_time", "page_size=7", "--as-of", time)["leads"]], names[:7])
        self.assertEqual([lead["name"] for lead in state("ListLeads", "order_by=create_time desc", "--as-of", time)["leads"]], names[::-1])

    def test_pipeline_and_forecast_are_the_sums_of_what_there_was(self):
        time, _ = self.middle("OpportunityMovedToStage")
        opportunities = state("ListOpportunities", "filter=state = OPEN", "--as-of", time)["opportunities"]
        expected = collections.Counter()
        for opportunity in opportunities:
            revenue = opportunity.get("estimated_revenue", {})
            expected[opportunity["stage"], revenue.get("currency_code", opportunity.get("currency"))] += amount(revenue)
        rows = {(row["stage"], row["currency"]): amount(row["sum"]) for row in state("GetPipeline", "--as-of", time)["rows"]}
        self.assertGreater(len(rows), 1)
        self.assertEqual(rows, dict(expected))
        self.assertNotEqual(state("GetForecast", "--as-of", time), state("GetForecast"))

    def test_before_anything_happened_there_was_nothing(self):
        self.assertEqual(state("ListLeads", "--as-of", "2020-01-01"), {})
        self.assertEqual(state("GetPipeline", "--as-of", "2020-01-01"), {})

    def test_what_cannot_be_asked_is_said(self):
        for asked, answer in ((["ListLeads", "--as-of", "yesterday"], "neither a time"), (["ListLeads", "--as-of", "lead/0:99999999"], "there is no event at"),
                              (["ListLeads", "filter=stat = OPEN"], "did you mean"), (["ListLeads", "page_size=-1"], "page_size"),
                              (["CreateLead"], "cannot be asked of a moment"), (["WatchLeads"], "is a stream"), (["ListNothing"], "there is no method")):
            refused = ran("state", *asked, "--data", data)
            self.assertEqual(refused.returncode, 1, asked)
            self.assertIn(answer, refused.stderr)
            self.assertEqual(refused.stdout, "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
