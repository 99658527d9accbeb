#include "services/lead/lead_import.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/common/v1/error_reason.pb.h"
#include "services/lead/duplicates.h"
#include "services/lead/gaps.h"
#include "services/lead/phone_numbers.h"

namespace leadstream::lead {
namespace {

using domain::Refusal;
using google::protobuf::Message;
using v1::Duplicate;
using v1::ImportLeadsRequest;
using v1::ImportLeadsResponse;
using v1::Lead;
using Result = ImportLeadsResponse::Result;

constexpr int kDuplicatesNamedMax = 5;
constexpr size_t kLeadIdMax = 48;  // (rules).max_length of lead_id

std::string IdOf(const ImportLeadsRequest& row) {
  if (!row.lead_id().empty()) return row.lead_id();
  return domain::IsId(row.request_id(), kLeadIdMax) ? row.request_id() : "";
}

std::string NameOf(const ImportLeadsRequest& row) {
  const std::string id = IdOf(row);
  return id.empty() ? "" : absl::StrCat("leads/", id);
}

// The lead that the row would be.
Lead Said(const ImportLeadsRequest& row) {
  Lead lead = row.lead();
  lead.set_name(NameOf(row));
  lead.clear_etag();
  UnderstandPhones(lead.address().country(), lead.mutable_phones());
  return lead;
}

std::unique_ptr<Message> Fill(const Lead& said, const Lead& open, const ImportLeadsRequest& row,
                              Result* result) {
  Lead filled = open;
  *result->mutable_filled() = FillGaps(said, &filled);
  if (result->filled().paths().empty()) return nullptr;
  auto update = std::make_unique<v1::UpdateLeadRequest>();
  *update->mutable_update_mask() = result->filled();
  domain::CopyFields(filled, result->filled(), update->mutable_lead());
  update->mutable_lead()->set_name(open.name());
  update->mutable_lead()->set_etag(open.etag());  // what somebody writes meanwhile stays
  update->set_request_id(row.request_id());
  return update;
}

void Refused(const ImportLeadsRequest& row, const Refusal& refusal, Result* result) {
  result->set_reference(row.reference());
  // Whoever made a lead of that id a moment ago meant this row.
  if (refusal.reason == domain::ReasonName(common::v1::RESOURCE_ALREADY_EXISTS)) {
    result->set_outcome(ImportLeadsResponse::KNOWN);
    result->set_lead(NameOf(row));
    return;
  }
  result->set_outcome(ImportLeadsResponse::REJECTED);
  result->set_code(static_cast<int>(refusal.code));
  result->set_reason(refusal.reason);
  std::vector<std::string> said = {refusal.message};
  for (const domain::FieldViolation& field : refusal.fields) {
    std::string words = absl::StrCat(field.field, " ", field.description);
    if (!absl::c_linear_search(said, words)) said.push_back(std::move(words));
  }
  result->set_message(absl::StrJoin(said, "; "));
}

}  // namespace

std::vector<std::string> ImportKeys(const ImportLeadsRequest& row) {
  std::vector<std::string> keys = MatchKeys(Said(row));
  if (std::string name = NameOf(row); !name.empty()) keys.push_back(std::move(name));
  return keys;
}

std::unique_ptr<Message> PlanImport(const ImportLeadsRequest& row, const domain::Reader& reader,
                                    Result* result) {
  result->set_reference(row.reference());
  const std::string name = NameOf(row);
  const bool there = !name.empty() && reader.Find(name) != nullptr;
  if (there && row.request_id().empty()) {
    result->set_outcome(ImportLeadsResponse::KNOWN);
    result->set_lead(name);
    return nullptr;
  }
  const Lead said = Said(row);
  const std::vector<Duplicate> duplicates = DuplicatesOf(said, reader);
  for (const Duplicate& duplicate : duplicates) {
    if (result->possible_duplicates_size() == kDuplicatesNamedMax) break;
    result->add_possible_duplicates(duplicate.lead().name());
  }
  // Whether the row made the lead that is there, only the request id tells: it is asked to be
  // created once more.
  const auto open = absl::c_find_if(duplicates, [there](const Duplicate& one) {
    return !there && one.lead().state() == Lead::OPEN;
  });
  if (open != duplicates.end() && row.on_duplicate() == ImportLeadsRequest::SKIP) {
    result->set_outcome(ImportLeadsResponse::SKIPPED);
    result->set_lead(open->lead().name());
    return nullptr;
  }
  if (open != duplicates.end() && row.on_duplicate() == ImportLeadsRequest::FILL) {
    result->set_outcome(ImportLeadsResponse::FILLED);
    result->set_lead(open->lead().name());
    return Fill(said, open->lead(), row, result);
  }
  result->set_outcome(ImportLeadsResponse::CREATED);
  auto create = std::make_unique<v1::CreateLeadRequest>();
  *create->mutable_lead() = row.lead();
  create->set_lead_id(IdOf(row));
  create->set_request_id(row.request_id());
  return create;
}

domain::Intake LeadImport() {
  domain::Intake intake;
  intake.request = ImportLeadsRequest::descriptor();
  intake.keys = [](const Message& row) {
    return ImportKeys(static_cast<const ImportLeadsRequest&>(row));
  };
  intake.plan = [](const Message& row, const domain::Reader& reader, Message* result) {
    return PlanImport(static_cast<const ImportLeadsRequest&>(row), reader,
                      static_cast<Result*>(result));
  };
  intake.refused = [](const Message& row, const Refusal& refusal, Message* result) {
    Refused(static_cast<const ImportLeadsRequest&>(row), refusal, static_cast<Result*>(result));
  };
  intake.accepted = [](const Message& lead, Message* result) {
    static_cast<Result*>(result)->set_lead(static_cast<const Lead&>(lead).name());
  };
  return intake;
}

}  // namespace leadstream::lead
