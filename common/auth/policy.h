// Who may call what, and sees which rows and fields: one YAML file.
//
//   nodes: ["*.leadstream.svc"]              # certificates of the cluster's own nodes
//   public: [grpc.reflection.v1alpha.ServerReflection/*]   # without a token
//   teams: {east: [anna, bela]}
//   roles:
//     sales-rep:
//     - methods: [LeadService/*, QuoteService/Get*]
//       rows: own                            # own, team or all (if nothing is said)
//     auditor:
//     - methods: ['*/Get*', '*/List*']
//       redact: [emails, phones]             # fields of that name are not shown
//
// A method is named by its service, with or without the package, and its own name; `*` stands for
// any part of it. Where it stands for the service, it grants, but does not count as having thought
// of the method. A caller with several roles has the widest rows that one of them gives, and what
// all of them redact is redacted. Immutable, thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <set>
#include <string>
#include <vector>

namespace leadstream::auth {

// Whose rows: those of resources that have an `owner`. Others are everybody's who may call.
enum class Rows { kNone, kOwn, kTeam, kAll };

// What a caller may of a method.
struct Access {
  Rows rows = Rows::kNone;  // none: it may not be called
  std::set<std::string> redacted;
};

class Policy {
 public:
  // `methods`: all that are served, "leadstream.lead.v1.LeadService/CreateLead". InvalidArgument
  // lists every problem with its line: what cannot be understood, a pattern that names no method,
  // and each method that nothing names. So none is served by oversight.
  static absl::StatusOr<Policy> Parse(const std::string& yaml,
                                      const std::vector<std::string>& methods);

  bool IsPublic(absl::string_view method) const { return public_.contains(method); }
  Access Of(absl::string_view method, const std::vector<std::string>& roles) const;
  // Whether a certificate with this name is that of a node.
  bool IsNode(absl::string_view certificate_name) const;
  // Everybody who shares a team with `subject`, and the subject itself.
  std::vector<std::string> TeamOf(const std::string& subject) const;

 private:
  struct Grant {
    std::string role;
    Rows rows;
    std::set<std::string> redacted;
  };
  friend class PolicyReader;

  std::vector<std::string> nodes_;
  std::set<std::string, std::less<>> public_;
  std::vector<std::set<std::string>> teams_;
  absl::flat_hash_map<std::string, std::vector<Grant>> grants_;  // by method
};

}  // namespace leadstream::auth
