#include "services/opportunity/default_process.h"

#include <algorithm>

namespace leadstream::opportunity {
namespace {

using v1::Opportunity;

constexpr Stage kStages[] = {
    {"qualify", 20, Opportunity::PIPELINE},
    {"develop", 40, Opportunity::PIPELINE},
    {"propose", 60, Opportunity::BEST_CASE},
    {"close", 80, Opportunity::COMMITTED},
};

}  // namespace

absl::Span<const Stage> DefaultStages() { return kStages; }

const Stage* FindStage(absl::string_view id) {
  const auto* at = std::find_if(std::begin(kStages), std::end(kStages),
                                [&](const Stage& stage) { return stage.id == id; });
  return at == std::end(kStages) ? nullptr : at;
}

}  // namespace leadstream::opportunity
