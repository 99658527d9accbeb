#include "tests/simulation/clients.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <cstdlib>

#include "common/log/fence.h"
#include "common/runtime/resource_types.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/simulation/node.h"

namespace leadstream::simulation {
namespace {

using google::protobuf::Message;
using runtime::Outcome;

constexpr size_t kAttemptsMax = 12;
constexpr absl::Duration kNetworkDelayMax = absl::Milliseconds(20);

std::string ToText(const std::optional<Outcome>& outcome) {
  if (!outcome) return "no answer";
  if (outcome->refusal)
    return absl::StrCat(outcome->refusal->reason, ": ", outcome->refusal->message);
  return absl::StrCat("accepted, revision ", outcome->after.revision, " at ",
                      log::ToString(outcome->position));
}

}  // namespace

bool Attempt::may_pass() const {
  if (!outcome) return true;
  if (!outcome->refusal) return false;
  const absl::StatusCode code = outcome->refusal->code;
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted;
}

void Clients::Start(int clients, absl::Time until) {
  until_ = until;
  for (int i = 0; i < clients; ++i) {
    ++busy_;
    world_->scheduler.After(world_->random.Between(absl::ZeroDuration(), absl::Seconds(1)),
                            [this] { Begin(""); });
  }
}

void Clients::Begin(const std::string& just_told) {
  if (world_->scheduler.now() >= until_) {
    --busy_;
    return;
  }
  Random& random = world_->random;
  auto call = std::make_unique<Call>();
  call->actor = absl::StrCat("callers/", calls_.size());
  call->service = random.Of(world_->services);
  goes_on_with_ = random.Chance(world_->faults.callers_go_on) ? just_told : "";
  if (!goes_on_with_.empty()) call->service = runtime::ResourceTypeOf(just_told)->service;
  auto request = NewRequest(call->service);
  if (request == nullptr) {
    call->service = world_->services.front();
    request = NewRequest(call->service);
  }
  if (const auto* remove = dynamic_cast<const quoting::v1::DeleteQuoteRequest*>(request.get()))
    deleted_.insert(remove->name());
  if (random.Chance(0.7)) {
    call->request_id = world_->NewId();
    const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
    request->GetReflection()->SetString(request.get(), field, call->request_id);
  }
  call->request = request;
  calls_.push_back(std::move(call));
  Call* added = calls_.back().get();
  Send(added, false, goes_on_with_.empty() ? nullptr : FormerWriter(goes_on_with_));
  // Some are in such a hurry that they ask twice, of one node or of two.
  if (!added->request_id.empty() && random.Chance(0.3)) {
    ++busy_;
    const bool same = random.Chance(0.5);
    const absl::Duration most = same ? absl::Milliseconds(2) : absl::Milliseconds(500);
    world_->scheduler.After(random.Skewed(absl::ZeroDuration(), most), [this, added, same] {
      Send(added, true, same ? world_->FindNode(added->attempts.front().node) : nullptr);
    });
  }
}

void Clients::Send(Call* call, bool beside, Node* node) {
  Random& random = world_->random;
  if (node == nullptr) node = random.Of(world_->nodes.at(call->service));
  const size_t number = call->attempts.size();
  call->attempts.push_back({node->name(), beside, true, world_->scheduler.now(), {}, {}});
  if (world_->scheduler.verbose())
    world_->scheduler.Say(call->actor, absl::StrCat("asks ", node->name(), ": ",
                                                    call->request->GetDescriptor()->name(), " ",
                                                    call->request->ShortDebugString()));
  const absl::Duration patience = random.Chance(0.5)
                                      ? random.Between(absl::Seconds(1), absl::Seconds(10))
                                      : random.Between(absl::Milliseconds(200), absl::Seconds(1));
  world_->scheduler.After(patience + absl::Milliseconds(100),
                          [this, call, number] { Ended(call, number, std::nullopt); });
  auto answer = [this, call, number](Outcome outcome) {
    if (world_->random.Chance(0.01)) return;  // it is lost on the way
    world_->scheduler.After(world_->random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
                            [this, call, number, outcome] { Ended(call, number, outcome); });
  };
  world_->scheduler.After(
      random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
      [this, call, node, patience, answer, number] {
        auto carry_out = [call, node, patience, answer] {
          runtime::CallInfo info;
          info.actor = call->actor;
          info.deadline = node->Now() + patience;
          std::unique_ptr<Message> copy(call->request->New());
          copy->CopyFrom(*call->request);
          node->Execute(std::move(copy), std::move(info), answer);
        };
        node->Receive(carry_out, [this, call, number] { Ended(call, number, std::nullopt); });
      });
}

void Clients::Ended(Call* call, size_t number, std::optional<Outcome> outcome) {
  Attempt& attempt = call->attempts[number];
  if (!attempt.open) return;
  attempt.open = false;
  attempt.ended = world_->scheduler.now();
  attempt.outcome = std::move(outcome);
  Scheduler& scheduler = world_->scheduler;
  if (scheduler.verbose())
    scheduler.Say(call->actor,
                  absl::StrCat("is told by ", attempt.node, ": ", ToText(attempt.outcome)));
  const std::string told = attempt.accepted() ? Learn(*call, *attempt.outcome) : "";
  if (attempt.refused()) CheckRefusal(*call, attempt);

  Random& random = world_->random;
  const bool again = attempt.may_pass() || random.Chance(0.1);
  const bool beside = attempt.beside;
  if (!call->request_id.empty() && again && call->attempts.size() < kAttemptsMax) {
    scheduler.After(random.Skewed(absl::Milliseconds(10), absl::Seconds(2)),
                    [this, call, beside] { Send(call, beside); });
  } else if (beside) {
    --busy_;
  } else {
    scheduler.After(random.Skewed(absl::Milliseconds(5), world_->faults.callers_rest_max),
                    [this, told] { Begin(told); });
  }
}

std::string Clients::Learn(const Call& call, const Outcome& outcome) {
  // What was answered is there.
  const log::Position& at = outcome.position;
  const std::string topic = log::TopicOf(at.service);
  if (at.service != call.service || at.offset < 0 ||
      at.offset >= world_->log.End(topic, at.partition)) {
    wrong_(
        absl::StrCat(call.actor, " was told of ", log::ToString(at), ", where nothing stands yet"));
    return "";
  }
  const log::Record& record =
      world_->log.Entries(topic, at.partition)[static_cast<size_t>(at.offset)].record;
  if (record.actor() != call.actor)
    wrong_(absl::StrCat(call.actor, " was told of ", log::ToString(at), ", which is by ",
                        record.actor()));
  const std::string name = record.subject();
  if (!known_.contains(name)) names_[name.substr(0, name.find('/'))].push_back(name);
  Known& known = known_[name];
  known.told.emplace(outcome.after.revision, world_->scheduler.now());
  if (outcome.after.revision > known.revision) {
    known.resource = outcome.after.resource;
    known.revision = outcome.after.revision;
    known.at = at;
  }
  return name;
}

Node* Clients::FormerWriter(const std::string& name) {
  const Known& known = known_.at(name);
  const auto& entries = world_->log.Entries(log::TopicOf(known.at.service), known.at.partition);
  const std::string& writer = entries[static_cast<size_t>(known.at.offset)].node;
  for (int64_t offset = known.at.offset; offset >= 0; --offset) {
    const auto& entry = entries[static_cast<size_t>(offset)];
    if (entry.node != writer &&
        (log::Fence::IsClaim(entry.record) || log::Fence::IsEvent(entry.record)))
      return world_->FindNode(entry.node);
  }
  return nullptr;
}

// A refusal rests on all that was answered before its command was sent.
void Clients::CheckRefusal(const Call& call, const Attempt& attempt) {
  const domain::Refusal& refusal = *attempt.outcome->refusal;
  for (const auto& [name, known] : known_) {
    int64_t answered = 0, seen = 0;
    for (const auto& [revision, when] : known.told) {
      if (when < attempt.sent) answered = revision;
    }
    const std::string is_at = absl::StrCat(name, " is at etag ");
    if (absl::StartsWith(refusal.message, is_at)) {
      seen = std::atoll(refusal.message.c_str() + is_at.size());
    } else if (refusal.message != absl::StrCat("there is no ", name) || deleted_.contains(name)) {
      continue;
    }
    if (seen < answered)
      wrong_(absl::StrCat(call.actor, " was refused by what was at revision ", seen, " when ", name,
                          " had ", answered, ": ", refusal.message));
  }
}

std::string Clients::Pick(const std::string& collection) {
  if (absl::StartsWith(goes_on_with_, absl::StrCat(collection, "/"))) return goes_on_with_;
  const auto& names = names_[collection];
  if (names.empty()) return "";
  // Rather one of the last ones, so that several meet there.
  const int back = std::min<int>(static_cast<int>(names.size()), 1 + world_->random.Below(6));
  return world_->random.Chance(0.7) ? names[names.size() - static_cast<size_t>(back)]
                                    : world_->random.Of(names);
}

std::string Clients::EtagOf(const std::string& name) {
  if (name == goes_on_with_) return absl::StrCat(known_[name].revision);
  if (!known_.contains(name) || world_->random.Chance(0.6)) return "";
  return absl::StrCat(known_[name].revision);
}

std::shared_ptr<Message> Clients::NewRequest(const std::string& service) {
  if (service == "quoting") return OfQuotes();
  return service == "ordering" ? OfOrders() : OfInvoices();
}

}  // namespace leadstream::simulation
