// Fuzz target: name-lists. The input is two lists, cut apart at the first line feed.
#include "lib/wire/name_list.hpp"
#include "fuzz/require.hpp"

using namespace sshauth;

namespace {

void walk(std::string_view list) {
  std::size_t num = 0, octets = 0;
  std::string_view rest = list, name;
  while (next_name(rest, name)) {
    require(!name.empty() && name.find(',') == std::string_view::npos);
    require(list_contains(list, name));
    require(num != 0 || name == first_name(list));
    octets += name.size();
    ++num;
  }
  require(rest.empty() && octets <= list.size() && num == count_names(list));
}

// RFC 4253 §7.1, the slow way: the first of the client's names that the server has too.
std::string_view agreed(std::string_view client, std::string_view server) {
  for (std::string_view name; next_name(client, name);)
    if (list_contains(server, name)) return name;
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in = as_text({data, size});
  const std::size_t cut = in.find('\n');
  const std::string_view client = in.substr(0, cut);
  const std::string_view server = cut == std::string_view::npos ? "" : in.substr(cut + 1);
  walk(client);
  walk(server);
  (void)is_name_list(client);
  const std::string_view name = agreed(client, server);
  require(name.empty() || (list_contains(client, name) && list_contains(server, name)));
  return 0;
}
