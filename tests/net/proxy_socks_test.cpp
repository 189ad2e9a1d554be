// SOCKS handshakes: whole, cut at every octet, malformed, and never a single octet beyond the
// proxy's answer.
#include <catch2/catch.hpp>

#include "proxy_play.hpp"

using namespace sshauth;
using namespace sshauth::test;
using namespace std::string_literals;

namespace {

const std::string kSocks4 = "\x04\x01\x00\x16\x0a\x00\x00\x01\x00"s;
const std::string kHello = "\x05\x01\x00"s;
const std::string kHelloLogin = "\x05\x02\x00\x02"s;
const std::string kV4 = "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x16"s;
const std::string kBound = "\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34"s;

}  // namespace

TEST_CASE("SOCKS4 and SOCKS4a: every cut") {
  const std::string granted = "\x00\x5a\x12\x34\x01\x02\x03\x04"s;
  plays_at_every_cut(settings_of(ProxyType::socks4), "10.0.0.1", 22, {{kSocks4, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4, "me"), "10.0.0.1", 22,
                     {{"\x04\x01\x00\x16\x0a\x00\x00\x01me\x00"s, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4a), "10.0.0.1", 22, {{kSocks4, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4a, "me"), "host.test", 22,
                     {{"\x04\x01\x00\x16\x00\x00\x00\x01me\x00host.test\x00"s, granted}});
}

TEST_CASE("SOCKS4a: an IPv6 address has only the form of a name") {
  plays_at_every_cut(
      settings_of(ProxyType::socks4a), "[::1]", 22,
      {{"\x04\x01\x00\x16\x00\x00\x00\x01\x00::1\x00"s, "\x00\x5a\x12\x34\x01\x02\x03\x04"s}});
}

TEST_CASE("SOCKS4: refusals, and what it cannot carry") {
  const auto plain = settings_of(ProxyType::socks4);
  struct Row {
    std::string said, sentence;
  };
  for (const Row& row : {Row{"\x00\x5b\0\0\0\0\0\0"s, "code 91"},
                         {"\x00\x5c\0\0\0\0\0\0"s, "identd"},
                         {"\x00\x5d\0\0\0\0\0\0"s, "identd"},
                         {"\x00\x00\0\0\0\0\0\0"s, "unknown SOCKS4 code 0"},
                         {"\x00\xff\0\0\0\0\0\0"s, "unknown SOCKS4 code 255"},
                         {"\x04"s, "does not speak SOCKS4: 4 came where 0 must stand"},
                         {"HTTP/1.1"s, "it may be an HTTP proxy"},
                         {"SSH-"s, "it may be an SSH server"}}) {
    const std::string said = refusal(plain, kSocks4, row.said);
    CHECK(has(said, row.sentence));
    CHECK(has(said, "the SOCKS4 proxy proxy.test port 1080 "));
  }
  CHECK(has(not_made(plain, "host.test"), "SOCKS4a or SOCKS5"));
  CHECK(has(not_made(plain, "::1"), "SOCKS4a or SOCKS5"));
  CHECK(has(not_made(settings_of(ProxyType::socks4, "a\0b"s), "10.0.0.1"), "zero"));
  // To a proxy that knows SOCKS4a it would say that a name follows, and both sides would wait.
  for (const ProxyType type : {ProxyType::socks4, ProxyType::socks4a})
    for (const char* nobody : {"0.0.0.0", "0.0.0.5", "0.0.0.255"})
      CHECK(has(not_made(settings_of(type), nobody), "the address of no host"));
  CHECK(not_made(plain, "0.0.1.0").empty());
  CHECK(has(not_made(settings_of(ProxyType::socks4a, std::string(256, 'u')), "h"), "255"));
  CHECK(not_made(settings_of(ProxyType::socks4a, std::string(255, 'u')), "h").empty());
}

TEST_CASE("SOCKS5: every cut, all address forms, with and without credentials") {
  const auto plain = settings_of(ProxyType::socks5);
  const std::string none = "\x05\x00"s;
  for (const std::string& reply :
       {kBound, "\x05\x00\x00\x04"s + std::string(16, '\x11') + "\x12\x34"s,
        "\x05\x00\x00\x03\x04host\x12\x34"s, "\x05\x00\x00\x03\x00\x12\x34"s,
        "\x05\x00\x00\x03\xff"s + std::string(255, 'n') + "\x12\x34"s})
    plays_at_every_cut(plain, "10.0.0.1", 22, {{kHello, none}, {kV4, reply}});
  plays_at_every_cut(plain, "host.test", 22,
                     {{kHello, none}, {"\x05\x01\x00\x03\x09host.test\x00\x16"s, kBound}});
  const std::string longest(255, 'h');
  plays_at_every_cut(plain, longest, 22,
                     {{kHello, none}, {"\x05\x01\x00\x03\xff"s + longest + "\x00\x16"s, kBound}});
  plays_at_every_cut(
      plain, "[::1]", 22,
      {{kHello, none}, {"\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x00\x16"s, kBound}});
  const auto login = settings_of(ProxyType::socks5, "me", "secret");
  plays_at_every_cut(
      login, "10.0.0.1", 22,
      {{kHelloLogin, "\x05\x02"s}, {"\x01\x02me\x06secret"s, "\x01\x00"s}, {kV4, kBound}});
  plays_at_every_cut(login, "10.0.0.1", 22, {{kHelloLogin, none}, {kV4, kBound}});
}

TEST_CASE("SOCKS5: user names and passwords of 1 to 255 octets") {
  const std::string u(255, 'u'), p(255, '\xff');
  plays_at_every_cut(
      settings_of(ProxyType::socks5, u, p), "10.0.0.1", 22,
      {{kHelloLogin, "\x05\x02"s}, {"\x01\xff"s + u + "\xff"s + p, "\x01\x00"s}, {kV4, kBound}});
  CHECK(has(not_made(settings_of(ProxyType::socks5, u + "u", "p"), "h"), "at most 255"));
  CHECK(has(not_made(settings_of(ProxyType::socks5, "u", p + "p"), "h"), "at most 255"));
  // RFC 1929 §2 has no empty ones, so with one of them missing a login is not offered.
  for (const auto& half :
       {settings_of(ProxyType::socks5, "u", ""), settings_of(ProxyType::socks5, "", "p")})
    CHECK(has(refusal(half, kHello, "\x05\xff"s), "FirewallUser or FirewallPassword is not set"));
}

TEST_CASE("SOCKS5: refusals and malformed answers") {
  const auto plain = settings_of(ProxyType::socks5);
  CHECK(has(refusal(plain, kHello, "\x05\xff"s), "accepts nobody without a login"));
  CHECK(has(refusal(plain, kHello, "\x05\x02"s), "method 2, which was not offered"));
  CHECK(has(refusal(plain, kHello, "\x05\x01"s), "method 1, which was not offered"));
  CHECK(has(refusal(plain, kHello, "\x04"s), "does not speak SOCKS5: 4 came where 5 must stand"));
  CHECK(has(refusal(plain, kHello, "HTTP"s), "it may be an HTTP proxy"));
  const auto login = settings_of(ProxyType::socks5, "me", "secret");
  CHECK(has(refusal(login, kHelloLogin, "\x05\xff"s), "neither"));
  auto after_login = [&](const std::string& said, bool closes = false) {
    return refusal_after(login,
                         {{kHelloLogin, "\x05\x02"s}, {"\x01\x02me\x06secret"s, said, closes}});
  };
  CHECK(has(after_login("\x01\x01"s), "refused the user name or the password"));
  CHECK(has(after_login("\x01\xff"s), "status 255"));
  CHECK(has(after_login("\x05\x00"s), "does not speak SOCKS5"));
  CHECK(has(after_login("", true), "closed the connection on the user name and the password"));
  CHECK_FALSE(has(after_login("\x01\x01"s), "secret"));
}

TEST_CASE("SOCKS5: each reply code has its sentence") {
  const auto plain = settings_of(ProxyType::socks5);
  auto after_request = [&](const std::string& said, bool closes = false) {
    return refusal_after(plain, {{kHello, "\x05\x00"s}, {kV4, said, closes}});
  };
  const std::vector<std::string> sentences{
      "general failure", "by its rules", "network unreachable",      "host unreachable",
      "by the server",   "time out",     "does not support CONNECT", "type of address"};
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const std::string code(1, static_cast<char>(i + 1));
    CHECK(has(after_request("\x05"s + code), sentences[i]));
    CHECK(has(after_request("\x05"s + code), "(SOCKS5 code " + std::to_string(i + 1) + ")"));
  }
  CHECK(has(after_request("\x05\x09"s), "unknown code (SOCKS5 code 9)"));
  CHECK(has(after_request("\x05\xff"s), "unknown code (SOCKS5 code 255)"));
  CHECK(has(after_request("\x05\x00\x01"s), "1 came where 0 must stand in its reply"));
  CHECK(has(after_request("\x05\x00\x00\x02"s), "unknown address type 2"));
  CHECK(has(after_request("\x01\x00"s), "does not speak"));
  CHECK(has(after_request("", true), "before its reply to the request"));
  CHECK(has(after_request(kBound.substr(0, 7), true), "after 7 octets of its reply"));
}

TEST_CASE("A proxy that answers before it was asked is not listened to") {
  NetError why;
  auto h =
      make_proxy_handshake(settings_of(ProxyType::socks5), "10.0.0.1", 22, proxy_provider(), why);
  REQUIRE(h != nullptr);
  CHECK(h->receive(as_bytes("\x05\x00"s)) == 0);
  h->sent(1);
  CHECK(h->receive(as_bytes("\x05\x00"s)) == 0);
  CHECK_FALSE(h->failed());
}

TEST_CASE("Hosts that cannot be named to a proxy") {
  for (const ProxyType type : {ProxyType::http, ProxyType::socks4a, ProxyType::socks5}) {
    const auto plain = settings_of(type);
    for (const std::string& host :
         {"a b"s, "a\r\nX: y"s, ""s, std::string(256, 'h'), "a\0b"s, "a:1"s, "a/b"s, "u@h"s, "h?x"s,
          "b\xc3\xbc"s
          "cher.test"s,
          "%41"s}) {
      INFO(host);
      CHECK(has(not_made(plain, host), "to be named to a proxy"));
    }
    CHECK(has(not_made(plain, "fe80::1%lo"), "zone"));
    CHECK(has(not_made(plain, "[fe80::1%lo]"), "zone"));
    CHECK(not_made(plain, "A_b-1.example.").empty());
  }
  CHECK(has(not_made(settings_of(static_cast<ProxyType>(7)), "h"), "does not exist"));
}
