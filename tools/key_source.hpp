// The keys that the command line names: files of any format, key stores with several keys in them,
// the key folders of the user and the machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "abi/key_store.hpp"

namespace sshauth::tool {

struct KeySource {
  std::string where;    // a file, or with a store type what SSHCertStore would be
  std::string type;     // a value of SSHCertStoreType; empty: found from the content of a file
  std::string subject;  // which key of it; empty: the first that has a private half
  bool with_certificate = false;  // the OpenSSH certificate beside the file, where there is one
  std::string_view sk_provider{}, pin{};  // of security keys and tokens, as in StoreSpec
  bool last_try = false;                  // the PIN was typed by a person who was told
};

// Why there is no key: the object's code, and which of the ways a key file can be unfit where it is
// one of them.
struct KeyTrouble {
  int code = 0;
  KeyErrc why = KeyErrc::ok;
  std::string text;

  bool ok() const noexcept { return code == 0; }
};

KeyTrouble trouble_of(const KeyError& error);

// All keys of the source, at least one.
KeyTrouble open_source(const KeySource& source, std::optional<std::string_view> passphrase,
                       bool public_only, std::vector<abi::KeyPtr>& keys, PassedOver& passed_over);

constexpr int kPassphraseTries = 3;
// Asks for the passphrase or PIN, where there is a terminal, after `trouble` said that there has to
// be one. What is wrong is told before each question: of a token that is how many tries are left.
KeyTrouble open_asking(KeySource source, KeyTrouble trouble, std::vector<abi::KeyPtr>& keys,
                       PassedOver& passed_over);

// Of a source, as it may be shown: a URI without its query, which may hold a PIN, and "the key" for
// what may be the key itself.
std::string shown_source(std::string_view where);

// The one that the source names.
KeyTrouble choose(const KeySource& source, const std::vector<abi::KeyPtr>& keys, abi::KeyPtr& key);

}  // namespace sshauth::tool
