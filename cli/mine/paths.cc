#include "cli/mine/paths.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace leadstream::mine {
namespace {

double QuantileS(const std::vector<int64_t>& sorted_us, double quantile) {
  if (sorted_us.empty()) return 0;
  const double at = quantile * static_cast<double>(sorted_us.size() - 1);
  const size_t below = static_cast<size_t>(std::floor(at));
  const size_t above = std::min(below + 1, sorted_us.size() - 1);
  const double low = static_cast<double>(sorted_us[below]) / 1e6;
  return low +
         (at - static_cast<double>(below)) * (static_cast<double>(sorted_us[above]) / 1e6 - low);
}

// What is counted before it is worked out.
class Counting {
 public:
  explicit Counting(const Texts* texts) : texts_(*texts) {}

  void Add(const Sale& sale) {
    const bool paid = sale.outcome == Sale::Outcome::kPaid;
    const bool lost = sale.outcome == Sale::Outcome::kLost;
    ++paths_.sales;
    paths_.paid += paid;
    paths_.lost += lost;
    const int64_t length_us = sale.steps.back().time_us - sale.steps.front().time_us;
    if (paid) to_payment_us_.push_back(length_us);
    AddVariant(sale, length_us, paid, lost);
    AddRework(sale);
    if (lost) {
      AddEnd(sale);
    } else if (!paid) {
      ++paths_.standing[texts_[sale.steps.back().name]];
    }
  }

  Paths Take() {
    paths_.to_payment = TimesOf(std::move(to_payment_us_));
    for (auto& [steps, way] : ways_) {
      Variant& variant = way.first;
      for (const uint32_t step : steps) variant.steps.push_back(texts_[step]);
      variant.times = TimesOf(std::move(way.second));
      paths_.variants.push_back(std::move(variant));
    }
    std::sort(paths_.variants.begin(), paths_.variants.end(),
              [](const Variant& a, const Variant& b) {
                return std::tie(b.sales, a.steps) < std::tie(a.sales, b.steps);
              });
    for (auto& [pair, lengths_us] : between_us_)
      paths_.times[{texts_[pair.first], texts_[pair.second]}] = TimesOf(std::move(lengths_us));
    return std::move(paths_);
  }

 private:
  void AddVariant(const Sale& sale, int64_t length_us, bool paid, bool lost) {
    std::vector<uint32_t> steps;
    std::set<uint32_t> different;
    const TakenStep* before = nullptr;
    for (const TakenStep& step : sale.steps) {
      if (before != nullptr)
        between_us_[{before->name, step.name}].push_back(step.time_us - before->time_us);
      if (before == nullptr || before->name != step.name) steps.push_back(step.name);
      if (different.insert(step.name).second) ++paths_.steps[texts_[step.name]];
      before = &step;
    }
    auto& [variant, lengths_us] = ways_[steps];
    ++variant.sales;
    variant.paid += paid;
    variant.lost += lost;
    lengths_us.push_back(length_us);
  }

  void AddRework(const Sale& sale) {
    std::set<uint32_t> different;
    for (const TakenStep& step : sale.steps) {
      if (step.kind != Step::Kind::kRework) continue;
      Rework& rework = paths_.rework[texts_[step.name]];
      ++rework.times;
      rework.sales += different.insert(step.name).second;
    }
  }

  // What came before all that ended it: an order is canceled, and then the opportunity lost.
  void AddEnd(const Sale& sale) {
    size_t first = sale.steps.size() - 1;
    while (first > 0 && sale.steps[first - 1].kind == Step::Kind::kEnd) --first;
    const TakenStep& last = sale.steps.back();
    ++paths_.ends[{first == 0 ? "" : texts_[sale.steps[first - 1].name], texts_[last.name],
                   texts_[last.reason]}];
  }

  const Texts& texts_;
  Paths paths_;
  std::vector<int64_t> to_payment_us_;
  std::map<std::vector<uint32_t>, std::pair<Variant, std::vector<int64_t>>> ways_;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<int64_t>> between_us_;
};

}  // namespace

Times TimesOf(std::vector<int64_t> lengths_us) {
  std::sort(lengths_us.begin(), lengths_us.end());
  return {static_cast<int64_t>(lengths_us.size()), QuantileS(lengths_us, 0.5),
          QuantileS(lengths_us, 0.9)};
}

std::map<std::string, Paths> PathsOf(const Sales& sales, By by) {
  std::map<std::string, Counting> counting;
  for (const Sale& sale : sales.sales) {
    const std::string& key = by == By::kPipeline ? sales.texts[sale.pipeline]
                             : by == By::kSource ? sales.texts[sale.source]
                             : by == By::kOwner  ? sales.texts[sale.owner]
                                                 : sales.texts[0];
    counting.try_emplace(key, &sales.texts).first->second.Add(sale);
  }
  std::map<std::string, Paths> paths;
  for (auto& [key, counted] : counting) paths.emplace(key, counted.Take());
  return paths;
}

}  // namespace leadstream::mine
