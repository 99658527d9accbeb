// `leadstream config`, and the page that it makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/cli/run_leadstream.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

TEST(Config, PageInTheDocumentationIsCurrent) {
  std::ifstream in(LEADSTREAM_SOURCE_DIR "/docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const Ran ran = Leadstream("config --table");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.output, page)
      << "build/release/leadstream config --table > docs/configuration.md makes it so";
}

TEST(Config, PrintsAFileToBeginWith) {
  const Ran ran = Leadstream("config");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("#log-level: info\n"));
}

TEST(Config, InForceIsPrintedAndNothingServed) {
  const Ran ran = Leadstream("serve --data /proc/nowhere --print-config", "LEADSTREAM_NODE=anna");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("node: anna  # LEADSTREAM_NODE\n"));
}

}  // namespace
}  // namespace leadstream::testing
