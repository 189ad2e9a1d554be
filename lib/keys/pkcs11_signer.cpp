#include "lib/keys/pkcs11_signer.hpp"

#include <openssl/evp.h>

#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxRaw = 2048;  // of RSA with 16,384 bits
constexpr std::size_t kMaxHash = 64;

// RFC 8017 §9.2, note 1: what stands before the hash in a DigestInfo.
constexpr std::uint8_t kSha1[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                  0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
constexpr std::uint8_t kSha256[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
constexpr std::uint8_t kSha512[] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};

// What a token is given for each signature algorithm: tokens hash slowly or not at all, so but for
// Ed25519 the hash is made here.
struct Row {
  std::string_view algorithm;
  CK_MECHANISM_TYPE mechanism;
  const EVP_MD* (*hash)();
  Bytes prefix;
  bool pair;  // r and s, one after the other
};
constexpr Row kRows[] = {
    {"rsa-sha2-512", CKM_RSA_PKCS, EVP_sha512, kSha512, false},
    {"rsa-sha2-256", CKM_RSA_PKCS, EVP_sha256, kSha256, false},
    {"ssh-rsa", CKM_RSA_PKCS, EVP_sha1, kSha1, false},
    {"ecdsa-sha2-nistp256", CKM_ECDSA, EVP_sha256, {}, true},
    {"ecdsa-sha2-nistp384", CKM_ECDSA, EVP_sha384, {}, true},
    {"ecdsa-sha2-nistp521", CKM_ECDSA, EVP_sha512, {}, true},
    {"ssh-ed25519", CKM_EDDSA, nullptr, {}, false},
};

const Row* find_row(std::string_view algorithm) noexcept {
  for (const Row& row : kRows)
    if (row.algorithm == algorithm) return &row;
  return nullptr;
}

bool prepare(const Row& row, Bytes data, Blob& out) {
  if (row.hash == nullptr) {
    out.assign(data.begin(), data.end());
    return true;
  }
  std::uint8_t hash[kMaxHash];
  unsigned len = sizeof hash;
  if (EVP_Digest(data.data(), data.size(), hash, &len, row.hash(), nullptr) != 1) return false;
  out.assign(row.prefix.begin(), row.prefix.end());
  out.insert(out.end(), hash, hash + len);
  return true;
}

Blob encode(const Row& row, Bytes raw) {
  Blob out(raw.size() + 128);
  Writer w(out);
  w.string(row.algorithm);
  const std::size_t mark = w.begin_string();
  if (row.pair)
    w.mpint(raw.first(raw.size() / 2)).mpint(raw.subspan(raw.size() / 2));
  else
    w.raw(raw);
  w.end_string(mark);
  out.resize(w.len());
  return out;
}

class TokenSigner final : public Signer {
 public:
  TokenSigner(std::shared_ptr<Pkcs11Session> session, CK_OBJECT_HANDLE key, SecretBytes pin,
              bool last_try)
      : session_(std::move(session)), key_(key), pin_(std::move(pin)), last_try_(last_try) {}

  std::unique_ptr<Signing> start(const SignRequest& request) override {
    Blob signature;
    KeyError error = sign(request, signature);
    if (error.ok()) return std::make_unique<FinishedSigning>(std::move(signature));
    return std::make_unique<FinishedSigning>(std::move(error));
  }

 private:
  KeyError may_show_pin() const {
    if (pin_.size() != 0) return last_try_ ? KeyError() : session_->may_lock();
    if (session_->has_pin_pad()) return {};
    return session_->error(CKR_USER_NOT_LOGGED_IN, {});
  }

  KeyError sign(const SignRequest& request, Blob& out) const {
    const Row* row = find_row(request.algorithm);
    if (row == nullptr)
      return {KeyErrc::cannot_sign, "a token does not sign by " + printable(request.algorithm)};
    Blob input;
    if (!prepare(*row, request.data, input))
      return {KeyErrc::crypto_failed, "libcrypto could not hash what is to be signed"};
    const bool wants_pin = session_->flag(key_, CKA_ALWAYS_AUTHENTICATE, false);
    KeyError bad = wants_pin ? may_show_pin() : KeyError();
    if (!bad.ok()) return bad;
    CK_MECHANISM mechanism{row->mechanism, nullptr, 0};
    CK_RV code = session_->call().C_SignInit(session_->handle(), &mechanism, key_);
    if (code != CKR_OK) return session_->error(code, "it will not sign");
    if (wants_pin) bad = session_->login(CKU_CONTEXT_SPECIFIC, as_text(pin_.reveal()));
    std::uint8_t raw[kMaxRaw];
    CK_ULONG len = sizeof raw;
    // Called all the same where logging in failed: nothing else ends the operation (§5.13.2).
    code = session_->call().C_Sign(session_->handle(), input.data(), input.size(), raw, &len);
    if (!bad.ok()) return bad;
    if (code != CKR_OK) return session_->error(code, "it made no signature");
    if (len == 0 || len > sizeof raw)
      return session_->error(CKR_GENERAL_ERROR, "its signature has an impossible length");
    out = encode(*row, Bytes(raw).first(len));
    return {};
  }

  std::shared_ptr<Pkcs11Session> session_;
  CK_OBJECT_HANDLE key_;
  SecretBytes pin_;
  bool last_try_;
};

}  // namespace

std::unique_ptr<Signer> make_pkcs11_signer(std::shared_ptr<Pkcs11Session> session,
                                           CK_OBJECT_HANDLE key, SecretBytes pin, bool last_try) {
  return std::make_unique<TokenSigner>(std::move(session), key, std::move(pin), last_try);
}

}  // namespace sshauth
