// Pkcs11Module and Pkcs11Session: a loaded module and a session with one of its tokens, with errors
// as sentences. For the PKCS#11 files alone.
#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <string>
#include <vector>

#include "lib/keys/key_error.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

class Pkcs11Module {
 public:
  // Loads and initialises. Null: `why` says it.
  static std::shared_ptr<const Pkcs11Module> open(const std::string& path, KeyError& why);

  const CK_FUNCTION_LIST& call() const noexcept { return *functions_; }
  const std::string& path() const noexcept { return path_; }
  // Of tokens that are there, at most 256.
  std::vector<CK_SLOT_ID> slots() const;

  // Use open.
  Pkcs11Module(std::string path, CK_FUNCTION_LIST* functions)
      : path_(std::move(path)), functions_(functions) {}

 private:
  std::string path_;
  CK_FUNCTION_LIST* functions_;
};

class Pkcs11Session {
 public:
  // Null: `why` says it.
  static std::shared_ptr<Pkcs11Session> open(std::shared_ptr<const Pkcs11Module> module,
                                             CK_SLOT_ID slot, KeyError& why);
  Pkcs11Session(std::shared_ptr<const Pkcs11Module> module, CK_SLOT_ID slot,
                CK_SESSION_HANDLE handle, const CK_TOKEN_INFO& token)
      : module_(std::move(module)), slot_(slot), handle_(handle), token_(token) {}
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;
  ~Pkcs11Session();  // the last one of a token logs out

  const CK_FUNCTION_LIST& call() const noexcept { return module_->call(); }
  const Pkcs11Module& module() const noexcept { return *module_; }
  CK_SESSION_HANDLE handle() const noexcept { return handle_; }
  CK_SLOT_ID slot() const noexcept { return slot_; }
  const CK_TOKEN_INFO& token() const noexcept { return token_; }
  std::string label() const;

  bool wants_login() const noexcept { return (token_.flags & CKF_LOGIN_REQUIRED) != 0; }
  // The PIN is entered at the reader.
  bool has_pin_pad() const noexcept {
    return (token_.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  }
  // Of the user's PIN, as a clause behind a sentence: that few tries are left, or one, or none; ""
  // where the token says nothing of the kind. Asked anew each time.
  std::string tries() const;
  bool is_locked() const { return (flags_now() & CKF_USER_PIN_LOCKED) != 0; }
  // Why a PIN had better not be shown: a wrong one would lock the token, or it is locked already.
  KeyError may_lock() const;
  // `who`: CKU_USER, or CKU_CONTEXT_SPECIFIC between SignInit and Sign.
  KeyError login(CK_USER_TYPE who, std::string_view pin) const;

  // At most `most` objects.
  std::vector<CK_OBJECT_HANDLE> find(std::vector<CK_ATTRIBUTE> wanted, std::size_t most) const;
  // Empty when the object has none, or does not tell.
  Blob attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  bool flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool otherwise) const;
  // A number of Cryptoki; ~0 when there is none.
  CK_ULONG number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;

  // "token NAME: what"
  KeyError error(CK_RV code, const std::string& what) const;

 private:
  CK_FLAGS flags_now() const;

  std::shared_ptr<const Pkcs11Module> module_;
  CK_SLOT_ID slot_;
  CK_SESSION_HANDLE handle_;
  CK_TOKEN_INFO token_;
};

// A text of Cryptoki: padded with blanks, and without an end.
template <std::size_t N>
std::string pkcs11_text(const unsigned char (&field)[N]) {
  std::string out(field, field + N);
  out.erase(out.find_last_not_of(std::string_view(" \0", 2)) + 1);
  return out;
}

}  // namespace sshauth
