// No thread belongs to a call: whatever ends a row begins the rows that waited for it, and asks for
// more.
#include "common/server/intake.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "common/domain/validation.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/errors.h"
#include "leadstream/common/v1/error_reason.pb.h"

namespace leadstream::server {
namespace {

using domain::Refusal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kUnderWayMax = 64;
constexpr int kCallsMax = 32;
// A row whose resource was changed by somebody else meanwhile is planned again so often.
constexpr int kPlansMax = 5;
constexpr absl::Duration kRowMax = absl::Minutes(1);
constexpr absl::Duration kFoldWaitMax = absl::Seconds(10);

const FieldDescriptor* ResultsIn(const google::protobuf::Descriptor* response) {
  for (int i = 0; i < response->field_count(); ++i) {
    if (response->field(i)->is_repeated() && response->field(i)->message_type() != nullptr)
      return response->field(i);
  }
  return nullptr;
}

class Rows : public StreamSink, public std::enable_shared_from_this<Rows> {
 public:
  // `open` is a share in the count of open calls.
  Rows(runtime::Service* service, runtime::WorkerPool* slow, const domain::Intake* intake,
       const MethodDescriptor* method, const grpc::CallbackServerContext& context,
       const Caller& caller, std::shared_ptr<void> open)
      : service_(service),
        slow_(slow),
        intake_(intake),
        method_(method),
        results_in_(ResultsIn(method->output_type())),
        call_(CallOf(context, caller)),
        deadline_(DeadlineOf(context, absl::InfiniteDuration())),
        open_(std::move(open)) {}

  void Take(std::unique_ptr<Message> message, std::optional<Refusal> bad,
            std::function<void(grpc::Status)> next) override {
    if (service_->stopping()) return next(ToGrpc(runtime::ShuttingDown()));
    auto row = std::make_shared<Row>();
    row->request = std::move(message);
    if (row->request == nullptr)
      row->request.reset(runtime::PrototypeOf(method_->input_type())->New());
    row->result.reset(runtime::PrototypeOf(results_in_->message_type())->New());
    if (!bad) {
      domain::ClearOutputOnly(row->request.get());
      if (auto fields = domain::Validate(*row->request); !fields.empty())
        bad = runtime::BadFields(std::move(fields));
    }
    if (bad) {
      intake_->refused(*row->request, *bad, row->result.get());
    } else {
      row->keys = intake_->keys(*row->request);
    }
    const auto self = shared_from_this();  // the call may be over before this returns
    bool too_many = false;
    {
      absl::MutexLock lock(&mutex_);
      too_many = rows_.size() == kIntakeRowsMax;
      if (!too_many) {
        rows_.push_back(row);
        if (!bad) waiting_.push_back(row);
        next_ = std::move(next);
      }
    }
    if (too_many) return next(ToGrpc(TooMany()));
    GoOn();
  }

  void End(Done done) override {
    const auto self = shared_from_this();
    {
      absl::MutexLock lock(&mutex_);
      done_ = std::move(done);
    }
    GoOn();
  }

  void Cancel() override { cancelled_ = true; }

 private:
  struct Row {
    std::unique_ptr<Message> request, result;
    std::vector<std::string> keys;
    int plans = 0;
  };

  static Refusal TooMany() {
    return runtime::Failure(
        absl::StatusCode::kInvalidArgument, common::v1::TOO_MANY_ROWS,
        absl::StrCat("a call takes ", kIntakeRowsMax,
                     " rows; what came of these stays, and the others are for another call"));
  }

  // Begins what may begin, asks for more if there is room, answers if all is done.
  void GoOn() {
    std::vector<std::shared_ptr<Row>> ready;
    std::function<void(grpc::Status)> next;
    Done done;
    {
      absl::MutexLock lock(&mutex_);
      ready = TakeReady();
      if (next_ != nullptr && under_way_ + waiting_.size() < kUnderWayMax)
        next = std::exchange(next_, nullptr);
      if (done_ != nullptr && under_way_ + waiting_.size() == 0)
        done = std::exchange(done_, nullptr);
    }
    for (std::shared_ptr<Row>& row : ready) Plan(std::move(row));
    if (next) next(grpc::Status::OK);
    if (done) Answer(done);
  }

  // Those that share no key with one that is under way, or that waits and came before.
  std::vector<std::shared_ptr<Row>> TakeReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<std::shared_ptr<Row>> ready;
    absl::flat_hash_set<std::string> awaited;
    std::deque<std::shared_ptr<Row>> still_waiting;
    for (std::shared_ptr<Row>& row : waiting_) {
      const bool free = std::none_of(
          row->keys.begin(), row->keys.end(),
          [&](const std::string& key) { return awaited.contains(key) || held_.contains(key); });
      if (free) {
        ++under_way_;
        ready.push_back(row);
      } else {
        awaited.insert(row->keys.begin(), row->keys.end());
        still_waiting.push_back(row);
      }
      if (free) held_.insert(row->keys.begin(), row->keys.end());
    }
    waiting_ = std::move(still_waiting);
    return ready;
  }

