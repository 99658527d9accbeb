// A service on the embedded log: what was answered is durable, in order, once.
#include "common/runtime/service.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/domain/money.h"
#include "common/log/local_log.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "services/ordering/ordering_context.h"
#include "tests/runtime/fold_twice.h"
#include "tests/runtime/tallied.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ordering::v1::CancelOrderRequest;
using ordering::v1::CreateOrderRequest;
using ordering::v1::Order;
using ordering::v1::SubmitOrderRequest;
using ordering::v1::UpdateOrderRequest;
using runtime::Outcome;

// The lead service, as far as orders need it: one account.
class OneAccount : public runtime::Peers {
 public:
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t, const std::optional<log::Position>&, absl::Time) override {
    if (name != "accounts/acme") return absl::NotFoundError(absl::StrCat("there is no ", name));
    auto account = std::make_shared<lead::v1::Account>();
    account->set_name(name);
    return account;
  }
};

// Beside all that the service keeps: how many orders are in each state, and what they come to.
std::vector<domain::TallyEntry> StateEntries(const Order& order) {
  return {{{Order::State_Name(order.state())}, {domain::ToDecimal(order.totals().total())}}};
}

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    OpenUnstarted();
    absl::Status started = service_->Start(absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(started.ok()) << started;
  }
  void OpenUnstarted() {
    auto log = log::LocalLog::Open({directory_.path() + "/log"});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = std::move(*log);
    runtime::ServiceOptions options;
    options.directory = directory_.path() + "/model";
    ASSERT_TRUE(log_->CreateTopic("leadstream.ordering", 4).ok());
    options.page_token_key = "a key of the tests";
    options.queue_depth_max = queue_depth_max_;
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    options.now_us = [this] {
      const int64_t step = clock_step_us_;
      return step == 0 ? absl::ToUnixMicros(absl::Now()) : clock_us_.fetch_add(step);
    };
    domain::ServiceDefinition definition = ordering::OrderingService();
    definition.reactions.clear();
    definition.aggregates.front() =
        Tallied<Order>(definition.aggregates.front(), "states", StateEntries);
    auto service = runtime::Service::Open(std::move(definition), log_.get(), &peers_, options);
    ASSERT_TRUE(service.ok()) << service.status();
    service_ = std::move(*service);
  }
  void Close() {
    service_.reset();
    log_.reset();
  }
  void Reopen() {
    Close();
    Open();
  }

  Outcome Do(const google::protobuf::Message& request, runtime::CallInfo call = {}) {
    std::unique_ptr<google::protobuf::Message> copy(request.New());
    copy->CopyFrom(request);
    Outcome outcome;
    absl::Notification done;
    service_->Execute(std::move(copy), std::move(call), [&](Outcome answered) {
      outcome = std::move(answered);
      done.Notify();
    });
    EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
    return outcome;
  }
  static CreateOrderRequest CreateOrder(const std::string& id) {
    CreateOrderRequest request;
    request.set_order_id(id);
    Order* order = request.mutable_order();
    order->set_account("accounts/acme");
    order->set_currency("EUR");
    auto* line = order->add_lines()->mutable_line();
    line->set_description("On-site training");
    line->mutable_quantity()->set_value("2");
    line->mutable_unit_price()->set_value("100.50");
    line->mutable_tax_rate()->set_value("27");
    return request;
  }
  static SubmitOrderRequest Submit(const std::string& name, const std::string& etag = "") {
    SubmitOrderRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return request;
  }
  static std::string Reason(const Outcome& outcome) {
    return outcome.refusal ? outcome.refusal->reason : "accepted";
  }

  TemporaryDirectory directory_;
  OneAccount peers_;
  size_t queue_depth_max_ = 10'000;
  // Zero: the clock of the wall. Else each look at the clock, of whatever thread, finds it later by
  // so much.
  std::atomic<int64_t> clock_step_us_ = 0, clock_us_ = 1'800'000'000'000'000;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<runtime::Service> service_;
};

TEST_F(ServiceTest, AnAcceptedCommandIsReadable) {
  Outcome outcome = Do(CreateOrder("one"));
  ASSERT_EQ(Reason(outcome), "accepted")
      << outcome.refusal->message
      << (outcome.refusal->fields.empty() ? "" : outcome.refusal->fields[0].field);
  const auto& order = static_cast<const Order&>(*outcome.after.resource);
  EXPECT_EQ(order.name(), "orders/one");
  EXPECT_EQ(order.etag(), "1");
  EXPECT_FALSE(order.uid().empty());
  auto found = service_->model().Find("orders/one");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->resource->SerializeAsString(), order.SerializeAsString());
}

TEST_F(ServiceTest, BadFieldsAreAllNamedAndNothingIsStored) {
  CreateOrderRequest request = CreateOrder("Not An Id");
  request.mutable_order()->set_currency("XXY");
  request.mutable_order()->mutable_lines(0)->mutable_line()->mutable_quantity()->set_value("-1");
  Outcome outcome = Do(request);
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, absl::StatusCode::kInvalidArgument);
  EXPECT_GE(outcome.refusal->fields.size(), 3u);
  for (int partition = 0; partition < 4; ++partition)
    EXPECT_EQ(*log_->End("leadstream.ordering", partition), 1) << "only the claim";
}

