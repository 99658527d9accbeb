#include "tests/process/sums.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include <map>
#include <set>
#include <tuple>

#include "common/domain/money.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"

namespace leadstream::process {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages
using domain::Decimal;
using google::protobuf::util::TimeUtil;

namespace {

struct Sum {
  int64_t count = 0;
  Decimal sum, weighted;

  void Add(const Opportunity& one) {
    const Decimal revenue = domain::ToDecimal(
        one.state() == Opportunity::WON ? one.actual_revenue() : one.estimated_revenue());
    ++count;
    sum += revenue;
    weighted += revenue * Decimal(one.probability()).Percent();
  }
};

std::string ToText(const Sum& sum, const std::string& currency) {
  const auto amount = [&](const Decimal& value) {
    return domain::ToDecimal(domain::ToMoney(value, currency)).ToString();
  };
  return absl::StrCat(sum.count, " of ", amount(sum.sum), " and ", amount(sum.weighted));
}
template <typename Row>
std::string TextOf(const Row& row) {
  return absl::StrCat(row.count(), " of ", domain::ToDecimal(row.sum()).ToString(), " and ",
                      domain::ToDecimal(row.weighted_sum()).ToString());
}

std::string CurrencyOf(const Opportunity& one) {
  const std::string& currency = one.state() == Opportunity::WON
                                    ? one.actual_revenue().currency_code()
                                    : one.estimated_revenue().currency_code();
  return currency.empty() ? one.currency() : currency;
}

// By what a row is of.
using Rows = std::map<std::string, std::string>;

class Comparison {
 public:
  Comparison(server::Server& server, const World& world)
      : service_(*server.service("opportunity")), world_(world) {
    world.Each<Opportunity>("opportunities", [this](const std::string&, const Opportunity& one) {
      processes_.insert(one.process_definition());
      owners_.insert(one.owner());
    });
  }

  std::vector<std::string> Run() {
    for (const std::string& process : processes_) {
      ComparePipeline(process, nullptr, "");
      ComparePipeline(process, nullptr, "business");
      ComparePipeline(process, nullptr, "consumer");
      for (const std::string& owner : owners_) ComparePipeline(process, &owner, "");
      CompareFunnel(process);
    }
    CompareForecast(nullptr, false);
    CompareForecast(nullptr, true);
    for (const std::string& owner : owners_) CompareForecast(&owner, false);
    return std::move(wrong_);
  }

 private:
  template <typename Response>
  Response Ask(const google::protobuf::Message& request) {
    Response response;
    for (const domain::Query& query : service_.definition().queries) {
      if (query.request != request.GetDescriptor()) continue;
      if (auto refusal = query.answer(request, service_, &response))
        wrong_.push_back(absl::StrCat(request.ShortDebugString(), ": ", refusal->reason));
    }
    return response;
  }

  void Expect(const google::protobuf::Message& request, const Rows& shown, const Rows& expected) {
    if (shown == expected) return;
    std::string what = absl::StrCat(request.GetDescriptor()->name(), " {",
                                    request.ShortDebugString(), "} answers");
    for (const auto& [key, row] : shown) absl::StrAppend(&what, " [", key, ": ", row, "]");
    absl::StrAppend(&what, " where it is");
    for (const auto& [key, row] : expected) absl::StrAppend(&what, " [", key, ": ", row, "]");
    wrong_.push_back(std::move(what));
  }

  void ComparePipeline(const std::string& process, const std::string* owner,
                       const std::string& type) {
    GetPipelineRequest request;
    request.set_process_definition(process);
    request.set_customer_type(type);
    if (owner != nullptr) request.set_owner(*owner);
    std::map<std::pair<std::string, std::string>, Sum> sums;
    world_.Each<Opportunity>("opportunities", [&](const std::string&, const Opportunity& one) {
      if (one.state() != Opportunity::OPEN || one.process_definition() != process) return;
      if (owner != nullptr && one.owner() != *owner) return;
      if (!type.empty() && one.account().empty() != (type == "consumer")) return;
      sums[{one.stage(), CurrencyOf(one)}].Add(one);
    });
    Rows expected, shown;
    for (const auto& [key, sum] : sums)
      expected[absl::StrCat(key.first, " ", key.second)] = ToText(sum, key.second);
    const auto answer = Ask<GetPipelineResponse>(request);
    for (const PipelineRow& row : answer.rows())
      shown[absl::StrCat(row.stage(), " ", row.currency())] = TextOf(row);
    Expect(request, shown, expected);
  }

