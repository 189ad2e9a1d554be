// What a compiled program relies on: the parameter structures member by member (first as many
// pointers and ints as the reference has, in its order), and a derived class for its virtual table.
#include "tests/abi/class_layout.hpp"

#include <cstddef>
#include <type_traits>

#include "ipworksauth/sshauth.hpp"

namespace {

// Offsets by the rules of C, for members that are each an int or a pointer.
template <class... Members>
struct Layout {
  static constexpr std::size_t kCount = sizeof...(Members);
  static constexpr std::size_t kSizes[kCount] = {sizeof(Members)...};
  static constexpr std::size_t offset(std::size_t index) {
    std::size_t at = 0;
    for (std::size_t i = 0;; ++i) {
      at = (at + kSizes[i] - 1) / kSizes[i] * kSizes[i];
      if (i == index) return at;
      at += kSizes[i];
    }
  }
  static constexpr std::size_t size() {
    const std::size_t end = offset(kCount - 1) + kSizes[kCount - 1], align = alignof(void*);
    const bool any_pointer = (std::is_pointer_v<Members> || ...);
    return any_pointer ? (end + align - 1) / align * align : end;
  }
};

#define AT(event, index, member)                                                            \
  static_assert(offsetof(SSHAuth##event##EventParams, member) == Of##event::offset(index)); \
  static_assert(std::is_standard_layout_v<SSHAuth##event##EventParams>)
#define TYPE(event, member, type) \
  static_assert(std::is_same_v<decltype(SSHAuth##event##EventParams::member), type>)
#define SIZE(event) static_assert(sizeof(SSHAuth##event##EventParams) == Of##event::size())

using Text = const char*;
using OutText = char*;

using OfConnected = Layout<int, Text, int>;
AT(Connected, 0, StatusCode);
AT(Connected, 1, Description);
AT(Connected, 2, reserved);
SIZE(Connected);

using OfConnectionStatus = Layout<Text, int, Text, int>;
AT(ConnectionStatus, 0, ConnectionEvent);
AT(ConnectionStatus, 1, StatusCode);
AT(ConnectionStatus, 2, Description);
AT(ConnectionStatus, 3, reserved);
SIZE(ConnectionStatus);

using OfDisconnected = Layout<int, Text, int>;
AT(Disconnected, 0, StatusCode);
AT(Disconnected, 1, Description);
AT(Disconnected, 2, reserved);
SIZE(Disconnected);

using OfError = Layout<int, Text, int>;
AT(Error, 0, ErrorCode);
AT(Error, 1, Description);
AT(Error, 2, reserved);
SIZE(Error);

using OfLog = Layout<int, Text, Text, int>;
AT(Log, 0, LogLevel);
AT(Log, 1, Message);
AT(Log, 2, LogType);
AT(Log, 3, reserved);
SIZE(Log);

using OfSSHCustomAuth = Layout<OutText, int>;
AT(SSHCustomAuth, 0, Packet);
AT(SSHCustomAuth, 1, reserved);
TYPE(SSHCustomAuth, Packet, OutText);
SIZE(SSHCustomAuth);

using OfSSHKeyboardInteractive = Layout<Text, Text, Text, OutText, int, int>;
AT(SSHKeyboardInteractive, 0, Name);
AT(SSHKeyboardInteractive, 1, Instructions);
AT(SSHKeyboardInteractive, 2, Prompt);
AT(SSHKeyboardInteractive, 3, Response);
AT(SSHKeyboardInteractive, 4, EchoResponse);
AT(SSHKeyboardInteractive, 5, reserved);
TYPE(SSHKeyboardInteractive, Prompt, Text);
TYPE(SSHKeyboardInteractive, Response, OutText);
SIZE(SSHKeyboardInteractive);

using OfSSHServerAuthentication = Layout<Text, int, Text, Text, Text, Text, Text, int, int>;
AT(SSHServerAuthentication, 0, HostKey);
AT(SSHServerAuthentication, 1, lenHostKey);
AT(SSHServerAuthentication, 2, Fingerprint);
AT(SSHServerAuthentication, 3, KeyAlgorithm);
AT(SSHServerAuthentication, 4, CertSubject);
AT(SSHServerAuthentication, 5, CertIssuer);
AT(SSHServerAuthentication, 6, Status);
AT(SSHServerAuthentication, 7, Accept);
AT(SSHServerAuthentication, 8, reserved);
TYPE(SSHServerAuthentication, HostKey, Text);
SIZE(SSHServerAuthentication);

using OfSSHStatus = Layout<Text, int>;
AT(SSHStatus, 0, Message);
AT(SSHStatus, 1, reserved);
SIZE(SSHStatus);

// As on every 64-bit Unix, in figures, so that Layout itself is held to something.
static_assert(sizeof(void*) != 8 || (OfSSHServerAuthentication::offset(2) == 16 &&
                                     OfSSHServerAuthentication::offset(7) == 56 &&
                                     OfSSHServerAuthentication::size() == 64 &&
                                     OfConnected::offset(1) == 8 && OfConnected::size() == 24));

// The reference's values under its names.
static_assert(AM_NONE == 0 && AM_MULTI_FACTOR == 1 && AM_PASSWORD == 2 && AM_PUBLIC_KEY == 3 &&
              AM_KEYBOARD_INTERACTIVE == 4 && AM_GSSAPIWITH_MIC == 5 && AM_CUSTOM == 6);
static_assert(FW_NONE == 0 && FW_TUNNEL == 1 && FW_SOCKS4 == 2 && FW_SOCKS5 == 3 &&
              FW_SOCKS4A == 10);
static_assert(CST_USER == 0 && CST_MACHINE == 1 && CST_PFXFILE == 2 && CST_PFXBLOB == 3 &&
              CST_JKSFILE == 4 && CST_JKSBLOB == 5 && CST_PEMKEY_FILE == 6 &&
              CST_PEMKEY_BLOB == 7 && CST_PUBLIC_KEY_FILE == 8 && CST_PUBLIC_KEY_BLOB == 9 &&
              CST_SSHPUBLIC_KEY_BLOB == 10 && CST_P7BFILE == 11 && CST_P7BBLOB == 12 &&
              CST_SSHPUBLIC_KEY_FILE == 13 && CST_PPKFILE == 14 && CST_PPKBLOB == 15 &&
              CST_XMLFILE == 16 && CST_XMLBLOB == 17 && CST_JWKFILE == 18 && CST_JWKBLOB == 19 &&
              CST_SECURITY_KEY == 20 && CST_BCFKSFILE == 21 && CST_BCFKSBLOB == 22 &&
              CST_PKCS11 == 23 && CST_AUTO == 99);

// No `override`: these functions must come to the right places by their names alone.
class Numbered : public SSHAuth {
 public:
  explicit Numbered(int& destroyed) : destroyed_(destroyed) {}
  ~Numbered() { ++destroyed_; }

  int FireSSHStatus(SSHAuthSSHStatusEventParams*) { return 9; }
  int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams*) { return 8; }
  int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams*) { return 7; }
  int FireSSHCustomAuth(SSHAuthSSHCustomAuthEventParams*) { return 6; }
  int FireLog(SSHAuthLogEventParams*) { return 5; }
  int FireError(SSHAuthErrorEventParams*) { return 4; }
  int FireDisconnected(SSHAuthDisconnectedEventParams*) { return 3; }
  int FireConnectionStatus(SSHAuthConnectionStatusEventParams*) { return 2; }
  int FireConnected(SSHAuthConnectedEventParams*) { return 1; }

 private:
  int& destroyed_;
};

}  // namespace

namespace test {

ByPosition* make_numbered(int& destroyed) {
  static_assert(sizeof(ByPosition) == sizeof(void*));
  void* made = static_cast<SSHAuth*>(new Numbered(destroyed));
  return static_cast<ByPosition*>(made);
}

}  // namespace test
