// Many objects in many threads at once. The servers are other processes, and so is each test's
// client, so that the first calls of a fresh process are among what races. ThreadSanitizer ends a
// process that it finds fault with.
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <latch>
#include <thread>
#include <vector>

#include "ipworksauth/sshauth.h"
#include "tests/abi/processes.hpp"

using namespace sshauth;
using namespace test;

namespace {

constexpr unsigned kThreads = 16, kObjects = 64;
constexpr int kInterrupted = 301, kWouldBlock = 135, kWrongEvents = -2;

// USERAUTH_REQUEST "me", "ssh-connection", "password", FALSE, "secret" (RFC 4252 §8).
constexpr char kPasswordRequest[] =
    "32000000026d650000000e7373682d636f6e6e656374696f6e0000000870617373776f726400000000067365637265"
    "74";

int on_event(void* context, int id, int, void* param[], int[]) {
  std::array<unsigned, 10>& counts = *static_cast<std::array<unsigned, 10>*>(context);
  ++counts[static_cast<std::size_t>(id)];
  char code[] = "4711", request[sizeof kPasswordRequest];
  std::memcpy(request, kPasswordRequest, sizeof request);
  if (id == EID_SSHAUTH_SSHSERVERAUTHENTICATION)
    param[6] = reinterpret_cast<void*>(std::intptr_t{1});
  if (id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) ipworksauth_evtstr(param[3], 2, code, 1);
  if (id == EID_SSHAUTH_SSHCUSTOMAUTH && *static_cast<const char*>(param[0]) == '\0')
    ipworksauth_evtstr(param[0], 2, request, 1);
  return 0;
}

// One object with everything that its number says: method, provider, blocking or not.
class Worker {
 public:
  Worker(unsigned number, std::uint16_t port, std::string_view key)
      : number_(number), obj_(ipworksauth_sshauth_create(on_event, &counts_, nullptr, 0)) {
    constexpr int kModes[] = {IPWORKSAUTH_AM_PASSWORD,     IPWORKSAUTH_AM_KEYBOARD_INTERACTIVE,
                              IPWORKSAUTH_AM_PUBLIC_KEY,   IPWORKSAUTH_AM_NONE,
                              IPWORKSAUTH_AM_MULTI_FACTOR, IPWORKSAUTH_AM_CUSTOM};
    const int mode = key.empty() ? IPWORKSAUTH_AM_PASSWORD : kModes[number % std::size(kModes)];
    ipworksauth_sshauth_setsshhost(obj_, "127.0.0.1");
    ipworksauth_sshauth_setsshport(obj_, port);
    ipworksauth_sshauth_setuser(obj_, "me");
    ipworksauth_sshauth_setpassword(obj_, "secret");
    ipworksauth_sshauth_setauthmode(obj_, mode);
    ipworksauth_sshauth_settimeout(obj_, blocking() ? 600 : 0);
    config("LoginTimeout=0");
    config(number % 2 == 0 ? "UseInternalSecurityAPI=True" : "UseInternalSecurityAPI=False");
    config(number % 3 == 0 ? "SecurityPolicy=Modern" : "LogLevel=3");
    if (mode != IPWORKSAUTH_AM_PUBLIC_KEY) return;
    ipworksauth_sshauth_setsshcertstoretype(obj_, IPWORKSAUTH_CST_PEM_KEY_BLOB);
    ipworksauth_sshauth_setsshcertstore(obj_, key.data(), static_cast<int>(key.size()));
    ipworksauth_sshauth_setsshcertsubject(obj_, "*");
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { ipworksauth_sshauth_destroy(obj_); }

  void interrupt() const { ipworksauth_sshauth_interrupt(obj_); }

  // The login's code; kWrongEvents where the events do not agree with it.
  int login() {
    counts_ = {};
    int code = ipworksauth_sshauth_authenticate(obj_);
    if (!blocking() && code == kWouldBlock) code = 0;
    while (!blocking() && ipworksauth_sshauth_getstate(obj_) < IPWORKSAUTH_STATE_SUCCEEDED)
      code = ipworksauth_sshauth_doevents(obj_);
    const unsigned up = counts_[EID_SSHAUTH_CONNECTED], down = counts_[EID_SSHAUTH_DISCONNECTED];
    if (code == 0 && (up != 1 || down != 1)) return kWrongEvents;
    return code;
  }
  bool logs_in() {
    const int code = login();
    if (code != 0)
      std::fprintf(stderr, "object %u: %d %s\n", number_, code,
                   ipworksauth_sshauth_getlasterror(obj_));
    return code == 0;
  }
  // Leaves a login where it is after a step or two.
  void begin() const {
    ipworksauth_sshauth_settimeout(obj_, 0);
    ipworksauth_sshauth_authenticate(obj_);
    ipworksauth_sshauth_doevents(obj_);
  }

 private:
  bool blocking() const { return number_ % 4 != 3; }
  void config(const char* setting) const {
    ipworksauth_sshauth_config(obj_, setting);
    for (const char* read : {"BuildInfo", "LicenseInfo", "SSHMacAlgorithms", "CodePage"})
      ipworksauth_sshauth_config(obj_, read);
  }

  unsigned number_;
  std::array<unsigned, 10> counts_{};  // of events, by id
  void* obj_;
};

// Runs `work(t)` in kThreads threads that begin at the same time; 0 when all return true.
int in_threads(const std::function<bool(unsigned)>& work) {
  std::latch start(kThreads);
  std::atomic<unsigned> good{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      if (work(t)) ++good;
    });
  for (std::thread& thread : threads) thread.join();
  return good == kThreads ? 0 : 1;
}

struct KeyOfMe {
  Blob blob;
  std::string text;
  KeyOfMe() {
    KeyResult made = generate_identity("ssh-ed25519");
    SecretBytes secret;
    REQUIRE(made.ok());
    REQUIRE(format_private_key(*made, std::nullopt, secret).ok());
    blob.assign(made->public_blob().begin(), made->public_blob().end());
    text = as_text(secret.reveal());
  }
};

}  // namespace

