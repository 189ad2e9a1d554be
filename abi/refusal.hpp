// Refusal: why a call did not do what was asked: the object's error code and a sentence. Code 0 is
// no refusal. The codes and their general sentences are the rows of errors.def.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sshauth::abi {

// Codes that this room raises itself.
inline constexpr int kUnhandled = -1;  // a callback threw
inline constexpr int kNoHost = 102;
inline constexpr int kAlreadyConnected = 104;
inline constexpr int kZeroPort = 116;
inline constexpr int kWouldBlock = 135;
inline constexpr int kBadState = 211;
inline constexpr int kNotConnected = 212;
inline constexpr int kNoSecurityLibrary = 270;
inline constexpr int kBadStore = 271;
inline constexpr int kNoKey = 272;
inline constexpr int kNoPrivateKey = 273;
inline constexpr int kNeedsPassword = 277;
inline constexpr int kWrongPassword = 278;
inline constexpr int kInterrupted = 301;
inline constexpr int kCannotOpenFile = 302;
inline constexpr int kCannotConvert = 434;
inline constexpr int kUnavailable = 1005;
inline constexpr int kMalformed = 1027;
inline constexpr int kAlreadyConnecting = 1105;
inline constexpr int kBadArgument = 10022;
inline constexpr int kTooLong = 10040;
inline constexpr int kOutOfMemory = 10055;

// The general sentence of a code, "error N" for one that has no row.
std::string error_sentence(int code);
// The row's sentence, empty for a code that has no row.
std::string_view error_row_text(int code) noexcept;

struct [[nodiscard]] Refusal {
  int code = 0;
  std::string text;

  Refusal() = default;
  explicit Refusal(int why) : code(why), text(error_sentence(why)) {}
  Refusal(int why, std::string sentence) : code(why), text(std::move(sentence)) {}
  bool ok() const noexcept { return code == 0; }
};

}  // namespace sshauth::abi
