// Sales as a log tells of them: each from the first inquiry on, with its documents and steps.
//
// What belongs together is what leads' stories go by (services/lead/relations.h). A sale is what
// its documents hold together: one lead as a rule; more where some were merged; none where an
// opportunity, a quote or an order was made without.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/history/history.h"
#include "cli/mine/steps.h"

namespace leadstream::mine {

// Texts that are said over and over, each kept once.
class Texts {
 public:
  uint32_t NumberOf(const std::string& text);
  const std::string& operator[](uint32_t number) const { return texts_[number]; }
  size_t size() const { return texts_.size(); }

 private:
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  std::vector<std::string> texts_;
};

// A document keeps no more steps than these: an order may be changed without end.
inline constexpr size_t kStepsPerDocumentMax = 100;

struct TakenStep {
  int64_t time_us = 0;
  uint32_t name = 0, actor = 0, reason = 0;  // texts
  Step::Kind kind = Step::Kind::kOnward;
  uint32_t document = 0;
  int64_t revision = 0;  // of the document
};

struct Document {
  std::string name;
  std::vector<std::string> same_sale;  // names of others
  uint32_t source = 0, owner = 0, pipeline = 0, state = 0;
  bool billed = false;  // an invoice that was issued
  bool open = false;    // of an order or an invoice: something is to be delivered, or to be paid
  bool merged = false;  // a lead that lives on in another
  std::vector<TakenStep> steps;
};

struct Sale {
  enum class Outcome { kOpen, kPaid, kLost };
  Outcome outcome = Outcome::kOpen;
  std::vector<uint32_t> documents;
  std::vector<TakenStep> steps;  // in the order in which they happened
  uint32_t source = 0, owner = 0, pipeline = 0;
};

struct Sales {
  Texts texts;
  std::vector<Document> documents;
  std::vector<Sale> sales;  // in the order in which they began
};

struct SalesOptions {
  bool stages = false;  // steps.h
  size_t threads = 1;
  std::optional<absl::Time> since, until;  // sales that began then or later, and before
  std::function<void(int64_t done, int64_t all)> progress = nullptr;
};

// It takes the memory of the sales, and, of partitions while they are being read, of their
// documents as they stand. Unavailable: the log cannot be read now.
absl::StatusOr<Sales> ReadSales(history::History* history, const SalesOptions& options);

}  // namespace leadstream::mine
