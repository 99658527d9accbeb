// Tables as text.
//
//   csv      RFC 4180, UTF-8, a line of names first; what is within a message has a name with dots
//            ("data.lead.topic"), a list is JSON; null is empty
//   ndjson   one JSON object a line: an event as a CloudEvent (cli/history/cloud_event.h), a
//            resource as its proto's JSON
#pragma once

#include <memory>

#include "cli/export/tables.h"

namespace leadstream::exporting {

std::unique_ptr<Format> Csv();
std::unique_ptr<Format> NdJson();

}  // namespace leadstream::exporting
