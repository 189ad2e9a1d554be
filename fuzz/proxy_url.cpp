// Fuzz target: the environment's proxy address; whatever it is, a handshake is made or refused.
#include "fuzz/proxy_play.hpp"
#include "lib/net/proxy_environment.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ProxySettings settings;
  const NetError error = parse_proxy_url(as_text({data, size}), settings);
  if (!error.ok()) {
    require(error.code == kNetProxy && settings.type == ProxyType::none);
    require_sentence(error.text);
    return 0;
  }
  require(settings.type != ProxyType::none && !settings.host.empty() && settings.port != 0);
  NetError why;
  const auto h = make_proxy_handshake(settings, "10.0.0.1", 22, default_provider(), why);
  require((h != nullptr) == why.ok());
  if (!why.ok()) require_sentence(why.text);
  return 0;
}
