// Writing, changing, issuing and giving up invoices: every row of the state table.
#include "services/billing/invoice_rules.h"

#include <vector>

#include "services/billing/invoice_names.h"
#include "tests/domain/invoice_examples.h"

namespace leadstream::billing {
namespace {

using testing::Story;

TEST(WritingAnInvoice, MakesAPricedDraftWithoutANumber) {
  Drafted().Then<InvoiceCreated>().ThenState(R"pb(
    name: "invoices/i-1"
    state: DRAFT
    type: INVOICE
    seller: "default"
    lines {
      line_id: "1"
      base { units: 300 }
      net { currency_code: "EUR" units: 285 }
    }
    lines {
      line_id: "2"
      net { units: 102 }
    }
    totals {
      net { units: 387 }
      tax { units: 77 nanos: 400000000 }
      total { units: 464 nanos: 400000000 }
    }
  )pb");
  EXPECT_EQ(Drafted().state<Invoice>().number(), "");
  EXPECT_EQ(Drafted().state<Invoice>().payment_state(), Invoice::PAYMENT_STATE_UNSPECIFIED);
}

TEST(WritingAnInvoice, MayIssueItAtOnce) {
  IssuedInvoice()
      .Then<InvoiceIssued>(R"pb(invoice {
                                  name: "invoices/i-1"
                                  number: "INV-2026-000001"
                                  state: ISSUED
                                  totals { total { units: 464 } }
                                })pb")
      .ThenState(R"pb(
        state: ISSUED
        payment_state: UNPAID
        number: "INV-2026-000001"
        sequence: 1
        issue_date { year: 2026 month: 3 day: 2 }
        due_date { year: 2026 month: 3 day: 16 }
        balance { currency_code: "EUR" units: 464 nanos: 400000000 }
        uid: "uid"
        creator: "tester"
      )pb");
}

TEST(WritingAnInvoice, KeysLinesThatHaveNoKey) {
  NoInvoice()
      .When(Of<CreateInvoiceRequest>(R"pb(invoice {
                                            currency: "EUR"
                                            lines {
                                              line_id: "1"
                                              description: "a"
                                              quantity { value: "1" }
                                            }
                                            lines {
                                              description: "b"
                                              quantity { value: "1" }
                                            }
                                          })pb"))
      .ThenState(R"pb(lines { line_id: "1" }
                      lines { line_id: "2" })pb");
}

TEST(WritingAnInvoice, NamesEveryBadFieldAtOnce) {
  Story story = NoInvoice();
  story.Named("invoices/other.7-cn2")
      .When(Of<CreateInvoiceRequest>(R"pb(invoice {
                                            seller: "acme"
                                            payment_days: -1
                                            fulfillment: 3
                                            credited_invoice: "invoices/i"
                                            lines { quantity { value: "1" } }
                                          }
                                          order_basis {})pb"))
      .ThenRefused(INVOICE_ID_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "invoice_id,invoice_id,invoice.credited_invoice,invoice.fulfillment,order_basis,"
            "invoice.currency,invoice.payment_days,"
            "invoice.lines[0].description");
}

TEST(WritingAnInvoice, OfASellerHasItsPrefix) {
  EXPECT_EQ(PartitionKeyOf("invoices/acme.47.11"), "sellers/acme");
  EXPECT_EQ(PartitionKeyOf("invoices/4711"), "sellers/default");
  EXPECT_EQ(PartitionKeyOf("invoices/default.47.11"), "sellers/default");
  NoInvoice()
      .Named("invoices/acme.1")
      .When(Create("invoice { seller: 'acme' }"))
      .ThenState(R"pb(seller: "acme")pb");
  NoInvoice()
      .Named("invoices/1")
      .When(Create("invoice { seller: 'acme' }"))
      .ThenRefused(INVOICE_ID_INVALID);
  NoInvoice().Named("invoices/acme.1").When(Create()).ThenRefused(INVOICE_ID_INVALID);
  NoInvoice()
      .Named("invoices/a.b.1")
      .When(Create("invoice { seller: 'a.b' }"))
      .ThenRefused(INVOICE_ID_INVALID);
  NoInvoice().Named("invoices/default.o.1").When(Create()).Then<InvoiceCreated>();
}

TEST(ChangingADraft, PricesItAnew) {
  Drafted()
      .When(Update("lines { line_id: '1' description: 'desk' quantity { value: '1' } unit_price { "
                   "value: '9.99' } } buyer { name: 'Acme' }"))
      .Then<InvoiceUpdated>(R"pb(update_mask { paths: "buyer" paths: "lines" paths: "totals" }
                                 invoice { totals { total { units: 9 nanos: 990000000 } } })pb")
      .ThenState(R"pb(state: DRAFT
                      account: "accounts/acme"
                      buyer { name: "Acme" }
                      lines { net { units: 9 nanos: 990000000 } })pb");
}

TEST(ChangingADraft, LeavesWhatIsFixed) {
  Drafted()
      .When(Update("currency: 'EUR' notes: 'thanks'", "*"))
      .Then<InvoiceUpdated>()
      .ThenState(R"pb(seller: "default"
                      type: INVOICE
                      state: DRAFT
                      notes: "thanks"
                      totals { total { units: 0 } })pb");
  for (const char* fixed : {"seller: 'acme'", "order: 'orders/o'", "fulfillment: 2",
                            "type: CREDIT_NOTE", "credited_invoice: 'invoices/i'"}) {
    Drafted().When(Update(fixed)).ThenRefused(INVOICE_FIELD_FIXED);
  }
}

TEST(ADraft, MayBeDeletedIssuedOrCanceled) {
  EXPECT_TRUE(Drafted().When(DeleteInvoiceRequest()).Then<InvoiceDeleted>().deleted());
  Drafted()
      .When(IssueInvoiceRequest())
      .Then<InvoiceIssued>()
      .ThenState(R"pb(state: ISSUED number: "INV-2026-000001" payment_state: UNPAID)pb");
  Drafted()
      .When(Of<CancelInvoiceRequest>("reason: 'wrong customer'"))
      .Then<InvoiceCanceled>()
      .ThenState(R"pb(state: CANCELED
                      cancel_reason: "wrong customer"
                      cancel_time { seconds: 1772442000 })pb");
}

TEST(IssuingAnInvoice, NamesAllThatIsMissing) {
  Story story = NoInvoice();
  story
      .Given(
          Of<CreateInvoiceRequest>("invoice { currency: 'EUR' due_date { year: 2026 month: 3 day: "
                                   "1 } lines { description: 'a' quantity { value: '1' } } }"))
      .When(IssueInvoiceRequest())
      .ThenRefused(INVOICE_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "account,lines[0].unit_price,due_date");
  NoInvoice()
      .When(Of<CreateInvoiceRequest>(
          "issue: true invoice { currency: 'EUR' account: 'accounts/acme' }"))
      .ThenRefused(INVOICE_INCOMPLETE);
}

TEST(IssuingAnInvoice, OfNothingOwedIsPaid) {
  NoInvoice()
      .When(Of<CreateInvoiceRequest>(
          "issue: true invoice { buyer { name: 'Anna' } currency: 'EUR' lines { description: 'a' "
          "quantity { value: '1' } unit_price { value: '0' } } }"))
      .ThenState(R"pb(state: ISSUED payment_state: PAID)pb");
}

TEST(IssuingAnInvoice, CountsWithinSellerTypeAndYear) {
  Partition partition;
  const auto issue = [&](const std::string& name, const std::string& more) {
    EXPECT_TRUE(partition.Do(name, Issued(more)).accepted());
    return partition.at(name).number();
  };
  partition.At(1767225599);  // the last second of 2025
  EXPECT_EQ(issue("invoices/1", ""), "INV-2025-000001");
  partition.At(1767225600);
  EXPECT_EQ(issue("invoices/2", ""), "INV-2026-000001");
  EXPECT_EQ(issue("invoices/3", ""), "INV-2026-000002");
  EXPECT_EQ(issue("invoices/acme.1", "invoice { seller: 'acme' }"), "INV-2026-000001");
  ASSERT_TRUE(partition.Do("invoices/2", CreditOf()).accepted());
  ASSERT_TRUE(partition.IssueCreditNote("invoices/2").accepted());
  EXPECT_EQ(partition.at("invoices/2-cn1").number(), "CN-2026-000001");
  EXPECT_EQ(issue("invoices/4", ""), "INV-2026-000003");
}

// What each state takes: the state table, turned.
TEST(TheStateTable, Holds) {
  struct Row {
    const google::protobuf::Message& command;
    std::vector<Invoice::State> taken_in;
    ErrorReason otherwise;
  };
  const auto update = Update("notes: 'x'");
  const auto cancel = Of<CancelInvoiceRequest>("reason: 'x'");
  const auto pay = Pay("1", "r-2");
  const auto refund = Refund("1", "r-3");
  const auto credit = CreditOf();
  const Row rows[] = {
      {update, {Invoice::DRAFT}, INVOICE_NOT_DRAFT},
      {DeleteInvoiceRequest::default_instance(), {Invoice::DRAFT}, INVOICE_NOT_DRAFT},
      {IssueInvoiceRequest::default_instance(), {Invoice::DRAFT}, INVOICE_NOT_DRAFT},
      {cancel, {Invoice::DRAFT}, INVOICE_NOT_DRAFT},
      {pay, {Invoice::ISSUED}, INVOICE_NOT_ISSUED},
      {refund, {Invoice::ISSUED}, INVOICE_NOT_ISSUED},
      {credit, {Invoice::ISSUED}, INVOICE_NOT_ISSUED},
  };
  for (const Row& row : rows) {
    for (Invoice::State state : {Invoice::DRAFT, Invoice::ISSUED, Invoice::CANCELED}) {
      SCOPED_TRACE(row.command.GetDescriptor()->name() + " in " + Invoice::State_Name(state));
      Story story = state == Invoice::ISSUED ? IssuedInvoice() : Drafted();
      if (state == Invoice::CANCELED) story.Given(cancel);
      if (state == Invoice::ISSUED) story.Given(Pay("1", "r-1"));
      story.When(row.command);
      if (std::find(row.taken_in.begin(), row.taken_in.end(), state) == row.taken_in.end()) {
        story.ThenRefused(row.otherwise);
      } else {
        EXPECT_TRUE(story.decision().accepted()) << story.decision().refusal().message;
      }
    }
  }
}

TEST(AnInvoiceForAnOrder, BillsItsShare) {
  NoInvoice()
      .When(OfOrder(Line("1", "3"), "issue: true"))
      .Then<InvoiceIssued>(R"pb(fulfilled {
                                  line_id: "1"
                                  quantity { value: "6" }
                                })pb")
      .ThenState(R"pb(
        order: "orders/o-1"
        lines {
          line_id: "1"
          description: "desk"
          quantity { value: "3" }
          net { units: 85 nanos: 500000000 }
        }
        totals {
          net { units: 85 nanos: 500000000 }
          tax { units: 17 nanos: 100000000 }
        }
      )pb");
}

