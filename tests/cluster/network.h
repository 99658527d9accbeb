// A network in which single nodes can be cut off: a bridge of this machine, and a network namespace
// for each node, joined to it by a cable that can be pulled. Needs root and Linux's `ip`.
#pragma once

#include <string>
#include <vector>

namespace leadstream::testing {

class Network {
 public:
  // Whether this machine lets us have one; `why_not` says what is missing.
  static bool CanBeHad(std::string* why_not);
  // With so many hosts beside this machine, numbered from 0 on.
  explicit Network(int hosts);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Where this machine is reached from the hosts.
  std::string gateway() const { return net_ + "1"; }
  std::string AddressOf(int host) const;
  // What a command on a host begins with.
  std::vector<std::string> Wrapper(int host) const;

  // Pulls the host's cable, and puts it back.
  void Cut(int host);
  void Join(int host);
  // Two hosts do not reach each other any more, though both reach this machine; and do again.
  void Part(int one, int other);
  void Meet(int one, int other);

 private:
  std::string NameOf(int host) const;

  const int hosts_;
  // Of this process alone: several of them may have one at the same time.
  const std::string bridge_, net_;
};

}  // namespace leadstream::testing