TEST_F(ServiceTest, TheSameRequestIdGivesTheSameAnswerAndNoSecondEvent) {
  CreateOrderRequest request = CreateOrder("");
  request.set_request_id("7b1c3e0e-5b1f-4d2e-9d0a-000000000001");
  Outcome first = Do(request);
  ASSERT_EQ(Reason(first), "accepted");
  const std::string name = static_cast<const Order&>(*first.after.resource).name();
  ASSERT_EQ(Reason(Do(Submit(name))), "accepted");
  for (bool restarted : {false, true}) {
    if (restarted) Reopen();
    Outcome again = Do(request);
    ASSERT_EQ(Reason(again), "accepted");
    EXPECT_EQ(again.after.resource->SerializeAsString(), first.after.resource->SerializeAsString())
        << "as it was answered then";
    EXPECT_EQ(log::ToString(again.position), log::ToString(first.position));
  }
  request.mutable_order()->set_currency("HUF");
  EXPECT_EQ(Reason(Do(request)), "REQUEST_ID_REUSED");
  EXPECT_EQ(service_->model().Events(name, 1, 100)->size(), 2u);
}

TEST_F(ServiceTest, OneOfManyWithTheSameEtagWins) {
  ASSERT_EQ(Reason(Do(CreateOrder("raced"))), "accepted");
  std::atomic<int> won{0}, aborted{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back([&] {
      Outcome outcome = Do(Submit("orders/raced", "1"));
      if (!outcome.refusal) ++won;
      if (outcome.refusal && outcome.refusal->code == absl::StatusCode::kAborted) ++aborted;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(aborted, 63);
}

TEST_F(ServiceTest, WhatACommandRefersToMustExist) {
  CreateOrderRequest request = CreateOrder("one");
  request.mutable_order()->set_account("accounts/nobody");
  EXPECT_EQ(Reason(Do(request)), "REFERENCE_NOT_FOUND");
}

TEST_F(ServiceTest, NamesAreNeverGivenTwiceAndMissingOnesAreSaid) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  EXPECT_EQ(Reason(Do(CreateOrder("one"))), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Reason(Do(Submit("orders/none"))), "RESOURCE_NOT_FOUND");
}

TEST_F(ServiceTest, ACreationRepeatedByTheSameEventAnswersWithWhatItMade) {
  runtime::CallInfo accepted, another;
  accepted.causation_id = "the event of an accepted quote";
  another.causation_id = "the event of another one";
  ASSERT_EQ(Reason(Do(CreateOrder("one"), accepted)), "accepted");
  Outcome again = Do(CreateOrder("one"), accepted);
  ASSERT_EQ(Reason(again), "accepted");
  EXPECT_EQ(static_cast<const Order&>(*again.after.resource).etag(), "1");
  EXPECT_EQ(Reason(Do(CreateOrder("one"), another)), "RESOURCE_ALREADY_EXISTS");
}

// It was told that the node shuts down.
TEST_F(ServiceTest, ACallerForWhomThereIsNoRoomIsToldSo) {
  Close();
  queue_depth_max_ = 0;
  Open();
  Outcome outcome = Do(CreateOrder("one"));
  EXPECT_EQ(Reason(outcome), "QUEUE_FULL");
  EXPECT_EQ(outcome.refusal->code, absl::StatusCode::kResourceExhausted);
}

// The node that passed it on had named the resource, and the etag beside that name was overlooked:
// a caller's update went through, whatever had changed since.
TEST_F(ServiceTest, AForwardedUpdateIsComparedByTheEtagOfItsResource) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  auto forward = [this](const std::string& etag) {
    auto update = std::make_unique<UpdateOrderRequest>();
    update->mutable_order()->set_name("orders/one");
    update->mutable_order()->set_etag(etag);
    update->mutable_order()->set_customer_reference("PO 1");
    update->mutable_update_mask()->add_paths("customer_reference");
    Outcome outcome;
    absl::Notification done;
    service_->ExecuteForwarded(std::move(update), "orders/one", {}, [&](Outcome answered) {
      outcome = std::move(answered);
      done.Notify();
    });
    EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
    return Reason(outcome);
  };
  EXPECT_EQ(forward("7"), "ETAG_MISMATCH");
  EXPECT_EQ(forward("1"), "accepted");
  EXPECT_EQ(forward("1"), "ETAG_MISMATCH");
}

TEST_F(ServiceTest, ADeadlineThatPassedIsNotDecided) {
  runtime::CallInfo call;
  call.deadline = absl::Now() - absl::Seconds(1);
  EXPECT_EQ(Reason(Do(CreateOrder("late"), call)), "DEADLINE_PASSED");
  EXPECT_TRUE(absl::IsNotFound(service_->model().Find("orders/late").status()));
}

TEST_F(ServiceTest, ItsPastCanBeRead) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  ASSERT_EQ(Reason(Do(Submit("orders/one"))), "accepted");
  auto then = service_->model().AtRevision("orders/one", 1);
  ASSERT_TRUE(then.ok());
  EXPECT_EQ(static_cast<const Order&>(*then->resource).state(), Order::ACTIVE);
  EXPECT_TRUE(absl::IsOutOfRange(service_->model().AtRevision("orders/one", 3).status()));
  EXPECT_TRUE(absl::IsOutOfRange(service_->model().AtTime("orders/one", 1).status()));
}

