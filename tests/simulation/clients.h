// The callers of a run: what they ask, of which node, and what they are told. They remember every
// answer, so that it can be compared with what the log says in the end.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/command.h"
#include "tests/simulation/world.h"

namespace leadstream::simulation {

// One answer, or the lack of it.
struct Attempt {
  std::string node;
  bool beside = false;  // another one, while its caller waits for the first
  bool open = true;
  absl::Time sent, ended;
  // Of those that ended: nothing, if the caller waited in vain.
  std::optional<runtime::Outcome> outcome;

  bool accepted() const { return outcome && !outcome->refusal; }
  // It was told that nothing was stored, nor ever will be.
  bool refused() const {
    return outcome && outcome->refusal &&
           outcome->refusal->code != absl::StatusCode::kDeadlineExceeded;
  }
  bool may_pass() const;
};

// One command, as often as it was sent.
struct Call {
  std::string actor;  // of no other call: by it the log's records are told apart
  std::string service;
  std::shared_ptr<const google::protobuf::Message> request;
  std::string request_id;  // empty: it has none, and is sent once
  std::vector<Attempt> attempts;
};

class Clients {
 public:
  Clients(World* world, std::function<void(std::string)> wrong)
      : world_(world), wrong_(std::move(wrong)) {}

  // So many of them, who begin new commands until then, and repeat them a while longer.
  void Start(int clients, absl::Time until);
  // Nobody waits for an answer any more, or wants to ask again.
  bool done() const { return busy_ == 0; }
  const std::vector<std::unique_ptr<Call>>& calls() const { return calls_; }

 private:
  struct Known {
    std::shared_ptr<const google::protobuf::Message> resource;
    int64_t revision = 0;
    log::Position at;                    // of that revision
    std::map<int64_t, absl::Time> told;  // by revision, when first
  };

  void Begin(const std::string& just_told);
  void Send(Call* call, bool beside, Node* node = nullptr);  // null: any
  void Ended(Call* call, size_t attempt, std::optional<runtime::Outcome> outcome);
  // The name of what it is about.
  std::string Learn(const Call& call, const runtime::Outcome& outcome);
  void CheckRefusal(const Call& call, const Attempt& attempt);
  std::shared_ptr<google::protobuf::Message> NewRequest(const std::string& service);
  std::shared_ptr<google::protobuf::Message> OfQuotes();
  std::shared_ptr<google::protobuf::Message> OfOrders();
  std::shared_ptr<google::protobuf::Message> OfInvoices();
  // A resource that somebody was told of; empty: there is none yet.
  std::string Pick(const std::string& collection);
  // Who wrote its partition before the one that wrote what is known of it, and may not have heard
  // yet that it does no more; null: nobody did.
  Node* FormerWriter(const std::string& name);
  // Sometimes the etag last heard of.
  std::string EtagOf(const std::string& name);

  World* const world_;
  const std::function<void(std::string)> wrong_;
  absl::Time until_;
  int busy_ = 0;
  std::string goes_on_with_;  // who is about to begin, with what it was just told of; or empty
  std::vector<std::unique_ptr<Call>> calls_;
  std::map<std::string, std::vector<std::string>> names_;  // by collection
  std::map<std::string, Known> known_;
  std::set<std::string> deleted_;  // or may be
};

}  // namespace leadstream::simulation
