// Address: an IPv4 or IPv6 address with a port.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sshauth {

class Address {
 public:
  Address() noexcept = default;
  // What the system gave; anything but AF_INET and AF_INET6 becomes an empty address.
  Address(const sockaddr* from, socklen_t len) noexcept;

  int family() const noexcept { return storage_.ss_family; }
  bool empty() const noexcept { return family() == AF_UNSPEC; }
  // 0.0.0.0 or ::
  bool is_any() const noexcept;
  // fe80::/10, which means something only with a zone.
  bool is_link_local() const noexcept;
  std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;
  // "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; without the port.
  std::string text() const;
  // "192.0.2.1 port 22"
  std::string text_with_port() const;

  // The same address, zone and port.
  bool operator==(const Address& other) const noexcept;

  const sockaddr* data() const noexcept {
    return static_cast<const sockaddr*>(static_cast<const void*>(&storage_));
  }
  socklen_t len() const noexcept { return len_; }

 private:
  sockaddr_in& v4() noexcept { return *static_cast<sockaddr_in*>(static_cast<void*>(&storage_)); }
  sockaddr_in6& v6() noexcept { return *static_cast<sockaddr_in6*>(static_cast<void*>(&storage_)); }
  const sockaddr_in& v4() const noexcept {
    return *static_cast<const sockaddr_in*>(static_cast<const void*>(&storage_));
  }
  const sockaddr_in6& v6() const noexcept {
    return *static_cast<const sockaddr_in6*>(static_cast<const void*>(&storage_));
  }

  sockaddr_storage storage_{};
  socklen_t len_ = 0;
};

// At most so many addresses of one name and family are kept and tried.
constexpr std::size_t kMaxAddresses = 16;

// An address as text, with or without brackets, IPv6 with or without a zone ("%eth0"); false for
// anything else.
bool parse_address(std::string_view text, Address& out);

// The name of this machine; empty when the system has none.
std::string local_host_name();

}  // namespace sshauth
