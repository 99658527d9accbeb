// Callers who are asked who they are: every method, and whatever may be wrong with a caller.
#include <absl/strings/match.h>
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>

#include "common/auth/audit_log.h"
#include "common/server/admission.h"
#include "common/server/method_name.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/auth/signing.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using lead::v1::Lead;
using opportunity::v1::Opportunity;

// Everything for administrators, method by method; and what else there is for others.
std::string PolicyText() {
  return absl::StrCat("roles:\n  administrator:\n  - methods: [",
                      absl::StrJoin(server::MethodsToGrant(), ", "), R"(]
  rep:
  - {methods: ['*'], rows: own}
  lead:
  - {methods: ['*'], rows: team}
  analyst:
  - {methods: ['*/Get*', '*/List*', '*/Watch*'], redact: [emails, phones]}
teams: {east: [anna, bela]}
)");
}

class Authentication : public Serving {
 protected:
  void Configure(server::Options* options) override {
    const std::string keys = directory_.path() + "/keys.json",
                      policy = directory_.path() + "/policy.yaml";
    std::ofstream(keys) << KeySetOf({key_});
    std::ofstream(policy) << PolicyText();
    options->security.jwks = keys;
    options->security.auth_policy = policy;
    options->security.jwt_issuer = TestClaims().issuer;
    options->security.jwt_audience = TestClaims().audience;
  }
  std::string TokenOf(const std::string& subject, const std::string& role) const {
    return "Bearer " + key_.Sign(TestClaims{.subject = subject, .roles = {role}}.Json());
  }

  // What a call of any kind ends with, if it is ended at once.
  grpc::Status StatusOf(const MethodDescriptor* method, const Message& request,
                        const std::string& authorization) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    const std::string path = server::PathOf(method);
    auto call = stub.PrepareCall(&context, path, &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const grpc::Slice slice(request.SerializeAsString());
    if (ok) {
      call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
      queue.Next(&tag, &ok);
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    return status;
  }
  // As that caller.
  template <typename Reply>
  Answer<Reply> CallAs(const std::string& authorization, const Message& request) {
    Answer<Reply> answer;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    context.AddMetadata("authorization", authorization);
    answer.status = server::Call(channel_.get(), runtime::MethodTaking(request.GetDescriptor()),
                                 &context, request, &answer.reply);
    return answer;
  }
  template <typename Reply>
  void Make(const Message& request) {
    auto made = CallAs<Reply>(TokenOf("boss", "administrator"), request);
    ASSERT_TRUE(made.ok()) << made.status.error_message();
  }
  // Resources of anna's, and a lead of cili's.
  void MakeThem() {
    Make<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
        "account_id: 'a-1' account { display_name: 'Acme' owner: 'anna' }"));
    Make<lead::v1::Contact>(Of<lead::v1::CreateContactRequest>(
        "contact_id: 'a-1' contact { person { family_name: 'Kis' } owner: 'anna' account: "
        "'accounts/a-1' emails: 'kis@acme.example' }"));
    for (const char* owner : {"anna", "cili"}) {
      Make<Lead>(Of<lead::v1::CreateLeadRequest>(
          absl::StrCat("lead_id: '", owner, "' lead { topic: 'x' company: 'Acme' owner: '", owner,
                       "' need: 'x' decision_maker: 'y' emails: 'kis@acme.example' }")));
    }
    Make<lead::v1::Activity>(Of<lead::v1::CreateActivityRequest>(
        "activity_id: 'a-1' activity { type: NOTE subject: 'x' regarding: 'leads/anna' owner: "
        "'anna' }"));
    Make<Opportunity>(Of<opportunity::v1::CreateOpportunityRequest>(
        "opportunity_id: 'a-1' opportunity { display_name: 'x' account: 'accounts/a-1' currency: "
        "'EUR' owner: 'anna' }"));
    Make<quoting::v1::Quote>(Of<quoting::v1::CreateQuoteRequest>(
        "quote_id: 'a-1' quote { account: 'accounts/a-1' currency: 'EUR' owner: 'anna' }"));
    Make<ordering::v1::Order>(Of<ordering::v1::CreateOrderRequest>(
        "order_id: 'a-1' order { account: 'accounts/a-1' currency: 'EUR' owner: 'anna' lines { "
        "line { description: 'x' quantity { value: '1' } unit_price { value: '1' } } } }"));
  }

  const SigningKey key_{"k-1", "ES256"};
};

