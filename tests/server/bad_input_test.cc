// Whatever comes in: a clear error that names every bad field, nothing written, and the server
// lives.
#include <google/protobuf/unknown_field_set.h>

#include <random>

#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using billing::v1::CreateInvoiceRequest;
using billing::v1::Invoice;
using grpc::StatusCode;
using lead::v1::CreateLeadRequest;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;
using lead::v1::ListLeadsRequest;
using lead::v1::ListLeadsResponse;
using lead::v1::UpdateLeadRequest;
using quoting::v1::CreateQuoteRequest;
using quoting::v1::Quote;

class BadInput : public Serving {
 protected:
  void SetUp() override {
    Serving::SetUp();
    good_.mutable_lead()->set_topic("40 seats");
    good_.mutable_lead()->set_company("Kovács Kft.");
    records_before_ = Records();
  }
  // Nothing was written, and the next good request is answered.
  void TearDown() override {
    EXPECT_EQ(Records(), records_before_);
    EXPECT_TRUE(Call<Lead>(good_).ok());
  }

  CreateLeadRequest good_;
  int64_t records_before_ = 0;
};

TEST_F(BadInput, AnEmptyRequestNamesWhatIsRequired) {
  auto answer = Call<Lead>(CreateLeadRequest());
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.fields(), "lead");
}

TEST_F(BadInput, EveryBadFieldIsNamedAtOnce) {
  CreateLeadRequest create = good_;
  create.set_lead_id("Not An Id");
  create.set_request_id(std::string(65, 'x'));
  create.mutable_lead()->set_topic(std::string(301, 't'));
  create.mutable_lead()->add_emails("nobody");
  create.mutable_lead()->mutable_address()->set_country("Hungary");
  create.mutable_lead()->mutable_budget()->mutable_amount()->set_currency_code("XXY");
  create.mutable_lead()->set_language("??");
  auto answer = Call<Lead>(create);
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.reason(), "INVALID_FIELD");
  EXPECT_EQ(answer.fields(),
            "lead.topic,lead.emails[0],lead.address.country,lead.budget.amount,lead.language,lead_"
            "id,request_id");
}

TEST_F(BadInput, ListsAndStringsHaveLimits) {
  CreateLeadRequest create = good_;
  for (int i = 0; i < 21; ++i)
    create.mutable_lead()->add_emails(absl::StrCat("a", i, "@b.example"));
  create.mutable_lead()->set_notes(std::string(20'001, 'n'));
  EXPECT_EQ(Call<Lead>(create).fields(), "lead.emails,lead.notes");
}

TEST_F(BadInput, FourMebibytesAreTooMuch) {
  CreateLeadRequest create = good_;
  create.mutable_lead()->set_notes(std::string((4 << 20) + 1, 'n'));
  EXPECT_EQ(Call<Lead>(create).code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(BadInput, AStringThatIsNotUtf8IsNamed) {
  const std::string lead = std::string("\x4a\x02\xff\xfe", 4);  // topic = 9
  const std::string request =
      absl::StrCat("\x0a", std::string(1, static_cast<char>(lead.size())), lead);
  const grpc::Status status = CallRaw("/leadstream.lead.v1.LeadService/CreateLead", request);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldsOf(status), "lead.topic");
}

TEST_F(BadInput, BytesThatAreNoMessageAreRefused) {
  const grpc::Status status = CallRaw("/leadstream.lead.v1.LeadService/CreateLead", "\xff\xff\xff");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "REQUEST_MALFORMED");
}

TEST_F(BadInput, RandomBytesNeverHarm) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const grpc::Status status = CallRaw("/leadstream.quoting.v1.QuoteService/AcceptQuote", bytes);
    EXPECT_TRUE(status.error_code() == StatusCode::INVALID_ARGUMENT ||
                status.error_code() == StatusCode::NOT_FOUND)
        << status.error_message();
  }
}

TEST_F(BadInput, AmountsAreNeitherNegativeNorEndless) {
  auto answer = Call<Invoice>(Of<CreateInvoiceRequest>(R"pb(
    invoice {
      currency: "EUR"
      lines {
        description: "a"
        quantity { value: "-1" }
        unit_price { value: "1" }
      }
      lines {
        description: "b"
        quantity { value: "1e20" }
        unit_price { value: "1" }
      }
      lines {
        description: "c"
        quantity { value: "1" }
        unit_price { value: "0x10" }
      }
      lines {
        description: "d"
        quantity { value: "1" }
        unit_price { value: "1" }
        discount_percent { value: "101" }
      }
    })pb"));
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.fields(),
            "invoice.lines[0].quantity,invoice.lines[1].quantity,invoice.lines[2].unit_price,"
            "invoice.lines[3].discount_percent");
}

