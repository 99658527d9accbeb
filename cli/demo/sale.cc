#include "cli/demo/sale.h"

#include <absl/cleanup/cleanup.h>

#include <boost/context/fixedsize_stack.hpp>
#include <memory>
#include <utility>

namespace leadstream::demo {
namespace {

// Calls are not made on it, so that it holds a few requests and replies and no more.
constexpr size_t kStackBytes = kRoomForSanitizers * (64 << 10);

// Boost's allocator of stacks, which says where they are.
class KnownStack {
 public:
  explicit KnownStack(StackSwitches* switches) : switches_(switches) {}
  boost::context::stack_context allocate() {
    const boost::context::stack_context stack = stacks_.allocate();
    switches_->IsAt(stack);
    return stack;
  }
  // NOLINTNEXTLINE(google-runtime-references): as Boost calls it
  void deallocate(boost::context::stack_context& stack) { stacks_.deallocate(stack); }

 private:
  StackSwitches* switches_;
  boost::context::fixedsize_stack stacks_{kStackBytes};
};

}  // namespace

Sale::Sale(world::World* world, Work work)
    : world_(world), work_(std::move(work)), wakes_(world->now()) {}

Sale::~Sale() {
  if (!sale_) return;
  switches_.WillEnter();
  sale_ = {};  // unwinds it
  switches_.DidLeave();
}

void Sale::Begin() {
  sale_ = boost::context::fiber(
      std::allocator_arg, KnownStack(&switches_), [this](boost::context::fiber&& caller) {
        switches_.DidEnter();
        const absl::Cleanup leaving = [this] { switches_.WillLeaveForGood(); };
        caller_ = std::move(caller);
        status_ = work_(&sales_, &manager_);
        return std::move(caller_);
      });
}

Sale::State Sale::GoOn() {
  if (!sale_) Begin();
  for (;;) {
    switches_.WillEnter();
    sale_ = std::move(sale_).resume();
    switches_.DidLeave();
    if (!sale_) return kOver;
    if (call_.actor == nullptr) return kWaits;
    call_.answer = world_->Call(*call_.actor, *call_.request, call_.reply);
    call_.actor = nullptr;
  }
}

void Sale::Yield() {
  switches_.WillLeave();
  const absl::Cleanup back = [this] { switches_.DidEnter(); };  // or it is being unwound
  caller_ = std::move(caller_).resume();
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
