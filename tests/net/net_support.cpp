#include "net_support.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <random>

#include "lib/net/lookup.hpp"

namespace sshauth::test {

Address address_of(const char* text, std::uint16_t port) {
  Address out;
  REQUIRE(parse_address(text, out));
  out.set_port(port);
  return out;
}

void skipped(const std::string& why) {
  const char* ci = std::getenv("CI");
  if (ci != nullptr && std::string(ci) == "true") FAIL("skipped in CI: " << why);
  WARN("skipped: " << why);
}

bool asynchronous() {
  if (lookup_is_asynchronous()) return true;
  skipped("c-ares is not here, so names are looked up by the C library");
  return false;
}

// Asked of the system, for what is tested must not say itself that it need not be. Whether a
// machine has IPv6 is nothing that CI could install, so there, too, it is no failure.
bool has_v6() {
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const Descriptor fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&loopback));
  const bool there = fd && ::bind(fd.get(), name, sizeof loopback) == 0;
  if (!there) WARN("skipped: this machine has no IPv6 loopback address");
  return there;
}

// Below the ports that Linux gives to who asks for any: there nobody gets it by chance before it is
// used.
std::uint16_t closed_port() {
  static std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<unsigned> one_of(16'384, 32'767);
  Listener gone;
  for (int i = 0; i < 100 && gone.port() == 0; ++i) {
    const NetError taken = Listener::open(false, static_cast<std::uint16_t>(one_of(random)), gone);
    if (!taken.ok()) gone = Listener();
  }
  REQUIRE(gone.port() != 0);
  return gone.port();
}

Socket listen_at(const char* text, std::uint16_t port) {
  const Address at = address_of(text, port);
  Socket out;
  REQUIRE(Socket::open(at.family(), out).ok());
  const NetError error = out.bind(at);
  INFO(error.text);
  REQUIRE(error.ok());
  REQUIRE(::listen(out.fd(), 16) == 0);
  return out;
}

Silent::Silent(const char* text, std::uint16_t port) : listener_(listen_at(text, port)) {
  REQUIRE(::listen(listener_.fd(), 0) == 0);
  WaitSet set = wait_set();
  Connector c(set, {});
  c.add({listener_.local()});
  c.no_more();
  REQUIRE(finish(c, set, 0) == Connector::State::connected);
  in_queue_ = c.take();
}

WaitSet wait_set() {
  WaitSet out;
  REQUIRE(WaitSet::open(out).ok());
  return out;
}

int option_of(int fd, int level, int option) {
  int value = -1;
  socklen_t len = sizeof value;
  REQUIRE(::getsockopt(fd, level, option, &value, &len) == 0);
  return value;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator list("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(list), end(list)));
}

}  // namespace sshauth::test
