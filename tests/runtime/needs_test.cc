// What a command needs may follow from its state, and from what it needs: a quote's price list, the
// list that this is a percentage of, the product, its components.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/log/fence.h"
#include "common/log/local_log.h"
#include "common/runtime/group.h"
#include "common/runtime/ids.h"
#include "common/runtime/service.h"
#include "common/store/fold_batch.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "services/quoting/quoting_context.h"
#include "tests/message_of.h"
#include "tests/runtime/no_peers.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Message;
using namespace quoting::v1;  // NOLINT(google-build-using-namespace)

CreatePriceListRequest List(const std::string& id, const std::string& item) {
  return Of<CreatePriceListRequest>("price_list_id: '" + id + "' price_list { title: '" + id +
                                    "' currency: 'EUR' items { product: 'products/panel' " + item +
                                    " } }");
}
CreatePriceListRequest PercentOf(const std::string& id, const std::string& base) {
  return List(
      id, "method: PERCENT_OF_LIST percent { value: '100' } base_list: 'priceLists/" + base + "'");
}
AddQuoteLinesRequest AddPanel() {
  return Of<AddQuoteLinesRequest>(
      "name: 'quotes/q' lines { product: 'products/panel' quantity { value: '1' } }");
}
CreateQuoteRequest CreateQuote(const std::string& list) {
  return Of<CreateQuoteRequest>(
      "quote_id: 'q' quote { account: 'accounts/acme' currency: 'EUR' price_list: 'priceLists/" +
      list + "' }");
}

// A log that can forget for a while which partitions it has, as Kafka may.
class ForgetfulLog : public log::EventLog {
 public:
  explicit ForgetfulLog(std::unique_ptr<log::LocalLog> log) : log_(std::move(log)) {}
  std::atomic<bool> forgets = false;

  absl::StatusOr<int> Partitions(const std::string& topic) override {
    return log_->Partitions(topic);
  }
  absl::Status CreateTopic(const std::string& topic, int partitions) override {
    return log_->CreateTopic(topic, partitions);
  }
  void Append(const std::string& topic, const std::vector<log::PendingRecord>& group,
              std::function<void(log::AppendResult)> done) override {
    log_->Append(topic, group, std::move(done));
  }
  absl::StatusOr<int64_t> End(const std::string& topic, int partition) override {
    if (forgets) return absl::NotFoundError("there is no such partition");
    return log_->End(topic, partition);
  }
  absl::StatusOr<log::Positions> Ends(const std::string& topic) override {
    if (forgets) return absl::NotFoundError("there is no such topic");
    return log_->Ends(topic);
  }
  absl::StatusOr<std::unique_ptr<log::Cursor>> Read(const std::string& topic,
                                                    const log::Positions& from,
                                                    absl::Duration patience) override {
    return log_->Read(topic, from, patience);
  }
  absl::Status Recover() override { return log_->Recover(); }
  absl::Status CommitProgress(const std::string& group, const std::string& topic,
                              const log::GroupProgress& progress) override {
    return log_->CommitProgress(group, topic, progress);
  }
  absl::StatusOr<log::GroupProgress> Progress(const std::string& group,
                                              const std::string& topic) override {
    return log_->Progress(group, topic);
  }
  std::unique_ptr<Membership> Join(const std::string& topic, const std::string& node,
                                   std::function<void(std::vector<int>)> propose) override {
    return log_->Join(topic, node, std::move(propose));
  }
  bool exclusive() const override { return false; }  // so the end is asked for before each read

 private:
  const std::unique_ptr<log::LocalLog> log_;
};

class NeedsOfState : public ::testing::Test {
 protected:
  void SetUp() override {
    auto log = log::LocalLog::Open({directory_.path() + "/log"});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = std::make_unique<ForgetfulLog>(std::move(*log));
    ASSERT_TRUE(log_->CreateTopic("leadstream.quoting", 4).ok());
    runtime::ServiceOptions options;
    options.directory = directory_.path() + "/model";
    options.page_token_key = "a key of the tests";
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    auto definition = quoting::QuotingService();
    definition.reactions.clear();
    auto service = runtime::Service::Open(std::move(definition), log_.get(), &peers_, options);
    ASSERT_TRUE(service.ok()) << service.status();
    service_ = std::move(*service);
    ASSERT_TRUE(service_->Start(absl::Now() + absl::Seconds(30)).ok());
    Do(
        Of<CreateProductRequest>("product_id: 'panel' product { number: 'P' title: 'Panel' unit: "
                                 "'pcs' }"));
    Do(Of<ActivateProductRequest>("name: 'products/panel'"));
    Do(List("retail", "amount { value: '100' }"));
  }

