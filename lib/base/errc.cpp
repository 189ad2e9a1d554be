#include "lib/base/errc.hpp"

namespace sshauth {
namespace {

constexpr ErrorRow kOk{Errc::ok, ErrorClass::none, 0, 0, "ok", ""};
constexpr ErrorRow kRows[] = {
#define X(name, fault, number, object_code, reason, text) \
  {Errc::name, ErrorClass::fault, object_code, reason, #name, text},
#include "lib/base/errors.def"
#undef X
};

}  // namespace

const ErrorRow& error_row(Errc code) noexcept {
  for (const ErrorRow& row : kRows)
    if (row.code == code) return row;
  return kOk;
}

}  // namespace sshauth
