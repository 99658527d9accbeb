#include "common/server/past_models.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/log/position.h"
#include "common/runtime/catch_up.h"

namespace leadstream::server {
namespace {

void RemoveAll(const std::string& directory) {
  std::error_code gone;
  std::filesystem::remove_all(directory, gone);
}

}  // namespace

PastModels::PastModels(Options options)
    : options_(std::move(options)), folding_(1, options_.waiting_max, options_.waiting_of_one_max) {
  RemoveAll(options_.directory);
}

bool PastModels::Add(const std::string& who, runtime::Service* service, int64_t time_us,
                     Read read) {
  if (Model model = Find(service->name(), time_us))
    return options_.reads->Add(who, [read, model] { read(model); });
  return folding_.Add(who, [this, service, time_us, read] {
    // Whoever came before may have wanted the same.
    if (Model model = Find(service->name(), time_us)) return read(model);
    auto folded = Fold(service, time_us);
    if (folded.ok()) {
      absl::MutexLock lock(&mutex_);
      kept_.push_front({service->name(), time_us, *folded});
      if (kept_.size() > options_.kept_max) kept_.pop_back();
    }
    read(std::move(folded));
  });
}

PastModels::Model PastModels::Find(const std::string& service, int64_t time_us) {
  absl::MutexLock lock(&mutex_);
  auto at = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.service == service && kept.time_us == time_us;
  });
  if (at == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, at);
  return at->model;
}

absl::StatusOr<PastModels::Model> PastModels::Fold(runtime::Service* service, int64_t time_us) {
  const std::string topic = log::TopicOf(service->name());
  auto ends = service->log().Ends(topic);
  if (!ends.ok()) return absl::UnavailableError(ends.status().message());
  store::ReadModelOptions options;
  options.directory = absl::StrCat(options_.directory, "/", service->name(), "-", ++folded_);
  options.partitions = service->model().partitions();
  options.memory = options_.memory;
  options.flush_interval = absl::InfiniteDuration();  // a crash leaves nothing to go on with
  auto opened = store::ReadModel::Open(options, &service->schema());
  if (!opened.ok()) return opened.status();
  std::shared_ptr<store::ReadModel> model(
      opened->release(), [directory = options.directory](store::ReadModel* folded) {
        delete folded;
        RemoveAll(directory);
      });
  runtime::CatchUpOptions catching_up;
  catching_up.threads = options_.threads;
  catching_up.until_us = time_us;
  catching_up.stop = [this] { return stopping_.load(); };
  absl::Status folded =
      runtime::CatchUp(&service->log(), topic, model.get(), std::move(catching_up)).Run(*ends);
  if (stopping_) return absl::UnavailableError("the server ends");
  if (!folded.ok()) return absl::UnavailableError(folded.message());
  return model;
}

}  // namespace leadstream::server
