// What a host answers through out parameters: Response, Packet, Accept; both ways to set a text,
// and what is no answer.
#include <catch2/catch.hpp>

#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;
using ::test::password_server;

namespace {

AuthServerConfig code_server(const std::string& code) {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"Name", "Instructions", {{"Code: ", true, code}}}};
  config.users.push_back(user);
  return config;
}

// One keyboard-interactive login whose one question is answered by `answer`.
int answer_code(std::uint16_t port, const std::function<int(Event&)>& answer,
                std::string* error = nullptr) {
  Host host(port);
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  bool asked = false;
  host.on_event = [&](Event& e) {
    if (e.id != EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) return 0;
    asked = true;
    return answer(e);
  };
  const int code = host.authenticate();
  CHECK(asked);
  CHECK(host.balanced());
  if (error != nullptr) *error = host.error();
  return code;
}

void* text(const char* value) { return const_cast<char*>(value); }

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  return out;
}

std::string ssh_string(std::string_view value) {
  std::string out(4, '\0');
  out[3] = static_cast<char>(value.size());
  return out + std::string(value);
}

std::string request(const std::string& method, const std::string& rest) {
  return "\x32" + ssh_string("me") + ssh_string("ssh-connection") + ssh_string(method) + rest;
}

std::string password_request(const std::string& password) {
  return request("password", std::string(1, '\0') + ssh_string(password));
}

}  // namespace

TEST_CASE("Response: every way to set it") {
  RunningServer server(code_server("42"));
  static char own[] = "42";
  for (const int id : {1, 2})
    for (const int opt : {0, 1}) {
      INFO(id << " " << opt);
      CHECK(answer_code(server.port(), [&](Event& e) {
              void* const slot = e.param[3];
              CHECK(ipworksauth_evtstr(slot, 0, nullptr, opt) == slot);
              CHECK(e.text(3).empty());
              CHECK(ipworksauth_evtstr(slot, id, own, opt) == slot);
              CHECK(std::string(static_cast<char*>(ipworksauth_evtstr(slot, 0, nullptr, opt))) ==
                    "42");
              CHECK(e.text(3) == "42");
              // The handle's own text, and a part of it, may be written back.
              CHECK(IPWorksAuth_EvtStr(slot, id, slot, opt) == slot);
              CHECK(e.text(3) == "42");
              CHECK(ipworksauth_evtstr(slot, id, text("x42"), opt) == slot);
              CHECK(ipworksauth_evtstr(slot, id, static_cast<char*>(slot) + 1, opt) == slot);
              CHECK(e.text(3) == "42");
              return 0;
            }) == 0);
    }
  CHECK(answer_code(server.port(), [&](Event& e) {
          e.out[3] = own;
          return 0;
        }) == 0);
  // Overwriting the slot counts, whatever was written through the handle before.
  CHECK(answer_code(server.port(), [&](Event& e) {
          ipworksauth_evtstr(e.param[3], 2, text("41"), 1);
          e.out[3] = own;
          return 0;
        }) == 0);
  CHECK(answer_code(server.port(), [&](Event& e) {
          ipworksauth_evtstr(e.param[3], 2, text("42"), 1);
          e.out[3] = nullptr;  // NULL is ""
          return 0;
        }) == 1032);
  CHECK(answer_code(server.port(), [&](Event& e) {
          ipworksauth_evtstr(e.param[3], 2, own, 1);
          ipworksauth_evtstr(e.param[3], 1, nullptr, 1);
          CHECK(e.text(3).empty());
          return 0;
        }) == 1032);
}