TEST(AnInvoiceForAnOrder, WithoutLinesBillsAllThatIsFulfilled) {
  NoInvoice().When(OfOrder("")).Then<InvoiceCreated>().ThenState(R"pb(
    state: DRAFT
    lines {
      line_id: "1"
      quantity { value: "6" }
      net { units: 171 }
    }
    lines {
      line_id: "2"
      quantity { value: "4" }
      net { units: 102 }
    }
  )pb");
}

TEST(AnInvoiceForAnOrder, AsksForTheOrderWhereNobodyToldIt) {
  const auto order = Of<ordering::v1::Order>(R"pb(
    account: "accounts/acme"
    seller: "acme"
    currency: "EUR"
    payment_days: 30
    customer_reference: "PO 7"
    bill_to { city: "Wien" }
    lines {
      line {
        line_id: "1"
        description: "desk"
        quantity { value: "10" }
        unit_price { value: "30" }
      }
      fulfilled_quantity { value: "2" }
    }
    lines {
      line {
        line_id: "2"
        description: "chair"
        quantity { value: "4" }
        unit_price { value: "25" }
      }
    }
    adjustments { freight { value: "40" } }
  )pb");
  const auto of_order = Of<CreateInvoiceRequest>("invoice { order: 'orders/o-1' }");
  EXPECT_EQ(Needs(of_order), std::vector<std::string>{"orders/o-1"});
  NoInvoice().Knows("orders/o-1", order).Named("invoices/acme.1").When(of_order).ThenState(R"pb(
    seller: "acme"
    account: "accounts/acme"
    customer_reference: "PO 7"
    payment_days: 30
    buyer { address { city: "Wien" } }
    lines {
      line_id: "1"
      quantity { value: "2" }
    }
    totals {
      freight { units: 6 }
      total { units: 66 }
    }
  )pb");
  NoInvoice().Knows("orders/o-1", order).When(of_order).ThenRefused(INVOICE_ID_INVALID);
  Story story = NoInvoice();
  story.Knows("orders/o-1", order).Named("invoices/acme.1");
  story.When(Of<CreateInvoiceRequest>("invoice { order: 'orders/o-1' currency: 'USD' }"))
      .ThenRefused(INVOICE_CURRENCY_INVALID);
  EXPECT_EQ(story.bad_fields(), "invoice.currency");
}

