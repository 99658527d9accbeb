// What a service's read model holds, worked out once from its tables: collections, the numbers of
// their indexes, where a resource's machinery fields are. Immutable, thread-safe.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/store/ordered_value.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::store {

struct SchemaIndex {
  domain::Index index;
  std::optional<FieldPath> path;  // not for keyed ones
  std::string prefix;             // 'i' aggregate index
};

class Collection {
 public:
  Collection(domain::Aggregate aggregate, int number);

  int number() const { return number_; }
  const domain::Aggregate& aggregate() const { return aggregate_; }
  const std::vector<SchemaIndex>& indexes() const { return indexes_; }
  const SchemaIndex* FindIndex(domain::Index::Kind kind, absl::string_view name) const;
  // Every key that follows from how a resource stands, of indexes and of what is due by itself, in
  // no particular order.
  std::vector<std::string> KeysOf(int partition, absl::string_view name,
                                  const google::protobuf::Message& state) const;
  // `resource` as it is after the record: evolved by the rules, stamped by the machinery. `event`
  // is what EventOf says; null, of a newer version, it changes the revision alone.
  void Fold(const common::v1::Record& record, const google::protobuf::Message* event,
            google::protobuf::Message* resource) const;
  void Fold(const common::v1::Record& record, google::protobuf::Message* resource) const {
    Fold(record, EventOf(record).get(), resource);
  }
  // The event of a record; null if this version does not know it or it cannot be parsed.
  std::unique_ptr<google::protobuf::Message> EventOf(const common::v1::Record& record) const;
  int64_t CreateTime(const google::protobuf::Message& state) const;

 private:
  std::vector<std::string> IndexKeys(absl::string_view name,
                                     const google::protobuf::Message& state) const;

  int number_;
  domain::Aggregate aggregate_;
  std::vector<SchemaIndex> indexes_;
  const google::protobuf::FieldDescriptor *name_, *uid_, *etag_, *create_time_, *update_time_,
      *creator_;
};

class Schema {
 public:
  explicit Schema(const domain::ServiceDefinition& definition);

  const std::vector<Collection>& collections() const { return collections_; }
  // By a resource's name, "leads/4711"; null if it is not of this service.
  const Collection* OfName(absl::string_view name) const;
  const Collection* OfResource(const google::protobuf::Descriptor* resource) const;
  const Collection* OfCommand(const google::protobuf::Descriptor* request) const;

 private:
  std::vector<Collection> collections_;
};

// The collection of a resource's name: all but its last part.
absl::string_view CollectionOf(absl::string_view name);

}  // namespace leadstream::store
