// The compression rows over zlib: RFC 4253 §6.2, each packet ended by a partial flush.
//
// No heap: zlib's memory is taken from the context. The compressing side uses a smaller window
// than it could, which every peer can read; the other side must take the largest.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth::zlib {

extern const CompressionAlg zlib;          // RFC 4253 §6.2: from NEWKEYS on
extern const CompressionAlg zlib_openssh;  // draft-miller-secsh-compression-delayed-00

}  // namespace sshauth::zlib
