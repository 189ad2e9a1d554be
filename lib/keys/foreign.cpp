#include "lib/keys/foreign.hpp"

namespace sshauth {
namespace {

struct Foreign {
  std::string_view begins, text;
};
constexpr Foreign kForeign[] = {
    {"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
     "ssh.com private keys are not supported; \"ssh-keygen -i -f FILE\" converts one"},
    {"SSH PRIVATE KEY FILE FORMAT 1.1\n", "keys of SSH protocol 1 are not supported"},
};

const Foreign* find_foreign(Bytes data) noexcept {
  for (const Foreign& row : kForeign)
    if (as_text(data).starts_with(row.begins)) return &row;
  return nullptr;
}

}  // namespace

bool is_foreign(Bytes data) noexcept { return find_foreign(data) != nullptr; }

KeyResult refuse_foreign(Bytes data, LoadOptions&) {
  const Foreign* row = find_foreign(data);
  return KeyError(KeyErrc::unknown_format, std::string(row != nullptr ? row->text : ""));
}

}  // namespace sshauth
