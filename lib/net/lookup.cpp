#include "lib/net/lookup.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>

#include "lib/net/lookup_rows.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxHost = 255;  // RFC 1035 §2.3.4

NetError bad_name(std::string_view why) { return {11001, 0, std::string(why)}; }

// What stands in the way of asking for this name at all.
NetError check_name(const std::string& name) {
  if (name.empty() || name == "." || name.size() > kMaxHost)
    return bad_name("the host must be a name or an address of 1 to 255 octets");
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f)
      return bad_name("the host must be a name or an address without blanks or control characters");
    if (static_cast<unsigned char>(c) >= 0x80)
      return bad_name(
          "the host's name has characters outside ASCII; write it in its ASCII form, \"xn--...\" "
          "(RFC 5891)");
  }
  if (name.find_first_of("/:@[]%\\") != name.npos)
    return bad_name(name +
                    " is neither a name nor an address: the port and the user have properties of "
                    "their own, and an IPv6 address with a zone needs a network interface of that "
                    "name");
  // "127.1" and "0x7f000001" are addresses to some programs and names to others, which has been
  // used to get past lists of allowed hosts.
  in_addr old{};
  if (::inet_aton(name.c_str(), &old) != 0)
    return bad_name(name +
                    " is a short or numeric form of an address; write the four decimal "
                    "numbers, a.b.c.d");
  return {};
}

bool allowed(int family, IpMode mode) noexcept {
  if (mode == IpMode::v4_only) return family == AF_INET;
  if (mode == IpMode::v6_only) return family == AF_INET6;
  return family == AF_INET || family == AF_INET6;
}

NetError wrong_family(const Address& address, IpMode mode) {
  return {10047, EAFNOSUPPORT,
          address.text() +
              (mode == IpMode::v4_only ? " is an IPv6 address, and only IPv4 is allowed"
                                       : " is an IPv4 address, and only IPv6 is allowed") +
              "; change UseIPv6 or the host"};
}

// Which of two failures tells more: one that leaves the answer open before one that is final, and
// "no such address" before "no such name".
int weight(const NetError& error) noexcept {
  switch (error.code) {
    case 0: return 0;
    case 11001: return 1;
    case 11004: return 2;
    case 11003: return 3;
    default: return 4;
  }
}

struct FreeAddrInfo {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

int family_of(IpMode mode) noexcept {
  if (mode == IpMode::v4_only) return AF_INET;
  return mode == IpMode::v6_only ? AF_INET6 : AF_UNSPEC;
}

}  // namespace

Lookup::Lookup(WaitSet& set, std::string_view host, std::uint16_t port, IpMode mode,
               const LookupOptions& options)
    : name_(host), port_(port), mode_(mode) {
  Address address;
  if (parse_address(host, address)) {
    address.set_port(port);
    if (allowed(address.family(), mode))
      (address.family() == AF_INET ? v4_ : v6_).found.addresses.push_back(address);
    else
      refuse(wrong_family(address, mode));
  } else if (NetError bad = check_name(name_); !bad.ok()) {
    refuse(std::move(bad));
  } else {
    ask(set, options);
  }
}

void Lookup::ask(WaitSet& set, const LookupOptions& options) {
  ask_system_ = options.system || !lookup_is_asynchronous();
  for (Half* half : {&v6_, &v4_}) {
    const int family = half == &v6_ ? AF_INET6 : AF_INET;
    if (!allowed(family, mode_)) continue;
    half->found.over = false;
    if (ask_system_) continue;
    half->question = ask_dns(set, name_, family, options);
    take(*half);
  }
}

void Lookup::refuse(NetError why) {
  v6_.found.error = why;
  v4_.found.error = std::move(why);
}

void Lookup::step() {
  if (ask_system_) return ask_system();
  for (Half* half : {&v6_, &v4_}) {
    if (half->question == nullptr) continue;
    half->question->step();
    take(*half);
  }
}

void Lookup::take(Half& half) {
  if (!half.question->found().over) return;
  half.found = half.question->found();
  half.question.reset();
  for (Address& address : half.found.addresses) address.set_port(port_);
}

void Lookup::ask_system() {
  ask_system_ = false;
  addrinfo hints{};
  hints.ai_family = family_of(mode_);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* raw = nullptr;
  errno = 0;
  const int result = ::getaddrinfo(name_.c_str(), nullptr, &hints, &raw);
  const int why = errno;
  const std::unique_ptr<addrinfo, FreeAddrInfo> list(result == 0 ? raw : nullptr);
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    Address address(at->ai_addr, at->ai_addrlen);
    if (!allowed(address.family(), mode_)) continue;
    address.set_port(port_);
    auto& into = (address.family() == AF_INET ? v4_ : v6_).found.addresses;
    if (into.size() < kMaxAddresses) into.push_back(address);
  }
  for (Half* half : {&v6_, &v4_}) {
    if (!half->found.over && half->found.addresses.empty())
      half->found.error = net_error_of_resolver(result == 0 ? EAI_NODATA : result, why, name_);
    half->found.over = true;
  }
}

std::optional<std::uint64_t> Lookup::wait_ms() const {
  if (ask_system_) return 0;
  std::optional<std::uint64_t> out;
  for (const Half* half : {&v6_, &v4_}) {
    if (half->question == nullptr) continue;
    if (const auto ms = half->question->wait_ms(); ms) out = out ? std::min(*out, *ms) : *ms;
  }
  return out;
}

NetError Lookup::error() const {
  if (!v6_.found.addresses.empty() || !v4_.found.addresses.empty()) return {};
  return weight(v6_.found.error) > weight(v4_.found.error) ? v6_.found.error : v4_.found.error;
}

std::vector<Address> Lookup::addresses() const {
  std::vector<Address> out = v6_.found.addresses;
  out.insert(out.end(), v4_.found.addresses.begin(), v4_.found.addresses.end());
  return out;
}

}  // namespace sshauth
