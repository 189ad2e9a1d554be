// Looks into every block of memory that anybody in the process gives back to the heap while an
// object of this type lives: what is in it then stays there until somebody else is given it.
#pragma once

#include <string>
#include <vector>

namespace sshauth::test {

struct Needle {
  std::string name;
  std::string octets;
};

class FreedWatch {
 public:
  explicit FreedWatch(const std::vector<Needle>& secrets);
  ~FreedWatch();
  FreedWatch(const FreedWatch&) = delete;
  FreedWatch& operator=(const FreedWatch&) = delete;

  // Names of the secrets that some block held, each once, with a blank before it.
  std::string found() const;
};

}  // namespace sshauth::test
