#include "services/opportunity/process.h"

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/text_format.h>

#include "common/domain/check.h"

namespace leadstream::opportunity {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using v1::Opportunity;
using v1::ProcessDefinition;
using v1::ProcessStage;

namespace {

constexpr char kDefaultProcess[] = R"pb(
  labels { language: "en" text: "Sale" }
  labels { language: "hu" text: "Értékesítés" }
  stages {
    stage: "qualify"
    labels { language: "en" text: "Qualify" }
    labels { language: "hu" text: "Minősítés" }
    probability: 20
    forecast_category: PIPELINE
  }
  stages {
    stage: "develop"
    labels { language: "en" text: "Develop" }
    labels { language: "hu" text: "Kidolgozás" }
    probability: 40
    forecast_category: PIPELINE
  }
  stages {
    stage: "propose"
    labels { language: "en" text: "Propose" }
    labels { language: "hu" text: "Ajánlat" }
    probability: 60
    forecast_category: BEST_CASE
  }
  stages {
    stage: "close"
    labels { language: "en" text: "Close" }
    labels { language: "hu" text: "Lezárás" }
    probability: 80
    forecast_category: COMMITTED
  }
)pb";

// A list that is empty is for all.
bool IsAmong(absl::string_view value,
             const google::protobuf::RepeatedPtrField<std::string>& values) {
  return values.empty() || absl::c_any_of(values, [value](const std::string& one) {
           return absl::EqualsIgnoreCase(one, value);
         });
}

}  // namespace

const ProcessDefinition& DefaultProcess() {
  static const auto* const process = [] {
    auto* read = new ProcessDefinition;
    domain::Check(google::protobuf::TextFormat::ParseFromString(kDefaultProcess, read),
                  "the default process cannot be read");
    return read;
  }();
  return *process;
}

std::string ProcessRevisionOf(const Opportunity& opportunity) {
  if (opportunity.process_definition().empty()) return "";
  return absl::StrCat(opportunity.process_definition(), "@", opportunity.process_revision());
}

const ProcessDefinition& ProcessOf(const Opportunity& opportunity, const domain::Context& context) {
  const auto* found = context.Find<ProcessDefinition>(ProcessRevisionOf(opportunity));
  return found != nullptr ? *found : DefaultProcess();
}

std::string CustomerTypeOf(const Opportunity& opportunity) {
  return opportunity.account().empty() ? kConsumer : kBusiness;
}

void Follow(const ProcessDefinition& process, Opportunity* opportunity) {
  int64_t revision = 0;
  opportunity->set_process_definition(process.name());
  if (absl::SimpleAtoi(process.etag(), &revision)) opportunity->set_process_revision(revision);
}

const ProcessDefinition* ProcessFor(const Opportunity& opportunity,
                                    const domain::Context& context) {
  const std::string type = CustomerTypeOf(opportunity);
  const ProcessDefinition* chosen = nullptr;
  for (const ProcessDefinition* process : context.FindAll<ProcessDefinition>()) {
    if (process->retired() || !IsAmong(type, process->customer_types()) ||
        !IsAmong(opportunity.industry(), process->industries()))
      continue;
    if (chosen == nullptr || process->rank() > chosen->rank()) chosen = process;
  }
  return chosen;
}

const ProcessStage* FindStage(const ProcessDefinition& process, absl::string_view id) {
  for (const ProcessStage& stage : process.stages()) {
    if (stage.stage() == id) return &stage;
  }
  return nullptr;
}

void CheckStage(const ProcessDefinition& process, absl::string_view stage,
                const Opportunity& opportunity, const std::string& field, Problems* problems) {
  if (FindStage(process, stage) == nullptr) {
    return problems->Add(v1::OPPORTUNITY_STAGE_UNKNOWN, field,
                         absl::StrCat("the process has no stage \"", stage, "\", but ",
                                      absl::StrJoin(process.stages(), ", ",
                                                    [](std::string* out, const ProcessStage& one) {
                                                      absl::StrAppend(out, one.stage());
                                                    })));
  }
  for (const ProcessStage& passed : process.stages()) {
    for (const std::string& required : passed.required_fields()) {
      if (IsFilled(opportunity, required)) continue;
      problems->Add(v1::OPPORTUNITY_STAGE_INCOMPLETE, absl::StrCat("opportunity.", required),
                    absl::StrCat("is required at the stage \"", passed.stage(), "\""));
    }
    if (passed.stage() == stage) return;
  }
}

bool IsFilled(const Message& message, absl::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) return false;
  const auto& reflection = *message.GetReflection();
  // Of a scalar without presence: it is not empty, 0 or false.
  const bool filled = field->is_repeated() ? reflection.FieldSize(message, field) > 0
                                           : reflection.HasField(message, field);
  if (!filled || dot == absl::string_view::npos) return filled;
  return !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         IsFilled(reflection.GetMessage(message, field), path.substr(dot + 1));
}

void CompleteForecast(const ProcessDefinition& process, Opportunity* opportunity) {
  const ProcessStage* stage = FindStage(process, opportunity->stage());
  if (stage == nullptr) return;
  if (!opportunity->has_probability()) opportunity->set_probability(stage->probability());
  if (opportunity->forecast_category() == Opportunity::FORECAST_CATEGORY_UNSPECIFIED)
    opportunity->set_forecast_category(stage->forecast_category());
}

}  // namespace leadstream::opportunity