  void CompareForecast(const std::string* owner, bool by_owner) {
    GetForecastRequest request;
    request.set_by_owner(by_owner);
    if (owner != nullptr) request.set_owner(*owner);
    const bool of_owner = by_owner || owner != nullptr;
    std::map<std::pair<std::string, std::string>, Sum> sums;
    world_.Each<Opportunity>("opportunities", [&](const std::string&, const Opportunity& one) {
      if (one.state() == Opportunity::LOST || one.forecast_category() == Opportunity::OMITTED)
        return;
      if (owner != nullptr && one.owner() != *owner) return;
      const auto& date =
          one.state() == Opportunity::WON ? one.actual_close_date() : one.estimated_close_date();
      const std::string key =
          absl::StrCat(date.year(), "-", date.year() == 0 ? 0 : date.month(), " ",
                       of_owner ? one.owner() : "", " ", one.forecast_category());
      sums[{key, CurrencyOf(one)}].Add(one);
    });
    Rows expected, shown;
    for (const auto& [key, sum] : sums)
      expected[absl::StrCat(key.first, " ", key.second)] = ToText(sum, key.second);
    const auto answer = Ask<GetForecastResponse>(request);
    for (const ForecastRow& row : answer.rows())
      shown[absl::StrCat(row.month().year(), "-", row.month().month(), " ", row.owner(), " ",
                         row.forecast_category(), " ", row.currency())] = TextOf(row);
    Expect(request, shown, expected);
  }

  // By what happened, event after event.
  void CompareFunnel(const std::string& process) {
    struct Stage {
      int64_t entered = 0, advanced = 0, lost = 0;
      google::protobuf::Duration time;
    };
    std::map<std::string, Stage> stages;
    int64_t won = 0;
    world_.Each<Opportunity>("opportunities", [&](const std::string& name, const Opportunity& one) {
      std::map<std::string, google::protobuf::Duration> spent;
      std::set<std::string> advanced;
      std::string at_process, at;
      google::protobuf::Timestamp since;
      bool open = false;
      const auto leave = [&](const google::protobuf::Timestamp& until) {
        if (open && at_process == process) spent[at] += until - since;
        open = false;
      };
      const auto enter = [&](const google::protobuf::Timestamp& time) {
        if (at_process == process) spent[at];
        since = time;
        open = true;
      };
      for (const Happened& happened : world_.events()) {
        if (happened.record.subject() != name) continue;
        if (const auto* created = dynamic_cast<const OpportunityCreated*>(happened.payload.get())) {
          at_process = created->opportunity().process_definition();
          at = created->opportunity().stage();
          enter(created->opportunity().stage_time());
        } else if (const auto* moved =
                       dynamic_cast<const OpportunityMovedToStage*>(happened.payload.get())) {
          if (moved->stage() == at) continue;
          leave(moved->stage_time());
          if (moved->advanced() && at_process == process) advanced.insert(at);
          at = moved->stage();
          enter(moved->stage_time());
        } else if (const auto* migrated =
                       dynamic_cast<const OpportunityMigrated*>(happened.payload.get())) {
          if (migrated->stage() == at && migrated->process_definition() == at_process) continue;
          leave(migrated->stage_time());
          at_process = migrated->process_definition();
          at = migrated->stage();
          enter(migrated->stage_time());
        } else if (const auto* success =
                       dynamic_cast<const OpportunityWon*>(happened.payload.get())) {
          leave(success->close_time());
        } else if (const auto* loss =
                       dynamic_cast<const OpportunityLost*>(happened.payload.get())) {
          leave(loss->close_time());
        } else if (const auto* again =
                       dynamic_cast<const OpportunityReopened*>(happened.payload.get())) {
          enter(again->reopen_time());
        }
      }
      if (at_process == process && one.state() == Opportunity::WON) {
        ++won;
        advanced.insert(at);
      }
      if (at_process == process && one.state() == Opportunity::LOST) ++stages[at].lost;
      for (const auto& [stage, time] : spent) {
        ++stages[stage].entered;
        if (!advanced.contains(stage)) continue;
        ++stages[stage].advanced;
        stages[stage].time += time;
      }
    });
    GetFunnelRequest request;
    request.set_process_definition(process);
    Rows expected, shown;
    for (const auto& [stage, sum] : stages) {
      const int64_t us = sum.advanced == 0 ? 0
                                           : Decimal(TimeUtil::DurationToMicroseconds(sum.time))
                                                 .DividedBy(Decimal(sum.advanced), 0)
                                                 .Units();
      expected[stage] =
          absl::StrCat(sum.entered, ", ", sum.advanced, " in ", us, " us, ", sum.lost, " lost");
    }
    expected["won"] = absl::StrCat(won, ", 0 in 0 us, 0 lost");
    const auto answer = Ask<GetFunnelResponse>(request);
    for (const FunnelRow& row : answer.rows()) {
      if (row.entered() == 0 && row.stage() != "won") continue;
      shown[row.stage()] = absl::StrCat(row.entered(), ", ", row.advanced(), " in ",
                                        TimeUtil::DurationToMicroseconds(row.average_time()),
                                        " us, ", row.lost(), " lost");
    }
    Expect(request, shown, expected);
  }

  const runtime::Service& service_;
  const World& world_;
  std::set<std::string> processes_, owners_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> WrongSums(server::Server& server, const World& world) {
  return Comparison(server, world).Run();
}

}  // namespace leadstream::process
