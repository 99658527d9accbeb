// A client that takes no silence for an answer: every command has a request id, and is sent with
// the same one until the server has answered, however often it dies meanwhile. It remembers each
// answer, and notes as a problem whatever a caller may rely on and does not get:
//
//   - a command sent again, at once or much later, is answered as it was the first time;
//   - what was answered can be read from then on, also from a server that has only just come back.
//
// Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace leadstream::testing {

struct Answered {
  std::shared_ptr<const google::protobuf::Message> request;  // with its request id
  std::shared_ptr<const google::protobuf::Message> reply;
  std::string request_id;
};

// The resource that a reply holds: the reply itself, or, of a QualifyLeadResponse, its lead. Null
// if there is none.
const google::protobuf::Message* ResourceIn(const google::protobuf::Message& reply);
std::string NameOf(const google::protobuf::Message& resource);
int64_t RevisionOf(const google::protobuf::Message& resource);

class StubbornClient {
 public:
  StubbornClient(std::shared_ptr<grpc::Channel> channel, uint64_t seed)
      : StubbornClient([channel](const std::string&, uint64_t) { return channel; }, seed) {}
  // One of several servers for each attempt, by the service ("lead") and a random number. Reads ask
  // for what is fresh, since the next one may be asked of another.
  using Choose =
      std::function<std::shared_ptr<grpc::Channel>(const std::string& service, uint64_t random)>;
  StubbornClient(Choose choose, uint64_t seed) : choose_(std::move(choose)), random_(seed) {}

  // Sends a command. An error is what the rules said, or DeadlineExceeded after `kPatience`.
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Do(Request request) {
    request.set_request_id(NewRequestId());
    Reply reply;
    absl::Status status = Command(request, request.request_id(), &reply);
    if (!status.ok()) return status;
    return reply;
  }
  // Reads a resource as soon as it is there, and as `ready` wants it.
  template <typename Resource, typename GetRequest>
  absl::StatusOr<Resource> Await(const std::string& name,
                                 const std::function<bool(const Resource&)>& ready = nullptr) {
    GetRequest get;
    get.set_name(name);
    Resource resource;
    absl::Status status =
        AwaitInto(get, &resource, [&] { return ready == nullptr || ready(resource); });
    if (!status.ok()) return status;
    return resource;
  }
  // Sends a command that was answered before once more; a problem if the answer differs.
  void AskAgain(const Answered& answered);

  std::vector<Answered> answered() const;
  size_t answered_count() const { return answered_count_; }
  // Request ids of commands that the rules refused: nothing of theirs may be in the log.
  std::vector<std::string> refused() const;
  // Attempts after the first, of commands that were not answered yet; and of commands that were.
  size_t retried() const { return retried_; }
  size_t asked_again() const { return asked_again_; }
  std::vector<std::string> problems() const;

  // Longer than any server may be away.
  static constexpr absl::Duration kPatience = absl::Seconds(60);

 private:
  std::string NewRequestId();
  int Below(int end);
  uint64_t Random();
  absl::Status Command(const google::protobuf::Message& request, const std::string& request_id,
                       google::protobuf::Message* reply);
  absl::Status AwaitInto(const google::protobuf::Message& get, google::protobuf::Message* resource,
                         const std::function<bool()>& ready);
  // One attempt, which may be given up early.
  grpc::Status Attempt(const google::protobuf::Message& request, google::protobuf::Message* reply,
                       absl::Duration at_most);
  // Until there is an answer of the rules.
  absl::Status Ask(const google::protobuf::Message& request, google::protobuf::Message* reply,
                   bool is_command);
  // What was answered lately is there.
  void ReadBack(const google::protobuf::Message& known);
  void ReadBackLatest();
  void Note(std::string problem);

  const Choose choose_;
  mutable absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  std::vector<Answered> answered_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> refused_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> problems_ ABSL_GUARDED_BY(mutex_);
  std::atomic<size_t> answered_count_{0}, retried_{0}, asked_again_{0};
};

}  // namespace leadstream::testing
