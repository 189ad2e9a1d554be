#include "lib/net/local.hpp"

#include <ifaddrs.h>

#include <cerrno>
#include <memory>

namespace sshauth {
namespace {

struct FreeIfAddrs {
  void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};

socklen_t len_of(const sockaddr* address) noexcept {
  return address->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

std::vector<Address> any_address() {
  std::vector<Address> out(2);
  if (!parse_address("::", out[0]) || !parse_address("0.0.0.0", out[1])) out.clear();
  return out;
}

}  // namespace

LocalAddresses::LocalAddresses(std::string name, std::vector<Address> addresses, std::uint16_t port)
    : name_(std::move(name)), addresses_(std::move(addresses)) {
  if (name_.empty() && port != 0) addresses_ = any_address();
  for (Address& address : addresses_) address.set_port(port);
}

NetError LocalAddresses::bind(Socket& socket, const Address& target) const {
  if (addresses_.empty()) return {};
  if (const Address* local = choose(target); local != nullptr) return socket.bind(*local);
  return {10049, EADDRNOTAVAIL,
          "LocalHost " + name_ + " has no " + (target.family() == AF_INET ? "IPv4" : "IPv6") +
              " address to connect from"};
}

// A link-local address reaches its own link alone, and the others do not fit there.
const Address* LocalAddresses::choose(const Address& target) const noexcept {
  const Address* fits = nullptr;
  for (const Address& local : addresses_) {
    if (local.family() != target.family()) continue;
    if (local.is_link_local() == target.is_link_local()) return &local;
    if (fits == nullptr) fits = &local;
  }
  return fits;
}

std::vector<Address> interface_addresses(std::string_view name) {
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeIfAddrs> list(raw);
  std::vector<Address> out;
  for (const ifaddrs* at = list.get(); at != nullptr; at = at->ifa_next) {
    if (name != at->ifa_name || at->ifa_addr == nullptr) continue;
    const int family = at->ifa_addr->sa_family;
    if (family == AF_INET || family == AF_INET6)
      out.emplace_back(at->ifa_addr, len_of(at->ifa_addr));
  }
  return out;
}

}  // namespace sshauth
