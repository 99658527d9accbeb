#!/usr/bin/env python3
"""Recomputes documents with Python's decimal, from the rules as totals.h states them in words, and compares.

    totals_oracle.py --cases build/release/tests/domain_totals_cases --documents 100000 --seed 7

Of each document it recomputes the totals, a part, three invoices that bill it step by step, and three credits that take it back.
It shares no code, no number type and no table with what it checks. The first differences are printed, with the documents; exit status 1
if there is any. `--explain N` prints the N-th document and both results.
"""

import argparse
import decimal
import json
import subprocess
import sys
import time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# Products are exact far below this many digits; quotients are cut so late that no half can be mistaken.
decimal.getcontext().prec = 400
decimal.getcontext().Emin, decimal.getcontext().Emax = decimal.MIN_EMIN, decimal.MAX_EMAX

DIGITS = {"EUR": 2, "USD": 2, "HUF": 2, "CHF": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3, "CLF": 4}
ZERO = Decimal(0)
HUNDRED = Decimal(100)
AMOUNTS = ("lines", "discount", "freight", "net", "tax", "rounding", "total")
DIFFERENCES_SHOWN = 5


def number(message, field):
    return Decimal(message.get(field, {}).get("value", "") or "0")


def money(message):
    return Decimal(message.get("units", "0")) + Decimal(message.get("nanos", 0)).scaleb(-9)


def rounded(value, digits, mode=ROUND_HALF_UP):
    return value.quantize(Decimal(1).scaleb(-digits), rounding=mode)


def key_of(line):
    return (line.get("tax_category") or "S", number(line, "tax_rate"))


def price(line, digits):
    """Base and net of a whole line."""
    exact = number(line, "quantity") * (number(line, "unit_price") - number(line, "volume_discount"))
    net = exact * (1 - number(line, "discount_percent") / HUNDRED) - number(line, "discount_amount")
    return rounded(exact, digits), rounded(net, digits)


def spread(amount, weights, digits):
    """Largest remainder over weights by key; equal remainders go to the first key."""
    whole = sum(weights.values())
    exact = {key: amount * weight / whole for key, weight in weights.items()}
    shares = {key: rounded(value, digits, ROUND_DOWN) for key, value in exact.items()}
    unit = Decimal(1).scaleb(-digits)
    units_left = int((amount - sum(shares.values())) / unit)
    # Quotients of unlike denominators are compared far beyond the precision that any difference of theirs needs.
    by_remainder = sorted(shares, key=lambda key: (-rounded(exact[key] - shares[key], 200), key))
    for key in by_remainder[:units_left]:
        shares[key] += unit
    return shares


def totals_of(groups, currency, increment, digits):
    """Sums of groups {key: (net, discount, freight)}."""
    taxable = {key: net - discount + freight for key, (net, discount, freight) in groups.items()}
    taxes = {key: rounded(taxable[key] * key[1] / HUNDRED, digits) for key in groups}
    result = {
        "lines": sum((net for net, _, _ in groups.values()), ZERO),
        "discount": sum((discount for _, discount, _ in groups.values()), ZERO),
        "freight": sum((freight for _, _, freight in groups.values()), ZERO),
        "net": sum(taxable.values(), ZERO),
        "tax": sum(taxes.values(), ZERO),
    }
    payable = result["net"] + result["tax"]
    result["rounding"] = rounded(payable / increment, 0) * increment - payable if increment else ZERO
    result["total"] = payable + result["rounding"]
    result["taxes"] = [(key, taxable[key], taxes[key]) for key in sorted(groups)]
    return result


def quantity_of(quantities, line):
    return Decimal(quantities.get(line["line_id"], "0"))


class Document:
    """A document as a quote or an order has it: its amounts follow from its prices."""

    def __init__(self, case):
        self.currency, self.lines, adjustments = case["currency"], case["lines"], case["adjustments"]
        self.digits, self.increment = DIGITS[self.currency], Decimal(case["increment"])
        self.priced = [price(line, self.digits) for line in self.lines]
        self.free = all(net == 0 for _, net in self.priced)
        self.nets, self.weights = {}, {}
        for line, (_, net) in zip(self.lines, self.priced):
            key = key_of(line)
            self.nets[key] = self.nets.get(key, ZERO) + net
            self.weights[key] = self.weights.get(key, ZERO) + self.weight(net, Decimal(1))
        lines_sum = sum(self.nets.values(), ZERO)
        header = rounded(lines_sum * number(adjustments, "discount_percent") / HUNDRED + number(adjustments, "discount_amount"), self.digits)
        self.discounts = spread(header, self.weights, self.digits)
        self.freights = spread(number(adjustments, "freight"), self.weights, self.digits)

    def weight(self, net, share):
        return rounded(share, 12) if self.free else net

    def sum(self, groups):
        return totals_of(groups, self.currency, self.increment, self.digits)

    def totals(self):
        return self.sum({key: (self.nets[key], self.discounts[key], self.freights[key]) for key in self.nets})

    def part(self, quantities):
        """The totals of these quantities, and the (id, quantity, base, net) of their lines."""
        nets, weights, lines = {}, {}, []
        for line, (base, net) in zip(self.lines, self.priced):
            quantity, whole = quantity_of(quantities, line), number(line, "quantity")
            if quantity == 0:
                continue
            part_net = rounded(net * quantity / whole, self.digits)
            lines.append((line["line_id"], quantity, rounded(base * quantity / whole, self.digits), part_net))
            key = key_of(line)
            nets[key] = nets.get(key, ZERO) + part_net
            weights[key] = weights.get(key, ZERO) + self.weight(part_net, quantity / whole)

        def share(amounts, key):
            return rounded(amounts[key] * weights[key] / self.weights[key], self.digits) if self.weights[key] else ZERO

        return self.sum({key: (nets[key], share(self.discounts, key), share(self.freights, key)) for key in nets}), lines


