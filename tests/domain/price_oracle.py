#!/usr/bin/env python3
"""Recomputes prices with Python's fractions, from the rules as pricing.h states them in words, and compares.

    price_oracle.py --cases build/release/tests/domain_price_cases --prices 100000 --seed 7

It shares no code, no number type and no table with what it checks. The first differences are printed, with the catalogues; exit status 1 if
there is any.
"""

import argparse
import json
import math
import subprocess
import sys
import time
from fractions import Fraction

DIGITS = {"EUR": 2, "HUF": 2, "USD": 2, "JPY": 0, "KWD": 3}
ASKED_OF_EACH = 8
DIFFERENCES_SHOWN = 3


class NoPrice(Exception):
    pass


def number(message, field):
    return Fraction(message.get(field, {}).get("value", "") or "0")


def money(message):
    return Fraction(message.get("units", "0")) + Fraction(message.get("nanos", 0), 10**9)


def half_up(value):
    """Nothing here is below 0."""
    return math.floor(value + Fraction(1, 2))


def to_ten_digits(value):
    return Fraction(half_up(value * 10**10), 10**10)


def rounded(value, policy, currency):
    step = number(policy, "step") or Fraction(1, 10 ** DIGITS[currency])
    ending = number(policy, "ending")
    steps = (value + ending) / step
    direction = {"UP": math.ceil, "DOWN": math.floor}.get(policy.get("direction"), half_up)
    return max(direction(steps) * step - ending, Fraction(0))


class Shop:
    def __init__(self, case):
        self.currency = case["currency"]
        self.products = {product["name"]: product for product in case["products"]}
        self.lists = {one["name"]: one for one in case["lists"]}
        self.items = {(one["name"], item["product"], item.get("unit", "")): item for one in case["lists"] for item in one.get("items", [])}
        self.methods = set()

    def factor(self, product, unit):
        if not unit:
            return Fraction(1)
        for other in self.products[product].get("units", []):
            if other["unit"] == unit:
                return number(other, "factor")
        raise NoPrice("PRICE_UNIT_UNKNOWN")

    def listed(self, in_list, product, unit):
        """The price, the item whose tiers hold, and how many of that item's units the unit asked for is."""
        item = self.items.get((in_list, product, unit))
        if item is not None:
            return self.by_method(in_list, item, product), item, Fraction(1)
        if unit:
            factor = self.factor(product, unit)
            price, item, units = self.listed(in_list, product, "")
            self.methods.add("UNIT")
            return to_ten_digits(price * factor), item, units * factor
        components = self.products[product].get("components", [])
        if not components:
            raise NoPrice("PRICE_MISSING")
        self.methods.add("BUNDLE")
        price = sum((to_ten_digits(self.listed(in_list, part["product"], "")[0] * number(part, "quantity")) for part in components), Fraction(0))
        return price, None, Fraction(1)

    def by_method(self, in_list, item, product):
        method = item.get("method", "FIXED")
        self.methods.add(method)
        if method in ("FIXED", "METHOD_UNSPECIFIED"):
            return number(item, "amount")
        percent = number(item, "percent") / 100
        if method == "PERCENT_OF_LIST":
            price = self.listed(item["base_list"], product, item.get("unit", ""))[0] * percent
        else:
            cost = self.products[product].get("current_cost" if item.get("cost") == "CURRENT" else "standard_cost")
            if cost is None:
                raise NoPrice("PRICE_MISSING")
            base = money(cost) * self.factor(product, item.get("unit", ""))
            price = base * (1 + percent) if method == "MARKUP" else base / (1 - percent)
        policy = item["rounding"] if "rounding" in item else self.lists[in_list].get("rounding", {})
        return rounded(price, policy, self.currency)

    def price(self, question):
        try:
            price, item, units = self.listed(question["list"], question["product"], question["unit"])
        except NoPrice as why:
            return {"reason": str(why)}
        quantity, discount = Fraction(question["quantity"]) * units, Fraction(0)
        for tier in item.get("tiers", []) if item else []:
            if number(tier, "from_quantity") <= quantity:
                off = price * number(tier, "percent") / 100 if "percent" in tier else number(tier, "amount") * units
                discount = to_ten_digits(min(off, price))
                self.methods.add("TIER")
        return {"unit_price": price, "volume_discount": discount}


def answer(question):
    if "reason" in question:
        return {"reason": question["reason"]}
    return {field: Fraction(question[field]) for field in ("unit_price", "volume_discount")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", required=True, help="the domain_price_cases executable")
    parser.add_argument("--prices", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    started, prices, wrong, seen = time.monotonic(), 0, 0, {}
    catalogues = -(-arguments.prices // ASKED_OF_EACH)
    with subprocess.Popen([arguments.cases, str(catalogues), str(arguments.seed)], stdout=subprocess.PIPE, text=True) as process:
        for text in process.stdout:
            case = json.loads(text)
            for question in case["asked"]:
                shop = Shop(case)
                expected, found = shop.price(question), answer(question)
                prices += 1
                for what in [expected["reason"]] if "reason" in expected else shop.methods:
                    seen[what] = seen.get(what, 0) + 1
                if expected == found:
                    continue
                wrong += 1
                if wrong <= DIFFERENCES_SHOWN:
                    print(f"{question}: {found} and not {expected}\n{text}")
    print(f"{prices} prices, {wrong} different, {time.monotonic() - started:.1f} s; " + ", ".join(f"{k}: {v}" for k, v in sorted(seen.items())))
    complete = process.returncode == 0 and prices >= arguments.prices
    if not complete:
        print(f"the generator stopped early, with status {process.returncode}")
    return 0 if complete and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
