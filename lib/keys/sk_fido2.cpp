// Security keys through libfido2: the one among those plugged in that made the key handle is asked
// for the assertion (CTAP 2.1 §6.2).
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "lib/keys/fido2.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/sk_provider.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxDevices = 16;
constexpr std::size_t kScalar = 32;

struct FreeDevice {
  const Fido2Library* fido;
  void operator()(fido_dev_t* device) const noexcept {
    fido->dev_close(device);
    fido->dev_free(&device);
  }
};
using Device = std::unique_ptr<fido_dev_t, FreeDevice>;

struct FreeAssert {
  const Fido2Library* fido;
  void operator()(fido_assert_t* assertion) const noexcept { fido->assert_free(&assertion); }
};
using Assertion = std::unique_ptr<fido_assert_t, FreeAssert>;

struct FreeList {
  const Fido2Library* fido;
  void operator()(fido_dev_info_t* list) const noexcept { fido->dev_info_free(&list, kMaxDevices); }
};

struct FreeSignature {
  void operator()(ECDSA_SIG* signature) const noexcept { ECDSA_SIG_free(signature); }
};

// RFC 3279 §2.2.3, as CTAP wraps ES256.
bool split_der(Bytes der, SkAssertion& out) {
  const std::uint8_t* at = der.data();
  const std::unique_ptr<ECDSA_SIG, FreeSignature> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (signature == nullptr || at != der.data() + der.size()) return false;
  out.r.resize(kScalar);
  out.s.resize(kScalar);
  return BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.r.data(), kScalar) == kScalar &&
         BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.s.data(), kScalar) == kScalar;
}

class Fido2 final : public SkProvider {
 public:
  explicit Fido2(const Fido2Library& fido) : fido_(fido) {}

  KeyError sign(const SkRequest& request, SkAssertion& out) const override {
    std::uint8_t hash[32];
    unsigned len = sizeof hash;
    if (EVP_Digest(request.data.data(), request.data.size(), hash, &len, EVP_sha256(), nullptr) !=
        1)
      return {KeyErrc::crypto_failed, "libcrypto could not hash what is to be signed"};
    const Device device = find_device(request, hash);
    if (device == nullptr)
      return {KeyErrc::io, "no security key is there that this key is of; plug it in"};
    const Assertion assertion =
        prepare(request, hash, (request.flags & kSkUserPresence) != 0,
                (request.flags & kSkUserVerification) != 0 && !request.pin.empty());
    if (assertion == nullptr) return {KeyErrc::crypto_failed, "libfido2 has no memory left"};
    std::string pin(request.pin);
    const int code =
        fido_.dev_get_assert(device.get(), assertion.get(), pin.empty() ? nullptr : pin.c_str());
    secure_wipe(pin.data(), pin.size());
    if (code != FIDO_OK) return error_of(code, !pin.empty());
    return take(*assertion, request, out);
  }

 private:
  Assertion prepare(const SkRequest& request, Bytes hash, bool touch, bool verify) const {
    Assertion out(fido_.assert_new(), FreeAssert{&fido_});
    const std::string application(request.application);
    const bool ok =
        out != nullptr && fido_.assert_set_rp(out.get(), application.c_str()) == FIDO_OK &&
        fido_.assert_set_clientdata_hash(out.get(), hash.data(), hash.size()) == FIDO_OK &&
        fido_.assert_allow_cred(out.get(), request.key_handle.data(), request.key_handle.size()) ==
            FIDO_OK &&
        fido_.assert_set_up(out.get(), touch ? FIDO_OPT_TRUE : FIDO_OPT_FALSE) == FIDO_OK &&
        (!verify || fido_.assert_set_uv(out.get(), FIDO_OPT_TRUE) == FIDO_OK);
    if (!ok) out.reset();
    return out;
  }

  Device open(const char* path) const {
    Device device(path != nullptr ? fido_.dev_new() : nullptr, FreeDevice{&fido_});
    if (device != nullptr && fido_.dev_open(device.get(), path) != FIDO_OK) device.reset();
    return device;
  }

  // Without a touch: a device that made the handle answers, the others do not know it.
  bool knows(const Device& device, const SkRequest& request, Bytes hash) const {
    const Assertion silent = prepare(request, hash, false, false);
    if (silent == nullptr) return false;
    const int code = fido_.dev_get_assert(device.get(), silent.get(), nullptr);
    return code == FIDO_OK || code == FIDO_ERR_USER_PRESENCE_REQUIRED ||
           code == FIDO_ERR_PIN_REQUIRED || code == FIDO_ERR_UNSUPPORTED_OPTION;
  }

  Device find_device(const SkRequest& request, Bytes hash) const {
    const std::unique_ptr<fido_dev_info_t, FreeList> list(fido_.dev_info_new(kMaxDevices),
                                                          FreeList{&fido_});
    std::size_t num = 0;
    Device found(nullptr, FreeDevice{&fido_});
    if (list == nullptr || fido_.dev_info_manifest(list.get(), kMaxDevices, &num) != FIDO_OK)
      return found;
    for (std::size_t i = 0; i < num && i < kMaxDevices && found == nullptr; ++i) {
      Device device = open(fido_.dev_info_path(fido_.dev_info_ptr(list.get(), i)));
      if (device != nullptr && (num == 1 || knows(device, request, hash)))
        found = std::move(device);
    }
    return found;
  }

  KeyError error_of(int code, bool pin_given) const {
    switch (code) {
      case FIDO_ERR_PIN_REQUIRED:
        if (!pin_given) return {KeyErrc::needs_passphrase, "the security key wants its PIN"};
        [[fallthrough]];
      case FIDO_ERR_PIN_INVALID:
      case FIDO_ERR_PIN_AUTH_INVALID:
        return {KeyErrc::wrong_passphrase, "the security key does not accept this PIN"};
      case FIDO_ERR_PIN_BLOCKED:
      case FIDO_ERR_PIN_AUTH_BLOCKED:
        return {KeyErrc::cannot_sign,
                "the security key's PIN is locked after too many wrong ones: plug it in anew, or "
                "reset it"};
      case FIDO_ERR_NO_CREDENTIALS:
        return {KeyErrc::io, "the security key that is plugged in is not the one this key is of"};
      default:
        return {KeyErrc::cannot_sign,
                std::string("the security key made no signature: ") + fido_.strerr(code)};
    }
  }

  KeyError take(fido_assert_t& assertion, const SkRequest& request, SkAssertion& out) const {
    const Bytes signature(fido_.assert_sig_ptr(&assertion, 0), fido_.assert_sig_len(&assertion, 0));
    out.flags = fido_.assert_flags(&assertion, 0);
    out.counter = fido_.assert_sigcount(&assertion, 0);
    out.s.clear();
    bool ok = fido_.assert_count(&assertion) != 0 && !signature.empty();
    if (ok && request.key_type.starts_with("sk-ecdsa"))
      ok = split_der(signature, out);
    else
      out.r.assign(signature.begin(), signature.end());
    return ok ? KeyError()
              : KeyError(KeyErrc::malformed, "the security key's signature is damaged");
  }

  const Fido2Library& fido_;
};

}  // namespace

std::shared_ptr<const SkProvider> open_fido2(KeyError& why) {
  if (const Fido2Library* fido = fido2_library(); fido != nullptr)
    return std::make_shared<Fido2>(*fido);
  why = {KeyErrc::io,
         "libfido2 is not installed (libfido2.so.1), and no provider library is named in the "
         "setting SecurityKeyProvider or in SSH_SK_PROVIDER"};
  return nullptr;
}

}  // namespace sshauth
