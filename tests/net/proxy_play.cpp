#include "proxy_play.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"

namespace sshauth::test {

namespace {

std::string drain(ProxyHandshake& h) {
  const std::string out(as_text(h.pending()));
  h.sent(h.pending().size());
  return out;
}

std::unique_ptr<ProxyHandshake> make(const ProxySettings& settings, const std::string& host,
                                     std::uint16_t port) {
  NetError why;
  auto h = make_proxy_handshake(settings, host, port, proxy_provider(), why);
  INFO(why.text);
  REQUIRE(h != nullptr);
  return h;
}

// Gives `said` in two parts; what is left over.
std::string give(ProxyHandshake& h, const std::string& said, std::size_t cut) {
  std::string left = said.substr(0, std::min(cut, said.size()));
  const std::string later = said.substr(left.size());
  left.erase(0, h.receive(as_bytes(left)));
  left += later;
  left.erase(0, h.receive(as_bytes(left)));
  return left;
}

int all_ones(void*, std::uint8_t* out, std::size_t len) {
  std::fill_n(out, len, std::uint8_t{0x11});
  return 1;
}

}  // namespace

const Provider& proxy_provider() {
  static const Provider provider = [] {
    Provider p = default_provider();
    p.rng.fill = all_ones;
    return p;
  }();
  return provider;
}

ProxySettings settings_of(ProxyType type, const std::string& user, const std::string& password,
                          const std::string& headers) {
  ProxySettings s;
  s.type = type;
  s.host = "proxy.test";
  s.user = user;
  s.password = SecretBytes(as_bytes(password));
  s.headers = SecretBytes(as_bytes(headers));
  return s;
}

Outcome play(const ProxySettings& settings, const std::string& host, std::uint16_t port,
             const std::vector<Turn>& turns, std::size_t cut, const std::string& after) {
  Outcome out;
  auto h = make(settings, host, port);
  for (std::size_t i = 0; i < turns.size() && !h->failed(); ++i) {
    const std::string heard = drain(*h);
    CHECK(heard == turns[i].heard);
    out.rest = give(*h, turns[i].said + (i + 1 == turns.size() ? after : ""), cut);
    if (turns[i].closes) h->closed();
    if (!h->wants_connection()) continue;
    CHECK(h->pending().empty());
    h->reconnected();
    ++out.connections;
  }
  out.done = h->done();
  out.failed = h->failed();
  out.error = h->error().text;
  if (out.failed) CHECK(h->error().code == 118);
  return out;
}

void plays_at_every_cut(const ProxySettings& settings, const std::string& host, std::uint16_t port,
                        const std::vector<Turn>& turns, unsigned connections) {
  std::size_t longest = 0;
  for (const Turn& t : turns) longest = std::max(longest, t.said.size());
  for (std::size_t cut = 0; cut <= longest + 4; ++cut) {
    const Outcome got = play(settings, host, port, turns, cut);
    INFO("cut at " << cut << ": " << got.error);
    CHECK(got.done);
    CHECK(got.connections == connections);
    CHECK(got.rest == "SSH-");
  }
}

std::string refusal_after(const ProxySettings& settings, const std::vector<Turn>& turns) {
  const std::size_t len = turns.back().said.size();
  const Outcome whole = play(settings, "10.0.0.1", 22, turns, len, "");
  for (std::size_t cut = 0; cut < len; cut += 1 + len / 100) {
    const Outcome got = play(settings, "10.0.0.1", 22, turns, cut, "");
    CHECK(got.failed);
    CHECK_FALSE(got.done);
    CHECK(got.error == whole.error);
  }
  return whole.error;
}

std::string refusal(const ProxySettings& settings, const std::string& heard,
                    const std::string& said) {
  for (std::size_t len = 0; len < said.size(); ++len) {
    auto h = make(settings, "10.0.0.1", 22);
    drain(*h);
    h->receive(as_bytes(std::string_view(said).substr(0, len)));
    CHECK_FALSE(h->done());
    h->closed();
    CHECK(h->failed());
    CHECK(h->error().code == 118);
  }
  return refusal_after(settings, {{heard, said}});
}

std::string not_made(const ProxySettings& settings, const std::string& host) {
  NetError why;
  if (make_proxy_handshake(settings, host, 22, proxy_provider(), why) != nullptr) return "";
  CHECK(why.code == 118);
  CHECK_FALSE(why.text.empty());
  return why.text;
}

bool has(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace sshauth::test
