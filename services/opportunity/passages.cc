#include "services/opportunity/passages.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

namespace leadstream::opportunity {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using v1::Opportunity;
using v1::StagePassage;

namespace {

StagePassage* FindPassage(Opportunity* opportunity) {
  for (StagePassage& passage : *opportunity->mutable_passages()) {
    if (passage.process_definition() == opportunity->process_definition() &&
        passage.stage() == opportunity->stage())
      return &passage;
  }
  return nullptr;
}

}  // namespace

void EnterStage(const Timestamp& since, Opportunity* opportunity) {
  StagePassage* passage = FindPassage(opportunity);
  if (passage == nullptr) {
    passage = opportunity->add_passages();
    passage->set_process_definition(opportunity->process_definition());
    passage->set_stage(opportunity->stage());
  }
  *passage->mutable_since() = since;
}

void LeaveStage(const Timestamp& until, bool advances, Opportunity* opportunity) {
  StagePassage* passage = FindPassage(opportunity);
  if (passage == nullptr || !passage->has_since()) return;  // it was won or lost before
  // Clocks of different nodes may disagree; nothing takes less than no time.
  const auto spent = std::max(until - passage->since(), TimeUtil::SecondsToDuration(0));
  *passage->mutable_time_spent() = passage->time_spent() + spent;
  passage->clear_since();
  if (advances) passage->set_advanced(true);
}

bool Advances(const v1::ProcessDefinition& process, const std::string& from,
              const std::string& to) {
  bool passed = false;
  for (const v1::ProcessStage& stage : process.stages()) {
    if (stage.stage() == to) return passed;
    if (stage.stage() == from) passed = true;
  }
  return false;
}

}  // namespace leadstream::opportunity
