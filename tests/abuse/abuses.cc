#include "tests/abuse/abuses.h"

#include <absl/time/clock.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/abuse/rude_connection.h"
#include "tests/bench/leads.h"

namespace leadstream::testing {
namespace {

constexpr char kAbuser[] = "127.0.0.2";
constexpr rlim_t kConnections = 10'000;
// Of the files that a process may have open, so many are for other things than connections.
constexpr rlim_t kOtherFiles = 1'000;
constexpr int kSlowReaders = 50, kUnreadPages = 100;
constexpr int kOverloadInFlight = 64;
constexpr int kFloodTogether = 100;
constexpr size_t kMetadataBytes = 64 << 10;
constexpr absl::Duration kPause = absl::Milliseconds(1);

std::string GetLead(const std::string& name) {
  lead::v1::GetLeadRequest get;
  get.set_name(name);
  return get.SerializeAsString();
}

// The next connection; null: it was not taken.
std::unique_ptr<RudeConnection> Connect(Harm* harm) {
  auto connection = RudeConnection::Open(kAbuser, harm->port);
  ++(connection != nullptr ? harm->connections : harm->refused);
  if (connection == nullptr) absl::SleepFor(kPause);
  return connection;
}

// One connection after the other: `act` on each until it returns false or the server closes it.
void OnConnections(Harm* harm, const std::function<bool(RudeConnection*)>& act) {
  while (!harm->over) {
    auto connection = Connect(harm);
    while (connection != nullptr && !harm->over && act(connection.get()) && connection->Send() &&
           connection->Receive()) {
    }
  }
}

// So many connections at a time, each with what `begin` does to it, until the end.
void Hold(Harm* harm, size_t connections, const std::function<void(RudeConnection*)>& begin) {
  std::vector<std::unique_ptr<RudeConnection>> held;
  while (!harm->over && held.size() < connections) {
    auto connection = Connect(harm);
    if (connection == nullptr) continue;
    begin(connection.get());
    held.push_back(std::move(connection));
  }
  while (!harm->over) absl::SleepFor(kPause);
}

void HoldConnections(Harm* harm) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t most = std::min<rlim_t>(kConnections, files.rlim_cur - kOtherFiles);
  Hold(harm, most / kAbusers, [](RudeConnection*) {});
}

void SendLargeMetadata(Harm* harm) {
  const std::string message = GetLead(harm->lead), metadata(kMetadataBytes, 'm');
  OnConnections(harm, [&](RudeConnection* connection) {
    if (connection->calls_open() >= kFloodTogether) return true;
    ++harm->done;
    return connection->Call(bench::kGetLead, message, metadata) >= 0;
  });
}

void FloodWithPings(Harm* harm) {
  OnConnections(harm, [&](RudeConnection* connection) {
    for (int i = 0; i < kFloodTogether; ++i) connection->Ping();
    harm->done += kFloodTogether;
    return true;
  });
}

void BeginAndReset(Harm* harm) {
  const std::string message = bench::CreateLead(0, "reset").SerializeAsString();
  OnConnections(harm, [&](RudeConnection* connection) {
    for (int i = 0; i < kFloodTogether; ++i) {
      const int32_t stream = connection->Call(bench::kCreateLead, message, "");
      if (stream < 0 || !connection->Send()) return false;
      connection->Reset(stream);
    }
    harm->done += kFloodTogether;
    return true;
  });
}

// Ask for long answers, and take none of them.
void NeverRead(Harm* harm) {
  lead::v1::ListLeadsRequest list;
  list.set_page_size(1'000);
  const std::string message = list.SerializeAsString();
  Hold(harm, kSlowReaders / kAbusers, [&](RudeConnection* connection) {
    connection->Send();
    for (int page = 0; page < kUnreadPages; ++page) {
      if (connection->Call(bench::kListLeads, message, "") < 0 || !connection->Send()) break;
      ++harm->done;
    }
  });
}

void Overload(Harm* harm) {
  std::atomic<int64_t> number{0};
  OnConnections(harm, [&](RudeConnection* connection) {
    while (connection->calls_open() < kOverloadInFlight / kAbusers) {
      auto create = bench::CreateLead(static_cast<uint64_t>(number++), "overload");
      create.clear_request_id();
      if (connection->Call(bench::kCreateLead, create.SerializeAsString(), "") < 0) return false;
      ++harm->done;
    }
    return true;
  });
}

}  // namespace

const std::vector<Abuse>& Abuses() {
  static const auto* abuses = new std::vector<Abuse>{
      {"connections", HoldConnections}, {"metadata", SendLargeMetadata}, {"pings", FloodWithPings},
      {"resets", BeginAndReset},        {"slow-readers", NeverRead},     {"overload", Overload},
  };
  return *abuses;
}

}  // namespace leadstream::testing