// Each method, with each thing that may be wrong with who calls it.
TEST_F(Authentication, NoMethodIsOpenToWhoeverMayNotCallIt) {
  const SigningKey forger(key_.id(), "ES256");
  const TestClaims good{.subject = "boss", .roles = {"administrator"}};
  TestClaims expired = good, other_audience = good, other_role = good;
  expired.lives = -absl::Hours(1);
  other_audience.audience = "payroll";
  other_role.roles = {"gardener"};
  const std::map<std::string, std::string> wrong = {
      {"", "TOKEN_MISSING"},
      {"Basic YW5uYTpzZWNyZXQ=", "TOKEN_MISSING"},
      {"Bearer " + forger.Sign(good.Json()), "TOKEN_INVALID"},
      {"Bearer " + key_.SignAs(R"({"alg":"none","kid":"k-1"})", good.Json()), "TOKEN_INVALID"},
      {"Bearer " + key_.Sign(expired.Json()), "TOKEN_EXPIRED"},
      {"Bearer " + key_.Sign(other_audience.Json()), "TOKEN_INVALID"},
      {"Bearer " + key_.Sign(other_role.Json()), "METHOD_NOT_PERMITTED"}};
  const int64_t records = Records();
  int calls = 0;
  for (const MethodDescriptor* method : runtime::Methods()) {
    const Message& empty = *runtime::PrototypeOf(method->input_type());
    for (const auto& [authorization, reason] : wrong) {
      const bool among_nodes = server::IsAmongNodes(method);
      EXPECT_EQ(ReasonOf(StatusOf(method, empty, authorization)),
                among_nodes ? "METHOD_NOT_PERMITTED" : reason)
          << server::NameOf(method) << " with " << authorization;
      ++calls;
    }
  }
  EXPECT_EQ(Records(), records);
  EXPECT_GT(calls, 800);
}

// What one of a cluster's nodes asks of another is nobody else's, whatever his role.
TEST_F(Authentication, TheNodesMethodsAreTheNodesAlone) {
  for (const MethodDescriptor* method : runtime::Methods()) {
    if (!server::IsAmongNodes(method)) continue;
    EXPECT_EQ(ReasonOf(StatusOf(method, *runtime::PrototypeOf(method->input_type()),
                                TokenOf("boss", "administrator"))),
              "METHOD_NOT_PERMITTED");
  }
}

// The secret by which a process knows its own calls cannot be guessed or left empty.
TEST_F(Authentication, NobodyPassesForTheServerItself) {
  for (const char* secret :
       {"", "0", "0000000000000000000000000000000000000000000000000000000000000000"}) {
    grpc::ClientContext context;
    context.AddMetadata(server::Admission::kOwnSecretKey, secret);
    Lead reply;
    const auto get = Of<lead::v1::GetLeadRequest>("name: 'leads/anna'");
    EXPECT_EQ(ReasonOf(server::Call(channel_.get(), runtime::MethodTaking(get.GetDescriptor()),
                                    &context, get, &reply)),
              "TOKEN_MISSING");
  }
}

// Each method that takes the name of a resource that somebody owns.
TEST_F(Authentication, NobodyReachesAnothersRow) {
  MakeThem();
  const std::map<std::string, std::string> rows = {
      {"LeadService", "leads/anna"},      {"AccountService", "accounts/a-1"},
      {"ContactService", "contacts/a-1"}, {"ActivityService", "activities/a-1"},
      {"QuoteService", "quotes/a-1"},     {"OpportunityService", "opportunities/a-1"},
      {"OrderService", "orders/a-1"}};
  const int64_t records = Records();
  int calls = 0;
  for (const MethodDescriptor* method : runtime::Methods()) {
    auto row = rows.find(method->service()->name());
    if (row == rows.end() || method->server_streaming() || method->client_streaming()) continue;
    std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
    const auto* name = request->GetDescriptor()->FindFieldByName("name");
    if (name == nullptr) continue;
    // Nothing but the name: whatever else is missing is not told before.
    for (const std::string& target : {row->second, row->second + "-that-is-not-there"}) {
      request->GetReflection()->SetString(request.get(), name, target);
      const std::string reason = ReasonOf(StatusOf(method, *request, TokenOf("bela", "rep")));
      EXPECT_THAT(reason,
                  ::testing::AnyOf("ROW_NOT_PERMITTED", "INVALID_FIELD", "METHOD_NOT_PERMITTED"))
          << server::NameOf(method);
      calls += reason == "ROW_NOT_PERMITTED";
    }
  }
  EXPECT_EQ(Records(), records);
  EXPECT_GT(calls, 60);
}

