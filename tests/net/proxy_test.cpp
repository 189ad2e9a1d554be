// Proxy handshakes, without any network: whole, cut at every octet, malformed, and never a single
// octet beyond the proxy's answer.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lib/net/proxy.hpp"

using namespace sshauth;
using namespace std::string_literals;

namespace {

ProxySettings settings_of(ProxyType type, const std::string& user = "",
                          const std::string& password = "", const std::string& headers = "") {
  ProxySettings s;
  s.type = type;
  s.host = "proxy.test";
  s.user = user;
  s.password = SecretBytes(as_bytes(password));
  s.headers = headers;
  return s;
}

// What a proxy hears and says, one entry a turn.
struct Turn {
  std::string heard, said;
};

struct Outcome {
  bool done = false, failed = false;
  std::string error, heard, rest;
};

std::string drain(ProxyHandshake& h) {
  const std::string out(as_text(h.pending()));
  h.sent(h.pending().size());
  return out;
}

// Plays the turns, each answer cut in two at `cut`; `after` follows the last answer at once.
Outcome play(const ProxySettings& settings, const std::string& host, std::uint16_t port,
             const std::vector<Turn>& turns, std::size_t cut, const std::string& after = "SSH-") {
  Outcome out;
  NetError why;
  auto h = make_proxy_handshake(settings, host, port, why);
  REQUIRE(h != nullptr);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const std::string heard = drain(*h);
    CHECK(heard == turns[i].heard);
    out.heard += heard;
    std::string said = turns[i].said + (i + 1 == turns.size() ? after : "");
    const std::size_t at = cut < said.size() ? cut : said.size();
    std::string left = said.substr(0, at);
    left.erase(0, h->receive(as_bytes(left)));
    left += said.substr(at);
    left.erase(0, h->receive(as_bytes(left)));
    out.rest = left;
    if (h->failed()) break;
  }
  out.done = h->done();
  out.failed = h->failed();
  out.error = h->error().text;
  if (out.failed) CHECK(h->error().code == 118);
  return out;
}

void plays_at_every_cut(const ProxySettings& settings, const std::string& host, std::uint16_t port,
                        const std::vector<Turn>& turns) {
  std::size_t longest = 0;
  for (const Turn& t : turns) longest = std::max(longest, t.said.size());
  for (std::size_t cut = 0; cut <= longest + 4; ++cut) {
    const Outcome got = play(settings, host, port, turns, cut);
    INFO("cut at " << cut << ": " << got.error);
    CHECK(got.done);
    CHECK(got.rest == "SSH-");
  }
}

// The sentence with which a single answer is refused; every prefix of it alone is no success.
std::string refusal(const ProxySettings& settings, const std::string& heard,
                    const std::string& said) {
  for (std::size_t len = 0; len < said.size(); ++len) {
    NetError why;
    auto h = make_proxy_handshake(settings, "10.0.0.1", 22, why);
    REQUIRE(h != nullptr);
    drain(*h);
    h->receive(as_bytes(std::string_view(said).substr(0, len)));
    CHECK_FALSE(h->done());
    h->closed();
    CHECK(h->failed());
    CHECK(h->error().code == 118);
  }
  const Outcome got = play(settings, "10.0.0.1", 22, {{heard, said}}, said.size(), "");
  CHECK(got.failed);
  CHECK_FALSE(got.done);
  return got.error;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const std::string kConnect = "CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: 10.0.0.1:22\r\n\r\n";
const std::string kSocks4 = "\x04\x01\x00\x16\x0a\x00\x00\x01\x00"s;
const std::string kHello = "\x05\x01\x00"s;
const std::string kHelloLogin = "\x05\x02\x00\x02"s;
const std::string kV4 = "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x16"s;

}  // namespace

TEST_CASE("HTTP CONNECT: every cut, and not an octet too many") {
  plays_at_every_cut(settings_of(ProxyType::http), "10.0.0.1", 22,
                     {{kConnect, "HTTP/1.1 200 Connection established\r\n\r\n"}});
  plays_at_every_cut(settings_of(ProxyType::http), "10.0.0.1", 22,
                     {{kConnect, "HTTP/1.0 200\r\nVia: a\r\nContent-Length: 9\r\n\r\n"}});
}

