// Profile tiny: every key is a plain one, and no name of another form is an algorithm.
#include "lib/crypto/key_forms.hpp"

namespace sshauth {

std::span<const KeyFormRow> key_forms() noexcept { return {}; }

Errc open_form(const KeyAlgorithm& /*alg*/, const Provider& /*p*/, Bytes /*blob*/,
               OpenedKey& /*out*/) noexcept {
  return Errc::bad_host_key;
}

Errc check_authority(const KeyAlgorithm& /*alg*/, const Provider& /*p*/, Bytes /*blob*/,
                     std::uint32_t /*min_rsa_bits*/) noexcept {
  return Errc::bad_certificate;
}

}  // namespace sshauth
