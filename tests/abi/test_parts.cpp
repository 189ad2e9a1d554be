// Parts of the room that the public functions do not show alone: patterns, events, shown texts.
#include <catch2/catch.hpp>
#include <cstring>

#include "abi/event.hpp"
#include "abi/object.hpp"
#include "abi/pattern.hpp"
#include "abi/refusal.hpp"
#include "abi/shown.hpp"

using namespace sshauth::abi;

TEST_CASE("patterns") {
  struct {
    const char *pattern, *text;
    bool matches;
  } const kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "ABC", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"*", "", true},
      {"*", "anything", true},
      {"C*t", "Ct", true},
      {"C*t", "Coast", true},
      {"C*t", "Coasts", false},
      {"*SSH-2.0-*", "SSH-2.0-x", true},
      {"*a*b*c*", "xaxbxcx", true},
      {"*a*b*c*", "xcxbxax", false},
      {"[a-z]", "m", true},
      {"[a-z]", "M", false},
      {"[0-9,a-d,f,r-z]", "f", true},
      {"[0-9,a-d,f,r-z]", "e", false},
      {"[0-9,a-d,f,r-z]", "s", true},
      {"[?]", "?", true},
      {"[?]", "x", false},
      {"[*]", "*", true},
      {"[*]", "", false},
      {"[[]", "[", true},
      {"[\\]", "\\", true},
      {"[[]Something].txt", "[Something].txt", true},
      {"\\*", "*", true},
      {"\\*", "x", false},
      {"a]b", "a]b", true},
      {"a-b", "a-b", true},
      {"**", "", true},
      {"*?", "", false},
      {"[a-", "a", false},
      {"x\\", "x", false},
      {"[Pp]assword:*", "Password: ", true},
  };
  for (const auto& c : kCases) {
    INFO(c.pattern << " ~ " << c.text);
    CHECK(pattern_match(c.pattern, c.text) == c.matches);
  }
  CHECK(any_pattern_matches("*SSH-1.99-*,*SSH-2.0-*", "SSH-1.99-old"));
  CHECK_FALSE(any_pattern_matches("*SSH-1.99-*,*SSH-2.0-*", "SSH-1.5-old"));
  CHECK(any_pattern_matches(",,[,]", ","));
  CHECK_FALSE(any_pattern_matches("", ""));
}

TEST_CASE("a pattern made to be slow is not") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  CHECK_FALSE(pattern_match(pattern + "b", std::string(4096, 'a')));
  CHECK_FALSE(pattern_match("*", std::string(4097, 'a')));
  CHECK_FALSE(pattern_problem(std::string(1025, 'a')).empty());
}

