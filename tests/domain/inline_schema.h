// Message types written where they are tested, in package `inline`, with every annotation at hand.
//
//   InlineSchema schema(R"(message Thing { string topic = 1; })");
//   auto thing = schema.Parse("Thing", R"pb(topic: "a")pb");
#pragma once

#include <absl/strings/str_cat.h>
#include <google/api/field_behavior.pb.h>
#include <google/api/resource.pb.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "leadstream/common/v1/validation.pb.h"

namespace leadstream::testing {

class InlineSchema {
 public:
  explicit InlineSchema(const std::string& messages)
      : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    // Asked for, so that the linker keeps them and the pool knows them.
    google::protobuf::FileDescriptorProto file;
    std::string source = "syntax = \"proto3\"; package inline;";
    for (const auto* imported :
         {google::api::ResourceDescriptor::descriptor()->file(),
          google::protobuf::FieldMask::descriptor()->file(),
          google::protobuf::Timestamp::descriptor()->file(),
          google::protobuf::Duration::descriptor()->file(),
          google::type::Money::descriptor()->file(), google::type::Decimal::descriptor()->file(),
          google::type::Date::descriptor()->file(), google::api::FieldBehavior_descriptor()->file(),
          common::v1::FieldRules::descriptor()->file()}) {
      absl::StrAppend(&source, "import \"", imported->name(), "\";");
    }
    absl::StrAppend(&source, "\n", messages);
    google::protobuf::io::ArrayInputStream input(source.data(), static_cast<int>(source.size()));
    google::protobuf::io::Tokenizer tokens(&input, nullptr);
    google::protobuf::compiler::Parser parser;
    EXPECT_TRUE(parser.Parse(&tokens, &file)) << source;
    file.set_name("inline.proto");
    file_ = pool_.BuildFile(file);
    EXPECT_NE(file_, nullptr);
    factory_.SetDelegateToGeneratedFactory(true);
  }

  const google::protobuf::Descriptor& Type(const std::string& name) const {
    return *file_->FindMessageTypeByName(name);
  }

  std::unique_ptr<google::protobuf::Message> Parse(const std::string& type,
                                                   const std::string& text) {
    std::unique_ptr<google::protobuf::Message> message(factory_.GetPrototype(&Type(type))->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    return message;
  }

 private:
  google::protobuf::DescriptorPool pool_;
  const google::protobuf::FileDescriptor* file_ = nullptr;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
};

}  // namespace leadstream::testing
