#include "cli/demo/scale.h"

#include <absl/strings/str_cat.h>

#include <cmath>
#include <memory>
#include <queue>
#include <utility>

#include "cli/demo/desk.h"
#include "cli/demo/inquirers.h"
#include "cli/demo/sale.h"
#include "cli/demo/sellers.h"
#include "cli/world/world.h"

namespace leadstream::demo {
namespace {

// What an inquiry comes to on average, as measured.
constexpr double kEventsOfInquiry = 6.88;
constexpr int64_t kProgressEvery = 1'000;  // steps

// What is to be done next: the earliest, and of those at the same moment the first that was added.
class Calendar {
 public:
  void Add(absl::Time time, std::unique_ptr<Sale> sale) {
    entries_.push({time, added_++, std::move(sale)});
  }
  bool empty() const { return entries_.empty(); }
  absl::Time next() const { return entries_.top().time; }
  size_t size() const { return entries_.size(); }
  std::unique_ptr<Sale> Take() {
    // The top is const, and about to go.
    auto sale = std::move(const_cast<Entry&>(entries_.top()).sale);
    entries_.pop();
    return sale;
  }

 private:
  struct Entry {
    absl::Time time;
    int64_t number;
    std::unique_ptr<Sale> sale;
    bool operator<(const Entry& other) const {
      return std::pair(other.time, other.number) < std::pair(time, number);
    }
  };
  std::priority_queue<Entry> entries_;
  int64_t added_ = 0;
};

class Years {
 public:
  Years(const Catalogue& catalogue, std::vector<lead::v1::CreateLeadRequest> samples,
        const ScaleOptions& options)
      : catalogue_(catalogue), inquirers_(std::move(samples), options.seed), options_(options) {}

  absl::StatusOr<ScaleFigures> Run(log::EventLog* log) {
    auto begun = world::World::Begin(
        log, {options_.scratch, options_.partitions, options_.seed, options_.since});
    if (!begun.ok()) return begun.status();
    world_ = std::move(*begun);
    absl::Status status = OpenShop();
    absl::Time asks = options_.since;
    for (int64_t step = 0; status.ok(); ++step) {
      const bool inquiry = calendar_.empty() || asks <= calendar_.next();
      const absl::Time next = inquiry ? asks : calendar_.next();
      if (next >= options_.until) break;
      status = world_->PassUntil(next);
      if (!status.ok()) break;
      if (inquiry) asks += UntilNext();
      status = GoOn(inquiry ? Ask() : calendar_.Take());
      if (step % kProgressEvery == 0) options_.progress(world_->now(), world_->records());
    }
    if (status.ok()) status = world_->PassUntil(options_.until);
    if (status.ok()) status = world_->End();
    if (!status.ok()) return status;
    figures_.records = world_->records();
    figures_.parked = world_->parked();
    figures_.under_way = static_cast<int64_t>(calendar_.size());
    return figures_;
  }

 private:
  absl::Status OpenShop() {
    Sale opening(world_.get(), [this](Office* sales, Office*) {
      const absl::Status on_sale = catalogue_.PutOnSale(sales);
      return on_sale.ok() ? DescribeSellers(sales) : on_sale;
    });
    opening.GoOn();
    return opening.status();
  }
  // Inquiries come independently of each other.
  absl::Duration UntilNext() {
    const absl::Duration mean =
        (options_.until - options_.since) * kEventsOfInquiry / static_cast<double>(options_.events);
    return mean * -std::log(1 - inquirers_.Chance());
  }
  std::unique_ptr<Sale> Ask() {
    ++figures_.inquiries;
    return std::make_unique<Sale>(
        world_.get(), [this, create = inquirers_.Next()](Office* sales, Office* manager) {
          auto lead = sales->Call<lead::v1::Lead>(create);
          return lead.ok() ? Desk(sales, manager, &catalogue_).Work(*lead) : lead.status();
        });
  }
  absl::Status GoOn(std::unique_ptr<Sale> sale) {
    if (sale->GoOn() == Sale::kWaits) {
      const absl::Time wakes = sale->wakes();
      calendar_.Add(wakes, std::move(sale));
      return absl::OkStatus();
    }
    ++figures_.over;
    return sale->status();
  }

  const Catalogue& catalogue_;
  Inquirers inquirers_;
  const ScaleOptions& options_;
  std::unique_ptr<world::World> world_;
  Calendar calendar_;
  ScaleFigures figures_;
};

}  // namespace

absl::StatusOr<ScaleFigures> SellForYears(const Catalogue& catalogue,
                                          std::vector<lead::v1::CreateLeadRequest> samples,
                                          const ScaleOptions& options, log::EventLog* log) {
  return Years(catalogue, std::move(samples), options).Run(log);
}

}  // namespace leadstream::demo