  std::string Do(const Message& request) {
    std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    absl::Notification done;
    service_->Execute(std::move(copy), {}, [&](runtime::Outcome outcome) {
      outcome_ = std::move(outcome);
      done.Notify();
    });
    EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
    return outcome_.refusal ? outcome_.refusal->reason : "accepted";
  }

  TemporaryDirectory directory_;
  NoPeers peers_;
  std::unique_ptr<ForgetfulLog> log_;
  std::unique_ptr<runtime::Service> service_;
  runtime::Outcome outcome_;
};

TEST_F(NeedsOfState, AreFollowedFromOneToTheNext) {
  ASSERT_EQ(Do(PercentOf("partner", "retail")), "accepted");
  ASSERT_EQ(Do(PercentOf("friend", "partner")), "accepted");
  ASSERT_EQ(Do(CreateQuote("friend")), "accepted");
  ASSERT_EQ(Do(AddPanel()), "accepted") << outcome_.refusal->message;
  const auto& quote = static_cast<const Quote&>(*outcome_.after.resource);
  EXPECT_EQ(quote.lines(0).unit_price().value(), "100");
  EXPECT_EQ(quote.lines(0).description(), "Panel");
}

TEST_F(NeedsOfState, ThatDoNotExistAreNamed) {
  ASSERT_EQ(Do(CreateQuote("none")), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(outcome_.refusal->message, "there is no priceLists/none");
  ASSERT_EQ(Do(CreateQuote("retail")), "accepted");
  ASSERT_EQ(Do(Of<DeletePriceListRequest>("name: 'priceLists/retail'")), "accepted");
  EXPECT_EQ(Do(AddPanel()), "REFERENCE_NOT_FOUND");
}

TEST_F(NeedsOfState, OfWhatDoesNotExistIsThatItDoesNot) {
  EXPECT_EQ(Do(AddPanel()), "RESOURCE_NOT_FOUND");
}

TEST(StillNeeded, NamesEachOnceAndNotWhatWasFound) {
  domain::Command command;
  command.needs = [](const Message&, const Message&, const domain::Found&) {
    return std::vector<std::string>{"a", "b", "a", "c"};
  };
  domain::Found found;
  found["b"] = nullptr;
  const Quote nothing;
  EXPECT_EQ(domain::StillNeeded(command, nothing, nothing, found),
            (std::vector<std::string>{"a", "c"}));
  command.needs = nullptr;
  EXPECT_TRUE(domain::StillNeeded(command, nothing, nothing, found).empty());
}

// It was prepared for the list that the quote had; the command before it in the group changes that.
TEST(NeedsInAGroup, ThatBecameOthersAreARefusalToBeRetried) {
  TemporaryDirectory directory;
  const store::Schema schema{quoting::QuotingService()};
  store::ReadModelOptions options;
  options.directory = directory.path() + "/model";
  options.partitions = 1;
  auto model = store::ReadModel::Open(options, &schema);
  ASSERT_TRUE(model.ok()) << model.status();
  store::FoldBatch claim(model->get());
  ASSERT_TRUE(claim.Add(0, 0, log::Fence().NextClaim("claim", {"node", "life", ""}, 1)).ok());
  ASSERT_TRUE(claim.Commit().ok());
  runtime::Group group(model->get(), "quoting", runtime::Mutant::kNone);

  domain::Found found;
  for (const char* id : {"retail", "partner"}) {
    auto list = std::make_shared<PriceList>();
    list->set_name(absl::StrCat("priceLists/", id));
    list->set_currency("EUR");
    auto* item = list->add_items();
    item->set_product("products/panel");
    item->mutable_amount()->set_value("100");
    found[list->name()] = list;
  }
  auto panel = std::make_shared<Product>();
  panel->set_name("products/panel");
  panel->set_state(Product::ACTIVE);
  panel->set_title("Panel");
  found["products/panel"] = panel;
  const auto decide = [&](const auto& request, std::vector<std::string> knows) {
    using Request = std::decay_t<decltype(request)>;
    runtime::PendingCommand command;
    command.collection = schema.OfCommand(Request::descriptor());
    command.command = command.collection->aggregate().FindCommand(Request::descriptor());
    command.request = std::make_unique<Request>(request);
    command.name = "quotes/q";
    command.looked_up = true;
    for (const std::string& name : knows) command.found[name] = found.at(name);
    const std::string id = absl::StrCat("event ", group.accepted().size());
    const size_t refused = group.others().size();
    EXPECT_TRUE(group.Decide(std::move(command), {absl::Now(), 1'000'000, id}).ok());
    return group.others().size() == refused ? "accepted"
                                            : group.others().back().outcome.refusal->reason;
  };
  ASSERT_EQ(decide(CreateQuote("retail"), {"priceLists/retail"}), "accepted");
  ASSERT_EQ(decide(AddPanel(), {"priceLists/retail", "products/panel"}), "accepted");
  ASSERT_EQ(
      decide(Of<UpdateQuoteRequest>("quote { name: 'quotes/q' price_list: 'priceLists/partner' }"),
             {"priceLists/partner"}),
      "accepted");
  EXPECT_EQ(decide(AddPanel(), {"priceLists/retail", "products/panel"}), "NEEDS_CHANGED");
  EXPECT_EQ(group.others().back().outcome.refusal->code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(decide(AddPanel(), {"priceLists/partner", "products/panel"}), "accepted");
}

// On several nodes calls are still taken after a service has handed over, until the server is shut
// down: a client is told to go elsewhere.
TEST_F(NeedsOfState, AreNotLookedForByAServiceThatHasDrained) {
  service_->AnnounceDrain();
  service_->Drain();
  EXPECT_EQ(Do(CreateQuote("retail")), "SHUTTING_DOWN");
  EXPECT_EQ(outcome_.refusal->code, absl::StatusCode::kUnavailable);
  absl::Notification done;
  service_->RetryParked("parkedReactions/any", {}, [&](runtime::Outcome outcome) {
    outcome_ = std::move(outcome);
    done.Notify();
  });
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
  ASSERT_TRUE(outcome_.refusal);
  EXPECT_EQ(outcome_.refusal->reason, "SHUTTING_DOWN");
}

// Whoever waits for events that others write is not kept until a deadline by a node that ends.
TEST_F(NeedsOfState, AreNotWaitedForByAServiceThatHasDrained) {
  const int64_t next = service_->model().NextOffset(0);
  absl::Status waited;
  std::thread waits(
      [&] { waited = service_->model().WaitFor(0, next + 1, absl::InfiniteFuture()); });
  service_->AnnounceDrain();
  service_->Drain();
  waits.join();
  EXPECT_EQ(waited.code(), absl::StatusCode::kCancelled) << waited;
  EXPECT_EQ(runtime::FailureOf(waited).reason, "SHUTTING_DOWN");
  EXPECT_TRUE(service_->model().WaitFor(0, next, absl::InfiniteFuture()).ok());
}

// It writes no more, so it would have to ask where the log ends. That the log cannot tell says
// nothing about the resource.
TEST_F(NeedsOfState, AreNotSaidToBeMissingBecauseTheLogCannotTellItsEnd) {
  service_->Drain();
  log_->forgets = true;
  for (const std::string name : {"priceLists/retail", ""}) {
    const absl::Status fresh = service_->Freshen(name, absl::Now() + absl::Seconds(10));
    EXPECT_EQ(fresh.code(), absl::StatusCode::kUnavailable) << name << ": " << fresh;
  }
  log_->forgets = false;
  EXPECT_TRUE(service_->Freshen("priceLists/retail", absl::Now() + absl::Seconds(10)).ok());
}

}  // namespace
}  // namespace leadstream::testing
