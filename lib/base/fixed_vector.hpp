// A vector of at most N trivially copyable elements, in place. push_back past N is refused,
// so a count that a peer drives cannot grow anything.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

namespace sshauth {

template <class T, std::size_t N>
class FixedVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  [[nodiscard]] bool push_back(const T& value) noexcept {
    if (size_ == N) return false;
    items_[size_++] = value;
    return true;
  }
  void clear() noexcept { size_ = 0; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T& operator[](std::size_t i) noexcept { return items_[i]; }
  const T& operator[](std::size_t i) const noexcept { return items_[i]; }
  const T* begin() const noexcept { return items_.data(); }
  const T* end() const noexcept { return items_.data() + size_; }
  static constexpr std::size_t capacity() noexcept { return N; }

 private:
  std::array<T, N> items_{};
  std::size_t size_ = 0;
};

}  // namespace sshauth
