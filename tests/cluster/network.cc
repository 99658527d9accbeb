#include "tests/cluster/network.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace leadstream::testing {
namespace {

constexpr char kIp[] = "/sbin/ip";

bool Run(const std::string& arguments) {
  return std::system(absl::StrCat(kIp, " ", arguments, " > /dev/null 2>&1").c_str()) == 0;
}

void MustRun(const std::string& arguments) {
  if (!Run(arguments)) std::fprintf(stderr, "ip %s: failed\n", arguments.c_str());
}

// Whether a process made it (`ls`, the process, and `n` and a host for one host of its network)
// that has ended without taking it apart.
bool IsLeftBehind(absl::string_view name) {
  int process = 0;
  if (!absl::ConsumePrefix(&name, "ls")) return false;
  return absl::SimpleAtoi(name.substr(0, name.find('n')), &process) &&
         !std::filesystem::exists(absl::StrCat("/proc/", process));
}

// Another network may have had the same addresses.
void RemoveWhatWasLeftBehind() {
  std::error_code none;
  for (const auto& host : std::filesystem::directory_iterator("/run/netns", none)) {
    const std::string name = host.path().filename();
    if (IsLeftBehind(name)) MustRun(absl::StrCat("netns del ", name));
  }
  for (const auto& link : std::filesystem::directory_iterator("/sys/class/net", none)) {
    const std::string name = link.path().filename();
    if (IsLeftBehind(name)) Run(absl::StrCat("link del ", name));  // or gone with its host
  }
}

}  // namespace

bool Network::CanBeHad(std::string* why_not) {
  if (access(kIp, X_OK) != 0) {
    *why_not = "there is no /sbin/ip (Debian's package iproute2)";
    return false;
  }
  const std::string name = absl::StrCat("try", getpid());
  const bool can = Run(absl::StrCat("link add ", name, " type bridge")) &&
                   Run(absl::StrCat("netns add ", name)) && Run(absl::StrCat("netns del ", name));
  Run(absl::StrCat("link del ", name));
  if (!can) *why_not = "network namespaces cannot be made here (it takes root)";
  return can;
}

Network::Network(int hosts)
    : hosts_(hosts),
      bridge_(absl::StrCat("ls", getpid())),
      net_(absl::StrCat("10.77.", getpid() % 256, ".")) {
  RemoveWhatWasLeftBehind();
  MustRun(absl::StrCat("link add ", bridge_, " type bridge"));
  MustRun(absl::StrCat("addr add ", gateway(), "/24 dev ", bridge_));
  MustRun(absl::StrCat("link set ", bridge_, " up"));
  for (int host = 0; host < hosts; ++host) {
    const std::string name = NameOf(host);
    MustRun(absl::StrCat("netns add ", name));
    MustRun(absl::StrCat("link add ", name, " type veth peer name eth0 netns ", name));
    MustRun(absl::StrCat("link set ", name, " master ", bridge_, " up"));
    MustRun(absl::StrCat("-n ", name, " addr add ", AddressOf(host), "/24 dev eth0"));
    MustRun(absl::StrCat("-n ", name, " link set eth0 up"));
    MustRun(absl::StrCat("-n ", name, " link set lo up"));
  }
}

Network::~Network() {
  for (int host = 0; host < hosts_; ++host) MustRun(absl::StrCat("netns del ", NameOf(host)));
  MustRun(absl::StrCat("link del ", bridge_));
}

std::string Network::NameOf(int host) const { return absl::StrCat("ls", getpid(), "n", host); }
std::string Network::AddressOf(int host) const { return absl::StrCat(net_, 10 + host); }
std::vector<std::string> Network::Wrapper(int host) const {
  return {kIp, "netns", "exec", NameOf(host)};
}

void Network::Cut(int host) { MustRun(absl::StrCat("link set ", NameOf(host), " down")); }
void Network::Join(int host) { MustRun(absl::StrCat("link set ", NameOf(host), " up")); }

void Network::Part(int one, int other) {
  MustRun(absl::StrCat("-n ", NameOf(one), " route add blackhole ", AddressOf(other)));
  MustRun(absl::StrCat("-n ", NameOf(other), " route add blackhole ", AddressOf(one)));
}
void Network::Meet(int one, int other) {
  MustRun(absl::StrCat("-n ", NameOf(one), " route del blackhole ", AddressOf(other)));
  MustRun(absl::StrCat("-n ", NameOf(other), " route del blackhole ", AddressOf(one)));
}

}  // namespace leadstream::testing
