#include "lib/keys/pkcs11.hpp"

#include <algorithm>

#include "lib/keys/load.hpp"
#include "lib/keys/pkcs11_module.hpp"
#include "lib/keys/pkcs11_public.hpp"
#include "lib/keys/pkcs11_signer.hpp"
#include "lib/keys/pkcs11_uri.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxKeys = 64;  // of a token
constexpr std::size_t kMaxPinFile = 1024;
// It is a module itself, which stands for all that are configured.
constexpr const char* kP11Kit = "libp11-kit.so.0";
constexpr const char* kFormat = "PKCS#11 token";

using Session = std::shared_ptr<Pkcs11Session>;

class Loader {
 public:
  Loader(const Pkcs11Uri& uri, const Pkcs11Spec& spec, SecretBytes pin, std::vector<Pkcs11Key>& out)
      : uri_(uri),
        spec_(spec),
        pin_(std::move(pin)),
        last_try_(spec.last_try && !spec.pin.empty()),
        out_(out) {}

  KeyError run(const std::string& path) {
    KeyError why;
    const auto module = Pkcs11Module::open(path, why);
    if (module == nullptr) return why;
    find_tokens(module);
    if (tokens_.empty())
      return first_.ok() ? KeyError(KeyErrc::not_found,
                                    "PKCS#11: no token that is there fits; plug it in, or name "
                                    "another (pkcs11:token=...)")
                         : first_;
    if (why = narrow(); !why.ok()) return why;
    if (why = log_in(); !why.ok()) return why;
    for (const Session& token : tokens_) add_keys(token, CKO_PRIVATE_KEY);
    if (!out_.empty()) return {};
    if (KeyError bad = needs_pin(); !bad.ok() && !spec_.public_halves) return bad;
    for (const Session& token : tokens_) add_keys(token, CKO_PUBLIC_KEY);
    if (!out_.empty()) return {};
    for (const Session& token : tokens_) add_keys(token, CKO_CERTIFICATE);
    return out_.empty() ? nothing() : KeyError();
  }

 private:
  static bool fits(const std::optional<std::string>& wanted, const std::string& has) {
    return !wanted || *wanted == has;
  }

  bool slot_fits(const Pkcs11Module& module, CK_SLOT_ID slot) const {
    CK_SLOT_INFO info{};
    CK_INFO library{};
    if (uri_.slot_id && *uri_.slot_id != slot) return false;
    if (module.call().C_GetSlotInfo(slot, &info) != CKR_OK) return false;
    if (module.call().C_GetInfo(&library) != CKR_OK) return false;
    const std::string version = std::to_string(library.libraryVersion.major) + "." +
                                std::to_string(library.libraryVersion.minor);
    return fits(uri_.slot_description, pkcs11_text(info.slotDescription)) &&
           fits(uri_.slot_manufacturer, pkcs11_text(info.manufacturerID)) &&
           fits(uri_.library_description, pkcs11_text(library.libraryDescription)) &&
           fits(uri_.library_manufacturer, pkcs11_text(library.manufacturerID)) &&
           fits(uri_.library_version, version);
  }

  bool token_fits(const CK_TOKEN_INFO& token) const {
    return (token.flags & CKF_TOKEN_INITIALIZED) != 0 &&
           fits(uri_.token, pkcs11_text(token.label)) &&
           fits(uri_.manufacturer, pkcs11_text(token.manufacturerID)) &&
           fits(uri_.serial, pkcs11_text(token.serialNumber)) &&
           fits(uri_.model, pkcs11_text(token.model));
  }

  void find_tokens(const std::shared_ptr<const Pkcs11Module>& module) {
    for (const CK_SLOT_ID slot : module->slots()) {
      CK_TOKEN_INFO token{};
      if (!slot_fits(*module, slot) || module->call().C_GetTokenInfo(slot, &token) != CKR_OK ||
          !token_fits(token))
        continue;
      KeyError why;
      if (Session session = Pkcs11Session::open(module, slot, why); session != nullptr)
        tokens_.push_back(std::move(session));
      else if (first_.ok())
        first_ = why;
    }
  }