TEST_F(BadInput, ASumThatOverflowsIsRefused) {
  auto answer = Call<Quote>(Of<CreateQuoteRequest>(R"pb(
    quote {
      currency: "EUR"
      lines {
        description: "a"
        quantity { value: "999999999999999" }
        unit_price { value: "999999999999999" }
      }
    })pb"));
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT) << answer.reply.DebugString();
  EXPECT_EQ(answer.fields(), "quote.account,quote.lines[0].quantity");
}

TEST_F(BadInput, MoneyIsInOneKnownCurrency) {
  auto answer = Call<Lead>(Of<CreateLeadRequest>(R"pb(
    lead {
      topic: "x"
      company: "y"
      budget { amount { currency_code: "EURO" units: 5 } }
    })pb"));
  EXPECT_EQ(answer.fields(), "lead.budget.amount");
  auto split = Call<Lead>(Of<CreateLeadRequest>(R"pb(
    lead {
      topic: "x"
      company: "y"
      budget { amount { currency_code: "JPY" units: 5 nanos: -500000000 } }
    })pb"));
  EXPECT_EQ(split.fields(), "lead.budget.amount");
}

TEST_F(BadInput, NamesMustBeNamesOfTheirKind) {
  GetLeadRequest get;
  for (const char* wrong : {"", "leads/", "orders/1", "leads/a/b", "leads/ünïcode",
                            "../../etc/passwd", "leads/UPPER"}) {
    get.set_name(wrong);
    auto answer = Call<Lead>(get);
    EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT) << wrong;
    EXPECT_EQ(answer.fields(), "name") << wrong;
  }
  get.set_name("leads/nobody");
  EXPECT_EQ(Call<Lead>(get).code(), StatusCode::NOT_FOUND);
}

TEST_F(BadInput, BrokenFiltersOrdersAndTokensSayWhatIsWrong) {
  ListLeadsRequest list;
  for (const char* wrong : {"stat = OPEN", "state = ", "state = SLEEPING", "(state = OPEN",
                            "score > many", "emails = \"x\""}) {
    list.set_filter(wrong);
    auto answer = Call<ListLeadsResponse>(list);
    EXPECT_EQ(answer.reason(), "FILTER_INVALID") << wrong;
    EXPECT_EQ(answer.fields(), "filter") << wrong;
    EXPECT_NE(answer.status.error_message().find("character"), std::string::npos)
        << answer.status.error_message();
  }
  list.clear_filter();
  for (const char* wrong : {"nothing", "topic", "score desc, topic", "emails"}) {
    list.set_order_by(wrong);
    EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "ORDER_BY_INVALID") << wrong;
  }
  list.clear_order_by();
  list.set_page_size(-1);
  EXPECT_EQ(Call<ListLeadsResponse>(list).fields(), "page_size");
  list.set_page_size(0);
  list.set_page_token("forged");
  EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "PAGE_TOKEN_INVALID");
}

TEST_F(BadInput, MasksNameFieldsThatCanBeWritten) {
  auto answer = Call<Lead>(Of<UpdateLeadRequest>(R"pb(
    lead { name: "leads/nobody" }
    update_mask { paths: "topic" paths: "colour" paths: "state" paths: "create_time" })pb"));
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.fields(), "update_mask.paths[1],update_mask.paths[2],update_mask.paths[3]");
}

TEST_F(BadInput, WhatIsReferredToMustExist) {
  auto answer = Call<ordering::v1::Order>(Of<ordering::v1::CreateOrderRequest>(R"pb(
    order {
      account: "accounts/nobody"
      currency: "EUR"
      lines {
        line {
          description: "a"
          quantity { value: "1" }
          unit_price { value: "1" }
        }
      }
    })pb"));
  EXPECT_EQ(answer.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(answer.reason(), "REFERENCE_NOT_FOUND");
}

}  // namespace
}  // namespace leadstream::testing