TEST_CASE("evtstr takes no other id, opt, slot or length") {
  RunningServer server(code_server("42"));
  const std::string long_text(70001, 'x'), longest(70000, 'x');
  CHECK(answer_code(server.port(), [&](Event& e) {
          void* const slot = e.param[3];
          CHECK(ipworksauth_evtstr(slot, 3, text("x"), 1) == nullptr);
          CHECK(ipworksauth_evtstr(slot, -1, text("x"), 1) == nullptr);
          CHECK(ipworksauth_evtstr(slot, 2, text("x"), 2) == nullptr);
          CHECK(ipworksauth_evtstr(slot, 0, nullptr, 2) == nullptr);
          for (std::size_t i = 0; i < e.param.size(); ++i)
            if (i != 3) CHECK(ipworksauth_evtstr(e.param[i], 2, text("x"), 1) == nullptr);
          CHECK(ipworksauth_evtstr(nullptr, 0, nullptr, 1) == nullptr);
          CHECK(ipworksauth_evtstr(slot, 2, text(long_text.c_str()), 1) == nullptr);
          CHECK(e.text(3).empty());  // what fails changes nothing
          CHECK(ipworksauth_evtstr(slot, 2, text(longest.c_str()), 1) == slot);
          CHECK(e.text(3) == longest);
          CHECK(ipworksauth_evtstr(slot, 2, text("42"), 1) == slot);
          CHECK(ipworksauth_evtstr(slot, 0, nullptr, 1) == slot);
          return 0;
        }) == 0);
}

TEST_CASE("a slot that was kept beyond its callback is refused as long as the object lives") {
  RunningServer server(code_server("42"));
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  void* kept = nullptr;
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) {
      kept = e.param[3];
      ipworksauth_evtstr(kept, 2, text("42"), 1);
    } else if (kept != nullptr) {
      CHECK(ipworksauth_evtstr(kept, 0, nullptr, 1) == nullptr);
    }
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(ipworksauth_evtstr(kept, 2, text("x"), 1) == nullptr);
  CHECK(static_cast<char*>(kept)[0] == '\0');  // wiped
}

TEST_CASE("a Response longer than a packet is an error that says so") {
  RunningServer server(code_server("42"));
  const std::string long_text(70001, 'x');
  std::string error;
  CHECK(answer_code(
            server.port(),
            [&](Event& e) {
              e.out[3] = text(long_text.c_str());
              return 0;
            },
            &error) == 10022);
  CHECK(has(error, "SSHKeyboardInteractive"));
  const std::string too_long(40000, 'x');  // fits the slot, not the packet
  CHECK(answer_code(
            server.port(),
            [&](Event& e) {
              ipworksauth_evtstr(e.param[3], 2, text(too_long.c_str()), 1);
              return 0;
            },
            &error) != 0);
  CHECK_FALSE(error.empty());
}

TEST_CASE("Accept goes both ways, and any non-zero value accepts") {
  RunningServer server(password_server());
  for (const bool vouched : {false, true})
    for (const std::intptr_t value : {0, 1, 2, -1}) {
      INFO(vouched << " " << value);
      Host host(server.port());
      host.accept = false;
      if (vouched) host.config("SSHAcceptAnyServerHostKey=True");
      host.on_event = [&](Event& e) {
        if (e.id != EID_SSHAUTH_SSHSERVERAUTHENTICATION) return 0;
        CHECK(e.number(6) == (vouched ? 1 : 0));
        e.out[6] = reinterpret_cast<void*>(value);
        return 0;
      };
      CHECK(host.authenticate() == (value != 0 ? 0 : 1030));
    }
}

namespace {

struct Custom : Host {
  explicit Custom(std::uint16_t port) : Host(port) {
    ipworksauth_sshauth_setauthmode(*this, AM_CUSTOM);
    on_event = [this](Event& e) {
      if (e.id != EID_SSHAUTH_SSHCUSTOMAUTH) return 0;
      packets.push_back(e.text(0));
      const std::string* next =
          packets.size() <= answers.size() ? &answers[packets.size() - 1] : nullptr;
      if (next != nullptr) e.out[0] = const_cast<char*>(next->c_str());
      return 0;
    };
  }
  std::vector<std::string> answers;  // to the first, the second, ... packet; then it is left alone
  std::vector<std::string> packets;
};

}  // namespace