  void Plan(std::shared_ptr<Row> row) {
    const bool taken = slow_->Add([self = shared_from_this(), row] { self->Try(row); });
    if (!taken) Refuse(row, runtime::QueueFull(kUnderWayMax));
  }

  void Try(const std::shared_ptr<Row>& row) {
    if (cancelled_) return Refuse(row, runtime::DeadlinePassed());
    ++row->plans;
    row->result->Clear();
    auto command = intake_->plan(*row->request, *service_, row->result.get());
    if (command == nullptr) return Ended(row);
    runtime::CallInfo call = call_;
    call.deadline = std::min(deadline_, absl::Now() + kRowMax);
    service_->Execute(std::move(command), std::move(call),
                      [self = shared_from_this(), row](runtime::Outcome outcome) {
                        self->Conclude(row, std::move(outcome));
                      });
  }

  // Another node may have written: the rows that waited are planned with what came of this one.
  void Conclude(const std::shared_ptr<Row>& row, runtime::Outcome outcome) {
    if (outcome.refusal) {
      const bool changed = outcome.refusal->reason == domain::ReasonName(common::v1::ETAG_MISMATCH);
      if (changed && row->plans < kPlansMax) return Plan(row);
      return Refuse(row, *outcome.refusal);
    }
    intake_->accepted(*outcome.after.resource, row->result.get());
    const log::Position at = outcome.position;
    if (service_->model().NextOffset(at.partition) > at.offset) return Ended(row);
    const bool taken = slow_->Add([self = shared_from_this(), row, at] {
      self->service_->model()
          .WaitFor(at.partition, at.offset + 1, absl::Now() + kFoldWaitMax)
          .IgnoreError();  // the row is done, whoever sees it
      self->Ended(row);
    });
    if (!taken) Ended(row);
  }

  void Refuse(const std::shared_ptr<Row>& row, const Refusal& refusal) {
    row->result->Clear();
    intake_->refused(*row->request, refusal, row->result.get());
    Ended(row);
  }

  void Ended(const std::shared_ptr<Row>& row) {
    {
      absl::MutexLock lock(&mutex_);
      for (const std::string& key : row->keys) held_.erase(key);
      row->request.reset();
      row->keys.clear();
      --under_way_;
    }
    GoOn();
  }

  void Answer(const Done& done) {
    std::unique_ptr<Message> reply(runtime::PrototypeOf(method_->output_type())->New());
    {
      absl::MutexLock lock(&mutex_);
      for (const std::shared_ptr<Row>& row : rows_)
        reply->GetReflection()->AddAllocatedMessage(reply.get(), results_in_,
                                                    row->result.release());
    }
    done(std::move(reply), grpc::Status::OK);
  }

  runtime::Service* const service_;
  runtime::WorkerPool* const slow_;
  const domain::Intake* const intake_;
  const MethodDescriptor* const method_;
  const FieldDescriptor* const results_in_;
  const runtime::CallInfo call_;
  const absl::Time deadline_;
  const std::shared_ptr<void> open_;
  std::atomic<bool> cancelled_{false};
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<Row>> rows_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Row>> waiting_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> held_ ABSL_GUARDED_BY(mutex_);  // keys of those under way
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  std::function<void(grpc::Status)> next_ ABSL_GUARDED_BY(mutex_);
  Done done_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

SinkHandler IntakeHandler(runtime::Service* service, runtime::WorkerPool* slow,
                          const domain::Intake* intake, const MethodDescriptor* method) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  return [=](grpc::CallbackServerContext& context, const Caller& caller,
             grpc::Status* refused) -> std::shared_ptr<StreamSink> {
    if (caller.owners) {
      *refused = ToGrpc(runtime::Failure(
          absl::StatusCode::kPermissionDenied, common::v1::METHOD_NOT_PERMITTED,
          "rows are compared with everybody's resources: it takes a grant with `rows: all`"));
      return nullptr;
    }
    if (!service->caught_up()) {
      *refused = ToGrpc(runtime::NotCaughtUp());
      return nullptr;
    }
    std::shared_ptr<void> open(nullptr, [calls](void*) { --*calls; });
    if (++*calls > kCallsMax) {
      *refused = TooMany("imports");
      return nullptr;
    }
    return std::make_shared<Rows>(service, slow, intake, method, context, caller, std::move(open));
  };
}

}  // namespace leadstream::server
