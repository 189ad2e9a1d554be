// SOCKS5, RFC 1928, with user name and password, RFC 1929.
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "lib/net/address.hpp"
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kUserPassword = 2;
constexpr std::uint8_t kNoMethod = 0xff;

std::string_view reply_text(unsigned code) noexcept {
  // RFC 1928 §6, in its order.
  static constexpr std::array<std::string_view, 9> kTexts{
      "",
      "reports a general failure",
      "does not allow this connection by its rules",
      "finds the network unreachable",
      "finds the host unreachable",
      "was refused the connection by the server",
      "saw the connection time out",
      "does not support CONNECT",
      "does not support this type of address"};
  return code < kTexts.size() ? kTexts[code] : "answered with an unknown code";
}

class Socks5 final : public ProxyHandshake {
 public:
  Socks5(SecretBytes greeting, SecretBytes login, SecretBytes request)
      : login_(std::move(login)), request_(std::move(request)) {
    send(std::move(greeting));
  }

 private:
  enum class State : std::uint8_t { method, login, reply };

  void take(std::uint8_t octet) override {
    switch (state_) {
      case State::method: return take_method(octet);
      case State::login: return take_login(octet);
      case State::reply: return take_reply(octet);
    }
  }

  // RFC 1928 §3: version 5, the method chosen.
  void take_method(std::uint8_t octet) {
    if (have_++ == 0) return expect(octet, 5);
    if (octet == kNoAuthentication) return ask();
    if (octet == kUserPassword && login_.size() != 0) {
      next(State::login);
      return send(std::move(login_));
    }
    if (octet == kNoMethod)
      return fail(login_.size() != 0 ? "accepts neither a user name with password nor none"
                                     : "asks for a user name and password");
    fail("chose the authentication method " + std::to_string(octet) + ", which was not offered");
  }

  // RFC 1929 §2: version 1, 0 for success.
  void take_login(std::uint8_t octet) {
    if (have_++ == 0) return expect(octet, 1);
    if (octet != 0) return fail("refused the user name or the password");
    ask();
  }

  // RFC 1928 §6: 5, code, 0, type of the bound address, the address, its port.
  void take_reply(std::uint8_t octet) {
    switch (have_++) {
      case 0: return expect(octet, 5);
      case 1:
        if (octet != 0)
          fail(std::string(reply_text(octet)) + " (SOCKS5 code " + std::to_string(octet) + ")");
        return;
      case 2: return expect(octet, 0);
      case 3:
        if (octet == 1) left_ = 4 + 2;
        if (octet == 4) left_ = 16 + 2;
        if (octet != 1 && octet != 3 && octet != 4)
          fail("answered with the unknown address type " + std::to_string(octet));
        return;
      case 4:
        if (left_ == 0) {  // a name: its length comes first
          left_ = std::size_t{octet} + 2;
          return;
        }
        [[fallthrough]];
      default:
        if (--left_ == 0) finish();
    }
  }

  void expect(std::uint8_t octet, std::uint8_t wanted) {
    if (octet != wanted)
      fail("does not speak SOCKS5: " + std::to_string(octet) + " came where " +
           std::to_string(wanted) + " must stand");
  }

  void next(State state) noexcept {
    state_ = state;
    have_ = 0;
  }

  void ask() {
    next(State::reply);
    login_ = SecretBytes();
    send(std::move(request_));
  }

  State state_ = State::method;
  std::size_t have_ = 0;  // octets of this answer
  std::size_t left_ = 0;  // octets of the bound address that are still to come
  SecretBytes login_, request_;
};

// RFC 1928 §5: an address as its octets, anything else as a name.
void add_destination(SecretMessage& out, std::string_view host) {
  Address address;
  if (!parse_address(host, address)) {
    out.octet(3).octet(static_cast<unsigned>(host.size())).add(host);
  } else if (address.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address.data(), sizeof v4);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    out.octet(1).add(Bytes(octets));
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address.data(), sizeof v6);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
    out.octet(4).add(Bytes(octets));
  }
}

}  // namespace

std::unique_ptr<ProxyHandshake> make_socks5_proxy(const ProxySettings& settings,
                                                  std::string_view host, std::uint16_t port,
                                                  NetError& why) {
  const Bytes password = settings.password.reveal();
  if (settings.user.size() > 255 || password.size() > 255) {
    why = proxy_error("SOCKS5 user names and passwords have at most 255 octets");
    return nullptr;
  }
  const bool with_login = !settings.user.empty();
  SecretMessage greeting(4);
  greeting.octet(5).octet(with_login ? 2 : 1).octet(kNoAuthentication);
  if (with_login) greeting.octet(kUserPassword);
  SecretMessage login(3 + settings.user.size() + password.size());
  if (with_login) {
    login.octet(1).octet(static_cast<unsigned>(settings.user.size())).add(settings.user);
    login.octet(static_cast<unsigned>(password.size())).add(password);
  }
  SecretMessage request(4 + 1 + 255 + 2);
  request.octet(5).octet(1).octet(0);
  add_destination(request, host);
  request.u16(port);
  return std::make_unique<Socks5>(greeting.take(), login.take(), request.take());
}

}  // namespace sshauth
