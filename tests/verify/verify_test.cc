// What `leadstream verify` finds: nothing in a log that is whole, and each kind of corruption in
// one that is not.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "cli/history/history.h"
#include "cli/verify/verify.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/cli/run_leadstream.h"
#include "tests/verify/tampered_log.h"

namespace leadstream::testing {
namespace {

using billing::v1::AllocationSettled;
using billing::v1::InvoiceCredited;
using billing::v1::InvoiceIssued;
using billing::v1::PaymentCreated;
using billing::v1::PaymentRecorded;
using lead::v1::LeadContacted;
using log::Record;
using ordering::v1::OrderInvoiceRecorded;
using ordering::v1::OrderPlaced;
using quoting::v1::QuoteAccepted;
using ::testing::HasSubstr;

constexpr int64_t kTwoDaysUs = int64_t{2} * 24 * 3600 * 1'000'000;

// A demo's data, made once.
const std::string& DemoData() {
  static const auto* const directory = new TemporaryDirectory;
  static const auto* const data = [] {
    auto* path = new std::string(directory->path() + "/demo");
    const Ran ran = Leadstream(absl::StrCat("demo --data ", *path, " --samples ", kSamples));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    return path;
  }();
  return *data;
}

// By check.
std::map<std::string, int64_t> Verified(const std::string& data) {
  server::Options options;
  options.data = data;
  auto history = history::History::Open(options, cli::AllServices());
  EXPECT_TRUE(history.ok()) << history.status();
  verify::Findings findings(10);
  verify::VerifyOptions verifying;
  verifying.threads = 2;
  verifying.grace = absl::ZeroDuration();
  auto events = verify::VerifyLog(history->get(), verifying, &findings);
  EXPECT_TRUE(events.ok()) << events.status();
  EXPECT_GT(events.value_or(0), 1000);
  for (const verify::Finding& finding : findings.kept())
    EXPECT_THAT(finding.position, HasSubstr("/")) << finding.check;
  return findings.counts();
}

// Totals that are another sum, and agree within themselves.
void AddOne(common::v1::Totals* totals) {
  totals->mutable_total()->set_units(totals->total().units() + 1);
  totals->mutable_rounding()->set_currency_code(totals->total().currency_code());
  totals->mutable_rounding()->set_units(totals->rounding().units() + 1);
}

bool IsEvent(const Record& record) { return !record.subject().empty(); }

struct Corruption {
  const char* check;
  std::function<void(TamperedLog*)> plant;
};

// Of a lead's event.
Corruption OfRecord(const char* check, const std::function<bool(Record*)>& change,
                    const std::string& service = "lead") {
  return {check, [change, service](TamperedLog* log) {
            log->Change(service,
                        [&](Record* record) { return IsEvent(*record) && change(record); });
          }};
}

template <typename Event>
Corruption OfEvent(const char* check, const std::function<bool(Record*, Event*)>& change) {
  return {check, [change](TamperedLog* log) { log->ChangeEvent<Event>(change); }};
}

std::vector<Corruption> OfPartitions() {
  return {
      {"offset-gap",
       [](TamperedLog* log) {
         log->Remove("lead", [](const Record& record) { return record.revision() == 2; });
       }},
      {"claim-unreadable",
       [](TamperedLog* log) {
         log->Change("lead", [](Record* record) {
           record->set_data("\xff");
           return !IsEvent(*record);
         });
       }},
      {"epoch-skipped",
       [](TamperedLog* log) {
         log->Change("lead", [](Record* record) {
           record->set_epoch(3);
           return !IsEvent(*record);
         });
       }},
      OfRecord("epoch-unclaimed", [](Record* record) { return record->set_epoch(99), true; }),
      OfRecord("type-unknown",
               [](Record* record) {
                 return record->set_type("leadstream.lead.v1.LeadTeleported"), true;
               }),
      OfRecord("payload-unreadable",
               [](Record* record) { return record->set_data("\x0a\xff"), true; }),
      OfRecord("payload-not-canonical",
               [](Record* record) {
                 record->mutable_data()->append("\x12\x00", 2);  // a note of no letter
                 return record->type() == LeadContacted::descriptor()->full_name();
               }),
      OfRecord("subject-unknown",
               [](Record* record) { return record->set_subject("lamps/1"), true; }),
      OfRecord("type-of-other-resource",
               [](Record* record) {
                 record->set_data("");
                 record->set_type("leadstream.lead.v1.AccountCreated");
                 return record->subject().rfind("leads/", 0) == 0;
               }),
      OfRecord("revision-gap", [](Record* record) { return record->set_revision(7), true; }),
      OfRecord("event-id-missing", [](Record* record) { return record->clear_id(), true; }),
      OfRecord("actor-missing", [](Record* record) { return record->clear_actor(), true; }),
      OfRecord("time-invalid", [](Record* record) { return record->set_time_us(0), true; }),
      OfRecord("time-backwards",
               [](Record* record) {
                 record->set_time_us(record->time_us() - kTwoDaysUs);
                 return record->revision() > 1;
               }),
      OfRecord("request-hash-missing",
               [](Record* record) {
                 record->clear_request_hash();
                 return !record->request_id().empty();
               }),
      {"request-id-reused",
       [](TamperedLog* log) {
         std::string first;
         log->Change("lead", [&first](Record* record) {
           if (record->request_id().empty()) return false;
           if (first.empty()) {
             first = record->request_id();
             return false;
           }
           record->set_request_id(first);
           return true;
         });
       }},
      {"partition-wrong",
       [](TamperedLog* log) {
         Record lead;
         lead.set_subject("leads/strayed");
         lead.set_type("leadstream.lead.v1.LeadCreated");
         lead.set_id("strayed");
         lead.set_actor("nobody");
         lead.set_time_us(1);
         lead.set_revision(1);
         lead.set_epoch(1);
         log->Append("lead", lead, /*partitions_off=*/1);
       }},
      {"event-after-deletion",
       [](TamperedLog* log) {
         Record quote;
         quote.set_subject("quotes/gone");
         quote.set_id("1");
         quote.set_actor("nobody");
         quote.set_time_us(1);
         quote.set_epoch(1);
         for (const char* type : {"QuoteCreated", "QuoteDeleted", "QuoteUpdated"}) {
           quote.set_type(absl::StrCat("leadstream.quoting.v1.", type));
           quote.set_revision(quote.revision() + 1);
           log->Append("quoting", quote);
         }
       }},
  };
}

std::vector<Corruption> OfFlows() {
  return {
      {"event-id-doubled",
       [](TamperedLog* log) {
         std::string first;
         log->Change("lead", [&first](Record* record) {
           if (!IsEvent(*record)) return false;
           record->set_id(first.empty() ? record->id() : first);
           return !std::exchange(first, record->id()).empty();
         });
       }},
      OfRecord(
          "cause-missing",
          [](Record* record) {
            const bool caused = !record->causation_id().empty();
            return record->set_causation_id("nothing"), caused;
          },
          "ordering"),
      OfRecord(
          "cause-later",
          [](Record* record) {
            record->set_time_us(record->time_us() - kTwoDaysUs);
            return !record->causation_id().empty();
          },
          "ordering"),
      OfRecord(
          "flow-differs",
          [](Record* record) {
            record->set_correlation_id("another");
            return !record->causation_id().empty();
          },
          "ordering"),
  };
}

std::vector<Corruption> OfSales() {
  return {
      OfEvent<QuoteAccepted>("totals-differ",
                             [](Record*, QuoteAccepted* accepted) {
                               auto* totals = accepted->mutable_quote()->mutable_totals();
                               totals->mutable_tax()->set_units(totals->tax().units() + 1);
                               return true;
                             }),
      OfEvent<QuoteAccepted>(
          "currency-mixed",
          [](Record*, QuoteAccepted* accepted) {
            accepted->mutable_quote()->mutable_totals()->mutable_net()->set_currency_code("CHF");
            return true;
          }),
      {"quote-accepted-twice",
       [](TamperedLog* log) {
         Record again;
         log->ChangeEvent<QuoteAccepted>([&again](Record* record, QuoteAccepted*) {
           again = *record;
           return true;
         });
         again.set_id("again");
         again.set_request_id("");
         again.set_revision(again.revision() + 1);
         log->Append("quoting", again);
       }},
      OfEvent<OrderPlaced>("order-missing",
                           [](Record*, OrderPlaced* placed) {
                             placed->mutable_order()->clear_quote();
                             return true;
                           }),
      {"order-doubled",
       [](TamperedLog* log) {
         Record again;
         log->ChangeEvent<OrderPlaced>([&again](Record* record, OrderPlaced*) {
           again = *record;
           return true;
         });
         again.set_subject("orders/again");
         again.set_id("again");
         log->Append("ordering", again);
       }},
      OfEvent<OrderPlaced>("order-without-quote",
                           [](Record*, OrderPlaced* placed) {
                             placed->mutable_order()->set_quote("quotes/none");
                             return true;
                           }),
      OfEvent<QuoteAccepted>("order-differs",
                             [](Record*, QuoteAccepted* accepted) {
                               AddOne(accepted->mutable_quote()->mutable_totals());
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-gap",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_sequence(
                                   issued->invoice().sequence() + 1);
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-doubled",
                             [](Record*, InvoiceIssued* issued) {
                               const bool later = issued->invoice().sequence() > 1;
                               issued->mutable_invoice()->set_sequence(1);
                               return later;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-differs",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_number("INV-1");
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-without-order",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_order("orders/none");
                               return true;
                             }),
      OfEvent<OrderInvoiceRecorded>("order-invoice-differs",
                                    [](Record*, OrderInvoiceRecorded* told) {
                                      auto* total = told->mutable_invoice()->mutable_total();
                                      total->set_units(total->units() + 1);
                                      return true;
                                    }),
      OfEvent<InvoiceIssued>("invoices-differ",
                             [](Record*, InvoiceIssued* issued) {
                               AddOne(issued->mutable_invoice()->mutable_totals());
                               return issued->invoice().type() == billing::v1::Invoice::INVOICE;
                             }),
      OfEvent<InvoiceIssued>(
          "invoiced-beyond-delivery",
          [](Record*, InvoiceIssued* issued) {
            issued->mutable_invoice()->mutable_lines(0)->mutable_quantity()->set_value("1000000");
            return issued->invoice().type() == billing::v1::Invoice::INVOICE;
          }),
      OfEvent<InvoiceCredited>("credit-note-differs",
                               [](Record*, InvoiceCredited* credited) {
                                 AddOne(credited->mutable_credit()->mutable_totals());
                                 return true;
                               }),
      OfEvent<InvoiceCredited>("credits-differ",
                               [](Record*, InvoiceCredited* credited) {
                                 auto* amount = credited->mutable_credited_amount();
                                 amount->set_units(amount->units() + 1);
                                 return true;
                               }),
      OfEvent<PaymentRecorded>("payments-differ",
                               [](Record*, PaymentRecorded* paid) {
                                 paid->mutable_paid_amount()->set_units(
                                     paid->paid_amount().units() + 1);
                                 return true;
                               }),
      OfEvent<InvoiceIssued>("deductions-differ",
                             [](Record*, InvoiceIssued* issued) {
                               if (issued->invoice().deductions().empty()) return false;
                               auto* amount = issued->mutable_invoice()->mutable_deducted_amount();
                               amount->set_units(amount->units() + 1);
                               return true;
                             }),
      OfEvent<InvoiceIssued>("deposit-overdrawn",
                             [](Record*, InvoiceIssued* issued) {
                               if (issued->invoice().deductions().empty()) return false;
                               auto* invoice = issued->mutable_invoice();
                               *invoice->add_deductions() = invoice->deductions(0);
                               return true;
                             }),
      OfEvent<PaymentRecorded>("balance-differs",
                               [](Record*, PaymentRecorded* paid) {
                                 paid->mutable_balance()->set_units(paid->balance().units() + 1);
                                 return true;
                               }),
  };
}

std::vector<Corruption> OfPayments() {
  return {
      OfEvent<AllocationSettled>("payment-differs",
                                 [](Record*, AllocationSettled* settled) {
                                   auto* credit = settled->mutable_unallocated_amount();
                                   credit->set_units(credit->units() + 1);
                                   return true;
                                 }),
      OfEvent<PaymentCreated>("share-unknown",
                              [](Record*, PaymentCreated* created) {
                                created->mutable_payment()->mutable_allocations(0)->set_invoice(
                                    "invoices/none");
                                return true;
                              }),
      OfEvent<PaymentCreated>("share-exceeded",
                              [](Record*, PaymentCreated* created) {
                                auto* share = created->mutable_payment()->mutable_allocations(0);
                                share->mutable_amount()->set_units(0);
                                return true;
                              }),
      OfEvent<PaymentRecorded>("share-doubled",
                               [](Record*, PaymentRecorded* paid) {
                                 const bool second = paid->payment().allocation() == 2;
                                 paid->mutable_payment()->set_allocation(1);
                                 return second;
                               }),
      OfEvent<AllocationSettled>("share-differs",
                                 [](Record*, AllocationSettled* settled) {
                                   auto* taken = settled->mutable_taken_amount();
                                   taken->set_units(taken->units() + 1);
                                   return true;
                                 }),
      OfEvent<AllocationSettled>("share-unanswered",
                                 [](Record*, AllocationSettled* settled) {
                                   settled->set_allocation(99);
                                   return true;
                                 }),
  };
}

void ExpectEachFound(const std::vector<Corruption>& corruptions) {
  for (const Corruption& corruption : corruptions) {
    TamperedLog log(DemoData());
    corruption.plant(&log);
    log.Close();
    EXPECT_TRUE(Verified(log.data()).contains(corruption.check)) << corruption.check;
  }
}

TEST(Verify, FindsNothingInALogThatIsWhole) {
  EXPECT_EQ(Verified(DemoData()), (std::map<std::string, int64_t>{}));
  const Ran ran = Leadstream(absl::StrCat("verify --data ", DemoData()));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(" events, 0 findings\n"));
}

TEST(Verify, FindsWhatIsWrongInPartitions) { ExpectEachFound(OfPartitions()); }
TEST(Verify, FindsWhatIsWrongInFlows) { ExpectEachFound(OfFlows()); }
TEST(Verify, FindsWhatIsWrongInSales) { ExpectEachFound(OfSales()); }
TEST(Verify, FindsWhatIsWrongInPayments) { ExpectEachFound(OfPayments()); }

TEST(Verify, SaysWhereAndTellsTheStory) {
  TamperedLog log(DemoData());
  std::string order;
  log.ChangeEvent<OrderPlaced>([&order](Record* record, OrderPlaced* placed) {
    order = record->subject();
    return placed->mutable_order()->set_quote("quotes/none"), true;
  });
  log.Close();
  const Ran ran = Leadstream(absl::StrCat("verify --grace 0 --data ", log.data()));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.output, HasSubstr("order-without-quote: 1\n"));
  EXPECT_THAT(ran.output, HasSubstr(absl::StrCat(order, "  quotes/none was not accepted\n")));
  EXPECT_THAT(ran.output, HasSubstr("OrderPlaced  by reactions/"));
  const auto json = JsonOf(Leadstream(absl::StrCat("verify --grace 0 --json --data ", log.data())));
  EXPECT_EQ(json.fields().at("findings").number_value(), 2);  // and its quote has none
}

TEST(Verify, ReadsAnExportToo) {
  TemporaryDirectory directory;
  const std::string out = directory.path() + "/out";
  ASSERT_EQ(Leadstream(absl::StrCat("export ndjson ", out, " --data ", DemoData())).exit_code, 0);
  const Ran whole = Leadstream(absl::StrCat("verify --grace 0 --export ", out));
  EXPECT_EQ(whole.exit_code, 0) << whole.output;
  EXPECT_EQ(Leadstream(absl::StrCat("verify --data ", DemoData())).output, whole.output);
  const Ran edited = Shell(absl::StrCat(
      "sed -i '1s/\"revision\":1/\"revision\":4/' ", out,
      "/events/context=ordering/type=OrderPlaced/*/*.ndjson && rm ", out,
      "/resources/leads/*.ndjson && ", LEADSTREAM_EXECUTABLE, " verify --json --export ", out));
  EXPECT_EQ(edited.exit_code, 2);
  for (const char* check : {"file-differs", "file-missing", "revision-gap"})
    EXPECT_THAT(edited.output, HasSubstr(check));
}

}  // namespace
}  // namespace leadstream::testing
