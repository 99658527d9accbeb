// Settings: one schema for the command line, the environment and a file. A setting is written once,
// as a flag (options.h); it is also LEADSTREAM_<NAME> in the environment, and a key of the YAML
// file that --config names. The command line goes before the environment, that before the file.
//
//   AddFlags(&app, &options);
//   TakeSettings(&app, &options.configuration);
//
// What is wrong in the environment and in the file is refused together, each with the variable or
// the line that it stands in, and what would be right.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace leadstream::server {

struct Setting {
  std::string name;      // "queue-depth-max"
  std::string variable;  // "LEADSTREAM_QUEUE_DEPTH_MAX"
  std::string takes;     // "a positive number"
  std::string initial;   // what it is where nobody says anything; empty: nothing
  std::string help;
  bool is_list = false;
  bool is_secret = false;
};

// All of a command's, in the order in which they were added.
std::vector<Setting> SettingsOf(CLI::App* command);
std::string VariableOf(const std::string& name);

// The flags of `command`, all of which were added before, are settings. Adds --config and
// --print-config. `effective` is what they are in force, as YAML with secrets masked, after
// parsing.
void TakeSettings(CLI::App* command, std::string* effective);

// Marks a flag whose value is shown to nobody.
inline constexpr char kSecretType[] = "SECRET";

// A page of documentation: every setting, as Markdown.
std::string SettingsPage(const std::vector<Setting>& settings);
// A file with every setting at what it is anyway, and what it is for.
std::string SettingsTemplate(const std::vector<Setting>& settings);

}  // namespace leadstream::server
