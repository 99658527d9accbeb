#include "cli/mine/ocel.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "cli/export/manifest.h"
#include "common/domain/json_text.h"

namespace leadstream::mine {
namespace {

using domain::JsonText;

// How objects and steps are called there, and what may be said of them.
constexpr std::pair<const char*, const char*> kTypes[] = {{"leads/", "lead"},
                                                          {"opportunities/", "opportunity"},
                                                          {"quotes/", "quote"},
                                                          {"orders/", "order"},
                                                          {"invoices/", "invoice"}};
constexpr const char* kObjectAttributes[] = {"owner", "pipeline", "source", "state"};
constexpr const char* kEventAttributes[] = {"actor", "reason"};

std::string TimeOf(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(time_us),
                          absl::UTCTimeZone());
}

// Where a document comes in a sale.
size_t OrderOf(absl::string_view document) {
  size_t order = 0;
  while (order < std::size(kTypes) && !absl::StartsWith(document, kTypes[order].first)) ++order;
  return order;
}

std::string TypeOf(const std::string& document) {
  const size_t order = OrderOf(document);
  return order < std::size(kTypes) ? kTypes[order].second : "document";
}

template <size_t size>
std::string Attributes(const char* const (&names)[size]) {
  std::string json;
  for (const char* name : names)
    absl::StrAppend(&json, json.empty() ? "" : ",", "{\"name\":\"", name,
                    "\",\"type\":\"string\"}");
  return json;
}

// A JSON array over several lines, an element each.
class Array {
 public:
  Array(const char* name, std::ofstream* out) : out_(*out) { out_ << "\"" << name << "\":["; }
  ~Array() { out_ << "\n]"; }
  void Add(const std::string& element) {
    out_ << (empty_ ? "\n" : ",\n") << element;
    empty_ = false;
  }

 private:
  std::ofstream& out_;
  bool empty_ = true;
};

void WriteTypes(const Sales& sales, std::ofstream* out) {
  {
    Array types("objectTypes", out);
    for (const auto& [prefix, type] : kTypes)
      types.Add(absl::StrCat("{\"name\":\"", type, "\",\"attributes\":[",
                             Attributes(kObjectAttributes), "]}"));
  }
  *out << ",\n";
  std::set<std::string> names;
  for (const Sale& sale : sales.sales) {
    for (const TakenStep& step : sale.steps) names.insert(sales.texts[step.name]);
  }
  Array types("eventTypes", out);
  for (const std::string& name : names)
    types.Add(absl::StrCat("{\"name\":", JsonText(name), ",\"attributes\":[",
                           Attributes(kEventAttributes), "]}"));
}

using Names = absl::flat_hash_set<absl::string_view>;

Names NamesIn(const Sales& sales) {
  Names names;
  for (const Sale& sale : sales.sales) {
    for (const uint32_t number : sale.documents) names.insert(sales.documents[number].name);
  }
  return names;
}

void WriteObjects(const Sales& sales, const Names& there, std::ofstream* out) {
  Array objects("objects", out);
  for (const Sale& sale : sales.sales) {
    const std::string began = TimeOf(sale.steps.front().time_us);
    for (const uint32_t number : sale.documents) {
      const Document& document = sales.documents[number];
      std::string attributes, related;
      for (const auto& [name, text] :
           {std::pair("owner", document.owner), std::pair("pipeline", document.pipeline),
            std::pair("source", document.source), std::pair("state", document.state)}) {
        if (!sales.texts[text].empty())
          absl::StrAppend(&attributes, attributes.empty() ? "" : ",", "{\"name\":\"", name,
                          "\",\"time\":\"", began, "\",\"value\":", JsonText(sales.texts[text]),
                          "}");
      }
      for (const std::string& name : document.same_sale) {
        if (there.contains(name))
          absl::StrAppend(&related, related.empty() ? "" : ",", "{\"objectId\":", JsonText(name),
                          ",\"qualifier\":\"", TypeOf(name), "\"}");
      }
      objects.Add(absl::StrCat("{\"id\":", JsonText(document.name), ",\"type\":\"",
                               TypeOf(document.name), "\",\"attributes\":[", attributes,
                               "],\"relationships\":[", related, "]}"));
    }
  }
}

void WriteEvents(const Sales& sales, const Names& there, std::ofstream* out) {
  Array events("events", out);
  for (const Sale& sale : sales.sales) {
    const std::string& first = sales.documents[sale.steps.front().document].name;
    for (const TakenStep& step : sale.steps) {
      const std::string& document = sales.documents[step.document].name;
      std::string attributes =
          absl::StrCat("{\"name\":\"actor\",\"value\":", JsonText(sales.texts[step.actor]), "}");
      if (!sales.texts[step.reason].empty())
        absl::StrAppend(&attributes,
                        ",{\"name\":\"reason\",\"value\":", JsonText(sales.texts[step.reason]),
                        "}");
      std::string related =
          absl::StrCat("{\"objectId\":", JsonText(document), ",\"qualifier\":\"of\"}");
      std::set<std::string> before = {first};
      for (const std::string& name : sales.documents[step.document].same_sale) {
        if (there.contains(name) && OrderOf(name) < OrderOf(document)) before.insert(name);
      }
      before.erase(document);
      for (const std::string& name : before)
        absl::StrAppend(&related, ",{\"objectId\":", JsonText(name), ",\"qualifier\":\"",
                        TypeOf(name), "\"}");
      events.Add(absl::StrCat("{\"id\":", JsonText(absl::StrCat(document, "@", step.revision)),
                              ",\"type\":", JsonText(sales.texts[step.name]), ",\"time\":\"",
                              TimeOf(step.time_us), "\",\"attributes\":[", attributes,
                              "],\"relationships\":[", related, "]}"));
    }
  }
}

}  // namespace

absl::Status WriteOcel(const Sales& sales, const std::string& path) {
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary);
  const Names there = NamesIn(sales);
  out << "{";
  WriteTypes(sales, &out);
  out << ",\n";
  WriteObjects(sales, there, &out);
  out << ",\n";
  WriteEvents(sales, there, &out);
  out << "}\n" << std::flush;
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write to ", beside));
  out.close();
  return exporting::MoveIntoPlace(beside, path);
}

}  // namespace leadstream::mine
