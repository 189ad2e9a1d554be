// CodePage: every text in and out is in the page, inside is UTF-8; the identifiers; what does not
// convert.
#include <catch2/catch.hpp>

#include "tests/abi/handle.hpp"
#include "tests/abi/pages.hpp"

using test::ebcdic;
using test::Handle;
using test::kPageTexts;
using test::PageText;
using test::written;

namespace {

void set_page(const Handle& o, int page) {
  REQUIRE(o.config("CodePage=" + std::to_string(page)).empty());
  REQUIRE(o.code() == 0);
}

// Back to UTF-8, said in the page.
void leave(const Handle& o, int page) {
  REQUIRE(o.config(written(page, "CodePage=65001")).empty());
  REQUIRE(o.code() == 0);
}

struct Pair {
  const char* name;
  int id;
  char* (*get)(void*);
  int (*set)(void*, const char*);
};
#define PAIR(Name, lower, id) \
  { Name, id, ipworksauth_sshauth_get##lower, ipworksauth_sshauth_set##lower }
const Pair kTexts[] = {
    PAIR("FirewallPassword", firewallpassword, 5),
    PAIR("FirewallUser", firewalluser, 7),
    PAIR("Password", password, 10),
    PAIR("SSHCertStorePassword", sshcertstorepassword, 14),
    PAIR("User", user, 21),
};

// The identifiers of the reference, and what becomes of them: 'y' taken, 'n' known and refused.
struct Identifier {
  long long id;
  char taken;
};
const Identifier kIdentifiers[] = {
    {37, 'y'},
    {437, 'y'},
    {500, 'y'},
    {708, 'y'},
    {709, 'n'},
    {710, 'n'},
    {720, 'n'},
    {737, 'y'},
    {775, 'y'},
    {850, 'y'},
    {852, 'y'},
    {855, 'y'},
    {857, 'y'},
    {858, 'y'},
    {860, 'y'},
    {861, 'y'},
    {862, 'y'},
    {863, 'y'},
    {864, 'y'},
    {865, 'y'},
    {866, 'y'},
    {869, 'y'},
    {870, 'y'},
    {874, 'y'},
    {875, 'y'},
    {932, 'y'},
    {936, 'y'},
    {949, 'y'},
    {950, 'y'},
    {1026, 'y'},
    {1047, 'y'},
    {1140, 'y'},
    {1141, 'y'},
    {1142, 'y'},
    {1143, 'y'},
    {1144, 'y'},
    {1145, 'y'},
    {1146, 'y'},
    {1147, 'y'},
    {1148, 'y'},
    {1149, 'y'},
    {1200, 'n'},
    {1201, 'n'},
    {1250, 'y'},
    {1251, 'y'},
    {1252, 'y'},
    {1253, 'y'},
    {1254, 'y'},
    {1255, 'y'},
    {1256, 'y'},
    {1257, 'y'},
    {1258, 'y'},
    {1361, 'y'},
    {10000, 'y'},
    {10001, 'n'},
    {10002, 'n'},
    {10003, 'n'},
    {10004, 'n'},
    {10005, 'n'},
    {10006, 'n'},
    {10007, 'y'},
    {10008, 'n'},
    {10010, 'n'},
    {10017, 'y'},
    {10021, 'n'},
    {10029, 'y'},
    {10079, 'y'},
    {10081, 'n'},
    {10082, 'n'},
    {12000, 'n'},
    {12001, 'n'},
    {20000, 'n'},
    {20001, 'n'},
    {20002, 'n'},
    {20003, 'n'},
    {20004, 'n'},
    {20005, 'n'},
    {20105, 'y'},
    {20106, 'y'},
    {20107, 'y'},
    {20108, 'y'},
    {20127, 'y'},
    {20261, 'y'},
    {20269, 'y'},
    {20273, 'y'},
    {20277, 'y'},
    {20278, 'y'},
    {20280, 'y'},
    {20284, 'y'},
    {20285, 'y'},
    {20290, 'y'},
    {20297, 'y'},
    {20420, 'y'},
    {20423, 'y'},
    {20424, 'y'},
    {20833, 'n'},
    {20838, 'n'},
    {20866, 'y'},
    {20871, 'y'},
    {20880, 'y'},
    {20905, 'y'},
    {20924, 'n'},
    {20932, 'y'},
    {20936, 'y'},
    {21025, 'y'},
    {21027, 'n'},
    {21866, 'y'},
    {28591, 'y'},
    {28592, 'y'},
    {28593, 'y'},
    {28594, 'y'},
    {28595, 'y'},
    {28596, 'y'},
    {28597, 'y'},
    {28598, 'y'},
    {28599, 'y'},
    {28605, 'y'},
    {29001, 'n'},
    {38598, 'y'},
    {50220, 'y'},
    {50221, 'n'},
    {50222, 'n'},
    {50225, 'y'},
    {50227, 'y'},
    {50229, 'y'},
    {50930, 'y'},
    {50931, 'n'},
    {50933, 'y'},
    {50935, 'y'},
    {50936, 'n'},
    {50937, 'y'},
    {50939, 'y'},
    {51932, 'y'},
    {51936, 'y'},
    {51949, 'y'},
    {51950, 'y'},
    {52936, 'n'},
    {54936, 'y'},
    {57002, 'n'},
    {57003, 'n'},
    {57004, 'n'},
    {57005, 'n'},
    {57006, 'n'},
    {57007, 'n'},
    {57008, 'n'},
    {57009, 'n'},
    {57010, 'n'},
    {57011, 'n'},
    {65000, 'y'},
    {65001, 'y'},
    // Mac OS
    {1, 'n'},
    {2, 'n'},
    {3, 'n'},
    {4, 'n'},
    {5, 'n'},
    {6, 'n'},
    {7, 'n'},
    {8, 'n'},
    {9, 'n'},
    {10, 'n'},
    {11, 'n'},
    {12, 'n'},
    {13, 'n'},
    {14, 'n'},
    {15, 'n'},
    {21, 'n'},
    {30, 'n'},
    {65536, 'n'},
    {0x90000100, 'n'},
    {0x94000100, 'n'},
    {0x8c000100, 'n'},
    {0x98000100, 'n'},
    {0x9c000100, 'n'},
};

}  // namespace

TEST_CASE("properties in a code page: octet by octet, by function and by id") {
  for (const PageText& text : kPageTexts) {
    for (const Pair& p : kTexts) {
      INFO(text.page << " " << p.name);
      Handle o;
      set_page(o, text.page);
      CHECK(std::string(p.get(o)).empty());
      CHECK(p.set(o, text.octets.c_str()) == 0);
      CHECK(std::string(p.get(o)) == text.octets);
      CHECK(std::string(static_cast<char*>(
                ipworksauth_sshauth_get(o, p.id, 0, nullptr, nullptr))) == text.octets);
      CHECK(p.set(o, p.get(o)) == 0);
      leave(o, text.page);
      CHECK(std::string(p.get(o)) == text.utf8);
      CHECK(p.set(o, "") == 0);
      CHECK(p.set(o, text.utf8.c_str()) == 0);
      set_page(o, text.page);
      CHECK(std::string(p.get(o)) == text.octets);
      CHECK(ipworksauth_sshauth_set(o, p.id, 0, text.octets.c_str(),
                                    static_cast<int>(text.octets.size())) == 0);
      CHECK(std::string(p.get(o)) == text.octets);
    }
  }
}

TEST_CASE("Config in a code page: names, values and results") {
  for (const PageText& text : kPageTexts) {
    INFO(text.page);
    Handle o;
    set_page(o, text.page);
    CHECK(o.config(written(text.page, "CodePage")) ==
          written(text.page, std::to_string(text.page)));
    CHECK(o.config(written(text.page, "PasswordPrompt=") + text.octets).empty());
    CHECK(o.code() == 0);
    CHECK(o.config(written(text.page, "passwordprompt")) == text.octets);
    CHECK(o.config(written(text.page, "ClientSSHVersionString")) ==
          written(text.page, "SSH-2.0-IPWorks SSH Client 2022"));
    CHECK(o.config(written(text.page, "Linger")) == written(text.page, "True"));
    const std::string license = o.config(written(text.page, "LicenseInfo"));
    CHECK(license.find(written(text.page, "MIT")) != std::string::npos);
    void* version = ipworksauth_sshauth_get(o, 0, 0, nullptr, nullptr);
    CHECK(std::string(static_cast<char*>(version)).starts_with(written(text.page, "ipworksauth")));
    leave(o, text.page);
    CHECK(o.config("PasswordPrompt") == text.utf8);
  }
}

TEST_CASE("errors are told in the code page") {
  for (const PageText& text : kPageTexts) {
    INFO(text.page);
    Handle o;
    set_page(o, text.page);
    CHECK(o.config(text.octets) == "<10022>");
    CHECK(o.error().find(text.octets) != std::string::npos);
    CHECK(ipworksauth_sshauth_setauthmode(o, 99) == 10022);
    CHECK(o.error().find(written(text.page, "AuthMode")) != std::string::npos);
    CHECK(ipworksauth_sshauth_setlasterrorandcode(o, 7, text.octets.c_str()) == 0);
    CHECK(o.error() == text.octets);
    CHECK(ipworksauth_sshauth_seteventerrorandcode(o, 7, text.octets.c_str()) == 0);
    CHECK(std::string(ipworksauth_sshauth_geteventerror(o)) == text.octets);
    CHECK(ipworksauth_sshauth_authenticate(o) == 102);
    CHECK(o.error().find(written(text.page, "SSHHost")) != std::string::npos);
  }
}

TEST_CASE("binaries are no text") {
  for (const PageText& text : kPageTexts) {
    INFO(text.page);
    Handle o;
    set_page(o, text.page);
    const std::string octets("\xff\x00\x81 a", 5);
    CHECK(ipworksauth_sshauth_setsshcertstore(o, octets.data(), 5) == 0);
    char* data = nullptr;
    int len = 0;
    CHECK(ipworksauth_sshauth_getsshcertstore(o, &data, &len) == 0);
    CHECK(std::string(data, static_cast<std::size_t>(len)) == octets);
  }
}

TEST_CASE("434: what does not convert, by name, and nothing changes") {
  Handle o;
  CHECK(ipworksauth_sshauth_setuser(o, "\xe6\x97\xa5") == 0);
  CHECK(o.config("PasswordPrompt=\xe6\x97\xa5").empty());
  set_page(o, 1252);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)).empty());
  CHECK(o.code() == 434);
  CHECK(o.error().find("User") != std::string::npos);
  CHECK(o.error().find("1252") != std::string::npos);
  int len = 0;
  CHECK(ipworksauth_sshauth_get(o, PID_SSHAUTH_USER, 0, &len, nullptr) == nullptr);
  CHECK(len == 434);
  CHECK(o.config("PasswordPrompt") == "<434>");
  CHECK(o.error().find("PasswordPrompt") != std::string::npos);

  CHECK(ipworksauth_sshauth_setpassword(o, "good") == 0);
  CHECK(ipworksauth_sshauth_setpassword(o, "\x81") == 434);  // not a character of 1252
  CHECK(o.error().find("Password") != std::string::npos);
  CHECK(std::string(ipworksauth_sshauth_getpassword(o)) == "good");
  CHECK(o.config("PasswordPrompt=\x81") == "<434>");
  CHECK(o.error().find("Config") != std::string::npos);
  CHECK(ipworksauth_sshauth_setlasterrorandcode(o, 7, "\x81") == 434);

  set_page(o, 932);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)) == "\x93\xfa");
  CHECK(ipworksauth_sshauth_setuser(o, "\x93") == 434);  // half a character
  set_page(o, 65000);
  CHECK(ipworksauth_sshauth_setuser(o, "a+AAAA-b") == 434);  // a NUL by name
}

