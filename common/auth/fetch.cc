#include "common/auth/fetch.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <curl/curl.h>

#include <fstream>
#include <iterator>
#include <memory>

namespace leadstream::auth {
namespace {

constexpr long kSecondsMax = 5;

size_t Take(char* bytes, size_t one, size_t count, void* to) {
  auto* text = static_cast<std::string*>(to);
  if (text->size() + count * one > kTextBytesMax) return 0;  // which ends the transfer
  text->append(bytes, count * one);
  return count * one;
}

absl::StatusOr<std::string> FetchUrl(const std::string& url) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (ready != CURLE_OK || curl == nullptr) return absl::InternalError("libcurl cannot be used");
  std::string text;
  char problem[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR,
                   absl::StartsWith(url, "https://") ? "https" : "http");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kSecondsMax);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &text);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, problem);
  const CURLcode result = curl_easy_perform(curl.get());
  if (result != CURLE_OK)
    return absl::UnavailableError(
        absl::StrCat(url, ": ", *problem != 0 ? problem : curl_easy_strerror(result)));
  return text;
}

bool IsLoopback(const std::string& url) {
  for (const char* host : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    const std::string rest =
        absl::StartsWith(url, host) ? url.substr(std::string(host).size()) : "x";
    if (rest.empty() || rest[0] == ':' || rest[0] == '/') return true;
  }
  return false;
}

}  // namespace

bool IsUrl(const std::string& place) {
  return absl::StartsWith(place, "https://") || absl::StartsWith(place, "http://");
}

absl::StatusOr<std::string> Fetch(const std::string& place) {
  if (absl::StartsWith(place, "http://") && !IsLoopback(place))
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": who listens in could give keys of their own; take https://"));
  if (IsUrl(place)) return FetchUrl(place);
  std::ifstream file(place, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad())
    return absl::UnavailableError(absl::StrCat("cannot read ", place));
  if (text.size() > kTextBytesMax)
    return absl::InvalidArgumentError(absl::StrCat(place, " is too long"));
  return text;
}

}  // namespace leadstream::auth