  bool is_asked_for(Bytes blob) const {
    return spec_.public_half.empty() || same_bytes(spec_.public_half, blob);
  }

  // What a token shows before it was given a PIN: the public half that was asked for, or its
  // certificate; public keys without it; no public key.
  enum class Shown { it, others, nothing };
  Shown shown_by(const Session& token) const {
    Shown shown = Shown::nothing;
    for (CK_OBJECT_CLASS kind : {CKO_PUBLIC_KEY, CKO_CERTIFICATE, CKO_PRIVATE_KEY})
      for (const CK_OBJECT_HANDLE key : token->find({{CKA_CLASS, &kind, sizeof kind}}, kMaxKeys)) {
        if (same_bytes(pkcs11_public_blob(*token, key), spec_.public_half)) return Shown::it;
        if (kind == CKO_PUBLIC_KEY) shown = Shown::others;
      }
    return shown;
  }

  // Tokens that may have the key that was asked for: those that show it, else those that show no
  // public key. One that shows others has not got it, and is not sent the PIN of another token.
  KeyError narrow() {
    if (spec_.public_half.empty()) return {};
    std::vector<Session> showing, silent;
    for (const Session& token : tokens_) {
      const Shown shown = shown_by(token);
      if (shown == Shown::it) showing.push_back(token);
      if (shown == Shown::nothing) silent.push_back(token);
    }
    tokens_ = std::move(showing.empty() ? silent : showing);
    if (!tokens_.empty()) return {};
    return {KeyErrc::not_found,
            "PKCS#11: no token that is there has the key that was asked for; plug its token in"};
  }

  // A PIN is shown to one token alone: another would count it as a wrong one.
  KeyError log_in() {
    Session one;
    std::string names;
    std::size_t num = 0;
    for (const Session& token : tokens_) {
      if (!token->wants_login()) continue;
      names += (num++ != 0 ? ", " : "") + printable(token->label());
      one = token;
    }
    if (num == 0 || (pin_.size() == 0 && (num > 1 || !one->has_pin_pad()))) return {};
    if (num > 1)
      return {KeyErrc::bad_argument,
              "PKCS#11: several tokens want a PIN (" + names +
                  "); name one of them, as in pkcs11:token=" + pkcs11_escape(one->label())};
    if (KeyError bad = one->may_lock(); !bad.ok() && pin_.size() != 0 && !last_try_) return bad;
    pin_is_for_ = one;
    KeyError bad = one->login(CKU_USER, as_text(pin_.reveal()));
    logged_in_ = bad.ok();
    return bad;
  }

  void add_keys(const Session& token, CK_OBJECT_CLASS kind) {
    std::vector<CK_ATTRIBUTE> wanted{{CKA_CLASS, &kind, sizeof kind}};
    std::string object = uri_.object.value_or("");
    Blob id = uri_.id.value_or(Blob());
    if (uri_.object) wanted.push_back({CKA_LABEL, object.data(), object.size()});
    if (uri_.id) wanted.push_back({CKA_ID, id.data(), id.size()});
    for (const CK_OBJECT_HANDLE key : token->find(wanted, kMaxKeys)) add_key(token, key, kind);
  }

  void add_key(const Session& token, CK_OBJECT_HANDLE key, CK_OBJECT_CLASS kind) {
    const bool is_private = kind == CKO_PRIVATE_KEY;
    if (is_private && !token->flag(key, CKA_SIGN, true)) return;
    Blob blob = pkcs11_public_blob(*token, key);
    if (blob.empty() || !is_asked_for(blob)) return;
    const Blob label = token->attribute(key, CKA_LABEL);
    const std::string comment = printable(as_text(label));
    const std::string uri = uri_of(*token, key, as_text(label));
    // A key may want the PIN for each signature: of its own token.
    const bool its_pin = tokens_.size() == 1 || token == pin_is_for_;
    SecretBytes pin(its_pin ? pin_.reveal() : Bytes());
    Identity identity = is_private
                            ? Identity(std::move(blob), comment, kFormat,
                                       make_pkcs11_signer(token, key, std::move(pin), last_try_))
                            : Identity(std::move(blob), comment, kFormat);
    add_pkcs11_certificate(*token, key, identity);
    out_.push_back({std::move(identity), uri});
  }

