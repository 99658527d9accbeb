#!/usr/bin/env python3
"""`leadstream mine` over the demo: its parts agree with each other, and its event log is an OCEL 2.0 one.

    mine_command_test.py build/release/leadstream samples

Where pm4py is installed (`pip install pm4py`; with all that it needs it is too large to be fetched for this alone), it opens the event log.
"""

import collections
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

leadstream, samples = sys.argv[1:3]
home = tempfile.TemporaryDirectory()
data, ocel = home.name + "/demo", home.name + "/sales.jsonocel"
try:
    import pm4py
except ImportError:
    pm4py = None


def run(*arguments):
    done = subprocess.run([leadstream, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mine(*arguments):
    return run("mine", "--data", data, *arguments)


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("demo", "--data", data, "--samples", samples)
        cls.all = json.loads(mine("--json", "--ocel", ocel))
        cls.log = json.loads(pathlib.Path(ocel).read_text())

    def test_every_sale_is_paid_lost_or_open(self):
        self.assertGreater(self.all["paid"], 0)
        self.assertGreater(self.all["lost"], 0)
        for total, parts in (("sales", "variants"), ("lost", "lost_after"), ("open", "open_after")):
            self.assertEqual(self.all[total], sum(part["sales"] for part in self.all[parts]))

    def test_every_lead_is_in_one_sale(self):
        leads = [line for line in run("events", "cat", "--data", data, "--type", "LeadCreated", "--json").splitlines()]
        merged = [line for line in run("events", "cat", "--data", data, "--type", "LeadMerged", "--json").splitlines()]
        self.assertEqual(self.all["sales"], len(leads) - len(merged))

    def test_groups_come_to_all(self):
        for by in ("source", "owner", "pipeline"):
            groups = [json.loads(line) for line in mine("--json", "--by", by).splitlines()]
            self.assertGreater(len(groups), 1)
            for count in ("sales", "paid", "lost", "open"):
                self.assertEqual(self.all[count], sum(group[count] for group in groups))

    def test_table_and_graph_say_the_same(self):
        table = mine()
        first = self.all["variants"][0]
        self.assertIn(" > ".join(first["path"]), table)
        self.assertIn(f"{self.all['sales']} sales, {self.all['paid']} paid", table)
        graph = mine("--dot")
        self.assertEqual(graph.count(" -> "), len(self.all["steps"]))
        drawn = mine("--svg")
        self.assertIn("<svg" if shutil.which("dot") else "digraph paths", drawn)

    def test_the_same_log_gives_the_same_bytes(self):
        again = home.name + "/again.jsonocel"
        self.assertEqual(mine("--json", "--threads", "1", "--ocel", again), mine("--json", "--threads", "4"))
        self.assertEqual(pathlib.Path(again).read_bytes(), pathlib.Path(ocel).read_bytes())

    def test_event_log_is_ocel_2(self):
        """What the standard's JSON schema asks for, and that every reference leads somewhere."""
        self.assertEqual(set(self.log), {"objectTypes", "eventTypes", "objects", "events"})
        declared = {}
        for kind in ("objectTypes", "eventTypes"):
            for declaration in self.log[kind]:
                self.assertEqual(set(declaration), {"name", "attributes"})
                for attribute in declaration["attributes"]:
                    self.assertIn(attribute["type"], ("string", "time", "integer", "float", "boolean"))
                declared[kind, declaration["name"]] = {attribute["name"] for attribute in declaration["attributes"]}
        objects = {one["id"] for one in self.log["objects"]}
        for kind, types in (("objects", "objectTypes"), ("events", "eventTypes")):
            self.assertEqual(len({one["id"] for one in self.log[kind]}), len(self.log[kind]), "ids are unique")
            for one in self.log[kind]:
                attributes = declared[types, one["type"]]
                for attribute in one["attributes"]:
                    self.assertIn(attribute["name"], attributes)
                    self.assertIsInstance(attribute["value"], str)
                    if kind == "objects":
                        datetime.datetime.fromisoformat(attribute["time"])
                for relationship in one["relationships"]:
                    self.assertIn(relationship["objectId"], objects)
                    self.assertTrue(relationship["qualifier"])
        for event in self.log["events"]:
            datetime.datetime.fromisoformat(event["time"])
            self.assertTrue(event["relationships"])

    def test_event_log_has_the_steps_of_all_variants(self):
        steps = collections.Counter(event["type"] for event in self.log["events"])
        for step in self.all["rework"]:
            self.assertEqual(steps[step["step"]], step["times"])
        self.assertEqual(sum(steps.values()), self.all["sales"] + sum(step["times"] for step in self.all["steps"]))

    @unittest.skipUnless(pm4py, "pm4py is not installed")
    def test_pm4py_opens_it(self):
        opened = pm4py.read_ocel2_json(ocel)
        self.assertEqual(len(opened.events), len(self.log["events"]))
        # It leaves out what no event is of.
        related = {relationship["objectId"] for event in self.log["events"] for relationship in event["relationships"]}
        self.assertEqual(set(opened.objects["ocel:oid"]), related)
        leads = pm4py.ocel_flattening(opened, "lead")
        self.assertEqual(leads["case:concept:name"].nunique(), sum(one["type"] == "lead" for one in self.log["objects"]))
        graph = pm4py.discover_ocdfg(opened)
        self.assertIn("quote sent", graph["activities"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