TEST_CASE("an error with a character that the page lacks is told with '?'") {
  Handle o;
  CHECK(o.config("\xe6\x97\xa5") == "<10022>");
  set_page(o, 1252);
  CHECK(ipworksauth_sshauth_setuser(o, "x") == 0);
  leave(o, 1252);
  set_page(o, 932);
  CHECK(o.config("\x93\xfa=1") == "<10022>");
  CHECK(o.error().find("\x93\xfa") != std::string::npos);
}

TEST_CASE("every identifier of the reference is taken, or refused with a sentence") {
  for (const Identifier& each : kIdentifiers) {
    INFO(each.id);
    Handle o;
    const std::string number = std::to_string(each.id);
    const std::string result = o.config("CodePage=" + number);
    if (each.taken == 'y') {
      CHECK(result.empty());
      CHECK(o.code() == 0);
      CHECK(ipworksauth_sshauth_reset(o) == 0);
    } else {
      CHECK(result == "<1005>");
      CHECK(o.error().find("CodePage") != std::string::npos);
      CHECK(o.error().find(number) != std::string::npos);
    }
    CHECK(o.config("CodePage") == "65001");
  }
  CHECK(std::size(kIdentifiers) == 144 + 6 + 23);
  for (const char* none : {"0", "16", "38", "1259", "65002", "4294967295", "4294967296", "-1", "x",
                           "UTF-8", "0x1f4", ""}) {
    INFO(none);
    Handle o;
    CHECK(o.config(std::string("CodePage=") + none) == "<10022>");
    CHECK(o.error().find("CodePage") != std::string::npos);
    CHECK(o.config("CodePage") == "65001");
  }
}

