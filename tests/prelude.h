// What tests include, compiled once (tests/CMakeLists.txt). No test relies on it: each includes
// what it uses.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/aggregate.h"
#include "leadstream/common/v1/record.pb.h"
