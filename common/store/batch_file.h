// A batch that is large, as it is while a model catches up: sorted once, written as a file and
// taken into the database whole. Through a memory table each key costs a search among all that are
// there, a copy and a flush.
//
// Atomic like a batch: the database has all of the file or nothing of it. What was written before
// and not flushed is flushed first where keys overlap, and they do: a batch holds the offsets of
// its partitions.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>

namespace leadstream::store {

class BatchFile {
 public:
  // Writes it, under a name of its own. Of a key that the batch has more than once the last counts.
  static rocksdb::Status Write(const rocksdb::WriteBatch& batch, rocksdb::DB* db,
                               std::unique_ptr<BatchFile>* file);
  // Removes it, unless it was taken in.
  ~BatchFile();
  // Makes it part of the database.
  rocksdb::Status TakeIn();

  // What a process that was killed has left.
  static void RemoveOld(const std::string& directory);

 private:
  BatchFile(rocksdb::DB* db, std::string path) : db_(db), path_(std::move(path)) {}

  rocksdb::DB* const db_;
  const std::string path_;
  bool taken_in_ = false;
};

}  // namespace leadstream::store
