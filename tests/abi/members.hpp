// Every member of the object, written down here by hand and not taken from the library's rows:
// names, ids, defaults, values that are taken, values that are refused and by which code, and what
// setting it does while a connection is in progress.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipworksauth/sshauth.h"

namespace test {

struct IntProperty {
  const char* name;
  int id;
  int (*get)(void*);
  int (*set)(void*, int);
  int initial;
  std::vector<int> good;
  struct Bad {
    int value, code;
  };
  std::vector<Bad> bad;
  int busy;  // the code of setting it while a connection is in progress; 0: taken
};

#define FUNCTIONS(lower) ipworksauth_sshauth_get##lower, ipworksauth_sshauth_set##lower

inline const IntProperty kInts[] = {
    {"AuthMode",
     1,
     FUNCTIONS(authmode),
     2,
     {0, 1, 2, 3, 4, 5, 6, 7},
     {{-1, 10022}, {8, 10022}, {99, 10022}, {-2147483647, 10022}},
     0},
    {"FirewallAutoDetect", 2, FUNCTIONS(firewallautodetect), 0, {0, 1}, {}, 0},
    {"FirewallType",
     3,
     FUNCTIONS(firewalltype),
     0,
     {0, 1, 2, 3, 10},
     {{-1, 10022}, {4, 10022}, {9, 10022}, {11, 10022}, {1000, 10022}},
     0},
    {"FirewallPort",
     6,
     FUNCTIONS(firewallport),
     0,
     {0, 1, 3128, 65535},
     {{-1, 10022}, {65536, 10022}},
     0},
    {"LocalPort",
     9,
     FUNCTIONS(localport),
     0,
     {0, 1, 1023, 65535},
     {{-1, 10022}, {65536, 10022}},
     106},
    {"SSHCertStoreType",
     15,
     FUNCTIONS(sshcertstoretype),
     0,
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 21, 22, 99},
     {{-1, 10022}, {24, 10022}, {98, 10022}, {100, 10022}},
     0},
    {"SSHPort",
     19,
     FUNCTIONS(sshport),
     22,
     {1, 22, 2222, 65535},
     {{-1, 10022}, {0, 116}, {65536, 10022}},
     100},
    {"Timeout", 20, FUNCTIONS(timeout), 60, {0, 1, 60, 86400}, {{-1, 10022}}, 0},
};

struct TextProperty {
  const char* name;
  int id;
  char* (*get)(void*);
  int (*set)(void*, const char*);
  const char* initial;
  const char* good;
  struct Bad {
    const char* value;
    int code;
  };
  std::vector<Bad> bad;
  int busy;
};

inline const TextProperty kTexts[] = {
    {"FirewallHost", 4, FUNCTIONS(firewallhost), "", "proxy.example", {{"a b", 10022}}, 0},
    {"FirewallPassword", 5, FUNCTIONS(firewallpassword), "", "p w:\x01\xc3\xa9", {}, 0},
    {"FirewallUser", 7, FUNCTIONS(firewalluser), "", "someone", {}, 0},
    {"LocalHost", 8, FUNCTIONS(localhost), "", "127.0.0.1", {{"a\nb", 10022}}, 107},
    {"Password", 10, FUNCTIONS(password), "", "s3cret \xe2\x82\xac", {}, 0},
    {"SSHCertStorePassword", 14, FUNCTIONS(sshcertstorepassword), "", "passphrase", {}, 0},
    {"SSHEncryptionAlgorithms",
     17,
     FUNCTIONS(sshencryptionalgorithms),
     "aes256-ctr,aes192-ctr,aes128-ctr,aes256-cbc,aes192-cbc,aes128-cbc,3des-ctr,3des-cbc,"
     "blowfish-cbc,arcfour256,arcfour128,arcfour,cast128-cbc,aes256-gcm@openssh.com,"
     "aes128-gcm@openssh.com,chacha20-poly1305@openssh.com",
     "chacha20-poly1305@openssh.com,arcfour",
     {{"", 1005}, {"aes", 1005}, {"none", 1005}, {"aes256-ctr,,aes128-ctr", 1005}},
     0},
    {"SSHHost", 18, FUNCTIONS(sshhost), "", "server.example", {{"a\rb", 10022}}, 101},
    {"User", 21, FUNCTIONS(user), "", "alice", {}, 0},
};

