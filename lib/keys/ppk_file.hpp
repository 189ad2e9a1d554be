// What a PPK file says, taken apart but not opened.
#pragma once

#include "lib/keys/argon2.hpp"
#include "lib/keys/load.hpp"

namespace sshauth {

struct PpkFile {
  unsigned version = 0;
  std::string_view type, encryption, comment;  // as they stand in the text: the MAC covers them
  Blob public_blob;
  SecretBytes private_blob;  // enciphered, where it is
  Argon2 kdf;                // version 3, where encrypted; its salt is the one below
  Blob salt, mac;

  bool encrypted() const noexcept { return encryption != "none"; }
};

// The fields in their one order. Views point into `text`; the length of every part fits.
KeyError read_ppk_file(std::string_view text, PpkFile& out);

}  // namespace sshauth
