// A copy of a log in which something is changed behind its back.
#pragma once

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "cli/all_services.h"
#include "common/log/event_log.h"
#include "common/log/local_keys.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {

class TamperedLog {
 public:
  // `data`: whose log is copied.
  explicit TamperedLog(const std::string& data) {
    std::filesystem::copy(data + "/log", this->data() + "/log",
                          std::filesystem::copy_options::recursive);
    rocksdb::DB* db = nullptr;
    const auto opened = rocksdb::DB::Open(rocksdb::Options(), this->data() + "/log", &db);
    EXPECT_TRUE(opened.ok()) << opened.ToString();
    db_.reset(db);
  }

  std::string data() const { return directory_.path(); }
  // Nothing is changed afterwards.
  void Close() { db_ = nullptr; }

  // Changes the first record for which `change` answers true.
  void Change(const std::string& service, const std::function<bool(log::Record*)>& change) {
    std::string key;
    log::Record record;
    for (const auto& it = Begin(service); it->Valid() && IsOf(service, it->key()); it->Next()) {
      ASSERT_TRUE(record.ParseFromString(it->value().ToString()));
      if (!change(&record)) continue;
      key = it->key().ToString();
      break;
    }
    ASSERT_FALSE(key.empty()) << "there is nothing to be changed";
    ASSERT_TRUE(db_->Put({}, key, record.SerializeAsString()).ok());
  }
  // The same of an event of one type, and what it says.
  template <typename Event>
  void ChangeEvent(const std::function<bool(log::Record*, Event*)>& change) {
    const std::string type = Event::descriptor()->full_name();
    Change(type.substr(sizeof("leadstream.") - 1, type.find(".v1.") - sizeof("leadstream.") + 1),
           [&](log::Record* record) {
             Event event;
             if (record->type() != type || !event.ParseFromString(record->data()) ||
                 !change(record, &event))
               return false;
             event.SerializeToString(record->mutable_data());
             return true;
           });
  }
  // Takes the first event out of which `is_it` says so.
  void Remove(const std::string& service, const std::function<bool(const log::Record&)>& is_it) {
    std::string key;
    log::Record record;
    for (const auto& it = Begin(service); it->Valid() && IsOf(service, it->key()); it->Next()) {
      ASSERT_TRUE(record.ParseFromString(it->value().ToString()));
      if (is_it(record)) key = it->key().ToString();
      if (!key.empty()) break;
    }
    ASSERT_FALSE(key.empty()) << "there is nothing to be removed";
    ASSERT_TRUE(db_->Delete({}, key).ok());
  }
  // Appends a record where its subject belongs; `partitions_off`: so many partitions from there.
  void Append(const std::string& service, const log::Record& record, int partitions_off = 0) {
    std::string partitions;
    ASSERT_TRUE(db_->Get({}, absl::StrCat("p", log::TopicOf(service)), &partitions).ok());
    const int count = std::stoi(partitions);
    const int partition = (log::PartitionOf(record.subject(), count) + partitions_off) % count;
    int64_t offset = 0;
    std::string ignored;
    while (db_->Get({}, log::RecordKey(log::TopicOf(service), partition, offset), &ignored).ok())
      ++offset;
    ASSERT_TRUE(db_->Put({}, log::RecordKey(log::TopicOf(service), partition, offset),
                         record.SerializeAsString())
                    .ok());
  }

 private:
  std::unique_ptr<rocksdb::Iterator> Begin(const std::string& service) {
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
    it->Seek(Prefix(service));
    return it;
  }
  static std::string Prefix(const std::string& service) {
    return absl::StrCat("r", log::TopicOf(service), std::string(1, '\0'));
  }
  static bool IsOf(const std::string& service, const rocksdb::Slice& key) {
    return key.starts_with(Prefix(service));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace leadstream::testing
