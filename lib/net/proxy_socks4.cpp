// SOCKS4 and SOCKS4a: one request, one answer of 8 octets.
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "lib/net/address.hpp"
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

class Socks4 final : public ProxyHandshake {
 public:
  explicit Socks4(SecretBytes request) { send(std::move(request)); }

 private:
  //  octet 0: version of the answer, 0   1: code   2..7: port and address, to be ignored
  void take(std::uint8_t octet) override {
    if (have_ == 0 && octet != 0)
      return fail("does not speak SOCKS4: its answer begins with " + std::to_string(octet) +
                  " instead of 0");
    if (have_ == 1) code_ = octet;
    if (++have_ == 8) judge();
  }

  void judge() {
    switch (code_) {
      case 90: return finish();
      case 91: return fail("refused the connection or could not make it (SOCKS4 code 91)");
      case 92: return fail("could not ask identd on this machine who we are (SOCKS4 code 92)");
      case 93: return fail("was told another user name by identd (SOCKS4 code 93)");
      default: return fail("answered with the unknown SOCKS4 code " + std::to_string(code_));
    }
  }

  std::size_t have_ = 0;
  std::uint8_t code_ = 0;
};

// The 4 octets of an IPv4 address; false for anything else.
bool v4_octets(std::string_view host, std::array<std::uint8_t, 4>& out) {
  Address address;
  if (!parse_address(host, address) || address.family() != AF_INET) return false;
  sockaddr_in v4{};
  std::memcpy(&v4, address.data(), sizeof v4);
  std::memcpy(out.data(), &v4.sin_addr, out.size());
  return true;
}

}  // namespace

std::unique_ptr<ProxyHandshake> make_socks4_proxy(const ProxySettings& settings,
                                                  std::string_view host, std::uint16_t port,
                                                  NetError& why) {
  if (settings.user.size() > 255 || settings.user.find('\0') != std::string::npos) {
    why = proxy_error("a SOCKS4 user name has at most 255 octets, none of them zero");
    return nullptr;
  }
  std::array<std::uint8_t, 4> address{};
  const bool named = !v4_octets(host, address);
  if (named && settings.type == ProxyType::socks4) {
    why = proxy_error("a SOCKS4 proxy takes an IPv4 address, not " + std::string(host) +
                      "; use SOCKS4a or SOCKS5");
    return nullptr;
  }
  // SOCKS4a: 0.0.0.x with x not 0 says that a name follows.
  if (named) address = {0, 0, 0, 1};
  SecretMessage request(8 + settings.user.size() + 1 + host.size() + 1);
  request.octet(4).octet(1).u16(port).add(Bytes(address)).add(settings.user).octet(0);
  if (named) request.add(host).octet(0);
  return std::make_unique<Socks4>(request.take());
}

}  // namespace sshauth
