// What the fuzz targets of proxies share: a handshake that is fed a hostile proxy's octets.
#pragma once

#include <algorithm>
#include <string>

#include "fuzz/require.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/net/proxy.hpp"

namespace sshauth {

constexpr std::string_view kProxyUser = "us\"er\\\xc3\xa9";
constexpr std::string_view kProxyPassword = "Pa55-never-shown";

inline ProxySettings fuzzed_proxy(ProxyType type, bool with_login) {
  ProxySettings settings;
  settings.type = type;
  settings.host = "proxy.test";
  if (!with_login) return settings;
  settings.user = kProxyUser;
  settings.password = SecretBytes(as_bytes(kProxyPassword));
  return settings;
}

// What may be told to people: one line.
inline void require_sentence(std::string_view text) {
  require(!text.empty() && text.size() < 1'024);
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

// Feeds `said` in parts of `part` octets. The proxy hangs up at every octet 0xff 0xfe, and at the
// end.
inline void play_proxy(const ProxySettings& settings, Bytes said, std::size_t part) {
  NetError why;
  auto h = make_proxy_handshake(settings, "10.0.0.1", 22, default_provider(), why);
  require(h != nullptr);
  unsigned messages = 0, connections = 1;
  bool told = false;  // the proxy was told the password, or what stands for it
  while (!h->done() && !h->failed()) {
    if (h->wants_connection()) {
      require(h->pending().empty() && ++connections <= 8);
      h->reconnected();
    }
    if (!h->pending().empty()) {
      require(++messages <= 16);
      require(h->receive(said) == 0);
      const std::string_view message = as_text(h->pending());
      told = told || message.find("Authorization") != std::string_view::npos ||
             message.find(kProxyPassword) != std::string_view::npos;
      h->sent(h->pending().size());
    }
    const bool hangs_up = said.size() < 2 || (said[0] == 0xff && said[1] == 0xfe);
    if (hangs_up) {
      said = said.subspan(std::min<std::size_t>(said.size(), 2));
      h->closed();
      continue;
    }
    const std::size_t used = h->receive(said.first(std::min(said.size(), part)));
    require(used <= part);
    // What is not taken is left alone only because something else comes first.
    require(used != 0 || h->done() || h->failed() || h->wants_connection() ||
            !h->pending().empty());
    said = said.subspan(used);
  }
  require(h->done() != h->failed());
  require(h->receive(said) == 0);
  if (h->done()) return;
  require(h->error().code == kNetProxy && h->pending().empty());
  require_sentence(h->error().text);
  // Before it was told, octets like it are a coincidence.
  require(!told || h->error().text.find(kProxyPassword) == std::string::npos);
}

}  // namespace sshauth