TEST_CASE("SSHCustomAuth: a conversation of several messages, all of them shown") {
  AuthServerConfig config = code_server("42");
  config.banner = "Be welcome";
  RunningServer server(std::move(config));
  Custom host(server.port());
  const std::string kbdint = hex(request("keyboard-interactive", ssh_string("") + ssh_string("")));
  const std::string wrong = hex(std::string("\x3d\0\0\0\x01", 5) + ssh_string("41"));
  const std::string right = hex(std::string("\x3d\0\0\0\x01", 5) + ssh_string("42"));
  const std::string banner = hex("\x35" + ssh_string("Be welcome") + ssh_string(""));
  // The banner takes no answer: it is left alone ("").
  host.answers = {kbdint, "", wrong, kbdint, right};
  CHECK(host.authenticate() == 0);
  REQUIRE(host.packets.size() == 5);
  CHECK(host.packets[0].empty());
  CHECK(host.packets[1] == banner);
  CHECK(host.packets[2] ==
        hex("\x3c" + ssh_string("Name") + ssh_string("Instructions") + ssh_string("") +
            std::string("\0\0\0\x01", 4) + ssh_string("Code: ") + "\x01"));
  CHECK(host.packets[3].starts_with("33"));
  CHECK(host.packets[4].starts_with("3c"));
}

TEST_CASE("SSHCustomAuth: upper-case digits, and through evtstr") {
  RunningServer server(password_server());
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_CUSTOM);
  std::string answer = hex(password_request("secret"));
  for (char& c : answer) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHCUSTOMAUTH)
      CHECK(ipworksauth_evtstr(e.param[0], 1, answer.data(), 1) == e.param[0]);
    return 0;
  };
  CHECK(host.authenticate() == 0);
}

TEST_CASE("SSHCustomAuth: what is no message is refused with the reason") {
  RunningServer server(password_server());
  struct Row {
    std::string packet;
    const char* reason;
  };
  for (const Row& row :
       {Row{"323", "odd number"}, Row{"3g", "no hexadecimal digit"}, Row{"32 00", "odd number"},
        Row{"32  00", "no hexadecimal digit"}, Row{"31", "another number"},
        Row{"50", "another number"}, Row{"14", "another number"}, Row{"01", "another number"},
        Row{std::string(70002, '3'), "longer than a packet"}}) {
    INFO(row.packet.substr(0, 20));
    Custom host(server.port());
    host.answers = {row.packet};
    CHECK(host.authenticate() == 10022);
    CHECK(has(host.error(), "SSHCustomAuth"));
    CHECK(has(host.error(), row.reason));
    CHECK(host.balanced());
  }
  // Digits enough for the slot but too many octets for one packet.
  Custom host(server.port());
  host.answers = {"32" + std::string(69998, '0')};
  CHECK(host.authenticate() != 0);
  CHECK_FALSE(host.error().empty());
}

TEST_CASE("SSHCustomAuth: giving up, at once or after a refusal, is a failed authentication") {
  RunningServer server(password_server());
  Custom at_once(server.port());
  CHECK(at_once.authenticate() == 1032);
  CHECK(at_once.packets.size() == 1);
  Custom refused(server.port());
  refused.answers = {hex(password_request("wrong")), ""};
  CHECK(refused.authenticate() == 1032);
  REQUIRE(refused.packets.size() == 2);
  CHECK(refused.packets[1].starts_with("33"));
  CHECK_FALSE(refused.error().empty());
}

TEST_CASE("SSHCustomAuth: a banner takes no answer") {
  AuthServerConfig config = password_server();
  config.banner = "Be welcome";
  RunningServer server(std::move(config));
  Custom host(server.port());
  host.answers = {hex(password_request("secret")), hex(password_request("secret"))};
  CHECK(host.authenticate() == 10022);
  CHECK(has(host.error(), "banner"));
}
