// Telephone numbers as people type them.
#include "services/lead/phone_numbers.h"

#include <gtest/gtest.h>

#include <chrono>

namespace leadstream::lead {
namespace {

TEST(PhoneNumbers, AreUnderstoodAsTyped) {
  EXPECT_EQ(ToE164("+36 30 460 0971", ""), "+36304600971");
  EXPECT_EQ(ToE164("+36 (30) 460-09-71", "DE"), "+36304600971") << "its own country code counts";
  EXPECT_EQ(ToE164("06 20 123 4567", "HU"), "+36201234567");
  EXPECT_EQ(ToE164("0036 20/123-4567", "HU"), "+36201234567");
  EXPECT_EQ(ToE164("+49 (0)30 12345678", ""), "+493012345678") << "the trunk prefix goes";
  EXPECT_EQ(ToE164("(030) 12345678", "DE"), "+493012345678");
  EXPECT_EQ(ToE164("+39 06 698 82222", ""), "+390669882222") << "an Italian zero stays";
  EXPECT_EQ(ToE164("+1 650-253-0000 ext. 12", ""), "+16502530000");
  EXPECT_EQ(ToE164("+33 70 157 1655", ""), "+33701571655") << "possible is enough";
}

TEST(PhoneNumbers, ThatCannotBeUnderstoodAreEmpty) {
  EXPECT_EQ(ToE164("06 20 123 4567", ""), "") << "which country?";
  EXPECT_EQ(ToE164("1234", "HU"), "");
  EXPECT_EQ(ToE164("call me", "HU"), "");
  EXPECT_EQ(ToE164("", "HU"), "");
  EXPECT_EQ(ToE164("+", ""), "");
  EXPECT_EQ(ToE164("+999 999 999 999", ""), "");
  EXPECT_EQ(ToE164(std::string(64, '9'), "HU"), "");
  EXPECT_EQ(ToE164("\xff\xfe", "HU"), "");
}

TEST(PhoneNumbers, KeepAnE164NumberThatCameWithThem) {
  google::protobuf::RepeatedPtrField<common::v1::Phone> phones;
  phones.Add()->set_number("the usual");
  phones[0].set_e164("+36204000000");
  phones.Add()->set_number("+36 20 400 1111");
  phones[1].set_e164("not one");
  UnderstandPhones("", &phones);
  EXPECT_EQ(phones[0].e164(), "+36204000000");
  EXPECT_FALSE(phones[0].unverified());
  EXPECT_EQ(phones[1].e164(), "+36204001111");
}

// The writer loop does this for each lead. Printed, and held loosely: the machine may be busy, or
// the build unoptimized.
TEST(PhoneNumbers, CostLittle) {
  for (const auto& [number, country] :
       {std::pair("+36 30 460 0971", ""), std::pair("06 20 123 4567", "HU"),
        std::pair("+33 70 157 1655", "")}) {
    ToE164(number, country);
    constexpr int kTimes = 2000;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kTimes; ++i) ToE164(number, country);
    const double each_us =
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
            .count() /
        kTimes;
    RecordProperty(number, std::to_string(each_us) + " us");
    std::printf("%-18s %5.1f us\n", number, each_us);
    EXPECT_LT(each_us, 500);
  }
}

}  // namespace
}  // namespace leadstream::lead
