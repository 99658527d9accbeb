// A watcher reads the log at its own pace: nothing is queued for it, so a slow one costs nothing
// and misses nothing.
#include "common/server/watch.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <atomic>
#include <deque>
#include <thread>
#include <utility>

#include "common/domain/filter.h"
#include "common/log/position.h"
#include "common/runtime/resource_types.h"
#include "common/server/errors.h"
#include "common/server/reads.h"

namespace leadstream::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kRecordsMax = 100;
constexpr absl::Duration kFoldWait = absl::Milliseconds(200);
// Who takes this long to read a message holds up no node that stops.
constexpr absl::Duration kUnreadMax = absl::Milliseconds(500);

class Watch : public StreamSource {
 public:
  // `open` is a share in the count of open watches.
  Watch(runtime::Service* service, const store::Collection& collection,
        const MethodDescriptor* method, grpc::CallbackServerContext* context,
        std::unique_ptr<domain::Filter> filter, std::unique_ptr<log::Cursor> cursor,
        std::shared_ptr<void> open)
      : service_(service),
        collection_(collection),
        method_(method),
        context_(context),
        filter_(std::move(filter)),
        cursor_(std::move(cursor)),
        open_(std::move(open)),
        thread_([this] { Run(); }) {}

  ~Watch() override {
    Cancel();
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

  void Ask(Next next) override {
    {
      absl::MutexLock lock(&mutex_);
      if (!over_) {
        next_ = std::move(next);
        return;
      }
    }
    next(nullptr, Over());  // this may be destroyed by it
  }

  void Cancel() override {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    cursor_->Wake();
  }

 private:
  static grpc::Status Over() {
    return ToGrpc(runtime::Failure(absl::StatusCode::kUnavailable, common::v1::SHUTTING_DOWN,
                                   "the node is shutting down; go on from the last position"));
  }

  void Run() {
    grpc::Status ended = Over();
    while (Asked() && !service_->stopping()) {
      while (ready_.empty()) {
        auto records = cursor_->Next(kRecordsMax, absl::Now() + absl::Milliseconds(500));
        if (Ended()) break;
        if (!records.ok()) {
          ended = ToGrpc(runtime::FailureOf(records.status()));
          break;
        }
        for (const log::LoggedRecord& logged : *records) Prepare(logged);
      }
      if (ready_.empty()) break;
      auto message = std::move(ready_.front());
      ready_.pop_front();
      TakeNext()(std::move(message), grpc::Status::OK);
    }
    if (Next next = TakeLast()) next(nullptr, ended);
  }

  // Until there is somebody to answer. False: cancelled.
  bool Asked() {
    auto asked = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return next_ != nullptr || cancelled_;
    };
    for (;; CancelIfStopping()) {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&asked), kUnreadMax)) return !cancelled_;
    }
  }
  // What is sent and not read comes before any status, so that one would never be seen.
  void CancelIfStopping() {
    if (service_->stopping()) context_->TryCancel();
  }
  // Nobody wants more of it.
  bool Ended() {
    absl::MutexLock lock(&mutex_);
    return cancelled_ || service_->stopping();
  }
  Next TakeNext() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(next_, nullptr);
  }
  // Whoever asks from now on is answered by Ask itself: the thread is about to end. A message that
  // is being written when its caller gives up may still be written, and then there is one who asks.
  Next TakeLast() {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    return std::exchange(next_, nullptr);
  }

  void Prepare(const log::LoggedRecord& logged) {
    if (store::CollectionOf(logged.record.subject()) != collection_.aggregate().collection())
      return;
    store::ReadModel& model = service_->model();
    while (!model.WaitFor(logged.partition, logged.offset + 1, absl::Now() + kFoldWait).ok()) {
      if (Ended()) return;
    }
    // It counts if it is in the resource's story; a fenced writer's record is not.
    auto story = model.Events(logged.record.subject(), logged.record.revision(), 1);
    if (!story.ok() || story->empty() || story->front().record.id() != logged.record.id()) return;
    auto state = model.Load(logged.record.subject());
    if (state.ok() && state->revision != logged.record.revision())
      state = model.AtRevision(logged.record.subject(), logged.record.revision());
    const bool known = state.ok() && state->resource != nullptr;
    // A deletion concerns whom the resource concerned as it last was.
    if (!filter_->MatchesAll() && (!known || !filter_->Matches(*state->resource))) return;
    const bool there = known && state->exists();
    std::unique_ptr<Message> message(runtime::PrototypeOf(method_->output_type())->New());
    for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message->GetDescriptor()->field(i);
      const auto* reflection = message->GetReflection();
      if (field->name() == "position") {
        reflection->SetString(message.get(), field,
                              log::ToString({service_->name(), logged.partition, logged.offset}));
      } else if (field->message_type() == common::v1::Event::descriptor()) {
        reflection->MutableMessage(message.get(), field)
            ->CopyFrom(EventOf(service_->name(), story->front()));
      } else if (there && field->message_type() == state->resource->GetDescriptor()) {
        reflection->MutableMessage(message.get(), field)->CopyFrom(*state->resource);
      }
    }
    ready_.push_back(std::move(message));
  }

  runtime::Service* const service_;
  const store::Collection& collection_;
  const MethodDescriptor* const method_;
  grpc::CallbackServerContext* const context_;  // lives as long as its stream
  const std::unique_ptr<domain::Filter> filter_;
  const std::unique_ptr<log::Cursor> cursor_;
  const std::shared_ptr<void> open_;
  std::deque<std::unique_ptr<Message>> ready_;  // the thread's own
  absl::Mutex mutex_;
  Next next_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// "" is from now on, "0" from the beginning, else "lead/3:1041,lead/4:7": after these events, and
