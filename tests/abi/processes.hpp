// Child processes for tests: a server to log in to, and children that do something and say how it
// went. No thread exists when they are made, and none is made in them.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>

#include "lib/client/auth_server.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"

namespace test {

// Runs `work` in a child; its result is the child's exit status. Killed with this object, or when
// the parent ends.
class Child {
 public:
  explicit Child(const std::function<int()>& work) {
    const pid_t parent = ::getpid();
    id_ = ::fork();
    REQUIRE(id_ >= 0);
    if (id_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int status = kThrew;
    if (::getppid() == parent) try {
        status = work();
      } catch (...) {
      }
    ::_exit(status);
  }
  Child(Child&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }

  // Its exit status; 128 and more when a signal ended it.
  int wait() {
    int status = 0;
    const pid_t done = ::waitpid(id_, &status, 0);
    REQUIRE(done == id_);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  static constexpr int kThrew = 99;

 private:
  pid_t id_ = 0;
};

class Pipe {
 public:
  Pipe() { REQUIRE(::pipe(ends_) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  int input() const { return ends_[0]; }
  bool put(const void* data, std::size_t len) const {
    return ::write(ends_[1], data, len) == static_cast<ssize_t>(len);
  }
  void get(void* data, std::size_t len) const {
    REQUIRE(::read(ends_[0], data, len) == static_cast<ssize_t>(len));
  }

 private:
  int ends_[2];
};

// A server with user "me", who has the password "secret", a code to be asked for and maybe a key,
// and user "anonymous", who needs nothing; `port` once it listens.
class ServerProcess {
 public:
  explicit ServerProcess(const sshauth::Blob& key_of_me = {})
      : child_([&] { return serve(key_of_me); }) {
    pipe_.get(&port, sizeof port);
  }
  std::uint16_t port = 0;

 private:
  int serve(const sshauth::Blob& key_of_me) const {
    sshauth::AuthServerConfig config;
    config.provider = &sshauth::default_provider();
    config.max_connections = 256;
    auto key = sshauth::generate_identity("ssh-ed25519");
    if (!key.ok()) return 1;
    config.host_keys.push_back(std::make_shared<sshauth::Identity>(std::move(*key)));
    sshauth::ServerUser user;
    user.name = "me";
    user.password = "secret";
    user.rounds = {{"", "", {{"Code: ", true, "4711"}}}};
    if (!key_of_me.empty()) user.authorized_keys.push_back(key_of_me);
    config.users.push_back(user);
    user = sshauth::ServerUser();
    user.name = "anonymous";
    user.may_come_in_without = true;
    config.users.push_back(user);
    sshauth::AuthServer server(std::move(config));
    if (!server.listen().ok()) return 2;
    const std::uint16_t at = server.port();
    if (!pipe_.put(&at, sizeof at)) return 3;
    server.run();
    return 0;
  }

  Pipe pipe_;
  Child child_;
};

}  // namespace test
