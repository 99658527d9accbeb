// A batch's changes in the order of their keys. To whatever keeps keys in order they are cheaper to
// give so: each has its place beside the one before.
#pragma once

#include <absl/functional/function_ref.h>
#include <rocksdb/slice.h>
#include <rocksdb/status.h>
#include <rocksdb/write_batch.h>

namespace leadstream::store {

// What a batch does to a key; its bytes are the batch's.
struct KeyChange {
  rocksdb::Slice key;
  rocksdb::Slice value;
  bool deletes;
};

// Of a key that the batch has more than once the last change counts. Ends with the first error.
rocksdb::Status InKeyOrder(const rocksdb::WriteBatch& batch,
                           absl::FunctionRef<rocksdb::Status(const KeyChange&)> take);

}  // namespace leadstream::store
