#include "abi/refusal.hpp"

namespace sshauth::abi {

namespace {

struct ErrorText {
  int code;
  std::string_view text;
};

constexpr ErrorText kErrors[] = {
#define X(code, text) {code, text},
#include "abi/errors.def"
#undef X
};

}  // namespace

std::string_view error_row_text(int code) noexcept {
  for (const ErrorText& row : kErrors)
    if (row.code == code) return row.text;
  return {};
}

std::string error_sentence(int code) {
  const std::string_view text = error_row_text(code);
  return text.empty() ? "error " + std::to_string(code) : std::string(text);
}

}  // namespace sshauth::abi
