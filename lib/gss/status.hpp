// What a GSSAPI library says of a failure, in its own words.
#pragma once

#include "lib/gss/library.hpp"

namespace sshauth::gss {

class Status {
 public:
  Status(const GssLibrary& library, OidDesc mechanism) : library_(library), mechanism_(mechanism) {}
  // Of both codes, the mechanism's (RFC 2744 §3.9.3) alone where the other says nothing more.
  std::string text(OmUint32 major, OmUint32 minor);

 private:
  std::string words(OmUint32 status, int type);
  const GssLibrary& library_;
  OidDesc mechanism_;
};

}  // namespace sshauth::gss
