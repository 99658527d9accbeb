#include "cli/importer.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "cli/parallel.h"
#include "common/runtime/ids.h"

namespace leadstream::cli {
namespace {

using inquiries::Inquiry;
using inquiries::RejectedRow;
using lead::v1::ImportLeadsRequest;
using lead::v1::ImportLeadsResponse;
using lead::v1::Lead;
using Result = ImportLeadsResponse::Result;

constexpr size_t kRowsPerCall = 200;
constexpr absl::Duration kPause = absl::Milliseconds(200);

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

class Importer {
 public:
  Importer(Client* client, const ImportOptions& options, std::vector<Inquiry> inquiries)
      : client_(client),
        options_(options),
        inquiries_(std::move(inquiries)),
        results_(inquiries_.size()),
        similar_(inquiries_.size()) {}

  // Sends all rows, and again those that met a node which could not take them at the moment.
  absl::Status Create() {
    const std::string import = runtime::NewUuid(absl::ToUnixMicros(absl::Now()));
    std::deque<size_t> waiting(inquiries_.size());
    std::iota(waiting.begin(), waiting.end(), size_t{0});
    absl::Time give_up = absl::Now() + Client::kDeadline;
    while (!waiting.empty()) {
      const std::vector<size_t> sent(
          waiting.begin(),
          waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), kRowsPerCall)));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(sent.size()));
      std::vector<ImportLeadsRequest> rows;
      for (const size_t i : sent) rows.push_back(RowOf(i, import));
      auto reply = client_->Upload<ImportLeadsResponse>(rows);
      if (!reply.ok()) return reply.status();
      if (reply->results_size() != static_cast<int>(sent.size()))
        return absl::InternalError("the server did not answer every row");
      std::vector<size_t> again;
      for (size_t at = 0; at < sent.size(); ++at) {
        Result& result = *reply->mutable_results(static_cast<int>(at));
        if (MayPass(result)) again.push_back(sent[at]);
        results_[sent[at]] = std::move(result);
      }
      Progress(sent.size() - again.size());
      if (again.size() < sent.size()) give_up = absl::Now() + Client::kDeadline;
      if (!again.empty() && absl::Now() > give_up)
        return absl::UnavailableError(results_[again.front()].message());
      if (!again.empty()) absl::SleepFor(kPause);
      waiting.insert(waiting.begin(), again.begin(), again.end());
    }
    return absl::OkStatus();
  }

  // Asks why those leads may be the same inquiry, where there are some.
  absl::Status FindSimilar() {
    return Each([this](size_t i) {
      const Result& result = results_[i];
      if (result.outcome() != ImportLeadsResponse::CREATED || result.possible_duplicates().empty())
        return absl::OkStatus();
      lead::v1::FindDuplicatesRequest request;
      request.set_name(result.lead());
      request.set_max_results(100);
      auto found = client_->Call<lead::v1::FindDuplicatesResponse>(request);
      if (absl::IsInvalidArgument(found.status()))
        return absl::OkStatus();  // somebody took from it what it was compared by
      if (!found.ok()) return found.status();
      for (lead::v1::Duplicate& similar : *found->mutable_duplicates()) {
        if (absl::c_linear_search(result.possible_duplicates(), similar.lead().name()))
          similar_[i].push_back(std::move(similar));
      }
      return absl::OkStatus();
    });
  }

  void Report(ImportReport* report) {
    for (size_t i = 0; i < results_.size(); ++i) {
      const Inquiry& inquiry = inquiries_[i];
      const Result& result = results_[i];
      Lead lead = inquiry.request.lead();
      switch (result.outcome()) {
        case ImportLeadsResponse::CREATED:
          lead.set_name(result.lead());
          if (!similar_[i].empty())
            report->possible_duplicates.push_back(
                {inquiry.file, inquiry.line, std::move(lead), std::move(similar_[i])});
          report->created.push_back(result.lead());
          break;
        case ImportLeadsResponse::FILLED:
          report->filled.push_back(
              {inquiry.file,
               inquiry.line,
               std::move(lead),
               result.lead(),
               {result.filled().paths().begin(), result.filled().paths().end()}});
          break;
        case ImportLeadsResponse::SKIPPED:
          report->skipped.push_back(
              {inquiry.file, inquiry.line, std::move(lead), result.lead(), {}});
          break;
        case ImportLeadsResponse::KNOWN:
          ++report->known;
          break;
        default:
          report->rejected.push_back(
              {inquiry.file, inquiry.line, absl::StrCat(result.reason(), ": ", result.message())});
      }
    }
  }

 private:
  static bool MayPass(const Result& result) {
    return result.outcome() == ImportLeadsResponse::REJECTED &&
           (result.code() == static_cast<int>(absl::StatusCode::kUnavailable) ||
            result.code() == static_cast<int>(absl::StatusCode::kResourceExhausted) ||
            result.code() == static_cast<int>(absl::StatusCode::kAborted));
  }

  ImportLeadsRequest RowOf(size_t i, const std::string& import) const {
    const Inquiry& inquiry = inquiries_[i];
    ImportLeadsRequest row;
    *row.mutable_lead() = inquiry.request.lead();
    row.set_lead_id(inquiry.request.lead_id());
    row.set_reference(absl::StrCat(inquiry.line));
    row.set_request_id(absl::StrCat(import, "-", i));
    row.set_on_duplicate(options_.on_duplicate);
    return row;
  }

  void Progress(size_t rows) {
    steps_done_ += rows;
    if (options_.progress) options_.progress(steps_done_, 2 * inquiries_.size());
  }

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
      Progress(1);
    });
    return failed;
  }

  Client* const client_;
  const ImportOptions& options_;
  const std::vector<Inquiry> inquiries_;
  std::vector<Result> results_;
  std::vector<std::vector<lead::v1::Duplicate>> similar_;
  size_t steps_done_ = 0;
};

}  // namespace

absl::Status ReadFiles(const std::vector<std::string>& paths, const inquiries::Options& options,
                       const inquiries::Sink& sink) {
  for (const std::string& file : FilesOf(paths)) {
    absl::Status read = ReadFile(file, options, sink);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::StatusOr<ImportReport> Import(Client* client, const std::vector<std::string>& paths,
                                    const ImportOptions& options) {
  ImportReport report;
  std::vector<Inquiry> inquiries;
  const inquiries::Sink sink{[&](Inquiry inquiry) { inquiries.push_back(std::move(inquiry)); },
                             [&](RejectedRow row) { report.rejected.push_back(std::move(row)); }};
  if (absl::Status read = ReadFiles(paths, options.reading, sink); !read.ok()) return read;
  report.inquiries = inquiries.size() + report.rejected.size();
  Importer importer(client, options, std::move(inquiries));
  absl::Status done = importer.Create();
  if (done.ok()) done = importer.FindSimilar();
  if (!done.ok()) return done;
  importer.Report(&report);
  return report;
}

}  // namespace leadstream::cli
