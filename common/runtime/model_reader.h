// What a read model says, to queries.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/reader.h"
#include "common/domain/tally.h"
#include "common/store/read_model.h"

namespace leadstream::runtime {

class ModelReader : public domain::Reader {
 public:
  // The model outlives this.
  ModelReader(const store::ReadModel* model, int64_t now_us) : model_(*model), now_us_(now_us) {}

  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const override;
  std::shared_ptr<const google::protobuf::Message> FindAt(absl::string_view name,
                                                          int64_t revision) const override;
  google::protobuf::Timestamp Now() const override;
  std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                 absl::string_view key, size_t limit,
                                 absl::string_view after) const override;
  std::string LastKeyed(absl::string_view collection, absl::string_view index,
                        absl::string_view key, absl::string_view up_to) const override;
  std::vector<domain::TallySum> Tallies(
      absl::string_view collection, absl::string_view tally,
      const std::vector<domain::TallyBounds>& bounds) const override;

 private:
  const store::Collection* CollectionOf(absl::string_view collection) const;

  const store::ReadModel& model_;
  const int64_t now_us_;
};

}  // namespace leadstream::runtime
