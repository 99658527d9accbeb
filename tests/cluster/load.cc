#include "tests/cluster/load.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/crash/sale.h"

namespace leadstream::testing {
namespace {

constexpr int kClerks = 64;

}  // namespace

ClusterLoad::ClusterLoad(const Cluster* cluster, int offices, int rate, uint64_t seed)
    : client_([cluster](const std::string& service,
                        uint64_t random) { return cluster->Channel(service, random); },
              seed) {
  for (int office = 0; office < offices; ++office)
    threads_.emplace_back(
        [this, office, seed] { Sell(office, seed + static_cast<uint64_t>(office)); });
  for (int clerk = 0; rate > 0 && clerk < kClerks; ++clerk)
    threads_.emplace_back([this, clerk, rate] { Enter(clerk, absl::Seconds(1) * kClerks / rate); });
}

void ClusterLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ClusterLoad::Fail(std::string what) {
  absl::MutexLock lock(&mutex_);
  failures_.push_back(std::move(what));
}

std::vector<std::string> ClusterLoad::failures() const {
  absl::MutexLock lock(&mutex_);
  return failures_;
}

void ClusterLoad::Sell(int number, uint64_t seed) {
  Office office(&client_, absl::StrCat("office", number), seed);
  while (!stopping_) {
    const absl::Status sold = office.Sell();
    if (sold.ok()) {
      ++sales_;
    } else {
      Fail(absl::StrCat("office ", number, ": ", sold.ToString()));
    }
  }
}

// Late is caught up with: the rate is that of the whole run.
void ClusterLoad::Enter(int clerk, absl::Duration interval) {
  absl::Time due = absl::Now();
  std::string name;
  for (int command = 0; !stopping_; ++command) {
    absl::SleepFor(due - absl::Now());
    due += interval;
    absl::Status done;
    if (command % 3 == 0 || name.empty()) {
      lead::v1::CreateLeadRequest create;
      create.mutable_lead()->set_topic(absl::StrCat("entry ", command, " of clerk ", clerk));
      create.mutable_lead()->set_company(absl::StrCat("Company ", command));
      auto created = client_.Do<lead::v1::Lead>(create);
      done = created.status();
      if (created.ok()) name = created->name();
    } else {
      lead::v1::AssignLeadRequest assign;
      assign.set_name(name);
      assign.set_owner(absl::StrCat("owner ", command));
      done = client_.Do<lead::v1::Lead>(assign).status();
    }
    if (!done.ok()) Fail(absl::StrCat("clerk ", clerk, ": ", done.ToString()));
  }
}

}  // namespace leadstream::testing
