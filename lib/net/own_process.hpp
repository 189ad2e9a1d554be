// OwnProcess: whether this is still the process that something was begun in. After fork(2) a copy
// of an object stands in the child with the same sockets and keys; only one of the two may go on
// with them.
#pragma once

namespace sshauth {

class OwnProcess {
 public:
  OwnProcess() noexcept;
  bool here() const noexcept;
  // This process owns it from now on.
  void take() noexcept { *this = OwnProcess(); }

 private:
  long id_;
};

}  // namespace sshauth
