#!/usr/bin/env python3
"""Recomputes documents with Python's decimal, from the rules as totals.h states them in words, and compares.

    totals_oracle.py --cases build/release/tests/domain_totals_cases --documents 100000 --seed 7

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


def recompute(case):
    """The totals, the totals of the part, and the (id, base, net) of its lines."""
    currency, lines, adjustments = case["currency"], case["lines"], case["adjustments"]
    digits, increment = DIGITS[currency], Decimal(case["increment"])
    priced = [price(line, digits) for line in lines]
    lines_sum = sum((net for _, net in priced), ZERO)
    free = all(net == 0 for _, net in priced)

    def weight(net, share):
        return (rounded(share, 12) if free else net)

    nets, weights = {}, {}
    for line, (_, net) in zip(lines, priced):
        key = key_of(line)
        nets[key] = nets.get(key, ZERO) + net
        weights[key] = weights.get(key, ZERO) + weight(net, Decimal(1))
    header = rounded(lines_sum * number(adjustments, "discount_percent") / HUNDRED + number(adjustments, "discount_amount"), digits)
    discounts = spread(header, weights, digits)
    freights = spread(number(adjustments, "freight"), weights, digits)
    totals = totals_of({key: (nets[key], discounts[key], freights[key]) for key in nets}, currency, increment, digits)

    part_nets, part_weights, part_lines = {}, {}, []
    for line, (base, net) in zip(lines, priced):
        quantity, whole = Decimal(case["quantities"].get(line["line_id"], "0")), number(line, "quantity")
        if quantity == 0:
            continue
        share = quantity / whole
        part_net = rounded(net * quantity / whole, digits)
        part_lines.append((line["line_id"], quantity, rounded(base * quantity / whole, digits), part_net))
        key = key_of(line)
        part_nets[key] = part_nets.get(key, ZERO) + part_net
        part_weights[key] = part_weights.get(key, ZERO) + weight(part_net, share)

    def in_part(amounts, key):
        return rounded(amounts[key] * part_weights[key] / weights[key], digits) if weights[key] else ZERO

    groups = {key: (part_nets[key], in_part(discounts, key), in_part(freights, key)) for key in part_nets}
    return totals, totals_of(groups, currency, increment, digits), part_lines


def read_totals(message):
    result = {name: money(message.get(name, {})) for name in AMOUNTS}
    result["taxes"] = [(key_of(tax), money(tax["taxable"]), money(tax["tax"])) for tax in message.get("taxes", [])]
    return result


def read_lines(lines):
    return [(line["line_id"], number(line, "quantity"), money(line["base"]), money(line["net"])) for line in lines]


def differences(case):
    totals, part, part_lines = recompute(case)
    found = []
    for name, ours, theirs in (("totals", read_totals(case["totals"]), totals), ("part", read_totals(case["part"]), part)):
        found += [f"{name}.{field}: {ours[field]} and not {theirs[field]}" for field in theirs if ours[field] != theirs[field]]
    if read_lines(case["part_lines"]) != part_lines:
        found.append(f"part_lines: {read_lines(case['part_lines'])} and not {part_lines}")
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
    seen = {"several tax groups": 0, "header discount": 0, "freight": 0, "free": 0, "cash rounding": 0, "a true part": 0}
    command = [arguments.cases, str(arguments.documents), str(arguments.seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for n, text in enumerate(process.stdout):
            case = json.loads(text)
            found = differences(case)
            documents += 1
            wrong += bool(found)
            if found and wrong <= DIFFERENCES_SHOWN or n == arguments.explain:
                print(f"document {n}: {found or 'no difference'}\n{text}{recompute(case)}")
            totals = read_totals(case["totals"])
            seen["several tax groups"] += len(totals["taxes"]) > 1
            seen["header discount"] += totals["discount"] != 0
            seen["freight"] += totals["freight"] != 0
            seen["free"] += totals["lines"] == 0
            seen["cash rounding"] += totals["rounding"] != 0
            seen["a true part"] += 0 < read_totals(case["part"])["lines"] < totals["lines"]
    print(f"{documents} documents, {wrong} different, {time.monotonic() - started:.1f} s; " + ", ".join(f"{k}: {v}" for k, v in seen.items()))
    complete = process.returncode == 0 and documents == arguments.documents
    if not complete:
        print(f"the generator stopped early, with status {process.returncode}")
    return 0 if complete and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