// Before any other test: nothing here has used a crypto library yet, and children begin as we are.
TEST_CASE("the first calls of a process may come from many threads at once") {
  ServerProcess server;
  for (unsigned round = 0; round < 4; ++round) {
    Child client([&] {
      return in_threads([&](unsigned t) {
        Worker worker(round + t, server.port, "");
        return worker.logs_in();
      });
    });
    CHECK(client.wait() == 0);
  }
}

TEST_CASE("64 objects in 16 threads, every method") {
  const KeyOfMe key;
  ServerProcess a(key.blob), b(key.blob), c(key.blob), d(key.blob);
  const std::array ports{a.port, b.port, c.port, d.port};
  Child client([&] {
    return in_threads([&](unsigned t) {
      bool good = true;
      std::vector<std::unique_ptr<Worker>> mine;
      for (unsigned i = 0; i < kObjects / kThreads; ++i) {
        const unsigned number = t + i * kThreads;
        mine.push_back(std::make_unique<Worker>(number, ports[number % ports.size()], key.text));
      }
      for (const auto& worker : mine) good = worker->logs_in() && good;
      return good;
    });
  });
  CHECK(client.wait() == 0);
}

TEST_CASE("interrupts from other threads, at any moment") {
  const KeyOfMe key;
  ServerProcess server(key.blob);
  Child client([&] {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned t = 0; t < kThreads; ++t)
      workers.push_back(std::make_unique<Worker>(t, server.port, key.text));
    std::atomic<unsigned> at_work{kThreads};
    std::thread other([&] {
      for (unsigned i = 0; at_work != 0; ++i) {
        workers[i % kThreads]->interrupt();
        std::this_thread::yield();
      }
    });
    const int result = in_threads([&](unsigned t) {
      bool good = true;
      bool interrupted = false;
      for (unsigned i = 0; i < 500 && !interrupted; ++i) {
        const int code = workers[t]->login();
        interrupted = code == kInterrupted;
        good = good && (interrupted || code == 0);
      }
      --at_work;
      return good && interrupted;
    });
    other.join();
    // None of it is left in the objects.
    const int after = in_threads([&](unsigned t) { return workers[t]->logs_in(); });
    return result + 2 * after;
  });
  CHECK(client.wait() == 0);
}

TEST_CASE("objects come and go while others log in") {
  const KeyOfMe key;
  ServerProcess server(key.blob);
  Child client([&] {
    return in_threads([&](unsigned t) {
      bool good = true;
      for (unsigned i = 0; i < 8; ++i) {
        Worker worker(t + i, server.port, key.text);
        // Every other one goes without a login, or in the middle of one.
        if ((t + i) % 2 == 0) good = worker.logs_in() && good;
        if ((t + i) % 4 == 1) worker.begin();
      }
      return good;
    });
  });
  CHECK(client.wait() == 0);
}
