// Log lines: one JSON object each, with the trace that they belong to, and without what they must
// not tell.
#include "common/server/json_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include "common/server/redaction.h"
#include "common/telemetry/trace.h"

namespace leadstream::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Line(const std::string& message) {
  spdlog::memory_buf_t out;
  NewJsonFormatter()->format({"leadstream", spdlog::level::warn, message}, out);
  return {out.data(), out.size()};
}

struct Row {
  const char* text;
  const char* redacted;
};
constexpr Row kRows[] = {
    {"no lead of anna.kovacs+fair@kovacs.example here", "no lead of [e-mail] here"},
    {"call +36 30 123 4567 or 0036-30-1234567", "call [phone] or [phone]"},
    {"call (030) 12 34 56 78 9, please", "call [phone], please"},
    {"phone=06301234567;", "phone=[phone];"},
    {"authorization: Bearer abcdef0123456789", "authorization: Bearer [token]"},
    {"got eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", "got [token]"},
    {"sasl.password=hush sasl.username=anna", "sasl.password=[secret] sasl.username=anna"},
    {R"({"client_secret": "hush", "a": 1})", R"({"client_secret": "[secret]", "a": 1})"},
    // What stays.
    {"parked invoice-of-fulfilment of leads/73a77bf0-7020-8dd1-b2e4-3b277118f5d7",
     "parked invoice-of-fulfilment of leads/73a77bf0-7020-8dd1-b2e4-3b277118f5d7"},
    {"due at 2026-11-26T23:18:31+00:00, tried again in 1h",
     "due at 2026-11-26T23:18:31+00:00, tried again in 1h"},
    {"cannot listen on 192.168.100.200:7400", "cannot listen on 192.168.100.200:7400"},
    {"folded 1000000 of 20000000 records in 17.123456s",
     "folded 1000000 of 20000000 records in 17.123456s"},
    {"the page token is no token of this server's", "the page token is no token of this server's"},
};

TEST(Redaction, PutsOutOfSightWhatALogMustNotTell) {
  for (const Row& row : kRows) EXPECT_EQ(Redacted(row.text), row.redacted);
}

TEST(Redaction, IsQuickWhateverTheText) {
  std::string hostile;
  for (int i = 0; i < 20'000; ++i) hostile += "a.a-1@";
  EXPECT_FALSE(Redacted(hostile).empty());
  EXPECT_FALSE(Redacted(std::string(1 << 20, '1')).empty());
}

TEST(JsonLog, IsRedacted) {
  EXPECT_THAT(Line("mail of anna@kovacs.example"), HasSubstr("\"message\":\"mail of [e-mail]\""));
}

TEST(JsonLog, SaysWhichTraceItBelongsTo) {
  EXPECT_THAT(Line("x"), Not(HasSubstr("trace_id")));
  {
    telemetry::ScopedTrace trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_THAT(Line("x"), HasSubstr("\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
                                     "\"span_id\":\"b7ad6b7169203331\""));
    {
      telemetry::ScopedTrace none("");
      EXPECT_THAT(Line("x"), Not(HasSubstr("trace_id")));
    }
    EXPECT_THAT(Line("x"), HasSubstr("trace_id"));
  }
  EXPECT_THAT(Line("x"), Not(HasSubstr("trace_id")));
}

}  // namespace
}  // namespace leadstream::server
