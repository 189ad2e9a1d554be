// The other side's packets under the null provider, whose ciphers leave everything clear: octets
// around a payload, and payloads out of a stream. Written apart from lib/packet, so that the
// engine's framing is looked at by something else than itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "lib/base/bytes.hpp"

namespace sshauth {

using Octets = std::vector<std::uint8_t>;

// How packets of one direction look.
struct Frame {
  std::size_t block = 8, tag = 0;
  bool length_in_blocks = true;  // false: AEAD and encrypt-then-MAC
};
// Of a cipher and MAC that were negotiated ("" for an AEAD cipher's MAC).
Frame frame_of(std::string_view cipher, std::string_view mac);

Octets framed(Bytes payload, const Frame& frame);

// Takes the packets off one side's output, the identification line first. NEWKEYS changes the
// frame.
class Unframer {
 public:
  // `frame` is asked for the new frame when NEWKEYS has been read.
  explicit Unframer(std::function<Frame()> frame) : frame_(std::move(frame)) {}
  // Every payload that `more` completes goes to `each`. False when the stream makes no sense.
  bool read(Bytes more, const std::function<void(Bytes)>& each);

 private:
  bool one(const std::function<void(Bytes)>& each);

  std::function<Frame()> frame_;
  Frame now_;
  Octets rest_;
  bool identified_ = false;
};

}  // namespace sshauth
