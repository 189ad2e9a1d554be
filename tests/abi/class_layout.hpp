// Objects of class SSHAuth as code compiled long ago sees them: by position, not by name.
#pragma once

namespace test {

// The virtual functions in the reference's order: the nine events by id, then the destructor.
class ByPosition {
 public:
  virtual int event1(void*) = 0;
  virtual int event2(void*) = 0;
  virtual int event3(void*) = 0;
  virtual int event4(void*) = 0;
  virtual int event5(void*) = 0;
  virtual int event6(void*) = 0;
  virtual int event7(void*) = 0;
  virtual int event8(void*) = 0;
  virtual int event9(void*) = 0;
  virtual ~ByPosition() = default;
};

// An object whose FireX returns the id of X, made in a unit of its own. `destroyed` counts.
ByPosition* make_numbered(int& destroyed);

}  // namespace test
