#!/usr/bin/env python3
"""`leadstream what-if`: what would differ under other rules, recomputed here by hand.

    what_if_test.py build/release/leadstream samples
"""

import collections
import decimal
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

leadstream, samples = sys.argv[1:3]
home = tempfile.TemporaryDirectory()
data = home.name + "/demo"
RULES = [
    {"name": "scoringRules/web", "display_name": "From the web", "filter": "source = WEB", "points": 30, "enabled": True},
    {"name": "scoringRules/fair", "display_name": "From a fair", "filter": "source = TRADE_SHOW", "points": 60, "enabled": True},
]


def ran(*arguments):
    return subprocess.run([leadstream, *arguments], capture_output=True, text=True)


def run(*arguments):
    done = ran(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def what_if(*arguments):
    return json.loads(run("what-if", *arguments, "--json", "--data", data))


def write(name, text):
    path = pathlib.Path(home.name, name)
    path.write_text(text)
    return str(path)


def rules(*changed):
    return write("rules.json", json.dumps({"scoring_rules": list(changed)}))


def amount(money):
    return decimal.Decimal(money.get("units", 0)) + decimal.Decimal(money.get("nanos", 0)) / 10**9


def grade(score):
    return "A" if score >= 75 else "B" if score >= 50 else "C" if score >= 25 else "D"


class WhatIf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("demo", "--data", data, "--samples", samples)
        server = subprocess.Popen([leadstream, "serve", "--data", data, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            [port] = re.findall(r"serving on port (\d+)", server.stderr.readline())
            for rule in RULES:
                run("call", "CreateScoringRule", json.dumps({"scoring_rule_id": rule["name"].split("/")[1], "scoring_rule": {**rule, "name": ""}}),
                    "--server", f"127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()
            server.stderr.close()
        cls.leads = [lead for lead in json.loads(run("state", "ListLeads", "--data", data))["leads"] if not lead.get("merged_into")]

    def test_the_same_rules_change_nothing(self):
        difference = what_if("--scoring", rules(*RULES))
        self.assertEqual(difference, {"leads": len(self.leads), "regraded": 0, "rescored": []})

    def test_other_points_change_the_leads_that_they_are_for(self):
        more = dict(RULES[0], points=55)
        expected = [
            {"lead": lead["name"], "state": lead["state"], "score": 30, "grade": grade(30), "would_be_score": 55, "would_be_grade": grade(55)}
            for lead in sorted(self.leads, key=lambda lead: lead["name"]) if lead.get("source") == "WEB"
        ]
        self.assertTrue(expected)
        difference = what_if("--scoring", rules(more, RULES[1]))
        self.assertEqual(difference["rescored"], expected)
        self.assertEqual(difference["regraded"], len(expected))

    def test_a_table_says_what_became_of_each_grade(self):
        won = sum(lead["state"] == "QUALIFIED" for lead in self.leads if lead.get("source") == "WEB")
        table = run("what-if", "--scoring", rules(dict(RULES[0], points=80), RULES[1]), "--rows", "3", "--data", data)
        self.assertRegex(table, rf"A +0 +0 +0 +\d+ +{won} +\d+")
        self.assertIn(" more\n", table)

    def test_other_probabilities_change_the_forecast(self):
        """Of the demo's open opportunities, all follow the default process."""
        opportunities = json.loads(run("state", "ListOpportunities", "filter=state = OPEN", "--data", data))["opportunities"]
        other = {"qualify": 5, "develop": 25, "propose": 70, "close": 95}
        definition = "process: default\nlabels: {en: Sale}\nstages:\n" + "".join(
            f"  - stage: {stage}\n    labels: {{en: {stage}}}\n    probability: {probability}\n    forecast_category: PIPELINE\n" for stage, probability in other.items())
        before, after = collections.Counter(), collections.Counter()
        for opportunity in opportunities:
            self.assertIn(opportunity["stage"], other)
            revenue = opportunity["estimated_revenue"]
            key = opportunity["stage"], revenue["currency_code"]
            before[key] += amount(revenue) * opportunity["probability"] / 100
            after[key] += amount(revenue) * other[opportunity["stage"]] / 100
        difference = what_if("--process", write("default.yaml", definition))
        self.assertEqual(difference["opportunities"], len(opportunities))
        self.assertEqual(difference["stage_lacks"], [])
        for side, expected in (("is", before), ("would_be", after)):
            sums = collections.Counter()
            for row in difference["pipeline"]:
                sums[row["of"][0], row["currency"]] += decimal.Decimal(row[side]["weighted"])
            self.assertEqual(sums, expected)
            self.assertEqual(sum(decimal.Decimal(row[side]["weighted"]) for row in difference["forecast"]), sum(expected.values()))
        self.assertEqual({row["of"][1] for row in difference["forecast"] if row["would_be"]["count"]}, {"PIPELINE"})

    def test_a_stage_that_is_gone_is_named(self):
        definition = "process: default\nlabels: {en: Sale}\nstages:\n  - stage: propose\n    labels: {en: Propose}\n    probability: 50\n    forecast_category: PIPELINE\n"
        lacking = what_if("--process", write("short.yaml", definition))["stage_lacks"]
        opportunities = json.loads(run("state", "ListOpportunities", "filter=state = OPEN", "--data", data))["opportunities"]
        self.assertEqual(lacking, sorted(opportunity["name"] for opportunity in opportunities if opportunity["stage"] != "propose"))

    def price_list(self, currency):
        lists = json.loads(run("state", "ListPriceLists", "--data", data))["price_lists"]
        return next(one for one in lists if one["currency"] == currency)

    def test_the_same_prices_change_nothing(self):
        prices = self.price_list("HUF")
        difference = what_if("--price-list", write("prices.json", json.dumps(prices)))
        self.assertGreater(difference["quotes"], 10)
        self.assertEqual((difference["repriced"], difference["unpriced"]), ([], []))
        self.assertTrue(all(row["is"] == row["would_be"] for row in difference["by_state"] + difference["by_product"]))

    def test_another_price_changes_the_quotes_that_hold_it(self):
        """Without line discounts a line comes to the difference of price times its quantity."""
        quotes = json.loads(run("state", "ListQuotes", "filter=currency = EUR", "--data", data))["quotes"]
        sold = collections.Counter(line["product"] for quote in quotes for line in quote["lines"] if not line.get("discount_percent"))
        prices = self.price_list("EUR")
        bundles = {component["product"] for product in json.loads(run("state", "ListProducts", "--data", data))["products"] for component in product.get("components", [])}
        item = max((item for item in prices["items"] if item["product"] not in bundles), key=lambda item: sold[item["product"]])
        item["amount"]["value"] = str(decimal.Decimal(item["amount"]["value"]) + 100)
        difference = what_if("--price-list", write("dearer.json", json.dumps(prices)))
        holding = {quote["name"] for quote in quotes if any(line["product"] == item["product"] for line in quote["lines"])}
        self.assertTrue(holding)
        self.assertEqual({row["quote"] for row in difference["repriced"]}, holding)
        for row in difference["by_product"]:
            self.assertEqual(row["is"] != row["would_be"], row["product"] == item["product"])
        lines = [line for quote in quotes for line in quote["lines"] if line["product"] == item["product"]]
        more = sum(decimal.Decimal(line["quantity"]["value"]) * (100 - decimal.Decimal(line.get("discount_percent", {"value": 0})["value"])) for line in lines)
        [row] = [row for row in difference["by_product"] if row["product"] == item["product"]]
        self.assertAlmostEqual(decimal.Decimal(row["would_be"]) - decimal.Decimal(row["is"]), more, delta=decimal.Decimal("0.01") * len(lines))
        self.assertIn("would come to something else", run("what-if", "--price-list", write("dearer.json", json.dumps(prices)), "--data", data))

    def test_what_the_list_has_no_price_for_is_named(self):
        prices = self.price_list("EUR")
        prices["items"] = []
        difference = what_if("--price-list", write("empty.json", json.dumps(prices)))
        quotes = json.loads(run("state", "ListQuotes", "filter=currency = EUR", "--data", data))["quotes"]
        self.assertEqual(difference["unpriced"], sorted(quote["name"] for quote in quotes))
        self.assertEqual(difference["quotes"], 0)

    def test_nothing_is_changed(self):
        def tree():
            return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in pathlib.Path(data).rglob("*") if path.is_file()}

        before = tree()
        what_if("--scoring", rules(*RULES))
        self.assertEqual(tree(), before)

    def test_rules_that_the_service_would_refuse_are_refused(self):
        for rule, why in ((dict(RULES[0], filter="sauce = WEB"), "sauce"), (dict(RULES[0], grade="A"), "not both"), (dict(RULES[0], display_name=""), "display_name")):
            refused = ran("what-if", "--scoring", rules(rule), "--data", data)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(why, refused.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