// SSHCertSubject, the one text whose good values depend on a store, and the binaries.
struct BinaryProperty {
  const char* name;
  int id;
  int (*get)(void*, char**, int*);
  int (*set)(void*, const char*, int);
  const char* initial;
  const char* good;
  const char* bad;  // "": none
};

inline constexpr char kPublicKeyLine[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

inline const BinaryProperty kBinaries[] = {
    {"SSHAcceptServerHostKeyEncoded", 11, FUNCTIONS(sshacceptserverhostkeyencoded), "",
     kPublicKeyLine, "no key"},
    {"SSHCertEncoded", 12, FUNCTIONS(sshcertencoded), "", kPublicKeyLine, "no key"},
    {"SSHCertStore", 13, FUNCTIONS(sshcertstore), "MY", "any octets", ""},
};

// ---- settings --------------------------------------------------------------------------------

inline const std::string kKexes =
    "curve25519-sha256,curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,"
    "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha1,"
    "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1,"
    "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==,gss-group16-sha512-toWM5Slw5Ew8Mqkay+al2g==,"
    "gss-nistp256-sha256-toWM5Slw5Ew8Mqkay+al2g==,gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,"
    "gss-group14-sha1-toWM5Slw5Ew8Mqkay+al2g==,gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==";
inline const std::string kMacs =
    "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5,hmac-ripemd160,hmac-sha1-96,hmac-md5-96,"
    "hmac-sha2-256-96,hmac-sha2-512-96,hmac-ripemd160-96,hmac-sha2-256-etm@openssh.com,"
    "hmac-sha2-512-etm@openssh.com,umac-64@openssh.com,umac-64-etm@openssh.com,"
    "umac-128@openssh.com,umac-128-etm@openssh.com";
inline const std::string kSigs =
    "ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,ssh-ed25519";
inline const std::string kHostKeys =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-256,"
    "rsa-sha2-512,ssh-rsa,ssh-dss,x509v3-sign-rsa,x509v3-sign-dss";

struct BadValue {
  BadValue(const char* v, int c = 10022) : value(v), code(c) {}
  BadValue(std::string v, int c = 10022) : value(std::move(v)), code(c) {}
  std::string value;
  int code;
};

struct Fact {
  std::string name, initial;
  std::vector<std::string> good;  // set and read back the same
  std::vector<BadValue> bad;      // refused by name, the value stays
  int busy = 0;                   // the code of setting it while a connection is in progress
};

inline const std::vector<BadValue> kNotNumbers = {
    "", "x", "1x", "1.5", "0x10", "+1", "1 2", "1e3", "99999999999999999999", "-1"};
inline const std::vector<BadValue> kNotBooleans = {"", "2", "maybe", "on", "Tru", "-1", "01"};
inline const std::vector<std::string> kBooleans = {"True", "False"};

inline const Fact kFacts[] = {
    {"SSHCompressionAlgorithms",
     "none,zlib@openssh.com,zlib",
     {"none", "zlib,none"},
     {{"", 1005}, {"lzma", 1005}, {"none,", 1005}}},
    {"ClientSSHVersionString",
     "SSH-2.0-IPWorks SSH Client 2022",
     {"SSH-2.0-x", "SSH-2.0-x y", "SSH-2.0-" + std::string(245, 'x')},
     {"", "SSH-2.0-", "SSH-1.5-x", "hello", "SSH-2.0-x\r\n", "SSH-2.0-\xc3\xa9", "SSH-2.0-a\tb",
      "SSH-2.0-" + std::string(246, 'x')}},
    {"EnablePageantAuth", "0", {"0", "1", "2"}, {"3", "-1", "x", ""}},
    {"KerberosDelegation", "True", kBooleans, kNotBooleans},
    {"KerberosRealm", "", {"", "EXAMPLE.COM"}, {}},
    {"KerberosSPN", "", {"", "host/server.example", "host/server.example@EXAMPLE.COM"}, {}},
    {"GSSAPILibrary", "", {"", "libgssapi.so.3"}, {}},
    {"KeyRenegotiationThreshold",
     "1073741824",
     {"524288000", "65536"},
     {"", "x", "-1", "1", "65535", "1099511627777"}},
    {"LogLevel", "1", {"0", "1", "2", "3"}, {"4", "-1", "x", ""}},
    {"MaxPacketSize", "32768", {"35000"}, kNotNumbers},
    {"MaxWindowSize", "2097152", {"65536"}, kNotNumbers},
    {"PasswordPrompt",
     "",
     {"*assword:*", "[Pp]assword", "\\*", "[a-z,0-9]", ""},
     {"[a", "x\\", "[]", std::string(1025, 'a')}},
    {"PreferredDHGroupBits", "3072", {"1024", "2048", "8192"}, {"1023", "8193", "0", "x"}},
    {"RecordLength", "0", {"100"}, kNotNumbers},
    {"SignedSSHCert", "", {""}, {{"ssh-rsa-cert-v01@openssh.com AAAA", 10022}}},
    {"SSHAcceptAnyServerHostKey", "False", kBooleans, kNotBooleans},
    {"SSHAcceptServerCAKey", "", {""}, {{"ssh-rsa AAAA", 10022}}},
    {"SSHAcceptServerHostKeyFingerPrint",
     "",
     {"0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d", "0A1B2C3D0a1b2c3d0A1B2C3D0a1b2c3d",
      "MD5:0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d",
      "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,"
      "0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d",
      ""},
     {"0a:1b", "zz", "SHA256:?", ",", "0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d,x"}},
    {"SSHFingerprintHashAlgorithm", "SHA256", {"MD5", "SHA1", "SHA256"}, {"", "SHA512", "x"}},
    {"SSHKeepAliveCountMax", "5", {"1", "9"}, {"0", "x", "-1", "1001"}},
    {"SSHKeepAliveInterval", "0", {"30"}, kNotNumbers},
    {"SSHKeyExchangeAlgorithms",
     kKexes,
     {"curve25519-sha256", "ecdh-sha2-nistp256,diffie-hellman-group1-sha1"},
     {{"", 1005},
      {"curve25519", 1005},
      {"kex-strict-c-v00@openssh.com", 1005},
      {"curve25519-sha256,", 1005},
      {"gss-gex-sha256-toWM5Slw5Ew8Mqkay+al2g==", 1005}}},
    {"SSHMacAlgorithms",
     kMacs,
     {"hmac-sha2-512", "hmac-sha2-256,hmac-ripemd160"},
     {{"", 1005}, {"hmac", 1005}, {"hmac-sha2-256,hmac-sha3", 1005}}},
    {"SSHPubKeyAuthSigAlgorithms",
     kSigs,
     {"ssh-ed25519", "rsa-sha2-512,x509v3-sign-rsa"},
     {{"", 1005}, {"rsa", 1005}}},
    {"SSHPublicKeyAlgorithms",
     kHostKeys,
     {"ssh-ed25519,rsa-sha2-512"},
     {{"", 1005}, {"rsa", 1005}}},
    {"SSHVersionPattern",
     "*SSH-1.99-*,*SSH-2.0-*",
     {"*", "*SSH-2.0-*,*SSH-2.99-*", "[S]SH-2.0-[,]*"},
     {"", ",", "*[", "a\\", "*,[x"}},
    {"TryAllAvailableAuthMethods", "False", kBooleans, kNotBooleans},
    {"UseStrictKeyExchange", "1", {"0", "1", "2", "3"}, {"4", "-1", "x"}},
    {"WaitForChannelClose", "True", kBooleans, kNotBooleans},
    {"WaitForServerDisconnect", "False", kBooleans, kNotBooleans},
    {"ConnectionTimeout", "0", {"5"}, kNotNumbers},
    {"FirewallAutoDetect", "False", kBooleans, kNotBooleans},
    {"FirewallHost", "", {"proxy.example"}, {"a b"}},
    {"FirewallPassword", "", {"secret"}, {}},
    {"FirewallPort", "0", {"0", "8080"}, {"65536", "-1", "x"}},
    {"FirewallType", "0", {"0", "1", "2", "3", "10"}, {"4", "-1", "x"}},
    {"FirewallUser", "", {"someone"}, {}},
    {"KeepAliveInterval", "1000", {"2000"}, {"0", "32767001", "x"}},
    {"KeepAliveRetryCount", "9", {"3"}, {"0", "x", "128"}},
    {"KeepAliveTime", "7200000", {"60000"}, {"0", "32767001", "x"}},
    {"Linger", "True", kBooleans, kNotBooleans},
    {"LingerTime", "0", {"5"}, {"-1", "65536", "x"}},
    {"LocalHost", "", {"127.0.0.1"}, {"a b"}, 107},
    {"LocalPort", "0", {"1024"}, {"65536", "-1", "x"}, 106},
    {"MaxLineLength", "2048", {"256", "4096"}, {"255", "x"}, 112},
    {"MaxTransferRate", "0", {"1000"}, kNotNumbers},
    {"ProxyExceptionsList",
     "",
     {"a.example;10.0.0.1", "*.example;<local>;10.0.0.0/8:22;2001:db8::/32;[::1]:22"},
     {"10.0.0.0/33", "a;::/129", "a/8", "a:0", "[::1"}},
    {"TCPKeepAlive", "False", kBooleans, kNotBooleans},
    {"TcpNoDelay", "False", kBooleans, kNotBooleans},
    {"UseIPv6", "0", {"0", "1", "2"}, {"3", "-1", "x"}},
    {"AbsoluteTimeout", "False", kBooleans, kNotBooleans},
    {"FirewallData",
     "",
     {"X-A: b", "X-A: b\r\nX-C: d", "X-A: b\r\n"},
     {"no colon", "X-A: b\nX-C: d", "X-A: b\r\n\r\nGET /", ": x", "a b: c", "X: \x01", "Host: x",
      "content-length: 1"}},
    {"InBufferSize", "0", {"65536"}, kNotNumbers},
    {"OutBufferSize", "0", {"65536"}, kNotNumbers},
    {"CodePage",
     "65001",
     {"65001", "1252"},
     {"0", {"1200", 1005}, {"10001", 1005}, {"1", 1005}, "x"},
     211},
    {"MaskSensitive", "True", {"True"}, {{"False", 1005}, "x"}},
    {"ProcessIdleEvents", "True", kBooleans, kNotBooleans},
    {"SelectWaitMillis", "20", {"0", "1000"}, {"-1", "x"}},
    {"UseFIPSCompliantAPI", "False", {"False"}, {"2", "x", ""}, 211},  // True: test_fips.cpp
    {"UseInternalSecurityAPI", "True", kBooleans, kNotBooleans},
    // ours
    {"KexGuess", "1", {"0", "1", "2"}, {"3", "-1", "x"}},
    {"KexGuessHint", "", {"a,b"}, {"\x01"}},
    {"SecurityKeyProvider", "", {"/usr/lib/provider.so", ""}, {}},
    {"PKCS11LastTry", "False", kBooleans, kNotBooleans},
    {"AgentSocket", "", {"/run/agent", std::string(107, 'a')}, {std::string(108, 'a')}},
    {"AgentKeyLimit", "5", {"1", "32"}, {"0", "33", "-1", "x", ""}},
    {"SecurityPolicy", "Reference", {"Modern", "FIPS", "Reference"}, {"", "Strong", "FIPS "}},
    {"SystemResolver", "False", kBooleans, kNotBooleans},
    {"LoginTimeout", "300", {"0", "30"}, kNotNumbers},
    {"KnownHosts", "", {"/nowhere/known_hosts"}, {}},
    {"KnownHostsAdd", "", {"/nowhere/known_hosts"}, {}},
    {"SSHTrustedCAFile", "", {"/nowhere/ca.pem"}, {}},
    {"NewPassword", "", {"n3w"}, {}},
};

// The ones with a number in brackets, read-only ones, and the action.
inline const char* const kIndexed[] = {"ChannelDataEOL", "ChannelDataEOLFound",
                                       "MaxChannelDataLength"};
inline const char* const kReadOnly[] = {
    "ServerSSHVersionString", "SSHFingerprintMD5", "SSHFingerprintSHA1",
    "SSHFingerprintSHA256",   "BuildInfo",         "LicenseInfo"};

}  // namespace test
