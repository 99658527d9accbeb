#include "cli/mine/sales.h"

#include <absl/strings/match.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "cli/export/states.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "services/lead/relations.h"

namespace leadstream::mine {
namespace {

using billing::v1::Invoice;
using lead::v1::Lead;
using opportunity::v1::Opportunity;
using ordering::v1::Order;

// As the resource says it: what of it decides to which sale it belongs, and how that stands.
template <typename Resource>
Resource Parsed(const std::string& serialized, Document* document) {
  Resource resource;
  resource.ParseFromString(serialized);
  document->name = resource.name();
  document->same_sale = lead::SameSaleAs(resource);
  return resource;
}

Document ToDocument(const std::string& collection, const std::string& serialized, Texts* texts) {
  Document document;
  std::string state, source, owner, pipeline;
  if (collection == "leads") {
    const auto lead = Parsed<Lead>(serialized, &document);
    state = Lead::State_Name(lead.state());
    document.merged = !lead.merged_into().empty();
    if (lead.source() != Lead::SOURCE_UNSPECIFIED) source = Lead::Source_Name(lead.source());
    owner = lead.owner();
  } else if (collection == "opportunities") {
    const auto opportunity = Parsed<Opportunity>(serialized, &document);
    state = Opportunity::State_Name(opportunity.state());
    owner = opportunity.owner();
    pipeline =
        opportunity.process_definition().empty() ? "default" : opportunity.process_definition();
  } else if (collection == "quotes") {
    const auto quote = Parsed<quoting::v1::Quote>(serialized, &document);
    state = quoting::v1::Quote::State_Name(quote.state());
  } else if (collection == "orders") {
    const auto order = Parsed<Order>(serialized, &document);
    state = Order::State_Name(order.state());
    owner = order.owner();
    document.open = order.state() != Order::FULFILLED && order.state() != Order::CANCELED;
  } else {
    const auto invoice = Parsed<Invoice>(serialized, &document);
    state = Invoice::State_Name(invoice.state());
    document.billed = invoice.state() == Invoice::ISSUED && invoice.type() == Invoice::INVOICE;
    document.open = invoice.state() == Invoice::DRAFT ||
                    (document.billed && invoice.payment_state() != Invoice::PAID &&
                     invoice.payment_state() != Invoice::OVERPAID);
  }
  document.state = texts->NumberOf(state);
  document.source = texts->NumberOf(source);
  document.owner = texts->NumberOf(owner);
  document.pipeline = texts->NumberOf(pipeline);
  return document;
}

// What one thread reads of the partitions that it is reading.
class Reading {
 public:
  Reading(const std::vector<domain::ServiceDefinition>& services, bool stages)
      : stages_(stages), states_(services, std::nullopt) {}

  void See(const std::string& service, const log::LoggedRecord& logged, absl::Mutex* mutex,
           Texts* texts) {
    const log::Record& record = logged.record;
    if (!lead::IsDocumentOfSale(record.subject())) return;
    states_.Fold(service, logged);
    const auto step = StepOf(record, stages_);
    if (!step) return;
    auto& steps = steps_[{service, logged.partition}][record.subject()];
    if (steps.size() == kStepsPerDocumentMax) return;
    TakenStep taken;
    taken.time_us = step->time_us.value_or(record.time_us());
    taken.kind = step->kind;
    taken.revision = record.revision();
    absl::MutexLock lock(mutex);
    taken.name = texts->NumberOf(step->name);
    taken.reason = texts->NumberOf(step->reason);
    taken.actor = texts->NumberOf(record.actor());
    steps.push_back(taken);
  }

  void PartitionEnded(const std::string& service, int partition, absl::Mutex* mutex, Sales* all) {
    auto of_partition = steps_.extract({service, partition});
    absl::MutexLock lock(mutex);
    const absl::Status taken = states_.Take(
        service, partition, [&](const std::string& collection, const std::string& resource) {
          Document document = ToDocument(collection, resource, &all->texts);
          if (of_partition) document.steps = std::move(of_partition.mapped()[document.name]);
          all->documents.push_back(std::move(document));
          return absl::OkStatus();
        });
    taken.IgnoreError();  // only what is shown them could fail
  }

 private:
  const bool stages_;
  exporting::States states_;
  // By service and partition, by document.
  std::map<std::pair<std::string, int>, absl::flat_hash_map<std::string, std::vector<TakenStep>>>
      steps_;
};

// Documents that belong together, each set under one of them.
class Together {
 public:
  explicit Together(size_t size) : above_(size) { std::iota(above_.begin(), above_.end(), 0u); }

