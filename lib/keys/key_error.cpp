#include "lib/keys/key_error.hpp"

#include <system_error>

#include "lib/base/text.hpp"

namespace sshauth {

std::string_view key_errc_name(KeyErrc code) noexcept {
  switch (code) {
    case KeyErrc::ok: return "ok";
    case KeyErrc::io: return "io";
    case KeyErrc::unknown_format: return "unknown_format";
    case KeyErrc::unsupported_type: return "unsupported_type";
    case KeyErrc::malformed: return "malformed";
    case KeyErrc::needs_passphrase: return "needs_passphrase";
    case KeyErrc::wrong_passphrase: return "wrong_passphrase";
    case KeyErrc::too_expensive: return "too_expensive";
    case KeyErrc::not_found: return "not_found";
    case KeyErrc::cannot_sign: return "cannot_sign";
    case KeyErrc::crypto_failed: return "crypto_failed";
    case KeyErrc::bad_argument: return "bad_argument";
  }
  return "unknown";
}

KeyError unfit_file(const std::string& path, std::string_view what, int error) {
  return {KeyErrc::io, printable(path, path.size()) + ": " + std::string(what), error};
}

KeyError file_error(const std::string& path, std::string_view what, int error) {
  return unfit_file(path, std::string(what) + ": " + std::system_category().message(error), error);
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  make_shown(out);
  if (text.size() > most) out += "...";
  return out;
}

}  // namespace sshauth
