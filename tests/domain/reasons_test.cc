// Every reason of every service stands in the service's README. (That each is given, and by what
// code, the table of each context says: *_refusals_test.cc and the like.)
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "leadstream/billing/v1/error_reason.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/error_reason.pb.h"
#include "leadstream/ordering/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"

namespace leadstream {
namespace {

std::set<std::string> WordsOf(const std::string& file) {
  std::ifstream in(absl::StrCat(LEADSTREAM_SOURCE_DIR, "/", file));
  EXPECT_TRUE(in.good()) << file;
  std::stringstream text;
  text << in.rdbuf();
  return absl::StrSplit(text.str(), absl::ByAnyChar(" `|,;:.()\n"));
}

void ExpectListed(const std::string& service, const google::protobuf::EnumDescriptor* reasons) {
  const std::string file = absl::StrCat("services/", service, "/README.md");
  const std::set<std::string> words = WordsOf(file);
  for (int i = 0; i < reasons->value_count(); ++i) {
    if (reasons->value(i)->number() == 0) continue;
    EXPECT_TRUE(words.contains(reasons->value(i)->name()))
        << reasons->value(i)->name() << " does not stand in " << file;
  }
}

TEST(Reasons, StandInTheReadmeOfTheirService) {
  ExpectListed("lead", lead::v1::ErrorReason_descriptor());
  ExpectListed("opportunity", opportunity::v1::ErrorReason_descriptor());
  ExpectListed("quoting", quoting::v1::ErrorReason_descriptor());
  ExpectListed("ordering", ordering::v1::ErrorReason_descriptor());
  ExpectListed("billing", billing::v1::ErrorReason_descriptor());
}

}  // namespace
}  // namespace leadstream