  uint32_t Of(uint32_t one) {
    while (above_[one] != one) one = above_[one] = above_[above_[one]];
    return one;
  }
  void Join(uint32_t one, uint32_t other) { above_[Of(one)] = Of(other); }

 private:
  std::vector<uint32_t> above_;
};

Sale::Outcome OutcomeOf(const Sale& sale, const std::vector<Document>& documents) {
  bool billed = false, open = false;
  for (const uint32_t number : sale.documents) {
    billed = billed || documents[number].billed;
    open = open || documents[number].open;
  }
  if (billed && !open) return Sale::Outcome::kPaid;
  return sale.steps.back().kind == Step::Kind::kEnd && !billed ? Sale::Outcome::kLost
                                                               : Sale::Outcome::kOpen;
}

// What a sale is counted under: what its first document says that says something, opportunities
// before leads before orders.
void Characterize(const std::vector<Document>& documents, const Texts& texts, Sale* sale) {
  const auto take = [&](uint32_t said, uint32_t* characteristic) {
    if (texts[*characteristic].empty()) *characteristic = said;
  };
  for (const char* collection : {"opportunities/", "leads/", "orders/"}) {
    for (const uint32_t number : sale->documents) {
      const Document& document = documents[number];
      if (!absl::StartsWith(document.name, collection) || document.merged) continue;
      take(document.source, &sale->source);
      take(document.owner, &sale->owner);
      take(document.pipeline, &sale->pipeline);
    }
  }
}

void Assemble(const SalesOptions& options, Sales* all) {
  std::sort(all->documents.begin(), all->documents.end(),
            [](const Document& a, const Document& b) { return a.name < b.name; });
  absl::flat_hash_map<absl::string_view, uint32_t> numbers;
  for (uint32_t i = 0; i < all->documents.size(); ++i) numbers[all->documents[i].name] = i;
  Together together(all->documents.size());
  for (uint32_t i = 0; i < all->documents.size(); ++i) {
    for (const std::string& name : all->documents[i].same_sale) {
      if (auto other = numbers.find(name); other != numbers.end()) together.Join(i, other->second);
    }
  }
  absl::flat_hash_map<uint32_t, Sale> sales;
  for (uint32_t i = 0; i < all->documents.size(); ++i) {
    Sale& sale = sales[together.Of(i)];
    sale.documents.push_back(i);
    for (TakenStep& step : all->documents[i].steps) {
      step.document = i;
      sale.steps.push_back(step);
    }
    all->documents[i].steps = {};
  }
  const int64_t since_us = options.since ? absl::ToUnixMicros(*options.since) : INT64_MIN;
  const int64_t until_us = options.until ? absl::ToUnixMicros(*options.until) : INT64_MAX;
  for (auto& [root, sale] : sales) {
    std::sort(sale.steps.begin(), sale.steps.end(), [](const TakenStep& a, const TakenStep& b) {
      return std::tie(a.time_us, a.document, a.revision) <
             std::tie(b.time_us, b.document, b.revision);
    });
    if (sale.steps.empty() || sale.steps.front().time_us < since_us ||
        sale.steps.front().time_us >= until_us)
      continue;
    sale.outcome = OutcomeOf(sale, all->documents);
    Characterize(all->documents, all->texts, &sale);
    all->sales.push_back(std::move(sale));
  }
  std::sort(all->sales.begin(), all->sales.end(), [](const Sale& a, const Sale& b) {
    return std::tie(a.steps.front().time_us, a.documents.front()) <
           std::tie(b.steps.front().time_us, b.documents.front());
  });
}

}  // namespace

uint32_t Texts::NumberOf(const std::string& text) {
  auto [entry, is_new] = numbers_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(text);
  return entry->second;
}

absl::StatusOr<Sales> ReadSales(history::History* history, const SalesOptions& options) {
  Sales all;
  all.texts.NumberOf("");  // is 0
  absl::Mutex mutex;       // of `all`
  std::vector<Reading> readings;
  for (size_t i = 0; i < options.threads; ++i)
    readings.emplace_back(history->services(), options.stages);
  history::ScanOptions scanning;
  scanning.threads = options.threads;
  scanning.progress = options.progress;
  scanning.ended = [&](size_t thread, const std::string& service, int partition,
                       const log::Progress&) {
    readings[thread].PartitionEnded(service, partition, &mutex, &all);
  };
  auto everything = history::Selection::Make({}, history->services());
  if (!everything.ok()) return everything.status();
  absl::Status read =
      history->Scan(*everything, scanning,
                    [&](size_t thread, const std::string& service, const log::LoggedRecord& event) {
                      readings[thread].See(service, event, &mutex, &all.texts);
                    });
  if (!read.ok()) return read;
  Assemble(options, &all);
  return all;
}

}  // namespace leadstream::mine
