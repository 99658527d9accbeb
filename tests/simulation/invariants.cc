#include "tests/simulation/invariants.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/store/fold_batch.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/node.h"

namespace leadstream::simulation {
namespace {

template <typename Event>
bool Is(const Counted& counted) {
  return counted.record->type() == Event::descriptor()->full_name();
}
template <typename Event>
Event As(const Counted& counted) {
  Event event;
  event.ParseFromString(counted.record->data());
  return event;
}

std::string Where(const Counted& counted) {
  return absl::StrCat(counted.service, "/", counted.partition, ":", counted.offset);
}

// One service's part.
class Check {
 public:
  Check(World* world, const Clients& clients, std::string service,
        std::vector<std::string>* violations)
      : world_(world),
        clients_(clients),
        service_(std::move(service)),
        violations_(violations),
        counted_(EventsThatCount(*world, service_)) {}

  void All() {
    FoldAnew();
    Revisions();
    Answers();
    Followers();
    Parked();
  }
  const std::vector<Counted>& counted() const { return counted_; }

 private:
  template <typename... Parts>
  void Wrong(const Parts&... parts) {
    violations_->push_back(absl::StrCat(service_, ": ", parts...));
  }

  void FoldAnew();
  void Revisions();
  void Answers();
  void AnswersOf(const Call& call);
  void Followers();
  void Parked();