TEST(AnInvoiceForAnOrder, DraftsHoldNothingBackAndAreCheckedWhenIssued) {
  Partition partition;
  ASSERT_TRUE(partition.Do("invoices/a", OfOrder(Line("1", "4"))).accepted());
  ASSERT_TRUE(partition.Do("invoices/b", OfOrder(Line("1", "4"))).accepted());
  ASSERT_TRUE(partition.Do("invoices/a", IssueInvoiceRequest()).accepted());
  const auto refused = partition.Do("invoices/b", IssueInvoiceRequest());
  EXPECT_EQ(refused.refusal().reason, "INVOICE_EXCEEDS_FULFILLED");
  EXPECT_EQ(refused.refusal().fields.at(0).field, "lines[0].quantity");
  ASSERT_TRUE(partition.Do("invoices/b", Update(Line("1", "2"))).accepted());
  EXPECT_TRUE(partition.Do("invoices/b", IssueInvoiceRequest()).accepted());
  EXPECT_FALSE(partition.at("invoices/b").has_order_basis());
}

TEST(AnInvoiceForAnOrder, OfALaterFulfilmentMayComeFirst) {
  Partition partition;
  const auto fulfilled = [](const std::string& now, const std::string& in_all) {
    return Of<CreateInvoiceRequest>(
        "issue: true invoice { account: 'accounts/acme' currency: 'EUR' order: 'orders/o-1' " +
        Line("1", now) + "} order_basis { " + kDesksAndChairs +
        "fulfilled { line_id: '1' quantity { value: '" + in_all + "' } } }");
  };
  EXPECT_TRUE(partition.Do("invoices/o-1-2", fulfilled("7", "10")).accepted());
  EXPECT_TRUE(partition.Do("invoices/o-1-1", fulfilled("3", "3")).accepted());
  EXPECT_FALSE(partition.Do("invoices/again", fulfilled("3", "3")).accepted());
}

}  // namespace
}  // namespace leadstream::billing
