// Fuzz target: the service that a Kerberos token's ticket is for. What is told is in the token,
// part by part.
#include "fuzz/require.hpp"
#include "lib/gss/ticket.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view token = as_text({data, size});
  const std::string service = service_of_token({data, size});
  for (std::size_t at = 0; at < service.size();) {
    const std::size_t end = std::min(service.find('/', at), service.size());
    require(end > at);
    require(token.find(std::string_view(service).substr(at, end - at)) != std::string_view::npos);
    at = end + 1;
  }
  return 0;
}