  World* const world_;
  const Clients& clients_;
  const std::string service_;
  std::vector<std::string>* const violations_;
  const std::vector<Counted> counted_;
  Disk disk_;
  std::unique_ptr<store::ReadModel> folded_;
};

void Check::FoldAnew() {
  store::ReadModelOptions options;
  options.directory = "/model";
  const std::string topic = log::TopicOf(service_);
  options.partitions = world_->log.Partitions(topic);
  options.flush_interval = absl::InfiniteDuration();
  options.env = disk_.env();
  auto opened = store::ReadModel::Open(options, &TypeOf(service_).schema);
  if (!opened.ok()) return Wrong(opened.status().ToString());
  folded_ = std::move(*opened);
  for (int partition = 0; partition < options.partitions; ++partition) {
    store::FoldBatch batch(folded_.get());
    int64_t offset = 0;
    absl::Status folded;
    for (const auto& entry : world_->log.Entries(topic, partition)) {
      folded = batch.Add(partition, offset++, entry.record);
      if (!folded.ok()) Wrong("the log cannot be folded: ", folded.message());
      if (!folded.ok()) break;
    }
    if (folded.ok()) folded = batch.Commit();
  }
}

void Check::Revisions() {
  std::map<std::string, int64_t> revisions;
  std::set<std::string> ids;
  for (const Counted& counted : counted_) {
    int64_t& last = revisions[counted.record->subject()];
    if (counted.record->revision() != last + 1)
      Wrong(counted.record->subject(), " goes from revision ", last, " to ",
            counted.record->revision(), " at ", Where(counted));
    last = counted.record->revision();
    if (!ids.insert(counted.record->id()).second) Wrong("an event counts twice: ", Where(counted));
  }
}

void Check::Answers() {
  for (const auto& call : clients_.calls()) {
    if (call->service == service_) AnswersOf(*call);
  }
}

void Check::AnswersOf(const Call& call) {
  std::vector<const Counted*> events;
  for (const Counted& counted : counted_) {
    if (counted.record->actor() == call.actor) events.push_back(&counted);
  }
  const std::string asked = absl::StrCat(call.actor, "'s ", call.request->GetDescriptor()->name());
  if (events.size() > 1)
    Wrong(asked, " has ", events.size(), " events, at ", Where(*events[0]), " and ",
          Where(*events[1]));
  bool all_refused = true;
  const runtime::Outcome* accepted = nullptr;
  for (const Attempt& attempt : call.attempts) {
    all_refused &= attempt.refused();
    if (!attempt.accepted()) {
      const bool repeated =
          std::any_of(call.attempts.begin(), call.attempts.end(), [&attempt](const Attempt& other) {
            return other.accepted() && other.ended < attempt.sent;
          });
      if (repeated && !attempt.may_pass())
        Wrong(asked, " was accepted, and refused when it was repeated: ",
              attempt.outcome->refusal->message);
      continue;
    }
    const runtime::Outcome& outcome = *attempt.outcome;
    if (accepted != nullptr && (accepted->position.offset != outcome.position.offset ||
                                accepted->after.revision != outcome.after.revision))
      Wrong(asked, " was answered otherwise when it was repeated: revision ",
            outcome.after.revision, " at ", log::ToString(outcome.position), ", before ",
            accepted->after.revision, " at ", log::ToString(accepted->position));
    accepted = &outcome;
    const bool counts = !events.empty() && events[0]->partition == outcome.position.partition &&
                        events[0]->offset == outcome.position.offset &&
                        events[0]->record->revision() == outcome.after.revision;
    if (!counts) {
      Wrong(asked, " was accepted as revision ", outcome.after.revision, " at ",
            log::ToString(outcome.position), ", and does not count there");
      continue;
    }
    if (folded_ == nullptr || outcome.after.deleted) continue;
    auto then = folded_->AtRevision(events[0]->record->subject(), outcome.after.revision);
    if (then.ok() && !google::protobuf::util::MessageDifferencer::Equals(*then->resource,
                                                                         *outcome.after.resource))
      Wrong(asked, " was answered another state than the log has: ",
            outcome.after.resource->ShortDebugString(), " not ",
            then->resource->ShortDebugString());
  }
  if (all_refused && !events.empty())
    Wrong(asked, " was refused (", call.attempts.back().outcome->refusal->reason,
          "), and counts at ", Where(*events[0]));
}

void Check::Followers() {
  if (folded_ == nullptr) return;
  auto expected = folded_->Fingerprint();
  for (Node* node : world_->nodes.at(service_)) {
    if (!node->running()) continue;
    auto fingerprint = node->model().Fingerprint();
    if (!fingerprint.ok() || *fingerprint != *expected)
      Wrong(node->name(), " has not folded what the log says");
  }
}

void Check::Parked() {
  for (const Counted& counted : counted_) {
    if (!Is<common::v1::ReactionParked>(counted)) continue;
    const auto parked = As<common::v1::ReactionParked>(counted).parked_reaction();
    Wrong(parked.reaction(), " of ", parked.resource(), " was parked: ", parked.reason(), ": ",
          parked.message());
  }
}

using Events = std::map<std::string, std::vector<Counted>>;  // by service

std::string Times(const std::string& what, int times) {
  return absl::StrCat(what, ", ", times, " times");
}

void OrdersOfQuotes(const Events& events, std::vector<std::string>* violations) {
  std::map<std::string, int> accepted, placed;
  for (const Counted& counted : events.at("quoting")) {
    if (Is<quoting::v1::QuoteAccepted>(counted)) ++accepted[counted.record->subject()];
  }
  for (const Counted& counted : events.at("ordering")) {
    if (Is<ordering::v1::OrderPlaced>(counted))
      ++placed[As<ordering::v1::OrderPlaced>(counted).order().quote()];
  }
  for (const auto& [quote, times] : accepted) {
    if (placed[quote] != 1)
      violations->push_back(
          Times(absl::StrCat(quote, " was accepted, and ordered"), placed[quote]));
  }
  for (const auto& [quote, times] : placed) {
    if (times > 0 && !accepted.contains(quote))
      violations->push_back(absl::StrCat(quote, " was ordered and never accepted"));
  }
}

void InvoicesOfOrders(const Events& events, std::vector<std::string>* violations) {
  std::map<std::string, int> fulfilled, invoiced, issued, recorded;
  std::map<std::string, std::set<int64_t>> series;
  for (const Counted& counted : events.at("ordering")) {
    if (Is<ordering::v1::OrderFulfilled>(counted)) {
      const auto event = As<ordering::v1::OrderFulfilled>(counted);
      ++fulfilled[absl::StrCat(counted.record->subject(), " ", event.fulfillment().number())];
    } else if (Is<ordering::v1::OrderInvoiceRecorded>(counted)) {
      const auto event = As<ordering::v1::OrderInvoiceRecorded>(counted);
      ++recorded[event.invoice().invoice()];
    }
  }
  for (const Counted& counted : events.at("billing")) {
    if (!Is<billing::v1::InvoiceIssued>(counted)) continue;
    const auto invoice = As<billing::v1::InvoiceIssued>(counted).invoice();
    if (!invoice.order().empty()) ++issued[counted.record->subject()];
    if (invoice.fulfillment() > 0 && invoice.type() == billing::v1::Invoice::INVOICE)
      ++invoiced[absl::StrCat(invoice.order(), " ", invoice.fulfillment())];
    auto& numbers = series[absl::StrCat(invoice.seller(), " ", invoice.type())];
    if (!numbers.insert(invoice.sequence()).second)
      violations->push_back(absl::StrCat("the number ", invoice.number(), " was given twice"));
  }
  for (const auto& [fulfilment, times] : fulfilled) {
    if (invoiced[fulfilment] != 1)
      violations->push_back(
          Times(absl::StrCat("fulfilment ", fulfilment, " was invoiced"), invoiced[fulfilment]));
  }
  for (const auto& [invoice, times] : issued) {
    if (recorded[invoice] != 1)
      violations->push_back(
          Times(absl::StrCat(invoice, " was told to its order"), recorded[invoice]));
  }
  for (const auto& [name, numbers] : series) {
    if (*numbers.rbegin() != static_cast<int64_t>(numbers.size()))
      violations->push_back(absl::StrCat("the numbers of ", name, " have a gap"));
  }
}

}  // namespace

std::vector<Counted> EventsThatCount(const World& world, const std::string& service) {
  std::vector<Counted> events;
  const std::string topic = log::TopicOf(service);
  for (int partition = 0; partition < world.log.Partitions(topic); ++partition) {
    int64_t epoch = 0, offset = 0;
    for (const auto& entry : world.log.Entries(topic, partition)) {
      const log::Record& record = entry.record;
      if (absl::EndsWith(record.type(), ".PartitionClaimed")) {
        epoch = std::max(epoch, record.epoch());
      } else if (!record.subject().empty() && record.epoch() == epoch && epoch > 0) {
        events.push_back({service, partition, offset, &record});
      }
      ++offset;
    }
  }
  return events;
}

std::vector<std::string> Violations(World* world, const Clients& clients) {
  std::vector<std::string> violations;
  Events events;
  for (const std::string& service : world->services) {
    Check check(world, clients, service, &violations);
    check.All();
    events[service] = check.counted();
  }
  if (events.contains("ordering")) OrdersOfQuotes(events, &violations);
  if (events.contains("billing")) InvoicesOfOrders(events, &violations);
  return violations;
}

}  // namespace leadstream::simulation
