#include "services/opportunity/process_rules.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <set>

#include "common/domain/update.h"
#include "services/opportunity/opportunity_checks.h"
#include "services/opportunity/passages.h"
#include "services/opportunity/process.h"

namespace leadstream::opportunity {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
using domain::Context;
using domain::Decision;
using domain::Refuse;

namespace {

using google::protobuf::FieldDescriptor;
using Labels = google::protobuf::RepeatedPtrField<ProcessLabel>;

void CheckLabels(const Labels& labels, const std::string& path, Problems* problems) {
  std::set<std::string> languages;
  for (int i = 0; i < labels.size(); ++i) {
    if (languages.insert(labels[i].language()).second) continue;
    problems->Add(PROCESS_INVALID, absl::StrCat(path, "[", i, "].language"), "has a label already");
  }
}

// A field of opportunities, or one within it.
bool IsField(absl::string_view path) {
  const google::protobuf::Descriptor* message = Opportunity::descriptor();
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    if (message == nullptr) return false;
    const FieldDescriptor* field = message->FindFieldByName(std::string(name));
    if (field == nullptr) return false;
    message = field->is_repeated() ? nullptr : field->message_type();
  }
  return true;
}

void CheckStageOf(const ProcessStage& stage, const std::string& path, Problems* problems) {
  CheckLabels(stage.labels(), absl::StrCat(path, ".labels"), problems);
  if (stage.probability() < 0 || stage.probability() > 100)
    problems->Add(PROCESS_INVALID, absl::StrCat(path, ".probability"), "is from 0 to 100");
  if (stage.forecast_category() == Opportunity::CLOSED)
    problems->Add(PROCESS_INVALID, absl::StrCat(path, ".forecast_category"),
                  "is CLOSED only by winning");
  for (int i = 0; i < stage.required_fields_size(); ++i) {
    if (IsField(stage.required_fields(i))) continue;
    problems->Add(PROCESS_INVALID, absl::StrCat(path, ".required_fields[", i, "]"),
                  absl::StrCat("opportunities have no field \"", stage.required_fields(i), "\""));
  }
}

void Check(const ProcessDefinition& process, Problems* problems) {
  CheckLabels(process.labels(), "process_definition.labels", problems);
  if (process.stages().empty())
    problems->Add(PROCESS_INVALID, "process_definition.stages", "there is at least one");
  std::set<std::string> stages;
  for (int i = 0; i < process.stages_size(); ++i) {
    const std::string path = absl::StrCat("process_definition.stages[", i, "]");
    if (!stages.insert(process.stages(i).stage()).second)
      problems->Add(PROCESS_INVALID, absl::StrCat(path, ".stage"), "is there twice");
    CheckStageOf(process.stages(i), path, problems);
  }
}

// What is not said of a stage is said for it.
void Complete(ProcessDefinition* process) {
  for (ProcessStage& stage : *process->mutable_stages()) {
    if (stage.forecast_category() == Opportunity::FORECAST_CATEGORY_UNSPECIFIED)
      stage.set_forecast_category(Opportunity::PIPELINE);
  }
}

const std::string& TargetOf(const Opportunity& opportunity,
                            const MigrateOpportunityRequest& request) {
  return request.process_definition().empty() ? opportunity.process_definition()
                                              : request.process_definition();
}

}  // namespace

Decision Decide(const ProcessDefinition&, const CreateProcessDefinitionRequest& request,
                const Context&) {
  ProcessDefinitionCreated created;
  ProcessDefinition& process = *created.mutable_process_definition();
  process = request.process_definition();
  process.clear_name();
  process.clear_etag();
  Complete(&process);
  Problems problems;
  Check(process, &problems);
  if (!problems.empty()) return problems.Refused();
  return created;
}

Decision Decide(const ProcessDefinition& process, const UpdateProcessDefinitionRequest& request,
                const Context&) {
  ProcessDefinitionUpdated updated;
  ProcessDefinition after = process;
  if (auto refusal = domain::RefuseUpdate(request.process_definition(), request.update_mask(),
                                          &after, updated.mutable_update_mask()))
    return *std::move(refusal);
  Complete(&after);
  Problems problems;
  Check(after, &problems);
  if (!problems.empty()) return problems.Refused();
  domain::CopyFields(after, updated.update_mask(), updated.mutable_process_definition());
  return updated;
}

void Evolve(const ProcessDefinitionCreated& event, ProcessDefinition* process) {
  process->MergeFrom(event.process_definition());
}

void Evolve(const ProcessDefinitionUpdated& event, ProcessDefinition* process) {
  domain::CopyFields(event.process_definition(), event.update_mask(), process);
}

// It stays where it stands, so what a stage requires is not asked.
Decision Decide(const Opportunity& opportunity, const MigrateOpportunityRequest& request,
                const Context& context) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("is migrated");
  const auto* process = context.Find<ProcessDefinition>(TargetOf(opportunity, request));
  if (process == nullptr)
    return Refuse(OPPORTUNITY_PROCESS_DEFAULT,
                  "it follows the default process, of which there is one revision; say which "
                  "process it is to follow");
  const auto mapped = request.stages().find(opportunity.stage());
  const std::string& stage =
      mapped == request.stages().end() ? opportunity.stage() : mapped->second;
  const ProcessStage* found = FindStage(*process, stage);
  if (found == nullptr) {
    return domain::RefuseFields(OPPORTUNITY_STAGE_UNKNOWN,
                                "say at which stage of the process it stands then",
                                {{"stages", absl::StrCat("the process has no stage \"", stage,
                                                         "\" for \"", opportunity.stage(), "\"")}});
  }
  Opportunity after;
  Follow(*process, &after);
  OpportunityMigrated migrated;
  migrated.set_process_definition(after.process_definition());
  migrated.set_process_revision(after.process_revision());
  migrated.set_from_stage(opportunity.stage());
  migrated.set_stage(stage);
  migrated.set_probability(found->probability());
  migrated.set_forecast_category(found->forecast_category());
  if (stage != opportunity.stage() ||
      after.process_definition() != opportunity.process_definition())
    *migrated.mutable_stage_time() = context.now;
  return migrated;
}

std::vector<std::string> Needs(const Opportunity& opportunity,
                               const MigrateOpportunityRequest& request, const domain::Found&) {
  const std::string& target = TargetOf(opportunity, request);
  if (target.empty()) return {};
  return {target};
}

void Evolve(const OpportunityMigrated& event, Opportunity* opportunity) {
  if (event.has_stage_time()) LeaveStage(event.stage_time(), false, opportunity);
  opportunity->set_process_definition(event.process_definition());
  opportunity->set_process_revision(event.process_revision());
  opportunity->set_stage(event.stage());
  opportunity->set_probability(event.probability());
  opportunity->set_forecast_category(event.forecast_category());
  if (!event.has_stage_time()) return;
  *opportunity->mutable_stage_time() = event.stage_time();
  EnterStage(event.stage_time(), opportunity);
}

}  // namespace leadstream::opportunity
