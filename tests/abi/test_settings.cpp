// Every setting, from a list of its own: written down here, not taken from the library's rows.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>

#include "tests/abi/handle.hpp"
#include "tests/abi/members.hpp"

using namespace test;

namespace {

std::string with_case(std::string text, int (*change)(int)) {
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("the list is complete: 69 settings of the reference and fourteen of ours") {
  CHECK(std::size(kFacts) + std::size(kIndexed) + std::size(kReadOnly) + 1 == 69 + 14);
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
    for (const BadValue& bad : fact.bad) {
      INFO(bad.value);
      CHECK(o.config(fact.name + "=" + bad.value) == "<" + std::to_string(bad.code) + ">");
      CHECK(o.error().find(fact.name) != std::string::npos);
      CHECK(o.config(fact.name) == before);
    }
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(o.config(fact.name) == fact.initial);
  }
}

TEST_CASE("no setting takes a value that is too long, and each says so by name") {
  const std::string longest(1 << 20, 'x');
  Handle o;
  for (const Fact& fact : kFacts) {
    INFO(fact.name);
    const std::string before = o.config(fact.name);
    CHECK(o.config(fact.name + "=x" + longest) == "<10022>");
    CHECK(o.error().find(fact.name) != std::string::npos);
    CHECK(o.error().size() < 300);
    CHECK(o.config(fact.name) == before);
  }
  for (const char* name : kIndexed) {
    INFO(name);
    CHECK(o.config(std::string(name) + "[1]=x" + longest) == "<10022>");
    CHECK(o.error().find(name) != std::string::npos);
  }
  CHECK(o.config("PasswordPrompt=" + longest + longest) == "<10022>");
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
  for (const char* setting : {"CodePage=1200", "MaskSensitive=False"}) {
    INFO(setting);
    CHECK(o.config(setting) == "<1005>");
    CHECK(o.error().size() > 30);
  }
  CHECK(ipworksauth_sshauth_setauthmode(o, 8) == 10022);
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
