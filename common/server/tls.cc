#include "common/server/tls.h"

#include <absl/strings/str_cat.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace leadstream::server {
namespace {

namespace tls = grpc::experimental;

constexpr unsigned kLookIntervalSeconds = 5;

using File = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Certificate ReadCertificate(const std::string& path) {
  const File file(BIO_new_file(path.c_str(), "r"), BIO_free);
  return {file == nullptr ? nullptr : PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr),
          X509_free};
}

// Nobody is asked for the password of a key that has one.
Key ReadKey(const std::string& path) {
  const File file(BIO_new_file(path.c_str(), "r"), BIO_free);
  auto no_password = [](char*, int, int, void*) { return 0; };
  return {file == nullptr ? nullptr
                          : PEM_read_bio_PrivateKey(file.get(), nullptr, no_password, nullptr),
          EVP_PKEY_free};
}

absl::Status NoCertificate(const char* flag, const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": ", path, " holds no certificate that can be read (PEM)"));
}

}  // namespace

absl::Status CheckTlsFiles(const SecurityOptions& options) {
  for (const auto& [flag, path] :
       {std::pair("tls-client-ca", options.tls_client_ca), std::pair("tls-ca", options.tls_ca)}) {
    if (!path.empty() && ReadCertificate(path) == nullptr) return NoCertificate(flag, path);
  }
  if (!options.with_tls()) return absl::OkStatus();
  const Certificate certificate = ReadCertificate(options.tls_certificate);
  const Key key = ReadKey(options.tls_key);
  if (certificate == nullptr) return NoCertificate("tls-certificate", options.tls_certificate);
  if (key == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(
        "--tls-key: ", options.tls_key, " holds no key that can be read (PEM, no password)"));
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return absl::InvalidArgumentError(absl::StrCat("the key in ", options.tls_key,
                                                   " is not that of the certificate in ",
                                                   options.tls_certificate));
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
    return absl::InvalidArgumentError(
        absl::StrCat("the certificate in ", options.tls_certificate, " has expired"));
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const SecurityOptions& options) {
  if (!options.with_tls()) return grpc::InsecureServerCredentials();
  auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
      options.tls_key, options.tls_certificate, options.tls_client_ca, kLookIntervalSeconds);
  tls::TlsServerCredentialsOptions with(provider);
  with.watch_identity_key_cert_pairs();
  if (!options.tls_client_ca.empty()) {
    with.watch_root_certs();
    with.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(with);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const SecurityOptions& options) {
  if (options.tls_ca.empty()) return grpc::InsecureChannelCredentials();
  tls::TlsChannelCredentialsOptions with;
  if (options.with_tls()) {
    with.set_certificate_provider(std::make_shared<tls::FileWatcherCertificateProvider>(
        options.tls_key, options.tls_certificate, options.tls_ca, kLookIntervalSeconds));
    with.watch_identity_key_cert_pairs();
  } else {
    with.set_certificate_provider(std::make_shared<tls::FileWatcherCertificateProvider>(
        options.tls_ca, kLookIntervalSeconds));
  }
  with.watch_root_certs();
  return tls::TlsCredentials(with);
}

std::vector<std::string> CertificateNames(const grpc::ServerContextBase& context) {
  const auto shown = context.auth_context();
  std::vector<std::string> names;
  if (shown == nullptr || !shown->IsPeerAuthenticated()) return names;
  for (const grpc::string_ref& name : shown->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME))
    names.emplace_back(name.data(), name.size());
  return names;
}

}  // namespace leadstream::server
