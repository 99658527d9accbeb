// Inquiries from files become leads: read, created, and compared with the leads that were there
// before them.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/inquiries/inquiry.h"

namespace leadstream::cli {

struct ImportOptions {
  inquiries::Options reading;
  // Calls under way at the same time.
  size_t in_flight = 16;
  // Told how far it is, one thread at a time; may be empty.
  std::function<void(size_t done, size_t all)> progress;
};

// A new lead that may be the same inquiry as one that was there before it, in the store or earlier
// in the files.
struct PossibleDuplicate {
  std::string file;
  int64_t line = 0;
  lead::v1::Lead lead;
  std::vector<lead::v1::Duplicate> of;  // the likeliest first
};

struct ImportReport {
  // All of them, in the order of the files: leads created, leads known already (the same inquiry
  // was imported before), and rejected rows.
  size_t inquiries = 0;
  std::vector<lead::v1::Lead> created;
  size_t known = 0;
  std::vector<inquiries::RejectedRow> rejected;
  std::vector<PossibleDuplicate> possible_duplicates;
};

// Reads files, and the files in folders. A bad row stops no other; a file that cannot be read is
// one rejected row. INVALID_ARGUMENT: options that make no sense. Any other error: the server could
// not be asked; what was created until then stays, and the same import goes on from there.
absl::StatusOr<ImportReport> Import(Client* client, const std::vector<std::string>& paths,
                                    const ImportOptions& options);

}  // namespace leadstream::cli