TEST_F(ServiceTest, OnceItHasHandedOverCommandsAreRefusedAndReadsGoOn) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  service_->HandOver();
  EXPECT_EQ(Reason(Do(CreateOrder("two"))), "SHUTTING_DOWN");
  EXPECT_TRUE(service_->model().Find("orders/one").ok());
  EXPECT_TRUE(absl::IsNotFound(service_->model().Find("orders/two").status()));
}

TEST_F(ServiceTest, ARebuiltReadModelIsByteIdentical) {
  clock_step_us_ = absl::ToInt64Microseconds(
      absl::Hours(2));  // request ids are forgotten after a week, and may then be used again
  int accepted_again = 0;
  for (int i = 0; i < 300; ++i) {
    CreateOrderRequest request = CreateOrder(absl::StrCat("o", i));
    request.set_request_id(absl::StrCat("request-", i % 110));
    const std::string reason = Reason(Do(request));
    if (i < 110) {
      ASSERT_EQ(reason, "accepted");
    } else if (reason != "accepted") {
      ASSERT_EQ(reason, "REQUEST_ID_REUSED");
      continue;
    } else {
      ++accepted_again;
    }
    if (i % 3 == 0) {
      ASSERT_EQ(Reason(Do(Submit(absl::StrCat("orders/o", i)))), "accepted");
    }
    if (i % 29 == 0) Reopen();
  }
  EXPECT_GT(accepted_again, 20);
  service_->Drain();
  const std::string lived = *service_->model().Fingerprint();
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    store::ReadModelOptions options;
    options.directory = absl::StrCat(directory_.path(), "/rebuilt-", seed);
    options.partitions = 4;
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    auto rebuilt = FoldTwice(log_.get(), "leadstream.ordering", service_->schema(), options, seed);
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(*(*rebuilt)->Fingerprint(), lived) << "folded by seed " << seed;
  }
}

// Partitions are folded in another order than they were written in: the first use, long forgotten,
// wiped the second one out.
TEST_F(ServiceTest, ARequestIdUsedAgainAfterItWasForgottenSurvivesARebuild) {
  clock_step_us_ = absl::ToInt64Microseconds(absl::Seconds(1));
  std::vector<CreateOrderRequest> again;
  for (const char* use : {"first", "second"}) {
    again.clear();
    for (int i = 0; i < 12; ++i) {
      again.push_back(CreateOrder(absl::StrCat(use, i)));
      again.back().set_request_id(absl::StrCat("request-", i));
      ASSERT_EQ(Reason(Do(again.back())), "accepted");
    }
    if (use == std::string("second")) break;
    clock_us_ += absl::ToInt64Microseconds(absl::Hours(8 * 24));
    for (int i = 0; i < 12; ++i)
      ASSERT_EQ(Reason(Do(CreateOrder(absl::StrCat("between", i)))),
                "accepted");  // each partition forgets by an event
  }
  Close();
  std::filesystem::remove_all(directory_.path() + "/model");
  Open();
  for (const CreateOrderRequest& request : again)
    EXPECT_EQ(Reason(Do(request)), "accepted") << request.request_id();
}

TEST_F(ServiceTest, AReadModelThatIsLostIsRebuilt) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  Close();
  std::filesystem::remove_all(directory_.path() + "/model");
  Open();
  EXPECT_TRUE(service_->model().Find("orders/one").ok());
}

// A command that was accepted before the crash was refused for good when it was retried after it:
// what it refers to was not folded again yet.
TEST_F(ServiceTest, NothingIsRefusedForGoodBeforeTheLogIsFoldedAgain) {
  CreateOrderRequest request = CreateOrder("one");
  request.mutable_order()->set_account("accounts/nobody");
  Close();
  OpenUnstarted();
  EXPECT_FALSE(service_->caught_up());
  Outcome outcome = Do(request);
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, absl::StatusCode::kUnavailable) << outcome.refusal->message;
  ASSERT_TRUE(service_->Start(absl::Now() + absl::Seconds(30)).ok());
  EXPECT_TRUE(service_->caught_up());
  EXPECT_EQ(Reason(Do(request)), "REFERENCE_NOT_FOUND");
}

TEST_F(ServiceTest, AReadModelAheadOfItsLogIsSetAside) {
  ASSERT_EQ(Reason(Do(CreateOrder("one"))), "accepted");
  Close();
  std::filesystem::remove_all(directory_.path() + "/log");
  Open();
  EXPECT_TRUE(absl::IsNotFound(service_->model().Find("orders/one").status()));
  EXPECT_EQ(Reason(Do(CreateOrder("two"))), "accepted");
}

}  // namespace
}  // namespace leadstream::testing
