// Fuzz target: a list of hosts that go without the proxy. The input is a host, a line feed, a list.
#include "lib/net/proxy_bypass.hpp"
#include "fuzz/proxy_play.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in = as_text({data, size});
  const std::size_t cut = in.find('\n');
  if (cut == std::string_view::npos) return 0;
  const std::string_view host = in.substr(0, cut), list = in.substr(cut + 1);
  const bool exceptions = proxy_bypassed(list, BypassList::exceptions, host, 22);
  const bool no_proxy = proxy_bypassed(list, BypassList::no_proxy, host, 22);
  require(!exceptions || no_proxy);  // no_proxy covers names below, too
  const std::string bad = bad_bypass_entry(list);
  if (!bad.empty()) require_sentence(bad);
  // Every host is on a list with "*", but those that are none.
  const std::string everyone = std::string(list) + ";*";
  require(proxy_bypassed(everyone, BypassList::exceptions, host, 22) || host.empty() ||
          host == "[]" || host.size() > 255);
  return 0;
}
