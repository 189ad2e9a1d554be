// LoginRunner: lets Qt's event loop run a login, as a program would.
//
// Of an SSHAuth with Timeout 0 the descriptor, what is waited for and for how long may change with
// every step, so all is set anew after each.
#pragma once

#include <QtCore/QSocketNotifier>
#include <QtCore/QTimer>
#include <functional>

#include "ipworksauth/sshauth_qt.hpp"

class LoginRunner : public QObject {
  Q_OBJECT

 public:
  explicit LoginRunner(SSHAuth& auth) : auth_(auth) {
    timer_.setSingleShot(true);
    connect(&timer_, SIGNAL(timeout()), this, SLOT(turn()));
  }

  // `over` is called with the login's code, from the event loop.
  void start(std::function<void(int)> over) {
    over_ = std::move(over);
    auth_.SetTimeout(0);
    auth_.Config("SelectWaitMillis=0");  // the event loop does the waiting
    code_ = auth_.Authenticate();
    watch();
  }

  unsigned turns() const { return turns_; }

 private Q_SLOTS:
  void turn() {
    ++turns_;
    forget();
    code_ = auth_.DoEvents();
    watch();
  }

 private:
  void watch() {
    if (auth_.GetState() == IPWORKSAUTH_STATE_SUCCEEDED ||
        auth_.GetState() == IPWORKSAUTH_STATE_FAILED) {
      QTimer::singleShot(0, this, [this] { over_(code_); });
      return;
    }
    const int wants = auth_.GetWants();
    if ((wants & IPWORKSAUTH_WANTS_READ) != 0) notify(QSocketNotifier::Read);
    if ((wants & IPWORKSAUTH_WANTS_WRITE) != 0) notify(QSocketNotifier::Write);
    if (auth_.GetWait() >= 0) timer_.start(auth_.GetWait());
  }

  void notify(QSocketNotifier::Type type) {
    notifier_ = new QSocketNotifier(auth_.GetSocket(), type, this);
    connect(notifier_, SIGNAL(activated(int)), this, SLOT(turn()));
  }

  // A notifier may not be deleted while it notifies.
  void forget() {
    timer_.stop();
    if (notifier_ == nullptr) return;
    notifier_->setEnabled(false);
    notifier_->deleteLater();
    notifier_ = nullptr;
  }

  SSHAuth& auth_;
  std::function<void(int)> over_;
  QTimer timer_;
  QSocketNotifier* notifier_ = nullptr;
  int code_ = 0;
  unsigned turns_ = 0;
};
