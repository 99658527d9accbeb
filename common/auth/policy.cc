#include "common/auth/policy.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <fnmatch.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace leadstream::auth {
namespace {

// `*` and `?`, of all characters.
bool Matches(const std::string& pattern, absl::string_view text) {
  return fnmatch(pattern.c_str(), std::string(text).c_str(), FNM_NOESCAPE) == 0;
}

// "LeadService/*" names the methods of leadstream.lead.v1.LeadService as well.
bool Names(const std::string& pattern, absl::string_view method) {
  if (Matches(pattern, method)) return true;
  const size_t package_end = method.rfind('.', method.find('/'));
  return package_end != method.npos && Matches(pattern, method.substr(package_end + 1));
}

std::optional<Rows> RowsOf(const std::string& text) {
  if (text == "own") return Rows::kOwn;
  if (text == "team") return Rows::kTeam;
  if (text == "all") return Rows::kAll;
  return std::nullopt;
}

}  // namespace

// Reads on after a problem, so that all are told at once.
class PolicyReader {
 public:
  explicit PolicyReader(const std::vector<std::string>& methods) : methods_(methods) {}

  absl::StatusOr<Policy> Read(const std::string& yaml) {
    try {
      const YAML::Node root = YAML::Load(yaml);
      if (!root.IsMap()) return absl::InvalidArgumentError("holds no `roles:`");
      ReadMap(root, {{"nodes", [this](const YAML::Node& n) { ReadTexts(n, &policy_.nodes_); }},
                     {"public", [this](const YAML::Node& node) { ReadPublic(node); }},
                     {"teams", [this](const YAML::Node& node) { ReadTeams(node); }},
                     {"roles", [this](const YAML::Node& node) { ReadRoles(node); }}});
    } catch (const YAML::Exception& error) {
      return absl::InvalidArgumentError(error.what());
    }
    for (const std::string& method : methods_) {
      if (!named_.contains(method))
        problems_.push_back(absl::StrCat("nothing says who may call ", method));
    }
    if (!problems_.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems_, "\n"));
    return std::move(policy_);
  }

 private:
  using Readers = std::vector<std::pair<std::string, std::function<void(const YAML::Node&)>>>;

  void Problem(const YAML::Node& at, absl::string_view what) {
    problems_.push_back(absl::StrCat("line ", at.Mark().line + 1, ": ", what));
  }

  void ReadMap(const YAML::Node& map, const Readers& readers) {
    if (!map.IsMap()) return Problem(map, "takes `key: value` lines");
    for (const auto& entry : map) {
      const std::string key = entry.first.as<std::string>();
      const auto reader = std::find_if(readers.begin(), readers.end(),
                                       [&](const auto& one) { return one.first == key; });
      if (reader == readers.end()) {
        Problem(entry.first,
                absl::StrCat("there is no `", key, "`; there are ",
                             absl::StrJoin(readers, ", ", [](std::string* out, const auto& one) {
                               out->append(one.first);
                             })));
      } else {
        reader->second(entry.second);
      }
    }
  }

  template <typename Texts>
  void ReadTexts(const YAML::Node& list, Texts* texts) {
    if (!list.IsSequence()) return Problem(list, "takes a list, [one, two]");
    for (const YAML::Node& one : list) {
      if (!one.IsScalar()) {
        Problem(one, "is no text");
      } else {
        texts->insert(texts->end(), one.Scalar());
      }
    }
  }

  std::vector<std::string> ReadMethods(const YAML::Node& list) {
    std::vector<std::string> patterns, found;
    ReadTexts(list, &patterns);
    for (const std::string& pattern : patterns) {
      bool any = false;
      for (const std::string& method : methods_) {
        if (!Names(pattern, method)) continue;
        any = true;
        found.push_back(method);
        if (pattern[0] != '*') named_.insert(method);
      }
      if (!any) Problem(list, absl::StrCat("no method is named ", pattern));
    }
    return found;
  }

  void ReadPublic(const YAML::Node& list) {
    for (const std::string& method : ReadMethods(list)) policy_.public_.insert(method);
  }

  void ReadTeams(const YAML::Node& teams) {
    if (!teams.IsMap()) return Problem(teams, "takes `team: [member, ...]` lines");
    for (const auto& team : teams) ReadTexts(team.second, &policy_.teams_.emplace_back());
  }

  void ReadRoles(const YAML::Node& roles) {
    if (!roles.IsMap()) return Problem(roles, "takes `role:` lines, each with a list of grants");
    for (const auto& role : roles) {
      if (!role.second.IsSequence()) {
        Problem(role.second, "takes a list of grants, each with `methods`");
        continue;
      }
      for (const YAML::Node& grant : role.second) ReadGrant(role.first.as<std::string>(), grant);
    }
  }

  void ReadGrant(const std::string& role, const YAML::Node& node) {
    Policy::Grant grant{role, Rows::kAll, {}};
    std::vector<std::string> methods;
    ReadMap(node, {{"methods", [&](const YAML::Node& list) { methods = ReadMethods(list); }},
                   {"rows",
                    [&](const YAML::Node& rows) {
                      const auto known = rows.IsScalar() ? RowsOf(rows.Scalar()) : std::nullopt;
                      if (!known) return Problem(rows, "`rows` is own, team or all");
                      grant.rows = *known;
                    }},
                   {"redact", [&](const YAML::Node& list) { ReadTexts(list, &grant.redacted); }}});
    if (node.IsMap() && !node["methods"]) Problem(node, "a grant needs `methods`");
    for (const std::string& method : methods) policy_.grants_[method].push_back(grant);
  }

  const std::vector<std::string>& methods_;
  std::set<std::string> named_;
  std::vector<std::string> problems_;
  Policy policy_;
};

absl::StatusOr<Policy> Policy::Parse(const std::string& yaml,
                                     const std::vector<std::string>& methods) {
  return PolicyReader(methods).Read(yaml);
}

Access Policy::Of(absl::string_view method, const std::vector<std::string>& roles) const {
  Access access;
  auto at = grants_.find(method);
  if (at == grants_.end()) return access;
  for (const Grant& grant : at->second) {
    if (std::find(roles.begin(), roles.end(), grant.role) == roles.end()) continue;
    if (access.rows == Rows::kNone) {
      access.redacted = grant.redacted;
    } else {
      std::erase_if(access.redacted,
                    [&](const std::string& field) { return !grant.redacted.contains(field); });
    }
    access.rows = std::max(access.rows, grant.rows);
  }
  return access;
}

bool Policy::IsNode(absl::string_view certificate_name) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const std::string& pattern) {
    return Matches(pattern, certificate_name);
  });
}

std::vector<std::string> Policy::TeamOf(const std::string& subject) const {
  std::set<std::string> all = {subject};
  for (const std::set<std::string>& team : teams_) {
    if (team.contains(subject)) all.insert(team.begin(), team.end());
  }
  return {all.begin(), all.end()};
}

}  // namespace leadstream::auth
