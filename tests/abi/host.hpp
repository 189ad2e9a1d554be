// A host for login tests: an object whose events are written down and may be answered, and a server
// to log in to.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "ipworksauth/sshauth.h"
#include "tests/client/support.hpp"

namespace test {

struct Event {
  int id;
  std::vector<void*> param;
  std::vector<int> cbparam;
  void** out;  // the slots themselves

  int number(std::size_t i) const {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(param[i]));
  }
  std::string text(std::size_t i) const { return static_cast<const char*>(param[i]); }
  std::string octets(std::size_t i) const {
    return {static_cast<const char*>(param[i]), static_cast<std::size_t>(cbparam[i])};
  }
  // "Connected|0|OK"
  std::string line() const;
};

inline std::string Event::line() const {
  struct Row {
    const char* name;
    const char* kinds;  // of the parameters: i int or bool, t text, b binary
  };
  static constexpr Row kRows[] = {{"", ""},
                                  {"Connected", "it"},
                                  {"ConnectionStatus", "tit"},
                                  {"Disconnected", "it"},
                                  {"Error", "it"},
                                  {"Log", "itt"},
                                  {"SSHCustomAuth", "t"},
                                  {"SSHKeyboardInteractive", "tttti"},
                                  {"SSHServerAuthentication", "bttttti"},
                                  {"SSHStatus", "t"}};
  std::string said = kRows[id].name;
  for (std::size_t i = 0; i < param.size(); ++i) {
    const char kind = kRows[id].kinds[i];
    said += '|';
    said += kind == 'i' ? std::to_string(number(i)) : kind == 'b' ? octets(i) : text(i);
  }
  return said;
}

// A server with user "me", password "secret".
inline sshauth::AuthServerConfig password_server() {
  sshauth::AuthServerConfig config = sshauth::test::server_config();
  config.users.push_back(sshauth::test::user_with_password("secret"));
  return config;
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Host {
 public:
  Host() : obj_(ipworksauth_sshauth_create(&Host::sink, this, nullptr, 0)) {}
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() { destroy(); }
  int destroy() {
    void* const gone = obj_;
    obj_ = nullptr;
    return ipworksauth_sshauth_destroy(gone);
  }

  // User "me" with password "secret" on the server at `port`.
  explicit Host(std::uint16_t port) : Host() {
    ipworksauth_sshauth_setsshhost(obj_, "127.0.0.1");
    ipworksauth_sshauth_setsshport(obj_, port);
    ipworksauth_sshauth_setuser(obj_, "me");
    ipworksauth_sshauth_setpassword(obj_, "secret");
    ipworksauth_sshauth_settimeout(obj_, 20);
  }

  operator void*() const { return obj_; }
  int code() const { return ipworksauth_sshauth_getlasterrorcode(obj_); }
  std::string error() const { return ipworksauth_sshauth_getlasterror(obj_); }
  std::string config(const std::string& setting) const {
    const std::string value = ipworksauth_sshauth_config(obj_, setting.c_str());
    return code() == 0 ? value : "<" + std::to_string(code()) + ">";
  }
  int authenticate() { return ipworksauth_sshauth_authenticate(obj_); }

  bool accept = true;                   // every host key
  std::function<int(Event&)> on_event;  // before anything else; its result is the callback's
  std::vector<std::string> seen;        // "Connected 0", "Disconnected 0 OK", ...
  std::vector<std::string> logs;        // of Log and SSHStatus
  std::vector<int> ids;
  std::vector<std::string> lines;  // every event

  // Every Connected with code 0 has one Disconnected, behind it and before the next.
  bool balanced() const {
    bool up = false;
    for (const std::string& line : lines) {
      const bool connected = line.starts_with("Connected|0|");
      const bool disconnected = line.starts_with("Disconnected|");
      if ((connected && up) || (disconnected && !up)) return false;
      if (connected || disconnected) up = connected;
    }
    return !up;
  }
  void forget_events() {
    seen.clear();
    logs.clear();
    ids.clear();
    lines.clear();
  }
  std::size_t count(int id) const {
    return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
  }

 private:
  static int sink(void* context, int id, int cparam, void* param[], int cbparam[]) {
    Host& host = *static_cast<Host*>(context);
    Event event{id, std::vector<void*>(param, param + cparam),
                std::vector<int>(cbparam, cbparam + cparam), param};
    host.ids.push_back(id);
    host.lines.push_back(event.line());
    if (id == EID_SSHAUTH_LOG) host.logs.push_back(event.text(1));
    if (id == EID_SSHAUTH_SSHSTATUS) host.logs.push_back(event.text(0));
    if (id == EID_SSHAUTH_CONNECTED || id == EID_SSHAUTH_DISCONNECTED)
      host.seen.push_back((id == EID_SSHAUTH_CONNECTED ? "Connected " : "Disconnected ") +
                          std::to_string(event.number(0)) + " " + event.text(1));
    if (id == EID_SSHAUTH_ERROR) host.seen.push_back("Error " + std::to_string(event.number(0)));
    if (id == EID_SSHAUTH_SSHSERVERAUTHENTICATION && host.accept)
      param[6] = reinterpret_cast<void*>(std::intptr_t{1});
    return host.on_event ? host.on_event(event) : 0;
  }

  void* obj_;
};

// A folder of its own, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    char name[] = "/tmp/sshauth_abi_XXXXXX";
    const char* made = ::mkdtemp(name);
    REQUIRE(made != nullptr);
    path_ = made;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& contents) const {
    std::ofstream(path(name), std::ios::binary) << contents;
  }

 private:
  std::string path_;
};

// HOME for the time of a test.
class Home {
 public:
  explicit Home(const std::string& path) {
    const char* before = std::getenv("HOME");
    before_ = before != nullptr ? before : "";
    ::setenv("HOME", path.c_str(), 1);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { ::setenv("HOME", before_.c_str(), 1); }

 private:
  std::string before_;
};

}  // namespace test
