// The number an invoice is issued under: the next of its seller, type and year, taken in the record
// that issues it. So there is no gap and no double, whatever crashes.
#pragma once

#include "common/domain/context.h"
#include "leadstream/billing/v1/invoice.pb.h"

namespace leadstream::billing {

// Makes a finished draft an issued invoice: date, due date, number, nothing paid, nothing credited.
void Issue(const domain::Context& context, v1::Invoice* invoice);

// The partition remembers `series/{seller}/{type}/{year}` -> the last sequence.
void RememberSeries(const v1::Invoice& issued, domain::MutableFacts* facts);

}  // namespace leadstream::billing
