#include "lib/net/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace sshauth {
namespace {

std::string without_brackets(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return std::string(host);
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

bool Address::is_link_local() const noexcept {
  return family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&v6().sin6_addr) != 0;
}

bool Address::operator==(const Address& other) const noexcept {
  if (family() != other.family() || port() != other.port()) return false;
  if (family() == AF_INET) return v4().sin_addr.s_addr == other.v4().sin_addr.s_addr;
  return family() != AF_INET6 || (IN6_ARE_ADDR_EQUAL(&v6().sin6_addr, &other.v6().sin6_addr) != 0 &&
                                  v6().sin6_scope_id == other.v6().sin6_scope_id);
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

bool parse_address(std::string_view text, Address& out) {
  const std::string host = without_brackets(text);
  // getaddrinfo takes "127.1" and "0x7f000001" for addresses too; inet_pton does not.
  in_addr v4{};
  if (host.find(':') == std::string::npos && ::inet_pton(AF_INET, host.c_str(), &v4) != 1)
    return false;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return false;
  out = Address(list->ai_addr, list->ai_addrlen);
  ::freeaddrinfo(list);
  return !out.empty();
}

std::string local_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace sshauth
