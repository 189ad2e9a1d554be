// Logins of a host that works in a code page: what the server sees octet by octet is UTF-8, what
// the host sees is its page.
#include <catch2/catch.hpp>

#include "tests/abi/handle.hpp"
#include "tests/abi/host.hpp"
#include "tests/abi/pages.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::Host;
using ::test::kPageTexts;
using ::test::PageText;
using ::test::written;

namespace {

// One user whose name, password and answer are the text in UTF-8.
AuthServerConfig server_for(const PageText& text) {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password(text.utf8);
  user.name = text.utf8;
  user.rounds = {{text.utf8, "", {{text.utf8, true, text.utf8}}}};
  config.users = {std::move(user)};
  return config;
}

void set_up(Host& host, const PageText& text) {
  REQUIRE(host.config("CodePage=" + std::to_string(text.page)).empty());
  REQUIRE(ipworksauth_sshauth_setuser(host, text.octets.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setpassword(host, text.octets.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setsshhost(host, written(text.page, "127.0.0.1").c_str()) == 0);
}

}  // namespace

TEST_CASE("user and password in a code page reach the server as UTF-8") {
  for (const PageText& text : kPageTexts) {
    INFO(text.page);
    RunningServer server(server_for(text));
    Host host(server.port());
    set_up(host, text);
    CHECK(host.authenticate() == 0);
    CHECK(host.error().empty());
    CHECK(host.seen.front() == "Connected 0 " + written(text.page, "OK"));
  }
}

TEST_CASE("the same octets sent as they are would be refused") {
  const PageText& text = kPageTexts[0];
  RunningServer server(server_for(text));
  Host host(server.port());
  REQUIRE(ipworksauth_sshauth_setuser(host, text.octets.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setpassword(host, text.octets.c_str()) == 0);
  CHECK(host.authenticate() == 1032);
}

TEST_CASE("questions come in the code page, and are answered in it both ways") {
  for (const PageText& text : kPageTexts)
    for (const bool copied : {true, false}) {
      INFO(text.page << copied);
      RunningServer server(server_for(text));
      Host host(server.port());
      set_up(host, text);
      REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
      std::string answer = text.octets;
      unsigned asked = 0;
      host.on_event = [&](Event& e) {
        if (e.id != EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) return 0;
        ++asked;
        CHECK(e.text(0) == text.octets);
        CHECK(e.text(2) == text.octets);
        if (copied)
          CHECK(ipworksauth_evtstr(e.param[3], 2, answer.data(), 1) != nullptr);
        else
          e.out[3] = answer.data();
        return 0;
      };
      CHECK(host.authenticate() == 0);
      CHECK(asked == 1);
    }
}

TEST_CASE("PasswordPrompt fills the answer in, in the code page") {
  for (const PageText& text : kPageTexts) {
    INFO(text.page);
    RunningServer server(server_for(text));
    Host host(server.port());
    set_up(host, text);
    REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
    REQUIRE(host.config(written(text.page, "PasswordPrompt=*")).empty());
    std::string filled;
    host.on_event = [&](Event& e) {
      if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) filled = e.text(3);
      return 0;
    };
    CHECK(host.authenticate() == 0);
    CHECK(filled == text.octets);
  }
}

TEST_CASE("an answer that is not in the code page ends the login with 434") {
  const PageText& text = kPageTexts[2];
  RunningServer server(server_for(text));
  Host host(server.port());
  set_up(host, text);
  REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
  host.on_event = [&](Event& e) {
    static char half[] = "\x93";
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) e.out[3] = half;
    return 0;
  };
  CHECK(host.authenticate() == 434);
  CHECK(host.error().find("Response") != std::string::npos);
}

TEST_CASE("a password that the code page lacks cannot be put to the host") {
  const PageText& text = kPageTexts[2];
  RunningServer server(server_for(text));
  Host host(server.port());
  REQUIRE(ipworksauth_sshauth_setuser(host, text.utf8.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setpassword(host, text.utf8.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
  REQUIRE(host.config("PasswordPrompt=*").empty());
  REQUIRE(host.config("CodePage=1252").empty());
  CHECK(host.authenticate() == 434);
  CHECK(host.error().find("SSHKeyboardInteractive") != std::string::npos);
  // Without an event to show it in, nothing stands in the way.
  REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_PASSWORD) == 0);
  CHECK(host.authenticate() == 0);
  ::test::Handle silent;
  REQUIRE(ipworksauth_sshauth_setsshhost(silent, "127.0.0.1") == 0);
  REQUIRE(ipworksauth_sshauth_setsshport(silent, server.port()) == 0);
  REQUIRE(ipworksauth_sshauth_setuser(silent, text.utf8.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setpassword(silent, text.utf8.c_str()) == 0);
  REQUIRE(ipworksauth_sshauth_setauthmode(silent, AM_KEYBOARD_INTERACTIVE) == 0);
  for (const char* setting : {"PasswordPrompt=*", "SSHAcceptAnyServerHostKey=1", "CodePage=1252"})
    REQUIRE(silent.config(setting).empty());
  const int code = ipworksauth_sshauth_authenticate(silent);
  INFO(silent.error());
  CHECK(code == 0);
}

TEST_CASE("a prompt with characters that the page lacks, or that are none, is shown as it can be") {
  PageText text = kPageTexts[0];
  AuthServerConfig config = server_for(text);
  config.users[0].rounds[0].prompts[0].text = "\xe6\x97\xa5 \xff \xc3\xab?";
  RunningServer server(std::move(config));
  Host host(server.port());
  set_up(host, text);
  REQUIRE(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
  std::string prompt;
  host.on_event = [&](Event& e) {
    if (e.id != EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) return 0;
    prompt = e.text(2);
    e.out[3] = text.octets.data();
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(prompt == "? ? \xeb?");
}

TEST_CASE("the code page cannot change while a callback has texts in it") {
  const PageText& text = kPageTexts[0];
  RunningServer server(server_for(text));
  Host host(server.port());
  set_up(host, text);
  std::string result;
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_CONNECTED) result = host.config("CodePage=65001");
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(result == "<211>");
  CHECK(host.config("CodePage") == "1252");
}
