// The commands of all services, found by their descriptors, and how one is made that has a chance.
//
// Without a row a command is made up from its annotations alone. A row says of which resource it
// is worth asking, and puts right what annotations cannot know: lines that the document has, an
// amount that is owed.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/process/sketch.h"

namespace leadstream::process {

struct Shape {
  // Whether this resource may accept it; unset: any.
  std::function<bool(const google::protobuf::Message& target)> suits;
  // `target` is null for a creation, and where there is no such resource.
  std::function<void(const google::protobuf::Message* target, Sketcher& sketcher,
                     google::protobuf::Message* request)>
      fit;
};
using Shapes = std::map<const google::protobuf::Descriptor*, Shape>;

// A row: `suits` and `fit` of a request and its resource.
template <typename Request, typename Resource>
void Add(Shapes* shapes, bool (*suits)(const Resource&),
         void (*fit)(const Resource* target, Sketcher&, Request*) = nullptr) {
  Shape& shape = (*shapes)[Request::descriptor()];
  if (suits != nullptr) {
    shape.suits = [suits](const google::protobuf::Message& target) {
      return suits(static_cast<const Resource&>(target));
    };
  }
  if (fit != nullptr) {
    shape.fit = [fit](const google::protobuf::Message* target, Sketcher& sketcher,
                      google::protobuf::Message* request) {
      fit(static_cast<const Resource*>(target), sketcher, static_cast<Request*>(request));
    };
  }
}

void AddLeadShapes(Shapes* shapes);
void AddOpportunityShapes(Shapes* shapes);
void AddQuotingShapes(Shapes* shapes);
void AddOrderingShapes(Shapes* shapes);
void AddBillingShapes(Shapes* shapes);
const Shapes& AllShapes();

// An update of one of these fields, most of the time, and not of whatever comes to mind.
void Edit(std::initializer_list<const char*> paths, Sketcher& sketcher,
          google::protobuf::FieldMask* mask);
// An open opportunity, if a few tries find one.
std::string OpenOpportunity(Sketcher& sketcher);
// Lines that can be priced.
void FitLine(Sketcher& sketcher, common::v1::Line* line);
void FitAdjustments(Sketcher& sketcher, common::v1::Adjustments* adjustments);

// Commands that only reactions issue, telling what happened elsewhere. Told by hand they could say
// what never happened, and nothing would agree any more; so it is enough that reactions issue them.
struct Told {
  const char* method;  // "leadstream.ordering.v1.OrderService.RecordInvoice"
  const char* event;   // what it leads to, which must have happened
};
const std::vector<Told>& ToldByReactions();
// Methods that are not called here, and why.
const std::map<std::string, std::string>& Exempt();

// Every method of every service, but those between nodes.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();
// It changes something: not bound to HTTP GET, and no query.
bool IsCommand(const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::process
