// What must hold of every document's totals, in whatever event they are.
//
//   totals-differ   net = lines - discount + freight, tax is the sum of the taxes and taxable
//                   amounts sum up to net, total = net + tax + rounding
//   currency-mixed  all of it is of one currency
//
// It keeps nothing.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "cli/verify/findings.h"
#include "common/log/event_log.h"

namespace leadstream::verify {

void CheckAmounts(const std::string& service, const log::LoggedRecord& logged,
                  const google::protobuf::Message& payload, Findings* findings);

}  // namespace leadstream::verify
