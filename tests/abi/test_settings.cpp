// Every setting, from a list of its own: written down here, not taken from the library's rows.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>

#include "tests/abi/handle.hpp"

using test::Handle;

namespace {

const std::string kKexes =
    "curve25519-sha256,curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,"
    "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha1,"
    "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1,"
    "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==,gss-group16-sha512-toWM5Slw5Ew8Mqkay+al2g==,"
    "gss-nistp256-sha256-toWM5Slw5Ew8Mqkay+al2g==,gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,"
    "gss-group14-sha1-toWM5Slw5Ew8Mqkay+al2g==,gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==";
const std::string kMacs =
    "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5,hmac-ripemd160,hmac-sha1-96,hmac-md5-96,"
    "hmac-sha2-256-96,hmac-sha2-512-96,hmac-ripemd160-96,hmac-sha2-256-etm@openssh.com,"
    "hmac-sha2-512-etm@openssh.com,umac-64@openssh.com,umac-64-etm@openssh.com,"
    "umac-128@openssh.com,umac-128-etm@openssh.com";
const std::string kSigs =
    "ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,ssh-ed25519";
const std::string kHostKeys =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-256,"
    "rsa-sha2-512,ssh-rsa,ssh-dss,x509v3-sign-rsa,x509v3-sign-dss";

struct Fact {
  std::string name, initial;
  std::vector<std::string> good;  // set and read back the same
  std::vector<std::string> bad;   // refused by name, the value stays
};

const std::vector<std::string> kNotNumbers = {"", "x", "1x", "1.5", "99999999999999999999", "-1"};
const std::vector<std::string> kNotBooleans = {"", "2", "maybe", "on", "Tru", "-1"};
const std::vector<std::string> kBooleans = {"True", "False"};

const Fact kFacts[] = {
    {"SSHCompressionAlgorithms", "none,zlib@openssh.com,zlib", {"none", "zlib,none"}, {"", "lzma"}},
    {"ClientSSHVersionString",
     "SSH-2.0-IPWorks SSH Client 2022",
     {"SSH-2.0-x", "SSH-2.0-x y"},
     {"", "SSH-2.0-", "SSH-1.5-x", "hello", "SSH-2.0-x\r\n", "SSH-2.0-\xc3\xa9",
      "SSH-2.0-" + std::string(246, 'x')}},
    {"EnablePageantAuth", "0", {"0"}, {"1", "2", "3", "x"}},
    {"KerberosDelegation", "True", kBooleans, kNotBooleans},
    {"KerberosRealm", "", {""}, {"EXAMPLE.COM"}},
    {"KerberosSPN", "", {""}, {"host/server.example"}},
    {"KeyRenegotiationThreshold", "1073741824", {"524288000", "65536"}, {"", "x", "-1", "1"}},
    {"LogLevel", "1", {"0", "1", "2", "3"}, {"4", "-1", "x", ""}},
    {"MaxPacketSize", "32768", {"35000"}, kNotNumbers},
    {"MaxWindowSize", "2097152", {"65536"}, kNotNumbers},
    {"PasswordPrompt", "", {"*assword:*", "[Pp]assword", "\\*", ""}, {"[a", "x\\", "[]"}},
    {"PreferredDHGroupBits", "3072", {"1024", "2048", "8192"}, {"1023", "8193", "0", "x"}},
    {"RecordLength", "0", {"100"}, kNotNumbers},
    {"SignedSSHCert", "", {""}, {"ssh-rsa-cert-v01@openssh.com AAAA"}},
    {"SSHAcceptAnyServerHostKey", "False", kBooleans, kNotBooleans},
    {"SSHAcceptServerCAKey", "", {""}, {"ssh-rsa AAAA"}},
    {"SSHAcceptServerHostKeyFingerPrint",
     "",
     {"0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d:0a:1b:2c:3d", ""},
     {"0a:1b", "zz", "SHA256:?"}},
    {"SSHFingerprintHashAlgorithm", "SHA256", {"MD5", "SHA1", "SHA256"}, {"", "SHA512", "x"}},
    {"SSHKeepAliveCountMax", "5", {"1", "9"}, {"0", "x", "-1"}},
    {"SSHKeepAliveInterval", "0", {"30"}, kNotNumbers},
    {"SSHKeyExchangeAlgorithms",
     kKexes,
     {"curve25519-sha256", "ecdh-sha2-nistp256,diffie-hellman-group1-sha1"},
     {"", "curve25519", "kex-strict-c-v00@openssh.com", "curve25519-sha256,",
      "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g=="}},
    {"SSHMacAlgorithms",
     kMacs,
     {"hmac-sha2-512", "hmac-sha2-256,hmac-ripemd160"},
     {"", "hmac", "hmac-sha2-256,hmac-sha3"}},
    {"SSHPubKeyAuthSigAlgorithms",
     kSigs,
     {"ssh-ed25519", "rsa-sha2-512,x509v3-sign-rsa"},
     {"", "rsa", "x509v3-sign-dss"}},
    {"SSHPublicKeyAlgorithms", kHostKeys, {"ssh-ed25519,rsa-sha2-512"}, {"", "rsa", "ssh-dss"}},
    {"SSHVersionPattern",
     "*SSH-1.99-*,*SSH-2.0-*",
     {"*", "*SSH-2.0-*,*SSH-2.99-*"},
     {"", ",", "*[", "a\\"}},
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
    {"KeepAliveInterval", "1000", {"2000"}, {"0", "x"}},
    {"KeepAliveRetryCount", "9", {"3"}, {"0", "x"}},
    {"KeepAliveTime", "7200000", {"60000"}, {"0", "x"}},
    {"Linger", "True", kBooleans, kNotBooleans},
    {"LingerTime", "0", {"5"}, {"-1", "65536", "x"}},
    {"LocalHost", "", {"127.0.0.1"}, {"a b"}},
    {"LocalPort", "0", {"1024"}, {"65536", "-1", "x"}},
    {"MaxLineLength", "2048", {"256", "4096"}, {"255", "x"}},
    {"MaxTransferRate", "0", {"1000"}, kNotNumbers},
    {"ProxyExceptionsList", "", {"a.example;10.0.0.1"}, {}},
    {"TCPKeepAlive", "False", kBooleans, kNotBooleans},
    {"TcpNoDelay", "False", kBooleans, kNotBooleans},
    {"UseIPv6", "0", {"0", "1", "2"}, {"3", "-1", "x"}},
    {"AbsoluteTimeout", "False", kBooleans, kNotBooleans},
    {"FirewallData",
     "",
     {"X-A: b", "X-A: b\r\nX-C: d", "X-A: b\r\n"},
     {"no colon", "X-A: b\nX-C: d", "X-A: b\r\n\r\nGET /", ": x", "a b: c", "X: \x01"}},
    {"InBufferSize", "0", {"65536"}, kNotNumbers},
    {"OutBufferSize", "0", {"65536"}, kNotNumbers},
    {"CodePage", "65001", {"65001"}, {"1252", "0", "x"}},
    {"MaskSensitive", "True", {"True"}, {"False", "x"}},
    {"ProcessIdleEvents", "True", kBooleans, kNotBooleans},
    {"SelectWaitMillis", "20", {"0", "1000"}, {"-1", "x"}},
    {"UseFIPSCompliantAPI", "False", {"False"}, {"True", "x"}},
    {"UseInternalSecurityAPI", "True", kBooleans, kNotBooleans},
    // ours
    {"KexGuess", "1", {"0", "1", "2"}, {"3", "-1", "x"}},
    {"KexGuessHint", "", {"a,b"}, {"\x01"}},
    {"SecurityPolicy", "Reference", {"Modern", "Reference"}, {"", "FIPS", "Strong"}},
    {"LoginTimeout", "300", {"0", "30"}, kNotNumbers},
    {"KnownHosts", "", {"/nowhere/known_hosts"}, {}},
    {"NewPassword", "", {"n3w"}, {}},
};

// The ones with a number in brackets, read-only ones, and the action.
const char* const kIndexed[] = {"ChannelDataEOL", "ChannelDataEOLFound", "MaxChannelDataLength"};
const char* const kReadOnly[] = {
    "ServerSSHVersionString", "SSHFingerprintMD5", "SSHFingerprintSHA1",
    "SSHFingerprintSHA256",   "BuildInfo",         "LicenseInfo"};

std::string with_case(std::string text, int (*change)(int)) {
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("the list is complete: 69 settings of the reference and six of ours") {
  CHECK(std::size(kFacts) + std::size(kIndexed) + std::size(kReadOnly) + 1 == 69 + 6);
}

TEST_CASE("settings: default, any case, round trip, refusals by name, reset") {
  for (const Fact& fact : kFacts) {
    INFO(fact.name);
    Handle o;
    CHECK(o.config(fact.name) == fact.initial);
    CHECK(o.config(with_case(fact.name, std::toupper)) == fact.initial);
    CHECK(o.config(with_case(fact.name, std::tolower)) == fact.initial);
    CHECK(o.config(fact.name + "[1]") == "<10022>");
    CHECK(o.config(fact.name + "[]") == "<10022>");
    for (const std::string& value : fact.good) {
      INFO(value);
      CHECK(o.config(with_case(fact.name, std::tolower) + "=" + value).empty());
      CHECK(o.config(fact.name) == value);
    }
    const std::string before = o.config(fact.name);
    for (const std::string& value : fact.bad) {
      INFO(value);
      const std::string result = o.config(fact.name + "=" + value);
      CHECK((result == "<10022>" || result == "<1005>"));
      CHECK(o.error().find(fact.name) != std::string::npos);
      CHECK(o.config(fact.name) == before);
    }
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(o.config(fact.name) == fact.initial);
  }
}

TEST_CASE("booleans take every notation") {
  for (const Fact& fact : kFacts) {
    if (fact.good != kBooleans) continue;
    INFO(fact.name);
    Handle o;
    for (const char* yes : {"True", "true", "TRUE", "Yes", "yes", "1", " true "}) {
      CHECK(o.config(fact.name + "=" + yes).empty());
      CHECK(o.config(fact.name) == "True");
    }
    for (const char* no : {"False", "false", "FALSE", "No", "nO", "0", "\tno"}) {
      CHECK(o.config(fact.name + "=" + no).empty());
      CHECK(o.config(fact.name) == "False");
    }
  }
}

TEST_CASE("settings that are not there, and no setting at all") {
  Handle o;
  for (const char* name : {"Nonsense", "LogLevelX", "LogLeve", "", " ", "=", "=1",
                           "LogLevel LogLevel", "LogLevel[", "[1]", "\xff"}) {
    INFO(name);
    CHECK(o.config(name) == "<10022>");
    CHECK_FALSE(o.error().empty());
  }
  CHECK(o.config("Nonsense=1") == "<10022>");
  CHECK(o.error().find("Nonsense") != std::string::npos);
  CHECK(o.config("AuthMode=3") == "<10022>");
  CHECK(o.error().find("property") != std::string::npos);
  CHECK(std::string(ipworksauth_sshauth_config(o, nullptr)).empty());
  CHECK(o.code() == 10022);
  CHECK(o.config(" LogLevel = 2 ").empty());
  CHECK(o.config("LogLevel") == "2");
  CHECK(o.config("User=" + std::string(100000, 'x')) == "<10022>");
  CHECK(o.config(std::string(100000, 'x')) == "<10022>");
  CHECK(o.error().size() < 1000);
}

TEST_CASE("settings of features that are not there are refused with a sentence, code 1005") {
  Handle o;
  for (const char* setting :
       {"EnablePageantAuth=1", "EnablePageantAuth=2", "SignedSSHCert=x", "SSHAcceptServerCAKey=x",
        "KerberosRealm=x", "KerberosSPN=x", "CodePage=1252", "UseFIPSCompliantAPI=True",
        "MaskSensitive=False", "SecurityPolicy=FIPS"}) {
    INFO(setting);
    CHECK(o.config(setting) == "<1005>");
    CHECK(o.error().size() > 30);
  }
  CHECK(ipworksauth_sshauth_setauthmode(o, 5) == 1005);
  CHECK(ipworksauth_sshauth_setauthmode(o, 7) == 1005);
  CHECK(ipworksauth_sshauth_setauthmode(o, 8) == 10022);
  CHECK(ipworksauth_sshauth_setsshcertstoretype(o, 2) == 1005);
  CHECK(ipworksauth_sshauth_setsshcertstoretype(o, 24) == 10022);
}

TEST_CASE("read-only settings") {
  for (const char* name : kReadOnly) {
    INFO(name);
    Handle o;
    const std::string before = o.config(name);
    CHECK(o.code() == 0);
    CHECK(o.config(std::string(name) + "=x") == "<10022>");
    CHECK(o.error().find(name) != std::string::npos);
    CHECK(o.config(name) == before);
  }
  Handle o;
  CHECK(o.config("BuildInfo").find("ipworksauth") != std::string::npos);
  const std::string license = o.config("LicenseInfo");
  CHECK(std::count(license.begin(), license.end(), '\n') == 4);
  for (const char* line : {"Product: ", "Product Key: ", "License Source: ", "License Type: MIT",
                           "Last Valid Build: "})
    CHECK(license.find(line) != std::string::npos);
  CHECK(o.config("SSHKeyRenegotiate") == "<212>");
  CHECK(o.config("SSHKeyRenegotiate=1") == "<10022>");
}

TEST_CASE("settings by channel number") {
  Handle o;
  CHECK(o.config("ChannelDataEOL[3]").empty());
  CHECK(o.config("ChannelDataEOL[3]=\r\n").empty());
  CHECK(o.config("channeldataeol[3]") == "\r\n");
  CHECK(o.config("ChannelDataEOL[4]").empty());
  CHECK(o.config("MaxChannelDataLength[3]") == "0");
  CHECK(o.config("MaxChannelDataLength[3]=100").empty());
  CHECK(o.config("MaxChannelDataLength[3]") == "100");
  CHECK(o.config("MaxChannelDataLength[3]=x") == "<10022>");
  CHECK(o.config("ChannelDataEOLFound[3]") == "False");
  CHECK(o.config("ChannelDataEOLFound[3]=True") == "<10022>");
  for (const char* name : kIndexed)
    for (const char* index : {"", "[]", "[x]", "[-1]", "[1", "[99999999999]", "[1]x"}) {
      INFO(name << index);
      CHECK(o.config(std::string(name) + index) == "<10022>");
    }
  for (int i = 0; i < 300; ++i) o.config("ChannelDataEOL[" + std::to_string(i) + "]=x");
  CHECK(o.code() == 10022);
  CHECK(ipworksauth_sshauth_reset(o) == 0);
  CHECK(o.config("ChannelDataEOL[3]").empty());
}

TEST_CASE("settings that are properties too are the same value") {
  Handle o;
  CHECK(ipworksauth_sshauth_setfirewalltype(o, 3) == 0);
  CHECK(o.config("FirewallType") == "3");
  CHECK(o.config("FirewallPort") == "1080");
  CHECK(o.config("FirewallType=1").empty());
  CHECK(ipworksauth_sshauth_getfirewallport(o) == 80);
  CHECK(o.config("FirewallPassword=a=b").empty());
  CHECK(std::string(ipworksauth_sshauth_getfirewallpassword(o)) == "a=b");
  CHECK(o.config("LocalHost=::1").empty());
  CHECK(std::string(ipworksauth_sshauth_getlocalhost(o)) == "::1");
}

TEST_CASE("the numbers of TCP keep-alive switch it on") {
  for (const char* name : {"KeepAliveTime", "KeepAliveInterval", "KeepAliveRetryCount"}) {
    Handle o;
    CHECK(o.config("TCPKeepAlive") == "False");
    CHECK(o.config(std::string(name) + "=5").empty());
    CHECK(o.config("TCPKeepAlive") == "True");
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(o.config(std::string(name) + "=x") == "<10022>");
    CHECK(o.config("TCPKeepAlive") == "False");
  }
}

TEST_CASE("a policy sets the six lists, and Reference sets them back") {
  const char* const lists[] = {"SSHKeyExchangeAlgorithms", "SSHPublicKeyAlgorithms",
                               "SSHMacAlgorithms", "SSHCompressionAlgorithms",
                               "SSHPubKeyAuthSigAlgorithms"};
  Handle o;
  std::vector<std::string> before;
  for (const char* list : lists) before.push_back(o.config(list));
  CHECK(o.config("SecurityPolicy=modern").empty());
  CHECK(o.config("SecurityPolicy") == "Modern");
  CHECK(o.config("SSHKeyExchangeAlgorithms").starts_with("mlkem768x25519-sha256,"));
  const std::string ciphers = ipworksauth_sshauth_getsshencryptionalgorithms(o);
  CHECK(ciphers.find("chacha20-poly1305@openssh.com") != std::string::npos);
  for (const char* old : {"sha1", "md5", "ssh-dss", "ssh-rsa", "ripemd", "gss-"})
    for (const char* list : lists) {
      INFO(list << " " << old);
      CHECK(("," + o.config(list)).find(std::string(",") + old) == std::string::npos);
    }
  for (const char* old : {"cbc", "arcfour", "3des"}) CHECK(ciphers.find(old) == std::string::npos);
  CHECK(o.config("SecurityPolicy=Reference").empty());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(o.config(lists[i]) == before[i]);
}

TEST_CASE("a setting's text outlives everything but asking for the same setting again") {
  Handle o;
  CHECK(o.config("PasswordPrompt=first").empty());
  const char* given = ipworksauth_sshauth_config(o, "PasswordPrompt");
  const char* indexed = ipworksauth_sshauth_config(o, "ChannelDataEOL[1]");
  CHECK(o.config("PasswordPrompt=second").empty());
  CHECK(o.config("LogLevel") == "1");
  CHECK(o.config("ChannelDataEOL[1]=x").empty());
  CHECK(o.config("ChannelDataEOL[2]").empty());
  CHECK(ipworksauth_sshauth_reset(o) == 0);
  CHECK(std::string(given) == "first");
  CHECK(std::string(indexed).empty());
}
