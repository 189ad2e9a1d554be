// Counts what is taken from the heap, by anybody in the process, while an object of this type
// lives.
#pragma once

#include <cstddef>

namespace sshauth::test {

class HeapCount {
 public:
  HeapCount();
  ~HeapCount();
  HeapCount(const HeapCount&) = delete;
  HeapCount& operator=(const HeapCount&) = delete;
  std::size_t taken() const;
};

}  // namespace sshauth::test
