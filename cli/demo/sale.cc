#include "cli/demo/sale.h"

#include <boost/context/fixedsize_stack.hpp>
#include <memory>
#include <utility>

namespace leadstream::demo {
namespace {

// Calls are not made on it, so that it holds a few requests and replies and no more.
constexpr size_t kStackBytes = 64 << 10;

}  // namespace

Sale::Sale(world::World* world, Work work)
    : world_(world),
      work_(std::move(work)),
      wakes_(world->now()),
      sale_(std::allocator_arg, boost::context::fixedsize_stack(kStackBytes),
            [this](boost::context::fiber&& caller) {
              caller_ = std::move(caller);
              status_ = work_(&sales_, &manager_);
              over_ = true;
              return std::move(caller_);
            }) {}

Sale::State Sale::GoOn() {
  for (;;) {
    sale_ = std::move(sale_).resume();
    if (over_) return kOver;
    if (call_.actor == nullptr) return kWaits;
    call_.answer = world_->Call(*call_.actor, *call_.request, call_.reply);
    call_.actor = nullptr;
  }
}

absl::Status Sale::Desk::CallInto(const google::protobuf::Message& request,
                                  google::protobuf::Message* reply) {
  sale_->call_ = {&actor_, &request, reply, absl::OkStatus()};
  sale_->Yield();
  return std::move(sale_->call_.answer);
}

void Sale::Desk::Pass(absl::Duration days) {
  sale_->wakes_ = sale_->world_->now() + days;
  sale_->Yield();
}

}  // namespace leadstream::demo
