#include "common/runtime/ids.h"

#include <absl/strings/string_view.h>
#include <absl/time/clock.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

namespace leadstream::runtime {
namespace {

using Bytes = std::array<unsigned char, 16>;

std::string Format(Bytes bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | version << 4);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 0x0F];
  }
  return text;
}

// Random bytes from a block of them: the generator costs more a call than a byte.
void Random(unsigned char* out, size_t size) {
  thread_local std::array<unsigned char, 4096> block;
  thread_local size_t used = block.size();
  if (used + size > block.size()) {
    RAND_bytes(block.data(), static_cast<int>(block.size()));
    used = 0;
  }
  std::memcpy(out, block.data() + used, size);
  used += size;
}

}  // namespace

std::string NewUuid(int64_t time_us) {
  Bytes bytes;
  const uint64_t ms = static_cast<uint64_t>(time_us / 1000);
  for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(ms >> (8 * (5 - i)));
  Random(bytes.data() + 6, 10);
  return Format(bytes, 7);
}

std::string UuidOf(std::initializer_list<absl::string_view> parts) {
  std::string text;
  for (absl::string_view part : parts) {
    text.append(part.data(), part.size());
    text.push_back('\0');
  }
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum);
  Bytes bytes;
  std::memcpy(bytes.data(), sum, bytes.size());
  return Format(bytes, 8);
}

std::string HashOf(const google::protobuf::Message& request) {
  std::string text = request.GetDescriptor()->full_name();
  {
    google::protobuf::io::StringOutputStream stream(&text);  // appends
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum);
  return std::string(reinterpret_cast<char*>(sum), 16);
}

int64_t NowMicros() { return absl::GetCurrentTimeNanos() / 1000; }

}  // namespace leadstream::runtime
