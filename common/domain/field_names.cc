#include "common/domain/field_names.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/letter_distance.h"
#include "common/domain/utf8.h"

namespace leadstream::domain {
namespace {

constexpr size_t kExcerptBytesMax = 60;

// "; did you mean `state`?" for the nearest of `count` names, of those that are near at all.
template <typename NameOf>
std::string Suggestion(absl::string_view name, int count, NameOf name_of) {
  const size_t near = std::max<size_t>(1, name.size() / 3);
  size_t nearest = near + 1;
  absl::string_view found;
  for (int i = 0; i < count; ++i) {
    const absl::string_view candidate = name_of(i);
    if (name.size() > candidate.size() + near || candidate.size() > name.size() + near) continue;
    const size_t distance = LetterDistance(name, candidate);
    if (distance >= nearest) continue;
    nearest = distance;
    found = candidate;
  }
  return found.empty() ? "" : absl::StrCat("; did you mean `", found, "`?");
}

}  // namespace

const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& message,
                                                   absl::string_view name, std::string* problem) {
  const auto* field = message.FindFieldByName(std::string(name));
  if (field == nullptr) {
    *problem = absl::StrCat(
        message.name(), " has no field `", Excerpt(name), "`",
        Suggestion(name, message.field_count(),
                   [&](int i) -> absl::string_view { return message.field(i)->name(); }));
  }
  return field;
}

const google::protobuf::EnumValueDescriptor* FindValue(const google::protobuf::EnumDescriptor& type,
                                                       absl::string_view name,
                                                       std::string* problem) {
  const auto* value = type.FindValueByName(std::string(name));
  if (value == nullptr) {
    *problem = absl::StrCat(type.name(), " has no value `", Excerpt(name), "`",
                            Suggestion(name, type.value_count(), [&](int i) -> absl::string_view {
                              return type.value(i)->name();
                            }));
  }
  return value;
}

absl::string_view Excerpt(absl::string_view text) {
  return WholeCharacters(text, kExcerptBytesMax);
}

}  // namespace leadstream::domain
