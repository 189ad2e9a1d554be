// The core's error codes. Rows are in errors.def; the class says whose fault it was.
#pragma once

#include <cstdint>
#include <string_view>

namespace sshauth {

enum class ErrorClass : std::uint8_t { none, usage, peer, local };

enum class [[nodiscard]] Errc : std::int16_t{
    ok = 0,
#define X(name, fault, number, object_code, reason, text) name = number,
#include "lib/base/errors.def"
#undef X
};

struct ErrorRow {
  Errc code;
  ErrorClass fault;
  std::int32_t object_code;  // the SSHAuth object's error code
  std::uint32_t reason;      // RFC 4253 §11.1 reason code, 0 when no DISCONNECT is sent
  std::string_view name;
  std::string_view text;
};

// The row of `code`; for `ok` a row with empty texts.
const ErrorRow& error_row(Errc code) noexcept;

}  // namespace sshauth

// Leaves the function with the error, if there is one. The only control-flow macro.
#define SSHAUTH_TRY(expression)                                                                   \
  do {                                                                                            \
    if (const ::sshauth::Errc sshauth_try_e = (expression); sshauth_try_e != ::sshauth::Errc::ok) \
      return sshauth_try_e;                                                                       \
  } while (false)
