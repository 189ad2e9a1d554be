// A row of methods.def as a KexMethod, for the tables of methods (methods.cpp, methods_tiny.cpp).
#pragma once

#include "lib/kex/family.hpp"

#define SSHAUTH_KEX_METHOD(name, family, agreement, hash, value_form, secret_form, bad_value, \
                           mark)                                                              \
  {name,                                                                                      \
   &family##_family,                                                                          \
   agreement,                                                                                 \
   hash,                                                                                      \
   ValueForm::value_form,                                                                     \
   ValueForm::secret_form,                                                                    \
   Errc::bad_value,                                                                           \
   Mark::mark},
