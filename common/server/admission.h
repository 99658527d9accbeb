// Who calls, and whether it may: asked before anything else is done for a call.
//
// Where no policy is given, everybody may do everything and is who the metadata says. Where one is:
// another node shows a certificate that the policy knows; anybody else shows a bearer token
// (RFC 6750), and may what the policy grants the roles in it.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "common/auth/audit_log.h"
#include "common/auth/key_set.h"
#include "common/auth/policy.h"
#include "common/auth/reloaded.h"
#include "common/auth/token.h"
#include "common/domain/decision.h"
#include "common/server/caller.h"
#include "common/server/security_options.h"

namespace leadstream::server {

// So many calls a second for each caller, on average, and twice as many at once. Thread-safe.
class CallRate {
 public:
  explicit CallRate(int per_second_max) : per_second_max_(per_second_max) {}
  // Whether this call may go on; if not, when the next may.
  bool Take(const std::string& caller, absl::Time now, absl::Duration* wait);

 private:
  struct Bucket {
    double calls = 0;
    absl::Time filled;
  };
  const int per_second_max_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

// Thread-safe.
class Admission {
 public:
  // `directory` holds the audit log.
  static absl::StatusOr<std::unique_ptr<Admission>> Open(const SecurityOptions& options,
                                                         const std::string& directory);

  // The refusal to end the call with; nothing: go on, as `caller`. The filter of a List or Watch is
  // narrowed to the caller's rows. `request` is null if what was sent is none.
  std::optional<domain::Refusal> Admit(const google::protobuf::MethodDescriptor* method,
                                       const grpc::CallbackServerContext& context,
                                       google::protobuf::Message* request, Caller* caller);
  // A call was turned away later, for the sake of a row. To be audited.
  void Denied(const Caller& caller, const google::protobuf::MethodDescriptor* method,
              const std::string& resource, const std::string& reason);

  // Whom the load of a call is put down to. Where nobody is asked who he is, that is the machine,
  // without the port, which is another one each time.
  std::string WhoCalls(const grpc::CallbackServerContext& context, const Caller& caller) const;

  // By what a call of this process to itself is known: nobody else knows it.
  const std::string& own_secret() const { return own_secret_; }
  static constexpr char kOwnSecretKey[] = "leadstream-own-secret";

 private:
  explicit Admission(const SecurityOptions& options)
      : options_(options),
        token_rules_{options.jwt_issuer, options.jwt_audience, options.jwt_roles_claim},
        rate_(options.calls_per_second_max) {}
  std::optional<domain::Refusal> Authenticate(const grpc::CallbackServerContext& context,
                                              std::string* subject,
                                              std::vector<std::string>* roles);
  std::optional<domain::Refusal> Authorize(const auth::Policy& policy,
                                           const std::string& method_name,
                                           const google::protobuf::MethodDescriptor* method,
                                           const std::vector<std::string>& roles,
                                           google::protobuf::Message* request, Caller* caller);
  // A call of this process to itself.
  bool IsOwn(const grpc::CallbackServerContext& context) const;

  const SecurityOptions options_;
  const auth::TokenRules token_rules_;
  std::string own_secret_;
  CallRate rate_;
  std::unique_ptr<auth::Reloaded<auth::Policy>> policy_;
  std::unique_ptr<auth::Reloaded<auth::KeySet>> keys_;
  std::unique_ptr<auth::AuditLog> audit_;
};

// All methods that a policy must speak of, of all services: one policy does for the whole cluster.
std::vector<std::string> MethodsToGrant();
// What the nodes of the cluster call of each other, and nobody else may.
bool IsAmongNodes(const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::server
