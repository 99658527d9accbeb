#include "common/server/admission.h"

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>

#include "common/runtime/addressing.h"
#include "common/runtime/command.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/method_name.h"
#include "common/server/tls.h"

namespace leadstream::server {
namespace {

using domain::Refusal;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kNodeService[] = "leadstream.common.v1.NodeService";
constexpr absl::Duration kKeysInterval = absl::Minutes(5);
// Callers that were heard of lately; the bound is that of the memory they take.
constexpr size_t kBucketsMax = 100'000;

Refusal Unauthenticated(common::v1::ErrorReason reason, absl::string_view why) {
  return runtime::Failure(absl::StatusCode::kUnauthenticated, reason, why);
}
Refusal NotPermitted(absl::string_view why) {
  return runtime::Failure(absl::StatusCode::kPermissionDenied, common::v1::METHOD_NOT_PERMITTED,
                          why);
}

void Report(int level, const std::string& message) {
  spdlog::log(static_cast<spdlog::level::level_enum>(level), "{}", message);
}

void SetString(Message* message, const char* name, const std::string& value) {
  const auto* field = message->GetDescriptor()->FindFieldByName(name);
  message->GetReflection()->SetString(message, field, value);
}

// Whether a List or Watch answers resources that have an owner.
bool AnswersOwned(const google::protobuf::Descriptor* response) {
  for (int i = 0; i < response->field_count(); ++i) {
    const auto* type = response->field(i)->message_type();
    if (type != nullptr && type->FindFieldByName("owner") != nullptr) return true;
  }
  return false;
}

bool Mentions(const std::string& text, const std::set<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [&text](const std::string& field) { return absl::StrContains(text, field); });
}

}  // namespace

bool IsAmongNodes(const MethodDescriptor* method) {
  static const auto* const own =
      new std::set<std::string>{"ExecuteCommand", "PingNode", "MergeStories"};
  return method->service()->full_name() == kNodeService && own->contains(method->name());
}

bool CallRate::Take(const std::string& caller, absl::Time now, absl::Duration* wait) {
  if (per_second_max_ == 0) return true;
  const double most = 2.0 * per_second_max_;
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kBucketsMax) {
    absl::erase_if(buckets_, [now](const auto& one) {
      return now - one.second.filled > absl::Seconds(2);  // they are full again
    });
  }
  auto [at, is_new] = buckets_.try_emplace(caller, Bucket{most, now});
  Bucket& bucket = at->second;
  const double earned = absl::ToDoubleSeconds(now - bucket.filled) * per_second_max_;
  bucket.calls = std::min(most, bucket.calls + std::max(0.0, earned));
  bucket.filled = now;
  if (bucket.calls < 1) {
    *wait = absl::Seconds((1 - bucket.calls) / per_second_max_);
    return false;
  }
  bucket.calls -= 1;
  return true;
}

std::vector<std::string> MethodsToGrant() {
  std::vector<std::string> names;
  for (const MethodDescriptor* method : runtime::Methods()) {
    if (!IsAmongNodes(method)) names.push_back(NameOf(method));
  }
  return names;
}

absl::StatusOr<std::unique_ptr<Admission>> Admission::Open(const SecurityOptions& options,
                                                           const std::string& directory) {
  auto admission = std::unique_ptr<Admission>(new Admission(options));
  unsigned char secret[32];
  RAND_bytes(secret, sizeof secret);
  admission->own_secret_ = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(secret), sizeof secret));
  if (!options.with_authentication()) return admission;
  auto audit = auth::AuditLog::Open((std::filesystem::path(directory) / "audit.jsonl").string());
  if (!audit.ok()) return audit.status();
  admission->audit_ = std::move(*audit);
  auto report = [log = admission->audit_.get()](int level, const std::string& message) {
    Report(level, message);
    log->Append({"CHANGED", "", "", "", message}, absl::Now());
  };
  auto policy = auth::Reloaded<auth::Policy>::Open(
      options.auth_policy,
      [](const std::string& yaml) { return auth::Policy::Parse(yaml, MethodsToGrant()); },
      {.report = report});
  if (!policy.ok()) return policy.status();
  admission->policy_ = std::move(*policy);
  auto keys = auth::Reloaded<auth::KeySet>::Open(
      options.jwks, auth::KeySet::Parse,
      {.interval = auth::IsUrl(options.jwks) ? kKeysInterval : absl::Seconds(5), .report = report});
  if (!keys.ok()) return keys.status();
  admission->keys_ = std::move(*keys);
  admission->audit_->Append({"STARTED", "", "", "", options.auth_policy}, absl::Now());
  return admission;
}

bool Admission::IsOwn(const grpc::CallbackServerContext& context) const {
  const auto& metadata = context.client_metadata();
  auto secret = metadata.find(kOwnSecretKey);
  return secret != metadata.end() && secret->second.size() == own_secret_.size() &&
         CRYPTO_memcmp(secret->second.data(), own_secret_.data(), own_secret_.size()) == 0;
}

