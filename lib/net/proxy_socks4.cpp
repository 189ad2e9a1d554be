// SOCKS4 and SOCKS4a: one request, one answer of 8 octets.
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

class Socks4 final : public ProxyHandshake {
 public:
  Socks4(std::string name, SecretBytes request) : ProxyHandshake(std::move(name)) {
    send(std::move(request));
  }

 private:
  //  octet 0: version of the answer, 0   1: code   2..7: port and address, to be ignored
  void take(std::uint8_t octet) override {
    if (have_ == 0 && octet != 0) return fail("does not speak SOCKS4: " + wrong_octet(octet, 0));
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

  void take_close() override {
    fail(have_ == 0 ? "closed the connection before it had answered"
                    : "closed the connection after " + std::to_string(have_) +
                          " of the 8 octets of its answer");
  }

  std::size_t have_ = 0;
  std::uint8_t code_ = 0;
};

// Empty when the user id can be sent.
std::string_view user_problem(std::string_view user) noexcept {
  if (user.size() > 255) return "a SOCKS4 user id (FirewallUser) has at most 255 octets";
  // A zero octet ends it: what follows would be read as the name of the server.
  if (user.find('\0') != std::string_view::npos)
    return "a SOCKS4 user id (FirewallUser) has no zero octets";
  return {};
}

}  // namespace

std::unique_ptr<ProxyHandshake> make_socks4_proxy(const ProxySettings& settings,
                                                  const ProxyTarget& target, NetError& why) {
  if (const std::string_view problem = user_problem(settings.user); !problem.empty()) {
    why = proxy_error(std::string(problem));
    return nullptr;
  }
  const bool named = target.family != AF_INET;
  if (named && settings.type == ProxyType::socks4) {
    why = proxy_error("a SOCKS4 proxy takes an IPv4 address, not " + std::string(target.name) +
                      "; use SOCKS4a or SOCKS5");
    return nullptr;
  }
  // SOCKS4a: 0.0.0.x with x not 0 says that a name follows. An IPv6 address has no other form. A
  // proxy that knows SOCKS4a would wait for that name behind an address of this network, which is
  // nobody's (RFC 1122 §3.2.1.3).
  constexpr std::array<std::uint8_t, 4> kNamed{0, 0, 0, 1};
  if (!named && same_bytes(target.address().first(3), Bytes(kNamed).first(3))) {
    why = proxy_error(std::string(target.name) +
                      " is the address of no host: a SOCKS4 proxy cannot connect to it");
    return nullptr;
  }
  SecretMessage request(8 + settings.user.size() + 1 + target.name.size() + 1);
  request.octet(4).octet(1).u16(target.port);
  request.add(named ? Bytes(kNamed) : target.address()).add(settings.user).octet(0);
  if (named) request.add(target.name).octet(0);
  return std::make_unique<Socks4>(proxy_name(settings), request.take());
}

}  // namespace sshauth
