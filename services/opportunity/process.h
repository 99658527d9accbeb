// The process that an opportunity follows: which stages there are, and which of them it may come
// to.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/opportunity/v1/process.pb.h"
#include "services/opportunity/opportunity_checks.h"

namespace leadstream::opportunity {

// What there is where nothing is defined: Qualify, Develop, Propose, Close.
const v1::ProcessDefinition& DefaultProcess();

// `processDefinitions/{id}@{revision}` (AIP-162): the process as it was when the opportunity began,
// or was last migrated. Empty: it follows the default one.
std::string ProcessRevisionOf(const v1::Opportunity& opportunity);
// That process. The command's needs name it.
const v1::ProcessDefinition& ProcessOf(const v1::Opportunity& opportunity,
                                       const domain::Context& context);

// The types of customers: those with an account, and those without.
inline constexpr char kBusiness[] = "business";
inline constexpr char kConsumer[] = "consumer";
std::string CustomerTypeOf(const v1::Opportunity& opportunity);

// Makes the opportunity follow a process as it is now.
void Follow(const v1::ProcessDefinition& process, v1::Opportunity* opportunity);
// The one of those found that is for such a customer, of several the one with the highest rank;
// null: none is.
const v1::ProcessDefinition* ProcessFor(const v1::Opportunity& opportunity,
                                        const domain::Context& context);

// Null if the process has no such stage.
const v1::ProcessStage* FindStage(const v1::ProcessDefinition& process, absl::string_view id);
// There is such a stage, and all that must be known before it, or before one that lies on the way,
// is known. Fields of the opportunity are named under `opportunity.`.
void CheckStage(const v1::ProcessDefinition& process, absl::string_view stage,
                const v1::Opportunity& opportunity, const std::string& field, Problems* problems);
// Whether the opportunity's field is filled; `path` is a field's name, or one within it by a dot.
bool IsFilled(const google::protobuf::Message& message, absl::string_view path);

// The probability and forecast category that nobody gave are the stage's, which must be known.
void CompleteForecast(const v1::ProcessDefinition& process, v1::Opportunity* opportunity);

}  // namespace leadstream::opportunity
