// The paths of sales as people, programs and Graphviz read them.
#pragma once

#include <map>
#include <string>

#include "cli/mine/paths.h"

namespace leadstream::cli {

// `by` is what they are told apart by, "source"; empty: they are not. No more than `variants` of
// each.
std::string ToText(const std::map<std::string, mine::Paths>& paths, const std::string& by,
                   size_t variants_max);
// One line for each group; all variants.
std::string ToJson(const std::map<std::string, mine::Paths>& paths, const std::string& by);
// A graph of which step follows which, how often and after how long; a graph for each group.
std::string ToDot(const std::map<std::string, mine::Paths>& paths);

}  // namespace leadstream::cli