std::optional<Refusal> Admission::Authenticate(const grpc::CallbackServerContext& context,
                                               std::string* subject,
                                               std::vector<std::string>* roles) {
  const auto& metadata = context.client_metadata();
  auto at = metadata.find("authorization");
  absl::string_view token =
      at == metadata.end() ? "" : absl::string_view(at->second.data(), at->second.size());
  if (!absl::ConsumePrefix(&token, "Bearer ") && !absl::ConsumePrefix(&token, "bearer "))
    return Unauthenticated(common::v1::TOKEN_MISSING,
                           "send a token, as `authorization: Bearer TOKEN`");
  bool expired = false;
  auto claims = auth::Verify(token, *keys_->Get(), token_rules_, absl::Now(), &expired);
  // The issuer may have made itself another key since.
  if (absl::IsNotFound(claims.status())) keys_->AskAgain();
  if (!claims.ok())
    return Unauthenticated(expired ? common::v1::TOKEN_EXPIRED : common::v1::TOKEN_INVALID,
                           claims.status().message());
  *subject = std::move(claims->subject);
  *roles = std::move(claims->roles);
  return std::nullopt;
}

std::optional<Refusal> Admission::Authorize(const auth::Policy& policy, const std::string& name,
                                            const MethodDescriptor* method,
                                            const std::vector<std::string>& roles, Message* request,
                                            Caller* caller) {
  auth::Access access = policy.Of(name, roles);
  if (access.rows == auth::Rows::kNone)
    return NotPermitted(absl::StrCat("none of your roles may call ", name));
  if (access.rows == auth::Rows::kOwn) caller->owners = {caller->actor};
  if (access.rows == auth::Rows::kTeam) caller->owners = policy.TeamOf(caller->actor);
  caller->redacted = std::move(access.redacted);
  if (request == nullptr) return std::nullopt;
  const std::string filter = runtime::StringOf(*request, "filter");
  // What is not shown cannot be found out by asking for it either.
  if (Mentions(absl::StrCat(filter, " ", runtime::StringOf(*request, "order_by")),
               caller->redacted))
    return NotPermitted("the filter or order names a field that you are not shown");
  const bool lists =
      absl::StartsWith(method->name(), "List") || absl::StartsWith(method->name(), "Watch");
  if (caller->owners && lists && request->GetDescriptor()->FindFieldByName("filter") != nullptr &&
      AnswersOwned(method->output_type())) {
    const auto narrowed = WithinRows(*caller, filter);
    if (!narrowed) return NotPermitted("a name of your team cannot be written in a filter");
    SetString(request, "filter", *narrowed);
  }
  return std::nullopt;
}

std::optional<Refusal> Admission::Admit(const MethodDescriptor* method,
                                        const grpc::CallbackServerContext& context,
                                        Message* request, Caller* caller) {
  if (IsOwn(context)) return std::nullopt;
  if (std::string actor = MetadataOf(context, "leadstream-actor"); !actor.empty())
    caller->actor = std::move(actor);
  std::optional<Refusal> refusal;
  if (policy_ != nullptr) {
    const std::string name = NameOf(method);
    const auto policy = policy_->Get();
    const auto names = CertificateNames(context);
    const auto is_node = [&policy](const std::string& one) { return policy->IsNode(one); };
    if (std::any_of(names.begin(), names.end(), is_node)) return std::nullopt;
    if (IsAmongNodes(method)) {
      refusal = NotPermitted("only a node of the cluster may call this");
    } else if (!policy->IsPublic(name)) {
      caller->actor.clear();
      std::vector<std::string> roles;
      refusal = Authenticate(context, &caller->actor, &roles);
      if (!refusal) refusal = Authorize(*policy, name, method, roles, request, caller);
    }
  }
  if (!refusal) {
    if (options_.calls_per_second_max == 0) return std::nullopt;
    absl::Duration wait;
    if (rate_.Take(WhoCalls(context, *caller), absl::Now(), &wait)) return std::nullopt;
    refusal = runtime::Failure(
        absl::StatusCode::kResourceExhausted, common::v1::RATE_EXCEEDED,
        absl::StrCat("you may call ", options_.calls_per_second_max,
                     " times a second; the next time in ", absl::FormatDuration(wait)));
  }
  Denied(*caller, method, request != nullptr ? runtime::StringOf(*request, "name") : "",
         refusal->reason);
  return refusal;
}

std::string Admission::WhoCalls(const grpc::CallbackServerContext& context,
                                const Caller& caller) const {
  if (policy_ != nullptr) return caller.actor;
  std::string machine = context.peer();
  machine.resize(std::min(machine.size(), machine.rfind(':')));
  return machine;
}

void Admission::Denied(const Caller& caller, const MethodDescriptor* method,
                       const std::string& resource, const std::string& reason) {
  if (audit_ != nullptr)
    audit_->Append({"DENIED", caller.actor, NameOf(method), resource, reason}, absl::Now());
}

}  // namespace leadstream::server
