// An event in words, for people: "accepted quote Q-2026-07-00003: EUR 1,234.50".
#pragma once

#include <string>

#include "cli/amounts.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::demo {

using cli::InWords;  // of amounts

// What happened. Empty for the bookkeeping between the services, which tells a reader nothing new.
std::string InWords(const common::v1::Event& event);

}  // namespace leadstream::demo
