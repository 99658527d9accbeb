// Inquiries from files become leads: read, created, and compared with the leads that were there
// before them.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/inquiries/inquiry.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::cli {

struct ImportOptions {
  inquiries::Options reading;
  // What becomes of an inquiry for which an open lead may be the same.
  lead::v1::ImportLeadsRequest::OnDuplicate on_duplicate = lead::v1::ImportLeadsRequest::CREATE;
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

// An inquiry that became no lead of its own: what an open lead took of it.
struct TakenInquiry {
  std::string file;
  int64_t line = 0;
  lead::v1::Lead lead;              // what it says
  std::string open;                 // the open lead
  std::vector<std::string> filled;  // its fields that were empty until then
};

struct ImportReport {
  // All of them, in the order of the files: leads created, by name; leads known already (the same
  // inquiry was imported before); open leads that were filled, or left as they are; and rejected
  // rows.
  size_t inquiries = 0;
  std::vector<std::string> created;
  size_t known = 0;
  std::vector<TakenInquiry> filled;
  std::vector<TakenInquiry> skipped;
  std::vector<inquiries::RejectedRow> rejected;
  std::vector<PossibleDuplicate> possible_duplicates;
};

// Reads files, and the files in folders, in the order of their names; nothing is sent. A file that
// cannot be read is one rejected row. INVALID_ARGUMENT: options that make no sense.
absl::Status ReadFiles(const std::vector<std::string>& paths, const inquiries::Options& options,
                       const inquiries::Sink& sink);

// The same, and imports what they hold. A bad row stops no other; a file that cannot be read is
// one rejected row. INVALID_ARGUMENT: options that make no sense. Any other error: the server could
// not be asked; what was created until then stays, and the same import goes on from there.
absl::StatusOr<ImportReport> Import(Client* client, const std::vector<std::string>& paths,
                                    const ImportOptions& options);

}  // namespace leadstream::cli