TEST_F(Authentication, ARepSeesAndChangesWhatIsHisAndALeadWhatIsHisTeams) {
  MakeThem();
  const auto list = [this](const std::string& token, const std::string& text) {
    std::set<std::string> names;
    auto answer = CallAs<lead::v1::ListLeadsResponse>(token, Of<lead::v1::ListLeadsRequest>(text));
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    for (const Lead& lead : answer.reply.leads()) names.insert(lead.name());
    return names;
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(list(TokenOf("anna", "rep"), ""), Names{"leads/anna"});
  EXPECT_EQ(list(TokenOf("bela", "rep"), ""), Names{});
  EXPECT_EQ(list(TokenOf("bela", "lead"), ""), Names{"leads/anna"});
  EXPECT_EQ(list(TokenOf("boss", "administrator"), ""), (Names{"leads/anna", "leads/cili"}));
  // A filter does not get around it.
  EXPECT_EQ(list(TokenOf("anna", "rep"), "filter: 'owner = \"cili\" OR state = OPEN'"),
            Names{"leads/anna"});
  const auto contacted = Of<lead::v1::MarkLeadContactedRequest>("name: 'leads/anna'");
  EXPECT_EQ(CallAs<Lead>(TokenOf("bela", "rep"), contacted).reason(), "ROW_NOT_PERMITTED");
  auto lead = CallAs<Lead>(TokenOf("bela", "lead"), contacted);
  EXPECT_TRUE(lead.ok()) << lead.status.error_message();
  // The event says who it was, whatever the caller's metadata say.
  auto story = CallAs<lead::v1::ListLeadEventsResponse>(
      TokenOf("anna", "rep"), Of<lead::v1::ListLeadEventsRequest>("name: 'leads/anna'"));
  ASSERT_TRUE(story.ok()) << story.status.error_message();
  EXPECT_EQ(story.reply.events(story.reply.events_size() - 1).actor(), "bela");
}

TEST_F(Authentication, ATimelineTellsOfTheCallersRowsAlone) {
  MakeThem();
  const auto tell = [this](const std::string& authorization, const std::string& regarding) {
    return CallAs<lead::v1::ListTimelineResponse>(
        authorization, Of<lead::v1::ListTimelineRequest>(
                           absl::StrCat("include_related: true regarding: '", regarding, "'")));
  };
  const std::string anna = TokenOf("anna", "rep");
  EXPECT_EQ(tell(anna, "leads/cili").reason(), "ROW_NOT_PERMITTED");
  EXPECT_EQ(tell(anna, "leads/none").reason(), "ROW_NOT_PERMITTED");
  auto all = tell(TokenOf("boss", "administrator"), "accounts/a-1");
  ASSERT_TRUE(all.ok()) << all.status.error_message();
  auto hers = tell(anna, "accounts/a-1");
  ASSERT_TRUE(hers.ok()) << hers.status.error_message();
  EXPECT_EQ(hers.reply.entries_size(), all.reply.entries_size());
  EXPECT_EQ(tell(TokenOf("cili", "rep"), "accounts/a-1").reason(), "ROW_NOT_PERMITTED");
  // What is not shown is not among the changes either.
  auto redacted = tell(TokenOf("dora", "analyst"), "leads/anna");
  ASSERT_TRUE(redacted.ok()) << redacted.status.error_message();
  EXPECT_GT(redacted.reply.entries_size(), 0);
  EXPECT_EQ(redacted.reply.SerializeAsString().find("kis@acme.example"), std::string::npos);
}

TEST_F(Authentication, WhatIsRedactedIsNotShownNorFoundOut) {
  MakeThem();
  const std::string analyst = TokenOf("dora", "analyst");
  auto lead = CallAs<Lead>(analyst, Of<lead::v1::GetLeadRequest>("name: 'leads/anna'"));
  ASSERT_TRUE(lead.ok()) << lead.status.error_message();
  EXPECT_EQ(lead.reply.company(), "Acme");
  EXPECT_TRUE(lead.reply.emails().empty());
  auto story = CallAs<lead::v1::ListLeadEventsResponse>(
      analyst, Of<lead::v1::ListLeadEventsRequest>("name: 'leads/anna'"));
  ASSERT_TRUE(story.ok());
  EXPECT_EQ(story.reply.SerializeAsString().find("kis@acme.example"), std::string::npos);
  EXPECT_EQ(CallAs<lead::v1::ListLeadsResponse>(
                analyst, Of<lead::v1::ListLeadsRequest>("filter: 'emails:\"kis@acme.example\"'"))
                .reason(),
            "METHOD_NOT_PERMITTED");
}

// What follows from an event is the server's own doing, and asks for no token.
TEST_F(Authentication, ReactionsGoOn) {
  MakeThem();
  const std::string boss = TokenOf("boss", "administrator");
  auto qualified = CallAs<lead::v1::QualifyLeadResponse>(
      boss, Of<lead::v1::QualifyLeadRequest>(
                "name: 'leads/anna' opportunity { create: true } currency: 'EUR'"));
  ASSERT_TRUE(qualified.ok()) << qualified.status.error_message();
  const auto get = Of<opportunity::v1::GetOpportunityRequest>("name: 'opportunities/anna'");
  bool there = false;
  for (const absl::Time until = absl::Now() + absl::Seconds(20); !there && absl::Now() < until;
       absl::SleepFor(absl::Milliseconds(10)))
    there = CallAs<Opportunity>(boss, get).ok();
  EXPECT_TRUE(there);
}

TEST_F(Authentication, WhoWasTurnedAwayIsInTheAuditLog) {
  const auto get = Of<lead::v1::GetLeadRequest>("name: 'leads/nobody'");
  EXPECT_EQ(CallAs<Lead>(TokenOf("eva", "gardener"), get).reason(), "METHOD_NOT_PERMITTED");
  EXPECT_EQ(CallAs<Lead>(TokenOf("eva", "rep"), get).reason(), "ROW_NOT_PERMITTED");
  server_.reset();
  const std::string path = directory_.path() + "/data/audit.jsonl";
  EXPECT_EQ(auth::VerifyAudit(path).value(), 3);
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(
      text,
      ::testing::HasSubstr(
          R"("actor":"eva","what":"DENIED","method":"leadstream.lead.v1.LeadService/GetLead",)"
          R"("resource":"leads/nobody","why":"ROW_NOT_PERMITTED")"));
}

// The issuer changes its key; tokens of the new one are good as soon as it is published.
TEST_F(Authentication, ANewKeyIsFound) {
  const SigningKey next("k-2", "EdDSA");
  const std::string token = "Bearer " + next.Sign(TestClaims{.roles = {"administrator"}}.Json());
  const auto list = Of<lead::v1::ListLeadsRequest>("");
  EXPECT_EQ(CallAs<lead::v1::ListLeadsResponse>(token, list).reason(), "TOKEN_INVALID");
  std::ofstream(directory_.path() + "/keys.json") << KeySetOf({key_, next});
  bool good = false;
  for (const absl::Time until = absl::Now() + absl::Seconds(30); !good && absl::Now() < until;
       absl::SleepFor(absl::Milliseconds(100)))
    good = CallAs<lead::v1::ListLeadsResponse>(token, list).ok();
  EXPECT_TRUE(good);
}

class Rates : public Authentication {
  void Configure(server::Options* options) override {
    Authentication::Configure(options);
    options->security.calls_per_second_max = 5;
  }
};

TEST_F(Rates, OneCallersHurryIsNotAnothers) {
  const auto list = Of<lead::v1::ListLeadsRequest>("");
  const std::string anna = TokenOf("anna", "administrator");
  std::map<std::string, int> reasons;
  for (int i = 0; i < 40; ++i) ++reasons[CallAs<lead::v1::ListLeadsResponse>(anna, list).reason()];
  EXPECT_GE(reasons["accepted"], 10);
  EXPECT_GT(reasons["RATE_EXCEEDED"], 10);
  EXPECT_TRUE(CallAs<lead::v1::ListLeadsResponse>(TokenOf("bela", "administrator"), list).ok());
}

TEST(ThePolicyThatIsShipped, ThinksOfEveryMethod) {
  std::ifstream file(absl::StrCat(LEADSTREAM_SOURCE_DIR, "/deploy/policy.yaml"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto policy = auth::Policy::Parse(text, server::MethodsToGrant());
  ASSERT_TRUE(policy.ok()) << policy.status().message();
  // Who asks for a discount does not approve it.
  EXPECT_EQ(policy->Of("leadstream.quoting.v1.QuoteService/ApproveDiscount", {"sales-rep"}).rows,
            auth::Rows::kNone);
}

TEST(AServer, IsNotOpenToOtherMachinesByOversight) {
  server::SecurityOptions none;
  EXPECT_TRUE(server::CheckSecurity(none, "127.0.0.1:7400").ok());
  EXPECT_TRUE(server::CheckSecurity(none, "[::1]:7400").ok());
  for (const char* listen : {"0.0.0.0:7400", "[::]:7400", "10.0.0.1:7400", "leadstream:7400"}) {
    EXPECT_THAT(std::string(server::CheckSecurity(none, listen).message()),
                ::testing::AllOf(::testing::HasSubstr("--tls-certificate"),
                                 ::testing::HasSubstr("--auth-policy")))
        << listen;
  }
  none.insecure = true;
  EXPECT_TRUE(server::CheckSecurity(none, "0.0.0.0:7400").ok());
  server::SecurityOptions half;
  half.tls_certificate = "c";
  half.auth_policy = "p";
  EXPECT_THAT(std::string(server::CheckSecurity(half, "127.0.0.1:7400").message()),
              ::testing::AllOf(::testing::HasSubstr("--tls-certificate needs --tls-key"),
                               ::testing::HasSubstr("--auth-policy needs --jwks"),
                               ::testing::HasSubstr("--auth-policy needs --jwt-issuer"),
                               ::testing::HasSubstr("--auth-policy needs --jwt-audience")));
}

}  // namespace
}  // namespace leadstream::testing
