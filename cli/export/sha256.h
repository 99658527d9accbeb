// SHA-256 of what is added, bit by bit. Not thread-safe.
#pragma once

#include <absl/strings/string_view.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

namespace leadstream::exporting {

class Sha256 {
 public:
  Sha256();
  void Add(absl::string_view bytes);
  // In hexadecimal digits; once, at the end.
  std::string Hex();

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace leadstream::exporting
