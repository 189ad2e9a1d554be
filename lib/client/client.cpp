#include "lib/client/client.hpp"

#include "lib/client/login.hpp"

namespace sshauth {

Client::Client(ClientObserver& observer) : login_(std::make_unique<Login>(observer)) {}
Client::~Client() = default;

ClientConfig& Client::config() noexcept { return login_->config; }

const ClientResult& Client::run() {
  if (login_->inside()) return login_->result;
  login_->start();
  while (login_->busy()) {
    login_->wait(-1);
    login_->step();
  }
  return login_->result;
}

ClientState Client::start() {
  login_->start();
  return login_->state;
}

ClientState Client::step() {
  login_->step();
  return login_->state;
}

ClientState Client::step_for(unsigned milliseconds) {
  if (login_->inside()) return login_->state;
  if (login_->left_behind()) return step();
  login_->wait(milliseconds);
  return step();
}

ClientWants Client::wants() const { return login_->wants(); }
ClientState Client::state() const noexcept { return login_->state; }
bool Client::busy() const noexcept { return login_->busy(); }
bool Client::left_behind() const noexcept { return login_->left_behind(); }
bool Client::is_connected() const noexcept { return login_->connected(); }
void Client::interrupt() noexcept { login_->stop.raise(); }
void Client::wake() noexcept { login_->stop.wake(); }
bool Client::is_stopping() const noexcept { return login_->stopping(); }
void Client::abort(int code, std::string text) { login_->abort(code, std::move(text)); }
bool Client::rekey() { return login_->rekey(); }
void Client::forget_credentials() noexcept { login_->forget_credentials(); }
const ClientResult& Client::result() const noexcept { return login_->result; }

}  // namespace sshauth
