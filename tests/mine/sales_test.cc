// The paths that sales took, read off logs that say exactly what happened when.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/all_services.h"
#include "cli/mine/paths.h"
#include "cli/mine/sales.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/history/written.h"

namespace leadstream::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A log of all five services, and what happens in it, at the second that is said.
class Sales {
 public:
  Sales() {
    for (const char* service : {"lead", "opportunity", "quoting", "ordering", "billing"})
      written_.Topic(service, 2);
  }

  template <typename Event>
  void Happens(int64_t second, const std::string& resource, const Event& event) {
    log::Record record;
    record.set_subject(resource);
    record.set_type(Event::descriptor()->full_name());
    record.set_data(event.SerializeAsString());
    record.set_id(absl::StrCat("event-", ++events_));
    record.set_time_us(second * 1'000'000);
    record.set_revision(++revisions_[resource]);
    record.set_epoch(1);
    record.set_actor("anna");
    const std::string& type = record.type();
    written_.Append(type.substr(11, type.find(".v1.") - 11), static_cast<int>(resource.size() % 2),
                    record);
  }

  // A lead of that id is qualified, quoted and lost or ordered, at intervals of ten seconds.
  void Inquiry(int64_t second, const std::string& id,
               lead::v1::Lead::Source source = lead::v1::Lead::WEB) {
    lead::v1::LeadCreated created;
    created.mutable_lead()->set_source(source);
    created.mutable_lead()->set_owner("otto");
    Happens(second, "leads/" + id, created);
  }
  void Qualified(int64_t second, const std::string& id) {
    lead::v1::LeadQualified qualified;
    qualified.set_opportunity("opportunities/" + id);
    qualified.set_opportunity_created(true);
    Happens(second, "leads/" + id, qualified);
    opportunity::v1::OpportunityCreated created;
    created.mutable_opportunity()->set_lead("leads/" + id);
    Happens(second, "opportunities/" + id, created);
  }
  void QuoteSent(int64_t second, const std::string& id) {
    quoting::v1::QuoteCreated created;
    created.mutable_quote()->set_opportunity("opportunities/" + id);
    Happens(second, "quotes/" + id, created);
    Happens(second + 1, "quotes/" + id, quoting::v1::QuoteActivated());
  }
  void Ordered(int64_t second, const std::string& id) {
    quoting::v1::QuoteAccepted accepted;
    accepted.set_order("orders/" + id);
    Happens(second, "quotes/" + id, accepted);
    opportunity::v1::OpportunityWon won;
    won.mutable_accepted_quote()->set_quote("quotes/" + id);
    Happens(second + 1, "opportunities/" + id, won);
    ordering::v1::OrderPlaced placed;
    placed.mutable_order()->set_quote("quotes/" + id);
    Happens(second + 1, "orders/" + id, placed);
  }
  void DeliveredAndInvoiced(int64_t second, const std::string& id) {
    ordering::v1::OrderFulfilled fulfilled;
    fulfilled.set_state(ordering::v1::Order::FULFILLED);
    Happens(second, "orders/" + id, fulfilled);
    billing::v1::InvoiceIssued issued;
    issued.mutable_invoice()->set_order("orders/" + id);
    issued.mutable_invoice()->set_type(billing::v1::Invoice::INVOICE);
    issued.mutable_invoice()->set_state(billing::v1::Invoice::ISSUED);
    Happens(second + 1, "invoices/" + id, issued);
  }
  void Pays(int64_t second, const std::string& id, billing::v1::Invoice::PaymentState after) {
    billing::v1::PaymentRecorded paid;
    paid.set_payment_state(after);
    Happens(second, "invoices/" + id, paid);
  }

  mine::Sales Read(mine::SalesOptions options = {}) {
    options.threads = 2;
    server::Options log;
    log.data = std::filesystem::path(written_.directory()).parent_path().string();
    auto history = history::History::Open(log, cli::AllServices());
    EXPECT_TRUE(history.ok()) << history.status();
    auto sales = mine::ReadSales(history->get(), options);
    EXPECT_TRUE(sales.ok()) << sales.status();
    return *std::move(sales);
  }
  mine::Paths Paths() { return mine::PathsOf(Read(), mine::By::kAll).at(""); }

 private:
  WrittenLog written_;
  int events_ = 0;
  std::map<std::string, int64_t> revisions_;
};

std::vector<std::string> PathsTaken(const mine::Paths& paths) {
  std::vector<std::string> taken;
  for (const auto& variant : paths.variants)
    taken.push_back(absl::StrCat(variant.sales, ": ", absl::StrJoin(variant.steps, ", ")));
  return taken;
}

TEST(Mining, FollowsASaleFromTheInquiryToThePayment) {
  Sales sales;
  sales.Inquiry(10, "anna");
  sales.Qualified(20, "anna");
  sales.QuoteSent(30, "anna");
  sales.Ordered(40, "anna");
  sales.DeliveredAndInvoiced(50, "anna");
  sales.Pays(70, "anna", billing::v1::Invoice::PARTLY_PAID);
  sales.Pays(110, "anna", billing::v1::Invoice::PAID);
  const mine::Paths paths = sales.Paths();
  EXPECT_THAT(PathsTaken(paths),
              ElementsAre("1: inquiry, qualified, quote drafted, quote sent, quote accepted, "
                          "ordered, delivered, invoiced, paid in part, paid"));
  EXPECT_EQ(paths.paid, 1);
  EXPECT_EQ(paths.to_payment.median_s, 100);
  EXPECT_EQ((paths.times.at({"invoiced", "paid in part"}).median_s), 19);
  EXPECT_THAT(paths.standing, IsEmpty());
}

