// TLS and mutual TLS. Certificates, keys and authorities are read again when their files change, so
// that they are rotated without a restart and without a call that fails.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "common/server/security_options.h"

namespace leadstream::server {

// InvalidArgument: a file cannot be read, holds no certificate, one that has expired, or a key that
// is another certificate's. gRPC itself would only say that no handshake succeeds.
absl::Status CheckTlsFiles(const SecurityOptions& options);
// Plain text if there is no certificate. Where there are client authorities a caller may show a
// certificate, and one that is shown must be theirs.
std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const SecurityOptions& options);
// How others are called. Plain text if nothing says by whom they are trusted.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const SecurityOptions& options);
// The names in the certificate that the caller showed; none if it showed none.
std::vector<std::string> CertificateNames(const grpc::ServerContextBase& context);

}  // namespace leadstream::server
