#include "lib/auth/method.hpp"

namespace sshauth {
namespace {

struct Row {
  std::string_view name;
  Method method;
};
constexpr Row kRows[] = {
    {"none", Method::none},
    {"password", Method::password},
    {"publickey", Method::publickey},
    {"keyboard-interactive", Method::keyboard_interactive},
    {"gssapi-with-mic", Method::gssapi_with_mic},
    {"gssapi-keyex", Method::gssapi_keyex},
    {"custom", Method::custom},
};

}  // namespace

Method method_of(std::string_view name) noexcept {
  for (const Row& row : kRows)
    if (row.name == name) return row.method;
  return Method::unknown;
}

std::string_view name_of(Method method) noexcept {
  for (const Row& row : kRows)
    if (row.method == method) return row.name;
  return "";
}

}  // namespace sshauth