TEST_CASE("texts that were given out stay as they are when the page changes") {
  Handle o;
  set_page(o, 1252);
  CHECK(ipworksauth_sshauth_setuser(o, "\xeb") == 0);
  const char* given = ipworksauth_sshauth_getuser(o);
  const char* setting = ipworksauth_sshauth_config(o, "CodePage");
  leave(o, 1252);
  CHECK(ipworksauth_sshauth_setuser(o, "other") == 0);
  CHECK(ipworksauth_sshauth_reset(o) == 0);
  CHECK(std::string(given) == "\xeb");
  CHECK(std::string(setting) == "1252");
}

TEST_CASE("every page carries the longest value, and shift states begin and end in one text") {
  for (const Identifier& each : kIdentifiers) {
    if (each.taken != 'y') continue;
    INFO(each.id);
    Handle o;
    CHECK(ipworksauth_sshauth_setuser(o, "A B") == 0);
    CHECK(ipworksauth_sshauth_setpassword(o, std::string(20000, 'A').c_str()) == 0);
    REQUIRE(o.config("CodePage=" + std::to_string(each.id)).empty());
    const std::string user = ipworksauth_sshauth_getuser(o);
    CHECK(o.code() == 0);
    CHECK(std::string(ipworksauth_sshauth_getfirewalluser(o)).empty());
    CHECK(std::string(ipworksauth_sshauth_getpassword(o)).size() >= 20000);
    CHECK(o.code() == 0);
    CHECK(ipworksauth_sshauth_setuser(o, user.c_str()) == 0);
    CHECK(ipworksauth_sshauth_setuser(o, ipworksauth_sshauth_getuser(o)) == 0);
    CHECK(std::string(ipworksauth_sshauth_getuser(o)) == user);
  }
  Handle o;
  const std::string mixed = "x\xe6\x97\xa5y\xe6\x9c\xacz";
  CHECK(ipworksauth_sshauth_setuser(o, mixed.c_str()) == 0);
  set_page(o, 50220);
  const std::string shifted = ipworksauth_sshauth_getuser(o);
  CHECK(shifted == "x\x1b$BF|\x1b(By\x1b$BK\\\x1b(Bz");
  CHECK(ipworksauth_sshauth_setuser(o, shifted.c_str()) == 0);
  leave(o, 50220);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)) == mixed);
}
