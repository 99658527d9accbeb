// Reads settings from the environment and from a file, and finds all that is wrong with them.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

namespace leadstream::server {

// Gives a command's flags what neither the command line nor an earlier call has given them.
class SettingsReader {
 public:
  explicit SettingsReader(CLI::App* command);

  void ReadEnvironment();
  void ReadFile(const std::string& path);

  // "leadstream.yaml:3: there is no setting dta; did you mean data?"
  const std::vector<std::string>& problems() const { return problems_; }
  // By setting, the variable or the line that gave it its value.
  const std::map<std::string, std::string>& sources() const { return sources_; }

 private:
  void Take(const std::string& where, CLI::Option* option, const std::vector<std::string>& values,
            const std::string& shown);
  void Add(const std::string& where, const std::string& what);

  CLI::App* const command_;
  std::map<std::string, CLI::Option*> options_;  // by setting
  std::vector<std::string> problems_;
  std::map<std::string, std::string> sources_;
};

}  // namespace leadstream::server
