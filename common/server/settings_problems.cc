#include "common/server/settings_problems.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "common/domain/letter_distance.h"
#include "common/server/settings.h"

namespace leadstream::server {
namespace {

constexpr char kPrefix[] = "LEADSTREAM_";
constexpr size_t kLikeMax = 2;

// The most alike of them; empty: none is alike.
template <typename Names>
std::string Alike(const std::string& name, const Names& names) {
  std::string best;
  size_t least = kLikeMax + 1;
  for (const auto& [known, unused] : names) {
    const size_t distance = domain::LetterDistance(name, known);
    if (distance < least) {
      least = distance;
      best = known;
    }
  }
  return best;
}

std::string DidYouMean(const std::string& alike) {
  return alike.empty() ? "" : absl::StrCat("; did you mean ", alike, "?");
}

}  // namespace

SettingsReader::SettingsReader(CLI::App* command) : command_(command) {
  for (const Setting& setting : SettingsOf(command))
    options_[setting.name] = command->get_option("--" + setting.name);
}

void SettingsReader::Add(const std::string& where, const std::string& what) {
  problems_.push_back(absl::StrCat(where, ": ", what));
}

// `shown` is what the value is called in a message: a secret is not repeated.
void SettingsReader::Take(const std::string& where, CLI::Option* option,
                          const std::vector<std::string>& values, const std::string& shown) {
  const std::string name = option->get_lnames().front();
  try {
    for (const std::string& value : values) option->add_result(value);
    option->run_callback();
    sources_[name] = where;
  } catch (const CLI::Error&) {
    option->clear();
    for (const Setting& setting : SettingsOf(command_)) {
      if (setting.name != name) continue;
      Add(where, absl::StrCat(name, " takes ", setting.takes, ", not ",
                              setting.is_secret ? "this" : shown, ": ", setting.help));
    }
  }
}

// Variables that are no setting may be anyone's (Kubernetes makes LEADSTREAM_PORT of a service that
// is called so), but one that looks like a setting is a slip.
void SettingsReader::ReadEnvironment() {
  std::map<std::string, CLI::Option*> variables;
  for (const auto& [name, option] : options_) {
    variables[VariableOf(name)] = option;
    const char* value = std::getenv(VariableOf(name).c_str());
    if (value == nullptr || *value == 0 || option->count() > 0) continue;
    Take(VariableOf(name), option, {value}, value);
  }
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string variable(*each, std::strcspn(*each, "="));
    if (!absl::StartsWith(variable, kPrefix) || variables.contains(variable)) continue;
    if (std::string alike = Alike(variable, variables); !alike.empty())
      Add(variable, absl::StrCat("there is no such setting", DidYouMean(alike)));
  }
}

void SettingsReader::ReadFile(const std::string& path) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(path);
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) return Add(path, "cannot be read");
    return Add(absl::StrCat(path, ":", error.mark.line + 1), error.msg);
  }
  if (root.IsNull()) return;  // nothing but comments
  if (!root.IsMap()) return Add(path, "holds no `setting: value` lines");
  std::map<std::string, int> lines;
  for (const auto& entry : root) {
    const int line = entry.first.Mark().line + 1;
    const std::string where = absl::StrCat(path, ":", line);
    if (!entry.first.IsScalar()) {
      Add(where, "a setting's name is a text");
      continue;
    }
    const std::string name = entry.first.Scalar();
    auto option = options_.find(name);
    if (option == options_.end()) {
      Add(where, absl::StrCat("there is no setting ", name, DidYouMean(Alike(name, options_))));
      continue;
    }
    if (auto [first, is_new] = lines.try_emplace(name, line); !is_new) {
      Add(where, absl::StrCat(name, " is given on line ", first->second, " already"));
      continue;
    }
    if (option->second->count() > 0) continue;  // the command line, or the environment
    const YAML::Node& value = entry.second;
    if (value.IsScalar()) {
      Take(where, option->second, {value.Scalar()}, value.Scalar());
    } else if (value.IsSequence() && std::all_of(value.begin(), value.end(),
                                                 [](const auto& e) { return e.IsScalar(); })) {
      if (value.size() > 0)
        Take(where, option->second, value.as<std::vector<std::string>>(), "a list");
    } else {
      Add(where, absl::StrCat(name, " takes a value, or a list of values"));
    }
  }
}

}  // namespace leadstream::server