TEST_CASE("HTTP CONNECT: lone line feeds end lines, interim answers are passed over") {
  plays_at_every_cut(settings_of(ProxyType::http), "10.0.0.1", 22,
                     {{kConnect, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nA: b\n\n"}});
}

TEST_CASE("HTTP CONNECT: names, IPv6 in brackets, Basic credentials, extra headers") {
  plays_at_every_cut(
      settings_of(ProxyType::http, "Aladdin", "open sesame", "X-A: 1\r\nX-B: 2\r\n"), "host.test",
      2222,
      {{"CONNECT host.test:2222 HTTP/1.1\r\nHost: host.test:2222\r\n"
        "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nX-A: 1\r\nX-B: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n"}});
  plays_at_every_cut(settings_of(ProxyType::http), "2001:db8::1", 22,
                     {{"CONNECT [2001:db8::1]:22 HTTP/1.1\r\nHost: [2001:db8::1]:22\r\n\r\n",
                       "HTTP/1.1 200 OK\r\n\r\n"}});
}

TEST_CASE("HTTP CONNECT: refusals say what came") {
  const auto plain = settings_of(ProxyType::http);
  CHECK(has(refusal(plain, kConnect, "HTTP/1.1 403 Forbidden\r\n\r\n"), "403: Forbidden"));
  CHECK(has(refusal(plain, kConnect, "HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n"), "redirects"));
  CHECK(has(
      refusal(plain, kConnect, "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"x\"\r\n\r\n"),
      "asks for a user name and a password for Digest"));
  CHECK(has(refusal(plain, kConnect, "HTTP/1.1 101 Switching\r\n\r\n"), "101"));
  CHECK(has(refusal(plain, kConnect, "HTTP/1.1 502 a\x1b[31mb\r\n"), "control characters"));
}

TEST_CASE("HTTP CONNECT: malformed and endless answers are refused") {
  const auto plain = settings_of(ProxyType::http);
  for (const char* line :
       {"\r\n", "SSH-2.0-x\r\n", "HTTP/2 200 OK\r\n", "HTTP/1.1  200 OK\r\n", "HTTP/1.1 20\r\n",
        "HTTP/1.1 2000\r\n", "HTTP/1.1 600 x\r\n", "HTTP/1.x 200 OK\r\n", "http/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n", "HTTP/1.1 200 OK\r\n folded: x\r\n",
        "HTTP/1.1 200 OK\r\na b: x\r\n", "HTTP/1.1 200 OK\r\n: x\r\n"})
    CHECK_FALSE(refusal(plain, kConnect, line).empty());
  CHECK(has(play(plain, "10.0.0.1", 22, {{kConnect, std::string(9000, 'A')}}, 9000).error,
            "endless header line"));
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  CHECK(has(play(plain, "10.0.0.1", 22, {{kConnect, many}}, 100).error, "endless header"));
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 102 Wait\r\n\r\n";
  CHECK(has(play(plain, "10.0.0.1", 22, {{kConnect, interim}}, 100).error, "interim"));
}

TEST_CASE("HTTP CONNECT: what would inject header lines is refused before anything is sent") {
  NetError why;
  for (const std::string& bad : {"X: a\r\n\r\nGET /"s, "X"s, "X : a"s, "X: a\rY: b"s, "X: a\0b"s,
                                 "Host: other"s, " X: a"s, "content-length: 5"s}) {
    INFO(bad);
    CHECK(make_proxy_handshake(settings_of(ProxyType::http, "", "", bad), "h", 22, why) == nullptr);
    CHECK(why.code == 118);
  }
  for (const std::string& host : {"a b"s, "a\r\nX: y"s, ""s, std::string(256, 'h'), "a\0b"s})
    CHECK(make_proxy_handshake(settings_of(ProxyType::http), host, 22, why) == nullptr);
  CHECK(make_proxy_handshake(settings_of(ProxyType::http, "a:b", "p"), "h", 22, why) == nullptr);
  CHECK(make_proxy_handshake(settings_of(ProxyType::http, "a\r\n", "p"), "h", 22, why) == nullptr);
}

TEST_CASE("SOCKS4 and SOCKS4a: every cut") {
  const std::string granted = "\x00\x5a\x12\x34\x01\x02\x03\x04"s;
  plays_at_every_cut(settings_of(ProxyType::socks4), "10.0.0.1", 22, {{kSocks4, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4, "me"), "10.0.0.1", 22,
                     {{"\x04\x01\x00\x16\x0a\x00\x00\x01me\x00"s, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4a), "10.0.0.1", 22, {{kSocks4, granted}});
  plays_at_every_cut(settings_of(ProxyType::socks4a, "me"), "host.test", 22,
                     {{"\x04\x01\x00\x16\x00\x00\x00\x01me\x00host.test\x00"s, granted}});
}

TEST_CASE("SOCKS4: refusals, and what it cannot carry") {
  const auto plain = settings_of(ProxyType::socks4);
  CHECK(has(refusal(plain, kSocks4, "\x00\x5b\0\0\0\0\0\0"s), "code 91"));
  CHECK(has(refusal(plain, kSocks4, "\x00\x5c\0\0\0\0\0\0"s), "identd"));
  CHECK(has(refusal(plain, kSocks4, "\x00\x5d\0\0\0\0\0\0"s), "identd"));
  CHECK(has(refusal(plain, kSocks4, "\x00\x00\0\0\0\0\0\0"s), "unknown SOCKS4 code 0"));
  CHECK(has(refusal(plain, kSocks4, "\x04"s), "does not speak SOCKS4"));
  CHECK(has(refusal(plain, kSocks4, "SSH-"s), "does not speak SOCKS4"));
  NetError why;
  CHECK(make_proxy_handshake(plain, "host.test", 22, why) == nullptr);
  CHECK(make_proxy_handshake(plain, "::1", 22, why) == nullptr);
  CHECK(has(why.text, "SOCKS4a or SOCKS5"));
  CHECK(make_proxy_handshake(settings_of(ProxyType::socks4, "a\0b"s), "10.0.0.1", 22, why) ==
        nullptr);
}

TEST_CASE("SOCKS5: every cut, all address forms, with and without credentials") {
  const auto plain = settings_of(ProxyType::socks5);
  const std::string none = "\x05\x00"s;
  const std::string bound4 = "\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34"s;
  const std::string bound6 = "\x05\x00\x00\x04"s + std::string(16, '\x11') + "\x12\x34"s;
  const std::string name = "\x05\x00\x00\x03\x04host\x12\x34"s;
  const std::string empty_name = "\x05\x00\x00\x03\x00\x12\x34"s;
  for (const std::string& reply : {bound4, bound6, name, empty_name})
    plays_at_every_cut(plain, "10.0.0.1", 22, {{kHello, none}, {kV4, reply}});
  plays_at_every_cut(plain, "host.test", 22,
                     {{kHello, none}, {"\x05\x01\x00\x03\x09host.test\x00\x16"s, bound4}});
  plays_at_every_cut(
      plain, "[::1]", 22,
      {{kHello, none}, {"\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x00\x16"s, bound4}});
  const auto login = settings_of(ProxyType::socks5, "me", "secret");
  plays_at_every_cut(
      login, "10.0.0.1", 22,
      {{kHelloLogin, "\x05\x02"s}, {"\x01\x02me\x06secret"s, "\x01\x00"s}, {kV4, bound4}});
  plays_at_every_cut(login, "10.0.0.1", 22, {{kHelloLogin, none}, {kV4, bound4}});
}

TEST_CASE("SOCKS5: refusals and malformed answers") {
  const auto plain = settings_of(ProxyType::socks5);
  CHECK(has(refusal(plain, kHello, "\x05\xff"s), "asks for a user name"));
  CHECK(has(refusal(plain, kHello, "\x05\x02"s), "not offered"));
  CHECK(has(refusal(plain, kHello, "\x05\x01"s), "not offered"));
  CHECK(has(refusal(plain, kHello, "\x04"s), "does not speak SOCKS5"));
  const auto login = settings_of(ProxyType::socks5, "me", "secret");
  CHECK(has(refusal(login, kHelloLogin, "\x05\xff"s), "neither"));
  const std::vector<Turn> to_login{{kHelloLogin, "\x05\x02"s}};
  auto after_login = [&](const std::string& said) {
    return play(login, "10.0.0.1", 22,
                {{kHelloLogin, "\x05\x02"s}, {"\x01\x02me\x06secret"s, said}}, 99)
        .error;
  };
  CHECK(has(after_login("\x01\x01"s), "refused the user name"));
  CHECK(has(after_login("\x05\x00"s), "does not speak SOCKS5"));
  auto after_request = [&](const std::string& said) {
    return play(plain, "10.0.0.1", 22, {{kHello, "\x05\x00"s}, {kV4, said}}, 99).error;
  };
  CHECK(has(after_request("\x05\x01"s), "general failure"));
  CHECK(has(after_request("\x05\x05\x00\x01"s), "refused the connection by the server"));
  CHECK(has(after_request("\x05\x08"s), "address"));
  CHECK(has(after_request("\x05\x09"s), "unknown code"));
  CHECK(has(after_request("\x05\x00\x01"s), "does not speak"));
  CHECK(has(after_request("\x05\x00\x00\x02"s), "unknown address type"));
  CHECK(has(after_request("\x01\x00"s), "does not speak"));
  NetError why;
  CHECK(make_proxy_handshake(settings_of(ProxyType::socks5, std::string(256, 'u')), "h", 1, why) ==
        nullptr);
  CHECK(make_proxy_handshake(settings_of(ProxyType::socks5, "u", std::string(256, 'p')), "h", 1,
                             why) == nullptr);
}

TEST_CASE("A proxy that answers before it was asked is not listened to") {
  NetError why;
  auto h = make_proxy_handshake(settings_of(ProxyType::socks5), "10.0.0.1", 22, why);
  REQUIRE(h != nullptr);
  CHECK(h->receive(as_bytes("\x05\x00"s)) == 0);
  h->sent(1);
  CHECK(h->receive(as_bytes("\x05\x00"s)) == 0);
  CHECK_FALSE(h->failed());
}

TEST_CASE("The environment's proxy, and hosts that go without") {
  struct Saved {
    Saved() { clear(); }
    ~Saved() { clear(); }
    static void clear() {
      for (const char* name : {"all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy",
                               "HTTP_PROXY", "no_proxy", "NO_PROXY"})
        ::unsetenv(name);
    }
  } saved;
  ProxySettings got;
  CHECK_FALSE(proxy_from_environment("h", got));
  ::setenv("HTTP_PROXY", "http://evil:1", 1);  // what a web server makes of a header
  CHECK_FALSE(proxy_from_environment("h", got));
  ::setenv("http_proxy", "http://p.test:3128/", 1);
  REQUIRE(proxy_from_environment("h", got));
  CHECK(got.type == ProxyType::http);
  CHECK(got.host == "p.test");
  CHECK(got.port == 3128);
  ::setenv("ALL_PROXY", "socks5h://me:s%40x@[::1]", 1);
  REQUIRE(proxy_from_environment("h", got));
  CHECK(got.type == ProxyType::socks5);
  CHECK(got.host == "::1");
  CHECK(got.port == 1080);
  CHECK(got.user == "me");
  CHECK(as_text(got.password.reveal()) == "s@x");
  for (const char* bad : {"https://p", "socks9://p", "http://", "http://p:0", "http://p:65536",
                          "http://p:1x", "http://u%4@p", "http://[::1", "http://[::1]x"}) {
    INFO(bad);
    ::setenv("all_proxy", bad, 1);
    CHECK_FALSE(proxy_from_environment("h", got));
  }
  ::setenv("all_proxy", "p", 1);
  ::setenv("no_proxy", "localhost, .example.org", 1);
  CHECK_FALSE(proxy_from_environment("LOCALHOST", got));
  CHECK_FALSE(proxy_from_environment("a.Example.org", got));
  CHECK(proxy_from_environment("example.com", got));
}

TEST_CASE("Lists of hosts that bypass the proxy") {
  CHECK(proxy_bypassed("a;b;10.0.0.1", "b"));
  CHECK(proxy_bypassed("a;b;10.0.0.1", "10.0.0.1"));
  CHECK_FALSE(proxy_bypassed("a;b;10.0.0.1", "10.0.0.11"));
  CHECK_FALSE(proxy_bypassed("example.org", "badexample.org"));
  CHECK(proxy_bypassed("example.org", "x.example.org"));
  CHECK(proxy_bypassed("*.example.org", "x.example.org"));
  CHECK(proxy_bypassed("*", "anything"));
  CHECK(proxy_bypassed("[::1]", "::1"));
  CHECK_FALSE(proxy_bypassed("", "a"));
  CHECK_FALSE(proxy_bypassed(" ; ,", "a"));
}