TEST(Mining, KnowsHowLongStepsTookAndTheirSpread) {
  Sales sales;
  for (int i = 0; i < 11; ++i) {
    sales.Inquiry(0, absl::StrCat("lead-", i));
    sales.Qualified(10 * i, absl::StrCat("lead-", i));
  }
  const mine::Times times = sales.Paths().times.at({"inquiry", "qualified"});
  EXPECT_EQ(times.count, 11);
  EXPECT_EQ(times.median_s, 50);
  EXPECT_EQ(times.p90_s, 90);
}

TEST(Mining, SaysAfterWhichStepSalesWereLostAndWhy) {
  Sales sales;
  lead::v1::LeadDisqualified disqualified;
  disqualified.set_status(lead::v1::Lead::CANNOT_CONTACT);
  opportunity::v1::OpportunityLost lost;
  lost.set_reason(opportunity::v1::Opportunity::PRICE);
  for (const char* id : {"berta", "carl", "dora"}) sales.Inquiry(10, id);
  sales.Happens(20, "leads/berta", disqualified);
  for (const char* id : {"carl", "dora"}) {
    sales.Qualified(20, id);
    sales.QuoteSent(30, id);
    sales.Happens(40, absl::StrCat("opportunities/", id), lost);
  }
  // Closed because of that: no step of its own.
  quoting::v1::QuoteClosed closed;
  closed.set_opportunity_lost(true);
  sales.Happens(41, "quotes/carl", closed);
  const mine::Paths paths = sales.Paths();
  EXPECT_EQ(paths.lost, 3);
  EXPECT_THAT(paths.ends,
              ElementsAre(std::pair(mine::End{"inquiry", "disqualified", "CANNOT_CONTACT"}, 1),
                          std::pair(mine::End{"quote sent", "lost", "PRICE"}, 2)));
}

TEST(Mining, ASaleTakenUpAgainIsNotLost) {
  Sales sales;
  sales.Inquiry(10, "emil");
  sales.Happens(20, "leads/emil", lead::v1::LeadDisqualified());
  sales.Happens(30, "leads/emil", lead::v1::LeadReactivated());
  const mine::Paths paths = sales.Paths();
  EXPECT_EQ(paths.lost, 0);
  EXPECT_THAT(paths.standing, ElementsAre(std::pair("lead taken up again", 1)));
}

TEST(Mining, CountsWhatIsDoneAgain) {
  Sales sales;
  for (const char* id : {"frida", "gero"}) {
    sales.Inquiry(10, id);
    sales.Qualified(20, id);
    sales.QuoteSent(30, id);
  }
  for (int i = 0; i < 3; ++i) {
    sales.Happens(40 + 2 * i, "quotes/frida", quoting::v1::QuoteRevised());
    sales.Happens(41 + 2 * i, "quotes/frida", quoting::v1::QuoteActivated());
  }
  const auto rework = sales.Paths().rework;
  ASSERT_THAT(rework, SizeIs(1));
  EXPECT_EQ(rework.at("quote revised").sales, 1);
  EXPECT_EQ(rework.at("quote revised").times, 3);
}

TEST(Mining, LeadsThatWereMergedAreOneSale) {
  Sales sales;
  sales.Inquiry(10, "hugo");
  sales.Inquiry(20, "hugo-again", lead::v1::Lead::EMAIL);
  lead::v1::LeadMerged merged;
  merged.set_into("leads/hugo");
  sales.Happens(30, "leads/hugo-again", merged);
  sales.Qualified(40, "hugo");
  const mine::Sales read = sales.Read();
  ASSERT_THAT(read.sales, SizeIs(1));
  EXPECT_EQ(read.sales[0].documents.size(), 3u);
  EXPECT_EQ(read.texts[read.sales[0].source], "WEB");
}

TEST(Mining, TellsSalesApartBySourceOwnerAndPipeline) {
  Sales sales;
  sales.Inquiry(10, "ida");
  sales.Qualified(20, "ida");
  sales.Inquiry(10, "jo", lead::v1::Lead::EMAIL);
  const mine::Sales read = sales.Read();
  const auto keys = [&](mine::By by) {
    std::vector<std::string> names;
    for (const auto& [key, paths] : mine::PathsOf(read, by)) names.push_back(key);
    return names;
  };
  EXPECT_THAT(keys(mine::By::kSource), ElementsAre("EMAIL", "WEB"));
  EXPECT_THAT(keys(mine::By::kOwner), ElementsAre("otto"));
  EXPECT_THAT(keys(mine::By::kPipeline), ElementsAre("", "default"));
}

TEST(Mining, AnInquiryHappenedWhenItSaysNotWhenItWasImported) {
  Sales sales;
  lead::v1::LeadCreated created;
  created.mutable_lead()->mutable_inquiry_time()->set_seconds(1000);
  sales.Happens(5000, "leads/kim", created);
  sales.Qualified(6000, "kim");
  EXPECT_EQ((sales.Paths().times.at({"inquiry", "qualified"}).median_s), 5000);
  mine::SalesOptions later, earlier;
  later.since = absl::FromUnixSeconds(1001);
  earlier.until = later.since;
  EXPECT_THAT(sales.Read(later).sales, IsEmpty());
  EXPECT_THAT(sales.Read(earlier).sales, SizeIs(1));
}

TEST(Mining, ADocumentThatIsChangedWithoutEndKeepsABoundedStory) {
  Sales sales;
  sales.Happens(1, "orders/lou", ordering::v1::OrderPlaced());
  for (int i = 0; i < 300; ++i) sales.Happens(2 + i, "orders/lou", ordering::v1::OrderUpdated());
  EXPECT_EQ(sales.Read().sales.at(0).steps.size(), mine::kStepsPerDocumentMax);
}

}  // namespace
}  // namespace leadstream::testing
