// An authority and the certificates that it signs.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace leadstream::testing {

class Authority {
 public:
  Authority()
      : key_(NewKey()), certificate_(Make("Authority of the tests", "", key_.get(), nullptr)) {}

  // Writes `authority.pem`.
  void WriteTo(const std::string& path) const {
    Replace(path, [this](FILE* file) { PEM_write_X509(file, certificate_.get()); });
  }
  // Writes a new certificate for that DNS name, and its key. Its life may have ended.
  void Issue(const std::string& name, const std::string& certificate_path,
             const std::string& key_path, long seconds = 3'600) const {
    const Key key = NewKey();
    const Certificate certificate = Make(name, "DNS:" + name, key.get(), this, seconds);
    Replace(key_path, [&](FILE* f) {
      PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    Replace(certificate_path, [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
  }

 private:
  using Key = std::shared_ptr<EVP_PKEY>;
  using Certificate = std::shared_ptr<X509>;

  static Key NewKey() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

  static Certificate Make(const std::string& name, const std::string& alternative, EVP_PKEY* key,
                          const Authority* issuer, long seconds = 3'600) {
    static long serial = 1;
    Certificate made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -7'200);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* by = issuer == nullptr ? made.get() : issuer->certificate_.get();
    X509_set_issuer_name(made.get(), X509_get_subject_name(by));
    Add(made.get(), by, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    if (!alternative.empty()) Add(made.get(), by, NID_subject_alt_name, alternative);
    X509_sign(made.get(), issuer == nullptr ? key : issuer->key_.get(), EVP_sha256());
    return made;
  }
  static void Add(X509* to, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(to, extension, -1);
    X509_EXTENSION_free(extension);
  }
  // At once, as a file that is watched is replaced.
  template <typename Write>
  static void Replace(const std::string& path, Write write) {
    FILE* file = std::fopen((path + ".new").c_str(), "w");
    write(file);
    std::fclose(file);
    std::filesystem::rename(path + ".new", path);
  }

  Key key_;
  Certificate certificate_;
};

}  // namespace leadstream::testing
