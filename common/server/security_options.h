// Flags of whoever answers others: certificates, tokens, who may what, and how much of it.
#pragma once

#include <absl/status/status.h>
#include <CLI/CLI.hpp>

#include <string>

namespace leadstream::server {

struct SecurityOptions {
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
  std::string tls_ca;
  std::string auth_policy;
  std::string jwks;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::string jwt_roles_claim = "roles";
  bool insecure = false;
  bool reflection = false;
  int calls_per_second_max = 0;

  bool with_tls() const { return !tls_certificate.empty(); }
  bool with_authentication() const { return !auth_policy.empty(); }
};

// Whether HOST:PORT is this machine's alone.
bool IsLoopback(const std::string& address);
void AddSecurityFlags(CLI::App* command, SecurityOptions* options);
// InvalidArgument: flags that go together are not all there; or it would answer others than this
// machine, at `listen`, without TLS or without asking who calls, and nobody said that it may.
absl::Status CheckSecurity(const SecurityOptions& options, const std::string& listen);

}  // namespace leadstream::server
