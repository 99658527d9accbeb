#include "common/server/settings.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <yaml-cpp/yaml.h>

#include <iostream>
#include <map>
#include <memory>

#include "common/server/settings_problems.h"

namespace leadstream::server {
namespace {

constexpr char kMask[] = "***";

// Properties of librdkafka that hold what nobody should read.
bool IsSecretProperty(absl::string_view name) {
  for (const char* part : {"password", "secret", "jaas", "token", "key", "pem", "credential"}) {
    if (absl::StrContains(name, part)) return true;
  }
  return false;
}

std::string Masked(const Setting& setting, const std::string& value) {
  if (value.empty()) return value;
  if (setting.is_secret) return kMask;
  const size_t at = value.find('=');
  if (setting.name == "kafka-property" && at != std::string::npos &&
      IsSecretProperty(value.substr(0, at)))
    return absl::StrCat(value.substr(0, at), "=", kMask);
  return value;
}

// CLI11 names types for programs: "INT:INT in [1 - 1024]", "TEXT:{debug,info}".
std::string InWords(absl::string_view type, bool is_flag) {
  if (is_flag) return "true or false";
  const size_t colon = type.find(':');
  absl::string_view check = colon == absl::string_view::npos ? "" : type.substr(colon + 1);
  if (absl::StartsWith(check, "{")) {
    return absl::StrJoin(absl::StrSplit(check.substr(1, check.size() - 2), ','), ", ");
  }
  if (check == "POSITIVE") return "a number from 1 on";
  if (check == "NONNEGATIVE") return "a number from 0 on";
  if (absl::StartsWith(check, "INT in [") || absl::StartsWith(check, "FLOAT in [")) {
    const bool whole = absl::StartsWith(check, "INT");
    const auto range = check.substr(check.find('[') + 1, check.rfind(']') - check.find('[') - 1);
    return absl::StrCat(whole ? "a whole number from " : "a number from ",
                        absl::StrReplaceAll(range, {{" - ", " to "}}));
  }
  if (!check.empty()) return std::string(check);
  if (absl::StartsWith(type, "INT") || absl::StartsWith(type, "UINT")) return "a whole number";
  if (absl::StartsWith(type, "FLOAT")) return "a number";
  return type == kSecretType ? "a secret" : "a text";
}

Setting SettingOf(const CLI::Option& option) {
  Setting setting;
  setting.name = option.get_lnames().front();
  setting.variable = VariableOf(setting.name);
  const bool is_flag = option.get_expected_max() == 0;
  setting.takes = InWords(option.get_type_name(), is_flag);
  setting.initial = is_flag ? "false" : option.get_default_str();
  setting.help = option.get_description();
  setting.is_list = option.get_expected_max() > 1;
  setting.is_secret = absl::StartsWith(option.get_type_name(), kSecretType);
  if (setting.is_list) setting.takes = absl::StrCat("a list, each ", setting.takes);
  return setting;
}

bool IsSetting(const CLI::Option* option) {
  return option->get_configurable() && !option->get_lnames().empty() &&
         option->get_lnames().front() != "help";
}

// `sources`: where what was not given on the command line came from.
std::string EffectiveYaml(CLI::App* command, const std::map<std::string, std::string>& sources) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  for (const CLI::Option* option :
       command->get_options([](CLI::Option* each) { return IsSetting(each); })) {
    const Setting setting = SettingOf(*option);
    out << YAML::Key << setting.name << YAML::Value;
    std::vector<std::string> values =
        option->count() > 0 ? option->results() : std::vector<std::string>();
    for (std::string& value : values) value = Masked(setting, value);
    if (setting.is_list) {
      out << YAML::Flow << values;
    } else if (!values.empty()) {
      out << values.back();
    } else {
      out << setting.initial;
    }
    auto source = sources.find(setting.name);
    if (option->count() > 0)
      out << YAML::Comment(source == sources.end() ? "the command line" : source->second);
  }
  out << YAML::EndMap;
  return absl::StrCat(out.c_str(), "\n");
}

std::string Cell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}}); }

}  // namespace

// --queue-depth-max is LEADSTREAM_QUEUE_DEPTH_MAX.
std::string VariableOf(const std::string& name) {
  return absl::StrCat("LEADSTREAM_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})));
}

std::vector<Setting> SettingsOf(CLI::App* command) {
  std::vector<Setting> settings;
  for (const CLI::Option* option :
       command->get_options([](CLI::Option* each) { return IsSetting(each); }))
    settings.push_back(SettingOf(*option));
  return settings;
}

// CLI11's own way is not taken: it stops at the first bad value, looks at the file before the
// environment, and at no file of a subcommand.
void TakeSettings(CLI::App* command, std::string* effective) {
  auto path = std::make_shared<std::string>();
  auto print = std::make_shared<bool>(false);
  command->add_option("--config", *path, "a YAML file of `setting: value` lines")
      ->envname("LEADSTREAM_CONFIG")
      ->configurable(false);
  command
      ->add_flag("--print-config", *print,
                 "print every setting as it is in force, secrets masked, and end")
      ->configurable(false);
  for (CLI::Option* option :
       command->get_options([](CLI::Option* each) { return IsSetting(each); }))
    option->envname("");
  command->footer(
      "Each flag is also a variable, such as LEADSTREAM_LOG_LEVEL, and a key of the file that\n"
      "--config names. The command line goes before the environment, that before the file.");
  command->parse_complete_callback([path, print, command, effective] {
    SettingsReader reader(command);
    reader.ReadEnvironment();
    if (!path->empty()) reader.ReadFile(*path);
    if (!reader.problems().empty())
      throw CLI::ConfigError(absl::StrJoin(reader.problems(), "\n"), CLI::ExitCodes::ConfigError);
    *effective = EffectiveYaml(command, reader.sources());
    if (!*print) return;
    std::cout << *effective;
    throw CLI::Success();
  });
}

std::string SettingsPage(const std::vector<Setting>& settings) {
  std::string page =
      "# Settings\n\n"
      "Every setting of `leadstream serve` and of the services' own executables. Each is a flag, a "
      "variable of the environment and a key of the YAML file that `--config` names; the command "
      "line goes\nbefore the environment, that before the file. Lists are written in a file as "
      "`[a, b]` or a line each, in a variable with `;` in between. What is unknown or wrong is "
      "refused, all of it at once, with its\nline and what would be right; `--print-config` prints "
      "what is in force, secrets masked.\n\n"
      "This page is made by `leadstream config --table`.\n\n"
      "| setting | variable | takes | default | what it is |\n|---|---|---|---|---|\n";
  for (const Setting& setting : settings) {
    const std::string initial =
        setting.initial.empty() || setting.is_list ? "" : absl::StrCat("`", setting.initial, "`");
    absl::StrAppend(&page, "| `", setting.name, "` | `", setting.variable, "` | ",
                    Cell(setting.takes), " | ", Cell(initial), " | ", Cell(setting.help), " |\n");
  }
  return page;
}

std::string SettingsTemplate(const std::vector<Setting>& settings) {
  std::string file;
  for (const Setting& setting : settings) {
    YAML::Emitter value;
    if (setting.is_list) {
      value << YAML::Flow << std::vector<std::string>();
    } else {
      value << setting.initial;
    }
    absl::StrAppend(&file, file.empty() ? "" : "\n", "# ", setting.help, "\n# Takes ",
                    setting.takes, ".\n#", setting.name, ": ", value.c_str(), "\n");
  }
  return file;
}

}  // namespace leadstream::server
