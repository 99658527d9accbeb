// The record on Kafka: what goes in comes out, and a stranger's message counts for nobody.
#include "common/log/kafka_record.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "common/log/fence.h"
#include "common/log/kafka_client.h"

namespace leadstream::testing {
namespace {

using common::v1::Record;
using Headers = std::unique_ptr<rd_kafka_headers_t, log::DestroyBy<rd_kafka_headers_destroy>>;

std::string RandomText(std::mt19937_64& random, bool bytes) {
  static const std::string kPieces[] = {"a",  "Z", "é", "ő", "漢", "🜁", std::string(1, '\0'),
                                        "\n", "%", "=", ";", " "};
  std::string text;
  for (size_t length = random() % 4 == 0 ? 0 : random() % 40; length > 0; --length) {
    text += bytes ? std::string(1, static_cast<char>(random()))
                  : kPieces[random() % std::size(kPieces)];
  }
  return text;
}

// Every field random, whichever fields there are.
Record RandomRecord(std::mt19937_64& random) {
  Record record;
  for (int i = 0; i < Record::descriptor()->field_count(); ++i) {
    const auto* field = Record::descriptor()->field(i);
    if (field->cpp_type() == field->CPPTYPE_STRING) {
      record.GetReflection()->SetString(&record, field,
                                        RandomText(random, field->type() == field->TYPE_BYTES));
    } else {
      record.GetReflection()->SetInt64(&record, field,
                                       static_cast<int64_t>(random() >> (1 + random() % 63)));
    }
  }
  record.set_time_us(
      static_cast<int64_t>(random() % 250'000'000'000'000'000));  // until the year 9892
  return record;
}

TEST(KafkaRecord, WhatGoesInComesOut) {
  std::mt19937_64 random(20240601);
  for (int i = 0; i < 10'000; ++i) {
    const Record record = RandomRecord(random);
    const Headers headers(log::HeadersOf(record, "leadstream.lead"));
    const Record read = log::RecordOf(record.subject(), record.data(), headers.get());
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read, record))
        << record.DebugString() << read.DebugString();
  }
}

TEST(KafkaRecord, ClaimsToo) {
  const Record claim = log::Fence(6).NextClaim("id", {"node-1", "first", "one:1"}, 1);
  const Headers headers(log::HeadersOf(claim, "leadstream.lead"));
  EXPECT_EQ(log::RecordOf("", claim.data(), headers.get()).SerializeAsString(),
            claim.SerializeAsString());
}

TEST(KafkaRecord, UnknownHeadersAreIgnoredAndMissingOnesAreEmpty) {
  const Headers headers(rd_kafka_headers_new(4));
  auto add = [&](const char* name, const char* value) {
    rd_kafka_header_add(headers.get(), name, -1, value, -1);
  };
  add("ce_epoch", "4");
  add("ce_of_a_later_version", "x");
  add("ce_id", "");
  rd_kafka_header_add(headers.get(), "ce_actor", -1, nullptr, 0);
  add("ce_time", "2024-11-24T10:20:00+01:00");
  Record expected;
  expected.set_epoch(4);
  expected.set_subject("leads/1");
  expected.set_data("d");
  expected.set_time_us(1'732'440'000'000'000);
  EXPECT_EQ(log::RecordOf("leads/1", "d", headers.get()).DebugString(), expected.DebugString());
}

TEST(KafkaRecord, ATimeIsReadHoweverItIsWritten) {
  for (const auto& [text, time_us] : std::initializer_list<std::pair<const char*, int64_t>>{
           {"2024-11-24T09:20:00.000001Z", 1'732'440'000'000'001},
           {"2024-11-24T09:20:00.000001+00:00", 1'732'440'000'000'001},
           {"2024-11-24T09:20:00Z", 1'732'440'000'000'000},
           {"2024-02-29T00:00:00.000000Z", 1'709'164'800'000'000},
           {"1969-12-31T23:59:59.999999Z", -1},
           {"2023-02-29T00:00:00.000000Z", 0},
           {"2023-12-31T24:00:00.000000Z", 0},
           {"2023-12-31t00:00:00.000000z", 1'703'980'800'000'000},
           {"yesterday", 0}}) {
    const Headers headers(rd_kafka_headers_new(1));
    rd_kafka_header_add(headers.get(), "ce_time", -1, text, -1);
    EXPECT_EQ(log::RecordOf("leads/1", "", headers.get()).time_us(), time_us) << text;
  }
}

TEST(KafkaRecord, AStrangersMessageCountsForNobody) {
  for (const char* epoch : {"", "none", "1.5", "99999999999999999999"}) {
    const Headers headers(rd_kafka_headers_new(1));
    rd_kafka_header_add(headers.get(), "ce_epoch", -1, epoch, -1);
    EXPECT_FALSE(log::Fence().Admit(log::RecordOf("leads/1", "", headers.get()))) << epoch;
  }
  EXPECT_FALSE(log::Fence().Admit(log::RecordOf("leads/1", "", nullptr)))
      << "nor before the first claim";
}

}  // namespace
}  // namespace leadstream::testing
