#include "abi/shown.hpp"

#include "lib/base/utf8.hpp"

namespace sshauth::abi {

std::string shown_text(std::string_view from) {
  std::string out;
  out.reserve(from.size());
  while (!from.empty()) {
    const Utf8 at = decode_utf8(from);
    if (at.len == 0)
      out += "\xef\xbf\xbd";
    else if (is_control(at.code) && at.code != '\n' && at.code != '\t')
      out += '?';
    else
      out += from.substr(0, at.len);
    from.remove_prefix(at.len == 0 ? 1 : at.len);
  }
  return out;
}

}  // namespace sshauth::abi
