// Errors of the system, brought about for real: what Linux says becomes the object's code.
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "lib/net/dialer.hpp"
#include "net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// The code that connecting ends with.
int connect_code(const char* host, std::uint16_t port, const SocketOptions& options = {}) {
  WaitSet set;
  if (const NetError error = WaitSet::open(set); !error.ok()) return error.code;
  Dialer dialer(set, host, port, options, {});
  return finish(dialer, set, 0) == Connector::State::failed ? dialer.error().code : 0;
}

constexpr int kSkipped = 99;  // exit code of a child that could not set the scene

// The exit code of `body` in a child, whose privileges and network are its own.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool command(const char* line) { return std::system(line) == 0; }

// Exit code 0 when connecting from a network made by `set_up` ends with `code`.
void check_network(const char* set_up, const char* host, int code, IpMode mode = IpMode::v4_only) {
  const int got = in_child([&] {
    if (::unshare(CLONE_NEWNET) != 0 || !command(set_up)) return kSkipped;
    SocketOptions options;
    options.ip_mode = mode;
    const int found = connect_code(host, 22, options);
    if (found != code) UNSCOPED_INFO(found);
    return found == code ? 0 : 1;
  });
  if (got == kSkipped)
    skipped("a network namespace needs root and the command ip: " + std::string(set_up));
  else
    CHECK(got == 0);
}

}  // namespace

TEST_CASE("10013: a port of the system's, for whoever is not root") {
  std::ifstream in("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  int first = 1024;
  in >> first;
  const Socket listener = listen_at("127.0.0.1", 0);
  const std::uint16_t port = listener.local().port();
  const int got = in_child([&] {
    if (first <= 1 || (::geteuid() == 0 && ::setuid(65534) != 0)) return kSkipped;
    SocketOptions options;
    options.local_port = 1;
    return connect_code("127.0.0.1", port, options) == 10013 ? 0 : 1;
  });
  if (got == kSkipped)
    WARN("skipped: this system has no privileged ports");  // nothing that CI could install
  else
    CHECK(got == 0);
}

TEST_CASE("10024: no descriptor left") {
  const Socket listener = listen_at("127.0.0.1", 0);
  const std::uint16_t port = listener.local().port();
  CHECK(in_child([&] {
          // One descriptor is left, for the wait set; then none.
          for (const int room : {1, 0}) {
            const int next = ::dup(listener.fd());
            ::close(next);
            const auto limit = static_cast<rlim_t>(next + room);
            const rlimit few{limit, limit};
            if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return 2;
            if (connect_code("127.0.0.1", port) != 10024) return 1;
          }
          return 0;
        }) == 0);
}

TEST_CASE("10051, 10065, 10013, 10022: networks without a way") {
  const char* lo = "ip link set lo up";
  check_network("true", "192.0.2.1", 10051);
  check_network(lo, "192.0.2.1", 10051);
  check_network(lo, "2001:db8::1", 10051, IpMode::v6_only);
  check_network("ip link set lo up && ip route add unreachable 192.0.2.0/24", "192.0.2.1", 10065);
  check_network("ip link set lo up && ip route add prohibit 192.0.2.0/24", "192.0.2.1", 10013);
  check_network("ip link set lo up && ip route add blackhole 192.0.2.0/24", "192.0.2.1", 10022);
}

// The system gives up by itself, here after as few questions as it can be told to ask.
TEST_CASE("10060: a host that does not answer") {
  check_network(
      "echo 1 >/proc/sys/net/ipv4/tcp_syn_retries && ip link add v0 type veth peer name v1 && "
      "ip addr add 192.0.2.1/24 dev v0 && ip link set v0 up && ip link set v1 up && "
      "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:01 dev v0 nud permanent",
      "192.0.2.9", 10060);
}

TEST_CASE("10061 and 10049: nobody listens; an address of somebody else") {
  CHECK(connect_code("127.0.0.1", closed_port()) == 10061);
  SocketOptions options;
  options.local_host = "192.0.2.77";
  CHECK(connect_code("127.0.0.1", closed_port(), options) == 10049);
}
