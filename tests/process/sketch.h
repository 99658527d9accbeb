// Requests made up from what the protos say of their fields: most of them make sense, as far as
// annotations can tell, and some do not.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "tests/domain/random_document.h"
#include "tests/process/world.h"

namespace leadstream::process {

using domain::Dice;

class Sketcher {
 public:
  Sketcher(const World* world, Dice* dice) : world_(world), dice_(dice) {}

  // Fills a new message. `target` is the resource that the request is about, where it has one.
  void Fill(const std::string& target, google::protobuf::Message* request);
  // Does something to a request that no caller should.
  void Damage(google::protobuf::Message* request);

  // One of the resources of a type ("leadstream.dev/Lead"), or of any; empty: there is none.
  std::string AnyOf(const std::string& type);
  // An id that nothing has yet, and a later run of the same seed makes again.
  std::string NewId() { return absl::StrCat("n", ++ids_); }
  Dice& dice() { return *dice_; }
  const World& world() const { return *world_; }

 private:
  using Field = google::protobuf::FieldDescriptor;
  void FillFields(int depth, bool creates, google::protobuf::Message* message);
  void FillField(const Field* field, int depth, bool creates, google::protobuf::Message* message);
  void FillMask(const Field* field, google::protobuf::Message* message);
  std::string Text(const Field* field);
  std::string TakenId(const google::protobuf::Descriptor& request);
  std::string Number(const Field* field);
  void FillMessage(const Field* field, int depth, bool creates, google::protobuf::Message* value);

  const World* const world_;
  Dice* const dice_;
  std::string target_;
  int ids_ = 0;
};

}  // namespace leadstream::process
