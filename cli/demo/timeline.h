// One customer's whole story, from the inquiry to the last payment: the events of everything
// related, in the order of time.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/demo/books.h"

namespace leadstream::demo {

// A line for each event: when, who, and what happened in words.
absl::StatusOr<std::vector<std::string>> TimelineOf(const lead::v1::Lead& lead,
                                                    cli::Client* client);

// The lead whose story has most in it: a revised quote, deliveries in parts, a credit note,
// payments. Null if no lead was qualified.
const lead::v1::Lead* RichestStory(const Books& books);

}  // namespace leadstream::demo
