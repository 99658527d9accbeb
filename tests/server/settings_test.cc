// One schema for the command line, the environment and a file.
#include "common/server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/server/options.h"
#include "tests/temporary_directory.h"

namespace leadstream::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SettingsTest : public ::testing::Test {
 protected:
  // What a command line makes of the options; a message if it is refused.
  std::string Parse(std::vector<std::string> arguments) {
    CLI::App app;
    options_ = Options();
    AddFlags(&app, &options_);
    TakeSettings(&app, &options_.configuration);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    try {
      app.parse(arguments);
      return "";
    } catch (const CLI::ParseError& error) {
      return error.what();
    }
  }
  std::string File(const std::string& text) {
    std::ofstream(file_) << text;
    return file_;
  }

  leadstream::testing::TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/leadstream.yaml";
  Options options_;
};

TEST_F(SettingsTest, AreTakenFromAFile) {
  EXPECT_EQ(
      Parse({"--config", File("listen: 0.0.0.0:7401\nallow-weak-topics: true\nqueue-depth-max: 7\n"
                              "peer:\n  - lead=a:1,b:1\n  - billing=c:1\n")}),
      "");
  EXPECT_EQ(options_.listen, "0.0.0.0:7401");
  EXPECT_TRUE(options_.allow_weak_topics);
  EXPECT_EQ(options_.queue_depth_max, 7);
  EXPECT_THAT(options_.peer_list, ::testing::ElementsAre("lead=a:1,b:1", "billing=c:1"));
}

TEST_F(SettingsTest, AFileOfCommentsSaysNothing) {
  EXPECT_EQ(Parse({"--config", File("# nothing yet\n")}), "");
}

TEST_F(SettingsTest, SayWhereTheyAreFrom) {
  setenv("LEADSTREAM_NODE", "anna", 1);
  EXPECT_EQ(Parse({"--partitions", "3", "--config", File("data: /tmp/x\nnode: bela\n")}), "");
  unsetenv("LEADSTREAM_NODE");
  EXPECT_THAT(options_.configuration, HasSubstr("partitions: 3  # the command line\n"));
  EXPECT_THAT(options_.configuration, HasSubstr("node: anna  # LEADSTREAM_NODE\n"));
  EXPECT_THAT(options_.configuration, HasSubstr("data: /tmp/x  # " + file_ + ":1\n"));
  EXPECT_THAT(options_.configuration, HasSubstr("log-level: info\n"));
}

TEST_F(SettingsTest, ShowNoSecret) {
  EXPECT_EQ(Parse({"--page-token-key", "hush-hush-hush-hush", "--kafka-property",
                   "sasl.password=hush;sasl.username=anna;ssl.key.pem=hush"}),
            "");
  EXPECT_THAT(options_.configuration, HasSubstr("page-token-key: \"***\""));
  EXPECT_THAT(options_.configuration, HasSubstr("sasl.password=***"));
  EXPECT_THAT(options_.configuration, HasSubstr("ssl.key.pem=***"));
  EXPECT_THAT(options_.configuration, HasSubstr("sasl.username=anna"));
  EXPECT_THAT(options_.configuration, Not(HasSubstr("hush")));
}

TEST_F(SettingsTest, InForceAreAFileThatSaysTheSame) {
  EXPECT_EQ(Parse({"--node", "a b: c", "--allow-weak-topics", "--peer", "lead=a:1;billing=b:1"}),
            "");
  const std::string first = options_.configuration;
  EXPECT_EQ(Parse({"--config", File(first)}), "");
  EXPECT_EQ(options_.node, "a b: c");
  EXPECT_EQ(options_.peer_list.size(), 2u);
  EXPECT_TRUE(options_.allow_weak_topics);
  auto without_comments = [](std::string yaml) {
    for (size_t at; (at = yaml.find("  # ")) != std::string::npos;)
      yaml.erase(at, yaml.find('\n', at) - at);
    return yaml;
  };
  EXPECT_EQ(without_comments(options_.configuration), without_comments(first));
}

TEST_F(SettingsTest, AreAllInTheTemplateWhichChangesNothing) {
  CLI::App app;
  Options options;
  AddFlags(&app, &options);
  const std::vector<Setting> settings = SettingsOf(&app);
  EXPECT_GT(settings.size(), 10u);
  std::string all = SettingsTemplate(settings);
  for (const Setting& setting : settings) {
    EXPECT_THAT(all, HasSubstr("\n#" + setting.name + ": "));
    EXPECT_FALSE(setting.help.empty()) << setting.name;
    // Every line of it, brought into force, is understood.
    const size_t at = all.find("\n#" + setting.name + ": ");
    all.erase(at + 1, 1);
  }
  EXPECT_EQ(Parse({"--config", File(all)}), "");
}

}  // namespace
}  // namespace leadstream::server