  static std::string uri_of(const Pkcs11Session& token, CK_OBJECT_HANDLE key,
                            std::string_view label) {
    const Blob id = token.attribute(key, CKA_ID);
    std::string out = "pkcs11:token=" + pkcs11_escape(token.label()) +
                      ";serial=" + pkcs11_escape(pkcs11_text(token.token().serialNumber));
    if (!label.empty()) out += ";object=" + pkcs11_escape(label);
    if (!id.empty()) out += ";id=" + pkcs11_escape(as_text(id));
    return out + "?module-path=" + pkcs11_escape(token.module().path());
  }

  // A locked token is told where no other wants its PIN.
  KeyError needs_pin() const {
    KeyError locked;
    for (const Session& token : tokens_) {
      if (!token->wants_login() || logged_in_) continue;
      if (!token->is_locked())
        return {KeyErrc::needs_passphrase,
                "PKCS#11 token \"" + printable(token->label()) +
                    "\": it shows no private key before its PIN is given" + token->tries()};
      locked = token->error(CKR_PIN_LOCKED, {});
    }
    return locked;
  }

  KeyError nothing() const {
    if (KeyError bad = needs_pin(); !bad.ok()) return bad;
    return {KeyErrc::not_found, "PKCS#11 token \"" + printable(tokens_.front()->label()) +
                                    "\": it has no key that fits and that SSH can use"};
  }

  const Pkcs11Uri& uri_;
  const Pkcs11Spec& spec_;
  SecretBytes pin_;
  bool last_try_;
  std::vector<Pkcs11Key>& out_;
  std::vector<Session> tokens_;
  Session pin_is_for_;
  KeyError first_;
  bool logged_in_ = false;
};

// RFC 7512 §2.4: a file, by its name or a file: URI; a command in it ("|") is never run.
KeyError read_pin(std::string_view source, SecretBytes& out) {
  if (source.starts_with("file:")) source.remove_prefix(5);
  if (source.starts_with("//")) source.remove_prefix(2);
  if (source.empty() || source[0] == '|')
    return {KeyErrc::bad_argument, "the PKCS#11 URI's pin-source has to be a file"};
  if (KeyError bad = read_file(std::string(source), kMaxPinFile, out); !bad.ok()) return bad;
  const std::string_view text = as_text(out.reveal());
  out.shrink(std::min(text.find_first_of("\r\n"), text.size()));
  return {};
}

}  // namespace

KeyError load_pkcs11(const Pkcs11Spec& spec, std::vector<Pkcs11Key>& out) {
  out.clear();
  Pkcs11Uri uri;
  std::string path(spec.store);
  if (is_pkcs11_uri(spec.store)) {
    if (KeyError bad = parse_pkcs11_uri(spec.store, uri); !bad.ok()) return bad;
    path = uri.module_path;
    if (path.empty() && !uri.module_name.empty()) path = uri.module_name + ".so";
  }
  // A public key or certificate stands for the private key beside it.
  const std::string type = uri.type.value_or("private");
  if (type != "private" && type != "public" && type != "cert")
    return {KeyErrc::bad_argument, "the PKCS#11 URI's type has to be private, public or cert"};
  if (path.empty()) path = kP11Kit;
  if (path.find('\0') != path.npos || path.size() > 4096)
    return {KeyErrc::bad_argument, "PKCS#11: the module's path is not a file name"};
  SecretBytes pin(as_bytes(spec.pin));
  if (pin.size() == 0 && uri.pin_value) pin = std::move(*uri.pin_value);
  if (pin.size() == 0 && !uri.pin_source.empty())
    if (KeyError bad = read_pin(uri.pin_source, pin); !bad.ok()) return bad;
  return Loader(uri, spec, std::move(pin), out).run(path);
}

}  // namespace sshauth
