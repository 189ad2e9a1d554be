#include "lib/net/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sshauth {
namespace {

constexpr std::size_t kMaxHost = 255;  // RFC 1035 §2.3.4

struct FreeAddrInfo {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using AddrInfo = std::unique_ptr<addrinfo, FreeAddrInfo>;

std::string without_brackets(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return std::string(host);
}

bool is_host(std::string_view host) noexcept {
  if (host.empty() || host.size() > kMaxHost) return false;
  for (const char c : host)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
  return true;
}

int ask(const std::string& host, int family, int flags, AddrInfo& out) noexcept {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result == 0) out.reset(list);
  return result;
}

// RFC 8305 §4: the families take turns; within each the system's order (RFC 6724) stays.
std::vector<Address> interleave(const std::vector<Address>& first,
                                const std::vector<Address>& second) {
  std::vector<Address> out;
  for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  if (out.size() > kMaxAddresses) out.resize(kMaxAddresses);
  return out;
}

bool allowed(int family, IpMode mode) noexcept {
  if (mode == IpMode::v4_only) return family == AF_INET;
  if (mode == IpMode::v6_only) return family == AF_INET6;
  return family == AF_INET || family == AF_INET6;
}

int asked_family(IpMode mode) noexcept {
  if (mode == IpMode::v4_only) return AF_INET;
  return mode == IpMode::v6_only ? AF_INET6 : AF_UNSPEC;
}

NetError wrong_family(const Address& address, IpMode mode) {
  return {10047, EAFNOSUPPORT,
          address.text() +
              (mode == IpMode::v4_only ? " is an IPv6 address, and only IPv4 is allowed"
                                       : " is an IPv4 address, and only IPv6 is allowed") +
              "; change UseIPv6 or the host"};
}

}  // namespace

Address::Address(const sockaddr* from, socklen_t len) noexcept {
  if (from == nullptr || (from->sa_family != AF_INET && from->sa_family != AF_INET6)) return;
  if (len > sizeof storage_) return;
  std::memcpy(&storage_, from, len);
  len_ = len;
}

bool Address::is_any() const noexcept {
  if (family() == AF_INET) return v4().sin_addr.s_addr == htonl(INADDR_ANY);
  return family() == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6().sin6_addr) != 0;
}

std::uint16_t Address::port() const noexcept {
  if (family() == AF_INET) return ntohs(v4().sin_port);
  return family() == AF_INET6 ? ntohs(v6().sin6_port) : std::uint16_t{0};
}

void Address::set_port(std::uint16_t port) noexcept {
  if (family() == AF_INET) v4().sin_port = htons(port);
  if (family() == AF_INET6) v6().sin6_port = htons(port);
}

std::string Address::text() const {
  std::array<char, NI_MAXHOST> text{};
  if (empty() || ::getnameinfo(data(), len(), text.data(), static_cast<socklen_t>(text.size()),
                               nullptr, 0, NI_NUMERICHOST) != 0)
    return {};
  return text.data();
}

std::string Address::text_with_port() const { return text() + " port " + std::to_string(port()); }

NetError resolve(std::string_view host, std::uint16_t port, IpMode mode,
                 std::vector<Address>& out) {
  out.clear();
  if (Address address; parse_address(host, address)) {
    if (!allowed(address.family(), mode)) return wrong_family(address, mode);
    address.set_port(port);
    out.push_back(address);
    return {};
  }
  if (!is_host(host))
    return {11001, 0,
            "the host must be a name or an address of 1 to 255 octets without blanks or control "
            "characters"};
  const std::string name(host);
  AddrInfo list;
  errno = 0;
  const int result = ask(name, asked_family(mode), AI_ADDRCONFIG, list);
  if (result != 0) return net_error_of_resolver(result, errno, name);
  std::vector<Address> v4, v6;
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    Address address(at->ai_addr, at->ai_addrlen);
    if (!allowed(address.family(), mode)) continue;
    address.set_port(port);
    (address.family() == AF_INET ? v4 : v6).push_back(address);
  }
  out = interleave(v6, v4);
  if (out.empty()) return net_error_of_resolver(EAI_NODATA, 0, name);
  return {};
}

bool parse_address(std::string_view text, Address& out) {
  const std::string host = without_brackets(text);
  if (!is_host(host)) return false;
  AddrInfo list;
  // getaddrinfo takes "127.1" and "0x7f000001" for addresses too; inet_pton does not.
  in_addr v4{};
  if (host.find(':') == std::string::npos && ::inet_pton(AF_INET, host.c_str(), &v4) != 1)
    return false;
  if (ask(host, AF_UNSPEC, AI_NUMERICHOST, list) != 0) return false;
  out = Address(list->ai_addr, list->ai_addrlen);
  return !out.empty();
}

std::string local_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace sshauth
