#include "services/quoting/price_list_rules.h"

#include <absl/algorithm/container.h>
#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/message_differencer.h>

#include "common/domain/date.h"
#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "services/quoting/price_list_items.h"

namespace leadstream::quoting {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::FieldViolation;
using domain::RefuseFields;

namespace {

using Problems = std::vector<FieldViolation>;

Problems HeaderProblems(const PriceList& list) {
  Problems bad;
  if (domain::IsBlank(list.title())) bad.push_back({"price_list.title", "say what it is called"});
  if (list.has_valid_from() && list.has_valid_to() &&
      domain::DayOf(list.valid_to()) < domain::DayOf(list.valid_from()))
    bad.push_back({"price_list.valid_to", "is before valid_from"});
  absl::c_move(RoundingProblems(list.rounding(), "price_list.rounding"), std::back_inserter(bad));
  return bad;
}

std::vector<std::string> ReferencesOf(const Items& items) {
  std::vector<std::string> names;
  for (const PriceListItem& item : items) {
    names.push_back(item.product());
    if (!item.base_list().empty()) names.push_back(item.base_list());
  }
  return names;
}

bool SameItems(const Items& a, const Items& b) {
  return absl::c_equal(a, b, [](const PriceListItem& x, const PriceListItem& y) {
    return google::protobuf::util::MessageDifferencer::Equals(x, y);
  });
}

}  // namespace

std::vector<std::string> Needs(const CreatePriceListRequest& request) {
  return ReferencesOf(request.price_list().items());
}

Decision Decide(const PriceList&, const CreatePriceListRequest& request, const Context& context) {
  PriceListCreated created;
  PriceList& list = *created.mutable_price_list();
  list = request.price_list();
  list.clear_etag();
  list.set_name(context.name);
  Catalogue catalogue(context.found);
  WriteOwnUnitsEmpty(&catalogue, list.mutable_items());
  Problems bad = HeaderProblems(list);
  absl::c_move(ItemProblems(list.items(), "price_list.items", list, &catalogue),
               std::back_inserter(bad));
  if (!bad.empty()) return RefuseFields(PRICE_LIST_FIELDS_INVALID, "it cannot be so", bad);
  list.clear_name();
  return created;
}

void Evolve(const PriceListCreated& event, PriceList* list) { *list = event.price_list(); }

Decision Decide(const PriceList& list, const UpdatePriceListRequest& request, const Context&) {
  PriceListUpdated updated;
  PriceList after = list;
  Problems bad = domain::ApplyUpdate(request.price_list(), request.update_mask(), &after,
                                     updated.mutable_update_mask());
  absl::c_move(HeaderProblems(after), std::back_inserter(bad));
  if (!SameItems(list.items(), after.items())) {
    bad.push_back(
        {"price_list.items", "items are changed by SetPriceListItems and RemovePriceListItem"});
  }
  if (!bad.empty()) return RefuseFields(PRICE_LIST_FIELDS_INVALID, "it cannot become so", bad);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_price_list());
  return updated;
}

void Evolve(const PriceListUpdated& event, PriceList* list) {
  domain::CopyFields(event.price_list(), event.update_mask(), list);
}

Decision Decide(const PriceList& list, const DeletePriceListRequest&, const Context&) {
  PriceListDeleted deleted;
  deleted.set_title(list.title());
  return deleted;
}

std::vector<std::string> Needs(const SetPriceListItemsRequest& request) {
  return ReferencesOf(request.items());
}

Decision Decide(const PriceList& list, const SetPriceListItemsRequest& request,
                const Context& context) {
  PriceListItemsSet set;
  *set.mutable_items() = request.items();
  Catalogue catalogue(context.found);
  WriteOwnUnitsEmpty(&catalogue, set.mutable_items());
  Problems bad = ItemProblems(set.items(), "items", list, &catalogue);
  PriceList after = list;
  Evolve(set, &after);
  if (after.items_size() > kPriceListItemsMax) {
    bad.push_back({"items", absl::StrCat("a price list has at most ", kPriceListItemsMax,
                                         " items; this makes it ", after.items_size())});
  }
  if (!bad.empty()) return RefuseFields(PRICE_LIST_ITEMS_INVALID, "they cannot be so", bad);
  return set;
}

void Evolve(const PriceListItemsSet& event, PriceList* list) {
  absl::flat_hash_map<std::pair<std::string, std::string>, PriceListItem*> items;
  for (PriceListItem& item : *list->mutable_items()) items[{item.product(), item.unit()}] = &item;
  for (const PriceListItem& item : event.items()) {
    PriceListItem*& at = items[{item.product(), item.unit()}];
    if (at == nullptr) at = list->add_items();
    *at = item;
  }
}

Decision Decide(const PriceList& list, const RemovePriceListItemRequest& request, const Context&) {
  if (FindItem(list.items(), request.product(), request.unit()) < 0) {
    return RefuseFields(PRICE_LIST_ITEMS_INVALID, "there is no such item",
                        {{"product", "has no item for this unit in the list"}});
  }
  PriceListItemRemoved removed;
  removed.set_product(request.product());
  removed.set_unit(request.unit());
  return removed;
}

void Evolve(const PriceListItemRemoved& event, PriceList* list) {
  const int at = FindItem(list->items(), event.product(), event.unit());
  if (at >= 0) list->mutable_items()->DeleteSubrange(at, 1);
}

}  // namespace leadstream::quoting