// after now elsewhere.
std::optional<log::Positions> Begin(runtime::Service* service, const std::string& text) {
  log::Positions from;
  for (int partition = 0; partition < service->model().partitions(); ++partition) {
    from[partition] = text == "0" ? 0 : service->model().NextOffset(partition);
  }
  if (text.empty() || text == "0") return from;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    const auto position = log::ParsePosition(part);
    if (!position || position->service != service->name() ||
        position->partition >= service->model().partitions())
      return std::nullopt;
    from[position->partition] = position->offset + 1;
  }
  return from;
}

}  // namespace

StreamHandler WatchHandler(runtime::Service* service, const store::Collection& collection,
                           const MethodDescriptor* method) {
  auto watches = std::make_shared<std::atomic<int>>(0);
  return [service, &collection, method, watches](
             std::unique_ptr<Message> request, grpc::CallbackServerContext& context,
             grpc::Status* refused) -> std::shared_ptr<StreamSource> {
    auto bad = [refused](common::v1::ErrorReason reason, const char* field, absl::string_view why) {
      *refused = ToGrpc(BadField(reason, field, why));
      return nullptr;
    };
    auto filter = domain::Filter::Compile(*collection.aggregate().prototype().GetDescriptor(),
                                          StringOf(*request, "filter"));
    if (!filter.ok()) return bad(common::v1::FILTER_INVALID, "filter", filter.status().message());
    if (!service->caught_up()) {
      *refused = ToGrpc(runtime::NotCaughtUp());
      return nullptr;
    }
    const auto from = Begin(service, StringOf(*request, "position"));
    if (!from)
      return bad(common::v1::INVALID_FIELD, "position",
                 "is no position of this service, such as lead/3:1041");
    auto cursor = service->log().Read(log::TopicOf(service->name()), *from);
    if (!cursor.ok()) {
      *refused = ToGrpc(runtime::FailureOf(cursor.status()));
      return nullptr;
    }
    service->counters().watches.Add(1);
    std::shared_ptr<void> open(nullptr, [watches, service](void*) {
      --*watches;
      service->counters().watches.Add(-1);
    });
    if (++*watches > kWatchesMax) {
      *refused = TooMany("watches");
      return nullptr;
    }
    return std::make_shared<Watch>(service, collection, method, &context, std::move(*filter),
                                   std::move(*cursor), std::move(open));
  };
}

}  // namespace leadstream::server