class Invoice(Document):
    """The same document as an invoice has it: its amounts stand, and what each tax has of discount and freight is read from its totals."""

    def __init__(self, case):
        super().__init__(case)
        totals = self.totals()
        if totals["discount"] == 0:
            # Nothing is taken off, so whatever a tax has beyond its lines is freight.
            self.freights = {key: taxable - self.nets[key] for key, taxable, _ in totals["taxes"]}
        self.discounts = {key: self.nets[key] + self.freights[key] - taxable for key, taxable, _ in totals["taxes"]}


def minus(after, before):
    """What a step adds; a tax of which nothing is left is left out."""
    result = {name: after[name] - before.get(name, ZERO) for name in AMOUNTS}
    earlier = {key: (taxable, tax) for key, taxable, tax in before.get("taxes", [])}
    taxes = [(key, taxable - earlier.get(key, (ZERO, ZERO))[0], tax - earlier.get(key, (ZERO, ZERO))[1]) for key, taxable, tax in after["taxes"]]
    result["taxes"] = [tax for tax in taxes if tax[1] or tax[2]]
    return result


def without_empty_taxes(totals):
    return {**totals, "taxes": [tax for tax in totals["taxes"] if tax[1] or tax[2]]}


def read_totals(message):
    result = {name: money(message.get(name, {})) for name in AMOUNTS}
    result["taxes"] = [(key_of(tax), money(tax["taxable"]), money(tax["tax"])) for tax in message.get("taxes", [])]
    return result


def read_lines(lines):
    return [(line["line_id"], number(line, "quantity"), money(line["base"]), money(line["net"])) for line in lines]


def step_differences(name, document, steps, whole):
    """Each step is what its quantities add to those before; all of them come to the whole."""
    found, before, sums = [], {}, {field: ZERO for field in AMOUNTS}
    for n, step in enumerate(steps):
        after, _ = document.part(step["quantities"])
        expected, totals = minus(after, before), without_empty_taxes(read_totals(step["totals"]))
        found += [f"{name}[{n}].{field}: {totals[field]} and not {expected[field]}" for field in expected if totals[field] != expected[field]]
        sums = {field: sums[field] + totals[field] for field in AMOUNTS}
        before = after
    return found + [f"{name}: come to {sums[field]} {field} and not {whole[field]}" for field in AMOUNTS if sums[field] != whole[field]]


def differences(case):
    document = Document(case)
    totals, (part, part_lines) = document.totals(), document.part(case["quantities"])
    found = []
    for name, ours, theirs in (("totals", read_totals(case["totals"]), totals), ("part", read_totals(case["part"]), part)):
        found += [f"{name}.{field}: {ours[field]} and not {theirs[field]}" for field in theirs if ours[field] != theirs[field]]
    if read_lines(case["part_lines"]) != part_lines:
        found.append(f"part_lines: {read_lines(case['part_lines'])} and not {part_lines}")
    found += step_differences("invoices", document, case["invoices"], totals)
    found += step_differences("credits", Invoice(case), case["credits"], totals)
    for field in AMOUNTS:
        if case["totals"][field]["currency_code"] != case["currency"]:
            found.append(f"totals.{field} is not in {case['currency']}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", required=True, help="the domain_totals_cases executable")
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--explain", type=int, metavar="N", help="print document N (from 0) and both results")
    arguments = parser.parse_args()

    started, documents, wrong = time.monotonic(), 0, 0
    seen = {"several tax groups": 0, "header discount": 0, "freight": 0, "free": 0, "cash rounding": 0, "a true part": 0, "invoices": 0, "credits": 0}
    currencies = set()
    command = [arguments.cases, str(arguments.documents), str(arguments.seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for n, text in enumerate(process.stdout):
            case = json.loads(text)
            found = differences(case)
            documents += 1
            wrong += bool(found)
            if found and wrong <= DIFFERENCES_SHOWN or n == arguments.explain:
                print(f"document {n}: {found or 'no difference'}\n{text}{Document(case).totals()}")
            totals = read_totals(case["totals"])
            currencies.add(case["currency"])
            for steps in ("invoices", "credits"):
                seen[steps] += len(case[steps])
            seen["several tax groups"] += len(totals["taxes"]) > 1
            seen["header discount"] += totals["discount"] != 0
            seen["freight"] += totals["freight"] != 0
            seen["free"] += totals["lines"] == 0
            seen["cash rounding"] += totals["rounding"] != 0
            seen["a true part"] += 0 < read_totals(case["part"])["lines"] < totals["lines"]
    print(f"{documents} documents in {len(currencies)} currencies, {wrong} different, {time.monotonic() - started:.1f} s; " + ", ".join(f"{k}: {v}" for k, v in seen.items()))
    complete = process.returncode == 0 and documents == arguments.documents
    if not complete:
        print(f"the generator stopped early, with status {process.returncode}")
    return 0 if complete and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
