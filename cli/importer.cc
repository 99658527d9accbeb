#include "cli/importer.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/parallel.h"

namespace leadstream::cli {
namespace {

using inquiries::Inquiry;
using inquiries::RejectedRow;
using lead::v1::Lead;

constexpr int kDuplicatesNamedMax = 5;

// Folders are replaced by the files in them, in the order of their names.
std::vector<std::string> FilesOf(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
      if (entry.is_regular_file(error)) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

absl::Status ReadFile(const std::string& path, const inquiries::Options& options,
                      const inquiries::Sink& sink) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (!in) {
    sink.rejected({path, 0, "the file cannot be read"});
    return absl::OkStatus();
  }
  return inquiries::Read(bytes, path, options, sink);
}

// What became of one inquiry.
struct Outcome {
  bool known = false;
  std::string refused;  // why the server does not take it; empty: it does
  Lead lead;
  std::vector<lead::v1::Duplicate> similar;
};

class Importer {
 public:
  Importer(Client* client, const ImportOptions& options, std::vector<Inquiry> inquiries)
      : client_(client),
        options_(options),
        inquiries_(std::move(inquiries)),
        outcomes_(inquiries_.size()) {}

  absl::Status Create() {
    return Each([this](size_t i) {
      auto lead = client_->Call<Lead>(inquiries_[i].request);
      if (lead.ok()) {
        outcomes_[i].lead = std::move(*lead);
      } else if (absl::IsAlreadyExists(lead.status())) {
        outcomes_[i].known = true;
      } else if (absl::IsInvalidArgument(lead.status())) {
        outcomes_[i].refused = std::string(lead.status().message());
      } else {
        return lead.status();
      }
      return absl::OkStatus();
    });
  }

  absl::Status FindSimilar() {
    return Each([this](size_t i) {
      if (outcomes_[i].lead.name().empty()) return absl::OkStatus();
      lead::v1::FindDuplicatesRequest request;
      request.set_name(outcomes_[i].lead.name());
      auto found = client_->Call<lead::v1::FindDuplicatesResponse>(request);
      if (absl::IsInvalidArgument(found.status()))
        return absl::OkStatus();  // nothing to compare it by
      if (!found.ok()) return found.status();
      outcomes_[i].similar.assign(found->duplicates().begin(), found->duplicates().end());
      return absl::OkStatus();
    });
  }

  void Report(ImportReport* report) {
    absl::flat_hash_map<std::string, size_t> order;
    for (size_t i = 0; i < outcomes_.size(); ++i) order[outcomes_[i].lead.name()] = i;
    for (size_t i = 0; i < outcomes_.size(); ++i) {
      Outcome& outcome = outcomes_[i];
      if (outcome.known) ++report->known;
      if (!outcome.refused.empty())
        report->rejected.push_back({inquiries_[i].file, inquiries_[i].line, outcome.refused});
      if (outcome.lead.name().empty()) continue;
      PossibleDuplicate possible{inquiries_[i].file, inquiries_[i].line, outcome.lead, {}};
      for (lead::v1::Duplicate& similar : outcome.similar) {
        auto at = order.find(similar.lead().name());
        const bool was_before = at == order.end() || at->second < i;
        if (was_before && possible.of.size() < kDuplicatesNamedMax)
          possible.of.push_back(std::move(similar));
      }
      if (!possible.of.empty()) report->possible_duplicates.push_back(std::move(possible));
      report->created.push_back(std::move(outcome.lead));
    }
  }

 private:
  // The first error ends it, as soon as the calls under way have ended.
  template <typename Step>
  absl::Status Each(const Step& step) {
    absl::Mutex mutex;
    absl::Status failed;
    EachInParallel(inquiries_.size(), options_.in_flight, [&](size_t i) {
      {
        absl::MutexLock lock(&mutex);
        if (!failed.ok()) return;
      }
      absl::Status done = step(i);
      absl::MutexLock lock(&mutex);
      failed.Update(done);
      if (options_.progress) options_.progress(++steps_done_, 2 * inquiries_.size());
    });
    return failed;
  }

  Client* const client_;
  const ImportOptions& options_;
  const std::vector<Inquiry> inquiries_;
  std::vector<Outcome> outcomes_;
  size_t steps_done_ = 0;
};

}  // namespace

absl::StatusOr<ImportReport> Import(Client* client, const std::vector<std::string>& paths,
                                    const ImportOptions& options) {
  ImportReport report;
  std::vector<Inquiry> inquiries;
  const inquiries::Sink sink{[&](Inquiry inquiry) { inquiries.push_back(std::move(inquiry)); },
                             [&](RejectedRow row) { report.rejected.push_back(std::move(row)); }};
  for (const std::string& file : FilesOf(paths)) {
    absl::Status read = ReadFile(file, options.reading, sink);
    if (!read.ok()) return read;
  }
  report.inquiries = inquiries.size() + report.rejected.size();
  Importer importer(client, options, std::move(inquiries));
  absl::Status done = importer.Create();
  if (done.ok()) done = importer.FindSimilar();
  if (!done.ok()) return done;
  importer.Report(&report);
  return report;
}

}  // namespace leadstream::cli
