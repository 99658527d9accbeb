// Commands over the wire: once, in order, durable.
#include <atomic>
#include <thread>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using grpc::StatusCode;
using lead::v1::AssignLeadRequest;
using lead::v1::CreateLeadRequest;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;
using lead::v1::ListLeadEventsRequest;
using lead::v1::ListLeadEventsResponse;
using quoting::v1::ActivateQuoteRequest;
using quoting::v1::CreateQuoteRequest;
using quoting::v1::Quote;

class Commands : public Serving {
 protected:
  static CreateLeadRequest CreateLead(const std::string& id, const std::string& request_id = "") {
    CreateLeadRequest create =
        Of<CreateLeadRequest>("lead { topic: '40 seats' company: 'Kovács Kft.' }");
    create.set_lead_id(id);
    create.set_request_id(request_id);
    return create;
  }
  static AssignLeadRequest Assign(const std::string& name, const std::string& owner,
                                  const std::string& etag = "") {
    AssignLeadRequest assign;
    assign.set_name(name);
    assign.set_owner(owner);
    assign.set_etag(etag);
    return assign;
  }
  int EventsOf(const std::string& name) {
    ListLeadEventsRequest list;
    list.set_name(name);
    return Call<ListLeadEventsResponse>(list).reply.events_size();
  }
};

TEST_F(Commands, TheSameRequestIdGivesTheSameAnswerAlsoAfterARestart) {
  const CreateLeadRequest create = CreateLead("", "a-request");
  auto first = Call<Lead>(create);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  ASSERT_TRUE(Call<Lead>(Assign(first.reply.name(), "anna")).ok());
  for (const bool restarted : {false, true}) {
    if (restarted) Restart();
    auto again = Call<Lead>(create);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again.reply.SerializeAsString(), first.reply.SerializeAsString())
        << "as it was answered then";
    EXPECT_EQ(again.position, first.position);
  }
  EXPECT_EQ(EventsOf(first.reply.name()), 2);
}

TEST_F(Commands, AnotherRequestUnderTheSameIdIsRefused) {
  ASSERT_TRUE(Call<Lead>(CreateLead("one", "a-request")).ok());
  CreateLeadRequest other = CreateLead("one", "a-request");
  other.mutable_lead()->set_topic("41 seats");
  auto answer = Call<Lead>(other);
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answer.reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(answer.fields(), "request_id");
}

TEST_F(Commands, OfSixtyFourWithOneEtagOneWins) {
  ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                          "account_id: 'acme' account { display_name: 'Acme' }"))
                  .ok());
  auto quote = Call<Quote>(Of<CreateQuoteRequest>(R"pb(
    quote_id: "raced"
    quote {
      account: "accounts/acme"
      currency: "EUR"
      lines {
        description: "seat"
        quantity { value: "1" }
        unit_price { value: "100" }
      }
    })pb"));
  ASSERT_TRUE(quote.ok()) << quote.status.error_message();
  ActivateQuoteRequest activate;
  activate.set_name("quotes/raced");
  activate.set_etag(quote.reply.etag());
  std::atomic<int> won{0}, aborted{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back([&] {
      auto answer = Call<Quote>(activate);
      if (answer.ok()) ++won;
      if (answer.code() == StatusCode::ABORTED && answer.reason() == "ETAG_MISMATCH") ++aborted;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(aborted, 63);
}

TEST_F(Commands, AWriteIsSeenByAReadThatSendsItsPosition) {
  auto created = Call<Lead>(CreateLead("one"));
  ASSERT_FALSE(created.position.empty());
  GetLeadRequest get;
  get.set_name("leads/one");
  EXPECT_TRUE(Call<Lead>(get, created.position).ok());
  // One that no event has yet is waited for, as long as the caller waits.
  const std::string partition = created.position.substr(0, created.position.find(':'));
  const StatusCode waited = Call<Lead>(get, partition + ":999999", absl::Milliseconds(200)).code();
  EXPECT_TRUE(waited == StatusCode::DEADLINE_EXCEEDED || waited == StatusCode::UNAVAILABLE)
      << waited;
  EXPECT_EQ(Call<Lead>(get, "nonsense").fields(), "leadstream-position");
}

TEST_F(Commands, ARefusalSaysWhyAndWhatWouldHelp) {
  ASSERT_TRUE(Call<Lead>(CreateLead("one")).ok());
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name("leads/one");
  auto answer = Call<lead::v1::QualifyLeadResponse>(qualify);
  EXPECT_EQ(answer.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(answer.reason(), "LEAD_INTEREST_UNKNOWN");
  EXPECT_EQ(answer.fields(), "need,budget,currency");
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(answer.status).violations(0).type(),
            "LEAD_INTEREST_UNKNOWN");
}

TEST_F(Commands, WhatWasAnsweredIsThereAfterADrainUnderLoad) {
  std::atomic<bool> stop{false};
  std::vector<std::vector<std::string>> answered(8);
  std::vector<std::thread> clients;
  std::atomic<int> refused{0};
  for (size_t i = 0; i < answered.size(); ++i) {
    clients.emplace_back([&, i] {
      for (int n = 0; !stop; ++n) {
        auto answer = Call<Lead>(CreateLead(absl::StrCat("c", i, "-", n)));
        if (answer.ok()) answered[i].push_back(answer.reply.name());
        // gRPC itself says CANCELLED to a call that arrives in the very moment in which the port
        // closes.
        const bool is_refused =
            answer.code() == StatusCode::UNAVAILABLE || answer.code() == StatusCode::CANCELLED;
        if (is_refused) ++refused;
        if (!answer.ok() && !is_refused) ADD_FAILURE() << answer.status.error_message();
      }
    });
  }
  absl::SleepFor(absl::Milliseconds(300));
  server_->Drain(absl::Seconds(10));
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(refused, 0);
  Restart();
  GetLeadRequest get;
  size_t checked = 0;
  for (const auto& names : answered) {
    for (const std::string& name : names) {
      get.set_name(name);
      ASSERT_TRUE(Call<Lead>(get).ok()) << name;
      ++checked;
    }
  }
  EXPECT_GT(checked, 20u);
}

}  // namespace
}  // namespace leadstream::testing
