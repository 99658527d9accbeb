#include "common/server/security_options.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <vector>

#include "common/server/settings.h"

namespace leadstream::server {

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" || absl::StartsWith(host, "127.");
}

void AddSecurityFlags(CLI::App* command, SecurityOptions* options) {
  auto add = [&](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("tls-certificate", options->tls_certificate,
      "PEM file of this node's certificate chain; read again when it changes, as all of these");
  add("tls-key", options->tls_key, "PEM file of its private key");
  add("tls-client-ca", options->tls_client_ca,
      "PEM file of the authorities whose certificates callers may show; a node of the cluster "
      "must");
  add("tls-ca", options->tls_ca,
      "PEM file of the authorities by which other nodes are trusted; this node shows them its "
      "certificate");
  add("auth-policy", options->auth_policy,
      "YAML file that says who may call what: common/auth/policy.h; with it, callers need a token");
  add("jwks", options->jwks,
      "the keys that tokens are signed with: a file, or an https:// address, of a JSON Web Key "
      "Set");
  add("jwt-issuer", options->jwt_issuer, "who makes the tokens (iss)");
  add("jwt-audience", options->jwt_audience, "whom they are for (aud)");
  add("jwt-roles-claim", options->jwt_roles_claim,
      "where the caller's roles stand in a token, such as realm_access.roles")
      ->capture_default_str();
  add("calls-per-second-max", options->calls_per_second_max,
      "calls that one caller may make in a second, on average; 0: as many as it likes")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      ->add_flag("--insecure", options->insecure,
                 "answer others than this machine although anybody may listen in or call")
      ->envname(VariableOf("insecure"));
  command
      ->add_flag("--reflection", options->reflection,
                 "answer gRPC reflection although callers need tokens: it asks for none")
      ->envname(VariableOf("reflection"));
}

absl::Status CheckSecurity(const SecurityOptions& options, const std::string& listen) {
  std::vector<std::string> problems;
  auto together = [&](const char* flag, const std::string& value, const char* needed,
                      const std::string& needed_value) {
    if (!value.empty() && needed_value.empty())
      problems.push_back(absl::StrCat("--", flag, " needs --", needed));
  };
  together("tls-certificate", options.tls_certificate, "tls-key", options.tls_key);
  together("tls-key", options.tls_key, "tls-certificate", options.tls_certificate);
  together("tls-client-ca", options.tls_client_ca, "tls-certificate", options.tls_certificate);
  together("auth-policy", options.auth_policy, "jwks", options.jwks);
  together("auth-policy", options.auth_policy, "jwt-issuer", options.jwt_issuer);
  together("auth-policy", options.auth_policy, "jwt-audience", options.jwt_audience);
  together("jwks", options.jwks, "auth-policy", options.auth_policy);
  if (!options.insecure && !IsLoopback(listen)) {
    if (!options.with_tls())
      problems.push_back(absl::StrCat("--listen ", listen,
                                      " is open to other machines: it needs --tls-certificate, or "
                                      "--insecure if that is meant"));
    if (!options.with_authentication())
      problems.push_back(absl::StrCat("--listen ", listen,
                                      " is open to other machines: it needs --auth-policy, or "
                                      "--insecure if that is meant"));
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
}

}  // namespace leadstream::server
