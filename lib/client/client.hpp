// Client: one login: connect, key exchange, host key decision, user authentication, disconnect.
//
//   Client client(observer);
//   client.config().host = "...";  ...
//   const ClientResult& result = client.run();          // blocking
//
//   client.start();                                     // or from an event loop
//   while (client.busy()) { wait as client.wants() says; client.step(); }
//   client.result();
//
// Both ways run the same state machine; run is start, and step until it is over. It owns its
// socket, starts no thread and makes no signal handler. Names are looked up without blocking, but
// see lib/net/lookup.hpp.
//
// After every outcome the object can be used again. The configuration stays as it is, so secrets in
// it stay until forget_credentials, or the end of the object. What is kept between logins is the
// hint for the key exchange guess, for the same host and port.
//
// After fork the object can be used in both processes. A login that was running stays the parent's:
// the child is not busy, its next step ends with 211, and at the latest at its end the object
// closes its copies of the descriptors; nothing is sent or received there.
//
// One thread at a time, but for interrupt and wake: these from any thread or signal handler, as
// long as the object lives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lib/client/config.hpp"
#include "lib/client/observer.hpp"
#include "lib/client/result.hpp"

namespace sshauth {

enum class ClientState : std::uint8_t {
  idle,      // nothing was started yet
  working,   // wants() says what it waits for
  question,  // an observer answered `later`: step asks again
  succeeded,
  failed,
};

// What step waits for. Ask again after every step: the descriptor changes while connecting.
struct ClientWants {
  int fd = -1;
  int wake_fd = -1;  // readable after interrupt and wake, for loops that wait in another thread
  bool read = false;
  bool write = false;
  std::int64_t timeout_ms = -1;  // step at the latest after so long; -1: no limit; 0: now
};

class Client {
 public:
  explicit Client(ClientObserver& observer);
  ~Client();  // ends what is running, without telling the observer
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // To be changed only while not busy.
  ClientConfig& config() noexcept;

  // The whole login. From inside an observer nothing happens.
  const ClientResult& run();

  // Event-driven: start does what can be done at once; so does step, which never waits.
  ClientState start();
  ClientState step();
  // Waits at most `milliseconds` for something to happen (or for interrupt, wake), then steps. When
  // nothing runs it waits all the same, so a loop around it does not spin.
  ClientState step_for(unsigned milliseconds);
  ClientWants wants() const;

  ClientState state() const noexcept;
  bool busy() const noexcept;
  // In a child of fork: a login was running, the parent goes on with it, and step has not said so.
  bool left_behind() const noexcept;
  // A TCP connection is up: between connected and disconnected.
  bool is_connected() const noexcept;

  // Ends what is running with code 301; nothing when nothing is.
  void interrupt() noexcept;
  // Lets a run that waits for an answer given `later` ask again.
  void wake() noexcept;
  // From inside an observer, or between steps: ends the login with this code and sentence.
  void abort(int code, std::string text);
  // What runs is ending: interrupted or aborted, and nothing is asked any more.
  bool is_stopping() const noexcept;
  // Starts a key re-exchange as soon as the protocol allows. False when not connected.
  bool rekey();
  // Wipes passwords, lets go of identities.
  void forget_credentials() noexcept;

  // Grows while a login runs; complete once it is over.
  const ClientResult& result() const noexcept;

 private:
  class Login;
  std::unique_ptr<Login> login_;
};

}  // namespace sshauth
