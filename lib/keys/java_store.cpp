#include "lib/keys/java_store.hpp"

#include "lib/keys/certificate.hpp"
#include "lib/keys/java_object.hpp"
#include "lib/keys/java_protection.hpp"
#include "lib/keys/pbe.hpp"
#include "lib/keys/pkcs8.hpp"
#include "lib/wire/reader.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kJks = 0xfeedfeed;
constexpr std::uint32_t kJceks = 0xcececece;
constexpr std::size_t kDigestLen = 20;

enum Kind : std::uint32_t { private_key = 1, trusted_certificate = 2, secret_key = 3 };

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the Java key store is malformed: " + std::string(why)};
}

std::string_view read_name(Reader& r) {
  const std::size_t high = r.u8();
  return as_text(r.take(high << 8 | r.u8()));
}

class Reading {
 public:
  Reading(Bytes entries, LoadOptions& options, KeyList& keys)
      : in_(entries), options_(options), keys_(keys) {}

  KeyError read() {
    format_ = in_.u32() == kJks ? "JKS" : "JCEKS";
    version_ = in_.u32();
    if (version_ != 1 && version_ != 2) return malformed("it is of a version after 2");
    const std::uint32_t count = in_.u32();
    for (std::uint32_t i = 0; i < count && in_.ok() && !stopped_ && !keys_.is_full(); ++i)
      if (KeyError bad = read_entry(); !bad.ok()) return bad;
    if (!in_.ok()) return malformed("it ends early");
    if (!stopped_ && !keys_.is_full() && in_.more())
      return malformed("octets follow the last entry");
    join_certificates(trusted_, keys_);
    return {};
  }

 private:
  KeyError read_entry() {
    const std::uint32_t kind = in_.u32();
    const std::string alias(read_name(in_));
    in_.take(8);  // when it was made
    if (!in_.ok()) return {};
    if (kind == private_key) return read_private(alias);
    if (kind == trusted_certificate) {
      trusted_.push_back({read_certificate(), alias});
      return {};
    }
    if (kind != secret_key) return malformed("an entry of a kind that is unknown");
    return pass_secret(alias);
  }

  KeyError pass_secret(const std::string& alias) {
    const Reader before = in_;
    std::string what = "the secret key " + printable(alias) + " in the key store is not supported";
    if (!pass_java_object(in_)) {
      in_ = before;
      stopped_ = true;
      what += ", nor what comes behind it: where its Java object ends cannot be told";
    }
    keys_.pass_over({KeyErrc::unsupported_type, std::move(what)});
    return {};
  }

  Blob read_certificate() {
    if (version_ == 2) read_name(in_);
    const Bytes der = in_.string();
    return {der.begin(), der.end()};
  }

  KeyError read_private(const std::string& alias) {
    const Bytes sealed = in_.string();
    const std::uint32_t count = in_.u32();
    std::vector<Blob> chain;
    for (std::uint32_t i = 0; i < count && in_.ok(); ++i) chain.push_back(read_certificate());
    if (!in_.ok()) return {};
    SecretBytes der;
    KeyError bad = open_java_key(sealed, options_, der);
    if (bad.code == KeyErrc::wrong_passphrase) {
      keys_.pass_over({bad.code, "the key " + printable(alias) +
                                     " has a password of its own, not that of the key "
                                     "store; \"keytool -keypasswd\" gives it that one"});
      return {};
    }
    if (!bad.ok()) return bad;
    return add(load_pkcs8(der.reveal(), format_), alias, std::move(chain));
  }

  KeyError add(KeyResult key, const std::string& alias, std::vector<Blob> chain) {
    if (key) {
      key->set_comment(alias);
      key->set_encrypted(true);
      if (KeyError bad = give_chain(*key, std::move(chain)); !bad.ok())
        keys_.pass_over({bad.code, "beside the key " + printable(alias) + ": " + bad.text});
    }
    return keys_.take(std::move(key));
  }

  Reader in_;
  LoadOptions& options_;
  KeyList& keys_;
  const char* format_ = "";
  std::uint32_t version_ = 0;
  bool stopped_ = false;
  std::vector<NamedCertificate> trusted_;
};

}  // namespace

bool is_java_store(Bytes data) noexcept {
  const std::uint32_t magic = Reader(data).u32();
  return magic == kJks || magic == kJceks;
}

KeyError read_java_store(Bytes data, LoadOptions& options, KeyList& keys) {
  if (data.size() < kDigestLen) return malformed("it ends early");
  const Bytes entries = data.first(data.size() - kDigestLen);
  // Without a password the certificates can be read, unverified, as Java does.
  if (options.passphrase.has_value() &&
      !java_digest_fits(entries, *options.passphrase, data.last(kDigestLen)))
    return {KeyErrc::wrong_passphrase,
            "the password does not open this Java key store, or it was changed without it"};
  return Reading(entries, options, keys).read();
}

}  // namespace sshauth