TEST_CASE("texts of the server are made fit to show") {
  CHECK(shown_text("plain \xc3\xa9\n\ttext") == "plain \xc3\xa9\n\ttext");
  CHECK(shown_text(std::string_view("a\0b", 3)) == "a?b");
  CHECK(shown_text("\x1b[2J\r\x7f") == "?[2J??");
  CHECK(shown_text("\xc2\x9b"
                   "1m") == "?1m");  // CSI as one C1 control
  CHECK(shown_text("\xff\xfe") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(shown_text("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  CHECK(shown_text("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
  CHECK(shown_text("\xf4\x90\x80\x80").size() == 12);                           // beyond U+10FFFF
  CHECK(shown_text("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");                  // cut
  CHECK(shown_text("\xf0\x9f\x98\x80") == "\xf0\x9f\x98\x80");
}

TEST_CASE("every code of the tables has a sentence, and no sentence has a line end") {
  for (const int code :
       {100,   101,   102,   104,   106,   107,   112,   116,   117,   118,   135,   201,
        211,   212,   213,   270,   271,   272,   273,   274,   275,   277,   278,   301,
        302,   434,   1001,  1002,  1003,  1005,  1011,  1013,  1014,  1015,  1016,  1024,
        1027,  1030,  1031,  1032,  1034,  1038,  1039,  1105,  1117,  1119,  1120,  10004,
        10009, 10013, 10014, 10022, 10024, 10091, 10092, 10093, 11001, 11002, 11003, 11004}) {
    INFO(code);
    CHECK_FALSE(error_row_text(code).empty());
    CHECK(error_row_text(code).find('\n') == std::string_view::npos);
  }
  for (int code = 10035; code <= 10071; ++code) CHECK_FALSE(error_row_text(code).empty());
  CHECK(error_sentence(4711) == "error 4711");
}

namespace {

// What the last callback saw, and what it is to do.
struct Host {
  int id = 0, cparam = 0, result = 0;
  std::vector<void*> param;
  std::vector<int> cbparam;
  void (*act)(void* param[]) = nullptr;

  static int sink(void* context, int id, int cparam, void* param[], int cbparam[]) {
    Host& host = *static_cast<Host*>(context);
    host.id = id;
    host.cparam = cparam;
    host.param.assign(param, param + cparam);
    host.cbparam.assign(cbparam, cbparam + cparam);
    if (host.act != nullptr) host.act(param);
    return host.result;
  }
};

std::string answer(void (*act)(void* param[]), bool* fits = nullptr) {
  Host host;
  host.act = act;
  OutText slot;
  EventCall call(EID_SSHAUTH_SSHKEYBOARDINTERACTIVE);
  call.text("n").text("i").text("p").out_text(slot, "before").number(1);
  call.fire(Host::sink, &host);
  std::string_view text;
  const bool ok = call.text_at(3, slot, text);
  if (fits != nullptr) *fits = ok;
  return std::string(text);
}

char own_text[] = "mine";
std::string long_text;

}  // namespace

TEST_CASE("parameters travel as the header says") {
  Host host;
  const std::uint8_t key[] = {0, 1, 0, 255};
  EventCall call(EID_SSHAUTH_SSHSERVERAUTHENTICATION);
  call.binary(key).text("a:b").text("ssh-ed25519").text("").text("").text("why").number(-7);
  host.result = 42;
  CHECK(call.fire(Host::sink, &host) == 42);
  CHECK(host.id == 8);
  REQUIRE(host.cparam == 7);
  CHECK(std::memcmp(host.param[0], key, 4) == 0);
  CHECK(host.cbparam == std::vector<int>{4, 0, 0, 0, 0, 0, 0});
  CHECK(std::string(static_cast<char*>(host.param[1])) == "a:b");
  CHECK(std::string(static_cast<char*>(host.param[3])).empty());
  CHECK(reinterpret_cast<intptr_t>(host.param[6]) == -7);
  CHECK(call.number_at(6) == -7);

  EventCall nobody(EID_SSHAUTH_SSHSTATUS);
  CHECK(nobody.text("x").fire(nullptr, nullptr) == 0);
}

TEST_CASE("a text can be answered in both ways, and left alone") {
  CHECK(answer(nullptr) == "before");
  CHECK(answer([](void* p[]) { CHECK(ipworksauth_evtstr(p[3], 2, own_text, 1) == p[3]); }) ==
        "mine");
  CHECK(answer([](void* p[]) { ipworksauth_evtstr(p[3], 1, own_text, 1); }) == "mine");
  CHECK(answer([](void* p[]) { ipworksauth_evtstr(p[3], 2, nullptr, 1); }).empty());
  CHECK(answer([](void* p[]) { p[3] = own_text; }) == "mine");
  CHECK(answer([](void* p[]) { p[3] = nullptr; }).empty());
  CHECK(answer([](void* p[]) { std::strcpy(static_cast<char*>(p[3]), "in place"); }) == "in place");
  CHECK(answer([](void* p[]) {
          CHECK(std::string(static_cast<char*>(ipworksauth_evtstr(p[3], 0, nullptr, 1))) ==
                "before");
          ipworksauth_evtstr(p[3], 2, p[3], 1);
        }) == "before");
  CHECK(answer([](void* p[]) { ipworksauth_evtstr(p[3], 2, static_cast<char*>(p[3]) + 2, 1); }) ==
        "fore");
}

TEST_CASE("hostile answers") {
  long_text.assign(70001, 'x');
  bool fits = true;
  answer([](void* p[]) { CHECK(ipworksauth_evtstr(p[3], 2, long_text.data(), 1) == nullptr); },
         &fits);
  CHECK(fits);
  answer([](void* p[]) { p[3] = long_text.data(); }, &fits);
  CHECK_FALSE(fits);
  CHECK(answer([](void* p[]) { ipworksauth_evtstr(p[3], 2, long_text.data() + 1, 1); }).size() ==
        70000);
  CHECK(answer([](void* p[]) {
          CHECK(ipworksauth_evtstr(p[3], 3, own_text, 1) == nullptr);
          CHECK(ipworksauth_evtstr(p[3], -1, own_text, 1) == nullptr);
          CHECK(ipworksauth_evtstr(p[3], 2, own_text, 2) == nullptr);
          CHECK(ipworksauth_evtstr(nullptr, 2, own_text, 1) == nullptr);
          CHECK(ipworksauth_evtstr(static_cast<char*>(p[3]) + 1, 2, own_text, 1) == nullptr);
          // What stands in the slots of ints and bools: codes, ports, a callback's own result.
          for (const std::intptr_t number : {1, 16, 1024, 65535, -1, -16, -65520, -65535})
            CHECK(ipworksauth_evtstr(reinterpret_cast<void*>(number), 2, own_text, 1) == nullptr);
        }) == "before");
}

TEST_CASE("a slot that was kept too long is refused, and its text is gone") {
  OutText slot;
  char* kept = slot.open("secret");
  CHECK(IPWorksAuth_EvtStr(kept, 0, nullptr, 1) == kept);
  slot.close();
  CHECK(IPWorksAuth_EvtStr(kept, 0, nullptr, 1) == nullptr);
  CHECK(IPWorksAuth_EvtStr(kept, 2, own_text, 1) == nullptr);
  CHECK(std::string(kept).empty());
  CHECK(slot.open("again") == kept);
}

TEST_CASE(
    "signature algorithms: security keys' are added to the defaults, never to a list that was "
    "set") {
  Object object(nullptr, nullptr);
  const auto list = [&object] {
    sshauth::ClientConfig config;
    const Refusal refusal = object.prepare(config);
    INFO(refusal.text);
    REQUIRE(refusal.ok());
    return config.sig_algorithms;
  };
  const auto set = [&object](const std::string& setting) {
    TextPtr out;
    REQUIRE(object.config(setting, out).ok());
  };
  const std::string security_key = ",sk-ssh-ed25519@openssh.com";
  REQUIRE(object.assign_text(Slot::SSHHost, "server.example").ok());
  const std::string initial = list();
  CHECK(initial.find("sk-") == std::string::npos);
  set("EnablePageantAuth=2");
  CHECK(list().find(security_key) != std::string::npos);
  set("SSHPubKeyAuthSigAlgorithms=ssh-ed25519");
  CHECK(list() == "ssh-ed25519");
  set("SSHPubKeyAuthSigAlgorithms=" + initial);
  CHECK(list() == initial);
  set("SecurityPolicy=Reference");
  CHECK(list().find(security_key) != std::string::npos);
  set("SSHPubKeyAuthSigAlgorithms=ssh-ed25519");
  REQUIRE(object.reset().ok());
  REQUIRE(object.assign_text(Slot::SSHHost, "server.example").ok());
  set("EnablePageantAuth=2");
  CHECK(list().find(security_key) != std::string::npos);
}
