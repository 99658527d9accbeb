// RocksDB keeps no diary of its own: the file LOG beside a database. RocksDB 7.8 as Debian 12
// builds it, with assertions, ends the process when that file cannot be written, so that a full
// disk would kill a server that could have gone on. What fails is reported by those who asked.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace leadstream::log {

class NoInfoLog : public rocksdb::Logger {
 public:
  NoInfoLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

inline std::shared_ptr<rocksdb::Logger> NewNoInfoLog() { return std::make_shared<NoInfoLog>(); }

}  // namespace leadstream::log
